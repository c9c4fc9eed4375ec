from django.apps import AppConfig


class ProtocolsConfig(AppConfig):
    name = "shali.protocols"
    label = "protocols"

    def ready(self) -> None:
        from shali.foundation.journal.announce import use_table
        from shali.foundation.jurisdictions.moving import use_rules
        from shali.protocols.paths import PATHS
        from shali.protocols.table import TABLE

        use_table(TABLE)
        use_rules(PATHS)
