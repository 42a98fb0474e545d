"""How right verdicts are, counted by day against what people said of the calls.

Every call adds its `counts` to its day; when something of it changes, the old ones are taken away and the new
ones added. Figures are made of such sums alone, so that a page never looks at single calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from gateway.reports.judged import ALARM, NON_POLICE, JudgedCall, Judgement, RuleSpoke
from gateway.rulebook.model import Pack
from gateway.triage.model import AlarmClass, Nature

NOTHING = "none"
"""Stands for no nature and no department."""
COUNTING = 2
"""Goes up when `counts` or `JudgedCall` changes: the tables are then counted anew from the journal."""


class Measure(StrEnum):
    """What a count is of, and what its `key` and `other` are: `class`, `nature`, `department` and `opinion`
    are said by the machine and true by a person; `rule` is the rule and one of `RuleCount`; `calls` one of
    `Calls`; `said` the class of a verdict, decided on or not."""

    CALLS = "calls"
    SAID = "said"
    CLASS = "class"
    NATURE = "nature"
    DEPARTMENT = "department"
    OPINION = "opinion"
    RULE = "rule"


class Calls(StrEnum):
    """`overturned`: a person says the opposite of a verdict that was not unsure; `alarms` by a person's word,
    `missed` those of them whose verdict was non-police; `raised` by the second opinion."""

    JUDGED = "judged"
    DECIDED = "decided"
    OVERTURNED = "overturned"
    ALARMS = "alarms"
    MISSED = "missed"
    RAISED = "raised"


class RuleCount(StrEnum):
    """`fired` in so many calls; `decided`: a person said alarm or non-police of the call, and the rule does
    not say unsure; `class_right`: its class is the person's; `right`: its nature or department too."""

    FIRED = "fired"
    DECIDED = "decided"
    CLASS_RIGHT = "class_right"
    RIGHT = "right"


OF_CALLS = tuple(measure for measure in Measure if measure is not Measure.RULE)
"""All that figures of verdicts are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far the journal was followed this time. `rows` 0: nothing new. `unreadable`: calls whose state no
    version of this program can read; they are counted nowhere."""

    rows: int = 0
    calls: int = 0
    unreadable: int = 0


Key = tuple[Measure, str, str]
Counts = Mapping[Key, int]


def counts(call: JudgedCall) -> Counter[Key]:
    """What one call adds to its day."""
    made: Counter[Key] = Counter()
    said, truth = call.verdict, call.truth
    made[Measure.CALLS, Calls.JUDGED, ""] = 1
    made[Measure.CALLS, Calls.RAISED, ""] = int(call.raised)
    made[Measure.SAID, said.alarm_class.value, ""] = 1
    for rule in call.rules:
        for what in _of_rule(rule, truth):
            made[Measure.RULE, rule.rule_id, what] = 1
    if truth is not None:
        made[Measure.CALLS, Calls.DECIDED, ""] = 1
        made[Measure.CLASS, said.alarm_class.value, truth.alarm_class.value] = 1
        made[Measure.NATURE, said.nature.value, truth.nature.value] = 1
        made[Measure.DEPARTMENT, said.department or NOTHING, truth.department or NOTHING] = 1
        made[Measure.CALLS, Calls.OVERTURNED, ""] = int(_opposite(said, truth))
        made[Measure.CALLS, Calls.ALARMS, ""] = int(truth.alarm_class is ALARM)
        made[Measure.CALLS, Calls.MISSED, ""] = int(
            truth.alarm_class is ALARM and said.alarm_class is NON_POLICE
        )
        if call.opinion is not None:
            made[Measure.OPINION, call.opinion.alarm_class.value, truth.alarm_class.value] = 1
    return +made


def _opposite(said: Judgement, truth: Judgement) -> bool:
    return {said.alarm_class, truth.alarm_class} == {ALARM, NON_POLICE}


