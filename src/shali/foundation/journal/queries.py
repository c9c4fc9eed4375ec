from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q

from shali.foundation.accounts.queries import who
from shali.foundation.journal.models import AccessRecord, DayRoot, Fact
from shali.foundation.jurisdictions.reading import read, read_by_key
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


LOOKS = """
select id, at, by, act, purpose, subject_kind, subject, jsonb_array_length(people),
  array(select jsonb_array_elements_text(fields)), task
from journal_accessrecord
where path >= %(path)s and path < %(path)s || '/' and {wanted} order by id desc limit %(limit)s
"""


def looks(
    scope: Scope, *, before: int | None = None, act: str = "", by: str = "", person: int | None = None, limit: int = 50
) -> list[Look]:
    """Return looks made by posts of the scope, the newest first."""
    conditions = [
        ("id < %(before)s", before is not None),
        ("act = %(act)s", act),
        ("by = %(by)s", by),
        ("(subject_kind = 'person' and subject = %(person)s or people @> %(among)s::jsonb)", person is not None),
    ]
    wanted = " and ".join(condition for condition, is_asked in conditions if is_asked) or "true"
    given = {"before": before, "act": act, "by": by, "person": person, "among": f"[{person}]"}
    rows = [
        Look(number, at, who_looked, "", "", act, purpose, subject_kind, subject, people, tuple(fields), task)
        for number, at, who_looked, act, purpose, subject_kind, subject, people, fields, task in read(
            LOOKS.format(wanted=wanted), path=scope.path, limit=limit, **given
        )
    ]
    names = who(row.by for row in rows)
    return [
        replace(row, by=names[row.by].name, unit=names[row.by].unit, unit_en=names[row.by].unit_en)
        if row.by in names
        else row
        for row in rows
    ]


REVEALED = """
select distinct subject from journal_accessrecord
where by = %(by)s and at >= %(since)s and act = 'reveal' and subject_kind = 'person' and subject is not null
"""


def people_looked_at(scope: Scope, *, since: datetime) -> set[int]:
    """Return the distinct people whom this post revealed since an hour; its day's budget is counted from them."""
    return {number for [number] in read_by_key(REVEALED, by=scope.name, since=since)}


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
