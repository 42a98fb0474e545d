# ruff: noqa: E501 (an expression is read more easily in one line)
"""A short answer takes its subject from the question: 谁打你 and 我老公 say 我老公打我; 他拿刀了吗 and 拿了
say 他拿刀了.

Only the last clause of a question is read and only a short answer put into it; “no” and “I don't know” say
nothing here. Each character keeps its place in question or answer.
"""

from __future__ import annotations

import re

SHORT = 14
"""Characters of an answer in Chinese; who says more says it alone."""
SHORT_EN = 40
LONGEST_QUESTION = 60
"""Characters of the clause that asks; a longer one is no question to be answered in a word."""
_QUESTION, _ANSWER = 0, 1

Put = list[tuple[str, tuple[int, int] | None]]
"""Characters, each with its utterance (0 the question, 1 the answer) and place there."""

_CLAUSE = re.compile(r"[。！!；;，,\n]\s*")
_END = re.compile(r"[\s？?。.！!，,]+$")
_WHO = re.compile(
    r"谁|什么人|哪个人|啥人|(?<!为)(?<!干)(?:什么|啥)(?:东西)?(?!时候|时间|地方|位置|情况|事|名字|姓|问题|样|路|关系|意思|颜色|车牌)"
    r"|\b(?:who|what)\b(?! (?:is|was|are|time|happen|kind|color|colour|did|does|do|'s)\b)"
)
_LEADING = re.compile(r"(?:嗯+|啊|呃|哦|那个|就是|就|是|it's|it is|it was|um|uh)[，,\s]*")
_TRAILING = re.compile(r"(?:的|呢|啊|呀|吧|哪|的呢)+$")
_YES = re.compile(
    r"(?:嗯+|是的?|是啊|对[的啊呀]?|对对+|有[的啊]?|有了|没错|确实|yes|yeah|yep|yes (?:he|she|they|it|i|there) (?:did|do|does|is|are|has|have)|"
    r"(?:he|she|they|it|i|there) (?:did|do|does|is|are|has|have)|uh-huh)(?:了|呢|，?是的|，?有的)?"
)
_NO = re.compile(
    r"没|不(?!见|行|动|省|醒)|无|别|哪有|未|否|.{0,6}(?:不知道|不清楚|没看|不认识|不记得)|(?:no|nope|not|nobody|none|never|nothing|don't|didn't|i don't|i can't|isn't|can't)\b"
)
_WHETHER = re.compile(r"(有|是|在|要|会|能)(?:没|不)\1")
_ASKED = re.compile(
    r"(?:了没有|了没|没有|吗|么|嘛|是吧|是不是|对不对|对吧|对吗|是吗)$|^(?:did|does|do|is|are|has|have|was|were) "
)
_YOU = str.maketrans({"你": "我", "您": "我"})
_YOU_EN = re.compile(r"\b(?:yourself|your|you)\b")
_ME_EN = {"you": "me", "your": "my", "yourself": "myself"}


def restated(question: str, answer: str) -> Put | None:
    """Folded question and answer as what the caller says by them; None when the answer is none, or not a
    short one."""
    said = _trimmed(answer)
    latin = any("a" <= char <= "z" for char in answer)
    if not said or len(said) > (SHORT_EN if latin else SHORT) or _NO.match(_text(said)):
        return None
    asked = _clause(question)
    if not asked or len(asked) > LONGEST_QUESTION:
        return None
    text = _text(asked)
    if (who := _WHO.search(text)) is not None:
        rest = asked[who.end() :]
        del rest[_stop(_TRAILING, _text(rest)) :]
        return [*_turned(asked[: who.start()]), *said, *_turned(rest)]
    whether, ends = _WHETHER.search(text), _ASKED.search(text)
    if whether is None and ends is None:
        return None
    if not _YES.fullmatch(_text(said)) and not _repeats(_text(said), text):
        return None
    if ends is not None:
        asked = asked[: ends.start()] if ends.start() else asked[ends.end() :]
    if whether is not None:
        asked = [*asked[: whether.start() + 1], *asked[whether.end() :]]
    return _turned(asked)


def _trimmed(answer: str) -> Put:
    """The answer without what people say before and after."""
    put: Put = [(char, (_ANSWER, at)) for at, char in enumerate(answer)]
    del put[_stop(_END, answer) :]
    text = _text(put)
    if (leading := _LEADING.match(text)) is not None and leading.end() < len(text):
        put = put[leading.end() :]
    return put


def _clause(question: str) -> Put:
    """The last clause of a question, without its sign."""
    stop = _stop(_END, question)
    start = max((found.end() for found in _CLAUSE.finditer(question, 0, stop)), default=0)
    return [(question[at], (_QUESTION, at)) for at in range(start, stop)]


def _turned(put: Put) -> Put:
    """Whom the question calls you is the one who answers."""
    made: Put = [(char.translate(_YOU), at) for char, at in put]
    text = _text(made)
    for found in reversed(list(_YOU_EN.finditer(text))):
        me = _ME_EN[found[0]]
        at = [place for _, place in made[found.start() : found.end()]]
        made[found.start() : found.end()] = [
            (char, at[-1] if number == len(me) - 1 else at[number]) for number, char in enumerate(me)
        ]
    return made


def _repeats(said: str, asked: str) -> bool:
    """打了 to 打了吗: the answer says the question's verb again."""
    core = said.rstrip("了的啊呀呢")
    return bool(core) and core in asked


def _stop(sign: re.Pattern[str], text: str) -> int:
    found = sign.search(text)
    return found.start() if found is not None else len(text)


def _text(put: Put) -> str:
    return "".join(char for char, _ in put)
