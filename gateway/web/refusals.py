"""What a refusal of the rulebook says beside the sentence of its code: how many, and which, in the reader's
language."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.rulebook import gate
from gateway.rulebook.gate import Shortfall
from gateway.rulebook.model import Draft, DraftStatus
from gateway.triage.model import VetoCode
from gateway.web.errors import MESSAGES

VETO_NAMES: Mapping[VetoCode, tuple[str, str]] = {
    VetoCode.WEAPON: ("凶器", "weapon"),
    VetoCode.INJURY: ("受伤", "injury"),
    VetoCode.FIRE: ("火或燃气", "fire or gas"),
    VetoCode.CHILD: ("儿童", "child"),
    VetoCode.SUICIDE: ("自杀", "suicide"),
    VetoCode.CONFINED: ("被困", "confined"),
    VetoCode.CANNOT_SPEAK: ("不便说话", "cannot speak"),
    VetoCode.THREAT_TO_LIFE: ("生命威胁", "threat to life"),
}


STATUSES: Mapping[DraftStatus, tuple[str, str]] = {
    DraftStatus.EDITING: ("在改", "being edited"),
    DraftStatus.SUBMITTED: ("待批准", "submitted, and waits for approval"),
    DraftStatus.SENT_BACK: ("被退回", "sent back to its authors"),
    DraftStatus.APPROVED: ("已批准", "approved"),
    DraftStatus.SHADOW: ("试运行", "running in shadow"),
}


def words(code: str, own: str, draft: Draft | None, *, english: bool) -> str:
    """The whole sentence of a refusal of what was asked of `draft`; `own`: the refusal's own text, for codes
    that have no sentence here."""
    if code not in MESSAGES:
        return own
    told = detail(code, draft, english=english)
    return f"{MESSAGES[code][2 if english else 1]}{f' {told}' if told else ''}"


def detail(code: str, draft: Draft | None, *, english: bool) -> str | None:
    """What is lacking, counted and named; None: the code's sentence says it all."""
    if draft is None:
        return None
    test = draft.test
    if code == "veto_uncovered" and test is not None:
        short = [_shortfall(one, english=english) for one in gate.shortfalls(test)]
        return ("; " if english else "；").join(short) + ("." if english else "。") if short else None
    if code == "missed_alarms" and test is not None:
        return f"Missed: {test.missed}." if english else f"漏警{test.missed}起。"
    if code == "wrong_status":
        zh, en = STATUSES[draft.status]
        return f"It is {en}." if english else f"现在是：{zh}。"
    if code == "not_approved":
        missing = draft.approvals_needed - len(draft.approvals)
        return f"Still missing: {missing}." if english else f"还差{missing}人。"
    return None


def _shortfall(one: Shortfall, *, english: bool) -> str:
    zh, en = VETO_NAMES[one.code]
    if not one.of:
        return f"{en}: the corpus has no sentence of it" if english else f"{zh}：否决语料里没有它的句子"
    if english:
        worse = f", the active pack on {one.active}" if one.fired < one.active else ""
        return f"{en}: fires on {one.fired} of {one.of}{worse}"
    worse = f"，启用的规则响了{one.active}句" if one.fired < one.active else ""
    return f"{zh}：{one.of}句只响了{one.fired}句{worse}"
