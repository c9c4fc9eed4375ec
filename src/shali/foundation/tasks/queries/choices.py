"""What the forms of a task's page offer: units near its own, departments above it."""

from dataclasses import dataclass

from shali.foundation.jurisdictions.models import Department, Unit
from shali.foundation.jurisdictions.queries import Named
from shali.foundation.jurisdictions.reading import columns, made_of, read_by_key, width
from shali.foundation.jurisdictions.rules import above
from shali.foundation.jurisdictions.scope import Scope

DEPARTMENTS = f"""
select {columns(Department, "d")}, {columns(Unit, "u")}
from jurisdictions_department d join jurisdictions_unit u on u.id = d.unit_id
where d.path = any(%(paths)s) order by d.path, d.place, d.id
"""  # noqa: S608  names of columns


def departments_above(scope: Scope, path: str) -> list[Department]:
    """Return the departments of the units at or above a unit, whom its tasks may ask to join."""
    departments = []
    for row in read_by_key(DEPARTMENTS, paths=above(path)):
        department = made_of(Department, row)
        department.unit = made_of(Unit, row[width(Department) :])
        departments.append(department)
    return departments


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit to name, and the unit above it."""

    path: str
    name: str
    name_en: str
    parent: Named


NEAR = """
select u.path, u.name, u.name_en, above.name, above.name_en
from jurisdictions_unit u join jurisdictions_unit above on above.id = u.parent_id
where above.path = any(%(parents)s) and u.closed_on is null and u.path <> %(path)s
order by u.level desc, above.path, u.place, u.id limit 300
"""


def units_to_choose(scope: Scope, path: str) -> list[UnitChoice]:
    """Return units near one: its siblings and their parents' siblings, for a transfer; any other by its path."""
    found = read_by_key(NEAR, parents=above(path)[:-1], path=path)
    return [UnitChoice(row[0], row[1], row[2], Named(*row[3:])) for row in found]
