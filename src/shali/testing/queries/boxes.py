"""Boxes on their way to a laboratory, and what lay in those that came: missing, extra, broken."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import limit
from shali.foundation.ui.paging import Page, page_by_hour
from shali.testing.models import Box, Tube
from shali.testing.queries.find import box_in_scope

BOXES = {
    "overdue": Q(received_at=None),
    "open": Q(received_at=None),
    "received": Q(received_at__isnull=False),
    "all": Q(),
}


@dataclass(frozen=True, slots=True)
class BoxRow:
    """sent = came + missing once received; due_at: when it has to be at a laboratory."""

    public_id: str
    code: str
    site: str
    site_id: str
    claimed: int
    counted: int
    bound: int
    sealed_at: datetime
    due_at: datetime
    laboratory: str
    received_at: datetime | None
    found: int | None
    missing: int | None
    extra: int | None
    broken: int | None
    codes: tuple[str, ...]
    missing_codes: tuple[str, ...]
    extra_codes: tuple[str, ...]
    broken_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoxTube:
    """A tube that came otherwise than sent: missing, extra, broken. tube, site, box: '' where it is not known here."""

    kind: str
    code: str
    tube: str
    site: str
    box: str
    is_lost: bool
    is_resulted: bool


def boxes(scope: Scope, which: str = "open", *, at: datetime, after: str = "") -> Page[BoxRow]:
    """Return a page of boxes under a word of BOXES: on their way due first, received ones newest first.

    all: in the order in which they were sealed
    """
    rows = Box.objects.filter(within(scope.path), _boxes(which, at)).select_related("site", "laboratory")
    is_received = which == "received"
    page = page_by_hour(rows, "received_at" if is_received else "sealed_at", after=after, is_newest_first=is_received)
    tubes = Tube.objects.filter(box__in=page.rows).values("box").annotate(n=Count("pk"))
    bound = dict(tubes.order_by().values_list("box", "n"))
    return replace(page, rows=[_box(one, bound.get(one.pk, 0), at) for one in page.rows])


def boxes_counted(scope: Scope, *, at: datetime) -> dict[str, int]:
    """Count the boxes under each word of BOXES; one query for all of them."""
    rows = Box.objects.filter(within(scope.path))
    return rows.aggregate(**{which: Count("pk", filter=_boxes(which, at)) for which in BOXES})


def _boxes(which: str, at: datetime) -> Q:
    return BOXES[which] & Q(sealed_at__lte=at - _on_the_way(at)) if which == "overdue" else BOXES[which]


def _on_the_way(at: datetime) -> timedelta:
    return timedelta(hours=limit("tube_transport", at).hours)


def one_box(scope: Scope, box: str, *, at: datetime) -> BoxRow:
    """Return one box.

    :raises NotInScope: there is none here
    """
    found = box_in_scope(scope, box)
    row = Box.objects.select_related("site", "laboratory").get(pk=found.pk)
    return _box(row, row.tubes.count(), at)


def _box(one: Box, bound: int, at: datetime) -> BoxRow:
    return BoxRow(
        one.public_id,
        one.code,
        one.site.name,
        one.site.public_id,
        one.claimed,
        one.counted,
        bound,
        one.sealed_at,
        one.sealed_at + _on_the_way(at),
        one.laboratory.name if one.laboratory else "",
        one.received_at,
        one.found,
        one.missing,
        one.extra,
        one.broken,
        tuple(one.codes),
        tuple(one.missing_codes),
        tuple(one.extra_codes),
        tuple(one.broken_codes),
    )


def strays(scope: Scope, box: str) -> list[BoxTube]:
    """Return the tubes of a received box that are missing, that nobody sent in it, that were broken, each by its code.

    :raises NotInScope: there is no such box here
    """
    row = box_in_scope(scope, box)
    named = {"missing": row.missing_codes, "extra": row.extra_codes, "broken": row.broken_codes}
    codes = {code for found in named.values() for code in found}
    if not codes:
        return []
    rows = Tube.objects.filter(within(scope.path), round_id=row.round_id, code__in=codes).select_related("site", "box")
    known = {one.code: one for one in rows}
    return [_stray(kind, code, known.get(code)) for kind, found in named.items() for code in found]


def _stray(kind: str, code: str, tube: Tube | None) -> BoxTube:
    if tube is None:
        return BoxTube(kind, code, "", "", "", is_lost=False, is_resulted=False)
    box = tube.box.code if tube.box else ""
    lost, resulted = tube.lost_at is not None, tube.outcome is not None
    return BoxTube(kind, code, tube.public_id, tube.site.name, box, is_lost=lost, is_resulted=resulted)
