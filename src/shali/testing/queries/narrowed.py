"""Who of those left is meant by a filter: a building, a group, an age, in a unit."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Group
from shali.testing.queries.behind import area_of, lines_of_building
from shali.testing.queries.exempting import born_on
from shali.testing.queries.find import group_in_scope, round_in_scope
from shali.testing.queries.left import lines_left
from shali.testing.rules.exempting import is_aged

# So many birthdays are opened for one filter.
MOST = 20_000
OLDEST = 130


@dataclass(frozen=True, slots=True)
class Narrow:
    """unit: path, '' for all that the scope sees; own: who lives in the unit itself; door: a line of the building.

    group: public number; first, last: years of age, both included.
    """

    unit: str = ""
    own: bool = False
    door: int = 0
    group: str = ""
    first: int | None = None
    last: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Say whether it names more than a unit."""
        return bool(self.door or self.group or self.is_of_age)

    @property
    def is_of_age(self) -> bool:
        return self.first is not None or self.last is not None


def lines_of(scope: Scope, made: str, wanted: Narrow, *, at: datetime) -> list[int]:
    """Return the lines of those left whom a filter means, in their order.

    :raises NotInScope: there is no such round or group here
    :raises WrongInput: more are left than birthdays are opened for, or the ages are none
    """
    row = round_in_scope(scope, made)
    area = area_of(scope, row, wanted.unit)
    rows = lines_left(scope, row, area, most=MOST)
    if wanted.own:
        rows = rows.filter(path=area)
    if wanted.group:
        group = group_in_scope(scope, wanted.group)
        rows = rows.filter(person__testing_groups__group=group, person__testing_groups__left_at=None)
    if wanted.door:
        rows = rows.filter(pk__in=lines_of_building(scope, made, wanted.unit, wanted.door, own=wanted.own))
    found = list(rows.order_by("id").values_list("pk", "person_id")[: MOST + 1])
    if not wanted.is_of_age:
        return [line for line, _person in found]
    if len(found) > MOST:
        said = _("More than %(n)d people are left here. Filter by age unit by unit.")
        raise WrongInput(said % {"n": MOST}, fields={"first": "too_many"})
    if not (wanted.first or 0) <= (OLDEST if wanted.last is None else wanted.last) <= OLDEST:
        raise WrongInput(
            _("Ages go from 0 to %(n)d years, the lower first.") % {"n": OLDEST}, fields={"first": "wrong"}
        )
    born = born_on(scope, [person for _line, person in found])
    on = day_of(at)
    return [line for line, one in found if is_aged(born.get(one), on, first=wanted.first, last=wanted.last)]


def groups_to_choose(scope: Scope) -> list[tuple[str, str]]:
    """Return the groups of the scope by which a list may be filtered: public number and name."""
    rows = Group.objects.filter(within(scope.path), closed_at=None).order_by("name", "id")
    return list(rows.values_list("public_id", "name")[:500])
