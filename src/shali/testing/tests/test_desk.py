"""The desk's acts and pages: exempt, missing by name, at the door; a plan made, edited, taken; a file handed in."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Box, Expected, Parked, Sample, Site, SitePlan
from shali.testing.queries.balance import balance
from shali.testing.queries.plans import plan_view
from shali.testing.rules import Outcome
from shali.testing.rules.plan_file import Place, read_places
from shali.testing.services.editing import edit_plan
from shali.testing.services.left import exempt_people, name_missing, visit_at_home
from shali.testing.services.plans import Wanted, make_plan
from shali.testing.services.taking import take_plan

from .desk import AT, COMMUNITY, DESK, a_laboratory, a_result, fill, hand_in, open_round, work_off

pytestmark = pytest.mark.django_db
PAGES = (
    *("testing/", "testing/rounds/new/", "testing/rounds/{round}/", "testing/rounds/{round}/people/"),
    *("testing/rounds/{round}/people/?which=sampled", "testing/rounds/{round}/recalls/?which=all"),
    *("testing/rounds/{round}/tubes/?which=suspect", "testing/rounds/{round}/sites/", "testing/rounds/{round}/plans/"),
    "testing/rounds/{round}/zones/",
    *("testing/sites/{site}/", "testing/tubes/{tube}/", "testing/parked/", "laboratory/?which=all"),
    *("laboratory/boxes/{box}/", "testing/plans/{plan}/", "testing/plans/{plan}/notices/", "result/{slip}/"),
)


@pytest.fixture
def morning(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the hour of the round for the pages."""
    at = AT + timedelta(hours=3)
    monkeypatch.setattr("shali.foundation.clocks._shift_from", lambda _note: at - datetime.now(at.tzinfo))
    settings.EXERCISE = True  # type: ignore[attr-defined]


def signed_in(role: Role, path: str = "4111") -> Client:
    with in_scope(system_scope("test")):
        user = add_user(username=f"at-{role.code}", name="某人", at=AT)
        unit = Unit.objects.get(path=path)
        give_post(
            user=user, role=role, unit=unit, department=None, scope=None, by="system:test", at=AT - timedelta(days=9),
            days=60,
        )  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_plan(made: str, sites: int = 2, capacity: int = 900) -> SitePlan:
    code = Unit.objects.get(path=COMMUNITY).code
    points = [Place(f"{n}号院", code, 114.0 + n * 0.004, 33.58, 150, "") for n in range(8)]
    candidates = [Place(f"空场{n}", "", 114.001 + n * 0.008, 33.581, 0, "") for n in range(4)]
    with in_scope(DESK):
        return make_plan(
            scope=DESK, made=made, points=points, candidates=candidates, wanted=Wanted(sites, capacity, 15),
            by=DESK.name, at=AT,
        )  # fmt: skip


def test_everybody_left_is_exempt_or_missing_by_name_or_visited() -> None:
    desk = open_round(6)
    with in_scope(DESK):
        lines = list(Expected.objects.filter(round=desk.round).order_by("id").values_list("pk", flat=True))
        made = desk.round.public_id
        assert visit_at_home(scope=DESK, made=made, people=[], by=DESK.name, at=AT) == 6
        exempt_people(scope=DESK, made=made, people=lines[:2], why="under_two", by=DESK.name, at=AT)
        name_missing(scope=DESK, made=made, people=lines[2:3], why="refused", by=DESK.name, at=AT)
        with pytest.raises(WrongInput):
            exempt_people(scope=DESK, made=made, people=lines[3:4], why="tired", by=DESK.name, at=AT)
    device = desk.device()
    fill(device, "T1", [3, 4])
    device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        counted = balance(system_scope("test"), desk.round.pk)
        ended = dict(Task.objects.filter(kind="test_at_home", state=3).values_list("subject_id", "outcome"))
    assert (counted.roster, counted.sampled, counted.exempt, counted.named_missing, counted.not_sampled) == (
        6,
        2,
        2,
        1,
        1,
    )
    assert counted.people_off_by == 0
    assert sorted(ended.values()) == ["exempt", "exempt", "missing", "sampled", "sampled"]


