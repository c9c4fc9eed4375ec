"""What an order says, in the form of a Chinese administrative decision; plain text, the same for Word and PDF."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.clocks import city_zone

ORIGINS = {
    "case": "病例",
    "contact": "密切接触者判定",
    "exposure": "暴露事件",
    "list_entry": "协查名单",
    "arrival": "来返人员排查",
    "risk_area": "风险区域旅居史",
    "measure": "既有措施的调整",
}
EVIDENCE = {
    "investigation": "流行病学调查报告",
    "laboratory_result": "实验室检测结果",
    "exposure_record": "暴露记录",
    "pushed_list": "推送名单",
    "official_letter": "公函",
}


@dataclass(frozen=True, slots=True)
class OrderText:
    """title, number, addressee, paragraphs, the table of terms, and who signs, when."""

    body: str
    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    decider: str
    day: str
    receipt: str


def day(at: datetime) -> str:
    local = at.astimezone(city_zone())
    return f"{local.year}年{local.month}月{local.day}日"


def hour(at: datetime) -> str:
    local = at.astimezone(city_zone())
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def body_name(unit: str) -> str:
    """Name the command post of a unit as an order does."""
    return f"{unit}新冠肺炎疫情防控指挥部"


def order_text(
    *,
    number: str,
    body: str,
    name: str,
    tail: str,
    unit: str,
    kind: str,
    basis: str,
    origin: str,
    evidence: str,
    evidence_ref: str,
    starts_at: datetime,
    ends_at: datetime,
    appeal_channel: str,
    decider: str,
    decided_at: datetime,
    lifted_at: datetime | None,
) -> OrderText:
    """Put an order into words."""
    paragraphs = [
        f"{_ground(origin, evidence, evidence_ref)}，根据{basis}，经研究，决定对你采取“{kind}”措施。",
        "期限届满，本措施自行终止，无须另行通知。需要提前解除的，由作出本决定的单位决定。",
        "措施期间，请配合健康监测和核酸检测；生活保障和就医需求由所在乡镇（街道）、社区（村）协调解决。",
        f"对本决定不服的，可以提出申诉：{appeal_channel}。申诉期间本措施不停止执行，依法应当停止执行的除外。",
    ]
    if lifted_at is not None:
        paragraphs.insert(1, f"本措施已于{hour(lifted_at)}提前解除。")
    return OrderText(
        body=body,
        title="防控措施决定书",
        number=f"编号：{number}",
        addressee=f"{name}（证件号码末四位：{tail or '无'}）：",
        paragraphs=tuple(paragraphs),
        terms=(
            ("措施种类", kind),
            ("开始时间", hour(starts_at)),
            ("终止时间", hour(ends_at)),
            ("执行单位", unit),
            ("法律依据", basis),
        ),
        decider=f"决定人：{decider}",
        day=day(decided_at),
        receipt="送达情况：送达人________  送达方式________  被送达人签名________  时间____年__月__日__时",
    )


def _ground(origin: str, evidence: str, evidence_ref: str) -> str:
    return f"因{ORIGINS.get(origin, origin)}（依据{EVIDENCE.get(evidence, evidence)}，编号{evidence_ref}）"
