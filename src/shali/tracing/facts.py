from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseOpened:
    case: int
    person: int
    classification: int
    path: str


@dataclass(frozen=True, slots=True)
class CaseClassified:
    """A case became something else, on evidence."""

    case: int
    person: int
    before: int
    after: int
    path: str


@dataclass(frozen=True, slots=True)
class ContactJudged:
    """Somebody is a contact of a class by a rule; his plan has this number."""

    contact: int
    person: int
    contact_class: str
    plan: int
    path: str


@dataclass(frozen=True, slots=True)
class ContactMoved:
    """A contact is where his measure holds."""

    contact: int
    person: int
    path: str


@dataclass(frozen=True, slots=True)
class ContactObserved:
    contact: int
    day: int
    status: int
    path: str


@dataclass(frozen=True, slots=True)
class ContactReleased:
    contact: int
    person: int
    path: str


@dataclass(frozen=True, slots=True)
class ExposureOpened:
    exposure: int
    people: int
    path: str
