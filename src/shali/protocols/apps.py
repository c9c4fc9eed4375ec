from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    name = "shali.protocols"
    label = "protocols"

    def ready(self) -> None:
        from shali.foundation.journal.announce import use_table
        from shali.protocols.table import TABLE

        use_table(TABLE)
