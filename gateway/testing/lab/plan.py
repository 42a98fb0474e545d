"""What the city is asked to do: one call, and how its phones react."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A caller's place as a GML circle (WGS-84, RFC 5491), sent as PIDF-LO in the INVITE."""

    latitude: float
    longitude: float
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """One call that the city is to place. WAV files are 8 kHz, 16 bit, mono; None is silence.

    `stay_s`: seconds the caller stays after the desk answered (when impatient: after the PBX answered).
    `patient`: the caller waits for a desk before speaking and counting.
    `desk_answers`: false leaves the desk ringing, so that an impatient caller abandons the call.
    `desk_stay_s`: the desk hangs up so long after answering; None: it waits for the caller to end.
    `headers`: SIP headers of the INVITE, such as X-ALI. `pai`: send the number as P-Asserted-Identity too.
    """

    caller: str
    caller_wav: Path | None = None
    desk_wav: Path | None = None
    stay_s: float = 5.0
    patient: bool = True
    desk_answers: bool = True
    desk_stay_s: float | None = None
    dialled: str = "110"
    pai: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    place: Circle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a phone reacts: rings `ring_s`, answers and plays `wav`; or is busy; or rings for ever; or, where
    it does not exist, the number leads nowhere."""

    ring_s: float = 0.8
    busy: bool = False
    answers: bool = True
    exists: bool = True
    wav: Path | None = None
    stay_s: float | None = None
