"""Phones that the PBX could not even begin to call: no leg exists that could tell of it, the answer to our
action does (OriginateResponse)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from gateway.calls.effects import MovePeople
from gateway.calls.handed import MoveLegGone
from gateway.pbx.message import AmiMessage

MAX_KEPT = 64
"""Actions, and failures of others' actions, remembered until the other half comes; then the oldest goes."""

CAUSES = {"0": 3, "1": 16, "3": 19, "5": 17, "8": 3}
"""Reason of OriginateResponse (a control frame's number) to the Q.850 cause that says the same: 0 not begun,
1 hung up, 3 rang in vain, 5 busy, 8 congestion."""


class Placed:
    """Brings action and failure together, whichever is known first."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, MovePeople] = OrderedDict()
        self._failed: OrderedDict[str, AmiMessage] = OrderedDict()

    def sent(self, action_id: str, effect: MovePeople) -> MoveLegGone | None:
        """The PBX has taken an action that rings a phone; what follows when it has failed already."""
        if (message := self._failed.pop(action_id, None)) is not None:
            return _gone(effect, message)
        _keep(self._sent, action_id, effect)
        return None

    def read(self, message: AmiMessage) -> MoveLegGone | None:
        """What follows from a message: only of a failure, and only of an action of ours."""
        if message.event != "OriginateResponse" or message.action_id is None:
            return None
        effect = self._sent.pop(message.action_id, None)
        if message.get("Response") != "Failure":
            return None
        if effect is None:
            _keep(self._failed, message.action_id, message)
            return None
        return _gone(effect, message)


T = TypeVar("T")


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    while len(kept) > MAX_KEPT:
        kept.popitem(last=False)


def _gone(effect: MovePeople, message: AmiMessage) -> MoveLegGone:
    return MoveLegGone(
        call_id=effect.call_id, at=message.at, source_at=message.source_at, n=effect.n,
        cause=CAUSES.get(message.get("Reason") or "0", 3),
    )  # fmt: skip
