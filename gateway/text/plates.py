# ruff: noqa: E501 (an expression is read more easily in one line)
"""Vehicle plates in speech: province, letter, five characters (six for new-energy vehicles; GA 36-2018)."""

from __future__ import annotations

import re

from gateway.text.phones import FoundText
from gateway.text.spoken import runs

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PINYIN = {
    "jing": "京", "hu": "沪", "su": "苏", "zhe": "浙", "wan": "皖", "chuan": "川", "yue": "粤", "lu": "鲁",
    "xiang": "湘", "min": "闽", "gui": "桂", "yu": "豫", "ji": "冀", "liao": "辽", "jin": "津", "qiong": "琼", "gan": "赣",
    "hei": "黑", "e": "鄂", "meng": "蒙", "shaan": "陕", "qian": "贵", "qing": "青", "zang": "藏", "ning": "宁", "xin": "新",
    "yun": "云",
}  # fmt: skip
"""Provinces as a foreigner reads them from the plate."""
_HEAD = re.compile(
    rf"(?P<province>[{PROVINCES}])[\s，,、…]*(?P<letter>[a-z])|\b(?P<pinyin>{'|'.join(_PINYIN)})[\s,-]+(?P<latin>[a-z])\b"
)
_PARTIAL = re.compile(
    r"(?:车牌|牌照|车号|尾号|牌子|plate|registration)[^。！？.!?]{0,14}?(?:尾号|后面|后边|后头|后几位|后三位|后四位|后两位|最后|末|尾数|end(?:s|ed|ing)? (?:in|with|was|is)|last|only part)"
    r"[^。！？.!?0-9零幺一二三四五六七八九]{0,12}|(?:车[^。！？]{0,6}|看见|看到|看清|记得|记住|就|只)(?:尾号|后头|后面|后[几两三四]位|末尾)[^。！？0-9a-z零幺一二三四五六七八九]{0,6}"
    r"|(?:car|cab|taxi|van|truck|one|number)[^.!?]{0,20}number end(?:s|ed|ing)? (?:in|with)|(?:only )?(?:saw|got|caught|remember) (?:only )?the (?:end|last (?:bit|part|two|three|four|digits|numbers))"
)
_NEW_ENERGY = 6
_USUAL = 5


def find_plates(text: str) -> list[FoundText]:
    """Every plate in folded text, in capitals; a plate heard in part begins with `*` (*372)."""
    found: list[FoundText] = []
    heads = list(_HEAD.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        province = head["province"] or _PINYIN[head["pinyin"]]
        letter = (head["letter"] or head["latin"]).upper()
        after = next(
            (
                run
                for run in runs(
                    text[head.end() : min(head.end() + 60, following.start() if following else len(text))],
                    letters=True,
                    glued=bool(head["province"]),
                )
            ),
            None,
        )
        if after is None or after.start > 3:
            continue
        if body := _body(after.value):
            found.append(FoundText(province + letter + body, head.start(), head.end() + after.end))
    return found or _partial(text)


def _body(spoken: str) -> str | None:
    if len(spoken) < _USUAL:
        return None
    green = spoken[:_NEW_ENERGY]
    if len(green) == _NEW_ENERGY and (green[0] in "DF" or green[-1] in "DF"):
        return green
    return spoken[:_USUAL]


def _partial(text: str) -> list[FoundText]:
    for cue in _PARTIAL.finditer(text):
        after = next((run for run in runs(text[cue.end() : cue.end() + 20], letters=True)), None)
        if after is not None and after.start <= 2 and 2 <= len(after.value) <= _USUAL:
            return [FoundText("*" + after.value, cue.start(), cue.end() + after.end)]
    return []
