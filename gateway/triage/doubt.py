# ruff: noqa: E501 (an expression is read more easily in one line)
"""What silences a veto: words that were plainly denied, made up, long past or merely supposed. In doubt it
fires.

`scope` tells how words were meant for the verdict, which weighs many of them. A veto hangs on one, so more is
asked before it is kept quiet: 别杀我 is no denial, 他说如果我走就弄死我 no supposition, 去年打过今天又打 not past,
and 我在看电视，外面有人喊救命 comes from no film.
"""

from __future__ import annotations

import re

from gateway.triage.scope import Scope, scope_of

LOOKED_AT = 24
"""Characters before the words that are looked at in Chinese."""
LOOKED_AT_EN = 70
_AFTER = 16
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")

_COMMA = re.compile(r"[，,、\s]")

_BEGGED = re.compile(r"(?:别|不要|莫|甭)(?:再|要|去|给我|跟|对|拿|用|一直)?$")
"""别杀我, 不要再打我妈: begged for, not denied."""
_ANSWERED = re.compile(
    r"(?:没有|没|不是|不用|没事|不)(?:他们|她们|我们|他|她|它|我|俺|里面|外面|现在|刚才|隔壁|(?<!不)是)(?!们|家里没)[^，。！？,.!?]{0,6}$"
)
"""没有他拿着刀: an answer, and then what happened; a recognizer sets no comma."""
_BEGGED_EN = re.compile(
    r"(?:^|[,.!?;]|\bplease|\bpls|\bno|\boh|\bgod)\s*(?:don't|do not|dont|stop)\s*(?:\w+\s+){0,1}$"
)
_ANSWERED_EN = re.compile(
    r"\b(?:no|not|don't|didn't|isn't|won't|never|nothing)\b[^.!?]{0,16}?\b(?:he|she|they|it|there|someone|somebody|i|we|my|the man|a man)(?:'s|'re|'m|'ve|'ll)?\b[^.!?]{0,14}$"
)
_NOBODY_EN = re.compile(
    r"\b(?:nobody|no one|none of)\b[^.!?]{0,20}$|\b(?:don't|do not|didn't) (?:see|have|hear|know of)\b[^.!?]{0,20}$"
)

_INVENTED = re.compile(
    r"(?:电视|电影|新闻|报纸|小说|游戏|手游|网游|剧|(?<!遗)书|故事|梦|动画片|漫画|课本|广播)(?:里|上|中)|(?:电视|新闻|报纸|广播)(?:说|讲|报道|报的)|电视剧|连续剧|剧本杀|密室逃脱|狼人杀|排练|演戏|拍戏|拍电影|演习|台词|歌名|歌词|剧情|道具|做梦|梦见|梦到|下棋|比方|比喻|打个比方|好比|举个?例|看了(?:个|部|一部|一个)?(?:电影|电视|小说|新闻|片子)"
    r"|\b(?:in|from|of|on) (?:a|the|this|that|my) (?:movie|film|game|novel|book|play|tv show|show|series|tv)\b|\bvideo game\b|\brehears|\bfire drill\b|\ba drill\b|\bdream(?:t|ed)?\b|\b(?:on|in) the news\b"
)
_REAL = re.compile(
    r"真的|是真|不是(?:在)?(?:演习|演戏|拍戏|电影|游戏|做梦|开玩笑|闹着玩|玩)|没(?:开|跟你)?玩笑|\bfor real\b|\bnot a (?:drill|movie|game|joke)\b"
)
_HERE = re.compile(
    r"我家|我们|我这|我妈|我爸|我孩子|隔壁|楼上|楼下|对门|外面|外头|门口|屋里|现在|刚才|刚刚|这会儿|今天|今晚|突然|忽然|结果|可是|但是|救命|快来|\bnow\b|\bbut\b|\bmy\b|\bnext door\b|\boutside\b|\bupstairs\b|\bsuddenly\b"
)

_THREAT = re.compile(
    r"(?:说|讲|威胁|扬言|喊|吼|警告|骂|恐吓|短信|微信|发消息|放话|要挟)[^。！？!?]{0,16}$|(?:如果|假如|要是|倘若)(?:我|你|你们|他|她|他们|谁|对方|人家)?(?:们)?(?:再|敢|不|没|找|知道|发现|回|离|报|跑|走|跟|给|还|来|进|出|动|打|分|醒)|就|再不|再晚|万一|(?:要是|如果)(?:他|她|他们)"
)
_SUPPOSED_EN = re.compile(
    r"\b(?:how do i|how can i|how to|can you tell me|is it a|would it be|suppose|supposing)\b[^.!?]{0,60}$"
)
_SOMEBODY_EN = re.compile(
    r"\b(?:he|she|they|him|someone|somebody|man|husband|boyfriend|father|guy|says?|said|told|threat\w*)\b"
)
_LIABLE = re.compile(r"^[^。！？!?]{0,10}(?:谁负责|谁来负责|算谁|怎么赔|找谁赔|责任|谁赔)")
"""以后万一塌了谁负责: worry about liability."""

