"""What a second opinion may do to a verdict. Pure and total.

It never decides non-police by itself, and it lowers nothing that a rule calls an alarm or a danger:

- the rules say non-police and it takes the call for an alarm, or for one that nobody can tell: unsure, a
  person looks (`RAISE_AT`);
- the rules are unsure and it is sure of an alarm: a valid alarm (`LIFT_AT`);
- the rules find an alarm that the model takes for none, or for a call that nobody can tell: unsure, as
  urgent as before. The less the rules have, the sooner (`_doubts_at`): one word alone is often harmless
  where it stands (能不能放炮, 打牌炸了);
- the rules are unsure but propose a department, nothing speaks against it, and it is as good as certain that
  the call is no alarm: two agree on non-police (`AGREE_AT`);
- which nature or department leads is weighed by both.

Whatever it moved stands as a finding of its own with the rules' verdict beside it (`Opinion.rules`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.speech.model import Leg
from gateway.triage.classifier import Classifier, Heard
from gateway.triage.department import civil_wish
from gateway.triage.engine import Scan, Triage
from gateway.triage.model import (
    SECOND_OPINION,
    AlarmClass,
    Assessment,
    Context,
    Finding,
    FindingKind,
    Nature,
    Opinion,
    RulesAlone,
    Span,
    Utterance,
    Veto,
    VetoCode,
)
from gateway.triage.verdict import DEFAULT_QUESTION

RAISE_AT = 0.6
"""Probability that a call is an alarm, or nobody can tell, from which "non-police" is contradicted: rules
miss what people tell without its name, and a contradiction costs no more than a person's look."""
TOLD_RAISE_AT = 0.75
TOLD = 1.5
"""The same where a civil wish is told by more than one of its words (evidence, see `CivilWish.told`) and no
rule doubts it."""
LIFT_AT = 0.93
DANGER_LIFTS_AT = 0.8
PLAY_LIFTS_AT = 0.95
NEVER = 2.0
"""Probability of an alarm from which "unsure" becomes a valid alarm: in general, where a danger word stands,
and where one stands though the caller sounds like play, a wrong number or a pocket dial."""
AGREE_AT = 0.75
"""Probability of no alarm from which a proposed department becomes the verdict."""
DOUBT_AT = 0.85
CERTAIN = 0.9
"""Probability of no alarm from which a valid alarm is left to a person, as urgent as before; not where it
already stands on the card, nor where the evidence of several rules is CERTAIN."""
ALONE_DOUBT_AT = 0.7
"""The same where a single rule speaks, however sure it is, and no danger word stands beside it."""
DANGER_DOUBT_AT = 0.5
"""The same where danger words alone make the alarm and no rule knows of what kind it is."""
SUICIDE_DOUBT_AT = 0.7
"""The same where one of the danger words is of suicide."""
CIVIL_DOUBT_AT = 0.9
"""Probability of non-police from which an alarm is left to a person, save one of suicide or one that several
rules are PROVEN of: figures of speech come in heaps (这不是抢劫吗), and of those who are in danger
hardly one sounds so civil."""
PROVEN = 0.97
"""Evidence of several rules that no model doubts."""
FEW_DOUBT_AT = 0.9
"""The least of it in a few words."""
KNOWN = 0.6
"""Share of its words that the model was taught, below which they are not few but strange."""
SLACK = 0.1
"""So much less keeps what stands, so that the card does not flap."""
RULES_COUNT = 0.6
"""What the rules' evidence for a nature (0 to 1) counts against the model's probability: people tell
without naming, and rules know names best."""
OWNER_COUNTS = 0.7
"""What a rule's leading department counts against the model's probability."""
STRANGE, AT_HOME = 0.6, 0.9
"""Share of its words that the model was taught: up to the first its word on nature and department counts
nothing beside the rules', from the second on in full. Other people's calls lie between, letters and files
near the first."""
STANDS = 0.1
"""Counted for the nature that stands on the card, so that it does not flap."""
WRITTEN = 80
"""Characters in one breath that nobody speaks: whose such a wish is, the rules' words say better."""
TRACE = 0.3
"""Evidence of an alarm from which two cannot agree on non-police."""
RAISED_PRIORITY = 3