def _of_rule(rule: RuleSpoke, truth: Judgement | None) -> list[RuleCount]:
    found = [RuleCount.FIRED]
    if truth is None or AlarmClass.UNSURE in (rule.alarm_class, truth.alarm_class):
        return found
    found.append(RuleCount.DECIDED)
    if rule.alarm_class is not truth.alarm_class:
        return found
    found.append(RuleCount.CLASS_RIGHT)
    nature = rule.nature if rule.alarm_class is ALARM else None
    department = rule.department if rule.alarm_class is NON_POLICE else None
    if nature in (None, Nature.NONE, truth.nature) and department in (None, truth.department):
        found.append(RuleCount.RIGHT)
    return found


# ---- figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """So many calls of which the machine said `said` and a person `true`."""

    said: str
    true: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One class, nature or department. `precision`: of the calls said to be so, those that were; `recall`: of
    those that were, the ones said to be so. None: there are none to take a share of."""

    code: str
    said: int
    true: int
    right: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Of the calls a person decided on. `right`: share of those said to be anything that were just that."""

    matrix: tuple[Cell, ...]
    codes: tuple[Code, ...]
    right: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """`coverage`: share of decided calls whose verdict was not unsure."""

    judged: int
    decided: int
    overturned: int
    alarms: int
    missed: int
    raised: int
    coverage: float | None
    precision_alarm: float | None
    recall_alarm: float | None
    precision_non_police: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One day or week (Monday to Sunday), by the site's own calendar, with every code said or true in it."""

    since: str
    until: str
    sums: Sums
    classes: tuple[Code, ...] = ()
    natures: tuple[Code, ...] = ()
    departments: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`opinion`: the classes of the second opinion; empty without a model."""

    sums: Sums
    classes: Table
    natures: Table
    departments: Table
    opinion: Table
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFigures:
    """One pack in a span of days: how its verdicts did, and the first and last day on which it judged.
    `pack_hash` is what verdicts cite: of the rules, without the veto lists; "": no pack could judge.
    `version`: under which it was active last; None: longer ago than the rulebook remembers."""

    pack_hash: str
    since: str
    until: str
    sums: Sums
    version: int | None = None
    active: bool = False


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"


def figures(days: Mapping[str, Counts], every: Every = Every.DAY) -> Figures:
    """Of counts by day. Natures and departments leave out what is none on both sides."""
    periods: dict[str, Counter[Key]] = {}
    for day, made in sorted(days.items()):
        periods.setdefault(_first_day(day, every), Counter()).update(made)
    whole = total(days)
    return Figures(
        sums=sums(whole),
        classes=table(whole, Measure.CLASS, AlarmClass.UNSURE.value),
        natures=table(whole, Measure.NATURE, NOTHING),
        departments=table(whole, Measure.DEPARTMENT, NOTHING),
        opinion=table(whole, Measure.OPINION, AlarmClass.UNSURE.value),
        periods=tuple(
            Period(
                since=first,
                until=_last_day(first, every),
                sums=sums(made),
                classes=table(made, Measure.CLASS, AlarmClass.UNSURE.value).codes,
                natures=table(made, Measure.NATURE, NOTHING).codes,
                departments=table(made, Measure.DEPARTMENT, NOTHING).codes,
            )
            for first, made in periods.items()
        ),
    )


def in_turn(found: Iterable[PackFigures], stack: Sequence[Pack]) -> list[PackFigures]:
    """With their versions: the active pack first, then the one before it, and so on."""
    versions = {pack.content.pack_hash: pack.version for pack in stack}
    active = stack[-1].content.pack_hash if stack else None
    told = [
        replace(one, version=versions.get(one.pack_hash), active=one.pack_hash == active) for one in found
    ]
    return sorted(told, key=lambda one: (not one.active, -(one.version or 0)))


def total(days: Mapping[str, Counts]) -> Counts:
    made: Counter[Key] = Counter()
    for one in days.values():
        made.update(one)
    return made


def _first_day(day: str, every: Every) -> str:
    if every is Every.DAY:
        return day
    on = date.fromisoformat(day)
    return (on - timedelta(days=on.weekday())).isoformat()


def _last_day(first: str, every: Every) -> str:
    return first if every is Every.DAY else (date.fromisoformat(first) + timedelta(days=6)).isoformat()


def sums(made: Counts) -> Sums:
    classes = {one.code: one for one in table(made, Measure.CLASS, AlarmClass.UNSURE.value).codes}
    alarm, civil = classes.get(ALARM.value), classes.get(NON_POLICE.value)
    decided = calls(made, Calls.DECIDED)
    sure = sum(n for (of, said, _), n in made.items() if of is Measure.CLASS and said != AlarmClass.UNSURE)
    return Sums(
        judged=calls(made, Calls.JUDGED), decided=decided, overturned=calls(made, Calls.OVERTURNED),
        alarms=calls(made, Calls.ALARMS), missed=calls(made, Calls.MISSED), raised=calls(made, Calls.RAISED),
        coverage=share(sure, decided),
        precision_alarm=alarm.precision if alarm else None,
        recall_alarm=alarm.recall if alarm else None,
        precision_non_police=civil.precision if civil else None,
    )  # fmt: skip


def calls(made: Counts, what: Calls) -> int:
    return made.get((Measure.CALLS, what, ""), 0)


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def table(made: Counts, measure: Measure, nothing: str) -> Table:
    """`nothing` is the code that says nothing: it is in the matrix, and right or wrong never."""
    cells = {(said, true): calls for (of, said, true), calls in made.items() if of is measure}
    said, true = Counter[str](), Counter[str]()
    for (one, other), number in cells.items():
        said[one] += number
        true[other] += number
    known = sorted(({*said} | {*true}) - {nothing}, key=lambda code: (-true[code], -said[code], code))
    right = {code: cells.get((code, code), 0) for code in known}
    return Table(
        matrix=tuple(
            Cell(said=one, true=other, calls=number)
            for (one, other), number in sorted(cells.items(), key=lambda item: (-item[1], item[0]))
            if (one, other) != (nothing, nothing) or measure in (Measure.CLASS, Measure.OPINION)
        ),
        codes=tuple(
            Code(
                code=code, said=said[code], true=true[code], right=right[code],
                precision=share(right[code], said[code]), recall=share(right[code], true[code]),
            )
            for code in known
        ),
        right=share(sum(right.values()), sum(said[code] for code in known)),
    )  # fmt: skip


# ---- rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """One rule in a span of days. `last_fired`: the day, of all days counted; None: never."""

    rule_id: str
    fired: int
    decided: int
    class_right: int
    right: int
    precision: float | None
    """Share of decided calls in which all that the rule says was so."""
    last_fired: str | None
    active: bool
    """It is in the active pack."""


def rule_figures(
    made: Counts, last_fired: Mapping[str, str], active: Iterable[str] = ()
) -> tuple[RuleFigures, ...]:
    """Every rule that fired in the span or is active: those that were wrong most often first, then those that
    fired most, the silent ones last."""
    known = frozenset(active)
    by_rule: dict[str, Counter[str]] = {name: Counter() for name in known}
    for (measure, rule_id, what), number in made.items():
        if measure is Measure.RULE:
            by_rule.setdefault(rule_id, Counter())[what] += number
    found = (_rule(rule_id, told, last_fired, known) for rule_id, told in by_rule.items())
    return tuple(
        sorted(
            found, key=lambda one: (one.right - one.decided, -one.fired, one.last_fired or "", one.rule_id)
        )
    )


def _rule(
    rule_id: str, told: Mapping[str, int], last_fired: Mapping[str, str], active: frozenset[str]
) -> RuleFigures:
    decided, right = told.get(RuleCount.DECIDED, 0), told.get(RuleCount.RIGHT, 0)
    return RuleFigures(
        rule_id=rule_id, fired=told.get(RuleCount.FIRED, 0), decided=decided,
        class_right=told.get(RuleCount.CLASS_RIGHT, 0), right=right, precision=share(right, decided),
        last_fired=last_fired.get(rule_id), active=rule_id in active,
    )  # fmt: skip
