"""The packs' longest terms as rows, against which the database holds every measure."""

from shali.foundation.measures.models import Term
from shali.foundation.policy.measures import measure_packs


def load_terms() -> None:
    """Enter the kinds of every pack; a row that is there stays: measures were given under it. Only the owner may."""
    Term.objects.bulk_create(
        [
            Term(rule=kind.rule_id, kind=kind.code, max_hours=kind.max_hours, epidemiological=kind.epidemiological)
            for pack in measure_packs()
            for kind in pack.kinds.values()
        ],
        ignore_conflicts=True,
    )
