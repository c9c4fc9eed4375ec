"""What an event may say of the fact that it comes from."""

from dataclasses import fields

import pytest

from shali.exchange.queries.objects import TOLD
from shali.exchange.rules import EVENTS
from shali.foundation.measures import facts as measures
from shali.testing import facts as testing
from shali.tracing import facts as tracing

FACTS = {
    name: one
    for room in (measures, testing, tracing)
    for name, one in vars(room).items()
    if isinstance(one, type) and one.__module__ == room.__name__
}


@pytest.mark.parametrize("kind", sorted(TOLD))
def test_what_an_event_says_is_of_its_fact_and_names_no_person(kind: str) -> None:
    names = {field.name for field in fields(FACTS[kind])}

    assert {TOLD[kind].name, "path", *TOLD[kind].as_they_are} <= names
    assert not {"person", "reference"} & {TOLD[kind].name, *TOLD[kind].as_they_are}
    assert kind in EVENTS
