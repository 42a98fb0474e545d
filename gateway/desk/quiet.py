"""What pages show of callers who say little: plain JSON values, with clock times made of the call's own
milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gateway.calls.model import CallSession
from gateway.calls.quiet import Quiet
from gateway.desk.stamp import stamp

_NOTHING = Quiet()

REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "not_answered": (
        409, "还没有接警员与来电人通话，不能播放提示。",
        "Nobody speaks with this caller yet: the prompt cannot be played.",
    ),
    "no_prompt": (409, "现在没有播放提示。", "No prompt is played to this caller."),
    "no_alarm": (409, "该来电没有未解除的无声报警。", "No silent alarm stands for this call."),
    "alarm_stands": (409, "无声报警已触发，尚未解除。", "The silent alarm is raised already."),
}  # fmt: skip
"""Codes of this family: HTTP status, and the sentences that people see."""


def quiet_json(session: CallSession) -> dict[str, Any] | None:
    """The card's part; None: there is nothing to tell."""
    quiet = session.quiet
    if quiet == _NOTHING:
        return None
    prompt = quiet.prompt and {
        "state": quiet.prompt.value,
        "since": _at(session, quiet.prompt_ms),
        "by": quiet.prompt_by,
        "times": quiet.prompts,
        "running": bool(quiet.watcher),
    }
    return {
        "prompt": prompt,
        "keys": [{"key": key, "at": _at(session, at_ms)} for key, at_ms in quiet.keys],
        "key_count": quiet.key_count,
        "taps": quiet.taps,
        "talking": quiet.talking,
        "talk_since": _at(session, quiet.talk_ms if quiet.talking is not None else None),
        "alarm": _alarm(session),
    }


def _alarm(session: CallSession) -> dict[str, Any] | None:
    alarm = session.quiet.alarm
    if alarm is None:
        return None
    return {
        "cause": alarm.cause.value,
        "standing": alarm.stands,
        "at": _at(session, alarm.at_ms),
        "key": alarm.key or None,
        "by": alarm.by,
        "seen_by": alarm.seen_by,
        "seen_at": _at(session, alarm.seen_ms),
        "ended_by": alarm.ended_by,
        "ended_at": _at(session, alarm.ended_ms),
    }


def _at(session: CallSession, ms: int | None) -> str | None:
    return None if ms is None else stamp(session.seized_at + timedelta(milliseconds=ms))
