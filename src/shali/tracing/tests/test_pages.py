"""Every page of the desk opens in both languages, and asks as many questions for many contacts as for few."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.intake.models import Batch
from shali.foundation.intake.services.settle import settle_batch
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.tracing.models import Case, Contact, Day, Member
from shali.tracing.queries.timeline import cluster_timeline
from shali.tracing.rules import Seen
from shali.tracing.services import observing
from shali.tracing.services.cases import link_source
from shali.tracing.services.exposures import Event, open_exposure
from shali.tracing.services.observing import make_self_link, note_test, observe
from shali.tracing.services.rosters import add_members
from shali.tracing.services.stays import Told, tell_stay

from .desk import AT, CITY, a_case, contact_of, contacts_of, met, number_of, people, ready

pytestmark = pytest.mark.django_db
PAGES = (
    *("", "cases/new/", "ring/", "ring/?which=all", "follow-up/", "exposures/", "exposures/new/", "chain/"),
    *("timeline/", "curve/", "investigators/", "rules/", "cases/{case}/", "cases/{case}/questions/"),
    *("cases/{case}/stays/", "contacts/{contact}/", "exposures/{exposure}/"),
)


@pytest.fixture(autouse=True)
def morning(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the hour of the cluster for this room's pages."""
    monkeypatch.setattr("shali.foundation.clocks._shift_from", lambda _note: AT - datetime.now(AT.tzinfo))
    settings.EXERCISE = True  # type: ignore[attr-defined]
    ready()


