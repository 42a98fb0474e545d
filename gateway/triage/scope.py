# ruff: noqa: E501 (an expression is read more easily in one line)
"""How words were meant: said, denied, asked, supposed, told of the past, or out of a film.

A recognizer gives no punctuation and short clauses, so the look is local: a window of a few characters
before and after the words, cut at punctuation and at words that turn the sentence (但是, 现在, but). Rules
count words that were said; the veto fires unless they were plainly denied, supposed, past or invented: in
doubt it fires.
"""

from __future__ import annotations

import re
from enum import StrEnum

WINDOW_BEFORE = 24
"""Characters looked at before the words in Chinese; English needs more letters for the same distance."""
WINDOW_BEFORE_EN = 70
WINDOW_AFTER = 10
LOOKED_AT_AFTER = WINDOW_AFTER + 6
"""Characters after the words that can change how they were meant."""


class Scope(StrEnum):
    """How the matched words stand in their sentence."""

    SAID = "said"
    DENIED = "denied"
    ASKED = "asked"
    SUPPOSED = "supposed"
    PAST = "past"
    INVENTED = "invented"


_CLAUSE_END = re.compile(
    r"[，。！？；、,.!?;…\n]|但是|可是|不过|结果|现在|反正|就是|居然|\b(?:but|now|then|and then)\b"
)
_SENTENCE_END = re.compile(r"[。！？!?\n]|现在|刚才|刚刚|今天|正在|\b(?:now|today|just now|but)\b")
_QUESTION_END = re.compile(r"[。！？!?\n]")

_FILLER = (
    "(?:有人|人|被|让人|什么|谁|他|她|它|我们|我|他们|看见|看到|听见|听到|任何|发生|受到|再|要|去|在|过|这么|动手|打算|"
    "想|说|喊|敢|真的|真|有|拿|带|带着|用|跟|和|对我|把我|给我|直接|出现|造成|可能|大的|太|家里|现场)"
)
_DENIED_BEFORE = re.compile(
    rf"(?:(?<!有)没有?|(?<!有)没得|未|并无|毫无|绝无|(?<![是会能要可])(?<!小心)不是|并非|(?<![是会能要可管])不会|不(?=敢|想|打算)|别(?!人|墅|的|提了|家)|(?<!要)不要|不用|不"
    rf"|不存在|谈不上|算不上|冇|勿){_FILLER}{{0,3}}$"
)
_NOT_A_DENIAL = re.compile(r"(?:要不|不得|不光|不但|不仅|不只|不止|是不是|能不能|会不会|要不要|有没有|没完没了|不小心|不停|不断|忍不住|受不了|差不多|动不动|说不定|恨不得|能不|要不是|不然)"
                           rf"{_FILLER}{{0,3}}$")  # fmt: skip
_DENIED_AFTER = re.compile(
    r"^(?:的|了)?(?:倒是?|那倒|那是|也|啥的|什么的|是)?(?:没有|没|不存在|没有的事)(?=[，。！,.!\s]|$)"
)
_ASKED_BEFORE = re.compile(
    r"(?:有没有|是不是|会不会|算不算|能不能算|属不属于|是否|有无|要不要|需不需要|怎么算|什么叫|什么是|怎么防|如何)[^，。！？,.!?]{0,5}$"
)
_ASKED_AFTER = re.compile(r"^[^，。！？,.!?]{0,3}(?:吗|么|嘛|没有)(?=[，。！？,.!?\s]|$)")
_SUPPOSED_BEFORE = re.compile(
    r"(?:如果|假如|假设|倘若|万一|比如|比方说?|打个比方|好比|要是(?!不|再|还)|以为)(?![^，。]*(?:就要|已经))[^。！？!?]{0,10}$"
)
_PAST_BEFORE = re.compile(
    r"(?:去年|前年|大前年|上个?月|几年前|年前|个月前|从前|以前|当年|小时候|那年|曾经|早些年|前几年|上次|上回|\d{4}年|上一次)[^。！？!?]{0,20}$"
)
_INVENTED = re.compile(r"电视剧|电视里|电视上|看电视|放电视|电影|小说|剧本杀|密室逃脱|打游戏|游戏里|在游戏|玩游戏|排练|演戏|拍戏|演习|台词|歌名|歌词|剧情|道具|做梦|梦见|梦到|球赛|下棋|\bmovie\b|\bfilm\b|\btv show\b|\bvideo game\b|\bnovel\b|\bin the game\b|\brehears|\bdrill\b|\bdreamt?\b|\bthe play\b")  # fmt: skip

