# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Places in English: names with the word for their kind (Binjiang Road, Harbour Mall), numbers of buildings and
rooms, and the small words that say where at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.normalise import normalise
from gateway.text.numerals import FIGURES_EN
from gateway.triage.extract.found import Found

_ROAD = r"road|rd|street|st|avenue|ave|lane|boulevard|highway|motorway|expressway|freeway|alley|bridge|flyover|overpass|underpass|tunnel|ring road|roundabout|crossroads?|intersection|junction|footbridge"
_POI = (
    r"hotel|hostel|inn|guesthouse|guest house|station|metro|subway|metro station|railway station|train station|bus station|bus stop|tram stop|mall|plaza|square|gardens?|mansions?|tower|towers|building|park|hospital|clinic|school|kindergarten|university|college|campus|dorm|dormitory|airport|terminal|"
    r"market|night market|supermarket|shop|store|bar|pub|club|nightclub|ktv|cafe|café|coffee shop|restaurant|noodle shop|villas?|compound|community|estate|residence|residences|court|courtyard|centre|center|stadium|arena|gym|pool|temple|church|mosque|museum|library|theatre|theater|cinema|bank|atm|pier|port|"
    r"harbour|harbor|dock|wharf|beach|riverbank|river|lake|hill|trail|factory|warehouse|office|embassy|consulate|city|village|town|district|apartments?|garage|car park|parking lot|petrol station|gas station|service area|toll gate|exit|gate|entrance|rink|zoo|tower block|ferry|skyscraper|playground|hall"
)
_BRAND = r"mcdonald'?s|starbucks|kfc|burger king|pizza hut|family ?mart|seven[- ]eleven|7-eleven|walmart|carrefour|ikea|hilton|marriott|sheraton|hyatt|holiday inn|decathlon|costa|subway shop|luckin"
_COUNTED = r"building|block|tower|unit|entrance|flat|apartment|apt|room|floor|level|gate|exit|villa|house|number|no|platform|line|lift|door|shop|pier|bus|zone|section|row|garage row|stairwell|staircase|bed|ward"
_NUMBER = rf"(?:(?:number|no\.?) )?(?:minus |b )?(?:{FIGURES_EN}|[a-z]\b(?!')|b ?\d\b)"
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th)|ground|top|basement"
_NOT_NAME = (
    r"i|i'm|i'd|i've|i'll|he|he's|she|she's|it|it's|we|we're|we've|they|they're|you|me|my|his|her|our|their|your|them|us|a|an|the|this|that|these|those|there|there's|here|here's|is|are|was|were|be|been|am|do|does|did|don't|have|has|had|can|can't|"
    r"will|would|could|should|not|no|yes|and|or|but|so|because|if|when|while|then|now|just|very|really|still|already|also|only|what|where|who|how|which|why|at|on|in|to|from|of|for|with|by|near|off|up|down|out|over|into|onto|about|after|before|past|"
    r"going|go|went|come|coming|came|get|got|getting|see|saw|want|wants|think|know|say|says|said|tell|told|call|called|make|made|take|took|taken|put|left|work|working|live|living|stay|staying|wait|waiting|stand|standing|sit|sitting|walk|walking|run|running|"
    r"drive|driving|find|found|lost|stole|stolen|someone|somebody|people|man|woman|guy|guys|police|hello|hi|sir|please|um|uh|er|okay|ok|yeah|like|well|sorry|thanks|one's|across|outside|inside|behind|opposite|under|between|around|along|through|towards?|"
    r"moved?|send|finish|paid|pay|hit|push|pushed|kick|fell|jump|help|every|everything|everyone|some|any|all|another|other|same|whole|big|nice|public|private|local|our|next"
)
_WORD = rf"(?!(?:{_NOT_NAME})\b)[a-z0-9][\w'’.&-]*"
_PART = re.compile(
    rf"(?P<numbered>\b(?:{_COUNTED}) {_NUMBER}(?!\s?(?:times|people|minutes|hours|men|dollars|yuan))|\b(?:the )?(?:{_ORDINAL}) floor\b)"
    rf"|(?P<road>\b(?:{_NUMBER} )?(?:{_WORD} ){{1,4}}(?:{_ROAD})\b|\bring road\b)"
    rf"|(?P<poi>\b(?:{_WORD} ){{1,4}}(?:{_POI})\b|\b(?:{_BRAND})\b)"
    rf"|(?P<generic>\b(?:{_POI}|{_ROAD})\b(?: called (?:{_WORD} ?){{1,3}})?)"
)
_WORTH = {"numbered": 1.2, "road": 2.0, "poi": 1.7, "generic": 0.5}
_FILL = r"the|a|an|of|and|at|on|in|near|by|beside|next to|close to|opposite|behind|outside|inside|in front of|across from|between|corner|to|from|with|is|it's|called|there's|that's|i think|uh|um|er|like|right|just|off|under|above|below|over|past|after|before|towards?|big|little|small|old|new|main|north|south|east|west|side|left|end|where|this|that"
_GLUE = re.compile(rf"[ ,]*(?:(?:{_FILL})\b[ ,]*){{0,5}}")
_HEAD = re.compile(
    r"(?:\b(?:outside|in front of|opposite|behind|near|next to|inside|across from|under|at the corner of|on the corner of|beside|close to|on top of)\s(?:the |a |an )?)$"
)
_HERE = re.compile(
    r"(?:\b(?:i'm|i am|we're|we are|im|he's|she's|they're|it's|it is|this is|address is|location is|my address|address|come to|live (?:at|in|on)|staying (?:at|in)|waiting (?:at|in|outside|by)|standing (?:at|in|outside|by)|here (?:at|in|on)|happen(?:ed|ing)? (?:at|in|on)|right (?:at|by|outside))(?: now| here| still| sitting| standing)?(?: at| in| on| by| near)?(?: the| a)?[ ,]*)$"
)
_ELSEWHERE = re.compile(
    r"\b(?:to|from|about|work(?:s|ing)? (?:at|in|for)|call(?:ed)?|complain\w* about|complaint about|for|with|send|owner of|manager of|book(?:ed)?|paid|boss of|my|our|his|her|moved out of|found a|rent(?:ed)?)\s(?:the |a |an |my |our )?$"
)
_SENTENCE = re.compile(r"[^.!?;\n]+")
_CLAUSE = re.compile(r"[^,]+")
_VERBAL = re.compile(
    r"\b(?:i|i'm|i've|he|he's|she|she's|it|it's|we|we're|they|they're|you|me|my|his|is|are|was|were|am|do|does|did|don't|have|has|had|can|can't|will|would|want|know|said|says|please|help|hurry|quick|quickly|come|police|sorry|hello|hi|thanks|thank|yes|no|okay|ok|going|"
    r"went|took|stole|hit|man|men|woman|guy|guys|people|someone|somebody|years?|minutes?|hours?|ago|now|today|yesterday|phone|plate|car|knife|gun|blood|bleeding|fire|smoke|wearing|jacket|shirt|hair|name|yuan|dollars)\b"
)
MAX_WORDS = 7
SURE_AT = 2.0


