"""Names in letters, as the city says them."""

import pytest

from shali.foundation.jurisdictions.reference import english


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("漯河市", "Luohe City"),
        ("漯河经济技术开发区", "Luohe Economic Development Zone"),
        ("召陵区", "Shaoling District"),
        ("翟庄街道", "Zhaizhuang Subdistrict"),
        ("辛安镇", "Xin'an Town"),
        ("干河陈街道", "Ganhechen Subdistrict"),
        ("柳庄村", "Liuzhuang Village"),
        ("街", "Jie"),
    ],
)
def test_a_name_is_read_as_the_city_reads_it(name: str, letters: str) -> None:
    assert english(name) == letters
