# ruff: noqa: E501 (an expression is read more easily in one line)
"""What the caller tells of somebody: clothes, build, age; where they went; and when it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.normalise import normalise
from gateway.text.numerals import NUMBER_EN, NUMBER_ZH
from gateway.triage.extract.found import Found
from gateway.triage.extract.things import _COLOUR, _COLOUR_EN
from gateway.triage.scope import Scope, scope_of

_GARMENT = "帽子|鸭舌帽|棒球帽|安全帽|头盔|口罩|面罩|头套|墨镜|眼镜|衣服|上衣|外套|大衣|风衣|羽绒服|棉袄|棉服|卫衣|夹克|皮衣|西装|衬衫|衬衣|t恤|短袖|背心|毛衣|裤子|长裤|短裤|牛仔裤|裙子|连衣裙|鞋子?|球鞋|运动鞋|拖鞋|靴子|帽衫|连帽衫|雨衣|工作服|制服|校服|迷彩服|运动服|睡衣|围巾|手套|背包|双肩包|挎包|书包|包"
_LOOKS = re.compile(
    rf"(?:戴|穿|背|蒙|套)着?(?:个|一件|一身|一条|一双|一顶)?(?:{_COLOUR}|花|格子|条纹|迷彩|牛仔)?[^，。！？,\s]{{0,4}}?(?:{_GARMENT}|[黑白红灰蓝黄绿]的?)|(?:{_COLOUR}|花|格子|迷彩)(?:的)?(?:短|长)?(?:{_GARMENT})|"
    rf"光头|平头|板寸|寸头|秃顶|(?:短|长|卷|黄|红|白|染)(?:头)?发|黄毛|马尾辫?|扎辫子|胡子|络腮胡|纹身|刀疤|瘸子|一瘸一拐|"
    rf"(?<!我)(?<!我今年)(?:大概|看着|也就|差不多)?(?:[一二三四五六七八九]?[二三四五六七八九]?十(?:[一二三四五六七八九])?(?:来|多|几)?|\d\d(?:多)?)岁(?:左右|上下|的样子)?|一米[五六七八九]\S{{0,1}}(?:左右|上下|多)?|个子(?:不高|很高|高高的|矮|挺高|比较高)|(?:高高|瘦瘦|胖胖|矮矮)的|(?:又高又|又矮又)[胖瘦]|"
    rf"(?:外地|本地|东北|四川|河南|南方|北方|广东|湖南|山东|温州)口音|"
    rf"\b(?:in|wearing|wears|with|wear) (?:an? )?[^.,!?]{{0,30}}\b(?:jacket|shirt|t-?shirt|hoodie|cap|hat|mask|trousers|pants|jeans|shorts|coat|dress|skirt|suit|uniform|sweater|vest|beard|moustache|mustache|glasses|sunglasses|helmet|backpack|bag|tattoo|tattoos|hair)\b|"
    rf"\b(?:{_COLOUR_EN}) (?:jacket|shirt|t-?shirt|hoodie|cap|hat|mask|trousers|pants|jeans|shorts|coat|dress|clothes|shoes|sneakers|helmet|hair)\b|\b(?:short|long|blond|blonde|dark|curly|grey) hair\b|\bbald\b|\b(?:about |around |maybe )?(?:in (?:his|her|their) (?:{NUMBER_EN}|twenties|thirties|forties|fifties|sixties|teens)|{NUMBER_EN}[- ]years?[- ]old man)\b|"
    rf"\b(?:very |quite )?(?:tall|short|fat|thin|skinny|skinny|big|heavy|muscular|young|old|middle[- ]aged) (?:guy|man|woman|boy|girl|lady|chinese|foreigner)\b"
)
_DIRECTION = re.compile(
    r"(?:往|朝|向|奔|顺着|沿着)[^，。！？,\s]{1,12}?(?:跑|走|逃|开|去|溜|骑|窜|方向|追|拐)(?:了|去了|掉了|走了|过去了)?|(?:跑|逃|溜|钻|拐|开|骑)(?:进|到|去|上|下|往|向)了?[^，。！？,\s]{2,10}(?:里|去|了|上|方向|那边)|"
    r"\b(?:ran|run|running|went|go|goes|gone|going|drove|drive|driving|heading|headed|moving|escaped|escape|fled|walked|walking|rode|turned|turning)\s(?:off |away )?(?:toward|towards|to the|to|down|into|in the direction of|north|south|east|west|left|right|up|along|across)\b[^.,!?]{0,30}"
)
_NO_DIRECTION = re.compile(
    r"^(?:go|went|going|goes|gone|run|heading|drive|driving|walking|moving) (?:to|to the|down)? ?(?:sleep|bed|work|do|be|have|get|the police|school|hospital|home|see|call|ask|help|jump|kill|die|hurt|happen|take|make|pay|let)\b"
)
_DAY = "大前天|前天|昨天|昨日|昨儿|昨晚|昨夜|今天|今日|今儿|今晚|今早|前晚|上周[一二三四五六日天]?|上个?星期[一二三四五六日天]?|上个?礼拜[一二三四五六日天]?|上个?月|这个?月|去年|前年|这两天|前几天|前两天|周[一二三四五六日末]|星期[一二三四五六日天]|礼拜[一二三四五六日天]"
_PARTDAY = "凌晨|清晨|大清早|一大早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜晚|半夜|深夜|后半夜|当晚"
_CLOCK = rf"(?:{NUMBER_ZH})[点时](?:钟|整|半|多|左右|来钟|过|[零〇]?{NUMBER_ZH}分?|一刻|三刻)?(?:许|左右)?|\d{{1,2}}[:：]\d{{2}}"
_DATE = rf"(?:(?:{NUMBER_ZH}|[一二三四五六七八九零〇]{{4}})年)?(?:{NUMBER_ZH}月)(?:{NUMBER_ZH}[日号]|底|初|中旬|份)?"
_TIME = re.compile(
    rf"(?:(?:{_DATE}|{_DAY})(?:的|的一天|左右的一天|[，, ])?)+(?:{_PARTDAY})?(?:的)?(?:{_CLOCK})?(?:左右|许|前后)?|(?:{_PARTDAY})(?:的)?(?:{_CLOCK})?(?:左右|许)?|(?<![一二三四五六七八九十\d有差好])(?:{_CLOCK})(?!半?点儿|用|钱|都)|刚才|刚刚|方才|"
    rf"(?:大概|差不多)?(?:半|{NUMBER_ZH}来?|几|十几|好几)(?:个)?(?:多)?(?:半)?(?:小时|钟头|分钟|天|个多小时|个多月|个月|多分钟|来分钟|星期|礼拜|周|年)(?:左右)?(?:以|之)?前|"
    rf"\b(?:maybe |about |around |like )?(?:{NUMBER_EN}|a few|a couple of|half an|an|a) (?:minutes?|mins?|hours?|days?|weeks?|months?) (?:ago|before)\b|\b(?:last night|yesterday(?: evening| morning| afternoon| night)?|this morning|this afternoon|this evening|just now|tonight|today|last (?:week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|"
    rf"(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?: morning| night| evening| afternoon)?)\b(?: (?:at|around|about) {NUMBER_EN}(?::\d\d)?(?: ?(?:a\.?m\.?|p\.?m\.?|o'clock))?)?|\b(?:at|around|about|since) (?:half past |quarter past |quarter to )?{NUMBER_EN}(?::\d\d|[ -]{NUMBER_EN})?(?: ?(?:a\.?m\.?|p\.?m\.?|o'clock)| in the (?:morning|afternoon|evening)| at night)"
)


def suspects(text: str) -> Iterator[Found]:
    """Clothes, build, hair, age and accent of those the caller speaks of."""
    for match in _LOOKS.finditer(text):
        if scope_of(text, *match.span()) is not Scope.DENIED:
            yield Found("suspect", match[0].strip(), *match.span(), 0.5)


def directions(text: str) -> Iterator[Found]:
    for match in _DIRECTION.finditer(text):
        if not _NO_DIRECTION.match(match[0]) and scope_of(text, *match.span()) is Scope.SAID:
            yield Found("direction", match[0].strip(), *match.span(), 0.6)


def moments(text: str) -> Iterator[Found]:
    """When it was, with figures for spoken numbers (昨天晚上8点半)."""
    for match in _TIME.finditer(text):
        said = match[0].strip(" ，,的")
        if said:
            yield Found(
                "time",
                normalise(said).text,
                match.start(),
                match.start() + len(match[0].rstrip(" ，,的")),
                0.6,
            )
