"""Questions and answers of a round made ready for its pages, in the reader's language."""

from dataclasses import dataclass

from django.utils.functional import Promise

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.formats import is_chinese
from shali.verification.queries import words
from shali.verification.queries.look_back import Asked, answers_of, question_of


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question on a worker's page. differs: the two rounds say other things and nobody has settled it."""

    id: str
    word: str | Promise
    choices: tuple[tuple[str, str | Promise], ...]
    first: str | Promise
    second: str | Promise
    second_code: str
    differs: bool


def asked_questions(scope: Scope, asked: Asked) -> list[AskedQuestion]:
    return [
        AskedQuestion(
            id=one,
            word=question_word(scope, asked.questionnaire, one),
            choices=tuple(
                (code, answer_word(scope, asked.questionnaire, one, code))
                for code in answers_of(scope, asked.questionnaire, one)
            ),
            first=answer_word(scope, asked.questionnaire, one, asked.first.get(one, "")),
            second=answer_word(scope, asked.questionnaire, one, asked.second.get(one, "")),
            second_code=asked.second.get(one, ""),
            differs=one in asked.open_differences,
        )
        for one in asked.questions
    ]


def question_word(scope: Scope, rule_id: str, question: str) -> str | Promise:
    found = question_of(scope, rule_id, question)
    return words.FACTS[found.fact] if found.fact else found.words[_language()]


def answer_word(scope: Scope, rule_id: str, question: str, code: str) -> str | Promise:
    """Return an answer in words; '' for none, and its code where the questionnaire has no such answer any more."""
    if not code:
        return ""
    found = question_of(scope, rule_id, question)
    if found.fact:
        return words.ANSWERS.get(code, code)
    return found.answers.get(code, {}).get(_language(), code)


def _language() -> str:
    return "zh" if is_chinese() else "en"
