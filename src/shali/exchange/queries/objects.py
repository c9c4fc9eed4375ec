"""Facts that concern one thing with a public number: which one, in which field, and what else of them may be said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from shali.foundation.journal.models import Fact
from shali.foundation.measures.models import Appeal, Measure
from shali.testing.models import Round, Tube
from shali.tracing.models import Case, Contact, Exposure


@dataclass(frozen=True, slots=True)
class Told:
    """name: the field of the fact that holds the thing's row, and its name in the event.

    as_they_are: further fields that are counts or codes of the rules; no field that names a person is ever among them
    """

    name: str
    model: type[models.Model]
    as_they_are: tuple[str, ...] = ()


TOLD: Mapping[str, Told] = {
    "CaseOpened": Told("case", Case, ("classification",)),
    "CaseClassified": Told("case", Case, ("before", "after")),
    "ContactJudged": Told("contact", Contact, ("contact_class",)),
    "ContactReleased": Told("contact", Contact),
    "ExposureOpened": Told("exposure", Exposure, ("people",)),
    "RoundOpened": Told("round", Round, ("people",)),
    "RoundClosed": Told("round", Round),
    "PoolSuspect": Told("tube", Tube, ("people",)),
    "MeasureDecided": Told("measure", Measure, ("kind",)),
    "MeasureServed": Told("measure", Measure, ("how",)),
    "MeasureLifted": Told("measure", Measure, ("kind", "reason")),
    "AppealDecided": Told("appeal", Appeal, ("outcome",)),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Public numbers of what some facts concern, one query for each kind of thing."""

    by_model: Mapping[type[models.Model], Mapping[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: list[Fact]) -> "Numbers":
        rows: dict[type[models.Model], set[int]] = {}
        for fact in facts:
            if told := TOLD.get(fact.kind):
                rows.setdefault(told.model, set()).add(int(fact.payload[told.name]))
        return cls(
            {
                model: dict(model._default_manager.filter(pk__in=found).values_list("pk", "public_id"))
                for model, found in rows.items()
            }
        )

    def say(self, fact: Fact) -> tuple[str, dict[str, Any]] | None:
        """Return the unit that a fact concerns and its words; None where what it names is gone."""
        told, given = TOLD[fact.kind], fact.payload
        number = self.by_model.get(told.model, {}).get(given[told.name])
        if number is None:
            return None
        return given["path"], {
            told.name: number,
            "unit": given["path"],
            **{name: given[name] for name in told.as_they_are},
        }
