# ruff: noqa: E501 (an expression is read more easily in one line)
"""How words were meant: said, denied, asked, supposed, likened, told of the past, heard of others, or out of a
film.

A recognizer gives no punctuation and short clauses, so the look is local: a window of a few characters
before and after the words, cut at punctuation and at words that turn the sentence (但是, 现在, but). Rules
count words that were said, told of the past or by others, unless they choose otherwise; the veto fires
unless they were plainly denied, supposed, past or invented: in doubt it fires, also on a likeness (跳楼的心都有).
"""

from __future__ import annotations

import re
from collections.abc import Set
from enum import StrEnum

WINDOW_BEFORE = 24
"""Characters looked at before the words in Chinese; English needs more letters for the same distance."""
WINDOW_BEFORE_EN = 70
WINDOW_AFTER = 10
LOOKED_AT_AFTER = WINDOW_AFTER + 6
"""Characters after the words that can change how they were meant."""


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


class _Sign:
    """What tells how words were meant: an expression in Chinese with characters of which it needs one, and
    one in English. Apart, and only where it can be, each costs little. `chars`: the characters around the
    words, in which those of `text` are."""

    __slots__ = ("_english", "_expression", "_needs")

    def __init__(self, expression: str = "", needs: str = "", *, english: str = "") -> None:
        self._expression = re.compile(expression)
        self._needs = frozenset(needs)
        self._english = re.compile(english) if english else None

    def within(self, text: str, chars: Set[str]) -> bool:
        if not self._needs.isdisjoint(chars) and self._expression.search(text) is not None:
            return True
        english = self._english
        return english is not None and not _LETTERS.isdisjoint(chars) and english.search(text) is not None

    def after_last(self, text: str, chars: Set[str]) -> str:
        """What follows its last place in the text; all of it when it is not there."""
        end = 0
        if not self._needs.isdisjoint(chars):
            for match in self._expression.finditer(text):
                end = match.end()
        if self._english is not None and not _LETTERS.isdisjoint(chars):
            for match in self._english.finditer(text):
                end = max(end, match.end())
        return text[end:] if end else text


class Scope(StrEnum):
    """How the matched words stand in their sentence."""

    SAID = "said"
    DENIED = "denied"
    ASKED = "asked"
    SUPPOSED = "supposed"
    LIKENED = "likened"
    """Something else is compared with it: 像打仗一样, 跳楼的心都有, went off like a bomb. What only seems so is said
    (好像着火了, it looks like blood)."""
    PAST = "past"
    HEARSAY = "hearsay"
    INVENTED = "invented"


STATED = frozenset({Scope.SAID, Scope.HEARSAY})
"""Said outright, by oneself or by others."""

_CLAUSE_END = _Sign(
    r"[，。！？；、,.!?;…\n]|但是|可是|不过|结果|现在|反正|就是|居然",
    "，。！？；、,.!?;…\n但可过结现反就居",
    english=r"\b(?:but|now|then|and then)\b",
)
_SENTENCE_END = _Sign(
    r"[。！？!?\n]|现在|刚才|刚刚|今天|正在",
    "。！？!?\n现刚今正",
    english=r"\b(?:now|today|just now|but)\b",
)
_STOP = re.compile(r"[。！？!?\n]")
_QUESTION_END = _Sign(r"[。！？!?\n]", "。！？!?\n")