def seconded(
    judged: Assessment,
    opinion: Opinion | None,
    previous: Assessment | None = None,
    *,
    letter: bool = False,
    written: bool = False,
    speech_dead: bool = False,
    duties: Mapping[str, tuple[str, str]] | None = None,
) -> Assessment:
    """The assessment with the opinion beside it, and what it moved. `duties`: department to what it answers
    for, zh and en. `letter`: the words are a letter to an office, `written`: nobody speaks so. Of words that
    are none of a caller's (letters, files, unfamiliar ones) it may contradict "non-police", nothing more.
    `speech_dead`: the caller is not heard now."""
    if opinion is None:
        return judged
    called = not letter and not _of_a_file(judged.findings)
    spoken = called and opinion.familiar
    moved = _classed(judged, opinion, previous, spoken=spoken, talk=called and not written, deaf=speech_dead)
    if spoken and not written and moved.department is not None:
        moved = _owned(moved, opinion, duties or {})
    if spoken and moved.alarm_class is not AlarmClass.NON_POLICE:
        moved = _named(moved, opinion, previous)
    return _told(judged, moved, opinion)


def _of_a_file(findings: Sequence[Finding]) -> bool:
    """Words of court and police files: the model was taught with callers."""
    return any(found.kind is FindingKind.CASE for found in findings)


def _classed(
    judged: Assessment,
    opinion: Opinion,
    previous: Assessment | None,
    *,
    spoken: bool,
    talk: bool,
    deaf: bool,
) -> Assessment:
    """`talk`: words of a caller that nobody wrote; `spoken`: words of a caller that the model knows."""
    classes = dict(opinion.classes)
    alarm, civil = classes.get(AlarmClass.VALID_ALARM, 0.0), classes.get(AlarmClass.NON_POLICE, 0.0)
    before = previous.opinion.rules if previous and previous.opinion else None
    stood = previous.alarm_class if previous and before else None
    match judged.alarm_class:
        case AlarmClass.NON_POLICE if 1 - civil >= _raises_at(judged) - (
            SLACK if stood is AlarmClass.UNSURE else 0
        ):
            return _as(judged, AlarmClass.UNSURE)
        case AlarmClass.VALID_ALARM if talk and 1 - alarm >= _doubts_at(judged, previous, opinion):
            return _as(judged, AlarmClass.UNSURE)
        case AlarmClass.UNSURE if spoken and judged.basis == "text":
            if alarm >= _lifts_at(judged) - (SLACK if stood is AlarmClass.VALID_ALARM else 0):
                return _as(judged, AlarmClass.VALID_ALARM)
            agreed = AGREE_AT - (SLACK / 2 if stood is AlarmClass.NON_POLICE else 0)
            if civil >= agreed and not deaf and _unopposed(judged):
                civilian = replace(judged, alarm_class=AlarmClass.NON_POLICE, priority=4, partners=())
                return replace(civilian, nature=Nature.NONE)
    return judged


def _raises_at(judged: Assessment) -> float:
    """Probability that a call is no civil wish from which a person looks."""
    doubted = any(found.alarm_class is AlarmClass.UNSURE for found in judged.findings)
    told = judged.department is not None and civil_wish(judged.findings).told >= TOLD
    return TOLD_RAISE_AT if told and not doubted else RAISE_AT


def _doubts_at(judged: Assessment, previous: Assessment | None, opinion: Opinion) -> float:
    """Probability of no alarm from which what the rules call one is left to a person; NEVER where it stands
    on the card, where only a person lowers it, where a rule says that somebody may take their life, and in
    words of a kind that the model does not know."""
    stands = previous is not None and previous.alarm_class is AlarmClass.VALID_ALARM
    alarms = [found for found in judged.findings if found.alarm_class is AlarmClass.VALID_ALARM]
    suicide = any(Nature.SUICIDE_RISK in (judged.nature, found.nature) for found in alarms)
    if stands or suicide or (not opinion.familiar and opinion.known < KNOWN):
        return NEVER
    rules = {found.rule_id for found in alarms}
    known = max((weight for _, weight in judged.nature_alternatives), default=0.0)
    if dict(opinion.classes).get(AlarmClass.NON_POLICE, 0.0) >= CIVIL_DOUBT_AT:
        return CIVIL_DOUBT_AT if len(rules) == 1 or known < PROVEN else NEVER
    if not rules:
        suicide = any(veto.code is VetoCode.SUICIDE for veto in judged.vetoes)
        needed = SUICIDE_DOUBT_AT if suicide else DANGER_DOUBT_AT
    elif len(rules) == 1 and not judged.vetoes:
        needed = ALONE_DOUBT_AT
    else:
        needed = DOUBT_AT if len(rules) == 1 or known < CERTAIN else NEVER
    return needed if opinion.familiar else max(needed, FEW_DOUBT_AT)


