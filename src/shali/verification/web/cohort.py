"""Whom a look-back would ask again, as a page chooses it; what cannot be read is said, and never means more people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.queries import ancestors, children
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.verification.queries import words
from shali.verification.queries.cohort import Cohort
from shali.verification.queries.lists import ListRow
from shali.verification.rules import ANSWERS, Fact


@dataclass(frozen=True, slots=True)
class Choices:
    """One fact, and its answers that may stand, by what the form sends for each."""

    word: Promise
    answers: tuple[tuple[str, Promise], ...]


def read_cohort(given: QueryDict) -> Cohort:
    """:raises WrongInput: a part cannot be read; it is not left out, which would mean more people"""
    fact, _colon, answer = given.get("finding", "").partition(":")
    return Cohort(
        lists=tuple(given.getlist("list")),
        unit=given.get("unit", ""),
        channel=_number(given.get("channel", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        fact=_number(fact),
        answer=answer,
    )


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 5):
        raise WrongInput(_("There is no such choice."))
    return int(text or 0)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongInput(_("Write a day as 2022-08-10.")) from error


def matches(row: ListRow, cohort: Cohort) -> bool:
    """Say whether a list is of the channel and the days that were chosen."""
    return (
        (not cohort.channel or row.channel == cohort.channel)
        and (cohort.since is None or row.day >= cohort.since)
        and (cohort.until is None or row.day <= cohort.until)
    )


def units_to_choose(scope: Scope, unit: str) -> list[object]:
    """Return the units above the chosen one within the scope, it, and those just below it."""
    here = scope.part(unit)
    return [*(one for one in ancestors(scope, here) if scope.holds(one.path)), *children(scope, here)]


def findings() -> list[Choices]:
    """Return each fact's answers that may stand, as choices of the filter."""
    return [
        Choices(
            words.FACTS_SHORT[int(fact)],
            tuple((f"{int(fact)}:{one.code}", words.ANSWERS[one.code]) for one in ANSWERS[fact] if one.establishes),
        )
        for fact in Fact
    ]


def chosen_words(chosen: Mapping[str, object]) -> list[str]:
    """Say what a round's people were chosen by, beside their lists and their unit."""
    said = []
    if channel := chosen.get("channel"):
        said.append(str(words.CHANNELS[int(str(channel))]))
    if chosen.get("since") or chosen.get("until"):
        said.append(f"{chosen.get('since', '')} – {chosen.get('until', '')}")
    if chosen.get("fact"):
        said.append(str(words.ANSWERS[str(chosen["answer"])]))
    return said
