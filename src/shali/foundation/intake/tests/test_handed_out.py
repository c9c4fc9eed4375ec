"""The next question goes to one desk at a time; who decides first, decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.intake.models import Batch, BatchState, Review, ReviewState, Row, RowState, StoredFile
from shali.foundation.intake.services.hand_out import next_review
from shali.foundation.intake.services.review import decide_different, undo_review
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.policy.rules import review_hold
from shali.foundation.vault.sealing import seal

ONE, TWO = Scope(path="4111", name="post:901"), Scope(path="4111", name="post:902")
AT = now()


def plant(count: int) -> list[str]:
    """Plant a settled file whose rows are all under review, due one after the other; return the reviews, due first."""
    with in_scope(system_scope("test")):
        reference.ensure()
        unit = Unit.objects.get(path="4111")
        people = enrol_people(
            [NewPerson(name=f"乌有{n}", unit=unit.pk, path=unit.path) for n in range(count)], source="test", at=AT
        )
        file = StoredFile.objects.create(
            sha256=b"\1" * 32, size=1, format="csv", path="4111", received_at=AT, received_by="x", name_sealed=b"-"
        )
        batch = Batch.objects.create(
            file=file, path="4111", purpose="verification", sender="某单位", outbreak="x", state=BatchState.SETTLED,
            handed_over_at=AT, received_at=AT, received_by="x", settled_at=AT, rows_total=count, rows_done=count,
            received=count, doubtful=count,
        )  # fmt: skip
        made = []
        for place, person in enumerate(people):
            row = Row.objects.create(
                batch=batch, path="4111", sheet=0, row_no=place + 2, state=RowState.DOUBTFUL, person_id=person,
                row_blind=b"-", cells_sealed=b"-",
            )  # fmt: skip
            sealed = seal('{"cells": [], "values": {}}', table="intake_row", column="cells", row=row.pk)
            Row.objects.filter(pk=row.pk).update(cells_sealed=sealed)
            made.append(
                Review.objects.create(row=row, path="4111", opened_at=AT, due_at=AT + timedelta(hours=place + 1))
            )
    return [one.public_id for one in made]


def handed(scope: Scope, *, minutes: float = 0) -> str:
    with in_scope(scope):
        return next_review(scope=scope, by=scope.name, at=AT + timedelta(minutes=minutes))


@pytest.mark.django_db
def test_two_desks_get_two_questions_and_each_keeps_its_own_until_it_is_decided() -> None:
    first, second = plant(2)

    assert [handed(ONE), handed(TWO)] == [first, second]
    assert [handed(ONE), handed(TWO)] == [first, second]
    assert handed(Scope(path="4111", name="post:903")) == ""
    assert Review.objects.get(public_id=first).held_by == ONE.name


@pytest.mark.django_db
def test_a_hold_ends_by_itself() -> None:
    (only,) = plant(1)
    hold = review_hold(AT).total_seconds() / 60
    assert handed(ONE) == only

    assert handed(TWO, minutes=hold - 0.1) == ""
    assert handed(TWO, minutes=hold) == only


@pytest.mark.django_db
def test_a_hold_binds_no_decision_and_the_next_one_is_handed_out() -> None:
    first, second = plant(2)
    assert handed(ONE) == first

    with in_scope(TWO):
        decide_different(scope=TWO, review=first, by=TWO.name, at=AT)

    assert Review.objects.get(public_id=first).state == ReviewState.DIFFERENT
    assert handed(ONE) == second
    with in_scope(TWO):
        undo_review(scope=TWO, review=first, by=TWO.name, at=AT)
    # Open again, and as it was left: his who had it, where his time is not over.
    assert handed(ONE) == first


@pytest.mark.django_db
def test_who_leaves_a_question_gets_another_and_anybody_may_have_the_one_he_left() -> None:
    first, second = plant(2)
    assert handed(ONE) == first

    with in_scope(ONE):
        assert next_review(scope=ONE, by=ONE.name, at=AT, leave=first) == second

    assert handed(TWO) == first


@pytest.mark.django_db
def test_the_database_keeps_a_hold_whole() -> None:
    plant(1)

    for half in ({"held_by": "post:1"}, {"held_until": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.update(**half)


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_ask_at_the_same_moment_never_get_the_same() -> None:
    reviews = plant(60)
    barrier = Barrier(2)

    def desk(scope: Scope) -> list[str]:
        got = []
        try:
            for _ in range(30):
                barrier.wait()
                got.append(handed(scope))
                with in_scope(scope):
                    decide_different(scope=scope, review=got[-1], by=scope.name, at=AT)
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(desk, (ONE, TWO))

    assert len({*one, *two}) == 60
    assert {*one, *two} == set(reviews)


@pytest.fixture
def posts(db: Any) -> list[Post]:
    with in_scope(system_scope("test")):
        reference.ensure()
        city = Unit.objects.get(path="4111")
        return [
            give_post(
                user=add_user(username=name, name=f"某{name}", at=AT, language="en"), role=Role.CITY_DUTY, unit=city,
                scope=None, by="system:test", at=AT - timedelta(days=1),
            )
            for name in ("one", "two")
        ]  # fmt: skip


def test_on_the_pages_a_second_desk_may_look_at_a_held_one_and_is_told(posts: list[Post]) -> None:
    first, second = plant(2)
    desks = [Client() for _ in posts]
    for desk, post in zip(desks, posts, strict=True):
        desk.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")

    assert [desk.post("/intake/reviews/next/")["Location"] for desk in desks] == [
        f"/intake/reviews/{first}/", f"/intake/reviews/{second}/",
    ]  # fmt: skip
    told = "Another desk was handed this question"
    assert told in desks[1].get(f"/intake/reviews/{first}/").content.decode()
    assert told not in desks[0].get(f"/intake/reviews/{first}/").content.decode()
    assert desks[0].get("/intake/reviews/next/").status_code == 405
    # Whoever looks at a page of the queue takes nothing from it.
    assert "At a desk until" in desks[0].get("/intake/reviews/").content.decode()
    decided = desks[0].post(f"/intake/reviews/{first}/decide/", {"answer": "different"}, follow=True)
    assert "What waits lies at other desks" in decided.content.decode()
