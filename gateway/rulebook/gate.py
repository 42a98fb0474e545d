"""What a draft must show before it goes on. Every refusal says what is missing and how to mend it."""

from __future__ import annotations

from gateway.calls.requests import Refused
from gateway.rulebook.model import BackTest, Draft, Rulebook


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
    if test.vetoes_missed or not test.vetoes:
        return Refused(
            code="veto_uncovered",
            text=f"the veto stays quiet on {test.vetoes_missed} of the {test.vetoes} sentences of the veto"
            " corpus: mend the lists, and see that the corpus is there",
        )
    return None


def unapproved(draft: Draft) -> Refused | None:
    missing = draft.approvals_needed - len(draft.approvals)
    if missing <= 0:
        return None
    return Refused(
        code="not_approved",
        text=f"{missing} more of the persons who did not write it must approve this draft",
    )
