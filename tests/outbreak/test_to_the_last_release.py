"""An invented cluster from its first positive to its last release, and the pages of one that is very large.

Small in the ordinary tests; `make outbreak` plays 60 cases and 2,000 contacts and draws 2,000 cases with 20,000, with
seconds.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from shali.config import reference
from shali.config.demo import MORNING
from shali.config.demo.cast import enter_part
from shali.config.demo.city import enter_residents
from shali.config.demo.outbreak import Hands, Size, play_outbreak, scope_of
from shali.foundation.accounts.models import Post
from shali.foundation.clocks import city_zone
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.tracing.models import Case, Contact, ContactState, Plan
from shali.tracing.queries.ring import Part, ring
from shali.tracing.queries.verdicts import affected
from shali.tracing.rules import Classification
from shali.tracing.services.cases import CaseNews, link_source, open_case
from shali.tracing.services.contacts import Line, Meeting, enter_contacts
from shali.tracing.services.rules_change import apply_rules

pytestmark = pytest.mark.django_db
CASES, CONTACTS = int(os.environ.get("SHALI_CASES", "6")), int(os.environ.get("SHALI_CONTACTS", "40"))
MANY_CASES, MANY_CONTACTS = (2_000, 20_000) if CASES >= 60 else (40, 200)
BEGINS = date(2022, 8, 2)
NEW_RULES = datetime(2022, 11, 11, 9, 0, tzinfo=city_zone())
LONGEST_DRAW = 1.0  # seconds until a page of the largest outbreak is there; asserted at full size alone

Note = Callable[..., None]


@pytest.fixture
def note(capsys: pytest.CaptureFixture[str]) -> Note:
    """Return what prints a line of figures past the capture of the tests."""

    def write(what: str, **figures: object) -> None:
        with capsys.disabled():
            print(f"\n{what:<28}", "  ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()))

    return write


@contextmanager
def seconds() -> Iterator[Callable[[], float]]:
    began = time.monotonic()
    yield lambda: round(time.monotonic() - began, 2)


def hands(*, residents: int) -> Hands:
    reference.ensure()
    with in_scope(system_scope("test")):
        enter_residents(residents, at=MORNING - timedelta(days=60))
        investigator = enter_part("investigator", at=MORNING - timedelta(days=30))
        lead = enter_part("city-lead", at=MORNING - timedelta(days=30))
    return Hands(scope_of(investigator), scope_of(lead))


def test_a_cluster_is_played_from_the_first_positive_to_the_last_release(note: Note) -> None:
    acting = hands(residents=max(600, 2 * (CASES + CONTACTS)))
    end = datetime(2022, 9, 30, 21, 30, tzinfo=city_zone())
    with seconds() as took:
        played = play_outbreak(hands=acting, begins=BEGINS, until=end, size=Size(cases=CASES, contacts=CONTACTS))

    note("to the last release", **played, seconds=took())
    with in_scope(system_scope("test")):
        states = list(Contact.objects.values_list("state", "contact_class"))
        assert played["cases"] == CASES
        assert len(states) == played["contacts"] >= CONTACTS
        # Whoever is a general contact owes nothing; the clock lets him go, which nobody plays here.
        left = {asks for state, asks in states if state == ContactState.UNDER_OBSERVATION}
        assert left <= {"general_contact"}
        assert not Task.objects.filter(kind__in=["case_core", "case_report", "contact"], closed_at=None).exists()
        shown = ring(acting.lead, Part(), at=end)
        assert (shown.under_observation, shown.with_gap) == (0, 0)


def test_changed_rules_touch_whom_they_list_and_nobody_else(note: Note) -> None:
    acting = hands(residents=max(600, 2 * (CASES + CONTACTS)))
    play_outbreak(
        hands=acting, begins=date(2022, 11, 1), until=NEW_RULES - timedelta(hours=10),
        size=Size(cases=CASES, contacts=CONTACTS),
    )  # fmt: skip
    with in_scope(system_scope("test")):
        held = Contact.objects.filter(state=ContactState.UNDER_OBSERVATION)
        before = dict(held.values_list("pk", "plan_seq"))
        plans = Plan.objects.count()
        with seconds() as listing:
            listed = {one.contact.pk for one in affected(acting.lead, at=NEW_RULES)}
        listed_in = listing()
        assert dict(held.values_list("pk", "plan_seq")) == before  # nothing changes by being listed

        with seconds() as took:
            changed = apply_rules(
                scope=acting.lead, contacts=None, shown=len(listed), by=acting.lead.name, at=NEW_RULES
            )

        after = dict(Contact.objects.filter(pk__in=before).values_list("pk", "plan_seq"))
        assert {pk for pk, seq in after.items() if seq != before[pk]} == listed
        assert changed == len(listed) > 0
        assert Plan.objects.count() == plans + changed  # the old plans stay
        assert affected(acting.lead, at=NEW_RULES) == []
    note("rules of 11 November 2022", under_observation=len(before), listed=len(listed), listed_in_s=listed_in,
         changed=changed, changed_in_s=took())  # fmt: skip


def test_pages_of_the_largest_outbreak_are_there_within_a_second(
    note: Note, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = hands(residents=MANY_CASES + MANY_CONTACTS)
    with seconds() as took:
        _many(acting)
    note("entered", cases=MANY_CASES, contacts=MANY_CONTACTS, seconds=took())
    # It is the exercise's morning for this test alone.
    monkeypatch.setattr("shali.foundation.clocks._shift_from", lambda _note: MORNING - datetime.now(UTC))
    settings.EXERCISE = True  # type: ignore[attr-defined]
    client = Client()
    client.force_login(Post.objects.get(user__username="investigator").user)
    pages = (
        "/tracing/",
        "/tracing/chain/",
        "/tracing/chain/?fold=1",
        "/tracing/curve/",
        "/tracing/timeline/",
        "/tracing/ring/",
    )
    slowest = {}
    for page in pages:
        client.get(page)  # what is read once for a process is read
        with seconds() as took:
            assert client.get(page).status_code == 200, page
        slowest[page] = took()

    note("pages", **{page.strip("/") or "cases": f"{value} s" for page, value in slowest.items()})
    with in_scope(system_scope("test")):
        assert (Case.objects.count(), Contact.objects.count()) == (MANY_CASES, MANY_CONTACTS)
    if MANY_CASES >= 2_000:
        assert slowest["/tracing/chain/"] < LONGEST_DRAW


def _many(acting: Hands) -> None:
    """Enter many cases, each infected by one before it, and ten contacts for each."""
    scope, each = acting.investigator, MANY_CONTACTS // MANY_CASES
    with in_scope(scope):
        people = list(Person.objects.filter(source="register").order_by("id").values_list("pk", "public_id"))
        cases: list[Case] = []
        for place in range(MANY_CASES):
            at = MORNING - timedelta(days=20) + timedelta(minutes=14 * place * 2_000 // MANY_CASES)
            onset = (at - timedelta(days=1)).date()
            news = CaseNews(
                Classification.CONFIRMED, at, "laboratory", "laboratory_result", onset, at - timedelta(hours=6)
            )
            made = open_case(scope=scope, person=people.pop()[1], news=news, by=scope.name, at=at)
            if cases:
                link_source(
                    scope=scope, case=made.public_id, source=cases[place // 3].public_id, certainty="inferred",
                    basis="", seen=None, by=scope.name, at=at,
                )  # fmt: skip
            cases.append(made)
            met = [Meeting(at - timedelta(hours=30), at - timedelta(hours=28), "shared_meal") for _ in range(each)]
            lines = [Line(people.pop()[0], one) for one in met]
            enter_contacts(scope=scope, case=made.public_id, lines=lines, by=scope.name, at=at)
