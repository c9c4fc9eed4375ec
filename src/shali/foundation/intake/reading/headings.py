"""Which field a heading means: the words that senders really use, most particular first."""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from shali.foundation.intake.reading.text import squeeze

IGNORED = "ignore"  # a column that is known and not used

IDENTITY = frozenset({"name", "id_number", "phone"})
# Fields that may stand in several columns; of the others the first filled one counts.
ADDRESS_PARTS = (
    "address_province",
    "address_city",
    "address_county",
    "address_township",
    "address_village",
    "address_detail",
)
FIELDS = (
    "seq", "name", "sex", "age", "birth_on", "id_kind", "id_number", "phone", "contact_name", "contact_phone",
    "address", *ADDRESS_PARTS, "registered_address", "work", "place", "visit_on", "arrived_on", "source", "remark",
    "nationality", "ethnicity", "relation", "official", "result",
)  # fmt: skip

_OTHER_PEOPLE = r"(?:紧急|家属|联系人|监护人|家长|父亲|母亲|父母|亲属|陪同人?|户主|emergency)"
_OFFICIALS = r"(?<![被受待应])(?:核查|填报|填表|审核|报告|录入|经办|负责|包保|流调|网格|排查|责任|采样|制表|登记|接收|派单|上报|对接)(?:人|员|者|单位|人员|领导)"
# A group heading of these words gives its meaning to every column under it.
_OVERRIDING = re.compile(f"^(?:{_OTHER_PEOPLE}|{_OFFICIALS}|户籍|户口)")

