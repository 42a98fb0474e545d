"""What pages are shown of callers who say little."""

from __future__ import annotations

from pydantic import AwareDatetime

from gateway.calls.quiet import AlarmCause, PromptState
from gateway.speech.level import Kind
from gateway.web.schema_base import Outgoing


class PromptShown(Outgoing):
    """The prompt to press 1. `by` null: the dialplan by itself; `times`: how often it has begun to play;
    `running`: there is something to stop."""

    state: PromptState
    since: AwareDatetime
    by: str | None
    times: int
    running: bool


class KeyShown(Outgoing):
    key: str
    at: AwareDatetime


class SilentAlarmShown(Outgoing):
    """`standing` until a person ends it. `by` null: a sign of the caller raised it."""

    cause: AlarmCause
    standing: bool
    at: AwareDatetime
    key: str | None
    by: str | None
    seen_by: str | None
    seen_at: AwareDatetime | None
    ended_by: str | None
    ended_at: AwareDatetime | None


class QuietShown(Outgoing):
    """`keys`: the newest, of `key_count`. `talking`: by the PBX's own detection; null: not told."""

    prompt: PromptShown | None
    keys: list[KeyShown]
    key_count: int
    taps: int
    talking: bool | None
    talk_since: AwareDatetime | None
    alarm: SilentAlarmShown | None


class SecondShown(Outgoing):
    """One second of the caller's sound, `at_ms` after the line was seized. `db`: its loudest moment, below
    full scale; `taps`: knocks that began in it."""

    at_ms: int
    db: int
    kind: Kind
    taps: int


class QuietAnswer(Outgoing):
    """`seconds`: the last minute, as far as somebody hears the caller live; kept nowhere else. New ones come
    in the stream (`level`)."""

    quiet: QuietShown | None
    seconds: list[SecondShown]