_FILLER = (
    "(?:有人|人|被|让人|什么|谁|他|她|它|我们|我|他们|看见|看到|听见|听到|任何|发生|受到|再|要|去|在|过|这么|动手|打算|"
    "想|说|喊|敢|真的|真|有|拿|带|带着|用|跟|和|对我|把我|给我|直接|出现|造成|可能|大的|太|家里|现场)"
)
_DENIED_BEFORE = _Sign(
    rf"(?:(?<!有)没有?|(?<!有)没得|未|并无|毫无|绝无|(?<![是会能要可])(?<!小心)不是|并非|(?<![是会能要可管])不会|不(?=敢|想|打算)|别(?!人|墅|的|提了|家)|(?<!要)不要|不用|不"
    rf"|不存在|谈不上|算不上|冇|勿){_FILLER}{{0,3}}$",
    "没未无不别非冇勿",
)
_NOT_A_DENIAL = _Sign(
    r"(?:要不|不得|不光|不但|不仅|不只|不止|是不是|能不能|会不会|要不要|有没有|没完没了|不小心|不停|不断|忍不住|受不了|差不多|动不动|说不定|恨不得|能不|要不是|不然)"
    rf"{_FILLER}{{0,3}}$",
    "不没恨",
)  # fmt: skip
_DENIED_AFTER = _Sign(
    r"^(?:的|了)?(?:倒是?|那倒|那是|也|啥的|什么的|是)?(?:没有|没|不存在|没有的事)(?=[，。！,.!\s]|$)", "没不"
)
_ASKED_BEFORE = _Sign(
    r"(?:有没有|是不是|会不会|算不算|能不能算|属不属于|让不让|准不准|许不许|允不允许|犯不犯法|违不违法|是否|有无|要不要|需不需要|怎么算|什么叫|什么是|怎么防|如何)[^，。！？,.!?]{0,5}$",
    "不没否无么何",
)
_ALLOWED_BEFORE = _Sign(r"(?<![你您他她们警察])(?:能不能|可不可以|可以不可以)$", "不")
"""能不能放炮: what is allowed is asked; 你们能不能来 begs, and so does whoever asks for help (_HELP)."""
_HELP = frozenset("来救帮管派抓快赶送找查")
_ASKED_AFTER = _Sign(r"^[^，。！？,.!?]{0,3}(?:吗|么|嘛|没有)(?=[，。！？,.!?\s]|$)", "吗么嘛没")
_SUPPOSED_BEFORE = _Sign(
    r"(?:如果|假如|假设|倘若|万一|比如|比方说?|打个比方|好比|要是(?!不|再|还)|以为)(?![^，。]*(?:就要|已经))[^。！？!?]{0,10}$",
    "如假倘万比要为",
)
_LIKENED_AFTER = _Sign(
    r"^[^，。！？,.!?]{0,4}(?:似的|的?心都有|的?心也有)|^[^。！？.!?]{0,10}(?:比喻|打个比方|是气话|说气话)",
    "似心比气",
)
_LIKENED_BEFORE = _Sign(r"(?<!好)(?:像|跟)(?![^，。！？,.!?]*(?:说|讲|吵|打))[^，。！？,.!?]{0,6}$", "像跟")
_AS_AFTER = _Sign(r"^[^，。！？,.!?]{0,3}一样(?!的|[^，。！？]{0,4}(?:不动|没反应|不醒))", "样")
_PAST_BEFORE = _Sign(
    r"(?:去年|前年|大前年|上个?月|几年前|年前|个月前|从前|以前|当年|小时候|那年|曾经|早些年|前几年|上次|上回|\d{4}年|上一次)[^。！？!?]{0,20}$",
    "年月前候曾次回",
)
_PAST_WITHIN = _Sign(r"去年|前年|上个月|上周|几年前|年前|从前|曾经|前几年", "年月从曾周")
"""手指头上个月让冲床压了: the words themselves say when."""
_PAST_AFTER = _Sign(
    r"^[^。！？!?]{0,6}(?:是|，)(?:去年|前年|上个?月|上个?星期|上个?礼拜|上周|以前|早先|早年|年轻|小时候|老早|之前|(?:好)?[一二两三四五六七八九十几多半0-9]{1,3}个?(?:多)?[年月]前|前几年)(?:的|时候的?|那时候的?)(?:老)?(?:事|账|旧账)",
    "事账",
)
"""狗咬了我，上个月的事; 空调冒烟那个是去年的事."""
_INVENTED = _Sign(
    r"电视剧|电视里|电视上|看电视|放电视|电影|小说|剧本杀|密室逃脱|打游戏|游戏里|在游戏|玩游戏|排练|演戏|拍戏|演习|台词|歌名|歌词|剧情|道具|做梦|梦见|梦到|球赛|下棋",
    "视影小剧密游练演戏词歌具梦赛棋",
    english=r"\b(?:(?:movie|film|tv show|video game|novel|in the game|drill|dreamt?|the play)\b|rehears)",
)
_HEARSAY = _Sign(
    r"听说|据说|听(?:人|别人|人家|他们?|她|邻居|同事|朋友|老乡|群里|网友)(?:家|们)?(?:说|讲)(?!话)|(?:别人|人家|有人|网上|网友|群里|朋友圈|新闻|抖音|邻居|外面|村里)(?:里|上|都|有人|给我|跟我|告诉我)?(?:说(?!话)|传|讲|看到|看见)|传言|谣言",
    "说讲传谣看",
    english=r"\b(?:i heard that|heard (?:people|someone|somebody|them) say|they say|people say|(?:someone|somebody|a friend|a neighbou?r|my friend) (?:says|said|told me)|rumou?rs?|apparently|on the news|on facebook|online that)\b",
)

