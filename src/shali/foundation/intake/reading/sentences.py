"""What is said of a row, a mark or a warning: sentence and cure, in English and Chinese."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    en: str
    zh: str
    cure_en: str = ""
    cure_zh: str = ""

    def message(self, language: str, **values: object) -> str:
        return (self.zh if language.startswith("zh") else self.en).format(**values)

    def cure(self, language: str) -> str:
        return self.cure_zh if language.startswith("zh") else self.cure_en


_ASK_TEXT = (
    "Ask the sender for the ID column as text.",
    "请发送单位把证件号码列设为文本格式后重新发送。",
)

# Why a row is not taken.
REJECTIONS = {
    "id_number_lost_digits": Sentence(
        "The ID number was kept as a number, so its last digits are lost, and name and telephone are not both given.",
        "证件号码被存成了数字，末几位已丢失，且姓名和电话不全，无法核对。",
        *_ASK_TEXT,
    ),
    "id_number_check_failed": Sentence(
        "The ID number fails its check digit, and name and telephone are not both given.",
        "证件号码校验码不符，且姓名和电话不全，无法核对。",
        "Ask the sender for the right number or a telephone.",
        "请发送单位核对证件号码或补充电话。",
    ),
    "id_number_length": Sentence(
        "The ID number has too few or too many digits, and name and telephone are not both given.",
        "证件号码位数不对，且姓名和电话不全，无法核对。",
        "Ask the sender for the right number or a telephone.",
        "请发送单位核对证件号码或补充电话。",
    ),
    "id_number_unreadable": Sentence(
        "What stands in the ID column is no number of a document, and name and telephone are not both given.",
        "证件号码列的内容不是证件号码，且姓名和电话不全，无法核对。",
        "Ask the sender for the right number or a telephone.",
        "请发送单位核对证件号码或补充电话。",
    ),
    "id_number_several": Sentence(
        "Several ID numbers stand in one cell, and name and telephone are not both given.",
        "一个单元格里有多个证件号码，且姓名和电话不全，无法核对。",
        "Ask the sender for one person a row.",
        "请发送单位一行只填一人。",
    ),
    "only_name": Sentence(
        "Only a name is given; a name alone identifies nobody.",
        "只有姓名；仅凭姓名无法确定是谁。",
        "Ask the sender for the ID number or a telephone.",
        "请发送单位补充证件号码或电话。",
    ),
    "only_phone": Sentence(
        "Only a telephone is given; several people may share it.",
        "只有电话；一个电话可能多人共用。",
        "Ask the sender for the name or the ID number.",
        "请发送单位补充姓名或证件号码。",
    ),
    "nobody_named": Sentence(
        "The row names nobody: no name, no ID number, no telephone.",
        "此行没有姓名、证件号码和电话，不知道是谁。",
        "Ask the sender who is meant.",
        "请发送单位说明所指人员。",
    ),
    "no_identity_column": Sentence(
        "The sheet has no column that says who it is.",
        "此表没有说明人员身份的列。",
        "If it is a list of people, say which column is what; otherwise it was sent by mistake.",
        "如果确是人员名单，指定各列含义；否则为误发。",
    ),
    "nul_character": Sentence(
        "A cell holds a NUL character, which no name has.",
        "单元格含有空字符(NUL)，正常姓名不会出现。",
        "Ask the sender for the row again.",
        "请发送单位重新发送此行。",
    ),
}

# What is to be known of a row that was taken.
MARKS = {
    "id_number_lost_digits": Sentence(
        "The ID number lost its last digits and is not used.", "证件号码末几位已丢失，未采用。", *_ASK_TEXT
    ),
    "id_number_check_failed": Sentence(
        "The ID number fails its check digit and is not trusted.", "证件号码校验码不符，不作为依据。"
    ),
    "id_number_length": Sentence(
        "The ID number has the wrong length and is not trusted.", "证件号码位数不对，不作为依据。"
    ),
    "id_number_several": Sentence("Several ID numbers stand in one cell.", "一个单元格里有多个证件号码。"),
    "id_number_unreadable": Sentence("The ID column holds no number of a document.", "证件号码列的内容不是证件号码。"),
    "id_number_may_have_lost_digits": Sentence(
        "The ID number ends in 000 as others here that lost their end, and is not trusted.",
        "证件号码以000结尾，与本表其他丢失末位的号码相同，不作为依据。",
        *_ASK_TEXT,
    ),
    "id_kind_unknown": Sentence("It is not known what kind of document this is.", "证件类型不明。"),
    "id_number_in_other_column": Sentence("The ID number was found in another column.", "证件号码填在其他列。"),
    "phone_unreadable": Sentence("The telephone cannot be read.", "电话号码无法识别。"),
    "phone_lost_digits": Sentence(
        "The telephone was kept as a number and lost digits.", "电话被存成数字，已丢失数位。"
    ),
    "phone_without_area": Sentence("The land line has no area code.", "座机缺少区号。"),
    "day_unreadable": Sentence("The day cannot be read.", "日期无法识别。"),
    "day_ambiguous": Sentence("Day and month cannot be told apart.", "无法区分日期中的日和月。"),
    "day_without_year": Sentence("The day has no year, and the list names none.", "日期没有年份，名单中也未写年份。"),
    "name_missing": Sentence("There is no name.", "没有姓名。"),
    "name_unreadable": Sentence("What stands in the name column is no name.", "姓名列的内容不像姓名。"),
    "name_lost_character": Sentence("A character of the name was lost on its way.", "姓名中有字在传输中丢失。"),
    "invisible_characters": Sentence("The name holds invisible characters.", "姓名含有不可见字符。"),
    "birth_differs": Sentence("The birth date is not the one in the ID number.", "出生日期与证件号码不一致。"),
    "sex_differs": Sentence("The sex is not the one in the ID number.", "性别与证件号码不一致。"),
    "formula": Sentence(
        "A cell holds a formula; its last result was taken as text.", "单元格含公式，已按其结果作为文本接收。"
    ),
    "formula_without_result": Sentence("A formula has no stored result.", "公式没有保存结果。"),
    "looks_like_formula": Sentence(
        "A text begins like a formula; it is kept as text.", "文本以公式符号开头，按普通文本保存。"
    ),
    "hidden_row": Sentence("The row is hidden in the file.", "此行在文件中被隐藏。"),
    "hidden_sheet": Sentence("The sheet is hidden in the file.", "此工作表在文件中被隐藏。"),
    "merged_value": Sentence("A value comes from a merged cell above.", "部分内容来自上方合并单元格。"),
    "error_cell": Sentence("A cell holds an error of the sheet.", "单元格为错误值。"),
}

# Why a row is not a data row.
SKIPS = {
    "title": Sentence("Title", "标题"),
    "covering_line": Sentence("Line about the list", "名单说明行"),
    "header": Sentence("Heading", "表头"),
    "blank": Sentence("Blank", "空行"),
    "numbered_blank": Sentence("Only a running number", "只有序号的空行"),
    "total": Sentence("Total", "合计行"),
    "note": Sentence("Note", "备注行"),
    "signature": Sentence("Signature line", "签名落款行"),
    "continuation": Sentence("Continues the row above (merged cells)", "与上一行合并"),
    "other_table": Sentence("Belongs to a table that lists no people", "不属于人员名单的表格"),
}

WARNINGS = {
    "announced_differs": Sentence(
        "The sender announces {announced} people; the file has {received} rows of people.",
        "发送单位称{announced}人，文件中有{received}行人员。",
    ),
    "announcements_differ": Sentence(
        "The file itself names different numbers: {numbers}.", "文件中写的人数不一致：{numbers}。"
    ),
    "at_format_limit": Sentence(
        "Sheet {sheet} ends at row {rows}, the largest that the format holds: the list was probably cut.",
        "工作表{sheet}止于第{rows}行，已达格式上限，名单很可能被截断。",
    ),
    "hidden_sheet": Sentence("Sheet {sheet} is hidden; it was read.", "工作表{sheet}被隐藏，已读取。"),
    "hidden_rows": Sentence(
        "Sheet {sheet} has {count} hidden rows; they were read.", "工作表{sheet}有{count}个隐藏行，已读取。"
    ),
    "hidden_columns": Sentence(
        "Sheet {sheet} has hidden columns ({columns}); they were read.", "工作表{sheet}有隐藏列({columns})，已读取。"
    ),
    "column_guessed": Sentence(
        "Column {letter} of sheet {sheet} was taken as {field} from its content.",
        "工作表{sheet}的{letter}列按内容判断为{field}。",
    ),
    "column_not_used": Sentence(
        "Column {letter} of sheet {sheet} ({heading}) is not used.", "工作表{sheet}的{letter}列({heading})未采用。"
    ),
    "heading_contradicts": Sentence(
        "Column {letter} of sheet {sheet} is headed {heading}, but holds something else.",
        "工作表{sheet}的{letter}列标题为{heading}，内容却不符。",
    ),
    "macros": Sentence("The workbook holds macros; they were not run.", "工作簿含宏，未运行。"),
    "far_cell": Sentence(
        "Sheet {sheet} has a cell far below the list (row {row}).", "工作表{sheet}在名单下方很远处(第{row}行)有单元格。"
    ),
    "lost_digits": Sentence(
        "{count} ID numbers were kept as numbers and lost their end. Ask the sender for the ID column as text.",
        "{count}个证件号码被存成数字，末位已丢失。请发送单位把证件号码列设为文本格式后重新发送。",
    ),
    "no_identity_column": Sentence(
        "Sheet {sheet} has no column that says who it is.", "工作表{sheet}没有说明人员身份的列。"
    ),
}
