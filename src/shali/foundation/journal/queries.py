from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from shali.foundation.accounts.queries import who
from shali.foundation.journal.models import AccessRecord, DayRoot, Fact
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
    task: int | None


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
            task=row.task,
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


def searches_since(scope: Scope, *, since: datetime) -> int:
    """Return how many numbers this post looked up since an hour."""
    return AccessRecord.objects.filter(by=scope.name, at__gte=since, act="search").count()


@dataclass(frozen=True, slots=True)
class Busy:
    """A post that looked at many different people since an hour."""

    by: str
    unit: str
    unit_en: str
    role: str
    people: int
    searches: int
    refused: int


def busiest(scope: Scope, *, since: datetime, limit: int = 20) -> list[Busy]:
    """Return the posts of a scope that were refused, looked at most different people, or looked up most numbers."""
    found = (
        AccessRecord.objects.filter(within(scope.path), at__gte=since, act__in=("reveal", "search", "refused"))
        .values("by")
        .annotate(
            people=Count("subject", filter=Q(act="reveal"), distinct=True),
            searches=Count("id", filter=Q(act="search")),
            refused=Count("id", filter=Q(act="refused")),
        )
    )
    rows = sorted(found, key=lambda row: (-row["refused"], -max(row["people"], row["searches"]), row["by"]))[:limit]
    names = who(row["by"] for row in rows)
    return [
        Busy(
            by=names[row["by"]].name if row["by"] in names else row["by"],
            unit=names[row["by"]].unit if row["by"] in names else "",
            unit_en=names[row["by"]].unit_en if row["by"] in names else "",
            role=names[row["by"]].role if row["by"] in names else "",
            people=row["people"],
            searches=row["searches"],
            refused=row["refused"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Root:
    """The hash of a day's last record, as witnesses outside keep it."""

    day: date
    records: int
    last_record: int
    root: str


def roots(scope: Scope, *, limit: int = 14) -> list[Root]:
    """Return the newest day roots; they hold no personal value, and every auditor may keep them."""
    found = DayRoot.objects.order_by("-day")[:limit]
    return [Root(one.day, one.records, one.last_record, bytes(one.root).hex()) for one in found]


def refused_since(scope: Scope, *, since: datetime) -> int:
    """Return how many looks of the scope's posts were refused since an hour, the day's budget being spent."""
    return AccessRecord.objects.filter(within(scope.path), at__gte=since, act="refused").count()
