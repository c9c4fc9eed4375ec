"""Our pages against Django's Paginator, as a table. Runs under the web role, so that row-level security is in force."""

from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation

FILTERS = ("open", "closed")


def main() -> None:
    with installation(role="web"):
        from django.conf import settings
        from tools.load.paginator import compare

        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import system_scope

        table = Table(title="people on lists, the city's scope: pages a second with 8 users")
        for name in ("filter", "ours", "Paginator", "ratio"):
            table.add_column(name, justify="right")
        for which in FILTERS:
            ours, theirs = compare(system_scope("load", settings.CITY), at=now(), which=which)
            table.add_row(which, f"{ours:.1f}", f"{theirs:.2f}", f"{ours / theirs:.0f}")
        Console(width=80).print(table)


if __name__ == "__main__":
    main()