_DENIED_BEFORE_EN = _Sign(
    english=r"\b(?:no|not|nobody|no one|none|never|without|isn't|wasn't|aren't|weren't|didn't|doesn't|don't|hasn't|haven't|"
    r"hadn't|won't|can't see|nothing|there's no|didn't get|neither)\b(?:'s|'re)?(?:\s+(?:\w+|'\w+)){0,3}\s*$"
)
_NOT_A_DENIAL_EN = _Sign(
    english=r"\b(?:not sure|don't know|not only|no idea|can't stop|cannot stop|not breathing|won't stop|not far|no longer|"
    r"can't believe|don't think he|no wait)\b[^.!?]{0,20}$|\bno,?\s+(?:there|he|she|they|it|i|we|my|a|someone)\b[^.!?]{0,20}$"
)
_SUPPOSED_EN = _Sign(
    english=r"\b(?:if|what if|in case|suppose|supposing|would it be|how do i|how can i|how to|can you tell me|is it a)\b(?:\s+[\w']+){0,6}\s*$"
)
_LIKENED_EN = _Sign(
    english=r"(?<!sounds )(?<!sounded )(?<!looks )(?<!looked )(?<!smells )(?<!smelled )(?<!seems )(?<!something )\blike (?:a|an|some|sitting in a)\s(?:\w+\s)?$"
)
_PAST_EN = _Sign(
    english=r"\b(?:last (?:year|month|summer|winter|time)|years? ago|months? ago|used to|back then|when i was|as a child|once)\b[^.!?]{0,60}$"
)


def scope_of(text: str, start: int, end: int, *, invented: bool = True) -> Scope:
    """How the words `text[start:end]` (folded text) were meant. English and Chinese are told apart by their
    letters. `invented`: ask whether it is out of a film."""
    latin = "a" <= text[start : start + 1] <= "z"
    window = text[max(0, start - (WINDOW_BEFORE_EN if latin else WINDOW_BEFORE)) : start]
    after = "" if _STOP.match(text, end - 1) else text[end : end + LOOKED_AT_AFTER]
    chars = {*window, *after}
    sentence = _QUESTION_END.after_last(window, chars)
    around = (sentence, _STOP.split(after, 1)[0])
    if invented and any(_INVENTED.within(part, chars) for part in around):
        return Scope.INVENTED
    before, since = _CLAUSE_END.after_last(window, chars), _SENTENCE_END.after_last(window, chars)
    if latin:
        return _english(before, since, chars)
    return _chinese(text[start:end], before, sentence, since, after, chars)


def _chinese(words: str, before: str, sentence: str, since: str, further: str, chars: Set[str]) -> Scope:
    """`further`: what follows the words."""
    first, after = words[:1], further[:WINDOW_AFTER]
    if _ASKED_BEFORE.within(before, chars) or (first not in _HELP and _ALLOWED_BEFORE.within(before, chars)):
        return Scope.ASKED
    if _DENIED_BEFORE.within(before, chars) and not _NOT_A_DENIAL.within(before, chars):
        return Scope.DENIED
    if _DENIED_AFTER.within(after, chars):
        return Scope.DENIED
    if _ASKED_AFTER.within(after, chars):
        return Scope.ASKED
    if _SUPPOSED_BEFORE.within(sentence, chars):
        return Scope.SUPPOSED
    if _LIKENED_AFTER.within(after, chars) or (
        _LIKENED_BEFORE.within(before, chars) and _AS_AFTER.within(after, chars)
    ):
        return Scope.LIKENED
    if _PAST_BEFORE.within(since, chars) or _PAST_WITHIN.within(words, {*words}):
        return Scope.PAST
    if _PAST_AFTER.within(further, chars):
        return Scope.PAST
    return Scope.HEARSAY if _HEARSAY.within(sentence, chars) else Scope.SAID


def _english(before: str, since: str, chars: Set[str]) -> Scope:
    if _DENIED_BEFORE_EN.within(before, chars) and not _NOT_A_DENIAL_EN.within(before, chars):
        return Scope.DENIED
    if _SUPPOSED_EN.within(before, chars):
        return Scope.SUPPOSED
    if _LIKENED_EN.within(before, chars):
        return Scope.LIKENED
    if _PAST_EN.within(since, chars):
        return Scope.PAST
    return Scope.HEARSAY if _HEARSAY.within(since, chars) else Scope.SAID
