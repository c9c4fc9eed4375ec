"""The demo city: real divisions, 50,000 invented residents, and the morning of 10 August 2022 under way in it."""

from datetime import datetime, timedelta, timezone

RESIDENTS = 50_000
# The hour at which the exercise begins, in the city's zone.
MORNING = datetime(2022, 8, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def ensure(count: int = RESIDENTS) -> None:
    """Make the demo city in an empty database; where there is one already, keep it as it is.

    The installation becomes an exercise for good: its clock is shifted, and every page says so.
    """
    from django.conf import settings
    from django.db import connection

    from shali.config import reference
    from shali.foundation.clocks import start_exercise_at
    from shali.foundation.people.models import Person

    reference.ensure()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('shali.scope', %s, false)", [settings.CITY])
    if Person.objects.exists():
        return
    start_exercise_at(MORNING)
    settings.EXERCISE = True
    from shali.config.demo.calls import play_calls
    from shali.config.demo.cast import enter_cast
    from shali.config.demo.city import enter_residents
    from shali.config.demo.morning import play
    from shali.config.demo.outbreak import play_before
    from shali.config.demo.testing_plan import play_plan, play_walks
    from shali.config.demo.testing_round import play_round, township_of

    enter_residents(count, at=MORNING - timedelta(days=30))
    busiest = play(MORNING)
    play_before(MORNING, near=busiest)
    made = play_round(MORNING, township=township_of(busiest))
    play_plan(MORNING, township=township_of(busiest), made=made)
    play_walks(MORNING, made=made)
    play_calls(MORNING, made=made)
    enter_cast(busiest=busiest, at=MORNING - timedelta(days=2))


def links(address: str) -> list[tuple[str, str]]:
    """Return fresh one-time sign-in links for the cast."""
    from shali.config.demo.cast import sign_in_links
    from shali.foundation.clocks import now

    return sign_in_links(address, at=now())
