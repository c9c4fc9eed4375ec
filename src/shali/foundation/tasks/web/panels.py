"""The part of a task's page that only its capability knows: what must be established before it may close.

Tasks lie below every capability and know none by name; a capability hands its panel over when the application starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class Panel:
    """A template of the capability, and what it is shown with."""

    template: str
    context: Mapping[str, object]


# (scope, public number of the task, at) -> the panel
PanelOf = Callable[[Scope, str, datetime], Panel]

_panels: dict[str, PanelOf] = {}


def use_panel(kind: str, panel_of: PanelOf) -> None:
    """Say who makes the panel for tasks of a kind."""
    _panels[kind] = panel_of


def panel(kind: str, *, scope: Scope, task: str, at: datetime) -> Panel | None:
    """Return the panel of a task, or None for a kind that has none."""
    panel_of = _panels.get(kind)
    return panel_of(scope, task, at) if panel_of else None
