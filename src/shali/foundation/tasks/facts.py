from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskOpened:
    task: int
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class TaskMoved:
    """Another unit owns the task now."""

    task: int
    kind: str
    from_path: str
    to_path: str


@dataclass(frozen=True, slots=True)
class TaskClosed:
    task: int
    kind: str
    path: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TaskReopened:
    task: int
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class TaskEscalated:
    """A step of the ladder was taken: the unit at `to_path` was told."""

    task: int
    step: str
    to_path: str
