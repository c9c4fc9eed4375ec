from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shali.foundation.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from shali.foundation.accounts.second_factor import trust_what_was_just_added

        authenticator_added.connect(trust_what_was_just_added)