_DENIED_BEFORE_EN = re.compile(
    r"\b(?:no|not|nobody|no one|none|never|without|isn't|wasn't|aren't|weren't|didn't|doesn't|don't|hasn't|haven't|"
    r"hadn't|won't|can't see|nothing|there's no|didn't get|neither)\b(?:'s|'re)?(?:\s+(?:\w+|'\w+)){0,3}\s*$"
)
_NOT_A_DENIAL_EN = re.compile(
    r"\b(?:not sure|don't know|not only|no idea|can't stop|cannot stop|not breathing|won't stop|not far|no longer|"
    r"can't believe|don't think he|no wait)\b[^.!?]{0,20}$|\bno,?\s+(?:there|he|she|they|it|i|we|my|a|someone)\b[^.!?]{0,20}$"
)
_SUPPOSED_EN = re.compile(
    r"\b(?:if|what if|in case|suppose|supposing|would it be|how do i|how can i|how to|can you tell me|is it a)\b(?:\s+[\w']+){0,6}\s*$"
)
_PAST_EN = re.compile(
    r"\b(?:last (?:year|month|summer|winter|time)|years? ago|months? ago|used to|back then|when i was|as a child|once)\b[^.!?]{0,60}$"
)


def scope_of(text: str, start: int, end: int, *, invented: re.Pattern[str] | None = _INVENTED) -> Scope:
    """How the words `text[start:end]` (folded text) were meant. English and Chinese are told apart by their
    letters. `invented`: what shows that it is out of a film; None does not ask."""
    sentence = _tail(text, start, _QUESTION_END)
    if invented and (invented.search(sentence) or invented.search(_head(text, end))):
        return Scope.INVENTED
    latin = "a" <= text[start : start + 1] <= "z"
    before = _tail(text, start, _CLAUSE_END)
    since = _tail(text, start, _SENTENCE_END)
    return (
        _english(before, since)
        if latin
        else _chinese(before, sentence, since, text[end : end + WINDOW_AFTER])
    )


def _chinese(before: str, sentence: str, since: str, after: str) -> Scope:
    if _ASKED_BEFORE.search(before):
        return Scope.ASKED
    if _DENIED_BEFORE.search(before) and not _NOT_A_DENIAL.search(before):
        return Scope.DENIED
    if _DENIED_AFTER.search(after):
        return Scope.DENIED
    if _ASKED_AFTER.search(after):
        return Scope.ASKED
    if _SUPPOSED_BEFORE.search(sentence):
        return Scope.SUPPOSED
    return Scope.PAST if _PAST_BEFORE.search(since) else Scope.SAID


def _english(before: str, since: str) -> Scope:
    if _DENIED_BEFORE_EN.search(before) and not _NOT_A_DENIAL_EN.search(before):
        return Scope.DENIED
    if _SUPPOSED_EN.search(before):
        return Scope.SUPPOSED
    return Scope.PAST if _PAST_EN.search(since) else Scope.SAID


def _tail(text: str, start: int, cut: re.Pattern[str]) -> str:
    """What stands before `start`, back to the last `cut`."""
    window = WINDOW_BEFORE_EN if "a" <= text[start : start + 1] <= "z" else WINDOW_BEFORE
    before = text[max(0, start - window) : start]
    ends = [match.end() for match in cut.finditer(before)]
    return before[ends[-1] :] if ends else before


def _head(text: str, end: int) -> str:
    after = text[end : end + LOOKED_AT_AFTER]
    stop = _QUESTION_END.search(after)
    return after[: stop.start()] if stop else after
