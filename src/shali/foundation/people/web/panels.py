"""The part of a person's page that only rooms above know: his tasks, his lists. They hand it over at start-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class Panel:
    template: str
    context: Mapping[str, object]


# (scope, the person's number, at) -> the panel
PanelOf = Callable[[Scope, int, datetime], Panel]
_panels: list[PanelOf] = []


def use_person_panel(panel_of: PanelOf) -> None:
    if panel_of not in _panels:
        _panels.append(panel_of)


def person_panels(*, scope: Scope, person: int, at: datetime) -> list[Panel]:
    return [panel_of(scope, person, at) for panel_of in _panels]