_WORDS: tuple[tuple[str, str], ...] = (
    ("official", _OFFICIALS),
    # The number of a guardian or a householder is never that of the person on the row.
    (IGNORED, _OTHER_PEOPLE + r".*(?:身份|证件|证号|护照|id(?:no|num|number|card)?$)"),
    ("contact_phone", _OTHER_PEOPLE + r".*(?:电话|手机|联系方式|号码|phone|tel|contact)"),
    ("contact_name", rf"^(?:{_OTHER_PEOPLE})+(?:的?姓名|name|contact(?:name)?)?$"),
    ("relation", r"与?.*关系$|^relation"),
    ("id_kind", r"(?:证件|证照|身份证件|证明).?(?:类型|种类|类别|名称)|证件类?型|(?:cert|id|card|document|doc)(?:ificate)?(?:type|kind)|^zjlx$"),
    ("registered_address", r"户籍|户口|籍贯|身份证地址|身份证住址|registeredaddress|domicile"),
    ("id_number", r"身份证|身份号|公民身份|证件号|证件编号|证件代码|^证件$|证号|护照|通行证|^(?:id|idno|idnum|idnumber|idcard|idcardno|idcardnumber|nationalid|identityno|identitynumber|identitycard|identity)$|id(?:entity)?(?:card)?(?:no|num|number)|cert(?:ificate)?(?:no|num|number|id)|card(?:no|num|number)|passport|doc(?:ument)?(?:no|num|number)|^(?:sfz|sfzh|sfzhm|zjhm|zjh|gmsfhm)$"),
    ("birth_on", r"出生|生日|birth|^dob$|^csrq$"),
    ("sex", r"^性别|^男女$|^(?:sex|gender|xb)$"),
    ("age", r"年龄|^岁数?$|^age$|^nl$"),
    ("nationality", r"国籍|nationality"),
    ("ethnicity", r"民族|ethnic"),
    ("arrived_on", r"(?:返漯|入漯|抵漯|来漯|到漯|返乡|入境|返回|抵达|返豫|入豫).*(?:时间|日期|日)|arriv(?:al|ed)"),
    ("visit_on", r"(?:到访|暴露|接触|途经|途径|停留|经过|活动|离开|轨迹|风险|驻留|进入|发生|乘车|乘坐|同乘|入住|就诊|购买|出发|到达|密接|涉疫|来访|交集|伴随).*(?:时间|日期|时刻|时段)|(?:visit|exposure|exposed|contact|travel|event)(?:ed)?_?(?:time|date|day|on|at)|^(?:日期|时间|date|time|dfsj|bssj)$"),
    ("phone", r"手机|电话|联系方式|联系号码|^号码$|^(?:tel|telephone|mobile|phone|cell|cellphone|lxdh|sjh|sjhm|lxfs)$|(?:phone|mobile|tel|cell|contact)(?:no|num|number)|mobile|phone"),
    ("name", r"姓名|^名字$|^(?:name|fullname|personname|xm|realname|passengername|patientname)$|^(?:人员|被协查人|被核查人|协查对象|当事人|旅客|乘客|协查人员|人员名称|对象)$|(?:chinese|english|full|person|resident)name"),
    ("work", r"工作单位|^单位|学校|就读|company|employer|workplace|职业|occupation"),
    ("address_province", r"^(?:所在|所属|居住)?省(?:份|市)?$|^province$"),
    ("address_city", r"^(?:所在|所属|居住)?(?:地市|省辖市|市|地级市|城市)$|^city$"),
    ("address_county", r"^(?:所在|所属|居住|现住|责任|落地)?(?:县区|区县|县市区|县|区|县级|辖区|所属地)$|^(?:county|district)$"),
    ("address_township", r"^(?:所在|所属|居住|现住)?(?:乡镇|街道|乡镇街道|镇街|镇办|乡镇办|乡镇办事处|街镇|乡|镇|办事处)$|^(?:township|town|street|subdistrict)$"),
    ("address_village", r"^(?:所在|所属|居住|现住)?(?:村|社区|村居|村社区|行政村|居委会?|村委会?|村庄|自然村|小区|社区村)$|^(?:village|community)$"),
    ("address_detail", r"详细地址|具体地址|门牌|楼栋|详细住址|^(?:组|房号|门牌号|detail|details|addressdetail)$"),
    ("place", r"(?:暴露|到访|接触|轨迹|活动|途经|途径|停留|驻留|风险|涉疫|交集|就诊|发生|同乘|乘坐)(?:地点|场所|地址|位置|地区|轨迹|车次|航班|区域|地|点)?$|^(?:地点|场所|位置|轨迹|行程|place|location|site|venue|车次|航班)|轨迹|行程|place|location"),
    ("address", r"住址|地址|居住地|现住|住所|落脚|居所|所在地|目的地|住地|^地区$|address|residence|^addr$|^dz$|^xzz$"),
    ("source", r"来源|推送|渠道|source|channel|^发起"),
    ("result", r"核查结果|落实|管控|反馈|处置|核实|隔离|核酸|状态|是否|result|status"),
    ("remark", r"备注|说明|备考|描述|情况|remark|note|comment|memo|^bz$"),
    ("seq", r"^(?:序号|序|编号|号|no|num|number|sn|xh|index|行号|顺序|顺序号|排序|#|seq|serial|serialno|项次)$"),
)  # fmt: skip
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _WORDS)
_BRACKETS = re.compile(r"[(\[【{〔<].*?[)\]】}〕>]")
_SIGNS = re.compile(r"[*:_\-、/\\.,;'\"“”·!?]+")
LONGEST = 40


@lru_cache(maxsize=20_000)
def bare(heading: str) -> str:
    """Return a heading without spaces, signs, notes in brackets, in small letters."""
    text = squeeze(heading).lower()
    without = _SIGNS.sub("", _BRACKETS.sub("", text))
    return without or _SIGNS.sub("", text.strip("()[]【】"))


@lru_cache(maxsize=20_000)
def field_of(heading: str) -> str:
    """Return the field that a heading means, '' when it means none that is known."""
    if not heading or len(heading) > LONGEST:
        return ""
    word = bare(heading)
    if not word or len(word) > 24:
        return ""
    return next((field for field, pattern in _PATTERNS if pattern.search(word)), "")


def field_of_two(upper: str, lower: str) -> str:
    """Return the field of a column with two heading rows."""
    if upper and _OVERRIDING.search(bare(upper)):
        if bare(upper).startswith(("户籍", "户口")):
            return "registered_address"
        return field_of(upper + lower) or field_of(upper)
    return field_of(lower) or (field_of(upper + lower) if lower else field_of(upper))


def signature(headings: Iterable[str]) -> str:
    """Return a name for a row of headings, the same for every list with the same columns in the same order."""
    return hashlib.sha256("\x1f".join(bare(heading) for heading in headings).encode()).hexdigest()
