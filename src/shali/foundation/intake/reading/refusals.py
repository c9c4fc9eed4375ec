"""Why a whole file is refused. A sentence says what is wrong; a second one says what to do."""

SAVE_AS = (
    "Open it in Excel or WPS, choose File > Save As > Excel Workbook (.xlsx), and send that.",
    "用Excel或WPS打开，点“文件→另存为”，类型选“Excel工作簿(*.xlsx)”，再上传。",
)
ASK_SENDER = ("Ask the sender for the file again.", "请发送单位重新发送文件。")
NOT_OURS = (
    "Do not open it. Tell whoever sent it, and ask for a plain list.",
    "不要打开此文件，通知发送单位并索取普通名单文件。",
)

# code: (what is wrong in English, the same in Chinese, (what to do in English, in Chinese))
FILE_REASONS: dict[str, tuple[str, str, tuple[str, str]]] = {
    "empty": ("The file is empty.", "文件是空的。", ASK_SENDER),
    "too_large": (
        "The file has {size} bytes; {most} are allowed.",
        "文件大小{size}字节，上限{most}字节。",
        ("Split the list and send the parts.", "把名单拆成几份分别上传。"),
    ),
    "too_many_rows": (
        "The file has more than {most} rows.",
        "文件超过{most}行。",
        ("Split the list and send the parts.", "把名单拆成几份分别上传。"),
    ),
    "unknown_content": ("This is neither a workbook nor a text list.", "此文件既不是表格也不是文本名单。", SAVE_AS),
    "binary_workbook": (
        "This is a binary workbook (.xlsb), which is not read.",
        "此文件是二进制工作簿(.xlsb)，无法读取。",
        SAVE_AS,
    ),
    "open_document": (
        "This is an OpenDocument sheet (.ods), which is not read.",
        "此文件是OpenDocument表格(.ods)，无法读取。",
        SAVE_AS,
    ),
    "document": (
        "This is a text document, not a sheet.",
        "此文件是文字文档，不是表格。",
        (
            "Copy its table into a sheet, save it as .xlsx and send that.",
            "把其中的表格复制到Excel，另存为.xlsx再上传。",
        ),
    ),
    "pdf": (
        "This is a PDF, not a sheet.",
        "此文件是PDF，不是表格。",
        ("Ask the sender for the sheet that the PDF was made from.", "请发送单位提供生成PDF的原表格。"),
    ),
    "picture": (
        "This is a picture, not a sheet.",
        "此文件是图片，不是表格。",
        ("Ask the sender for the sheet itself.", "请发送单位提供表格原件。"),
    ),
    "web_page": (
        "This is a web page that only bears the name of a sheet, and no table is in it.",
        "此文件是网页，只是用了表格的扩展名，其中没有表格。",
        SAVE_AS,
    ),
    "web_archive": (
        "This is a web archive (.mht), which is not read.",
        "此文件是单个网页存档(.mht)，无法读取。",
        SAVE_AS,
    ),
    "xml_data": ("This is XML, but no sheet of 2003.", "此文件是XML数据，不是2003版XML表格。", SAVE_AS),
    "archive": (
        "This is an archive, not a list.",
        "此文件是压缩包，不是名单。",
        ("Unpack it and send the lists in it one by one.", "解压后逐个上传其中的名单。"),
    ),
    "very_old_workbook": ("This workbook is older than Excel 97.", "此工作簿早于Excel 97。", SAVE_AS),
    "encrypted": (
        "The workbook is locked with a password.",
        "工作簿设有打开密码。",
        ("Open it with the password, save it without one and send that.", "输入密码打开，取消密码另存后上传。"),
    ),
    "damaged": ("The file is damaged or was cut off on its way.", "文件已损坏或传输不完整。", ASK_SENDER),
    "no_sheets": ("The workbook has no sheet that can be read.", "工作簿中没有可读取的工作表。", SAVE_AS),
    "packed_bomb": ("The file unpacks to an unreasonable size.", "文件解压后大小异常。", NOT_OURS),
    "too_many_parts": (
        "The file consists of {parts} parts; a list has a few dozen.",
        "文件内含{parts}个部件，正常名单只有几十个。",
        NOT_OURS,
    ),
    "dangerous_path": ("The file wants to write outside its folder.", "文件包含越出目录的路径。", NOT_OURS),
    "entities": (
        "The file brings its own XML definitions, which a workbook never needs.",
        "文件自带XML实体定义，正常工作簿不会出现。",
        NOT_OURS,
    ),
    "too_slow": (
        "The file could not be read within {seconds} seconds.",
        "文件在{seconds}秒内未能读完。",
        ("Split the list and send the parts.", "把名单拆成几份分别上传。"),
    ),
    "too_much_memory": (
        "The file needs more memory than a list may.",
        "读取此文件所需内存超出上限。",
        ("Split the list and send the parts.", "把名单拆成几份分别上传。"),
    ),
    "two_counts": (
        "Two ways of counting the rows of sheet {sheet} disagree: {first} and {second}. "
        "A list that cannot be counted is not taken.",
        "工作表{sheet}用两种方法计数不一致：{first}行与{second}行。行数不确定的名单不予接收。",
        SAVE_AS,
    ),
    "encoding_unclear": (
        "The encoding of the text cannot be told: it is neither UTF-8, UTF-16 with its mark, nor plausible GB18030.",
        "无法判断文本编码：既不是UTF-8，也不是带标记的UTF-16，按GB18030解码也不像中文。",
        ("Save it as “CSV UTF-8” or as .xlsx and send that.", "另存为“CSV UTF-8”或.xlsx后上传。"),
    ),
    "open_quote": (
        "A quotation mark is opened near line {line} and never closed.",
        "第{line}行附近的引号没有闭合。",
        SAVE_AS,
    ),
    "cell_too_long": (
        "A cell of sheet {sheet} holds more than {most} characters.",
        "工作表{sheet}有单元格超过{most}个字符。",
        ASK_SENDER,
    ),
    "reader_failed": (
        "The file could not be read; nothing of it was taken.",
        "文件无法读取，未接收任何内容。",
        SAVE_AS,
    ),
}


class UnreadableFile(Exception):
    """The file cannot be read safely, and nothing of it was taken."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return what is wrong and what to do, in "zh" or "en"."""
        english, chinese, cure = FILE_REASONS[self.code]
        if language.startswith("zh"):
            return chinese.format(**self.values) + cure[1]
        return english.format(**self.values) + " " + cure[0]
