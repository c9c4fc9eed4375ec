"""The same answer as one expression in Ibis: DuckDB evaluates it here, Spark on a cluster."""

from collections.abc import Sequence

import ibis
from ibis.expr.types import BooleanValue, Table

from shali.engines.rings.model import Thresholds

PAIR, CHAIN = ("source", "target"), ("source", "through", "target")


def contacts_expression(
    visits: Table, cases: Table, thresholds: Thresholds, *, order: int = 1, until: int | None = None
) -> Table:
    """Return contacts: source, through, target, order, seconds, first, last, places (sorted), target_is_case.

    visits: person, place, enter, leave (whole seconds since any moment, leave >= enter), and seat where seats matter.
    cases: person, start, end, in the same seconds. until: nothing later counts in the second ring.
    """
    if thresholds.rows_apart is None or "seat" not in visits.columns:
        visits = visits.mutate(seat=ibis.null("int32"))
    exposing = visits.join(cases, visits.person == cases.person).select(
        source=visits.person,
        carrier=visits.person,
        place=visits.place,
        seat=visits.seat,
        since=ibis.greatest(visits.enter, cases.start),
        until=ibis.least(visits.leave, cases.end),
    )
    first = _add_up(_encounters(exposing, visits, thresholds), PAIR, thresholds.encounter, thresholds.at_least)
    ring = first.mutate(through=ibis.null(visits.person.type()), order=ibis.literal(1, "int8"))
    if order == 2:
        second = _second(first, visits, thresholds, until).mutate(order=ibis.literal(2, "int8"))
        ring = _ordered(ring).union(_ordered(second))
    known = cases.select(case="person").distinct()
    marked = _ordered(ring).left_join(known, ring.target == known.case)
    return marked.mutate(target_is_case=marked.case.notnull()).drop("case")


def _second(first: Table, visits: Table, thresholds: Thresholds, until: int | None) -> Table:
    """Return whom the contacts met from their first exposure on, without the source's own contacts."""
    exposed = first.select(source="source", contact="target", exposed=first["first"] + thresholds.latent)
    exposing = visits.join(exposed, visits.person == exposed.contact).select(
        source=exposed.source,
        carrier=visits.person,
        place=visits.place,
        seat=visits.seat,
        since=ibis.greatest(visits.enter, exposed.exposed),
        until=visits.leave if until is None else ibis.least(visits.leave, until),
    )
    met = _encounters(exposing, visits, thresholds).rename(through="carrier")
    near = first.select("source", "target")
    met = met.filter(met.target != met.source).anti_join(near, ["source", "target"])
    return _add_up(met, CHAIN, thresholds.encounter, thresholds.of_second)


def _encounters(exposing: Table, visits: Table, thresholds: Thresholds) -> Table:
    """Return a row for every time that somebody else was there: source, carrier, target, place, start, stop."""
    exposing = exposing.filter(exposing.since <= exposing.until)
    others = visits.select(target="person", at="place", enter="enter", leave="leave", other_seat="seat")
    together = [
        exposing.place == others.at,
        others.enter <= exposing.until,
        others.leave >= exposing.since,
        others.target != exposing.carrier,
    ]
    if thresholds.rows_apart is not None:
        together.append(_near(exposing, others, thresholds.rows_apart))
    return exposing.join(others, together).select(
        source=exposing.source,
        carrier=exposing.carrier,
        target=others.target,
        place=exposing.place,
        start=ibis.greatest(exposing.since, others.enter),
        stop=ibis.least(exposing.until, others.leave),
    )


def _near(exposing: Table, others: Table, apart: int) -> BooleanValue:
    unknown = exposing.seat.isnull() | others.other_seat.isnull()
    return unknown | ((exposing.seat.cast("int64") - others.other_seat.cast("int64")).abs() <= apart)


def _add_up(met: Table, pair: Sequence[str], shortest: int, at_least: int) -> Table:
    """Return a row a pair. Spans that overlap or touch are one encounter, so that no moment counts twice."""
    in_order = ["start", "stop", "place"]
    met = met.select(*pair, *in_order).distinct()
    before = ibis.window(group_by=pair, order_by=in_order, preceding=(None, 1))
    met = met.mutate(ended=met.stop.max().over(before))
    met = met.mutate(begins=(met.ended.isnull() | (met.start > met.ended)).cast("int64"))
    met = met.mutate(encounter=met.begins.sum().over(ibis.cumulative_window(group_by=pair, order_by=in_order)))
    whole = ibis.window(group_by=[*pair, "encounter"])
    met = met.mutate(length=met.stop.max().over(whole) - met.start.min().over(whole))
    met = met.filter(met.length >= shortest)
    pairs = met.group_by(pair).aggregate(
        seconds=(met.begins * met.length).sum(),
        first=met.start.min(),
        last=met.stop.max(),
        places=met.place.collect(distinct=True),
    )
    return pairs.filter(pairs.seconds >= at_least)


def _ordered(contacts: Table) -> Table:
    """Return the columns of an answer in their order and types, so that two rings can stand in one table."""
    return contacts.select(
        source=contacts.source,
        through=contacts.through,
        target=contacts.target,
        order=contacts.order,
        seconds=contacts.seconds.cast("int64"),
        first=contacts["first"].cast("int64"),
        last=contacts["last"].cast("int64"),
        places=contacts.places.sort(),
    )
