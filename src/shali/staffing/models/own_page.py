"""The secret address of a worker's own page: found by a blind index, shown again out of a sealed value."""

from uuid import UUID, uuid4

from django.db.models import Q

from shali.foundation.vault.sealing import blind, seal

KIND = "own_page"  # of the blind index


def own_page_of(row: int) -> dict[str, bytes]:
    """Return the columns of a new secret address for the worker of this row."""
    key = uuid4().hex
    sealed = seal(key, table="staffing_worker", column="own_page", row=row)
    return {"own_page_blind": blind(key, kind=KIND), "own_page_sealed": sealed}


def has_own_page(key: UUID, *, worker: str = "") -> Q:
    """Hold of the worker whose own page this is. worker: what leads to him from the rows asked, as in "worker__"."""
    return Q(**{f"{worker}own_page_blind": blind(key.hex, kind=KIND)})
