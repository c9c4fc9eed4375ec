"""Who is exempt by the rules of a round, as far as the house knows; and who of a list is of an age."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.queries.in_force import in_force
from shali.foundation.policy.rules import number
from shali.foundation.vault.sealing import open_text
from shali.testing.models import Round
from shali.testing.rules.exempting import HELD, ISOLATED, MONTHS, POSITIVE_DAYS, Known, exempt_by

BORN = "select id, birth_sealed from people_person where id = any(%s) and birth_sealed is not null"
# The hour of a positive person's first sample of that round.
POSITIVE = """
select e.person_id, max(e.sampled_at) from testing_expected e
where e.person_id = any(%s) and e.round_id <> %s and e.standing = 5 and e.sampled_at >= %s group by e.person_id
"""


def rules_of_the_day(scope: Scope, at: datetime) -> dict[str, int]:
    """Return by what the rules of the day exempt whoever opens a round: code -> number."""
    names = {MONTHS: "exempt_under_months", POSITIVE_DAYS: "exempt_positive_days", ISOLATED: "exempt_isolated"}
    return {code: int(number(name, at).value) for code, name in names.items()}


def exempt_by_rule(scope: Scope, row: Round, people: Sequence[int], *, at: datetime) -> dict[int, str]:
    """Return who of some people is exempt by the rules of a round, and the word of the rule."""
    rules, on = row.exempt_rules, day_of(at)
    born = born_on(scope, people) if rules.get(MONTHS) else {}
    held = in_force(scope, people, at) if rules.get(ISOLATED) else {}
    isolated = {person for person, some in held.items() if any(one.kind in HELD for one in some)}
    positive: dict[int, datetime] = {}
    if rules.get(POSITIVE_DAYS):
        with connection.cursor() as cursor:
            since = at - timedelta(days=rules[POSITIVE_DAYS] + 1)
            cursor.execute(POSITIVE, [list(people), row.pk, since])
            positive = dict(cursor.fetchall())
    found = {}
    for person in {*born, *isolated, *positive}:
        last = day_of(positive[person]) if person in positive else None
        if why := exempt_by(rules, Known(born.get(person), last, person in isolated), on=on):
            found[person] = why
    return found


def born_on(scope: Scope, people: Sequence[int]) -> dict[int, date]:
    """Return the birthdays of people of the scope, of whom one is known."""
    with connection.cursor() as cursor:
        cursor.execute(BORN, [list(people)])
        return {
            person: date.fromisoformat(open_text(sealed, table="people_person", column="birth", row=person))
            for person, sealed in cursor.fetchall()
        }
