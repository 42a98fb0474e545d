"""What a refusal of the rulebook adds to the sentence of its code, in both languages: how many, and which."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.rulebook import gate
from gateway.rulebook.gate import Shortfall
from gateway.rulebook.model import Draft, DraftStatus
from gateway.triage.model import VetoCode
from gateway.web.errors import MESSAGES, Both

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


def words(code: str, own: str, draft: Draft | None) -> Both:
    """The whole sentence of a refusal of what was asked of `draft`; `own`: the refusal's own text, for codes
    that have no sentence here."""
    if code not in MESSAGES:
        return own, own
    _, zh, en = MESSAGES[code]
    told = detail(code, draft)
    return (f"{zh} {told[0]}", f"{en} {told[1]}") if told else (zh, en)


def detail(code: str, draft: Draft | None) -> Both | None:
    """What is lacking, counted and named; None: the code's sentence says it all."""
    if draft is None:
        return None
    test = draft.test
    if code == "veto_uncovered" and test is not None:
        short = [_shortfall(one) for one in gate.shortfalls(test)]
        return (
            ("；".join(zh for zh, _ in short) + "。", "; ".join(en for _, en in short) + ".")
            if short
            else None
        )
    if code == "missed_alarms" and test is not None:
        return f"漏警{test.missed}起。", f"Missed: {test.missed}."
    if code == "wrong_status":
        zh, en = STATUSES[draft.status]
        return f"现在是：{zh}。", f"It is {en}."
    if code == "not_approved":
        missing = draft.approvals_needed - len(draft.approvals)
        return f"还差{missing}人。", f"Still missing: {missing}."
    return None


def _shortfall(one: Shortfall) -> Both:
    zh, en = VETO_NAMES[one.code]
    if not one.of:
        return f"{zh}：否决语料里没有它的句子", f"{en}: the corpus has no sentence of it"
    zh, en = f"{zh}：{one.of}句只响了{one.fired}句", f"{en}: fires on {one.fired} of {one.of}"
    if one.fired < one.active:
        return f"{zh}，启用的规则响了{one.active}句", f"{en}, the active pack on {one.active}"
    return zh, en
