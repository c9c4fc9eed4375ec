"""What the rules of the day ask of a contact: measures one after the other, and the days of the tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from shali.foundation.policy.rules import PACKS, NoRule, PackRefused, packs

CLOSE, SECOND, GENERAL = "close_contact", "contact_of_contact", "general_contact"
CLASSES = (CLOSE, SECOND, GENERAL)


@dataclass(frozen=True, slots=True)
class Phase:
    """One measure of a class and its length in days."""

    measure: str
    days: int


@dataclass(frozen=True, slots=True)
class ContactClass:
    """What one class of contacts owes. Day 1 is the day after the last exposure; tests: days on which one is due."""

    code: str
    phases: tuple[Phase, ...]
    tests: tuple[int, ...]
    rule_id: str  # "close_contact@tracing-protocol-9"
    source: str
    verified: bool

    @property
    def days(self) -> int:
        return sum(phase.days for phase in self.phases)


@cache
def _classes_by_pack() -> Mapping[str, Mapping[str, ContactClass]]:
    found: dict[str, Mapping[str, ContactClass]] = {}
    for path in sorted(PACKS.glob("*.yaml")):
        raw: dict[str, Any] = yaml.safe_load(path.read_text())
        if "contact_classes" in raw:
            classes = {code: _read(path.name, raw["id"], code, one) for code, one in raw["contact_classes"].items()}
            missing = [code for code in CLASSES if code not in classes]
            if missing:
                raise PackRefused(
                    f"{path.name}: 'contact_classes' lacks {', '.join(missing)}; say what each class owes."
                )
            found[raw["id"]] = classes
    return found


def _read(file: str, pack: str, code: str, raw: Mapping[str, Any]) -> ContactClass:
    if not raw.get("source"):
        raise PackRefused(f"{file}: '{code}' has no source; write where the days come from.")
    phases = tuple(Phase(one["measure"], int(one["days"])) for one in raw["phases"])
    tests = tuple(int(day) for day in raw["tests"])
    last = sum(phase.days for phase in phases)
    if any(not 1 <= day <= last for day in tests) or any(phase.days < 1 for phase in phases):
        raise PackRefused(f"{file}: '{code}' has a test outside its {last} days; each test has a day of a measure.")
    return ContactClass(code, phases, tests, f"{code}@{pack}", raw["source"], bool(raw.get("verified")))


def contact_classes(at: datetime) -> Mapping[str, ContactClass]:
    """Return what each class of contacts owes by the rules in force at an hour.

    :raises NoRule: no pack in force speaks of contacts
    """
    known = _classes_by_pack()
    for pack in reversed(packs()):
        if pack.is_in_force(at.date()) and pack.id in known:
            return known[pack.id]
    raise NoRule(f"No rule pack in force on {at:%Y-%m-%d} says what a contact owes.")


def class_of_rule(rule_id: str) -> ContactClass:
    """Return a class as the pack that a plan was made by has it, whatever packs came after.

    :raises NoRule: there is no such pack or class
    """
    code, _, pack = rule_id.partition("@")
    try:
        return _classes_by_pack()[pack][code]
    except KeyError:
        raise NoRule(f"No rule pack has the contact class '{rule_id}'.") from None
