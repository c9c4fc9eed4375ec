"""What two records beside each other show, and what stays masked."""

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


def test_a_field_of_one_side_says_so():
    assert _beside("address", [], ["河南省漯河市"]).verdict == "missing"
