"""The ring: every number is its rows, and the list becomes empty only when each contact is held."""

import random
import uuid
from datetime import date, datetime, timedelta

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.measures.models import Measure
from shali.foundation.measures.services import NewMeasure, propose_many
from shali.foundation.ui.refusal import NotInScope
from shali.tracing.models import Contact, ContactState, Day
from shali.tracing.queries.ring import Part, gap_rows, gaps_below, ring
from shali.tracing.rules import GAPS, Seen
from shali.tracing.services import observing, releasing
from shali.tracing.services.history import NotLawful

from .desk import AT, CITY, a_case, contact_of, contacts_of, met, people, ready

pytestmark = pytest.mark.django_db
ALL = Part()


@pytest.fixture
def friends() -> list[Contact]:
    ready()
    infected, *friends = people(5)
    contacts_of(a_case(infected), friends, met(date(2022, 8, 9)))
    return [contact_of(one) for one in friends]


def counts(part: Part = ALL, *, at: datetime = AT) -> dict[str, int]:
    with in_scope(CITY):
        shown = ring(CITY, part, at=at)
        assert shown.under_observation == shown.closed + shown.with_gap
        for name in GAPS:
            assert shown.gaps[name] == gap_rows(CITY, part, name, at=at).count(), name
        assert shown.with_gap == gap_rows(CITY, part, "any", at=at).count()
        assert sum(one.gaps for one in gaps_below(CITY, part, at=at)) == shown.with_gap
    return {name: count for name, count in shown.gaps.items() if count}


def decided(contact: Contact) -> None:
    """Decide a measure over a contact, from AT on, as the body of the city would."""
    city = Unit.objects.get(path="4111")
    user = add_user(username="decides", name="某决定", at=AT)
    post = give_post(
        user=user, role=Role.CITY_LEAD, unit=city, department=None, scope=None, by="system:test", at=AT, days=30
    )
    new = NewMeasure("central_isolation", ("contact", str(contact.pk)), "investigation", "1", AT, contact.person_id)
    [planted] = propose_many([new], scope=CITY, by="system:test", at=AT)
    Measure.objects.filter(pk=planted.measure).update(
        state=2, decided_by=f"post:{post.pk}", decided_at=AT, body=city, version=2
    )


def test_a_new_contact_lacks_decision_measure_place_and_todays_observation(friends: list[Contact]) -> None:
    shown = counts()

    assert {name: shown[name] for name in ("no_decision", "no_measure", "no_place", "not_observed")} == {
        "no_decision": 4, "no_measure": 4, "no_place": 4, "not_observed": 4,
    }  # fmt: skip
    assert "not_moved" not in shown  # the clock still runs
    assert counts(at=AT + timedelta(hours=9))["not_moved"] == 4


def test_each_gap_goes_when_its_work_is_done(friends: list[Contact]) -> None:
    first = friends[0]
    late = AT + timedelta(hours=9)
    with in_scope(CITY):
        decided(first)
        observing.set_place(scope=CITY, contact=first.public_id, kind="site", place="某站", by=CITY.name, at=AT)
        observing.note_moved(scope=CITY, contact=first.public_id, moved_at=AT, by=CITY.name, at=AT)
        observing.observe(
            scope=CITY, contact=first.public_id, on=AT.date(), told=observing.Told(Seen.WELL), by=CITY.name, at=AT
        )
        observing.note_test(scope=CITY, contact=first.public_id, on=AT.date(), negative=True, by=CITY.name, at=AT)

    shown = counts(at=late)

    assert (shown["no_decision"], shown["no_measure"]) == (3, 3)
    assert (shown["no_place"], shown["not_moved"], shown["not_observed"], shown["test_due"]) == (3, 3, 3, 3)
    with in_scope(system_scope("test")):
        first.refresh_from_db()
        assert first.task is not None
        assert first.task.outcome == "moved"


def test_moving_asks_for_a_place_and_lies_not_in_the_future(friends: list[Contact]) -> None:
    with in_scope(CITY), pytest.raises(NotLawful):
        observing.note_moved(scope=CITY, contact=friends[0].public_id, moved_at=AT, by=CITY.name, at=AT)


def test_whoever_is_missed_two_days_is_raised_and_lost_only_after_three(friends: list[Contact]) -> None:
    who = friends[0].public_id
    for passed in (1, 2):
        day = AT + timedelta(days=passed)
        observing.note_missed_days(today=day.date(), at=day)
        assert observing.note_missed_days(today=day.date(), at=day) == 0
    assert counts(at=AT + timedelta(days=2))["missed_twice"] == 4
    with in_scope(CITY):
        with pytest.raises(NotLawful):
            releasing.end_as_lost(scope=CITY, contact=who, by=CITY.name, at=AT + timedelta(days=2))
        observing.observe(
            scope=CITY, contact=friends[1].public_id, on=date(2022, 8, 11), told=observing.Told(Seen.WELL),
            by=CITY.name, at=AT + timedelta(days=2),
        )  # fmt: skip

    assert counts(at=AT + timedelta(days=2))["missed_twice"] == 3


