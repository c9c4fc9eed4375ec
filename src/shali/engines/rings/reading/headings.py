"""Which column is which: headings as they are found in other people's files."""

import re
from collections.abc import Mapping, Sequence

from shali.engines.rings.reading.problems import CannotRead

# The first that a file has is taken; case, blanks and hyphens do not matter.
_PERSON = """person person_id personid person_no person_key pid id_person individual individual_id resident resident_id
    user user_id userid uid participant participant_id subject subject_id patient patient_id agent agent_id
    人员 人员编号 人员id 姓名 身份证号 身份证号码 证件号码 居民 用户"""
_VISIT = {
    "person": _PERSON,
    "place": """place place_id placeid location location_id locationid loc loc_id venue venue_id site site_id poi poi_id
        facility facility_id room room_id ward ward_id vehicle trip 场所 场所编号 场所id 地点 地点编号 位置""",
    "enter": """enter enter_time enter_at entered entered_at entry entry_time entertime start start_time start_at
        starttime started_at begin begin_time arrival arrival_time arrive arrived arrived_at check_in checkin
        check_in_time checkin_time time_in timein from from_time t_start t_in in
        进入时间 进入 到达时间 开始时间 入场时间""",
    "leave": """leave leave_time leave_at left left_at leavetime end end_time end_at endtime ended_at finish departure
        departure_time depart departed departed_at exit exit_time exited exited_at check_out checkout check_out_time
        checkout_time time_out timeout to to_time until stop stop_time t_end t_out out 离开时间 离开
        结束时间 离场时间""",
    "seat": "seat seat_row seat_no row position distance distance_m 座位 座位号 排 距离",
}
_CASE = {
    "person": f"{_PERSON} case case_id caseid case_no id 病例 病例编号",
    "start": """infectious_start infectious_from start_infectious infectiousness_start window_start start start_time
        start_date from begin 传染期开始 开始 开始时间""",
    "end": """infectious_end infectious_to infectious_until end_infectious infectiousness_end window_end end end_time
        end_date to until isolated isolated_at isolation_date isolated_on 传染期结束 结束 结束时间 隔离时间""",
    "onset": """onset onset_date date_onset onset_at symptom_onset date_of_onset symptom_onset_date symptoms_onset
        onset_time 发病日期 发病时间""",
    "date": """date case_date report_date date_report reported reported_at reported_on confirmed confirmed_at
        confirmed_on confirmation_date date_confirmation diagnosis_date positive_at positive_date first_positive
        sample_date test_date
        报告日期 报告时间 确诊日期 确诊时间 阳性日期 采样时间""",
}
VISIT_COLUMNS = {what: tuple(names.split()) for what, names in _VISIT.items()}
CASE_COLUMNS = {what: tuple(names.split()) for what, names in _CASE.items()}
NEEDED = {"visits": ("person", "place", "enter", "leave"), "cases": ("person",)}


def find_columns(
    headings: Sequence[str], known: Mapping[str, tuple[str, ...]], named: Mapping[str, str], *, file: str, of: str
) -> dict[str, str]:
    """Return the heading of each thing that a file of visits or cases says.

    named: what the caller calls some of them; those must be there.
    :raises CannotRead: a needed column is missing
    """
    found: dict[str, str] = {}
    plain = {_plain(heading): heading for heading in reversed(headings)}
    for what, name in named.items():
        heading = name if name in headings else plain.get(_plain(name))
        if heading is None:
            raise CannotRead(f'{file} has no column "{name}". Its columns are: {", ".join(headings)}.')
        found[what] = heading
    for what, names in known.items():
        free = (plain[name] for name in names if name in plain and plain[name] not in found.values())
        heading = found.get(what) or next(free, None)
        if heading is not None:
            found[what] = heading
    missing = [what for what in NEEDED[of] if what not in found]
    if missing:
        options = ", ".join(f"--{'case-' if of == 'cases' else ''}{what} HEADING" for what in missing)
        raise CannotRead(
            f"{file} has no column that is plainly the {' or the '.join(missing)} of {of}. Its columns are: "
            f"{', '.join(headings)}. Name yours with {options}."
        )
    return found


def _plain(heading: str) -> str:
    """Fold a heading: `Person ID`, `person-id` and `PersonID` are one."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", heading.strip().lstrip("\ufeff"))
    return re.sub(r"[\s\-_.]+", "_", words).strip("_").lower()
