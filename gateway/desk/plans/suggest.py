"""Which plans are suggested for a call, with the reasons. A suggestion starts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.calls.model import CallSession
from gateway.desk.card import Card
from gateway.desk.plans.model import Condition, Plan, Reason
from gateway.text.numerals import chinese_number
from gateway.triage.model import Nature, VetoCode

_NOT_JUDGED = 9
"""Less urgent than any priority."""
_DIGITS, _NUMERAL = re.compile(r"[0-9]{1,6}"), re.compile("[零一二两三四五六七八九十百千]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What suggestions rest on. `calls`: those that are linked with this one, itself among them."""

    natures: tuple[Nature, ...] = ()
    vetoes: tuple[VetoCode, ...] = ()
    priority: int | None = None
    injured: int = 0
    calls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    plan: Plan
    reasons: tuple[Reason, ...]


def facts_of(session: CallSession, card: Card, calls: int = 1) -> Facts:
    """Of one call: the person's decision before the machine's verdict."""
    verdict = session.triage
    named = [each for each in (session.disposition, verdict) if each is not None]
    natures = tuple(each.nature for each in named[:1] if each.nature is not Nature.NONE)
    return Facts(
        natures=natures, vetoes=session.vetoes, priority=verdict.priority if verdict else None,
        injured=max((_count(value.value) for value in card.get("people_injured", ())), default=0),
        calls=calls,
    )  # fmt: skip


def _count(text: str) -> int:
    """`3`, `三人`; what names no number is one, for somebody is hurt."""
    if (digits := _DIGITS.search(text)) is not None:
        return int(digits.group())
    numeral = _NUMERAL.search(text)
    spoken = chinese_number(numeral.group()) if numeral else None
    return 1 if spoken is None else spoken


def suggested(plans: Iterable[Plan], facts: Facts) -> list[Suggested]:
    """The plan with most reasons first, then as the files name them."""
    found = []
    for plan in plans:
        ways = [way for each in plan.suggest if (way := tuple(_reasons(each, facts))) and _holds(each, way)]
        if ways:
            found.append(Suggested(plan=plan, reasons=max(ways, key=len)))
    return sorted(found, key=lambda each: -len(each.reasons))


def _reasons(condition: Condition, facts: Facts) -> Iterator[Reason]:
    """One for each named part that holds."""
    for nature in facts.natures:
        if nature in condition.natures:
            yield Reason(code="nature", value=nature.value)
            break
    for veto in facts.vetoes:
        if veto in condition.vetoes:
            yield Reason(code="veto", value=veto.value)
            break
    if condition.priority is not None and (facts.priority or _NOT_JUDGED) <= condition.priority:
        yield Reason(code="priority", value=str(facts.priority))
    if condition.injured is not None and facts.injured >= condition.injured:
        yield Reason(code="injured", value=str(facts.injured))
    if condition.calls is not None and facts.calls >= condition.calls:
        yield Reason(code="calls", value=str(facts.calls))


def _holds(condition: Condition, reasons: tuple[Reason, ...]) -> bool:
    named: Mapping[str, bool] = {
        "nature": bool(condition.natures), "veto": bool(condition.vetoes),
        "priority": condition.priority is not None, "injured": condition.injured is not None,
        "calls": condition.calls is not None,
    }  # fmt: skip
    return {each.code for each in reasons} == {name for name, there in named.items() if there}
