"""What triage says of a call: codes, evidence, and the assessment that stands on the card.

The enumerations are the only list of codes in the program; documents, events, pages and files use their
values. Everything here is advice with its evidence. It may raise the urgency of a call; only a person
lowers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gateway.speech.model import Leg, Word


class AlarmClass(StrEnum):
    """The three-way verdict: 有效警情, 非警务求助, and doubt, which goes to a person."""

    VALID_ALARM = "valid_alarm"
    NON_POLICE = "non_police"
    UNSURE = "unsure"


class Nature(StrEnum):
    """What kind of matter it is. The official 警情类别 table is the customer's; these are the product's own
    codes."""

    ROBBERY = "robbery"
    THEFT = "theft"
    FRAUD = "fraud"
    FIGHT = "fight"
    DOMESTIC_VIOLENCE = "domestic_violence"
    SEXUAL_OFFENCE = "sexual_offence"
    HOMICIDE_THREAT = "homicide_threat"
    KIDNAPPING = "kidnapping"
    MISSING_PERSON = "missing_person"
    SUICIDE_RISK = "suicide_risk"
    TRAFFIC_ACCIDENT = "traffic_accident"
    DRUNK_DRIVING = "drunk_driving"
    FIRE = "fire"
    EXPLOSION_HAZARD = "explosion_hazard"
    PERSON_IN_DANGER = "person_in_danger"
    MASS_EVENT = "mass_event"
    GAMBLING_DRUGS = "gambling_drugs"
    PUBLIC_DISTURBANCE = "public_disturbance"
    NOISE = "noise"
    LOST_PROPERTY = "lost_property"
    POLICE_COMPLAINT = "police_complaint"
    OTHER_CRIME = "other_crime"
    NONE = "none"


class Department(StrEnum):
    """Who takes a non-police request (国办发〔2022〕12号: 110 hands over to 12345 and the departments)."""

    LABOUR_BUREAU = "labour_bureau"
    MARKET_SUPERVISION = "market_supervision"
    URBAN_CONSTRUCTION = "urban_construction"
    LEGAL_SERVICE_CENTRE = "legal_service_centre"
    TELECOMMUNICATIONS_BUREAU = "telecommunications_bureau"
    PUBLIC_HOTLINE_12345 = "public_hotline_12345"


class EmergencyPartner(StrEnum):
    """Who is called in beside the police by three-party call; `other_110` is a neighbouring city's centre."""

    FIRE_119 = "fire_119"
    AMBULANCE_120 = "ambulance_120"
    TRAFFIC_122 = "traffic_122"
    OTHER_110 = "other_110"


class VetoCode(StrEnum):
    """A danger word that forbids the verdict "non-police". `fire` means gas too, `threat_to_life` screams
    too."""

    WEAPON = "weapon"
    INJURY = "injury"
    FIRE = "fire"
    CHILD = "child"
    SUICIDE = "suicide"
    CONFINED = "confined"
    CANNOT_SPEAK = "cannot_speak"
    THREAT_TO_LIFE = "threat_to_life"


