"""What is asked of a call that must be forgotten by law. The journal's row of it proves that it was done."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.signals import CallRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCall(CallRequest):
    """Destroy all that tells of a person in this call. `ground`: the decision or the law that demands it.

    Said by one person it is asked for; said by a second one, with a ground again, it is done: nobody destroys
    evidence alone. Both rows stay in the journal.
    """

    ground: str
