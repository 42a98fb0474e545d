"""What a draft must show before it goes on. Every refusal says what is missing and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.answers import Refused
from gateway.rulebook.model import BackTest, Draft, Rulebook
from gateway.triage.model import VetoCode


def closed(book: Rulebook, draft: Draft) -> Refused | None:
    """Why this content may not be submitted or activated now; None: the gate is open."""
    active = book.active
    if active is None or draft.base != active.content.hash:
        return Refused(
            code="stale_base",
            text="another pack is active since this draft was begun: take its changes over, then test again",
        )
    if draft.content.hash == active.content.hash:
        return Refused(code="unchanged", text="the draft is the same as the active pack: change something")
    return _untested(draft) or failed(draft.test)


def _untested(draft: Draft) -> Refused | None:
    test = draft.test
    if test is not None and test.hash == draft.content.hash and test.base == draft.base:
        return None
    return Refused(code="not_tested", text="no back-test of exactly this content is done: start one")


def failed(test: BackTest | None) -> Refused | None:
    """What a back-test forbids."""
    if test is None:
        return None
    if test.missed:
        return Refused(
            code="missed_alarms",
            text=f"{test.missed} alarms would be judged non-police: mend the rules by the back-test's list",
        )
    if short := shortfalls(test):
        return Refused(
            code="veto_uncovered",
            text="the veto does not hear all that it must: "
            + "; ".join(
                f"{one.code} fires on {one.fired} of {one.of} (active {one.active})" for one in short
            ),
        )
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A veto code that does less than it must: of its sentences (`of` 0: the corpus has none) it fires on
    `fired`, by the active pack's lists on `active`."""

    code: VetoCode
    of: int
    fired: int
    active: int


def shortfalls(test: BackTest) -> tuple[Shortfall, ...]:
    """Every code without a sentence of its own, that misses one, or that the draft lowers below the active
    pack. What nobody measured is not covered."""
    known = {one.code: one for one in test.veto_codes}
    found = []
    for code in VetoCode:
        one = known.get(code)
        of, fired, active = (one.sentences, one.fired, one.active) if one else (0, 0, 0)
        if not of or fired < of or fired < active:
            found.append(Shortfall(code=code, of=of, fired=fired, active=active))
    return tuple(found)


def unapproved(draft: Draft) -> Refused | None:
    missing = draft.approvals_needed - len(draft.approvals)
    if missing <= 0:
        return None
    return Refused(
        code="not_approved",
        text=f"{missing} more of the persons who did not write it must approve this draft",
    )