class FindingKind(StrEnum):
    """What a finding tells of: the matter itself, or the kind of call it is.

    Of the latter none is proof that nothing is wrong. `case`: words of court and police files; they say that
    there was an offence but not which. `child`, `drunk`, `silence`, `line_noise`: how it sounds, always
    unsure. `pocket_dial`, `wrong_number`, `test_call`, `prank`, `idle_talk`: what the caller says it is.
    """

    MATTER = "matter"
    CASE = "case"
    CHILD = "child"
    DRUNK = "drunk"
    SILENCE = "silence"
    LINE_NOISE = "line_noise"
    POCKET_DIAL = "pocket_dial"
    WRONG_NUMBER = "wrong_number"
    TEST_CALL = "test_call"
    PRANK = "prank"
    IDLE_TALK = "idle_talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What one side said without a long pause, final or not. `segment_index` counts within the speaker."""

    segment_index: int
    speaker: Leg
    text: str
    started_ms: int
    ended_ms: int
    words: tuple[Word, ...] = ()

    def __hash__(self) -> int:
        """Of what tells two apart; the words of a long one are many."""
        return hash((self.segment_index, self.speaker, self.started_ms, self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters `start` (included) to `end` (excluded) of an utterance's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of an utterance, and where to hear them."""

    segment_index: int
    speaker: Leg
    span: Span
    quote: str
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that spoke, with the words it spoke on and where to hear them. `further`: words of earlier
    utterances that it needs beside them (我老公他… before 又打我了, a question before its answer), the latest
    first.

    `weight` 0 to 1 is how much this alone says. A rule that rests on a condition (silence, repeat calls)
    and not on words has no segment, an empty span and an empty quote.
    """

    rule_id: str
    alarm_class: AlarmClass
    nature: Nature | None
    department: Department | None
    priority: int
    partners: tuple[EmergencyPartner, ...]
    segment_index: int | None
    speaker: Leg | None
    span: Span
    quote: str
    started_ms: int
    ended_ms: int
    explanation_zh: str
    explanation_en: str
    next_question_zh: str | None = None
    next_question_en: str | None = None
    weight: float
    kind: FindingKind = FindingKind.MATTER
    further: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A veto that fired: the words, where to hear them, and which list it was. It stands even when the text
    changes."""

    code: VetoCode
    segment_index: int | None
    speaker: Leg
    span: Span
    quote: str
    started_ms: int
    ended_ms: int
    list_hash: str
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A value for the card, taken from the caller's words.

    `field` is one of: address_text, children, direction, goods (what was taken), language (a BCP 47 tag),
    loss (yuan, another currency is named), name, people (how many there are), people_injured (0: denied),
    phone, plate, relationship (of whom the caller speaks: 老公, neighbour), suspect (clothes, build, age),
    time, vehicle, weapon. Numbers of `value` are figures, `quote` is as it was said; the parts of an address
    told in several turns are joined, their place is that of the leading one. A partial plate begins with
    `*`. Several values of one field stand side by side.
    """

    field: str
    value: str
    segment_index: int
    speaker: Leg
    span: Span
    quote: str
    started_ms: int
    ended_ms: int
    confidence: float


SECOND_OPINION = "second-opinion"
"""`rule_id` of the findings that are no rule's: what the statistical model moved, and how sure it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAlone:
    """The verdict without the second opinion."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the statistical model says of the caller's words, beside the rules' verdict.

    Pairs of code and calibrated probability, the likeliest first, at most `MAX_SHOWN` of each. `natures` are
    given that it is an alarm, `departments` given that it is not; either may be empty, where the model was
    taught too little. `model` is its card's name and the beginning of its hash.
    """

    model: str
    classes: tuple[tuple[AlarmClass, float], ...]
    natures: tuple[tuple[Nature, float], ...] = ()
    departments: tuple[tuple[Department, float], ...] = ()
    known: float = 1.0
    """Share of the words that the model was taught with, 0 to 1."""
    familiar: bool = True
    """The words are of the kind it was taught with, and enough; else it may contradict, and moves nothing
    more."""
    raised: bool = False
    """It contradicts "non-police" so strongly that the verdict became unsure."""
    rules: RulesAlone | None = None
    """What the rules alone made of the call, where this opinion moved it; None: it moved nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The verdict on a call so far, with everything it rests on.

    `priority`: 1 life in danger now, 2 crime or danger in progress, 3 police needed, not urgent, 4 none.
    `department` stands beside `non_police`, and beside `unsure` as a proposal for the person who decides;
    `department_reason_*` cites the duty it rests on. `basis` is "no_text"
    when nothing was heard that could be judged: then the verdict is always `unsure`.
    """

    alarm_class: AlarmClass
    nature: Nature
    nature_alternatives: tuple[tuple[Nature, float], ...]
    priority: int
    department: Department | None
    department_reason_zh: str | None
    department_reason_en: str | None
    partners: tuple[EmergencyPartner, ...]
    findings: tuple[Finding, ...]
    vetoes: tuple[Veto, ...]
    extracted: tuple[Extracted, ...]
    next_question_zh: str | None
    next_question_en: str | None
    pack_hash: str
    veto_hash: str
    basis: Literal["text", "no_text"]
    department_alternatives: tuple[tuple[Department, float], ...] = ()
    """Departments nearly as fitting as `department`, each with its share (0 to 1) of the evidence for it."""
    opinion: Opinion | None = None
    """The statistical second opinion; None: there is no model, or it does not know such words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the call knows beside its words; rules may make conditions of it. `None` means not known.

    `silent_ms` time since the caller's last recognised word, or the answer, `repeat_calls_30d` earlier
    calls of this number in thirty days, `local_hour` 0 to 23 at the site, `ended` the call is over,
    `speech_dead` the recognizer gives nothing although there is sound, `language` of the line when told from
    outside ("zh", "en"), `location_kind` what is known of the place (none, address, point, area, outside).
    """

    silent_ms: int | None = None
    repeat_calls_30d: int | None = None
    local_hour: int | None = None
    ended: bool = False
    speech_dead: bool = False
    language: str | None = None
    location_kind: str | None = None
