"""The desk's pages over one file: columns, difference, progress, account, review. In a real browser."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import F
from playwright.sync_api import Page

from shali.config import reference
from shali.config.testing.live import Live
from shali.foundation import intake
from shali.foundation.accounts.models import Post, User
from shali.foundation.clocks import now
from shali.foundation.intake.models import Batch, BatchState, Candidate, Review, Row, RowState
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.intake.services.review import decide_same, undo_review
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope

LISTS = Path(intake.__file__).parent / "tests" / "lists"
FILE = "05_export_县区上报(100人).csv"
DECISIONS = 20


@pytest.fixture
def desk(transactional_db) -> Post:
    with in_scope(system_scope("test")):
        reference.ensure()
        city = Unit.objects.get(code="411100000000")
        user = User.objects.create(username="duty", name="值班员", made_at=now())
        return Post.objects.create(
            user=user, role="city_duty", unit=city, path=city.path, starts_at=now() - timedelta(days=1),
            ends_at=now() + timedelta(days=30), given_by="system:test",
        )  # fmt: skip


def received(desk: Post, *, announced: int | None, at: datetime) -> str:
    scope = Scope(path=desk.path, name=f"post:{desk.pk}")
    with in_scope(scope):
        return receive_file(
            scope=scope, path=LISTS / FILE, file_name=FILE, purpose="test", sender="县区", announced=announced,
            handed_over_at=at - timedelta(hours=1), by=scope.name, at=at,
        ).public_id  # fmt: skip


def make_doubtful(batch: str) -> Review:
    """Let one row of a settled batch be a question: is it the person of the row after it?"""
    with in_scope(system_scope("test")):
        row, other = Row.objects.filter(batch__public_id=batch, state=RowState.NEW).order_by("id")[:2]
        Row.objects.filter(pk=row.pk).update(state=RowState.DOUBTFUL)
        Batch.objects.filter(public_id=batch).update(people=F("people") - 1, doubtful=F("doubtful") + 1)
        Candidate.objects.create(row=row, person=other.person, rank=1, score=3.0, reasons=["phone_equal"])
        return Review.objects.create(row=row, path=row.path, opened_at=now(), due_at=now() + timedelta(hours=2))


def settled(desk: Post, live: Live, page: Page) -> str:
    """Take a file in on the pages, whatever its number says; return its batch."""
    batch = received(desk, announced=None, at=now())
    live.sign_in(page, desk)
    page.goto(f"{live.url}/intake/{batch}/")
    page.locator(f"form[action='/intake/{batch}/confirm/'] button").click()
    if Batch.objects.get(public_id=batch).state == BatchState.DIFFERENCE:
        page.select_option("select[name=difference]", "sender_confirmed")
        page.locator(f"form[action='/intake/{batch}/confirm/'] button").click()
    live.run_jobs()
    return batch


def test_a_difference_is_accepted_by_name_before_anything_is_settled(desk, live, page, assert_accessible):
    batch = received(desk, announced=7, at=now())
    live.sign_in(page, desk)
    page.goto(f"{live.url}/intake/{batch}/")
    assert_accessible(page)
    page.locator(f"form[action='/intake/{batch}/confirm/'] button").click()
    assert Batch.objects.get(public_id=batch).state == BatchState.DIFFERENCE
    assert_accessible(page)
    page.select_option("select[name=difference]", "sender_confirmed")
    page.locator(f"form[action='/intake/{batch}/confirm/'] button").click()
    page.wait_for_load_state()
    found = Batch.objects.get(public_id=batch)
    assert (found.state, found.difference_accepted_by) == (BatchState.SETTLING, f"post:{desk.pk}")
    assert found.difference_reason == "sender_confirmed"
    assert_accessible(page)
    live.run_jobs()
    found.refresh_from_db()
    assert found.state == BatchState.SETTLED
    assert found.received == Row.objects.filter(batch=found).count()
    page.goto(f"{live.url}/intake/{batch}/?state=all")
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert_accessible(page)


def test_a_look_at_a_doubtful_row_is_recorded_and_a_key_answers_it(desk, live, page, assert_accessible):
    batch = settled(desk, live, page)
    page.goto(f"{live.url}/intake/reviews/")
    assert_accessible(page)
    review = make_doubtful(batch)
    page.reload()
    assert_accessible(page)
    before = AccessRecord.objects.count()
    page.goto(f"{live.url}/intake/reviews/{review.public_id}/")
    assert AccessRecord.objects.count() == before + 1
    assert_accessible(page)
    with page.expect_navigation():
        page.keyboard.press("n")
    review.refresh_from_db()
    assert review.state == 3


def test_one_key_a_decision_and_the_next_pair_is_there(desk, live, page):
    """A hundred decisions in ten minutes are six seconds each: of these the machine takes a small part."""
    batch = settled(desk, live, page)
    reviews = [make_doubtful(batch) for _ in range(DECISIONS)]
    page.goto(f"{live.url}/intake/reviews/{reviews[0].public_id}/")
    began = time.monotonic()
    for place in range(DECISIONS):
        with page.expect_navigation():
            page.keyboard.press("nl"[place % 2])
    took = time.monotonic() - began

    with in_scope(system_scope("test")):
        states = list(Review.objects.filter(pk__in=[one.pk for one in reviews]).values_list("state", flat=True))
    # What is left stays in the queue, and comes again after the next.
    assert sorted(states) == [1] * (DECISIONS // 2) + [3] * (DECISIONS // 2)
    assert took < 1.5 * DECISIONS, f"{1000 * took / DECISIONS:.0f} ms of the machine a decision"


@pytest.mark.parametrize("has_a_person", [True, False])
def test_an_answer_taken_back_leaves_the_row_with_the_person_it_had_before(desk, live, page, has_a_person):
    batch = settled(desk, live, page)
    review = make_doubtful(batch)
    scope = Scope(path=desk.path, name=f"post:{desk.pk}")
    with in_scope(system_scope("test")):
        if not has_a_person:
            Row.objects.filter(pk=review.row_id).update(person=None)
        before = Row.objects.values("person", "state", "same_as").get(pk=review.row_id)
        other = Candidate.objects.get(row=review.row_id).person_id
        counts = Batch.objects.values("people", "duplicates", "doubtful").get(public_id=batch)
    with in_scope(scope):
        decide_same(scope=scope, review=review.public_id, person=other, by="post:a", at=now())
    with in_scope(system_scope("test")):
        assert Row.objects.get(pk=review.row_id).person_id == other
    with in_scope(scope):
        undo_review(scope=scope, review=review.public_id, by="post:a", at=now())
    with in_scope(system_scope("test")):
        assert Row.objects.values("person", "state", "same_as").get(pk=review.row_id) == before
        assert Batch.objects.values("people", "duplicates", "doubtful").get(public_id=batch) == counts
