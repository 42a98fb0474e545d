"""What a listener is started with, and what gateway and listener say to each other:
one JSON object a line, over a Unix socket in the state folder, or over TCP after a `handshake`.

A line longer than MAX_LINE_BYTES or that is not of these forms ends the connection: the other side is not
ours. The socket's mode is 0600: whoever may open it may hear calls.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from gateway import __version__
from gateway.speech.hotwords import MAX_WORDS
from gateway.speech.languages import ACCURATE, DEFAULT, TAG
from gateway.speech.level import Second
from gateway.speech.model import MAX_ORIGIN, HearingState, Leg, TranscriptSegment
from gateway.speech.recognizer import VOSK

MAX_LINE_BYTES = 512 * 1024
SOCKET_NAME = "listener.sock"
REVIEWED_AT_ONCE = 50
"""So that a line stays well below MAX_LINE_BYTES: a segment is half a minute of words at most."""
_LONGEST_SOCKET_PATH = 100
PIECE_BYTES = 128 * 1024
"""Of a recording's sound that a gateway gives at one time: eight seconds. The announcement of a tap waits
for no more."""
MAX_SOUND_BYTES = 4 * 3600 * 16_000
"""Four hours; a longer recording is heard by the gateway's own listener alone, which reads the file."""
MAX_FAULT_CHARS = 600
"""Of what is told about one model that is left out; the log has all of it."""
PROTOCOL = 4
"""Raised when these forms change: a listener of another protocol is stopped and a new one started."""

ORPHAN_S = 120.0
"""A listener to which no gateway speaks for so long, and that has no live tap, ends."""


Tag = Annotated[str, Field(pattern=TAG)]
Language = Annotated[str, Field(pattern=rf"{TAG}|^(auto)?$")]
"""A language tag; "": the configured default; "auto": decided by listening to the first words."""


