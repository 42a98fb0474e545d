"""A caller who says little: keys, taps, the prompt "press 1 if you need the police and cannot speak", and the
silent alarm. A part of the call's state; moved in `quieting`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.triage.model import AlarmClass

MAX_KEYS = 8
"""Keys kept in the state, the newest; all of them are counted, published and journaled."""
PROMPT_KEY = "1"
"""What the prompt asks for. Another key after it is a sign too, but says less."""


class PromptState(StrEnum):
    """WATCHING: the dialplan listens whether the caller speaks; SPOKE: they did, nothing was played; ASKED: a
    call-taker's key, not yet sent or answered; PLAYING, PLAYED: the caller hears it, has heard it; STOPPED:
    by a person, or because a sign had come; FAILED: the PBX could not play it."""

    WATCHING = "watching"
    SPOKE = "spoke"
    ASKED = "asked"
    PLAYING = "playing"
    PLAYED = "played"
    STOPPED = "stopped"
    FAILED = "failed"


class AlarmCause(StrEnum):
    """What raised a silent alarm. KEY: the one that the prompt asks for; OTHER_KEY, TAPS: another answer to
    the prompt; CODE_WORD: one of the site's own; PERSON: a call-taker who understood."""

    KEY = "key"
    OTHER_KEY = "other_key"
    TAPS = "taps"
    CODE_WORD = "code_word"
    PERSON = "person"


PLAIN = frozenset({AlarmCause.KEY, AlarmCause.CODE_WORD, AlarmCause.PERSON})
"""Causes by which the caller has said that police are needed; the others leave it unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentAlarm:
    """Stands until a person ends it. `key`: which one; `by`: who raised it.
    Milliseconds count from the call's seizure."""

    cause: AlarmCause
    at_ms: int
    key: str = ""
    by: str | None = None
    seen_by: str | None = None
    seen_ms: int | None = None
    ended_by: str | None = None
    ended_ms: int | None = None

    @property
    def stands(self) -> bool:
        return self.ended_ms is None

    @property
    def alarm_class(self) -> AlarmClass:
        """The verdict that it forces while it stands, unless the machine's own is graver."""
        return AlarmClass.VALID_ALARM if self.cause in PLAIN else AlarmClass.UNSURE

    @property
    def priority(self) -> int:
        return 1 if self.cause in PLAIN else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """`prompted_ms`: when the prompt first began; what comes later may answer it. `watcher`: unique id of the
    leg that listens or plays, "" for none. Milliseconds count from the call's seizure: they are shorter."""

    prompt: PromptState | None = None
    prompt_ms: int = 0
    """Since when it is so."""
    prompt_by: str | None = None
    """The call-taker who asked for it; None: the dialplan by itself."""
    prompted_ms: int | None = None
    prompts: int = 0
    """How often it began to play."""
    watcher: str = ""
    keys: tuple[tuple[str, int], ...] = ()
    """(key, milliseconds) of the newest."""
    key_count: int = 0
    taps: int = 0
    talking: bool | None = None
    """By the PBX's own detection on the caller's leg, while they may be unable to speak; None: not told."""
    talk_ms: int = 0
    """Since when it is so."""
    alarm: SilentAlarm | None = None
