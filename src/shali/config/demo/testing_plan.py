"""Where the points of the demo city's round might have gone, and the walks to those who cannot come to one."""

import random
from datetime import datetime

from shali.config.demo.cast import enter_part
from shali.config.demo.outbreak import scope_of
from shali.config.demo.residents import ESTATES
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope
from shali.testing.rules.plan_file import Place
from shali.testing.services.homes import Wanted as WantedWalks
from shali.testing.services.homes import plan_visits
from shali.testing.services.plans import Wanted, make_plan

SEED = 812


def _places_of(unit: Unit) -> list[str]:
    """Return where people of a community live: groups of a village, else estates, two of them by their building."""
    if "村" in unit.name:
        return [f"{group}组" for group in range(1, 13)]
    return [*ESTATES[:9], f"{ESTATES[0]}3号楼", f"{ESTATES[1]}8号楼", f"{ESTATES[2]}12号楼"]


def play_walks(morning: datetime, *, made: str) -> None:
    """Share the doors of the round among three teams, where the places of the plan are known."""
    city = scope_of(enter_part("city-duty", at=morning))
    with in_scope(city):
        plan_visits(scope=city, made=made, wanted=WantedWalks(3), by=city.name, at=morning)


def play_plan(morning: datetime, *, township: str, made: str) -> None:
    """Draw up where the points of a round might have gone: invented places around the city's own latitude."""
    draw = random.Random(SEED)  # noqa: S311  # two machines play the same plan, nothing secret
    city = scope_of(enter_part("city-duty", at=morning))
    with in_scope(city):
        units = list(Unit.objects.filter(parent__path=township).order_by("path"))
        points, candidates = [], []
        for place, unit in enumerate(units):
            lon, lat = 114.01 + 0.012 * (place % 3), 33.57 + 0.01 * (place // 3)
            for estate in _places_of(unit):
                at = (lon + draw.gauss(0, 0.0035), lat + draw.gauss(0, 0.003))
                points.append(Place(f"{unit.name}{estate}", unit.code, *at, draw.randint(120, 900), ""))
            for name in ("小学", "广场", "空场", "停车场", "卫生室"):
                at = (lon + draw.gauss(0, 0.003), lat + draw.gauss(0, 0.0028))
                candidates.append(
                    Place(f"{unit.name}{name}", "", *at, 0, "fixed" if name == "小学" and not place else "")
                )
        for sites in (10, 12):
            wanted = Wanted(sites, 3_500, 15)
            make_plan(
                scope=city, made=made, points=points, candidates=candidates, wanted=wanted, by=city.name, at=morning
            )
