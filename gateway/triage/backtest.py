"""A pack tried on what was said before, beside the pack that is active: who is right how often, which
verdicts flip, which alarms would be missed, whether the veto still hears everything it must. Both judge
beside the second opinion that the gateway judges with, for that is what people get; what it alone kept from
being missed is counted as `caught`.

The truth of a text is a person's word, or its corpus's; where nobody decided, the active pack's own verdict.
An alarm is missed when the draft says non-police of a text that is a valid alarm in truth, or that nobody
decided and that the active pack judges an alarm or vetoes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from gateway.speech.model import Leg
from gateway.triage.corpus import utterances
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Context,
    Department,
    Nature,
    Utterance,
    VetoCode,
)

MAX_FLIPS = 500
"""Flipped texts kept in a result, missed alarms before all others; the counts are of all."""
MAX_QUIET = 200
"""Sentences kept on which a veto stays quiet."""
SHOWN_CHARACTERS = 300
"""Of a corpus's text in a result. Callers' words are not copied: a result names their call."""
MAX_FAULTS = 20
"""Faults of corpora that are told one by one."""


class Source(StrEnum):
    """Whose word the truth is."""

    PERSON = "person"
    CORPUS = "corpus"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A verdict in codes. A nature belongs to an alarm, a department to a non-police request."""

    alarm_class: AlarmClass
    nature: Nature = Nature.NONE
    department: Department | None = None
    vetoed: bool = False
    raised: bool = False
    """The rules alone say non-police, the second opinion made it unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One text or call. `truth` None: nobody decided. `call_id`: of a stored call."""

    name: str
    utterances: tuple[Utterance, ...]
    context: Context = field(default_factory=Context)
    truth: Said | None = None
    source: Source = Source.ACTIVE
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoCase:
    """A sentence on which these vetoes must fire."""

    name: str
    text: str
    vetoes: tuple[VetoCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A text that the draft judges otherwise than the active pack. `text` is empty for a stored call."""

    name: str
    call_id: str | None
    text: str
    truth: Said | None
    source: Source
    active: Said
    draft: Said
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A sentence of the veto corpus, and the vetoes that stay quiet on it."""

    name: str
    text: str
    vetoes: tuple[VetoCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One veto code on the veto corpus: sentences on which it must fire, on which it does and stays quiet by
    the draft's lists; `active`: on which it fires by those of the active pack."""

    code: VetoCode
    sentences: int
    fired: int
    missed: int
    active: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """So many texts that are `truth` and of which active pack or draft says `said`."""

    truth: str
    said: str
    active: int
    draft: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Judging alone, one text after another, in time of the processor: work beside it does not count."""

    ms_a_text: float
    texts_a_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A back-test. Matrices hold texts with a truth by a person or a corpus; `agreement` is the share of
    all texts whose class is the truth, where nobody decided that of the active pack."""

    texts: int
    calls: int
    decided: int
    classes: tuple[Cell, ...]
    natures: tuple[Cell, ...]
    departments: tuple[Cell, ...]
    agreement: float
    agreement_active: float
    missed: int
    flipped: int
    flips: tuple[Flip, ...]
    vetoes: int
    vetoes_missed: int
    quiet: tuple[Quiet, ...]
    speed: Speed
    speed_active: Speed
    truncated: bool = False
    """There was more than the limits let in: the newest calls count."""
    faults: tuple[str, ...] = ()
    """Rows of corpora that could not be read."""
    opinion: str | None = None
    """Hash of the model that stood beside both packs; None: the rules judged alone."""
    caught: int = 0
    """Alarms that the draft's rules alone would judge non-police: the second opinion keeps them for a
    person."""
    veto_codes: tuple[Coverage, ...] = ()
    """All eight codes, also those of which the veto corpus has no sentence."""


class Judge(Protocol):
    """`gateway.triage.engine.Triage`, or `gateway.triage.second.Seconded`."""

    def assess(
        self, utterances: Sequence[Utterance], context: Context, previous: Assessment | None = None
    ) -> Assessment: ...


def said_by(judge: Judge, case: Case) -> Said:
    return said(judge.assess(case.utterances, case.context))


def said(assessment: Assessment) -> Said:
    return judgement(
        assessment.alarm_class, assessment.nature, assessment.department, vetoed=bool(assessment.vetoes),
        raised=assessment.opinion is not None and assessment.opinion.raised,
    )  # fmt: skip


def judgement(
    alarm_class: AlarmClass, nature: Nature, department: Department | None, *, vetoed: bool = False,
    raised: bool = False,
) -> Said:  # fmt: skip
    """Without what belongs to another class: an unsure verdict may propose a department."""
    return Said(
        alarm_class=alarm_class,
        nature=nature if alarm_class is AlarmClass.VALID_ALARM else Nature.NONE,
        department=department if alarm_class is AlarmClass.NON_POLICE else None,
        vetoed=vetoed,
        raised=raised,
    )


def quiet_on(judge: Judge, case: VetoCase) -> tuple[VetoCode, ...]:
    """The vetoes that must fire on this sentence and do not."""
    heard = judge.assess(utterances([(Leg.CALLER, case.text)]), Context())
    fired = {veto.code for veto in heard.vetoes}
    return tuple(code for code in case.vetoes if code not in fired)


def is_missed(case: Case, active: Said, draft: Said) -> bool:
    return draft.alarm_class is AlarmClass.NON_POLICE and _is_alarm(case, active)


def _is_alarm(case: Case, active: Said) -> bool:
    """A person or a corpus says so; where nobody decided, the active pack."""
    if case.truth is not None:
        return case.truth.alarm_class is AlarmClass.VALID_ALARM
    return active.vetoed or active.alarm_class is AlarmClass.VALID_ALARM


_Matrix = Counter[tuple[str, str]]


@dataclass(slots=True)
class Tally:
    """Adds up a back-test, one text after the other; bounded whatever comes."""

    texts: int = 0
    calls: int = 0
    decided: int = 0
    right: int = 0
    right_active: int = 0
    missed: int = 0
    caught: int = 0
    flipped: int = 0
    vetoes: int = 0
    vetoes_missed: int = 0
    _flips: list[Flip] = field(default_factory=list)
    _missed: list[Flip] = field(default_factory=list)
    _quiet: list[Quiet] = field(default_factory=list)
    _veto: dict[VetoCode, list[int]] = field(default_factory=lambda: {code: [0, 0, 0] for code in VetoCode})
    """By code: sentences, fired by the draft, fired by the active pack."""
    _cells: dict[str, tuple[_Matrix, _Matrix]] = field(default_factory=dict)

    def add(self, case: Case, active: Said, draft: Said) -> None:
        self.texts += 1
        self.calls += case.call_id is not None
        truth = case.truth or active
        self.right += draft.alarm_class is truth.alarm_class
        self.right_active += active.alarm_class is truth.alarm_class
        if case.truth is not None:
            self._decide(case.truth, active, draft)
        missed = is_missed(case, active, draft)
        self.missed += missed
        self.caught += draft.raised and _is_alarm(case, active)
        if missed or _verdict(active) != _verdict(draft):
            self._flip(case, active, draft, missed=missed)

    def _decide(self, truth: Said, active: Said, draft: Said) -> None:
        self.decided += 1
        self._cell("class", truth.alarm_class, active.alarm_class, draft.alarm_class)
        if truth.alarm_class is AlarmClass.VALID_ALARM and truth.nature is not Nature.NONE:
            self._cell("nature", truth.nature, active.nature, draft.nature)
        if truth.alarm_class is AlarmClass.NON_POLICE and truth.department is not None:
            self._cell("department", truth.department, active.department or "", draft.department or "")

    def _cell(self, what: str, truth: str, active: str, draft: str) -> None:
        of_active, of_draft = self._cells.setdefault(what, (Counter(), Counter()))
        of_active[str(truth), str(active)] += 1
        of_draft[str(truth), str(draft)] += 1

    def _flip(self, case: Case, active: Said, draft: Said, *, missed: bool) -> None:
        self.flipped += 1
        kept = self._missed if missed else self._flips
        if len(kept) < MAX_FLIPS:
            kept.append(
                Flip(
                    name=case.name, call_id=case.call_id, text="" if case.call_id else _shown(case),
                    truth=case.truth, source=case.source if case.truth else Source.ACTIVE, active=active,
                    draft=draft, missed=missed,
                )
            )  # fmt: skip

    def heard(self, case: VetoCase, active: Sequence[VetoCode], quiet: Sequence[VetoCode]) -> None:
        """A sentence of the veto corpus was tried: the codes that stay quiet on it by the active pack, and by
        the draft."""
        self.vetoes += 1
        for code in case.vetoes:
            counts = self._veto[code]
            counts[0] += 1
            counts[1] += code not in quiet
            counts[2] += code not in active
        if quiet:
            self.vetoes_missed += 1
            if len(self._quiet) < MAX_QUIET:
                text = case.text[:SHOWN_CHARACTERS]
                self._quiet.append(Quiet(name=case.name, text=text, vetoes=tuple(quiet)))

    def result(
        self, took_ms: float, active_ms: float, *, truncated: bool = False, faults: Iterable[str] = (),
        opinion: str | None = None,
    ) -> Result:  # fmt: skip
        """`took_ms`, `active_ms`: what judging all texts took the draft and the active pack."""
        return Result(
            texts=self.texts,
            calls=self.calls,
            decided=self.decided,
            classes=self._matrix("class"),
            natures=self._matrix("nature"),
            departments=self._matrix("department"),
            agreement=_share(self.right, self.texts),
            agreement_active=_share(self.right_active, self.texts),
            missed=self.missed,
            flipped=self.flipped,
            flips=(*self._missed, *self._flips)[:MAX_FLIPS],
            vetoes=self.vetoes,
            vetoes_missed=self.vetoes_missed,
            quiet=tuple(self._quiet),
            speed=_speed(self.texts, took_ms),
            speed_active=_speed(self.texts, active_ms),
            truncated=truncated,
            faults=tuple(faults)[:MAX_FAULTS],
            opinion=opinion,
            caught=self.caught,
            veto_codes=tuple(
                Coverage(code=code, sentences=of, fired=fired, missed=of - fired, active=active)
                for code, (of, fired, active) in self._veto.items()
            ),
        )

    def _matrix(self, what: str) -> tuple[Cell, ...]:
        of_active, of_draft = self._cells.get(what, (Counter(), Counter()))
        return tuple(
            Cell(truth=truth, said=name, active=of_active[truth, name], draft=of_draft[truth, name])
            for truth, name in sorted(of_active.keys() | of_draft.keys())
        )


def _verdict(one: Said) -> tuple[str, ...]:
    return one.alarm_class, one.nature, one.department or ""


def _shown(case: Case) -> str:
    return " / ".join(one.text for one in case.utterances)[:SHOWN_CHARACTERS]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _speed(texts: int, took_ms: float) -> Speed:
    if not texts or took_ms <= 0:
        return Speed(ms_a_text=0.0, texts_a_s=0.0)
    return Speed(ms_a_text=round(took_ms / texts, 3), texts_a_s=round(texts * 1000 / took_ms, 1))
