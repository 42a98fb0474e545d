"""How a run of the training is marked: what the trainee did, in seconds since the answer, against the gold.

Nothing is guessed: a thing counts when a person did it (entered, confirmed, decided, handed over). What the
machine filled in is told apart, for a trainee who leaves all to it learns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.desk.card import Card
from gateway.desk.drill.model import GoldField, Scenario, heard

PLACE_FIELDS = frozenset({"address", "standard_address", "position", "district", "junctions"})
"""Fields of the card that say where."""


@dataclass(slots=True)
class Marks:
    """What was seen of one run so far; times in seconds of the trainee's own clock since the answer (the
    answer itself: since the ring), pauses left out. First times are kept."""

    answer_s: float | None = None
    times: dict[str, float] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    entered: dict[str, float] = field(default_factory=dict)
    """Fields that a person entered or confirmed, with the first time."""
    dangers: dict[str, float] = field(default_factory=dict)
    alarm_class: str = ""
    nature: str = ""
    department: str = ""
    handed: dict[str, float] = field(default_factory=dict)
    reassigned: list[str] = field(default_factory=list)
    called_back: bool = False
    linked: int = 1

    def first(self, what: str, at_s: float) -> None:
        self.times.setdefault(what, round(at_s, 1))


STEPS = ("first_field", "location", "verdict", "dispatch")
"""dispatch: the moment it left the desk, by a decision for an alarm or by the first hand-over."""


def sheet(scenario: Scenario, marks: Marks, card: Card) -> dict[str, Any]:
    """The result sheet: plain values for pages and `--json`. `card`: of the trainee's call, at the end."""
    checks = list(_checks(scenario, marks, card))
    right = sum(each["right"] for each in checks)
    return {
        "times": {"answer": marks.answer_s, **{step: marks.times.get(step) for step in STEPS}},
        "checks": checks,
        "asked": _asked(scenario, marks),
        "said": list(marks.said),
        "right": right, "of": len(checks),
        "percent": round(100 * right / len(checks)) if checks else 100,
    }  # fmt: skip


def _checks(scenario: Scenario, marks: Marks, card: Card) -> Iterator[dict[str, Any]]:
    gold = scenario.gold
    yield _check("class", [each.value for each in gold.classes], marks.alarm_class)
    if gold.natures:
        yield _check("nature", [each.value for each in gold.natures], marks.nature)
    if gold.department:
        yield _check("department", [gold.department], marks.department or ", ".join(marks.handed))
    for danger in gold.dangers:
        acted = marks.alarm_class == "valid_alarm" or bool(marks.handed)
        seen = marks.dangers.get(danger.value)
        yield {
            "what": "danger", "wanted": [danger.value], "found": danger.value if seen is not None else "",
            "right": seen is not None and acted, "at_s": seen,
        }  # fmt: skip
    for wanted in gold.fields:
        yield _field(wanted, marks, card)
    yield from _actions(scenario, marks)


def _check(what: str, wanted: list[str], found: str) -> dict[str, Any]:
    right = found in wanted or any(each in wanted for each in found.split(", "))
    return {"what": what, "wanted": wanted, "found": found, "right": right, "at_s": None}


def _field(wanted: GoldField, marks: Marks, card: Card) -> dict[str, Any]:
    """Right when the leading value has it. `by_person`: entered or confirmed, not left to the machine."""
    values = card.get(wanted.name, ())
    found = values[0].value if values else ""
    return {
        "what": "field", "name": wanted.name, "wanted": list(wanted.any), "found": found,
        "right": heard(found, wanted.any), "at_s": marks.entered.get(wanted.name),
        "by_person": wanted.name in marks.entered,
    }  # fmt: skip


def _actions(scenario: Scenario, marks: Marks) -> Iterator[dict[str, Any]]:
    gold = scenario.gold
    for code in gold.hand_over:
        at_s = marks.handed.get(code)
        yield {"what": "hand_over", "wanted": [code], "found": code if at_s is not None else "",
               "right": at_s is not None, "at_s": at_s}  # fmt: skip
    wrong = [code for code in marks.handed if code in gold.never]
    if gold.never:
        yield {"what": "never_hand_over", "wanted": list(gold.never), "found": ", ".join(wrong),
               "right": not wrong, "at_s": None}  # fmt: skip
    if gold.call_back:
        yield {"what": "call_back", "wanted": ["yes"], "found": "yes" if marks.called_back else "",
               "right": marks.called_back, "at_s": None}  # fmt: skip
    if gold.reassign:
        yield _check("reassign", [gold.reassign], ", ".join(marks.reassigned))
    if gold.linked:
        yield {"what": "linked", "wanted": [str(gold.linked)], "found": str(marks.linked),
               "right": marks.linked >= gold.linked, "at_s": None}  # fmt: skip


def _asked(scenario: Scenario, marks: Marks) -> list[dict[str, Any]]:
    """Each question that the script has an answer for: was it asked, by words or by the card's key."""
    return [
        {
            "field": reply.field, "question": reply.asks[0],
            "asked": any(heard(said, reply.asks) for said in marks.said),
        }
        for reply in scenario.main.replies
        if reply.field
    ]  # fmt: skip


def progress(runs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Over the finished runs of one trainee, oldest first: how many, right answers of the first and the last
    five, the usual times of the last five."""
    done = [run for run in runs if run.get("sheet")]
    if not done:
        return {"runs": 0, "percent_first": None, "percent_last": None, "times_last": {}}
    first, last = done[:5], done[-5:]
    times = {step: _middle([run["sheet"]["times"].get(step) for run in last]) for step in ("answer", *STEPS)}
    return {
        "runs": len(done), "percent_first": _mean(first), "percent_last": _mean(last), "times_last": times,
    }  # fmt: skip


def _mean(runs: list[Mapping[str, Any]]) -> int:
    total: int = sum(run["sheet"]["percent"] for run in runs)
    return round(total / len(runs))


def _middle(values: list[float | None]) -> float | None:
    """The median; of an even number the later one."""
    known = sorted(value for value in values if value is not None)
    return known[len(known) // 2] if known else None
