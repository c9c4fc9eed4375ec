from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shali.foundation.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
