"""Takes a description apart: at the headings that its author wrote into it, and after its lead.

No word of the text is lost and none occurs twice: what stands before the first heading, or under
one that is not known, stays together with what it follows.
"""

import re

_FIELDS = {
    "application_zh": (
        "应用领域",
        "应用范围",
        "适用范围",
        "适宜范围",
        "适宜区域",
        "适应区域",
        "适宜推广范围",
        "项目详细用途",
    ),
    "problem_zh": (
        "现有技术的问题",
        "现有技术缺点",
        "研究目的与意义",
        "研究的目的与意义",
        "立项背景",
        "课题来源与背景",
    ),
    "advantage_zh": (
        "技术优势",
        "该成果的优点",
        "本发明的优点在于",
        "本发明的有益效果是",
        "发明的有益效果是",
        "技术的创造性与先进性",
        "成果的创造性、先进性",
        "项目核心创新点",
        "创见与创新",
        "与国内外同类技术比较",
    ),
    "summary_zh": ("摘要", "项目简介", "成果简介"),
    "details_zh": (
        "关键技术",
        "行业影响",
        "技术原理及性能指标",
        "技术原理及主要性能指标",
        "技术原理",
        "性能指标",
        "技术方案是",
        "历年获奖情况",
        "获奖情况",
        "应用情况及存在的问题",
        "应用情况及存在问题",
        "预期效益说明",
        "任务来源",
        "栽培要点",
        "栽培技术要点",
        "特征特性",
        "产量表现",
        "品种来源",
        "技术特点",
        "主要论点与论据",
    ),
}
FIELD_OF_HEADING = {heading: field for field, headings in _FIELDS.items() for heading in headings}
_NAMES = "|".join(sorted(map(re.escape, FIELD_OF_HEADING), key=len, reverse=True))
_HEADING = re.compile(
    rf"(?:^|(?<=[。；;！？!?\s]))(?:[\d一二三四五六七八九十]+[、.．])?\s*"
    rf"(?P<name>{_NAMES})(?:\s*[:：]\s*|\s+)"
)
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]*")
LONGEST_LEAD = 200
LONGEST_SENTENCE = 400
LONGEST_SUMMARY = 1_000
LONGEST_SECTION = 4_000


def sections_of_result(text: str) -> dict[str, str]:
    """Return the text of each field of a result.

    Without a heading for it, the summary is the lead of what stands before any heading.
    """
    parts: dict[str, list[str]] = {field: [] for field in _FIELDS}
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    before = (text[: headings[0].start()] if headings else text).strip()
    for heading, end in zip(headings, ends, strict=False):
        name, body = heading["name"], text[heading.end() : end].strip()
        field = FIELD_OF_HEADING[name]
        taken = sum(map(len, parts[field])) + len(parts[field])
        if field == "details_zh" or taken + len(body) > _limit(field):
            parts["details_zh"].append(f"{name}：{body}")
        elif body:
            parts[field].append(body)
    lead, rest = ("", before) if parts["summary_zh"] else lead_and_rest(before)
    parts["summary_zh"].append(lead)
    parts["details_zh"].insert(0, rest)
    return {field: "\n".join(filter(None, bodies)) for field, bodies in parts.items()}


def lead_and_rest(text: str) -> tuple[str, str]:
    """Return the leading sentences of `text`, which say what it is about, and what follows.

    The lead has up to `LONGEST_LEAD` characters, or one sentence of `LONGEST_SENTENCE`; a text
    that begins with a longer one has no lead.
    """
    if len(text) <= LONGEST_LEAD:
        return text, ""
    end = 0
    for sentence in _SENTENCE.finditer(text):
        if sentence.end() > (LONGEST_LEAD if end else LONGEST_SENTENCE):
            break
        end = sentence.end()
    return text[:end].strip(), text[end:].strip()


def _limit(field: str) -> int:
    return LONGEST_SUMMARY if field == "summary_zh" else LONGEST_SECTION
