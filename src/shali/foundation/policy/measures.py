"""Kinds of control measures out of the dated packs: their longest term, what they may rest on, their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from shali.foundation.policy.rules import PACKS, NoRule, PackRefused


@dataclass(frozen=True, slots=True)
class Basis:
    code: str
    words: Mapping[str, str]  # "zh", "en"
    source: str


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """on: "person" or "area"; epidemiological: only a case, a contact or an exposure can be its origin."""

    code: str
    rule_id: str  # "central_isolation@measures-luohe-2022"
    words: Mapping[str, str]
    on: str
    hours: int  # proposed term
    max_hours: int
    epidemiological: bool
    bases: tuple[str, ...]
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class MeasurePack:
    id: str
    effective_from: date
    effective_to: date | None
    kinds: Mapping[str, MeasureKind]
    bases: Mapping[str, Basis]
    appeal_channel: Mapping[str, str]

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@cache
def measure_packs() -> tuple[MeasurePack, ...]:
    """Return every pack with kinds of measures, the newest first."""
    raw = [(path.name, yaml.safe_load(path.read_text())) for path in sorted(PACKS.glob("*.yaml"))]
    packs = [_pack(name, one) for name, one in raw if one.get("measures")]
    return tuple(sorted(packs, key=lambda pack: pack.effective_from, reverse=True))


def measure_kinds(at: datetime) -> Mapping[str, MeasureKind]:
    """Return the kinds in force at an hour, in the pack's order."""
    return _in_force(at).kinds


def measure_kind(code: str, at: datetime) -> MeasureKind:
    """Return one kind in force at an hour.

    :raises NoRule: no pack in force has it
    """
    kinds = measure_kinds(at)
    if code not in kinds:
        raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has a measure '{code}'.")
    return kinds[code]


def bases(at: datetime) -> Mapping[str, Basis]:
    return _in_force(at).bases


def appeal_channel(at: datetime) -> Mapping[str, str]:
    """Return where an appeal is lodged, in both languages."""
    return _in_force(at).appeal_channel


def _in_force(at: datetime) -> MeasurePack:
    for pack in measure_packs():
        if pack.is_in_force(at.date()):
            return pack
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} has measures.")


def _pack(name: str, raw: Mapping[str, Any]) -> MeasurePack:
    for code, entry in {**raw["measures"], **raw["bases"], "appeal_channel": raw["appeal_channel"]}.items():
        if not entry.get("source"):
            raise PackRefused(f"{name}: '{code}' has no source; write where it comes from.")
    for code, entry in raw["measures"].items():
        if not set(entry["bases"]) <= set(raw["bases"]) or not 0 < entry["days"] <= entry["max_days"]:
            raise PackRefused(f"{name}: '{code}' names a basis that is not in 'bases', or more days than 'max_days'.")
    return MeasurePack(
        id=raw["id"],
        effective_from=raw["effective_from"],
        effective_to=raw.get("effective_to"),
        kinds={code: _kind(code, raw["id"], entry) for code, entry in raw["measures"].items()},
        bases={code: Basis(code, _words(entry), entry["source"]) for code, entry in raw["bases"].items()},
        appeal_channel=_words(raw["appeal_channel"]),
    )


def _kind(code: str, pack: str, entry: Mapping[str, Any]) -> MeasureKind:
    return MeasureKind(
        code=code,
        rule_id=f"{code}@{pack}",
        words=_words(entry),
        on=entry["on"],
        hours=int(entry["days"]) * 24,
        max_hours=int(entry["max_days"]) * 24,
        epidemiological=bool(entry.get("epidemiological")),
        bases=tuple(entry["bases"]),
        source=entry["source"],
        verified=bool(entry.get("verified")),
    )


def _words(entry: Mapping[str, str]) -> Mapping[str, str]:
    return {"zh": entry["zh"], "en": entry["en"]}