def test_a_plan_is_proven_edited_by_hand_and_taken_into_the_round() -> None:
    desk = open_round(4)
    plan = a_plan(desk.round.public_id)
    assert plan.bound <= plan.cost
    assert set(plan.served) == set(plan.sites)

    with in_scope(DESK):
        spare = next(n for n in range(4) if n not in plan.sites)
        before = plan.cost
        more = edit_plan(scope=DESK, plan=plan.public_id, add=spare, at=AT)
        assert more.cost < before
        moved = edit_plan(scope=DESK, plan=plan.public_id, move=(spare, 114.02, 33.58), at=AT)
        assert len(moved.sites) == 3
        assert len(moved.candidates) == 5
        fewer = edit_plan(scope=DESK, plan=plan.public_id, close=moved.sites[0], at=AT)
        assert len(fewer.sites) == 2
        view = plan_view(DESK, plan.public_id, at=AT)
        assert 0 <= view.row.gap < 1
        assert sum(one.people for one in view.sites) == 1_200
        taken = take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)

    with in_scope(system_scope("test")):
        assert Site.objects.filter(round=desk.round).count() == 1 + taken.sites


def test_what_cannot_be_is_refused_in_both_numbers() -> None:
    desk = open_round(2)

    with pytest.raises(WrongInput, match="1200"):
        a_plan(desk.round.public_id, sites=2, capacity=300)
    with pytest.raises(WrongInput, match="9"):
        a_plan(desk.round.public_id, sites=9)


def test_a_table_of_places_names_its_wrong_lines() -> None:
    rows = [
        (1, ["小区", "经度", "纬度", "人数"]),
        (2, ["甲", "114.0", "33.5", "1,200"]),
        (3, ["乙", "33.5", "114.0", "80"]),
    ]

    found = read_places(rows, with_people=True)

    assert [one.people for one in found.places] == [1200]
    assert found.wrong == ((3, "lat"),)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.usefixtures("morning")
def test_every_page_opens_in_both_languages(language: str) -> None:
    desk = open_round(30)
    device = desk.device()
    slips = fill(device, "T1", range(10))
    fill(device, "T2", range(10, 21))
    device.write(AT, k="box", box="B1", tubes=["T1", "T2"], counted=2)
    device.write(AT, k="out", of="00000000-0000-4000-8000-000000000000")
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.POSITIVE, hours=1), hours=2)
    plan = a_plan(desk.round.public_id)
    with in_scope(system_scope("test")):
        named = {
            "round": desk.round.public_id,
            "site": desk.site.public_id,
            "tube": desk.tube("T2").public_id,
            "box": Box.objects.get().public_id,
            "plan": plan.public_id,
            "slip": slips[0],
        }
    client = signed_in(Role.CITY_DUTY)
    zones = f"/testing/rounds/{desk.round.public_id}/zones/"
    assert client.post(zones, {"unit": COMMUNITY, "pool_size": "1"}).status_code == 302
    desk.site.refresh_from_db()
    assert desk.site.pool_size == 1
    client.cookies["language"] = language
    with translation.override(language):
        for page in PAGES:
            answer = client.get("/" + page.format(**named))
            assert answer.status_code == 200, page
    with in_scope(system_scope("test")):
        parked = Parked.objects.get()
    assert client.post(f"/testing/parked/{parked.public_id}/settle/", {"settled_as": "set_aside"}).status_code == 302


@pytest.mark.usefixtures("morning")
def test_a_laboratory_hands_in_a_file_and_sees_no_person() -> None:
    desk = open_round(12)
    device = desk.device()
    fill(device, "LH-001", range(10))
    device.send(AT)
    work_off()
    bench = a_laboratory()
    client = signed_in(Role.LABORATORY, "4111.02")
    lines = [
        "管码,检测结果,批次,板号,孔位,N基因,ORF1ab,检测时间",
        "LH-001,阴性,R1,P1,A1,,,2022-08-11 10:20",
        "LH-002,嗯,R1,P1,A2,,,2022-08-11 10:20",
    ]
    file = SimpleUploadedFile("结果.csv", "\n".join(lines).encode("gb18030"))

    answer = client.post("/laboratory/results/", {"laboratory": bench.public_id, "file": file}, follow=True)

    assert answer.status_code == 200
    assert "LH-002" not in answer.content.decode()  # a wrong line is named by its number
    assert client.get(f"/testing/tubes/{desk.tube('LH-001').public_id}/").status_code == 403
    with in_scope(system_scope("test")):
        assert desk.tube("LH-001").outcome == Outcome.NEGATIVE
        assert Sample.objects.count() == 10


def test_a_stations_page_and_worker_are_there_for_anybody() -> None:
    page = Client().get("/station/")

    assert page.status_code == 200
    assert b"station-words" in page.content
    assert Client().post("/station/enrol/", b"{}", content_type="application/json").status_code == 422
    assert Client().post("/station/batches/", b"[]", content_type="application/json").status_code == 401


CITY = Scope(path="4111", name="post:9")
