"""Guests beside whom they may be: one answer joins a guest to his line, and taken back each has his own again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import DocumentKind, Person
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.ui.refusal import NotInScope
from shali.testing.models import Expected, GuestAnswer
from shali.testing.queries.balance import balance
from shali.testing.queries.guests import GuestRow, guests_counted, guests_page
from shali.testing.queries.left import left_page
from shali.testing.rules import Standing
from shali.testing.services.guests import settle_guest, undo_guest
from shali.testing.services.rounds import NotLawful

from .desk import AT, DESK, Desk, number_of, open_round, work_off
from .test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages

pytestmark = pytest.mark.django_db
NEIGHBOUR = Scope(path="4111.03", name="post:9")


def near(number: str) -> str:
    """Return a number that was misread in one place; its check does not hold."""
    return number[:9] + ("1" if number[9] != "1" else "2") + number[10:]


@pytest.fixture
def desk() -> Desk:
    """Return a round at which two guests came: one of the roster with a number misread, and a stranger."""
    desk = open_round(6)
    device = desk.device()
    device.swab(AT, "T1", near(number_of(2)), name="乌有0002")
    device.swab(AT + timedelta(seconds=1), "T1", "", name="欧阳某某", phone="14099990000")
    device.write(AT + timedelta(seconds=2), k="seal", tube="T1", n=2)
    device.send(AT)
    work_off()
    return desk


def rows(desk: Desk, which: str = "open", scope: Scope = DESK) -> list[GuestRow]:
    with in_scope(scope):
        return list(guests_page(scope, desk.round.public_id, which, at=AT).rows)


def settle(desk: Desk, guest: int, same_as: int | None, scope: Scope = DESK) -> None:
    with in_scope(scope):
        settle_guest(scope=scope, made=desk.round.public_id, guest=guest, same_as=same_as, by=scope.name, at=AT)


def undo(desk: Desk, guest: int) -> None:
    with in_scope(DESK):
        undo_guest(scope=DESK, made=desk.round.public_id, guest=guest, by=DESK.name, at=AT)


def test_beside_a_guest_stands_who_he_may_be_with_masks_and_reasons_alone(desk: Desk) -> None:
    first, second = rows(desk)

    assert len(first.candidates) >= 1
    likeliest = first.candidates[0]
    with in_scope(system_scope("test")):
        assert Expected.objects.get(pk=likeliest.line).person_id == desk.people[2]
    assert "document_near" in likeliest.reasons
    assert likeliest.person is not None
    assert likeliest.person.name == "乌***"
    assert second.candidates == ()


def test_a_guest_of_the_roster_is_joined_to_his_line_and_taken_back_each_has_his_own(desk: Desk) -> None:
    guest, _stranger = rows(desk)
    assert desk.standing(2) == Standing.NOT_SAMPLED

    settle(desk, guest.line, guest.candidates[0].line)

    assert desk.standing(2) == Standing.AWAITING
    with in_scope(DESK):
        assert guests_counted(DESK, desk.round.public_id) == {"open": 1, "same": 1, "other": 0}
        sums = balance(DESK, desk.round.pk)
    assert (sums.sampled, sums.guests, sums.people_in_tubes) == (1, 1, 2)
    (answered,) = rows(desk, "same")
    assert answered.same_as is not None
    assert answered.line == guest.line

    undo(desk, guest.line)

    assert desk.standing(2) == Standing.NOT_SAMPLED
    with in_scope(DESK):
        sums = balance(DESK, desk.round.pk)
    assert (sums.sampled, sums.guests) == (0, 2)
    assert [one.line for one in rows(desk)] == [one.line for one in (guest, _stranger)]
    settle(desk, guest.line, guest.candidates[0].line)  # it can be said again
    assert GuestAnswer.objects.count() == 2


def test_somebody_of_nobodys_line_is_a_guest_for_good_and_is_asked_about_once(desk: Desk) -> None:
    _guest, stranger = rows(desk)

    settle(desk, stranger.line, None)

    assert [one.line for one in rows(desk, "other")] == [stranger.line]
    with pytest.raises(NotLawful):
        settle(desk, stranger.line, None)
    with in_scope(DESK):
        assert len(left_page(DESK, desk.round.public_id, "guests", at=AT).rows) == 2


def test_only_who_is_like_him_is_taken_and_nothing_of_another_unit_is_found(desk: Desk) -> None:
    guest, stranger = rows(desk)
    with in_scope(system_scope("test")):
        other = Expected.objects.get(round=desk.round, person_id=desk.people[5]).pk

    with pytest.raises(NotInScope):
        settle(desk, stranger.line, other)
    with pytest.raises(NotInScope):
        settle(desk, guest.line, guest.candidates[0].line, NEIGHBOUR)
    with pytest.raises(NotInScope):
        settle(desk, other, None)
    with pytest.raises(NotInScope):
        undo(desk, guest.line)
    assert not GuestAnswer.objects.exists()


def test_a_line_of_another_unit_is_not_shown_beside_a_guest() -> None:
    desk = open_round(2)
    unit = Unit.objects.get(path="4111.03.001")
    number = number_of(500)
    new = NewPerson(
        name="乌有0500", unit=unit.pk, path=unit.path,
        documents=(NewDocument(DocumentKind.RESIDENT_ID, number, True),),
    )  # fmt: skip
    with in_scope(system_scope("test")):
        (person,) = enrol_people([new], source="register", at=AT)
        Expected.objects.create(round=desk.round, person_id=person, path=unit.path)
    device = desk.device()
    device.swab(AT, "T1", near(number), name="乌有0500")
    device.send(AT)
    work_off()

    (guest,) = rows(desk)

    assert person not in {one.person.id for one in guest.candidates if one.person}


def test_the_database_takes_no_answer_about_who_is_no_guest_and_lets_none_be_changed(desk: Desk) -> None:
    guest, stranger = rows(desk)
    settle(desk, stranger.line, None)
    with in_scope(system_scope("test")):
        line = Expected.objects.filter(round=desk.round, guest=False).first()
        with pytest.raises(IntegrityError, match="is no guest"), transaction.atomic():
            GuestAnswer.objects.create(path=DESK.path, guest=line, decided_at=AT, decided_by="post:1")
        with pytest.raises(IntegrityError, match="stands, or is taken back"), transaction.atomic():
            GuestAnswer.objects.update(decided_by="post:7")
        with pytest.raises(IntegrityError), transaction.atomic():
            GuestAnswer.objects.all().delete()
    assert guest.line


@pytest.mark.usefixtures("morning")
def test_one_key_settles_a_guest_and_one_takes_it_back(desk: Desk) -> None:
    client = signed_in(Role.CITY_DUTY)
    address = f"/testing/rounds/{desk.round.public_id}/guests/"
    page = client.get(address).content.decode()
    guest = rows(desk)[0]
    assert f'value="{guest.candidates[0].line}" data-key="1"' in page
    assert number_of(2) not in page

    answer = client.post(address + "act/", {"guest": guest.line, "answer": guest.candidates[0].line})
    after = client.get(answer["Location"]).content.decode()
    assert 'data-key="z"' in after
    assert desk.standing(2) == Standing.AWAITING
    assert client.post(address + "act/", {"guest": guest.line, "answer": "x"}).status_code == 422
    assert client.post(address + "act/", {"guest": guest.line, "answer": "undo"}).status_code == 302

    assert desk.standing(2) == Standing.NOT_SAMPLED
    with in_scope(system_scope("test")):
        assert not Person.objects.exclude(merged_into=None).exists()