def test_a_contact_is_released_on_his_last_day_when_he_is_well_and_every_test_negative(friends: list[Contact]) -> None:
    who, last = friends[0], datetime(2022, 8, 19, 18, 0, tzinfo=AT.tzinfo)
    with in_scope(CITY):
        for day in Day.objects.filter(contact=who).order_by("on"):
            then = datetime.combine(day.on, AT.time(), AT.tzinfo)
            with pytest.raises(NotLawful):
                releasing.release(scope=CITY, contact=who.public_id, by=CITY.name, at=then)
            told = observing.Told(Seen.WELL)
            observing.observe(scope=CITY, contact=who.public_id, on=day.on, told=told, by=CITY.name, at=then)
            if day.test_due:
                observing.note_test(scope=CITY, contact=who.public_id, on=day.on, negative=True, by=CITY.name, at=then)
        done = releasing.release(scope=CITY, contact=who.public_id, by=CITY.name, at=last)

    assert done.state == ContactState.RELEASED
    assert counts(at=last + timedelta(days=1))["not_released"] == 3


def test_a_positive_test_or_an_unwell_last_day_forbids_release(friends: list[Contact]) -> None:
    who, last = friends[0], datetime(2022, 8, 19, 18, 0, tzinfo=AT.tzinfo)
    with in_scope(CITY):
        days = list(Day.objects.filter(contact=who).order_by("on"))
        for day in days:
            told = observing.Told(Seen.UNWELL if day.on == who.ends_on else Seen.WELL, "38.1", ("fever",))
            observing.observe(scope=CITY, contact=who.public_id, on=day.on, told=told, by=CITY.name, at=last)
            if day.test_due:
                observing.note_test(scope=CITY, contact=who.public_id, on=day.on, negative=None, by=CITY.name, at=last)

        assert set(releasing.gaps_of([who], at=last)[who.pk]) == {"seen_well", "tests_negative"}


@pytest.mark.parametrize("seed", range(6))
def test_who_may_be_released_is_the_same_by_the_list_and_by_the_rule_and_many_go_at_once(
    friends: list[Contact], seed: int
) -> None:
    draw, evening = random.Random(seed), datetime(2022, 8, 19, 18, 0, tzinfo=AT.tzinfo)
    with in_scope(CITY):
        for who in friends:
            _live_through(draw, who, evening, well=draw.random() < 0.7)
        for at in (evening - timedelta(days=1), evening):
            gaps = releasing.gaps_of(friends, at=at)
            listed = set(gap_rows(CITY, Part(), "ready", at=at).values_list("pk", flat=True))
            assert listed == {one.pk for one in friends if not gaps[one.pk]}
        due = {one.public_id for one in friends if not gaps[one.pk]}
        done = releasing.release_many(scope=CITY, contacts=[one.public_id for one in friends], by=CITY.name, at=evening)
        again = releasing.release_many(scope=CITY, contacts=list(due) or ["none"], by=CITY.name, at=evening)

    assert (done.released, done.left_out) == (len(due), len(friends) - len(due))
    assert set(Contact.objects.filter(state=ContactState.RELEASED).values_list("public_id", flat=True)) == due
    assert Fact.objects.filter(kind="ContactReleased").count() == len(due)
    assert again.released == 0


def _live_through(draw: random.Random, who: Contact, evening: datetime, *, well: bool) -> None:
    """Enter the days of a contact: as they should be, or with something that forbids his release."""
    for day in Day.objects.filter(contact=who).order_by("on"):
        status = Seen.WELL if well else draw.choice([Seen.WELL, Seen.UNWELL, Seen.MISSED])
        told = observing.Told(status)
        observing.observe(scope=CITY, contact=who.public_id, on=day.on, told=told, by=CITY.name, at=evening)
        if day.test_due and (well or draw.random() < 0.9):
            negative = True if well else draw.choice([True, None])
            observing.note_test(
                scope=CITY, contact=who.public_id, on=day.on, negative=negative, by=CITY.name, at=evening
            )


def test_the_same_entry_twice_is_one_observation(friends: list[Contact]) -> None:
    told = observing.Told(Seen.WELL, entry=uuid.uuid4())
    with in_scope(CITY):
        for _ in range(2):
            day = observing.observe(
                scope=CITY, contact=friends[0].public_id, on=AT.date(), told=told, by=CITY.name, at=AT
            )

        assert day.observations.count() == 1


