import pytest

from shali.foundation.people.rules import (
    FOREIGN_RESIDENT_ID,
    HMT_RESIDENCE_PERMIT,
    HONG_KONG_MACAU_PERMIT,
    OLD_RESIDENT_ID,
    PASSPORT,
    RESIDENT_ID,
    TAIWAN_PERMIT,
    UNKNOWN,
    check_character,
    eighteen_of_old,
    read_document,
)


def with_check(first: str) -> str:
    return first + check_character(first)


# The last is the published example of GB 11643-1999.
@pytest.mark.parametrize(
    ("seventeen", "check"), [("11010519491231002", "X"), ("44052418800101001", "4")], ids=["X", "digit"]
)
def test_the_check_character_of_a_resident_id(seventeen, check):
    assert check_character(seventeen) == check


@pytest.mark.parametrize(
    ("text", "kind", "whole"),
    [
        (with_check("41119019800115001"), RESIDENT_ID, True),
        (" " + with_check("41119019800115001").lower() + "'", RESIDENT_ID, True),
        (
            "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in with_check("41119019800115001")),
            RESIDENT_ID,
            True,
        ),
        ("411190198001150010", RESIDENT_ID, False),
        (with_check("41119019801315001"), RESIDENT_ID, False),
        ("411190800115001", OLD_RESIDENT_ID, True),
        ("411190801315001", OLD_RESIDENT_ID, False),
        ("E12345678", PASSPORT, True),
        ("EA1234567", PASSPORT, True),
        ("H1234567800", HONG_KONG_MACAU_PERMIT, True),
        ("M12345678", HONG_KONG_MACAU_PERMIT, True),
        ("12345678", TAIWAN_PERMIT, True),
        ("1234567801", TAIWAN_PERMIT, True),
        (with_check("81000019800115001"), HMT_RESIDENCE_PERMIT, True),
        (with_check("83000019800115001"), HMT_RESIDENCE_PERMIT, True),
        ("ABC123456789012", FOREIGN_RESIDENT_ID, True),
        (with_check("91119019800115001"), FOREIGN_RESIDENT_ID, True),
        ("没有证件", UNKNOWN, False),
        ("", UNKNOWN, False),
    ],
)
def test_a_number_is_taken_for_what_its_structure_says(text, kind, whole):
    read = read_document(text)

    assert (read.kind, read.whole) == (kind, whole)


def test_an_old_number_is_the_same_persons_as_its_long_form():
    assert eighteen_of_old("411190800115001") == with_check("41119019800115001")
    assert eighteen_of_old("E12345678") is None


def test_a_resident_id_says_when_and_what_somebody_was_born():
    read = read_document(with_check("41119019800115001"))

    assert (str(read.birth_on), read.sex) == ("1980-01-15", 1)
