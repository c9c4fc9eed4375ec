from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from shali.foundation.accounts.queries import who
from shali.foundation.journal.models import AccessRecord, Fact
from shali.foundation.jurisdictions.scope import Scope, within


@dataclass(frozen=True, slots=True)
class Look:
    """One look at personal data, as the audit page and a person's own page show it."""

    number: int
    at: datetime
    by: str
    unit: str
    unit_en: str
    act: str
    purpose: str
    subject_kind: str
    subject: int | None
    people: int
    fields: tuple[str, ...]


def looks(
    scope: Scope, *, before: int | None = None, act: str = "", by: str = "", person: int | None = None, limit: int = 50
) -> list[Look]:
    """Return looks made by posts of the scope, the newest first."""
    found = AccessRecord.objects.filter(within(scope.path))
    if before is not None:
        found = found.filter(pk__lt=before)
    if act:
        found = found.filter(act=act)
    if by:
        found = found.filter(by=by)
    if person is not None:
        found = found.filter(Q(subject_kind="person", subject=person) | Q(people__contains=[person]))
    rows = list(found.order_by("-id")[:limit])
    names = who(row.by for row in rows)
    return [
        Look(
            number=row.pk,
            at=row.at,
            by=names[row.by].name if row.by in names else row.by,
            unit=names[row.by].unit if row.by in names else "",
            unit_en=names[row.by].unit_en if row.by in names else "",
            act=row.act,
            purpose=row.purpose,
            subject_kind=row.subject_kind,
            subject=row.subject,
            people=len(row.people),
            fields=tuple(row.fields),
        )
        for row in rows
    ]


def people_looked_at(scope: Scope, *, since: datetime) -> set[int]:
    """Return the distinct people whom this post revealed since an hour; its day's budget is counted from them."""
    seen = AccessRecord.objects.filter(by=scope.name, at__gte=since, act="reveal", subject_kind="person")
    return {number for number in seen.values_list("subject", flat=True) if number is not None}


def causes_of(scope: Scope, fact: int) -> list[Fact]:
    """Walk back from a fact to the first cause; `scope` must hold the city, whose journal this is."""
    chain: list[Fact] = []
    current = Fact.objects.filter(pk=fact).first()
    while current is not None:
        chain.append(current)
        current = current.cause
    return chain
