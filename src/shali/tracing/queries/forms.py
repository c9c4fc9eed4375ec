"""The questionnaire of a disease, and what of it is answered for a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.models import Outbreak
from shali.foundation.ui.formats import is_chinese
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text
from shali.tracing.models import Answer, Case, Form
from shali.tracing.rules.forms import CORE_GROUP, Asked, fault, is_asked


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the reader's language."""

    asked: Asked
    label: str
    hint: str
    choices: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self.asked.name

    @property
    def kind(self) -> str:
        return self.asked.kind

    def takes(self, value: str) -> str:
        """Return why a value is no answer, as a sentence; "" where it is one."""
        code = fault(self.asked, value)
        return str(_FAULTS()[code]) if code else ""

    def shown(self, value: str) -> str:
        """Return an answer in words."""
        words = dict(self.choices)
        if not words:
            return value
        return _(", ").join(words.get(one, one) for one in value.split())


def _FAULTS() -> Mapping[str, str]:  # a table that speaks the reader's language
    return {
        "not_a_number": _("give a number"),
        "not_a_day": _("give a day, as 2022-08-10"),
        "no_such": _("choose one of the answers"),
        "out_of_range": _("this number cannot be"),
    }


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """groups: name and label in the order of the form."""

    profile: str
    version: int
    title: str
    groups: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The newest answer to a question. value: in words."""

    question: str
    value: str
    shown: str
    confirmed: bool
    at: datetime
    by: str


def newest_form(scope: Scope, profile: str) -> Questionnaire:
    """Return the newest version of a disease's questionnaire.

    :raises NotInScope: none was ever kept for this disease
    """
    found = Form.objects.filter(profile=profile).order_by("-version").first()
    if found is None:
        raise NotInScope
    return read_form(scope, found)


@dataclass(frozen=True, slots=True)
class KeptForm:
    version: int
    title: str
    questions: int
    core: int
    made_at: datetime
    made_by: str
    file: bytes


def profile_of(scope: Scope, outbreak: str) -> str:
    """Return the disease profile of an outbreak."""
    return Outbreak.objects.get(pk=outbreak).profile


def kept_forms(scope: Scope, profile: str) -> list[KeptForm]:
    """Return every version of a disease's questionnaire, the newest first."""
    return [
        KeptForm(
            one.version,
            one.title,
            len(one.content["questions"]),
            sum(question["group"] == CORE_GROUP for question in one.content["questions"]),
            one.made_at,
            one.made_by,
            bytes(one.file),
        )
        for one in Form.objects.filter(profile=profile).order_by("-version")
    ]


def read_form(scope: Scope, form: Form) -> Questionnaire:
    """Return a stored form in the reader's language."""
    language = "zh" if is_chinese() else "en"
    content = form.content
    questions = [
        Asked(
            name=one["name"],
            kind=one["kind"],
            group=one["group"],
            labels=one["labels"],
            required=one["required"],
            relevant=one["relevant"],
            constraint=one["constraint"],
            hints=one["hints"],
            choices=one["choices"],
        )
        for one in content["questions"]
    ]
    return Questionnaire(
        form.profile,
        form.version,
        form.title,
        tuple((one["name"], _said(one["labels"], language)) for one in content["groups"]),
        tuple(
            Question(
                one,
                _said(one.labels, language),
                _said(one.hints, language),
                tuple((code, _said(words, language)) for code, words in one.choices.items()),
            )
            for one in questions
        ),
    )


def _said(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def form_of(scope: Scope, case: Case) -> Questionnaire:
    """Return the questionnaire by which a case of the scope is investigated."""
    return newest_form(scope, case.outbreak.profile)


def answers_of(scope: Scope, case: Case, form: Questionnaire | None = None) -> dict[str, Answered]:
    """Return the newest answer to each question of a case of the scope, opened. Who reads them is put on record."""
    questions = {one.name: one for one in (form or form_of(scope, case)).questions}
    rows = Answer.objects.filter(case=case).order_by("question", "-id").distinct("question")
    found = {}
    for row in rows:
        value = open_text(row.value_sealed, table="tracing_answer", column="value", row=row.pk)
        question = questions.get(row.question)
        shown = question.shown(value) if question else value
        found[row.question] = Answered(row.question, value, shown, row.confirmed, row.at, row.by)
    return found


def asked_now(scope: Scope, form: Questionnaire, answers: Mapping[str, Answered]) -> list[Question]:
    """Return the questions that are asked, given the answers so far."""
    values = {name: one.value for name, one in answers.items()}
    return [one for one in form.questions if is_asked(one.asked, values)]


def missing_questions(scope: Scope, case: Case, *, core: bool) -> list[Question]:
    """Return the required questions that no confirmed answer meets yet; core: only those of the core information."""
    form = form_of(scope, case)
    answers = answers_of(scope, case, form)
    return [
        one
        for one in asked_now(scope, form, answers)
        if one.asked.required
        and (one.asked.is_core or not core)
        and not (one.name in answers and answers[one.name].confirmed)
    ]