def places(text: str) -> Iterator[Found]:
    """Every place of one folded English utterance."""
    for sentence in _SENTENCE.finditer(text):
        for chain in _chains(text, *sentence.span()):
            start, end = chain[0].start(), chain[-1].end()
            score = sum(_WORTH[str(part.lastgroup)] for part in chain) + _cue(
                text, start, end, sentence.start()
            )
            if head := _HEAD.search(text[sentence.start() : start]):
                start -= len(head[0])
                score += 0.3
            if score >= SURE_AT:
                start, end = _widened(text, start, end, *sentence.span())
            said = text[start:end].rstrip(" ,")
            yield Found("address_text", normalise(said).text, start, start + len(said), _confidence(score))


def _confidence(score: float) -> float:
    return round(max(0.1, min(0.95, 0.3 + score / 10)), 2)


def _chains(text: str, start: int, end: int) -> list[list[re.Match[str]]]:
    made: list[list[re.Match[str]]] = []
    for part in _PART.finditer(text, start, end):
        if made and _GLUE.fullmatch(text, made[-1][-1].end(), part.start()):
            made[-1].append(part)
        else:
            made.append([part])
    return made


def _cue(text: str, start: int, end: int, sentence: int) -> float:
    before = text[max(sentence, start - 40) : start]
    if _HERE.search(before):
        return 1.0
    if not before.strip(" ,\"'"):
        return 0.5 if text[end : end + 1] in ("", ",", ".", "!", "?") else 0.2
    return -1.0 if _ELSEWHERE.search(before) else 0.0


def _widened(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """With the clauses of the same sentence that only name: Harbour Mall, second floor, the shoe shop Solemate."""
    for clause in _CLAUSE.finditer(text, first, last):
        said = clause[0].strip()
        bare = 0 < len(said.split()) <= MAX_WORDS and not _VERBAL.search(said)
        if bare and clause.start() <= start and end <= clause.end():
            start = clause.start() + len(clause[0]) - len(clause[0].lstrip())
        if clause.start() < end <= clause.end() and not _VERBAL.search(text[end : clause.end()]):
            if len(text[end : clause.end()].split()) <= MAX_WORDS:
                end = clause.end()
        elif clause.start() >= end:
            if not bare:
                break
            end = clause.end()
    return start, end
