"""Triage as the rest of the gateway calls it: packs and veto lists compiled once, then pure functions of
what was said.

`scan` looks at one utterance alone, so a caller that keeps its scans pays for new words only; `judge` adds
them up. `assess` is both for whoever has no scans to keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage import verdict
from gateway.triage.across import Across, Common, common
from gateway.triage.advise import advise
from gateway.triage.compile import compile_packs
from gateway.triage.extract import extract, settle
from gateway.triage.growing import Growing
from gateway.triage.joint import Joint
from gateway.triage.match import HITS_OF_A_RULE, Hit
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Context,
    Extracted,
    Finding,
    Passage,
    Span,
    Utterance,
    Veto,
)
from gateway.triage.packfile import content_hash, read_folder
from gateway.triage.problem import Mark, Problem, Report, Said, shown
from gateway.triage.register import is_letter
from gateway.triage.ruleset import CompiledRule, Ruleset, variables
from gateway.triage.seen import Seen
from gateway.triage.veto import VetoLists, compile_vetoes
from gateway.triage.words import times

VETO_FOLDER = "veto"
VETOES_KEPT = 4
"""Sets of veto lists that stay compiled; one that was not asked for the longest time goes."""
_ANYTHING_SAID = ("我在和平路12号，有人打架", "I am at 12 Peace Road")
"""What is said so that names of places and the like are read in before somebody waits for them."""
_NAME = re.compile(r"(?:veto/)?\w[\w.-]{0,80}\.yaml")
"""What a file of a set may be called: it becomes a path again when a set is written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one utterance gives by itself. Conditions of rules are not yet asked: `found` keeps the rule
    beside the finding."""

    utterance: Utterance
    found: tuple[tuple[CompiledRule, Finding], ...]
    vetoes: tuple[Veto, ...]
    extracted: tuple[Extracted, ...]
    letter: bool = False


@dataclass(frozen=True, slots=True)
class Triage:
    """The compiled packs of one folder. Immutable; one serves every call."""

    rules: Ruleset
    veto_lists: VetoLists
    _across: dict[Leg, Across] = field(init=False, repr=False, compare=False)
    _joint: Joint = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_across", {leg: Across(side) for leg, side in self.rules.sides.items()})
        object.__setattr__(self, "_joint", Joint(self.veto_lists))

    @classmethod
    def load(cls, folder: Path, seen: Seen | None = None) -> Triage:
        """Read `folder/*.yaml` and `folder/veto/*.yaml`; raises RulePackError with every fault in them."""
        return cls.build(read_sources(folder), seen)

    @classmethod
    def build(cls, sources: Mapping[str, bytes], seen: Seen | None = None) -> Triage:
        """Compile packs (`zh-crime.yaml`) and veto lists (`veto/weapon.yaml`) given as name to content;
        raises RulePackError with every fault in them. What `seen` found in order before is not checked
        again."""
        report, key = Report(), content_hash(sources)
        known = seen is not None and seen.has(key)
        made = _build(sources, report, known=known)
        report.refuse()
        if seen is not None and not known:
            seen.note(key)
        return made

    def warm(self) -> None:
        """Make ready what is otherwise made when it is first needed, in half a second of somebody's call. Of
        a set that was checked just now it is ready."""
        for words in (*self.rules.words, *self.veto_lists.words):
            words.ready()
        for said in _ANYTHING_SAID:
            self.scan(Utterance(segment_index=0, speaker=Leg.CALLER, text=said, started_ms=0, ended_ms=1))

    @property
    def spoken_words(self) -> tuple[str, ...]:
        """Words that rules know by their sound: what a recognizer should rather hear."""
        return tuple(word for rule in self.rules.rules for word in rule.rule.sounds_alike)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(rule.rule.id for rule in (*self.rules.rules, *self.rules.conditions))

    @property
    def duties(self) -> dict[str, tuple[str, str]]:
        """What the pack says that a department answers for: code to zh and en."""
        return {code.value: (texts.zh, texts.en) for code, texts in self.rules.duties.items()}

    @staticmethod
    def told_in_a_letter(scans: Iterable[Scan]) -> bool:
        """Whether the caller's words are a letter to an office rather than speech."""
        return any(scan.letter for scan in scans if scan.utterance.speaker is Leg.CALLER)

    @property
    def pack_hash(self) -> str:
        return self.rules.pack_hash

    @property
    def veto_hash(self) -> str:
        return self.veto_lists.list_hash

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[Veto, ...]:
        """The vetoes on one hypothesis, marked partial; they stand when the final text differs. `before`: the
        hypothesis before this one, whose vetoes are known: only where the two differ is looked."""
        return self.veto_lists.find(utterance, partial=True, before=before)

    def growing(self, speaker: Leg) -> Growing:
        """For one utterance of one side whose text still grows."""
        return Growing(self.rules.sides[speaker])

    def scan(self, utterance: Utterance) -> Scan:
        """Everything that one final utterance gives; depends on nothing else, so it can be kept."""
        growing = self.growing(utterance.speaker)
        growing.grow(utterance.text)
        found = [(rule, _finding(rule, utterance, hit, weight)) for rule, hit, weight in growing.found()]
        return Scan(
            utterance=utterance,
            found=tuple(found),
            vetoes=self.veto_lists.find(utterance),
            extracted=extract(utterance),
            letter=is_letter(fold(utterance.text)),
        )

    def judge(
        self,
        scans: Sequence[Scan],
        context: Context,
        previous: Assessment | None = None,
        standing: Sequence[Veto] = (),
    ) -> Assessment:
        """The verdict on a call from the scans of all its utterances so far, in the order of time.

        `standing` are vetoes that fired on partial text: they stand although the final text differs.
        """
        has_text = any(scan.utterance.text.strip() for scan in scans if scan.utterance.speaker is Leg.CALLER)
        known = variables(context, has_text=has_text)
        found = [one for scan in scans for one in scan.found]
        found += self._together(scans, {rule.rule.id for rule, _ in found})
        findings = [finding for rule, finding in found if rule.holds(known)]
        findings += [_condition(rule) for rule in self.rules.conditions if rule.holds(known)]
        extracted = [one for scan in scans for one in scan.extracted]
        return verdict.judge(
            findings=findings,
            vetoes=[
                *standing,
                *(veto for scan in scans for veto in scan.vetoes),
                *self._joint.vetoes([scan.utterance for scan in scans]),
            ],
            extracted=settle([scan.utterance for scan in scans], extracted),
            has_text=has_text,
            letter=self.told_in_a_letter(scans),
            speech_dead=context.speech_dead,
            previous=previous,
            duties=self.rules.duties,
            pack_hash=self.pack_hash,
            veto_hash=self.veto_hash,
        )

    def _together(self, scans: Sequence[Scan], alone: Set[str]) -> list[tuple[CompiledRule, Finding]]:
        """What rules find that spoke in no utterance `alone`: evidence made of several."""
        made: dict[str, list[tuple[CompiledRule, Finding]]] = {}
        for one, near in common(self._across, [scan.utterance for scan in scans]):
            kept = made.setdefault(one.rule.rule.id, [])
            if one.rule.rule.id not in alone and len(kept) < HITS_OF_A_RULE:
                kept.append((one.rule, _joint(one, near)))
        return [each for kept in made.values() for each in kept]

    def assess(
        self, utterances: Sequence[Utterance], context: Context, previous: Assessment | None = None
    ) -> Assessment:
        """Scan and judge in one, for a call whose scans nobody keeps."""
        return self.judge([self.scan(utterance) for utterance in utterances], context, previous)


