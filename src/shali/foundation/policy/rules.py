"""Dated rule packs: every limit with its source, chosen by the day on which it is applied.

A task keeps the deadline that it was given; a new pack changes only what is handed over after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACKS = Path(__file__).parent / "packs"


class PackRefused(Exception):
    """A rule pack's file is wrong; the message says file, key, and what to do."""


class NoRule(Exception):
    """No pack in force on that day has the rule."""


@dataclass(frozen=True, slots=True)
class Limit:
    hours: float
    rule_id: str  # "verification@verification-luohe-2022"
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    rule_id: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class LadderStep:
    """At `share` of the limit used, tell the unit at level `to`; share 1 is the deadline."""

    id: str
    share: float
    act: str
    to: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a questionnaire. fact: it asks one of the four facts again, with that fact's own answers.

    words, answers: in "zh" and "en"; answers by code
    """

    id: str
    fact: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    rule_id: str
    questions: tuple[Question, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    id: str
    effective_from: date
    effective_to: date | None
    limits: Mapping[str, Limit]
    ladder: tuple[LadderStep, ...]
    numbers: Mapping[str, Number]
    questionnaires: Mapping[str, Questionnaire]

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def read_pack(path: Path) -> Pack:
    """Read one pack's file.

    :raises PackRefused: a key is missing, or a number has no source
    """
    raw: dict[str, Any] = yaml.safe_load(path.read_text())
    for key in ("id", "effective_from"):
        if key not in raw:
            raise PackRefused(
                f"{path.name}: '{key}' is missing; every pack says what it is and from which day it holds."
            )
    pack_id = raw["id"]
    sourced = {**raw.get("limits", {}), **raw.get("numbers", {})}
    sourced |= raw.get("questionnaires", {})
    sourced |= {step.get("id", "?"): step for step in raw.get("ladder", [])}
    for name, entry in sourced.items():
        if not entry.get("source"):
            raise PackRefused(f"{path.name}: '{name}' has no source; write where the number comes from.")
    return Pack(
        id=pack_id,
        effective_from=raw["effective_from"],
        effective_to=raw.get("effective_to"),
        limits={
            name: Limit(float(entry["hours"]), f"{name}@{pack_id}", entry["source"], bool(entry.get("verified")))
            for name, entry in raw.get("limits", {}).items()
        },
        ladder=tuple(
            LadderStep(step["id"], float(step["share"]), step["act"], step["to"]) for step in raw.get("ladder", [])
        ),
        numbers={
            name: Number(float(entry["value"]), f"{name}@{pack_id}", entry["source"], bool(entry.get("verified")))
            for name, entry in raw.get("numbers", {}).items()
        },
        questionnaires={
            name: _questionnaire(f"{name}@{pack_id}", entry) for name, entry in raw.get("questionnaires", {}).items()
        },
    )


def _questionnaire(rule_id: str, entry: Mapping[str, Any]) -> Questionnaire:
    questions = tuple(
        Question(
            id=one["id"],
            fact=int(one.get("fact", 0)),
            words={"zh": one.get("zh", ""), "en": one.get("en", "")},
            answers={answer["id"]: {"zh": answer["zh"], "en": answer["en"]} for answer in one.get("answers", [])},
        )
        for one in entry["questions"]
    )
    return Questionnaire(rule_id, questions, entry["source"])


@cache
def packs() -> tuple[Pack, ...]:
    """Return every pack in the folder, by the day from which it holds."""
    return tuple(
        sorted((read_pack(path) for path in PACKS.glob("*.yaml")), key=lambda pack: (pack.effective_from, pack.id))
    )


def limit(kind: str, at: datetime) -> Limit:
    """Return the limit of one kind of work in force at an hour.

    :raises NoRule: no pack in force has it
    """
    for pack in _in_force(at):
        if kind in pack.limits:
            return pack.limits[kind]
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has a limit '{kind}'.")


def number(name: str, at: datetime) -> Number:
    """Return a number of the rules in force at an hour."""
    for pack in _in_force(at):
        if name in pack.numbers:
            return pack.numbers[name]
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has a number '{name}'.")


def number_of_role(name: str, role: str, at: datetime) -> Number:
    """Return a number of the rules in force as it holds for a role: "<name>_<role>" where there is one.

    :raises NoRule: there is neither
    """
    for pack in _in_force(at):
        for one in (f"{name}_{role}", name):
            if one in pack.numbers:
                return pack.numbers[one]
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has a number '{name}'.")


def questionnaire(rule_id: str) -> Questionnaire:
    """Return a questionnaire by the name that a round keeps: "<name>@<pack>", whatever packs came after.

    :raises NoRule: there is no such pack, or it has no such questionnaire
    """
    name, _, pack_id = rule_id.partition("@")
    for pack in packs():
        if pack.id == pack_id and name in pack.questionnaires:
            return pack.questionnaires[name]
    raise NoRule(f"No rule pack has the questionnaire '{rule_id}'.")


def questionnaire_in_force(name: str, at: datetime) -> Questionnaire:
    for pack in _in_force(at):
        if name in pack.questionnaires:
            return pack.questionnaires[name]
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has a questionnaire '{name}'.")


def ladder(at: datetime) -> tuple[LadderStep, ...]:
    """Return the reminders and escalations in force, by share of the limit used."""
    for pack in _in_force(at):
        if pack.ladder:
            return tuple(sorted(pack.ladder, key=lambda step: step.share))
    return ()


def due_soon_share(at: datetime) -> float:
    return number("due_soon_share", at).value


def required_attempts(at: datetime) -> int:
    return int(number("required_attempts", at).value)


def undo_minutes(at: datetime) -> int:
    return int(number("undo_minutes", at).value)


def review_hold(at: datetime) -> timedelta:
    """Return how long a question that was handed out stays with its reader."""
    return timedelta(minutes=number("review_hold_minutes", at).value)


def _in_force(at: datetime) -> list[Pack]:
    """Packs in force, the newest first: a newer pack's word goes before an older one's."""
    return [pack for pack in reversed(packs()) if pack.is_in_force(at.date())]
