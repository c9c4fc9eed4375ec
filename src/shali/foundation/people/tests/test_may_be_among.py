"""Whether a person brought in lately may be a candidate is said as the search through the register says it."""

import pytest

from shali.foundation.people.services.identify import Claim, DocumentClaim, keys_of, may_be_among

HERE, ELSEWHERE = "411102001001", "411102001002"


def _claim(name: str, born: str, *, division: str = HERE, phone: str = "") -> Claim:
    number = DocumentClaim("1", f"411119{born}0013", False)
    return Claim(name=name, documents=(number,), phones=(phone,) if phone else (), division=division)


@pytest.mark.parametrize(
    ("other", "may"),
    [
        (_claim("王伟", "19800115"), True),  # the number itself
        (_claim("李娜", "19990909", division=ELSEWHERE, phone="14000000001"), True),  # the telephone alone
        (_claim("王玮", "19800116"), True),  # the sound in one community, and both ends of the number: weak, but two
        (_claim("李娜", "19800116"), False),  # both ends of the number alone
        (_claim("王玮", "19990909", division=ELSEWHERE), False),
    ],
)
def test_one_telling_key_or_two_weak_ones(other: Claim, *, may: bool) -> None:
    asked = _claim("王伟", "19800115", phone="14000000001")

    assert may_be_among(keys_of(asked), keys=set(keys_of(other))) is may


def test_a_claim_without_a_telling_key_is_satisfied_with_one_weak_key() -> None:
    asked = Claim(name="王伟", division=HERE)

    assert may_be_among(keys_of(asked), keys=set(keys_of(Claim(name="王玮", division=HERE))))
    assert not may_be_among(keys_of(asked), keys=set(keys_of(Claim(name="王玮", division=ELSEWHERE))))
