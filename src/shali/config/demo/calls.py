"""Samplers called up for the last shift of the demo's round: one accepted, one declined, two have not answered."""

from datetime import datetime, timedelta

from shali.config.demo.cast import enter_part
from shali.config.demo.outbreak import scope_of
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import in_scope
from shali.staffing.queries.calls import own_address
from shali.staffing.services.calls import NewCallUp, answer_call, call_up
from shali.staffing.services.shifts import enter_worker
from shali.testing.queries.needs import needs_of_round

NAMES = ("乌有壬", "乌有癸", "子虚甲", "子虚乙", "无是丙", "无是戊")


def play_calls(morning: datetime, *, made: str) -> None:
    """Ask four samplers to fill two places of the last shift of the first point, forty minutes ago."""
    city = scope_of(enter_part("city-duty", at=morning))
    at = morning - timedelta(minutes=40)
    with in_scope(city):
        need = needs_of_round(city, made, at=at)[0]
        workers = [
            enter_worker(
                scope=city, name=name, kind="sampler" if n < 5 else "registrar", unit=city.path,
                trained_until=day_of(morning) + timedelta(days=90), by=city.name, at=at,
            ).public_id
            for n, name in enumerate(NAMES)
        ]  # fmt: skip
        starts_at = need.closes_at - timedelta(hours=4)
        new = NewCallUp(need.site, need.name, "sampler", starts_at, need.closes_at, 2, made, in_heat=True)
        asked = call_up(scope=city, new=new, workers=workers[:4], by=city.name, at=at)
        calls = list(asked.calls.order_by("id"))
        keys = [own_address(city, one) for one in workers[:2]]
    for key, call, said in zip(keys, calls, ("accepted", "declined"), strict=False):
        assert key is not None
        answer_call(own_page=key, call=call.public_id, answer=said, at=morning - timedelta(minutes=25))