def test_a_person_reports_himself_through_his_link_alone_and_a_new_link_ends_the_old(friends: list[Contact]) -> None:
    with in_scope(CITY):
        old, new = (
            observing.make_self_link(scope=CITY, contact=friends[0].public_id, by=CITY.name, at=AT) for _ in range(2)
        )

    with pytest.raises(NotInScope):
        observing.observe_oneself(secret=old, told=observing.Told(Seen.WELL), at=AT)
    day = observing.observe_oneself(secret=new, told=observing.Told(Seen.UNWELL, "37.9", ("cough",)), at=AT)

    assert (day.contact_id, day.on, day.status) == (friends[0].pk, AT.date(), Seen.UNWELL)


def test_of_another_county_only_the_investigator_of_the_case_sees_the_contact() -> None:
    ready()
    [infected] = people(1)
    [friend] = people(1, county="4111.03", start=50)
    case = a_case(infected)
    contacts_of(case, [friend], met(date(2022, 8, 9)))
    mine, theirs, others = (Scope(path=path, name="post:1") for path in ("4111.02", "4111.03", "4111.22"))

    with in_scope(mine):
        assert ring(mine, Part(case=case.public_id), at=AT).under_observation == 1
        assert ring(mine, ALL, at=AT).under_observation == 0
    with in_scope(theirs):
        assert ring(theirs, ALL, at=AT).under_observation == 1
    with in_scope(others):
        assert ring(others, ALL, at=AT).under_observation == 0


def test_whoever_is_overdue_to_move_stands_above_whoever_was_moved(friends: list[Contact]) -> None:
    with in_scope(CITY):
        observing.set_place(scope=CITY, contact=friends[0].public_id, kind="home", place="", by=CITY.name, at=AT)
        observing.note_moved(scope=CITY, contact=friends[0].public_id, moved_at=AT, by=CITY.name, at=AT)

        shown = [one.pk for one in gap_rows(CITY, ALL, "all", at=AT + timedelta(hours=9))]

    assert shown == [one.pk for one in (*friends[1:], friends[0])]


def test_contacts_are_given_to_posts_evenly(friends: list[Contact]) -> None:
    city = Unit.objects.get(path="4111")
    posts = [
        give_post(
            user=add_user(username=f"sees-{n}", name="某人", at=AT), role=Role.COMMUNITY_WORKER, unit=city,
            department=None, scope=None, by="system:test", at=AT, days=30,
        ).public_id
        for n in range(2)
    ]  # fmt: skip
    with in_scope(CITY):
        given = observing.assign_contacts(
            scope=CITY, contacts=[one.public_id for one in friends], posts=posts, by=CITY.name, at=AT
        )

        assert sorted(given.values()) == [2, 2]
        assert not Contact.objects.filter(assignee=None).exists()


def test_the_post_of_the_contacts_own_community_is_nearer_than_the_citys(friends: list[Contact]) -> None:
    posts = [
        give_post(
            user=add_user(username=f"near-{n}", name="某人", at=AT), role=Role.COMMUNITY_WORKER, unit=unit,
            department=None, scope=None, by="system:test", at=AT, days=30,
        ).public_id
        for n, unit in enumerate([Unit.objects.get(path="4111"), Unit.objects.get(path=friends[0].path)])
    ]  # fmt: skip
    with in_scope(CITY):
        given = observing.assign_contacts(
            scope=CITY, contacts=[one.public_id for one in friends], posts=posts, by=CITY.name, at=AT
        )

    assert given == {posts[0]: 0, posts[1]: 4}


def test_whoever_owes_nothing_is_let_go_by_the_clock_and_nobody_else() -> None:
    ready()
    infected, protected, close, later = people(4)
    case = a_case(infected)
    contacts_of(case, [protected], met(date(2022, 8, 8), protection="effective"))
    contacts_of(case, [close], met(date(2022, 8, 9)))
    contacts_of(case, [later], met(date(2022, 8, 9), protection="effective"))

    assert releasing.end_without_measure(today=date(2022, 8, 15), at=AT + timedelta(days=5)) == 0
    assert releasing.end_without_measure(today=date(2022, 8, 16), at=AT + timedelta(days=6)) == 1
    assert releasing.end_without_measure(today=date(2022, 8, 16), at=AT + timedelta(days=6)) == 0

    states = [contact_of(one).state for one in (protected, close, later)]
    assert states == [ContactState.RELEASED, ContactState.UNDER_OBSERVATION, ContactState.UNDER_OBSERVATION]
    assert contact_of(protected).ended_by == "system:tracing"
    with in_scope(system_scope("test")):
        assert Fact.objects.filter(kind="ContactReleased").count() == 1