def read_sources(folder: Path) -> dict[str, bytes]:
    """The packs and veto lists of a folder, as `Triage.build` and `problems` take them."""
    vetoes = {f"{VETO_FOLDER}/{name}": content for name, content in read_folder(folder / VETO_FOLDER).items()}
    return read_folder(folder) | vetoes


def problems(sources: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Every fault of every file, errors first, then warnings; empty when all is in order. Never raises."""
    report = Report()
    made = _build(sources, report)
    advise(made.rules, report)
    return report.told()


def _build(sources: Mapping[str, bytes], report: Report, *, known: bool = False) -> Triage:
    prefix = f"{VETO_FOLDER}/"
    packs: dict[str, bytes] = {}
    vetoes: dict[str, bytes] = {}
    for name, content in sources.items():
        if not _NAME.fullmatch(name):
            what = Said(f"“{shown(name)}”不是规则包的文件名", f"“{shown(name)}” is not the name of a pack")
            cure = Said("请用zh-crime.yaml或veto/weapon.yaml这样的名字。",
                        "Use names such as zh-crime.yaml or veto/weapon.yaml.")  # fmt: skip
            report.error(shown(name), Mark(1), what, cure)
        elif name.startswith(prefix):
            vetoes[name.removeprefix(prefix)] = content
        else:
            packs[name] = content
    rules = compile_packs(packs, report, known=known)
    lists, faults = _vetoes(frozenset(vetoes.items()), known=known)
    report.take(faults)
    return Triage(rules, lists)


@lru_cache(maxsize=VETOES_KEPT)
def _vetoes(sources: frozenset[tuple[str, bytes]], *, known: bool) -> tuple[VetoLists, Report]:
    """Who writes rules leaves the veto as it is: the same lists are compiled once."""
    report = Report()
    return compile_vetoes(dict(sources), report, known=known), report


def _finding(rule: CompiledRule, utterance: Utterance, hit: Hit, weight: float) -> Finding:
    started, ended = times(utterance, hit.start, hit.end)
    return _made(
        rule,
        utterance=utterance,
        span=Span(start=hit.start, end=hit.end),
        quote=utterance.text[hit.start : hit.end],
        started_ms=started,
        ended_ms=ended,
        weight=weight,
    )


def _joint(found: Common, near: Sequence[Utterance]) -> Finding:
    """Evidence of several utterances: it stands in the last, and names the words of the others."""
    first, *others = [_passage(near[part.number], part.start, part.end) for part in found.parts]
    return replace(
        _made(
            found.rule,
            utterance=near[-1],
            span=first.span,
            quote=first.quote,
            started_ms=first.started_ms,
            ended_ms=first.ended_ms,
            weight=found.weight,
        ),
        further=tuple(others),
    )


def _passage(utterance: Utterance, start: int, end: int) -> Passage:
    started, ended = times(utterance, start, end)
    return Passage(
        segment_index=utterance.segment_index,
        speaker=utterance.speaker,
        span=Span(start=start, end=end),
        quote=utterance.text[start:end],
        started_ms=started,
        ended_ms=ended,
    )


def _condition(rule: CompiledRule) -> Finding:
    """A rule that rests on a condition alone: no words, no place in the recording."""
    return _made(
        rule,
        utterance=None,
        span=Span(start=0, end=0),
        quote="",
        started_ms=0,
        ended_ms=0,
        weight=rule.rule.weight,
    )


def _made(
    rule: CompiledRule,
    *,
    utterance: Utterance | None,
    span: Span,
    quote: str,
    started_ms: int,
    ended_ms: int,
    weight: float,
) -> Finding:
    said = rule.rule
    return Finding(
        rule_id=said.id,
        alarm_class=said.class_,
        nature=said.nature,
        department=said.department,
        priority=4 if said.class_ is AlarmClass.NON_POLICE else said.priority,
        partners=said.partners,
        segment_index=utterance.segment_index if utterance else None,
        speaker=utterance.speaker if utterance else None,
        span=span,
        quote=quote,
        started_ms=started_ms,
        ended_ms=ended_ms,
        explanation_zh=said.explanation.zh,
        explanation_en=said.explanation.en,
        next_question_zh=said.next_question.zh if said.next_question else None,
        next_question_en=said.next_question.en if said.next_question else None,
        weight=round(weight, 3),
        kind=said.kind,
    )
