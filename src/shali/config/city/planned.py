"""The plan that stands in the database, with the rows of its units."""

from shali.config.city.plan import Plan, Size
from shali.config.city.progress import Begun
from shali.config.demo.city import communities
from shali.config.demo.residents import Community


def plan_of(started: Begun) -> Plan:
    size = Size(started.people, started.tasks, started.seed)
    return Plan(size, started.first_person, started.first_task, communities_with_units())


def communities_with_units() -> tuple[tuple[Community, int, str], ...]:
    from shali.foundation.jurisdictions.models import Unit

    units = {code: (number, path) for code, number, path in Unit.objects.values_list("code", "id", "path")}
    return tuple((one, *units[one.code]) for one in communities())
