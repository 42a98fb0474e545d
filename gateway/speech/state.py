"""What a listener's client needs, and what it tells the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import BaseModel

from gateway.speech.control import Hello
from gateway.speech.handshake import Cause
from gateway.speech.level import Second
from gateway.speech.model import HearingState, Leg, TranscriptSegment


class Hearer(Protocol):
    """Who is told what was heard; `gateway.runtime.hearing.Hearing` is one. Called in the event loop, must
    not wait."""

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None: ...
    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None: ...
    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None: ...
    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None: ...
    def first_index(self, call_id: str, leg: Leg, origin: int) -> int: ...
    def leg_state(
        self, call_id: str, leg: Leg, tap_id: str, state: HearingState, reason: str | None,
        since_ms: int | None,
    ) -> None: ...  # fmt: skip
    def sounded(self, call_id: str, leg: Leg, seconds: Sequence[Second]) -> None: ...
    def hole(self, call_id: str, leg: Leg, started_ms: int, ended_ms: int) -> None: ...


class ControlLine(Protocol):
    """`child.ListenerProcess` or `remote.RemoteLine`."""

    own: bool
    """A listener of this gateway: it may be stopped, killed and replaced."""

    @property
    def tap_host(self) -> str: ...
    def unfit(self, hello: Hello) -> str | None: ...
    async def connect(self) -> asyncio.StreamReader: ...
    def send(self, message: BaseModel) -> None: ...
    def hang_up(self) -> None: ...
    def kill(self) -> None: ...
    async def stop(self) -> None: ...


Trouble = Literal["", "loading", "model", "unreachable", "lost", "silent", "twin"] | Cause
"""Why a listener does not hear; people are told what to do about it by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechState:
    """How the ears are. `up`: taps can be taken. `live`: taps that send sound now; one the gateway
    believes live and that is not here has ended while nobody listened."""

    up: bool
    trouble: Trouble = ""
    reason: str = ""
    port: int | None = None
    model_id: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    """Language tag -> model_id of the model that hears it, beside the default one."""
    accurate_id: str | None = None
    """The model of the second pass, None: there is none of its own."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Language tag or "accurate" -> why that model, though configured, does not hear."""
    synthetic_only: bool = False
    """The model understands no people: pages must say so."""
    workers: int = 0
    behind: int = 0
    """Legs whose text comes late because the machine cannot hear so many at once."""
    set_aside: int = 0
    """Of them, call-takers' legs without live text: callers first, these when there is room."""
    live: frozenset[str] = frozenset()
    legs: int = 0
    """Live legs that can be followed at once."""
    origin: int = 0
    """By what a listener's segment numbers are told from another's."""
    complete: bool = True
    """False: some listeners may not have been found yet, so a tap that is not in `live` may well live."""

    @property
    def demo_languages(self) -> tuple[str, ...]:
        """Languages whose model understands no people. Listeners do not tell which: "" stands for some."""
        return ("",) if self.synthetic_only else ()
