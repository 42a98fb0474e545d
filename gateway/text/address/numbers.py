"""Numbers in an address by their form: 88号, 3幢, 二单元, 12楼, 1203室, 6组, 33弄, 二期, 47-6-746."""

from __future__ import annotations

import re

_ZH = "零〇一二两三四五六七八九十百千幺"
_READ = "零〇一二两三四五六七八九幺"
_DIGITS = r"[a-z]{0,2}\d{1,6}[a-z]?(?![a-z0-9])"
_RANGE = r"[a-z]?\d{1,5}[a-z]?(?:[-—~至/、.]+[a-z]?\d{1,5}[a-z]?){1,3}"
_N = rf"(?:{_RANGE}|[a-z]{{0,2}}[-]?\d{{1,6}}[a-z]?|[{_ZH}]{{1,7}})"
_SOME = rf"(?:\d{{1,4}}|[{_ZH}几]{{1,6}})(?:多|来|余|几)?"
_SIDE = "[东西南北中前后左右]"

_MARKED = re.compile(
    rf"(?P<away>[往向朝]{_SIDE}{{1,2}}(?:边|面|侧|方向)?(?:走|开|拐|去)(?![{_ZH}\d几大约])|(?:再?[往向朝](?:前|后|左|右|里|外|{_SIDE}{{1,2}})(?:面|边|侧|走|开|方向|拐|转)*|以?{_SIDE}{{1,2}}(?:面|边|侧)?|(?:再|继续)?(?:过去|前面|前方|往前|过来|开过)|大概|大约|约|差不多)(?:大概|大约|约|差不多|个)?{_SOME}(?:米|公里|千米|里地)(?:处|左右|远|的地方)*|{_SOME}米(?:处|左右|远|的地方)*|第(?:\d|[{_ZH}]){{1,2}}(?:家|户|个(?:大?路口|红绿灯|弯道?|巷口))|[由从自]?{_SIDE}[向往到]{_SIDE}(?:方向)?|(?:往|去|向|朝)(?:[\u4e00-\u9fff]{{2,4}}?)方向)"
    rf"|(?P<building>(?:\d{{1,3}}|[{_ZH}]{{1,3}})楼(?=\d{{1,2}}单元|[{_ZH}]{{1,3}}单元)|(?:第?{_N}|[a-z甲乙丙丁]\d?)(?:号楼(?![下上道梯]|顶(?![楼层]))|#楼|号(?:公寓|商务楼|宿舍楼|教学楼|实验楼)|幢|栋|#)(?:楼(?!\d))?(?![下上道梯]|顶(?![楼层]))|(?:{_N}|[a-z甲乙丙丁]\d?|[东西南北])座(?![桥山塔房大小老高新])|(?:[a-z]|{_SIDE})(?:幢|栋)|[a-z]\d?楼(?=\d|[{_ZH}])|第?(?:\d{{1,3}}|[{_ZH}]{{1,3}})排(?=\d|[{_ZH}]|[，,、。]|$)|(?:\d{{1,2}}|[{_ZH}]{{1,2}})舍(?=\d|[{_ZH}]|$))"
    rf"|(?P<cell>(?:{_N}号(?=梯)|{_N}|[a-z甲乙丙丁]|{_SIDE})(?:单元|梯)(?!房)|\d门(?=\d)|[{_ZH}]{{1,2}}门(?=[{_READ}]{{3}}))"
    rf"|(?P<floor>第?(?:负|地下|-|b)?(?:[a-z]?\d{{1,3}}|[{_ZH}]{{1,3}})(?:层|楼)(?![上下道梯盘])|\d{{1,3}}f(?![a-z])|(?:底|顶|架空|夹)层|[底顶]楼)"
    rf"|(?P<room>(?:[a-z]?\d{{3,5}}[-—~至/、.][a-z]?\d{{3,5}}|[a-z]{{0,2}}[-]?\d{{1,6}}[a-z]?|[{_ZH}]{{1,5}})(?:室|号?房间?|号?铺位?|号?摊位|号?商铺|号?档口?|号?包厢|号?包间|号?包房|号?病房|号?客房|号?教室)(?!产)|{_SIDE}户)"
    rf"|(?P<group>第?(?:\d{{1,3}}|[{_ZH}]{{1,3}})(?:村民小组|居民组|小组|组|队|社(?!区)))"
    rf"|(?P<lane>(?:\d{{1,4}}|[{_ZH}]{{1,5}})(?:支巷|巷|支路|胡同)|{_SIDE}段|[{_ZH}\d]段)"
    rf"|(?P<alley>(?:\d{{1,5}}|[{_ZH}]{{1,8}})(?:支弄|弄))"
    rf"|(?P<street>[gsx]?\d{{1,4}}(?:号?大街|号路|街|路|号公路|大道|国道|省道|县道|高速)|(?:国道|省道|县道)[\d{_ZH}]{{2,4}}线?|[{_ZH}]{{1,3}}(?:号大街|号路|号公路))"
    rf"|(?P<streetzh>(?<![坐乘搭])[{_ZH}]{{1,3}}(?:大街|街|路(?!公交|车)|大道)|[{_ZH}]{{3,6}}(?:国道|省道|县道))"
    rf"|(?P<gate>(?:[a-z]\d?|\d{{1,2}}号?|[{_ZH}]{{1,2}}号)(?:出站口|出入口|出口|入口|口)(?!罩|味|子)|[东西南北]{{1,2}}大?门(?![口外桥路街])|(?:出|进)站口)"
    rf"|(?P<school>第?[一二三四五六七八九十]{{1,2}}[中小](?=[那门对旁附后前边的路、，, ]|$))"
    rf"|(?P<yard>[甲乙丙丁]?{_N}号(?:大院|院))"
    rf"|(?P<area>(?:[a-z]\d?|\d{{1,2}}|[一二三四五六七八九十]{{1,2}}|{_SIDE}[一二三四五]?|第[一二三四五六])(?:区(?!域)|期|地块|标段|组团)|正门|后门|侧门|大门(?!口)|(?:[东西南北主副裙前后]|行政|综合|办公|商务|教学|门诊|住院|实验|科研|公安|配套|辅)楼|(?:\d{{1,3}}|[a-z]|[{_ZH}]{{1,3}})号?门(?![口面市牌])|(?:水产|蔬菜|水果|生鲜|服装|家电|休息|等候|候车|办公|生产|仓储|住宅|生活|家属|教学|游乐)区|地下室|地下车库|地下停车场|地库|车库|裙房|停车场|[东西南北]广场|[东西南北新老主分]校区)"
    rf"|(?P<part>急诊(?:科室?|室|楼|部|大厅|中心)?|门诊(?:部|楼|大厅)?|住院(?:部|楼)|候(?:车|机)(?:厅|室|大厅)|出租车等候区|食堂|操场|检票口|安检口|售票[厅处]|服务台|收银台|护士站|值班室|门卫室?|保安[亭室]|(?:[a-z]?\d{{1,3}}|[{_ZH}]{{1,3}})号(?:看台|别墅|学生公寓|仓库|厂房|车间|站台|展厅|航站楼|车厢|窗口|地块|大厅|泵房))"
    rf"|(?P<hao>[甲乙丙丁]?{_N}(?:号(?:之[{_ZH}\d]{{1,2}}|附[{_ZH}\d]{{1,3}}号)?(?![线码院]|楼(?![下上道梯]|顶(?![楼层]))|公路|大街|路)))"
)  # fmt: skip
_BARE = re.compile(
    rf"{_DIGITS}|[{_READ}]千(?:零[{_READ}]|[{_READ}]百零?[{_READ}]?)(?![{_ZH}块个米年])|[{_READ}]百零[{_READ}](?![{_ZH}块个米年号])|[a-z]?[{_READ}]{{3,4}}(?![{_ZH}床个点块米年月])|[a-z]\d?(?=[-—])|[{_ZH}]{{1,2}}(?=[-—])"
)
_HYPHEN = re.compile(rf"{_RANGE}(?![a-z0-9])")
BEGINNINGS = frozenset(
    "再去往向朝以大约差过继急车候食操检安售服收护值保水蔬生服家休等产仓生游0123456789abcdefghijklmnopqrstuvwxyz第负地-底顶架夹东西南北中前后左右甲乙丙丁正侧大主副裙行综办商教门住实科公配辅停国省县新老分由从自出进"
    + _ZH
)
"""Characters that a number, a part of an estate or a gate may begin with."""
_CODE = re.compile(
    r"(?<![a-z0-9])[gs](?:\d{1,4}|[一二三四五六七八九十百]{1,3})(?=[\s，,]*(?:k\d|高速|国道|省道|上|主线|[往向去朝由从出进]|[内外]圈|[东南西北]向|[零一二三四五六七八九十百千\d]+公里))"
)
"""The number of a motorway or national road before its name or a kilometre post: G2京沪高速, G2 K1052+300."""
_DASHES = ("-", "—")
_RANGED = re.compile(r"[a-z]?\d+[a-z]?[-—]")


