"""What a second opinion may do to a verdict: contradict "non-police", nothing else. Pure and total.

It decides nothing by itself. Where the rules say non-police and the model takes it for an alarm rather than
not, the verdict becomes unsure, with a finding that says why: a person looks. Nothing is ever lowered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.speech.model import Leg
from gateway.triage.classifier import Classifier, Heard
from gateway.triage.engine import Scan, Triage
from gateway.triage.model import (
    SECOND_OPINION,
    AlarmClass,
    Assessment,
    Context,
    Finding,
    Nature,
    Opinion,
    Span,
    Utterance,
    Veto,
)
from gateway.triage.verdict import DEFAULT_QUESTION

RAISE_AT = 0.6
"""Probability of an alarm from which "non-police" is contradicted: rules miss what people tell without its
name, and a contradiction costs no more than a person's look (on citizens' letters one in twenty-five)."""
STAYS_FROM = 0.5
"""Once contradicted it stays so down to here, so that the card does not flap."""
RAISED_PRIORITY = 3
NATURE_AT = 0.5
"""Probability from which the finding names the model's nature."""


def seconded(judged: Assessment, opinion: Opinion | None, previous: Assessment | None = None) -> Assessment:
    """The assessment with the opinion beside it; raised to unsure where it contradicts strongly."""
    if opinion is None:
        return judged
    stood = previous is not None and previous.opinion is not None and previous.opinion.raised
    alarm = dict(opinion.classes).get(AlarmClass.VALID_ALARM, 0.0)
    if judged.alarm_class is not AlarmClass.NON_POLICE or alarm < (STAYS_FROM if stood else RAISE_AT):
        return replace(judged, opinion=opinion)
    asked = judged.next_question_zh, judged.next_question_en
    zh, en = asked if asked != (None, None) else DEFAULT_QUESTION
    return replace(
        judged,
        next_question_zh=zh,
        next_question_en=en,
        alarm_class=AlarmClass.UNSURE,
        priority=min(judged.priority, RAISED_PRIORITY),
        findings=(_finding(opinion, alarm), *judged.findings),
        opinion=replace(opinion, raised=True),
    )


def _finding(opinion: Opinion, alarm: float) -> Finding:
    nature = next((code for code, share in opinion.natures if share >= NATURE_AT), None)
    named = nature if nature is not None and nature is not Nature.NONE else None
    return Finding(
        rule_id=SECOND_OPINION, alarm_class=AlarmClass.UNSURE, nature=named, department=None,
        priority=RAISED_PRIORITY, partners=(), segment_index=None, speaker=None, span=Span(start=0, end=0),
        quote="", started_ms=0, ended_ms=0, weight=round(alarm, 3),
        explanation_zh=f"统计模型认为这更像警情（{alarm:.0%}），与规则判断不一致，请人工判断",
        explanation_en=f"the statistical model takes this for an alarm ({alarm:.0%}), the rules do not: a "
        "person must judge",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Both:
    """What one utterance gives to the rules, and to the model where the caller said it."""

    scan: Scan
    heard: Heard | None


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
        return Both(self.rules.scan(utterance), heard)

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
        return seconded(judged, opinion, previous)

    def vetoes(self, utterance: Utterance) -> tuple[Veto, ...]:
        return self.rules.vetoes(utterance)

    def assess(
        self, utterances: Sequence[Utterance], context: Context, previous: Assessment | None = None
    ) -> Assessment:
        return self.judge([self.scan(utterance) for utterance in utterances], context, previous)


def beside(rules: Triage, model: Classifier | None) -> Triage | Seconded:
    """The engine that judges: the rules, with the model beside them where there is one."""
    return rules if model is None else Seconded(rules, model)
