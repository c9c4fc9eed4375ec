"""What two records beside each other show, and what stays masked."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from shali.foundation.intake.queries.pair import _beside


def test_equal_digits_are_stars_and_the_one_that_differs_is_shown():
    line = _beside("document", ["411190198506070018"], ["411190198506070078"])
    assert "".join(text for text, _differs in line.left) == "****************1*"
    assert "".join(text for text, _differs in line.right) == "****************7*"
    assert [differs for _text, differs in line.left].index(True) == 16


def test_two_quite_different_numbers_are_masked_and_not_shown_whole():
    line = _beside("phone", ["14012345678"], ["14487654321"])
    assert (line.left, line.right) == ((("140******78", False),), (("144******21", False),))


def test_of_several_telephones_the_equal_ones_stand_beside_each_other():
    assert _beside("phone", ["14012345678", "14400000000"], ["14012345678"]).verdict == "equal"


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("address", "河南省漯河市某街1号", "***"),
        ("birth", "1985-06-07", "***"),
        ("name", "乌有甲", "乌**"),
        ("document", "411190198506070018", "4111************18"),
        ("phone", "14012345678", "140******78"),
    ],
)
def test_of_a_field_that_cannot_be_compared_only_that_it_is_there_is_shown(field, value, shown):
    for line in (_beside(field, [], [value]), _beside(field, [value], [])):
        assert line.verdict == "missing"
        assert {line.left, line.right} == {(), ((shown, False),)}


def test_each_candidate_has_a_number_key_and_the_last_answer_stays_in_reach():
    found = [SimpleNamespace(public_id=f"candidate{n:03d}") for n in range(11)]
    said = render_to_string(
        "intake/_candidates.html", {"candidates": found, "candidate": found[0], "before": "beforebefore"}
    )
    assert [f'data-key="{n}"' in said for n in (1, 9, 10)] == [True, True, False]
    assert said.count("before=beforebefore") == 11
