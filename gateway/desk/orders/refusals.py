"""Why something asked of a work order was not done, in the reader's words: the same over every door."""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_order": ("没有这个工单，请核对编号。", "There is no such work order. Compare its id."),
    "unknown_department": (
        "部门名录中没有这个部门。", "The directory has no such department.",
    ),
    "order_closed": (
        "工单已办结，不能再修改；如有新情况请另开工单。",
        "The order is closed. Open a new one that refers to it.",
    ),
    "wrong_state": (
        "工单当前状态不能这样做，请刷新后再看。", "The order is not at that step now. Look again.",
    ),
    "not_yours": (
        "该工单不在贵部门（可能已改派）。", "This order is not with your department (any more).",
    ),
    "hall_only": ("此操作由110接警台进行，可用备注告知。", "Only the 110 hall does this. Write it a note."),
    "answer_needed": ("请写明办理结果。", "Say what was done: the caller is told it."),
    "decided": (
        "已裁定由贵部门办理，不能再退回或提出争议；如有困难请写备注。",
        "A supervisor decided that this is yours: it is not sent back any more. Write a note.",
    ),
    "exists": ("已有同编号的工单。", "An order of this id is there already."),
    "wrong_key": ("部门口令不正确，未接收。", "The department's key is wrong: nothing was taken."),
    "unreadable": ("消息格式不正确，未接收。", "The message cannot be read: nothing was taken."),
}  # fmt: skip
"""Code to zh-CN and English. Codes that other parts have too (stale_rev, reason_needed, invalid, limit) stand
with theirs; `ALSO` has their words for doors that are no page."""

ALSO: Mapping[str, tuple[str, str]] = {
    "stale_rev": ("工单已被他人更新，请看过最新内容再提交。", "It has changed since you saw it. Look again."),
    "reason_needed": ("请写明理由。", "Give the reason."),
    "invalid": ("内容不符合要求。", "Something in it is not right."),
    "limit": ("已达上限。", "A limit is reached."),
}


def words(code: str) -> tuple[str, str]:
    """zh-CN and English."""
    return REFUSALS.get(code) or ALSO.get(code) or ("未能执行。", "It was refused.")