_SOME_DAY = re.compile(r"(?:以后|将来|哪天|有一天|往后)[^。！？!?]{0,6}(?:万一|要是|如果)[^。！？!?]{0,8}$")

_ENQUIRED = re.compile(
    r"^[^。！？!?]{0,8}(?:犯不犯法|违不违法|犯法|违法|合法|合不合法|让不让|准不准|许不许|能不能带|能带|可以带|能上(?:飞机|高铁|火车|地铁)|能过安检|能不能(?:烧|放|点)|可以(?:烧|放|点)[^，。]{0,2}不|要不要(?:办|备案)|要什么手续|需要备案)"
)
"""用弹弓打乌鸦犯不犯法: what is allowed is asked; no person may be named, for 他打我犯法吗 tells what happens."""
_PERSON = re.compile(r"[我俺咱你您他她人孩娃谁]")

_ALIVE = re.compile(
    r"[他她你您人孩娃老女男妈爸谁叫喊哭嚎声响听躺倒脸血]|\b(?:he|she|they|man|woman|kid|child|baby|scream\w*|sound\w*|voice|face|lying)\b"
)
"""Of whom or what is no mere thing a likeness is doubted: 暖气片嗤嗤跟要炸似的 is quiet, 他叫得跟杀了人似的 is not."""

_STILL = re.compile(
    r"又|还|现在|一直|天天|每天|今天|今晚|昨|前天|刚|这次|这回|再|经常|老是|总是|到现在|至今|开始|越来越|没停|\b(?:again|still|now|today|tonight|just|always|every|since|keeps?)\b"
)
_ONCE = re.compile(
    r"去年|前年|上个?月|几年前|年前|个月前|从前|以前|当年|小时候|那年|曾经|早些年|前几年|上次|上回|\d{4}年|上一次|\blast (?:year|month|summer|winter|time)\b|\b(?:years?|months?) ago\b|\bused to\b|\bback then\b|\bwhen i was\b|\bas a child\b|\bonce\b"
)


def silenced(text: str, start: int, end: int, *, denied: bool, bold: bool) -> bool:
    """Whether the words `text[start:end]` (folded text) set off no veto. `denied`: a gap inside them denies
    them; `bold` words are silenced by denial and invention alone."""
    scope = Scope.DENIED if denied else scope_of(text, start, end, invented=False)
    before, after = _before(text, start), _after(text, end)
    if scope is Scope.DENIED:
        return denied or not _no_denial(before)
    if _invented(before, text[start:end], after):
        return True
    if _enquired(before, text[start:end], after):
        return True
    if bold:
        return False
    if scope is Scope.LIKENED:
        return not _ALIVE.search(before)
    if scope is Scope.SUPPOSED:
        return _supposed(before, after)
    return scope is Scope.PAST and not _goes_on(before + text[start:end], after)


def _before(text: str, start: int) -> str:
    window = LOOKED_AT_EN if "a" <= text[start : start + 1] <= "z" else LOOKED_AT
    before = text[max(0, start - window) : start]
    return _SENTENCE_END.split(before)[-1]


def _after(text: str, end: int) -> str:
    """The rest of the sentence; nothing where the words end it themselves (火苗子。)."""
    ended = _SENTENCE_END.match(text[end - 1 : end + 1])
    return "" if ended else _SENTENCE_END.split(text[end : end + _AFTER], 1)[0]


def _no_denial(before: str) -> bool:
    """A denying word stands before the danger, and yet nothing is denied."""
    if _NOBODY_EN.search(before):
        return False
    return any(one.search(before) for one in (_BEGGED, _ANSWERED, _BEGGED_EN, _ANSWERED_EN))


def _invented(before: str, words: str, after: str) -> bool:
    told = [match.end() for match in _INVENTED.finditer(before + words)]
    if not told and not _INVENTED.search(after):
        return False
    return not _REAL.search(before + after) and not (told and _HERE.search(before[told[-1] :]))


def _enquired(before: str, words: str, after: str) -> bool:
    asked = _ENQUIRED.match(after)
    return asked is not None and not _PERSON.search(_COMMA.split(before)[-1] + words + asked[0])


def _supposed(before: str, after: str) -> bool:
    if _LIABLE.match(after) or _SOME_DAY.search(before) or _SUPPOSED_EN.search(before):
        return True
    return not (_THREAT.search(before) or _SOMEBODY_EN.search(before))


def _goes_on(before: str, after: str) -> bool:
    """What began in the past is not over."""
    told = [match.end() for match in _ONCE.finditer(before)]
    return bool(told and _STILL.search(before[told[-1] :])) or after.startswith(("又", "还在", "到现在还"))
