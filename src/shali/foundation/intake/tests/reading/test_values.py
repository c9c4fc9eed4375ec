"""Single cells: documents, telephones, days, numbers announced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shali.foundation.intake.reading.announced import number_in, number_of_total
from shali.foundation.intake.reading.days import read_day
from shali.foundation.intake.reading.documents import check_digit, read_document
from shali.foundation.intake.reading.headings import field_of
from shali.foundation.intake.reading.names import name_key, read_name
from shali.foundation.intake.reading.phones import read_phones
from shali.foundation.intake.tests.reading.workbooks import id_number


@pytest.mark.parametrize(
    ("cell", "number", "kind"),
    [
        ("53010219200508011X", "53010219200508011X", "resident_id"),
        ("53010219200508011x", "53010219200508011X", "resident_id"),
        (" 530102 19200508 011x ", "53010219200508011X", "resident_id"),
        ("５３０１０２１９２００５０８０１１Ｘ", "53010219200508011X", "resident_id"),
        ("'11010519491231002X", "11010519491231002X", "resident_id"),
        ("`11010519491231002X", "11010519491231002X", "resident_id"),
        ("\u200b11010519491231002X\u200b", "11010519491231002X", "resident_id"),
        ("370101190102039973"[:17] + check_digit("37010119010203997"), "370101190102039973", "resident_id"),
        ("411025601219955", "411025601219955", "old_resident_id"),
        ("G99037047", "G99037047", "passport"),
        ("EA1234567", "EA1234567", "passport"),
        ("H12345678", "H12345678", "hong_kong_macau_permit"),
        ("M1234567801", "M1234567801", "hong_kong_macau_permit"),
        ("01234567", "01234567", "taiwan_permit"),
        ("USA110000000001", "USA110000000001", "foreign_resident_id"),
        ("81000019900101" + "001" + check_digit("81000019900101001"), "810000199001010019", "hmt_residence_permit"),
    ],
)
def test_a_whole_number_is_read_with_its_kind(cell, number, kind):
    found = read_document(cell, is_number=False)

    assert (found.number, found.kind, found.whole) == (number, kind, True)


@pytest.mark.parametrize(
    ("cell", "is_number", "reason"),
    [
        ("411123201503319000", True, "id_number_lost_digits"),
        ("4.11123201503319E17", True, "id_number_lost_digits"),
        ("4.11123201503319e+17", False, "id_number_lost_digits"),
        ("4.11E+17", False, "id_number_lost_digits"),
        ("411123198908179000", False, "id_number_lost_digits"),
        ("411102199001010011", True, "id_number_lost_digits"),
        ("411123201503319011", False, "id_number_check_failed"),
        ("41112319880230001X", False, "id_number_check_failed"),
        ("4111231988021501", False, "id_number_length"),
        ("无身份证", False, "id_number_unreadable"),
    ],
)
def test_a_number_that_cannot_be_trusted_says_why(cell, is_number, reason):
    found = read_document(cell, is_number=is_number)

    assert (found.whole, found.reason) == (False, reason)


@given(st.integers(0, 10**9), st.integers(1, 999))
def test_no_id_number_survives_being_a_number(area, serial):
    seventeen = f"{area % 900000 + 100000}19870312{serial:03d}"
    number = seventeen + check_digit(seventeen)

    assert not read_document(number, is_number=True).whole


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("14221615339", ["14221615339"]),
        ("14221615339.0", ["14221615339"]),
        ("1.4221615339E10", ["14221615339"]),
        ("+86 14221615339", ["14221615339"]),
        ("86-14221615339", ["14221615339"]),
        ("(+86)14221615339", ["14221615339"]),
        ("008614221615339", ["14221615339"]),
        ("142 2161 5339", ["14221615339"]),
        ("１４２２１６１５３３９", ["14221615339"]),
        ("14221615339,0395-1269748", ["14221615339", "0395-1269748"]),
        ("0395-1269748/14221615339", ["0395-1269748", "14221615339"]),
        ("(0395)1269748", ["0395-1269748"]),
        ("03951269748", ["0395-1269748"]),
        ("010-12345678", ["010-12345678"]),
        ("14221615339 14221615340", ["14221615339", "14221615340"]),
        ("14221615339（本人）、14221615340（女儿）", ["14221615339", "14221615340"]),
        ("+44 20 7946 0958", ["+442079460958"]),
    ],
)
def test_telephones_are_read_in_their_order(cell, numbers):
    assert read_phones(cell) == (numbers, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("1.42E+10", "phone_lost_digits"), ("1422161533", "phone_unreadable"), ("142216153390", "phone_unreadable")],
)
def test_a_telephone_with_lost_digits_is_none(cell, reason):
    assert read_phones(cell) == ([], reason)


@pytest.mark.parametrize(
    "cell",
    [
        "2022-08-05", "2022/8/5", "2022.8.5", "20220805", "2022年8月5日", "2022年08月05日 16:05", "8月5日", "8月5号",
        "8.5", "8/5", "05-Aug-22", "5 Aug 2022", "Aug 5, 2022", "2022-08-05T16:05:00", "2022-08-05 16:05:00",
        "44778", "44778.67", "二〇二二年八月五日", "八月五日", "22.8.5", "２０２２－０８－０５", "20220805160500",
    ],
)  # fmt: skip
def test_one_day_in_all_its_forms(cell):
    assert read_day(cell, year=2022) == ("2022-08-05", "")


@pytest.mark.parametrize(
    ("cell", "year", "reason"),
    [
        ("8月5日", None, "day_without_year"),
        ("5/8/2022", 2022, "day_ambiguous"),
        ("2022-02-30", 2022, "day_unreadable"),
        ("昨天", 2022, "day_unreadable"),
    ],
)
def test_a_day_that_cannot_be_told_is_not_guessed(cell, year, reason):
    assert read_day(cell, year=year) == ("", reason)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("省推送专班推送人员核查表(107人)", 107),
        ("推送协查人员88名，请24小时内核查反馈", 88),
        ("报送单位:省推送专班    时间:8月6日    人数:105人", 105),
        ("共1,286人", 1286),
        ("共计一千二百八十六人", 1286),
        ("export_县区上报(100人)", 100),
        ("协查人员名单", None),
        ("2022年8月5日人员名单", None),
        ("联系电话0395-1986496", None),
    ],
)
def test_the_announced_number_is_read_from_a_line(line, number):
    assert number_in(line) == number


def test_a_totals_row_is_a_control_total_and_a_subtotal_is_not():
    assert number_of_total(["合计", "88人", "", ""]) == 88
    assert number_of_total(["合计", "", "88"]) == 88
    assert number_of_total(["小计", "12人"]) is None


def test_a_name_is_kept_as_received_and_compared_without_its_padding():
    assert read_name("孙 俊 磊") == ("孙 俊 磊", "")
    assert name_key("孙 俊 磊") == "孙俊磊"
    assert name_key("阿依古丽•买买提") == name_key("阿依古丽·买买提")
    assert read_name("𠮷﨑") == ("𠮷﨑", "")
    assert read_name("陈?诗") == ("陈?诗", "name_lost_character")
    assert read_name("13800000000") == ("", "name_unreadable")


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓 名", "name"), ("人员姓名", "name"), ("被核查人姓名", "name"), ("身份证号码", "id_number"), ("公民身份号码", "id_number"),
        ("证件号码", "id_number"), ("证件类型", "id_kind"), ("cert_type", "id_kind"), ("id_no", "id_number"), ("联系电话", "phone"),
        ("手机号（必填）", "phone"), ("Mobile", "phone"), ("紧急联系人电话", "contact_phone"), ("家属姓名", "contact_name"),
        ("核查人", "official"), ("现住址", "address"), ("户籍地址", "registered_address"), ("乡（镇、街道）", "address_township"),
        ("暴露时间", "visit_on"), ("visit_time", "visit_on"), ("返漯时间", "arrived_on"), ("暴露地点", "place"), ("备注", "remark"),
        ("序号", "seq"), ("出生年月日", "birth_on"), ("性 别", "sex"), ("单价", ""), ("工作单位", "work"),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_words(heading, field):
    assert field_of(heading) == field


@pytest.mark.parametrize(
    "cell",
    [
        "{}(身份证)",
        "身份证:{}",
        "{}(本人)",
        "居民身份证号码:{}",
        "身份证号 {}",
        "{} 身份证",
        "(身份证){}",
        "{};",
        "中国居民身份证({})",
    ],
)
def test_words_that_say_only_that_it_is_a_number_are_passed_over(cell):
    number = id_number(7)

    found = read_document(cell.format(number), is_number=False)

    assert (found.number, found.whole) == (number, True)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("{0} {1}", "id_number_several"),
        ("{0}/{1}", "id_number_several"),
        ("{0}、{1}(妻子)", "id_number_several"),
        ("母亲:{0}", "id_number_unreadable"),
        ("监护人身份证:{0}", "id_number_unreadable"),
        ("{0}(其妻)", "id_number_unreadable"),
        ("{0}9", "id_number_length"),
    ],
)
def test_a_number_beside_another_or_of_another_is_not_believed(cell, reason):
    found = read_document(cell.format(id_number(7), id_number(8)), is_number=False)

    assert (found.whole, found.reason) == (False, reason)