def _lifts_at(judged: Assessment) -> float:
    if _plays(judged.findings):
        return PLAY_LIFTS_AT if judged.vetoes else NEVER
    return DANGER_LIFTS_AT if judged.vetoes else LIFT_AT


def _as(judged: Assessment, alarm_class: AlarmClass) -> Assessment:
    """Of another class, a person's: no less urgent, and asked for the place where nothing else is asked."""
    asked = judged.next_question_zh, judged.next_question_en
    zh, en = asked if asked != (None, None) else DEFAULT_QUESTION
    return replace(
        judged,
        alarm_class=alarm_class,
        priority=min(judged.priority, RAISED_PRIORITY),
        next_question_zh=zh,
        next_question_en=en,
    )


def _plays(findings: Sequence[Finding]) -> bool:
    """The call says, or sounds, what kind of call it is."""
    return any(found.kind not in (FindingKind.MATTER, FindingKind.CASE) for found in findings)


def _unopposed(judged: Assessment) -> bool:
    """The rules know whose wish it is, no danger word fired, and no rule hears an alarm."""
    return (
        judged.department is not None
        and not judged.vetoes
        and not _plays(judged.findings)
        and all(
            found.alarm_class is not AlarmClass.VALID_ALARM or found.weight < TRACE
            for found in judged.findings
        )
    )


def _named(judged: Assessment, opinion: Opinion, previous: Assessment | None) -> Assessment:
    """The nature that both together find likeliest leads."""
    shares = dict(opinion.natures)
    if not shares:
        return judged
    known, trust = dict(judged.nature_alternatives), _trust(opinion)
    counts = {
        one: RULES_COUNT * known.get(one, 0.0) + trust * shares.get(one, 0.0) for one in (*known, *shares)
    }
    if previous and previous.nature in counts:
        counts[previous.nature] += STANDS
    nature = max(counts, key=lambda one: counts[one])
    if nature is judged.nature:
        return judged
    others = tuple(pair for pair in judged.nature_alternatives if pair[0] is not nature)
    told = round(max(known.get(nature, 0.0), shares.get(nature, 0.0)), 3)
    return replace(judged, nature=nature, nature_alternatives=((nature, told), *others)[:5])


def _owned(judged: Assessment, opinion: Opinion, duties: Mapping[str, tuple[str, str]]) -> Assessment:
    """The department that both together find likeliest: the model's word counts between what rules named."""
    near, trust = dict(judged.department_alternatives), _trust(opinion)
    shares = {one: trust * share for one, share in opinion.departments}
    leading = judged.department
    if not shares or leading is None:
        return judged
    counts = {leading: OWNER_COUNTS + shares.get(leading, 0.0)}
    counts |= {one: OWNER_COUNTS * share + shares.get(one, 0.0) for one, share in near.items()}
    for one, share in shares.items():
        counts.setdefault(one, share)
    chosen = max(counts, key=lambda one: counts[one])
    if chosen is leading:
        return judged
    zh, en = duties.get(chosen, (None, None))
    others = {leading: 1.0} | {one: share for one, share in near.items() if one is not chosen}
    return replace(
        judged,
        department=chosen,
        department_alternatives=tuple(others.items()),
        department_reason_zh=zh,
        department_reason_en=en,
    )


def _trust(opinion: Opinion) -> float:
    """What the model's word counts, 0 to 1: the more of these words it was taught, the more."""
    return min(1.0, max(0.0, (opinion.known - STRANGE) / (AT_HOME - STRANGE)))


def _told(judged: Assessment, moved: Assessment, opinion: Opinion) -> Assessment:
    """The opinion beside the verdict; where it moved something, a finding that says so comes first."""
    alone = RulesAlone(alarm_class=judged.alarm_class, nature=judged.nature, department=judged.department)
    if alone == RulesAlone(alarm_class=moved.alarm_class, nature=moved.nature, department=moved.department):
        return replace(moved, opinion=opinion)
    raised = (judged.alarm_class, moved.alarm_class) == (AlarmClass.NON_POLICE, AlarmClass.UNSURE)
    return replace(
        moved,
        findings=(_finding(judged, moved, opinion), *moved.findings),
        opinion=replace(opinion, raised=raised, rules=alone),
    )