def post(role: Role) -> Post:
    with in_scope(system_scope("test")):
        user, unit = add_user(username=f"at-{role.code}", name="某人", at=AT), Unit.objects.get(path="4111")
        return give_post(
            user=user, role=role, unit=unit, department=None, scope=None, by="system:test", at=AT - timedelta(days=9),
            days=60,
        )  # fmt: skip


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(post(role).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def cluster(size: int, *, start: int = 0) -> dict[str, str]:
    """Make a case with so many contacts, of whom one has a roster's guest beside him; return what pages name."""
    infected, *friends = people(size + 1, start=start)
    case = a_case(infected)
    contacts_of(case, friends, met(date(2022, 8, 9)))
    with in_scope(CITY):
        told = Told(AT - timedelta(hours=30), AT - timedelta(hours=28), "某街")
        tell_stay(scope=CITY, case=case.public_id, told=told, by=CITY.name, at=AT)
        unit = Unit.objects.filter(level=4).order_by("path")[0].path
        window = (AT - timedelta(hours=30), AT - timedelta(hours=28))
        event = Event("某校", unit, "same_space", *window, case.public_id)
        exposure = open_exposure(scope=CITY, event=event, by=CITY.name, at=AT)
        add_members(exposure=exposure, people=friends, came_by="hand", by=CITY.name, at=AT)
    return {
        "case": case.public_id, "contact": contact_of(friends[0]).public_id, "exposure": exposure.public_id,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_page_opens(language: str) -> None:
    things, client = cluster(3), signed_in(Role.INVESTIGATOR)
    client.cookies["language"] = language.lower()

    for page in PAGES:
        answer = client.get(f"/tracing/{page.format(**things)}")
        assert answer.status_code == 200, page
        assert f'<html lang="{language}"' in answer.content.decode(), page


def test_many_contacts_cost_no_more_questions_than_few() -> None:
    client = signed_in(Role.INVESTIGATOR)
    few = _questions(client, cluster(4))
    many = _questions(client, cluster(24, start=100))

    assert {page: (few[page], many[page]) for page in PAGES if many[page] > few[page]} == {}


def _questions(client: Client, things: dict[str, str]) -> dict[str, int]:
    counted = {}
    for page in PAGES:
        address = f"/tracing/{page.format(**things)}"
        client.get(address)  # what is read once for a process is read
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, page
        counted[page] = len(asked)
    return counted


def test_no_page_shows_a_name_in_full() -> None:
    things, client = cluster(3), signed_in(Role.INVESTIGATOR)

    for page in PAGES:
        assert "乌有00" not in client.get(f"/tracing/{page.format(**things)}").content.decode(), page


def test_a_case_is_opened_and_its_contacts_entered_on_the_pages() -> None:
    client = signed_in(Role.INVESTIGATOR)
    infected, *_others = people(3)
    with in_scope(system_scope("test")):
        person = Person.objects.get(pk=infected).public_id
    sent = {
        "person": person, "classification": "3", "origin": "laboratory", "evidence": "laboratory_result",
        "onset_on": "2022-08-08", "first_positive_at": "2022-08-09T20:00", "reported_at": "2022-08-10T08:30",
    }  # fmt: skip

    opened = client.post("/tracing/cases/new/", sent)

    assert opened.status_code == 302, opened.content.decode()[:2000]
    with in_scope(system_scope("test")):
        case = Case.objects.get(person_id=infected)
    lines = "乌虚一\t144\t某街1号\n乌虚二，14400000099"
    entered = client.post(
        f"/tracing/cases/{case.public_id}/contacts/",
        {"lines": lines, "first_at": "2022-08-09T12:00", "last_at": "2022-08-09T13:00", "situation": "shared_meal",
         "protection": "none", "certainty": "probable"},
    )  # fmt: skip
    assert entered.status_code == 302
    with in_scope(system_scope("test")):
        assert Contact.objects.count() == 2


def test_whoever_may_be_released_goes_with_one_press(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster(3)
    evening = datetime(2022, 8, 19, 18, 0, tzinfo=AT.tzinfo)
    monkeypatch.setattr("shali.foundation.clocks._shift_from", lambda _note: evening - datetime.now(AT.tzinfo))
    well, unwell = list(Contact.objects.order_by("id"))[:2], Contact.objects.order_by("id")[2]
    with in_scope(CITY):
        for day in Day.objects.filter(contact__in=[*well, unwell]).select_related("contact").order_by("on"):
            status = Seen.UNWELL if day.contact == unwell else Seen.WELL
            who = {"scope": CITY, "contact": day.contact.public_id, "on": day.on, "by": CITY.name, "at": evening}
            observe(told=observing.Told(status), **who)
            if day.test_due:
                note_test(negative=True, **who)
    desk = signed_in(Role.COUNTY_DESK)

    page = desk.get("/tracing/ring/?which=ready").content.decode()
    part = {"which": "ready", "unit": "", "case": ""}
    more = desk.post("/tracing/contacts/release/", {**part, "all": "1"})
    foreign = desk.post("/tracing/contacts/release/", {**part, "unit": "4112", "all": "2"})
    assert [one.state for one in Contact.objects.order_by("id")] == [1, 1, 1], "nothing was done"
    done = desk.post("/tracing/contacts/release/", {**part, "all": "2"}, follow=True)

    assert (more.status_code, foreign.status_code) == (409, 404)
    assert "全部解除（2人）" in page
    assert "已解除2人" in done.content.decode()
    assert "目前没有可解除的人员" in done.content.decode()
    assert [one.state for one in Contact.objects.order_by("id")] == [2, 2, 1]


def test_symptoms_are_read_on_a_page_of_their_own_each_look_on_record() -> None:
    contact = cluster(1)["contact"]
    with in_scope(CITY):
        told = observing.Told(Seen.UNWELL, "38.4", ("fever", "cough"))
        observe(scope=CITY, contact=contact, on=AT.date(), told=told, by=CITY.name, at=AT)
    desk = signed_in(Role.COUNTY_DESK)

    shown = desk.get(f"/tracing/contacts/{contact}/health/").content.decode()
    before = desk.get(f"/tracing/contacts/{contact}/").content.decode()

    assert "38.4" in shown
    assert "发热 · 咳嗽" in shown
    assert "38.4" not in before
    [look] = AccessRecord.objects.filter(act="follow_up")
    assert (look.fields, look.subject) == (["symptoms"], Contact.objects.get(public_id=contact).person_id)


def test_a_persons_own_page_asks_for_nothing_it_needs_not_and_takes_his_day() -> None:
    things = cluster(1)
    with in_scope(CITY):
        secret = make_self_link(scope=CITY, contact=things["contact"], by=CITY.name, at=AT)
    stranger = Client()

    shown = stranger.get(f"/tracing/oneself/{secret}/")
    kept = stranger.post(f"/tracing/oneself/{secret}/", {"status": "1"})

    assert shown.status_code == 200
    assert "乌有" not in shown.content.decode()
    assert kept.status_code == 200
    with in_scope(system_scope("test")):
        assert Contact.objects.get().last_seen == 1
    assert stranger.get("/tracing/oneself/nobody-was-given-this/").status_code == 404


def test_words_fall_back_to_no_code() -> None:
    """A page that shows `close_contact` where a word belongs has a word missing in the table."""
    things, client = cluster(2), signed_in(Role.INVESTIGATOR)
    with translation.override("zh-hans"):
        for page in ("cases/{case}/", "ring/", "contacts/{contact}/", "exposures/{exposure}/"):
            text = client.get(f"/tracing/{page.format(**things)}").content.decode()
            for code in (">same_space<", ">shared_meal<", ">probable<", ">laboratory_result<"):
                assert code not in text, (page, code)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.DEPARTMENT_DESK])
def test_the_first_page_of_every_role_opens(role: Role) -> None:
    answer = signed_in(role).get("/", follow=True)

    assert answer.status_code == 200, answer.redirect_chain


def test_a_long_chains_timeline_ends_and_holds_the_case_that_was_asked_for() -> None:
    things = cluster(3)
    with in_scope(CITY):
        first = Case.objects.get(public_id=things["case"])
        others = [a_case(one) for one in people(4, start=40)]
        for one in others:
            link_source(
                scope=CITY, case=one.public_id, source=first.public_id, certainty="inferred", basis="", seen=None,
                by=CITY.name, at=AT,
            )  # fmt: skip
        shown = cluster_timeline(CITY, others[-1].public_id, at=AT, limit=2)

    assert shown.total == 8
    assert [line.case for line in shown.lines] == [first.public_id, others[0].public_id, others[-1].public_id]


def test_an_investigator_takes_his_rosters_file_in_and_knows_no_pushed_list(tmp_path: Path) -> None:
    named = cluster(1)
    who = people(2, start=50)
    client = signed_in(Role.INVESTIGATOR)
    sheet = tmp_path / "名单.csv"
    sheet.write_text("姓名,身份证号\n" + "".join(f"乌有{n:03d},{number_of(n)}\n" for n in (50, 51)))
    home = reverse("tracing:exposure", args=[named["exposure"]])
    with sheet.open("rb") as file:
        said = client.post(home + "roster/", {"file": file, "holds": "people"})
    assert f'<a href="{home}">' in client.get(said["Location"]).content.decode()
    with in_scope(CITY):
        batch = Batch.objects.get()
    confirm = reverse("intake:confirm", args=[batch.public_id])
    assert client.post(confirm).status_code == 302
    settle_batch(batch=batch.pk, at=AT)
    with in_scope(CITY):
        assert set(who) <= set(Member.objects.filter(came_by="file").values_list("person_id", flat=True))
        Batch.objects.update(purpose="verification")

    assert client.get(said["Location"]).status_code == 404
    assert client.post(confirm).status_code == 404


def two_clusters() -> tuple[Case, Case]:
    """Make a case and whom it infected, returned, and another alone."""
    first, second, _alone = (a_case(one, onset=date(2022, 8, 2 + place)) for place, one in enumerate(people(3)))
    with in_scope(CITY):
        link_source(
            scope=CITY, case=second.public_id, source=first.public_id, certainty="proven", basis="met", seen=None,
            by=CITY.name, at=AT,
        )  # fmt: skip
    return first, second


@pytest.mark.parametrize(
    ("address", "folded", "boxes"),
    [
        ("", False, 3),
        ("?fold=1", True, 0),
        ("?fold=0", False, 3),
        ("?cluster={first}", False, 2),
        ("?cluster=zz", False, 3),
    ],
)
def test_the_page_draws_what_is_asked_for(address: str, folded: bool, boxes: int) -> None:
    first, _second = two_clusters()
    page = signed_in(Role.INVESTIGATOR).get("/tracing/chain/" + address.format(first=first.public_id))

    assert (page.context["folded"] is not None) is folded
    assert (len(page.context["drawing"].boxes) if boxes else 0) == boxes


def test_more_cases_than_boxes_are_folded_and_a_chosen_one_opens_its_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    _first, second = two_clusters()
    monkeypatch.setattr("shali.tracing.web.views.chain.MOST_BOXES", 2)
    client = signed_in(Role.INVESTIGATOR)

    assert client.get("/tracing/chain/").context["folded"] is not None
    opened = client.get(f"/tracing/chain/?case={second.public_id}").context
    assert (opened["folded"], len(opened["drawing"].boxes)) == (None, 2)