class ListenerConfig(BaseModel):
    """What a listener is started with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state_dir: Path
    model: Path
    languages: dict[Tag, Path] = {}
    """Further models, by the language that they hear."""
    accurate: Path | None = None
    """The model for the second pass over a whole recording; None: the default one."""
    host: str = "0.0.0.0"
    port: int = Field(0, ge=0, le=65535)
    workers: int = Field(0, ge=0, le=64)
    """0: as many as the cores this process may use. They run at a lower priority (worker.NICE): a PBX and a
    gateway on the same machine go first."""
    spool_max_mb: int = Field(2048, ge=16)
    orphan_s: float = Field(default=ORPHAN_S, gt=0)
    engine: str = VOSK
    log_level: str = "info"

    def processes(self) -> int:
        return self.workers or len(os.sched_getaffinity(0))

    def models(self) -> dict[str, Path]:
        """Every model by its key (languages.py)."""
        accurate = {ACCURATE: self.accurate} if self.accurate else {}
        return {DEFAULT: self.model, **self.languages, **accurate}

    def fingerprint(self) -> str:
        """Differs when a running listener would not do what this configuration says."""
        told = self.model_dump_json(exclude={"log_level"})
        return hashlib.sha256(f"{PROTOCOL} {__version__} {told}".encode()).hexdigest()[:16]


SoundBytes = Annotated[int, Field(ge=0, le=MAX_SOUND_BYTES)]
"""How much sound (8 kHz, 16 bit) the gateway has for a job, and gives piece by piece as it is wanted; None:
the listener is on the gateway's own machine, and reads `path` itself."""
Milliseconds = Annotated[int, Field(ge=0, le=7 * 86_400_000)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Announce(_Message):
    """A tap will come under this UUID. `offset_ms`: when this was said, since the call was seized."""

    type: Literal["announce"] = "announce"
    tap_id: UUID
    call_id: str = Field(max_length=300)
    leg: Leg
    offset_ms: Milliseconds
    first_index: int = Field(ge=0)
    language: Language = ""


class Speak(_Message):
    """From now on this leg is heard with that language: the caller pressed a language key, or a person
    chose it."""

    type: Literal["speak"] = "speak"
    tap_id: UUID
    language: Language


class SetHotWords(_Message):
    """The whole list; it takes the place of the one before. Told at connect and when it changes."""

    type: Literal["set_hot_words"] = "set_hot_words"
    words: list[Annotated[str, Field(max_length=40)]] = Field(max_length=MAX_WORDS)


class Revoke(_Message):
    """This tap is not wanted any more: refused when it comes, closed when it is there."""

    type: Literal["revoke"] = "revoke"
    tap_id: UUID


class Ack(_Message):
    """This segment is committed; the listener forgets it."""

    type: Literal["ack"] = "ack"
    seq: int


class Transcribe(_Message):
    """Fill gaps of a leg from a recording: spans of the file, `base_ms` is where the file begins in the
    call."""

    type: Literal["transcribe"] = "transcribe"
    job_id: UUID
    call_id: str = Field(max_length=300)
    leg: Leg
    path: str = Field("", max_length=4096)
    channel: int = Field(0, ge=0, le=7)
    sound_bytes: SoundBytes | None = None
    base_ms: Milliseconds = 0
    ranges: list[tuple[Milliseconds, Milliseconds]] = Field(max_length=1000)
    first_index: int = Field(ge=0)
    language: Language = ""
    model: Literal["", "accurate"] = ""
    """"accurate": with the model of the second pass, where there is one for it."""


class Review(_Message):
    """Hear one side of a whole recording again, with the accurate model. Answered by Reviewed, then
    Transcribed; nothing of it is kept here: asked again it is heard again."""

    type: Literal["review"] = "review"
    job_id: UUID
    call_id: str = Field(max_length=300)
    leg: Leg
    path: str = Field("", max_length=4096)
    channel: int = Field(0, ge=0, le=7)
    sound_bytes: SoundBytes | None = None
    base_ms: Milliseconds = 0
    first_index: int = Field(0, ge=0)
    language: Language = ""


class Sound(_Message):
    """A piece of the recording that a job is about: what was wanted. `pcm`: base64."""

    type: Literal["sound"] = "sound"
    job_id: UUID
    at: int = Field(ge=0)
    pcm: str = Field(max_length=PIECE_BYTES * 4 // 3 + 4)


class Status(_Message):
    """Are you there? Answered by Hello. Sent every few seconds: a listener nobody speaks to ends by
    itself."""

    type: Literal["status"] = "status"


class Stop(_Message):
    """End cleanly: what is not acknowledged stays in the spool."""

    type: Literal["stop"] = "stop"


class Hello(_Message):
    """Who listens, sent at connect, when something changed, and for every Status. `port` is None until it
    hears."""

    type: Literal["hello"] = "hello"
    protocol: int
    fingerprint: str
    pid: int
    port: int | None = None
    model_id: str | None = None
    languages: dict[str, str] = {}
    """Language tag -> model_id of the model that hears it, beside the default one."""
    accurate_id: str | None = None
    """The model of the second pass, None: there is none of its own."""
    left_out: dict[str, Annotated[str, Field(max_length=MAX_FAULT_CHARS)]] = {}
    """Language tag or "accurate" -> why that model, though configured, does not hear."""
    synthetic_only: bool = False
    workers: int = 0
    streams: int = 0
    behind: int = 0
    set_aside: int = 0
    """Of them, call-takers' legs that wait until there is room."""
    origin: int = Field(0, ge=0, le=MAX_ORIGIN)
    """Its segments of a leg are numbered from `origin * INDEXES_EACH` on."""
    legs: int = 0
    """Live legs it can follow at once."""
    announced: list[UUID] = []
    live: list[UUID] = []
    fault: str | None = None


class Announced(_Message):
    type: Literal["announced"] = "announced"
    tap_id: UUID
    refused: str | None = None


class TapLive(_Message):
    type: Literal["tap_live"] = "tap_live"
    tap_id: UUID
    call_id: str
    leg: Leg


class TapEnded(_Message):
    type: Literal["tap_ended"] = "tap_ended"
    tap_id: UUID
    call_id: str
    leg: Leg
    reason: str
    failed: bool


class PartialText(_Message):
    type: Literal["partial"] = "partial"
    call_id: str
    leg: Leg
    text: str
    started_ms: int
    ended_ms: int


class Segment(_Message):
    """A final segment; sent again at every connect until acknowledged. `source`: the tap that heard it, or
    the job that read it from a recording."""

    type: Literal["segment"] = "segment"
    seq: int
    call_id: str
    segment: TranscriptSegment
    source: str | None = Field(None, max_length=100)


class LegState(_Message):
    """How a live tap is heard from `since_ms` (of the call) on: the watchdog's word, told when it changes."""

    type: Literal["leg_state"] = "leg_state"
    tap_id: UUID
    call_id: str
    leg: Leg
    state: HearingState
    reason: str | None = None
    since_ms: int | None = None


class Sounded(_Message):
    """Whole seconds of a live caller's leg as they sounded: shown in passing, kept by nobody."""

    type: Literal["sounded"] = "sounded"
    call_id: str
    leg: Leg
    seconds: list[Second] = Field(max_length=60)


class Hole(_Message):
    """A span of a tap's sound never came."""

    type: Literal["hole"] = "hole"
    call_id: str
    leg: Leg
    started_ms: int
    ended_ms: int


class Want(_Message):
    """The next piece of a job's sound, from that byte on; answered by Sound."""

    type: Literal["want"] = "want"
    job_id: UUID
    at: int = Field(ge=0)


class Reviewed(_Message):
    """What a review heard, at most REVIEWED_AT_ONCE segments a message, in order."""

    type: Literal["reviewed"] = "reviewed"
    job_id: UUID
    segments: list[TranscriptSegment]


class Transcribed(_Message):
    type: Literal["transcribed"] = "transcribed"
    job_id: UUID
    call_id: str
    leg: Leg
    failed: str | None = None


ToListener = Annotated[
    Announce | SetHotWords | Speak | Revoke | Ack | Transcribe | Review | Sound | Status | Stop,
    Field(discriminator="type"),
]
ToGateway = Annotated[
    Hello
    | Announced
    | TapLive
    | TapEnded
    | PartialText
    | Segment
    | LegState
    | Sounded
    | Hole
    | Want
    | Reviewed
    | Transcribed,
    Field(discriminator="type"),
]
TO_LISTENER: TypeAdapter[Any] = TypeAdapter(ToListener)
TO_GATEWAY: TypeAdapter[Any] = TypeAdapter(ToGateway)


def told_shortly(left_out: Mapping[str, str]) -> dict[str, str]:
    return {key: why[:MAX_FAULT_CHARS] for key, why in left_out.items()}


def line(message: BaseModel) -> bytes:
    return message.model_dump_json().encode() + b"\n"


@contextlib.contextmanager
def socket_path(state_dir: Path) -> Iterator[str]:
    """The control socket's path; a path too long for the kernel (108 bytes) goes by an open folder
    instead."""
    path = str(state_dir / SOCKET_NAME)
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        yield path
        return
    folder = os.open(state_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)