def _finding(judged: Assessment, moved: Assessment, opinion: Opinion) -> Finding:
    """What the model moved, how sure it was, in the reader's words."""
    classes = dict(opinion.classes)
    alarm, civil = classes.get(AlarmClass.VALID_ALARM, 0.0), classes.get(AlarmClass.NON_POLICE, 0.0)
    match judged.alarm_class, moved.alarm_class:
        case AlarmClass.NON_POLICE, AlarmClass.UNSURE:
            share = 1 - civil
            zh = f"统计模型认为不像非警务（警情 {alarm:.0%}），与规则判断不一致，请人工判断"
            en = f"the statistical model doubts that this is civil (alarm {alarm:.0%}): a person decides"
        case AlarmClass.VALID_ALARM, AlarmClass.UNSURE:
            share = 1 - alarm
            zh = f"规则判为警情，统计模型存疑（警情 {alarm:.0%}），请人工判断，紧急程度不变"
            en = f"rules hear an alarm, the statistical model doubts it ({alarm:.0%}): a person decides"
        case AlarmClass.UNSURE, AlarmClass.VALID_ALARM:
            share = alarm
            zh = f"规则存疑，统计模型认为是警情（{alarm:.0%}），按警情提请处理"
            en = f"the rules are unsure, the statistical model takes this for an alarm ({alarm:.0%})"
        case AlarmClass.UNSURE, AlarmClass.NON_POLICE:
            share = civil
            zh = f"规则提出了承办部门，统计模型也认为不是警情（{civil:.0%}）"
            en = f"the rules propose a department, the statistical model takes it for no alarm ({civil:.0%})"
        case _:
            share = max(dict(opinion.natures).get(moved.nature, 0.0), _owner_share(moved, opinion))
            zh = f"类别由规则与统计模型共同判断（模型 {share:.0%}）"
            en = f"rules and statistical model together name the matter (model {share:.0%})"
    civilian = moved.alarm_class is AlarmClass.NON_POLICE
    return Finding(
        rule_id=SECOND_OPINION, alarm_class=moved.alarm_class,
        nature=None if civilian or moved.nature is Nature.NONE else moved.nature,
        department=moved.department if civilian else None, priority=moved.priority, partners=(),
        segment_index=None, speaker=None, span=Span(start=0, end=0), quote="", started_ms=0, ended_ms=0,
        weight=round(share, 3), explanation_zh=zh, explanation_en=en,
    )  # fmt: skip


def _owner_share(moved: Assessment, opinion: Opinion) -> float:
    return dict(opinion.departments).get(moved.department, 0.0) if moved.department else 0.0


@dataclass(frozen=True, slots=True)
class Both:
    """What one utterance gives to the rules, and to the model where the caller said it; whether nobody speaks
    so long in one breath."""

    scan: Scan
    heard: Heard | None
    written: bool = False


class Seconded:
    """Rules with a second opinion beside them, as one engine. Immutable like the rules."""

    def __init__(self, rules: Triage, model: Classifier) -> None:
        self.rules, self.model = rules, model

    @property
    def spoken_words(self) -> tuple[str, ...]:
        return self.rules.spoken_words

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return self.rules.rule_ids

    @property
    def duties(self) -> dict[str, tuple[str, str]]:
        return self.rules.duties

    def scan(self, utterance: Utterance) -> Both:
        heard = self.model.hear(utterance.text) if utterance.speaker is Leg.CALLER else None
        written = heard is not None and len(utterance.text) > WRITTEN
        return Both(self.rules.scan(utterance), heard, written)

    def judge(
        self,
        scans: Sequence[Both],
        context: Context,
        previous: Assessment | None = None,
        standing: Sequence[Veto] = (),
    ) -> Assessment:
        """The rules' verdict, with what the model makes of the same words."""
        judged = self.rules.judge([both.scan for both in scans], context, previous, standing)
        opinion = self.model.opine(both.heard for both in scans if both.heard is not None)
        return seconded(
            judged,
            opinion,
            previous,
            letter=self.rules.told_in_a_letter([both.scan for both in scans]),
            written=any(both.written for both in scans),
            speech_dead=context.speech_dead,
            duties=self.rules.duties,
        )

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[Veto, ...]:
        return self.rules.vetoes(utterance, before)

    def assess(
        self, utterances: Sequence[Utterance], context: Context, previous: Assessment | None = None
    ) -> Assessment:
        return self.judge([self.scan(utterance) for utterance in utterances], context, previous)


def beside(rules: Triage, model: Classifier | None) -> Triage | Seconded:
    """The engine that judges: the rules, with the model beside them where there is one."""
    return rules if model is None else Seconded(rules, model)
