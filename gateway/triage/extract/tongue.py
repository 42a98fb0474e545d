# ruff: noqa: E501 (a table is read more easily in one line)
"""Which language the caller speaks, as a BCP 47 tag: who is wanted as an interpreter, and which recognizer would
hear better. Dialects are told by words that no other way of speaking has; two of them are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.fold import script
from gateway.triage.extract.found import Found

ENOUGH = 2
"""Words of a dialect that make it one; a single one is used everywhere."""
_DIALECTS = (
    ("zh-yue", re.compile(r"[冇唔佢喺咩嘅哋啲嗰咗嚟睇咁]|乜嘢|而家|边度|点解|细路|阿sir|差人|落雨|几多钱")),
    (
        "zh-wuu",
        re.compile(r"侬|阿拉|伊拉|勿|啥人|覅|辰光|今朝|屋里厢|伐要|晓得伐|格搭|小囡|老早子|吾伲|交关|哪能"),
    ),
    ("zh-nan", re.compile(r"恁兜|阮|伊讲|袂|毋|囝|厝|啥物|代志|按怎|佮意|惊死|拍人")),
    ("zh-hsn", re.compile(r"冒得|堂客|细伢子|何什|咯里|何解|恩妈|搞么子|么子|莫要紧咧|满哥")),
    ("zh-hak", re.compile(r"𠊎|涯|细人仔|做么个|么个|恁久|唔知得")),
    ("zh-gan", re.compile(r"恰饭|冇得|细伢崽|崽哩|什哩|咯只")),
    (
        "zh-x-xinan",
        re.compile(
            r"啥子|咋个|莫得|没得|娃儿|幺儿|晓得|要得|硬是|噻|嘞个|格老子|锤子|巴适|妹儿|老汉儿|勒个|遭不住|摆起|啷个|撒子|耍朋友"
        ),
    ),
    (
        "zh-x-dongbei",
        re.compile(
            r"咋整|整[啥个]|啥玩意|嘎哈|瞅|磨叽|埋汰|嗷嗷|得瑟|老妹儿|俺们|咱家那|贼拉|老多|哎呀妈|哎哟妈|备不住|麻溜|干哈|唠嗑|滚犊子|虎了吧唧"
        ),
    ),
    (
        "zh-x-zhongyuan",
        re.compile(r"俺|恁(?!么)|弄啥|中不中|嘞|妮儿|咋着|得劲|夜儿个|今儿个|啥时候儿|可中|咦|治安哩|晌午"),
    ),
    ("zh-x-jin-shan", re.compile(r"额[是们的]|咥|嫽|瓜怂|咋咧|弄撒|怂|倭也|娃咧|撒事|谝")),
)
_LATIN = (
    (
        "es",
        re.compile(
            r"\b(?:hola|ayuda|por favor|policía|policia|gracias|estoy|mi|robaron|dónde|señor|socorro)\b"
        ),
    ),
    (
        "fr",
        re.compile(r"\b(?:bonjour|aidez|s'il vous plaît|je suis|j'ai|volé|merci|au secours|monsieur|oui)\b"),
    ),
    ("de", re.compile(r"\b(?:hallo|hilfe|bitte|ich bin|polizei|gestohlen|danke|mein|nicht|jemand)\b")),
    ("pt", re.compile(r"\b(?:olá|socorro|polícia|obrigado|roubaram|por favor|estou|meu|minha)\b")),
    ("vi", re.compile(r"\b(?:xin chào|cứu|công an|giúp|tôi|làm ơn|không)\b")),
    ("id", re.compile(r"\b(?:tolong|saya|polisi|terima kasih|tidak|dimana|apa)\b")),
)
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")), ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")), ("th", re.compile("[\u0e00-\u0e7f]")), ("hi", re.compile("[\u0900-\u097f]")),
    ("mn", re.compile("[\u1800-\u18af]")), ("bo", re.compile("[\u0f00-\u0fff]")),
)  # fmt: skip
_ENGLISH = re.compile(
    r"\b(?:the|i|is|you|my|and|a|to|in|it|he|she|they|help|please|yes|no|hello|not|we|police)\b"
)


def language(text: str) -> Iterator[Found]:
    """The language of one utterance by its script and words."""
    told = _told(text)
    if told is not None:
        yield Found("language", told, 0, min(len(text), 1), 0.6 if told in ("zh", "en") else 0.5)


def _told(text: str) -> str | None:
    for name, signs in _SCRIPTS:
        if len(signs.findall(text)) > 1:
            return name
    written = script(text)
    if written == "zh":
        heard = {name: len(set(signs.findall(text))) for name, signs in _DIALECTS}
        best = max(heard, key=lambda name: heard[name])
        return best if heard[best] >= ENOUGH else "zh"
    if written == "en":
        heard = {name: len(set(signs.findall(text))) for name, signs in _LATIN}
        best = max(heard, key=lambda name: heard[name])
        return best if heard[best] >= ENOUGH and heard[best] > len(set(_ENGLISH.findall(text))) else "en"
    return written
