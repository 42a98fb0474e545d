"""Taking a desk out of the queues, in AMI's words."""

from __future__ import annotations

import pytest

from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.queues import pause_member


def test_a_desk_is_paused_in_every_queue_with_its_reason() -> None:
    action = pause_member(interface="PJSIP/1101", paused=True, reason="meal")
    assert action.name == "QueuePause"
    assert action.fields == {"Interface": "PJSIP/1101", "Paused": "true", "Reason": "meal"}


def test_a_desk_comes_back_without_a_reason() -> None:
    assert pause_member(interface="PJSIP/1101", paused=False, reason="").fields["Paused"] == "false"


@pytest.mark.parametrize(
    ("interface", "reason"),
    [("", "x"), ("a b", "x"), ("PJSIP/1", "a\r\nAction: Originate"), ("PJSIP/1", "x" * 81)],
)
def test_what_could_be_another_action_is_refused(interface: str, reason: str) -> None:
    with pytest.raises(UnsafeValue):
        pause_member(interface=interface, paused=True, reason=reason)
