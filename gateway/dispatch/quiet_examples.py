"""One invented event of every kind about callers who say little, as the contract shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gateway.calls.quiet import AlarmCause, PromptState
from gateway.calls.quieted import (
    CallerSign,
    Sign,
    SilencePromptChange,
    SilentAlarmChange,
    SilentAlarmStep,
)
from gateway.triage.model import AlarmClass


def quiet_examples(at: datetime) -> tuple[Any, ...]:
    return (
        SilentAlarmChange(
            occurred_at=at, step=SilentAlarmStep.RAISED, cause=AlarmCause.KEY,
            alarm_class=AlarmClass.VALID_ALARM, priority=1, key="1",
        ),
        SilencePromptChange(occurred_at=at, state=PromptState.PLAYING, by="zhang.san", times=1),
        CallerSign(occurred_at=at, sign=Sign.KEY, at_ms=14_200, key="1"),
    )  # fmt: skip
