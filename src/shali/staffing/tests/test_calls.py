"""Call-ups: only who is trained, free and rested is asked; he answers on his own page; the database counts."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from shali.config import reference
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal
from shali.staffing.models import Call, CallUp, Shift, Worker
from shali.staffing.queries.calls import (
    MOST_FREE,
    MOST_OTHERS,
    NOBODY,
    call_up_view,
    call_ups,
    call_ups_page,
    own_address,
    who_may,
)
from shali.staffing.rules import Hours, Why, why_not, windows
from shali.staffing.services.calls import NewCallUp, answer_call, ask_more, call_up, end_call_up, new_own_page
from shali.staffing.services.shifts import NewShift, NotLawful, enter_worker, give_shift
from shali.testing.tests.desk import AT

DESK = Scope(path="4111.02.001", name="post:1")
STRANGER = Scope(path="4111.02.002", name="post:2")
PLACE, ROUND = "abcdefghjkmn", "rrrrrrrrrrrr"
HOURS = Hours(8, 4, 8)


def at(hours: float):
    return AT + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("shifts", "trained", "why"),
    [
        ([], True, None),
        ([], False, Why("not_trained")),
        ([(10, 14)], True, Why("busy", at(14))),
        ([(2, 6)], True, Why("not_rested", at(14))),
        ([(20, 24)], True, Why("no_rest_before", at(20))),
        ([(-4, 4), (24, 28)], True, None),
    ],
    ids=["free", "not trained", "stands elsewhere", "has not rested", "could not rest before his next", "rested"],
)
def test_who_may_be_asked_to_stand_from_noon_to_four(shifts: list, trained: bool, why: Why | None) -> None:
    known = [(at(begins), at(ends), at(ends + 8)) for begins, ends in shifts]

    assert why_not(at(12), at(16), trained=trained, shifts=known, hours=HOURS) == why


def test_hours_of_a_point_are_cut_into_equal_shifts() -> None:
    assert windows(at(0), at(12), 4) == [(at(0), at(4)), (at(4), at(8)), (at(8), at(12))]
    assert [end - begin for begin, end in windows(at(0), at(9), 8)] == [timedelta(hours=4.5)] * 2


@pytest.fixture
def samplers(db: None) -> list[str]:
    """Return five samplers: three who are free, one whose training ends today, one who stands elsewhere."""
    reference.ensure()
    made = []
    with in_scope(DESK):
        for n in range(5):
            last = date(2022, 8, 10) if n == 3 else date(2022, 12, 31)
            made.append(
                enter_worker(
                    scope=DESK, name=f"乌有{n}", kind="sampler", unit=DESK.path, trained_until=last, by="x", at=AT
                ).public_id
            )
        give_shift(scope=DESK, new=NewShift(made[4], "other-place", at(6), at(10)), by="x", at=AT)
    return made


def called(wanted: int = 2, workers: tuple[str, ...] = (), **more: object) -> CallUp:
    said = {"place": PLACE, "label": "甲点", "kind": "sampler", "starts_at": at(8), "ends_at": at(12), "about": ROUND}
    with in_scope(DESK):
        new = NewCallUp(**{**said, "wanted": wanted, **more})  # type: ignore[arg-type]  # what a test gives
        return call_up(scope=DESK, new=new, workers=workers, by=DESK.name, at=AT)


def answer(worker: str, row: CallUp, said: str = "accepted", hours: float = 0.2) -> Call:
    with in_scope(DESK):
        key = own_address(DESK, worker)
        call = Call.objects.get(call_up=row, worker__public_id=worker).public_id
    return answer_call(own_page=key, call=call, answer=said, at=at(hours))


def test_the_least_on_duty_who_may_be_asked_are_asked_and_the_others_say_why_not(samplers: list[str]) -> None:
    row = called(2)

    with in_scope(DESK):
        view = call_up_view(DESK, row.public_id, at=AT)
        assert [one.worker for one in view.calls] == samplers[:2]
        assert [one.worker for one in view.others.free] == [samplers[2]]
        assert [(one.worker, one.why) for one in view.others.others] == [
            (samplers[3], "not_trained"),
            (samplers[4], "busy"),
        ]
        assert view.others.others[1].until == at(10)
        assert ask_more(scope=DESK, row=row.public_id, workers=[samplers[2]], by="x", at=AT) == 1
        for wrong in (samplers[3], samplers[0], "zzzzzzzzzzzz"):
            with pytest.raises(NotLawful):
                ask_more(scope=DESK, row=row.public_id, workers=[wrong], by="x", at=AT)


def test_who_accepts_has_the_shift_and_the_last_place_is_given_once(samplers: list[str]) -> None:
    row = called(1, tuple(samplers[:3]))

    answer(samplers[0], row, "declined")
    done = answer(samplers[1], row)
    with pytest.raises(NotLawful):
        answer(samplers[2], row)

    with in_scope(DESK):
        shift = Shift.objects.get(worker__public_id=samplers[1])
        assert (shift.place, shift.starts_at, shift.ends_at, done.shift_id) == (PLACE, at(8), at(12), shift.pk)
        row.refresh_from_db()
        assert row.taken == 1
        assert [(one.worker, one.state) for one in call_up_view(DESK, row.public_id, at=at(1)).calls] == [
            (samplers[0], "declined"),
            (samplers[1], "accepted"),
            (samplers[2], "over"),
        ]
    with pytest.raises(NotLawful):
        answer(samplers[1], row, "declined")


def test_who_has_not_answered_in_time_stands_on_top(samplers: list[str]) -> None:
    row = called(2)
    answer(samplers[0], row)

    with in_scope(DESK):
        (before,), (after,) = (call_ups(DESK, at=at(hours), about=ROUND) for hours in (0.4, 0.6))
        assert (before.waiting, before.overdue, after.waiting, after.overdue) == (1, 0, 1, 1)
        assert call_up_view(DESK, row.public_id, at=at(0.6)).calls[0].state == "overdue"


def test_rest_and_training_are_asked_again_when_he_accepts(samplers: list[str]) -> None:
    row = called(1)
    with in_scope(DESK):
        give_shift(scope=DESK, new=NewShift(samplers[0], "elsewhere", at(1), at(5)), by="x", at=AT)

    with pytest.raises(NotLawful):
        answer(samplers[0], row)

    with in_scope(DESK):
        assert Call.objects.get(call_up=row).answer == ""


def test_an_ended_call_up_takes_no_answer_and_its_shifts_stand(samplers: list[str]) -> None:
    row = called(2)
    answer(samplers[0], row)
    with in_scope(DESK):
        end_call_up(scope=DESK, row=row.public_id, by="x", at=at(0.3))
        with pytest.raises(NotLawful):
            end_call_up(scope=DESK, row=row.public_id, by="x", at=at(0.3))
        with pytest.raises(NotLawful):
            ask_more(scope=DESK, row=row.public_id, workers=(), by="x", at=at(0.3))
    with pytest.raises(NotLawful):
        answer(samplers[1], row)
    with in_scope(DESK):
        assert Shift.objects.filter(place=PLACE, dropped_at=None).count() == 1


def test_what_cannot_be_called_is_refused(samplers: list[str]) -> None:
    for wrong in ({"kind": "cook"}, {"wanted": 0}, {"ends_at": at(7)}, {"starts_at": at(-9), "ends_at": at(-5)}):
        with pytest.raises(WrongInput):
            called(**{"wanted": 1, **wrong})  # type: ignore[arg-type]  # what a test gives
    with pytest.raises(NotLawful):
        called(1, in_heat=True, ends_at=at(13))
    with pytest.raises(NotLawful):
        called(1, kind="registrar")
    row = called(1)
    with in_scope(STRANGER):
        with pytest.raises(NotInScope):
            call_up_view(STRANGER, row.public_id, at=AT)
        assert who_may(STRANGER, "sampler", at(8), at(12), at=AT) == NOBODY
    with pytest.raises(NotInScope):
        answer_call(own_page=uuid4(), call="zzzzzzzzzzzz", answer="accepted", at=AT)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update staffing_callup set taken = 3", "no_more_than_wanted"),
        ("update staffing_callup set wanted = 9", "another made"),
        ("update staffing_call set answer = 'accepted', answered_at = now() where answer = ''", "shift"),
        ("update staffing_call set answer = 'declined', shift_id = null where answer = 'accepted'", "stands"),
        ("delete from staffing_call", "not removed"),
        ("insert into staffing_call (public_id, call_up_id, path, worker_id, asked_at, asked_by, answer)"
         " select 'kkkkkkkkkkkk', c.id, c.path, w.id, now(), 'x', '' from staffing_callup c, staffing_worker w"
         " where w.kind = 'cadre'", "does not do the work"),
    ],
    ids=["more than wanted", "changed", "accepted without a shift", "an answer changed", "removed", "another kind"],
)  # fmt: skip
def test_the_database_refuses(samplers: list[str], statement: str, refusal: str) -> None:
    row = called(2)
    answer(samplers[0], row)
    with in_scope(DESK):
        enter_worker(scope=DESK, name="乌有", kind="cadre", unit=DESK.path, trained_until=None, by="x", at=AT)
    with (
        in_scope(system_scope("test")),
        pytest.raises(DatabaseError, match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_worker_answers_on_his_own_page_until_its_address_is_made_anew(samplers: list[str]) -> None:
    row = called(2)
    with in_scope(DESK):
        old = own_address(DESK, samplers[0])
        Worker.objects.filter(public_id=samplers[0]).update(left_at=None)
    page = Client().get(f"/staffing/own/{old}/")
    assert page.status_code == 200
    with in_scope(DESK):
        new_own_page(scope=DESK, worker=samplers[0])
        assert own_address(DESK, samplers[0]) != old
    assert Client().get(f"/staffing/own/{old}/").status_code == 404
    assert Client().get(f"/staffing/own/{uuid4()}/").status_code == 404
    assert row.pk


def many_workers(count: int, *, trained: bool) -> list[Worker]:
    """Enter more workers than a page names, as they lie in the table; their name is that of the first."""
    first = Worker.objects.filter(kind="sampler").earliest("id")
    until = date(2022, 12, 31) if trained else None
    more = [
        Worker(path=first.path, unit=first.unit, kind="sampler", trained_until=until, entered_at=AT, entered_by="x")
        for _n in range(count)
    ]
    for one in more:
        one.name_sealed = b""
    made = Worker.objects.bulk_create(more)
    for one in made:
        one.name_sealed = seal("乌有", table="staffing_worker", column="name", row=one.pk)
    Worker.objects.bulk_update(made, ["name_sealed"])
    return made


def test_of_more_workers_than_a_list_names_the_least_on_duty_are_named_and_all_counted(
    samplers: list[str],
) -> None:
    """Whoever was entered last is as free as whoever was entered first; the busy do not crowd him out."""
    with in_scope(DESK):
        many_workers(600, trained=False)
        fresh = many_workers(600, trained=True)
        for one in samplers[:3]:
            give_shift(scope=DESK, new=NewShift(one, "other-place", at(-20), at(-16)), by="x", at=AT)

        found = who_may(DESK, "sampler", at(8), at(12), at=AT)
        row = called(200)
        asked = set(Call.objects.filter(call_up=row).values_list("worker_id", flat=True))

    assert (len(found.free), found.free_in_all) == (MOST_FREE, 603)
    assert (len(found.others), found.others_in_all) == (MOST_OTHERS, 602)
    assert asked == {one.pk for one in fresh[:200]}


def test_every_call_up_of_a_round_comes_in_pages_the_overdue_first(samplers: list[str]) -> None:
    with in_scope(DESK):
        rows = [
            CallUp(
                path=DESK.path, about=ROUND, place=PLACE, label="甲点", kind="sampler", starts_at=at(20 + n), wanted=1,
                ends_at=at(24 + n), answer_by=at(1), called_at=AT, called_by="x",
            )
            for n in range(600)
        ]  # fmt: skip
        CallUp.objects.bulk_create(rows)
        last = CallUp.objects.latest("starts_at")
        Call.objects.create(
            call_up=last, path=DESK.path, worker=Worker.objects.earliest("id"), asked_at=AT, asked_by="x"
        )

        seen, after = [], ""
        while not seen or after:
            page = call_ups_page(DESK, at=at(2), about=ROUND, after=after)
            seen += [one.public_id for one in page.rows]
            after = page.next

    assert len(seen) == len(set(seen)) == 600
    assert seen[0] == last.public_id
