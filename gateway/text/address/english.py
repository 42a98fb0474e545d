# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Addresses and places in English, cut into the same elements as Chinese ones: Flat 3, 88 Jianguo Road, near
Central Hospital.

A place is a name with the word for its kind behind it (Jianguo Road), a number with the word for its kind
before it (building 5), or both (88 Jianguo Road). One expression reads them from left to right; the company a
piece keeps settles its role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.address.model import AddressElement, Kind, Piece
from gateway.text.numerals import FIGURES_EN, english_number

MAX_NAME_WORDS = 4
"""Words of a name before the word for its kind."""
_ROAD = "ring road|road|rd|street|avenue|ave|lane|boulevard|highway|motorway|expressway|freeway|alley|flyover|overpass|underpass|tunnel"
_POI = (
    "police station|fire station|metro station|subway station|railway station|train station|bus station|coach station|petrol station|gas station|"
    "service area|bus stop|post office|shopping mall|shopping cent(?:re|er)|department store|night market|middle school|primary school|high school|"
    "car park|parking lot|coffee shop|hotel|hostel|inn|guest ?house|station|mall|plaza|square|gardens?|mansions?|towers?|building|park|hospital|clinic|school|kindergarten|"
    "university|college|campus|dormitory|airport|terminal|market|supermarket|shop|store|bar|pub|club|nightclub|ktv|cafe|restaurant|villas?|compound|community|estate|residences?|"
    "court|courtyard|cent(?:re|er)|stadium|arena|gym|pool|temple|church|mosque|museum|library|theat(?:re|er)|cinema|bank|pier|port|harbou?r|wharf|beach|bridge|river|lake|factory|"
    "warehouse|embassy|consulate|apartments?|zoo|hall|toll (?:gate|station|booth)|interchange|reservoir|construction site"
)
_NAMED = (
    "book ?(?:store|shop)|pharmacy|bakery|salon|barber ?shop|laundry|gallery|cathedral|monument|fountain|house|office|dorm|nursery|nursing home|canteen|dock|farm|mill|mine|"
    "quarry|plant|depot|works|workshop|massage|spa|noodles|grill|bistro|tea ?house|headquarters"
)
"""Kinds of place only with a name before them: a house is none."""
_BARE = (
    "police station|fire station|metro station|subway station|railway station|train station|bus station|coach station|petrol station|gas station|service area|bus stop|"
    "post office|shopping mall|shopping cent(?:re|er)|department store|night market|middle school|primary school|high school|car park|parking lot|construction site|toll (?:gate|station|booth)"
)
"""Kinds of place that people name alone."""
_BRANDS = r"mcdonald'?s|starbucks|kfc|burger king|pizza hut|family ?mart|7-eleven|seven[- ]eleven|walmart|carrefour|ikea|hilton|marriott|sheraton|holiday inn|luckin"
_PROVINCES = "zhejiang|jiangsu|guangdong|guangxi|fujian|jiangxi|anhui|hubei|hunan|henan|hebei|shandong|shanxi|shaanxi|sichuan|yunnan|guizhou|gansu|qinghai|jilin|liaoning|heilongjiang|hainan|xinjiang|tibet|ningxia|inner mongolia|taiwan"
_CITIES = (
    "beijing|shanghai|tianjin|chongqing|guangzhou|shenzhen|hangzhou|nanjing|suzhou|wuxi|ningbo|wenzhou|shaoxing|jinhua|wuhan|changsha|chengdu|kunming|guiyang|xi'an|xian|zhengzhou|jinan|qingdao|"
    "dalian|shenyang|harbin|changchun|xiamen|fuzhou|hefei|nanchang|nanning|haikou|sanya|taiyuan|shijiazhuang|lanzhou|urumqi|dongguan|foshan|zhuhai|hong kong|macau|taipei"
)
"""Provinces, and cities that are named without a word for their kind."""
_SIDE = "(?:north|south)[- ]?(?:east|west)(?:ern)?|north(?:ern)?|south(?:ern)?|east(?:ern)?|west(?:ern)?"
_NUMBER = rf"(?:{FIGURES_EN})"
_FIGURE = rf"(?:[a-z]?-?\d+[a-z]?(?:-\d+)?(?!\w)|{_NUMBER}|[a-z]\b(?!'))"
_ORDINALS = (
    "ground", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_TENTH = {"thirtieth": 30, "fortieth": 40, "fiftieth": 50}
_ORDINAL = rf"(?:(?:twenty|thirty|forty)[- ])?(?:{'|'.join(_ORDINALS)})|{'|'.join(_TENTH)}|\d{{1,3}}(?:st|nd|rd|th)|top|(?:minus|basement) {_NUMBER}"
_NO_NAME = (
    "i|he|she|it|we|they|you|me|my|his|her|its|our|their|your|them|us|a|an|the|this|that|these|those|there|here|is|are|was|were|be|been|am|do|does|did|has|have|had|can|will|would|could|"
    "should|not|no|yes|and|or|but|so|because|if|when|while|then|now|just|very|really|still|already|also|only|what|where|who|how|which|why|at|on|in|to|from|of|for|with|by|near|off|up|down|out|"
    "over|into|onto|about|after|before|past|going|go|went|come|coming|came|get|got|see|saw|want|think|know|say|said|tell|told|call|called|make|made|take|took|put|left|right|work|working|live|"
    "living|stay|staying|wait|waiting|stand|standing|sit|sitting|walk|walking|run|running|drive|driving|find|found|lost|stole|stolen|someone|somebody|people|man|men|woman|women|guy|guys|hello|"
    "hi|sir|madam|please|um|uh|er|okay|ok|yeah|like|well|sorry|mean|thanks|across|outside|inside|behind|opposite|under|between|around|along|through|towards?|beside|next|close|front|hurry|send|"
    "corner|intersection|junction|crossing|side|floor|room|flat|unit|number|block|some|any|all|another|other|same|whole|big|small|old|red|white|same|every|called|named|crashed|happened|fighting|"
    "fight|fire|accident|heading|bound|maybe|i'm|it's|he's|she's|we're|they're|there's|that's|i've|don't|address|location|kilomet(?:er|re)s?|met(?:er|re)s?|exit|gate|northbound|southbound|eastbound|westbound|stuck|trapped"
)
_WORD = rf"(?!(?:{_NO_NAME}|{_ROAD})\b(?!'))[a-z0-9][\w'&.]*(?:-[\w']+)*"
_NAME = rf"{_WORD}(?: {_WORD}){{0,{MAX_NAME_WORDS - 1}}}"
_POST = (
    rf"(?:kilomet(?:er|re)|km)(?: (?:post|marker|mark|number))? {_NUMBER}(?: ?(?:plus|\+) ?{_NUMBER})?(?: met(?:er|re)s)?"
    rf"|k ?\d+(?: ?\+ ?\d+)?\b|{_NUMBER} (?:kilomet(?:er|re)|km) (?:post|marker|mark)"
)
_METRES = (
    rf"(?:(?:about|around|roughly|some|maybe|another) )?{_NUMBER} ?(?:met(?:er|re)s?|m|kilomet(?:er|re)s?|km|miles?|blocks)\b"
    rf"(?: (?:to the )?(?:{_SIDE}|away|further|ahead|down|up|past|before|after)\b)*(?: (?:of|from)\b)?"
)
_RELATION = (
    "(?:right |just |directly |diagonally )?(?:opposite(?: to)?|across (?:the (?:street|road) )?from|across the (?:street|road)|next (?:door )?to|beside|near(?: to)?|close to|behind|in front of|"
    "outside|inside|between|under|underneath|on top of|past|upstairs|downstairs)"
    "|(?:corner|intersection|junction|crossroads|crossing)(?: of)?"
    f"|(?:{_SIDE}|far) (?:side|corner|end|edge|bank)(?: of)?|on the (?:left|right)(?: hand side)?|around the corner(?: from)?|(?:main |front |back )?(?:entrance|door) (?:of|to)"
)
_TOWARDS = rf"(?:{_SIDE})[- ]?bound|(?:heading |going |driving )?(?:towards?|in the direction of) (?:the )?{_WORD}(?: {_WORD}){{0,2}}|heading (?:for|to|{_SIDE})(?: {_WORD}){{0,3}}"
_READ = re.compile(
    rf"(?<![\w'])(?:(?P<post>{_POST})"
    rf"|(?P<floor>(?:{_ORDINAL}) (?:floor|storey|level)\b|(?:floor|level) (?:number )?{_FIGURE}|\d{{1,3}}f\b|basement\b)"
    rf"|(?P<room>(?:flat|apartment|apt\.?|room|suite|ward)(?: (?:number|no\.?))? {_FIGURE})"
    rf"|(?P<cell>(?:unit|staircase|stairwell)(?: (?:number|no\.?))? {_FIGURE})"
    rf"|(?P<house>(?:building|block|tower|villa)(?: (?:number|no\.?))? {_FIGURE})"
    rf"|(?P<group>(?:group|team) {_NUMBER})"
    rf"|(?P<lane>(?:lane|alley) {_NUMBER})"
    rf"|(?P<gate>(?:exit|gate|entrance|platform|terminal) {_FIGURE}|(?:{_SIDE}) (?:gate|entrance|exit)\b|(?:main|back|side) (?:gate|entrance)\b|(?:phase|zone|area|section) {_FIGURE})"
    rf"|(?P<away>{_METRES})"
    rf"|(?P<towards>{_TOWARDS})"
    rf"|(?P<code>[gs] ?\d{{1,4}}\b(?: (?:{_WORD} )?(?:{_ROAD})\b)?|(?:national|provincial|county) (?:highway|road) {_NUMBER})"
    rf"|(?P<school>(?:no\.?|number) ?\d{{1,2}} (?:{_WORD} ){{0,2}}(?:school|hospital)\b)"
    rf"|(?P<station>{_NAME} (?:{_ROAD}) (?:(?:metro|subway|bus|train|railway|police|fire|petrol|gas|toll) )?(?:station|stop|interchange|bridge)\b)"
    rf"|(?:(?P<no>(?:(?:number|no\.?) ?)?(?:\d+[a-z]?(?:-\d+)?|{_NUMBER})),? )?(?P<road>{_NAME} (?:{_ROAD})\b(?: (?:{_SIDE}|cent(?:re|er)|middle)\b)?)"
    rf"|(?P<number>(?:number|no\.?) ?(?:\d+[a-z]?(?:-\d+)?|{_NUMBER}))"
    rf"|(?P<assist>(?:{_RELATION})\b)"
    rf"|(?P<named>{_NAME} (?P<kind>{_POI}|{_NAMED}|village|town|township|subdistrict|district|county|city|province|development zone|industrial (?:zone|park))\b)"
    rf"|(?P<loose>[a-z]?\d{{3,4}}[a-z]?)\b(?!-)"
    rf"|(?P<ring>ring road)\b"
    rf"|(?P<prov>(?:{_PROVINCES})\b)|(?P<city>(?:{_CITIES})\b)"
    rf"|(?P<bare>(?:{_BARE}|{_BRANDS})\b|(?<=the )(?:{_POI})\b))"
)
_KINDS = {
    "post": Kind.ROAD_NO, "floor": Kind.FLOOR_NO, "room": Kind.ROOM_NO, "cell": Kind.CELL_NO, "house": Kind.HOUSE_NO, "group": Kind.ROAD,
    "lane": Kind.SUB_ROAD, "gate": Kind.SUB_POI, "away": Kind.ASSIST, "towards": Kind.ASSIST, "code": Kind.ROAD, "school": Kind.POI, "number": Kind.HOUSE_NO,
    "assist": Kind.ASSIST, "station": Kind.POI, "bare": Kind.POI,
    "ring": Kind.ROAD, "prov": Kind.PROV, "city": Kind.CITY, "loose": Kind.OTHER,
}  # fmt: skip
_DIVISIONS = {
    "village": Kind.COMMUNITY, "town": Kind.TOWN, "township": Kind.TOWN, "subdistrict": Kind.TOWN, "district": Kind.DISTRICT, "county": Kind.DISTRICT,
    "city": Kind.CITY, "province": Kind.PROV, "development zone": Kind.DEV_ZONE, "industrial zone": Kind.DEV_ZONE, "industrial park": Kind.POI,
}  # fmt: skip
_JOINT = re.compile(r"[ ,]*(?P<word>and|&|at|with)(?: the)? ")
_COLOUR = re.compile(r"\b(?:Red|White|Old|Big|Small|Same) $")
"""Words that begin names only in capitals."""
_ROADS = (Kind.ROAD, Kind.SUB_ROAD)
_HOLD_ROOMS = (Kind.FLOOR_NO, Kind.CELL_NO, Kind.HOUSE_NO, Kind.POI, Kind.SUB_POI)
"""After these a number of three or four figures is a room."""
_NEXT = re.compile("[ ,]+")


def pieces_of(text: str, folded: str) -> list[Piece]:
    """The pieces of English text in their order, each with its role."""
    made: list[Piece] = []
    for start, end, kind in _read(text, folded):
        last = made[-1] if made else None
        if kind is Kind.ROAD and last is not None:
            joint = _JOINT.fullmatch(folded, last[1], start) if last[2] in _ROADS else None
            if joint is not None:
                made.append((joint.start("word"), joint.end("word"), Kind.ASSIST))
        if kind is Kind.OTHER:
            if last is None or last[2] not in _HOLD_ROOMS or not _NEXT.fullmatch(folded, last[1], start):
                continue
            kind = Kind.ROOM_NO
        numbered = last is not None and last[2] is Kind.HOUSE_NO and folded[last[0]] == "n"
        if last is not None and numbered and kind in _ROADS and _NEXT.fullmatch(folded, last[1], start):
            made[-1] = (last[0], last[1], Kind.ROAD_NO)
        made.append((start, end, _role(kind, folded[start:end], made)))
    return made


def _read(text: str, folded: str) -> Iterator[Piece]:
    at = 0
    while match := _READ.search(folded, at):
        at = max(match.end(), at + 1)
        group = str(match.lastgroup)
        if match["road"] is not None:
            start, end = _capitals(text, *match.span("road"))
            if match["no"] is not None and start == match.start("road"):
                yield (*match.span("no"), Kind.ROAD_NO)
            yield start, end, Kind.ROAD
        elif match["named"] is not None:
            start, end = _capitals(text, *match.span("named"))
            kind = _DIVISIONS.get(match["kind"], Kind.POI)
            if start < match.start("kind") or match["kind"] not in _DIVISIONS:
                yield start, end, kind
        elif group == "station":
            yield (*_capitals(text, *match.span(group)), _KINDS[group])
        else:
            yield (*match.span(group), _KINDS[group])


def _capitals(text: str, start: int, end: int) -> tuple[int, int]:
    """A name in capitals begins with its first word in a row that has one: police at Jianguo Road."""
    colour = _COLOUR.search(text, max(0, start - 8), start)
    if colour is not None:
        start = colour.start()
    words = [(found.start(), found[0][0]) for found in re.finditer(r"\S+", text[start:end])]
    if not words[-1][1].isupper():
        return start, end
    for at, (_, first) in reversed(list(enumerate(words))):
        if first.islower():
            return start + words[at + 1][0], end
    return start, end


def _role(kind: Kind, word: str, before: list[Piece]) -> Kind:
    seen = {one for _, _, one in before}
    last = before[-1][2] if before else Kind.OTHER
    if kind is Kind.ROAD and not word.startswith(("group", "team")) and seen & {Kind.ROAD}:
        return Kind.SUB_ROAD
    if kind is Kind.SUB_POI and Kind.POI not in seen:
        return Kind.POI
    if kind is Kind.POI and Kind.POI in seen:
        return Kind.SUB_POI
    if kind is Kind.HOUSE_NO and last in _ROADS and word.startswith("n"):
        return Kind.ROAD_NO
    return kind


_FIGURES = re.compile(FIGURES_EN)
_KILOMETRE = re.compile(r"\d+")
_LABEL = re.compile(r"^(?:number|no\.?|#) ?")


def value_of(kind: Kind, said: str) -> str:
    """An English element for machines: figures for words, the label before the number (third floor: floor 3)."""
    folded = said.lower()
    if kind is Kind.FLOOR_NO:
        return _floor(folded)
    if kind in (Kind.ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.ROOM_NO):
        folded = _LABEL.sub("", _figures(folded))
        parts = _KILOMETRE.findall(folded)
        if kind is Kind.ROAD_NO and folded[0] == "k" and parts:
            return f"K{int(parts[0])}+{int(parts[1]) if len(parts) > 1 else 0:03}"
        return re.sub(r"(?<![a-z])[a-z]$", lambda one: one[0].upper(), folded)
    return _figures(said) if kind is Kind.ASSIST else said


def _floor(folded: str) -> str:
    for value, word in enumerate(_ORDINALS):
        if re.search(rf"\b{word}\b", folded):
            tens = re.match(r"(twenty|thirty|forty)[- ]", folded)
            return f"floor {value + (english_number(tens[1]) or 0 if tens else 0)}"
    for word, value in _TENTH.items():
        if folded.startswith(word):
            return f"floor {value}"
    number = re.search(r"\d+", _figures(folded))
    below = "-" if folded.startswith(("minus", "basement")) else ""
    return f"floor {below}{number[0]}" if number else folded


def _figures(said: str) -> str:
    return _FIGURES.sub(
        lambda one: str(english_number(one[0])) if english_number(one[0]) is not None else one[0], said
    )


def line(elements: tuple[AddressElement, ...]) -> str | None:
    """The elements in one line as they were said; what was taken back or said twice is left out."""
    made, glued = "", True
    for one in elements:
        if one.kind in (Kind.REDUNDANT, Kind.OTHER):
            continue
        joint = one.kind is Kind.ASSIST and one.value in ("and", "&", "at", "with")
        made += (" " if glued or joint else ", ") * bool(made) + one.value
        glued = one.kind is Kind.ASSIST or (one.kind is Kind.ROAD_NO and not one.value.startswith("K"))
    places = {one.kind for one in elements} - {Kind.REDUNDANT, Kind.OTHER, Kind.ASSIST}
    return made if places else None
