"""A review that cannot be told asks whoever has the person's task; what he sees comes back to the review."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.accounts.services.tokens import make_token
from shali.foundation.intake.models import Batch, Candidate, Review, ReviewState, Row, RowState
from shali.foundation.intake.queries.batches import reviews
from shali.foundation.intake.queries.pair import pair
from shali.foundation.intake.services.hand_out import next_review
from shali.foundation.intake.services.review import (
    DecidedBefore,
    NobodyToAsk,
    ask_for_more,
    decide_same,
    undo_review,
)
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.verification.models import IdentityQuestion
from shali.verification.queries.identity import identity_questions
from shali.verification.services.endings import close_as_deceased
from shali.verification.services.entries import Entry, take_entries
from shali.verification.services.identity import AnsweredBefore, answer_identity
from shali.verification.tests.desk import AT, CITY, enrol_three, number_of, push

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=20)


@dataclass
class Doubt:
    """Two people of one list, each with an open task; the first row may mean the second person."""

    row: Row
    other: int
    review: Review
    task: Task
    worker: Post
    desk: Post

    def scope(self, post: Post) -> Scope:
        return Scope(path=post.path, name=f"post:{post.pk}", post=post.pk)

    def ask(self) -> None:
        with in_scope(CITY):
            ask_for_more(scope=CITY, review=self.review.public_id, by=CITY.name, at=AT)
        self.review.refresh_from_db()

    def question(self) -> IdentityQuestion:
        return IdentityQuestion.objects.latest("id")

    def answer(self, answer: str, number: str = "") -> None:
        scope = self.scope(self.worker)
        with in_scope(scope):
            answer_identity(
                scope=scope, task=self.task.public_id, question=self.question().public_id, answer=answer,
                number=number, by=scope.name, at=LATER,
            )  # fmt: skip
        self.review.refresh_from_db()

    def client(self, post: Post, language: str = "en") -> Client:
        post.user.language = language
        post.user.save(update_fields=["language"])
        client = Client()
        client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def doubt(tmp_path: Path, settings: Any) -> Doubt:
    with in_scope(system_scope("test")):
        reference.ensure()
    enrol_three()
    one = push(tmp_path, people=2)
    with in_scope(system_scope("test")):
        row, other = Row.objects.filter(batch=one.batch).order_by("row_no")
        Row.objects.filter(pk=row.pk).update(state=RowState.DOUBTFUL)
        Batch.objects.filter(pk=one.batch).update(people=F("people") - 1, doubtful=F("doubtful") + 1)
        Candidate.objects.create(row=row, person_id=other.person_id, rank=1, score=3.0, reasons=["document_near"])
        review = Review.objects.create(row=row, path=row.path, opened_at=AT, due_at=AT + timedelta(hours=4))
        task = Task.objects.get(subject_id=row.person_id, kind="verification")
        posts = []
        for username, role, unit in (
            ("worker", Role.COMMUNITY_WORKER, task.unit),
            ("desk", Role.CITY_DUTY, task.unit.parent.parent.parent),
        ):
            user = add_user(username=username, name=f"某{username}", at=AT)
            at = AT - timedelta(days=1)
            posts.append(give_post(user=user, role=role, unit=unit, scope=None, by="system:test", at=at))
    return Doubt(row, other.person_id, review, task, *posts)


def test_the_question_stands_on_the_task_and_its_answer_opens_the_review_with_the_finding(doubt: Doubt) -> None:
    doubt.ask()
    assert doubt.review.state == ReviewState.ASKED
    assert doubt.question().task_id == doubt.task.pk
    with in_scope(CITY):
        assert next_review(scope=CITY, by=CITY.name, at=AT) == ""

    doubt.answer("number", number_of(1).lower())

    assert (doubt.review.state, doubt.review.found, doubt.review.decided_by) == (ReviewState.OPEN, "number", "")
    assert number_of(1).encode() not in bytes(doubt.review.found_number_sealed or b"")
    with in_scope(CITY):
        assert next_review(scope=CITY, by=CITY.name, at=LATER) == doubt.review.public_id
        shown = pair(CITY, doubt.review.public_id, at=LATER)
    assert shown.seen is not None
    assert (shown.seen.found, shown.seen.fits_row, shown.seen.by) == ("number", True, "某worker")
    (line,) = [one for one in shown.candidates[0].lines if one.field == "seen"]
    assert line.verdict == "differs"
    kinds = ["IdentityAsked", "IdentityFound"]
    said = Fact.objects.filter(kind__in=kinds).order_by("id").values_list("kind", "payload")
    assert [kind for kind, _payload in said] == kinds
    assert number_of(1) not in json.dumps([payload for _kind, payload in said])


def test_what_was_seen_comes_before_what_is_due_earlier(doubt: Doubt) -> None:
    with in_scope(CITY):
        row = Row.objects.filter(batch=doubt.row.batch_id).latest("row_no")
        earlier = Review.objects.create(row=row, path=row.path, opened_at=AT, due_at=AT)
        assert next_review(scope=CITY, by="post:8", at=AT) == earlier.public_id
    doubt.ask()
    doubt.answer("no_document")

    with in_scope(CITY):
        assert next_review(scope=CITY, by="post:9", at=LATER) == doubt.review.public_id
        assert [one.found for one in reviews(CITY, at=LATER).rows] == ["", "no_document"]


def test_undo_takes_the_question_back_and_it_can_be_asked_again(doubt: Doubt) -> None:
    doubt.ask()
    with pytest.raises(DecidedBefore):
        doubt.ask()
    with in_scope(CITY):
        undo_review(scope=CITY, review=doubt.review.public_id, by=CITY.name, at=AT)
    assert (doubt.question().answer, doubt.question().ended_by) == ("withdrawn", CITY.name)
    with pytest.raises(AnsweredBefore):
        doubt.answer("no_document")
    doubt.review.refresh_from_db()
    assert (doubt.review.state, doubt.review.found) == (ReviewState.OPEN, "")

    doubt.ask()

    assert IdentityQuestion.objects.filter(ended_at=None).count() == 1


def test_a_decision_without_the_answer_takes_the_question_back(doubt: Doubt) -> None:
    doubt.ask()
    with in_scope(CITY):
        decide_same(scope=CITY, review=doubt.review.public_id, person=doubt.other, by=CITY.name, at=LATER)
    doubt.review.refresh_from_db()

    assert (doubt.question().answer, doubt.review.state) == ("withdrawn", ReviewState.SAME)


def test_a_check_that_ends_gives_the_question_back_unseen(doubt: Doubt) -> None:
    doubt.ask()
    scope = doubt.scope(doubt.worker)
    with in_scope(scope):
        close_as_deceased(
            scope=scope, task=doubt.task.public_id, seen=None, evidence="证明1号", by=scope.name, at=LATER
        )
    doubt.review.refresh_from_db()

    assert (doubt.question().answer, doubt.review.found) == ("not_seen", "not_seen")
    assert doubt.review.state == ReviewState.OPEN


def test_where_nobody_checks_the_person_the_desk_is_told_and_nothing_is_written(doubt: Doubt) -> None:
    scope = doubt.scope(doubt.worker)
    with in_scope(scope):
        close_as_deceased(scope=scope, task=doubt.task.public_id, seen=None, evidence="证明1号", by=scope.name, at=AT)

    with pytest.raises(NobodyToAsk):
        doubt.ask()

    doubt.review.refresh_from_db()
    assert doubt.review.state == ReviewState.OPEN
    assert not Fact.objects.filter(kind="IdentityAsked").exists()


@pytest.mark.parametrize(
    ("answer", "number"), [("number", ""), ("number", "12 3"), ("number", "甲乙丙丁戊己"), ("no_document", "123456"),
                           ("not_seen", ""), ("withdrawn", ""), ("maybe", "")],
)  # fmt: skip
def test_an_answer_that_says_two_things_or_nothing_is_refused(doubt: Doubt, answer: str, number: str) -> None:
    doubt.ask()

    with pytest.raises(WrongInput):
        doubt.answer(answer, number)
    assert doubt.question().ended_at is None


def test_the_same_answer_sent_twice_is_one_and_another_unit_sees_no_question(doubt: Doubt) -> None:
    doubt.ask()
    scope = doubt.scope(doubt.worker)
    said = Entry(
        uuid4(), doubt.task.public_id, "identity", LATER, answer="number", question=doubt.question().public_id,
        number=number_of(2),
    )  # fmt: skip
    with in_scope(scope):
        taken = take_entries(scope=scope, entries=[said, said], by=scope.name, at=LATER)
    assert [one.is_taken for one in taken] == [True, True]
    assert Fact.objects.filter(kind="IdentityFound").count() == 1
    elsewhere = Scope(path="4111.03", name="post:77")
    with in_scope(elsewhere):
        assert identity_questions(elsewhere) == []
        with pytest.raises(NotInScope):
            answer_identity(
                scope=elsewhere, task=doubt.task.public_id, question=said.question, answer="number",
                number=number_of(2), by=elsewhere.name, at=LATER,
            )  # fmt: skip


def test_the_database_refuses_a_question_half_ended_and_a_finding_without_its_number(doubt: Doubt) -> None:
    doubt.ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityQuestion.objects.update(answer="number")
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityQuestion.objects.create(task=doubt.task, review=doubt.review, asked_at=AT, asked_by=CITY.name)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.update(found="number", found_at=AT, found_by="post:1")


@pytest.mark.parametrize(
    ("language", "asked", "back"),
    [
        ("en", "See this person's document yourself", "The number on the document is not the row's."),
        ("zh-hans", "请当面查看此人证件", "证件号码与该行不一致"),
    ],
)
def test_the_whole_way_on_the_pages(doubt: Doubt, language: str, asked: str, back: str) -> None:
    desk, worker = doubt.client(doubt.desk, language), doubt.client(doubt.worker, language)
    with time_machine.travel(LATER, tick=False):
        desk.post(f"/intake/reviews/{doubt.review.public_id}/decide/", {"answer": "ask"})
        task = f"/tasks/{doubt.task.public_id}/"
        assert asked in worker.get("/verification/my/").content.decode()
        assert asked in worker.get(task).content.decode()

        sent = {"act": "identity", "question": doubt.question().public_id, "seen": "number", "number": number_of(2)}
        answered = worker.post(f"/verification/my/{doubt.task.public_id}/", {**sent, "next": task})

        assert answered["Location"] == task
        assert asked not in worker.get("/verification/my/").content.decode()
        handed = desk.post("/intake/reviews/next/")
        assert handed["Location"] == f"/intake/reviews/{doubt.review.public_id}/"
        page = desk.get(handed["Location"]).content.decode()
    assert back in page
    assert number_of(2) not in page
    assert number_of(2) not in worker.get(task).content.decode()


def test_the_whole_way_for_programs(doubt: Doubt) -> None:
    def program(post: Post, verbs: str) -> Client:
        made = make_token(post=post, name="流水线", verbs=Role.by_code(verbs).verbs, days=1, by="system:test", at=AT)
        return Client(headers={"Authorization": f"Bearer {made.token}"})

    def send(client: Client, path: str, body: dict[str, Any]) -> Any:
        return client.post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": path.replace("/", "-")},
        )

    desk, worker = program(doubt.desk, doubt.desk.role), program(doubt.worker, doubt.worker.role)
    with time_machine.travel(LATER, tick=False):
        said = send(desk, f"batches/reviews/{doubt.review.public_id}/decide", {"answer": "ask"})
        assert said.json()["state"] == "asked"
        (question,) = worker.get("/api/v1/verification/tasks/identity").json()["items"]
        assert question["task"] == doubt.task.public_id
        entry = {
            "entry": str(uuid4()), "task": question["task"], "kind": "identity", "taken_at": LATER.isoformat(),
            "question": question["question"], "answer": "number", "number": number_of(2),
        }  # fmt: skip
        taken = send(worker, "verification/tasks/entries", {"entries": [entry]})
        assert taken.json()["outcomes"][0]["is_taken"]
        assert send(desk, "batches/reviews/next", {}).json() == {"review": doubt.review.public_id}
        shown = desk.get(f"/api/v1/batches/reviews/{doubt.review.public_id}").json()
    assert (shown["seen"]["found"], shown["seen"]["fits_row"]) == ("number", False)
    (line,) = [one for one in shown["candidates"][0]["lines"] if one["field"] == "seen"]
    assert (line["verdict"], number_of(2) in json.dumps(shown)) == ("equal", False)
