"""What an order says, in the form of a Chinese administrative decision; plain text, the same for Word and PDF."""

import re
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

_MONTH = re.compile(r"^\d{4}年(?:\d{1,2}月)?")


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


def body_name(unit: str, *, outbreak: str) -> str:
    """Name the command post of a unit as an order does: by the disease of its outbreak, without its month."""
    return f"{unit}{_MONTH.sub('', outbreak)}防控指挥部"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the order of a measure says, whether it binds a person or an area."""

    number: str
    body: str
    unit: str
    kind: str
    basis: str
    origin: str
    evidence: str
    evidence_ref: str
    starts_at: datetime
    ends_at: datetime
    appeal_channel: str
    decider: str
    decided_at: datetime
    lifted_at: datetime | None


def order_text(facts: OrderFacts, *, name: str, tail: str) -> OrderText:
    """Put an order that binds a person into words."""
    paragraphs = (
        f"{_ground(facts)}，根据{facts.basis}，经研究，决定对你采取“{facts.kind}”措施。",
        *_lifted(facts),
        "期限届满，本措施自行终止，无须另行通知。需要提前解除的，由作出本决定的单位决定。",
        "措施期间，请配合健康监测和核酸检测；生活保障和就医需求由所在乡镇（街道）、社区（村）协调解决。",
        f"对本决定不服的，可以提出申诉：{facts.appeal_channel}。申诉期间本措施不停止执行，依法应当停止执行的除外。",
    )
    return _order(
        facts,
        title="防控措施决定书",
        addressee=f"{name}（证件号码末四位：{tail or '无'}）：",
        paragraphs=paragraphs,
        receipt="送达情况：送达人________  送达方式________  被送达人签名________  时间____年__月__日__时",
    )


def area_text(facts: OrderFacts, *, area: str) -> OrderText:
    """Put an order that binds an area into words: a public notice, that names nobody."""
    paragraphs = (
        f"{_ground(facts)}，根据{facts.basis}，经研究，决定在{area}范围内采取“{facts.kind}”措施。",
        *_lifted(facts),
        "期限届满，本措施自行终止。需要延长、调整或者提前解除的，由作出本决定的单位另行通告。",
        "措施期间，生活必需品供应、就医和特殊困难由所在乡镇（街道）、社区（村）协调解决；急危重症患者就医不受本措施影响。",
        f"对本决定不服的，可以提出申诉：{facts.appeal_channel}。申诉期间本措施不停止执行，依法应当停止执行的除外。",
    )
    return _order(
        facts,
        title="防控措施通告",
        addressee=f"{area}各单位、全体居民：",
        paragraphs=paragraphs,
        receipt="发布情况：发布人________  张贴地点________________  时间____年__月__日__时",
    )


def _order(facts: OrderFacts, *, title: str, addressee: str, paragraphs: tuple[str, ...], receipt: str) -> OrderText:
    return OrderText(
        body=facts.body,
        title=title,
        number=f"编号：{facts.number}",
        addressee=addressee,
        paragraphs=paragraphs,
        terms=(
            ("措施种类", facts.kind),
            ("开始时间", hour(facts.starts_at)),
            ("终止时间", hour(facts.ends_at)),
            ("执行单位", facts.unit),
            ("法律依据", facts.basis),
        ),
        decider=f"决定人：{facts.decider}",
        day=day(facts.decided_at),
        receipt=receipt,
    )


def _lifted(facts: OrderFacts) -> tuple[str, ...]:
    return (f"本措施已于{hour(facts.lifted_at)}提前解除。",) if facts.lifted_at is not None else ()


def _ground(facts: OrderFacts) -> str:
    origin, evidence = ORIGINS.get(facts.origin, facts.origin), EVIDENCE.get(facts.evidence, facts.evidence)
    return f"因{origin}（依据{evidence}，编号{facts.evidence_ref}）"