def numbered(text: str, at: int) -> list[tuple[int, str]]:
    """The forms of number that begin at `at` in folded text: where each ends, and its form in the grammar."""
    found: list[tuple[int, str]] = []
    if at and text[at] in _ZH and text[at - 1] in _ZH:
        return found  # the three of thirteen
    marked = _MARKED.match(text, at)
    if marked:
        form = str(marked.lastgroup)
        if form == "hao" and _RANGED.match(text, at):
            form = "haos"
        elif form == "hao" and marked.end() - at > 3:
            form = "hao3"
        found.append((marked.end(), form))
    char = text[at]
    if char.isdigit() or "a" <= char <= "z" or char in _ZH:
        bare = _BARE.match(text, at)
        if bare:
            size = sum(one.isdigit() or one in _ZH for one in bare[0])
            size += size > 2 and not bare[0][0].isdigit()  # B330 is a room
            if size == 3 and text[bare.end() : bare.end() + 1] not in _DASHES:
                size = 4  # 302 is a room; before a dash it may be a building
            found.append((bare.end(), f"bare{min(max(size, 1), 4)}"))
        code = _CODE.match(text, at)
        if code:
            found.append((code.end(), "code"))
        whole = _HYPHEN.match(text, at)
        if whole and len(re.findall(r"\d+", whole[0])) == 2:
            found.append((whole.end(), "hyphen"))
    return found
