"""What the short ways render is what Django renders."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, engines
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from shali.foundation.ui.rendering import QuickTemplate, address_of


@dataclass(frozen=True, slots=True)
class Row:
    name: str = "王<b>"
    name_en: str = "Wang & Co"
    number: int = 1234
    nothing: None = None
    at: datetime = datetime(2022, 8, 10, 12, tzinfo=UTC)


class Odd:
    """Whatever else templates meet."""

    word = gettext_lazy("Overdue")
    items = (Row(), Row(name="李"))
    kept = {"name": "of a dict", "number": 0}

    def method(self) -> str:
        return "called <i>"

    @property
    def missing(self) -> str:
        raise ObjectDoesNotExist  # Django renders nothing

    def needs(self, something: object) -> object:
        return something


TEMPLATES = (
    "{{ row.name }} {{ row.number }} {{ row.nothing }} {{ row.at }} {{ row.unknown }} {{ unknown.of.all }}",
    "{{ odd.method }} {{ odd.missing }} {{ odd.needs }} {{ odd.word }} {{ odd.items.1.name }} {{ odd.kept.number }}",
    "{{ odd.kept.items }} {{ safe }} {{ safe|default:'x' }} {{ text }} {{ text|upper }} {{ text|safe }} {{ price }}",
    "{{ row|unit_name }} {{ row.number|num }} {{ row.at|day_time }} {{ row.nothing|default_if_none:'<none>' }}",
    "{{ row.nothing|default:_('Overdue') }} {{ row.nothing|default:row.name }} {{ row.at|date:'Y' }} {{ 5|add:'2' }}",
    "{% if row.name and not row.nothing %}yes{% endif %}{% if odd.missing %}no{% else %}none{% endif %}",
    "{% for one in odd.items %}{{ forloop.counter }}{{ one.name }}{% if forloop.last %}.{% endif %}{% endfor %}",
    "{% autoescape off %}{{ row.name }}{{ text }}{{ row.number }}{% endautoescape %}{{ row.name }}",
    "{% translate 'Overdue' %} {% translate text %} {% translate 'Overdue' as late %}[{{ late }}]",
    "{% translate '5 %' %} {% translate 'Handed over' context 'count' %} {% translate 'Closed' noop %}",
    "{% blocktranslate count n=row.number %}{{ n }} attempt{% plural %}{{ n }} attempts{% endblocktranslate %}",
    "{% blocktranslate with at=row.at|hour %}, next {{ at }}{% endblocktranslate %} {% static 'ui/base.css' %}",
    "{% url 'tasks:task' 'abc9' %} {% url 'tasks:task' text %} {% url 'tasks:desk' as desk %}{{ desk }}",
    "{% url 'jurisdictions:unit' '4111.02' %} {% url 'nobody:knows' as none %}[{{ none }}]",
    "{% url 'jurisdictions:decide' change=5 %} {% url 'jurisdictions:decide' 5 %} {% url 'jurisdictions:decide' '5' %}",
)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("source", TEMPLATES)
def test_a_template_renders_as_with_django(source: str, language: str) -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    source = "{% load ui i18n static %}" + source
    given: dict[str, Any] = {"row": Row(), "odd": Odd(), "safe": mark_safe("<u>"), "text": "a&b c%"}
    given["price"] = Decimal("1234.50")
    with override(language):
        theirs = engine.from_string(source)
        ours = QuickTemplate(source, engine=engine)

        once, again = (ours.render(Context(dict(given))) for _ in range(2))

        assert once == again == theirs.render(Context(dict(given)))


def test_pages_are_read_by_the_quick_parser() -> None:
    assert isinstance(get_template("ui/base.html").template, QuickTemplate)  # type: ignore[attr-defined]


def test_an_address_is_what_reverse_says_or_left_to_it() -> None:
    assert address_of("tasks:task", "7h3k") == reverse("tasks:task", args=["7h3k"])
    assert address_of("tasks:desk") == reverse("tasks:desk")
    assert address_of("jurisdictions:decide", "not-a-number") is None
    assert address_of("nobody:knows") is None
