"""How a gateway and a listener on another machine make sure of each other before anything is said: both know
a secret, and prove it by answering the other's random number. The secret itself never travels.

    listener  {"type": "challenge", "protocol", "version", "listener", "site", "nonce"}
    gateway   {"type": "proof", "gateway", "site", "purpose", "nonce", "mac"}
    listener  {"type": "welcome", "mac"}  or  {"type": "refused", "cause", "reason"}

`mac` is HMAC-SHA256 over who speaks, both numbers and both names, so that neither answer can be used for the
other or another time. What follows is neither encrypted nor signed: the line belongs into the command
centre's own network, as the sound itself does.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gateway import __version__
from gateway.clock import Clock, within
from gateway.speech.control import PROTOCOL, line

WITHIN_S = 3.0
"""For each side's part; who takes longer is hung up on."""
MAX_BYTES = 4096
"""Of a line before both are sure of each other."""
MIN_SECRET_CHARS = 16

Cause = Literal["secret", "protocol", "site", "busy", "garbled"]
"""Why a line did not come about; people are told what to do about it by this."""
Text = Annotated[str, Field(max_length=200)]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class HandshakeError(ConnectionError):
    """The line to a listener did not come about: the message says why."""

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(reason)
        self.cause: Cause = cause


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)
    """Fields of a later version are no reason not to understand each other here."""


class Challenge(_Message):
    type: Literal["challenge"] = "challenge"
    protocol: int
    version: Text
    listener: Text
    site: Text
    nonce: Hex


class Proof(_Message):
    """`purpose`: "lead" to work with the listener, "probe" to see whether it could be done."""

    type: Literal["proof"] = "proof"
    gateway: Text
    site: Text
    purpose: Literal["lead", "probe"] = "lead"
    nonce: Hex
    mac: Hex


class Welcome(_Message):
    type: Literal["welcome"] = "welcome"
    mac: Hex


class Refused(_Message):
    type: Literal["refused"] = "refused"
    cause: Cause
    reason: Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A gateway that has proved itself."""

    gateway: str
    probe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a listener says of itself and knows before anybody calls."""

    listener: str
    site: str
    secret: str


T = TypeVar("T")


async def receive(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host, clock: Clock,
    may: Callable[[Caller], str | None],
) -> Caller:  # fmt: skip
    """The listener's part. `may`: why this gateway may not lead now. Raises HandshakeError, and has told the
    other side."""
    challenge = Challenge(
        protocol=PROTOCOL, version=__version__, listener=host.listener, site=host.site, nonce=_nonce()
    )
    writer.write(line(challenge))
    try:
        proof = await _next(reader, clock, _PROOF)
        if not hmac.compare_digest(proof.mac, _mac(host.secret, "gateway", challenge, proof)):
            raise HandshakeError("secret", f"gateway {proof.gateway} has another secret than this listener")
        if proof.site != host.site:
            raise HandshakeError("site", f"this listener belongs to site {host.site}, not {proof.site}")
        caller = Caller(gateway=proof.gateway, probe=proof.purpose == "probe")
        if not caller.probe and (why := may(caller)) is not None:
            raise HandshakeError("busy", why)
    except HandshakeError as error:
        writer.write(line(Refused(cause=error.cause, reason=str(error))))
        raise
    writer.write(line(Welcome(mac=_mac(host.secret, "listener", challenge, proof))))
    return caller


async def introduce(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clock: Clock, *,
    secret: str, site: str, gateway: str, listener: str, probe: bool = False,
) -> Challenge:  # fmt: skip
    """The gateway's part; what the listener said of itself. Raises HandshakeError."""
    challenge = await _next(reader, clock, _CHALLENGE)
    if challenge.protocol != PROTOCOL:
        raise HandshakeError(
            "protocol",
            f"it speaks protocol {challenge.protocol} (version {challenge.version}), this gateway {PROTOCOL}",
        )
    if challenge.listener != listener:
        raise HandshakeError("garbled", f"there answers listener {challenge.listener}, not {listener}")
    proof = Proof(
        gateway=gateway, site=site, purpose="probe" if probe else "lead", nonce=_nonce(), mac="0" * 64
    )
    proof = proof.model_copy(update={"mac": _mac(secret, "gateway", challenge, proof)})
    writer.write(line(proof))
    answer = await _next(reader, clock, _ANSWER)
    if isinstance(answer, Refused):
        raise HandshakeError(answer.cause, answer.reason)
    if not hmac.compare_digest(answer.mac, _mac(secret, "listener", challenge, proof)):
        raise HandshakeError("secret", "the listener does not know our secret: it may be somebody else's")
    return challenge


_PROOF = TypeAdapter(Proof)
_CHALLENGE = TypeAdapter(Challenge)
_ANSWER: TypeAdapter[Any] = TypeAdapter(Annotated[Welcome | Refused, Field(discriminator="type")])


async def _next(reader: asyncio.StreamReader, clock: Clock, form: TypeAdapter[T]) -> T:
    try:
        told = await within(clock, WITHIN_S, reader.readline())
    except TimeoutError as error:
        raise HandshakeError("garbled", f"no word within {WITHIN_S:g} s") from error
    except ValueError as error:  # a line longer than the stream takes
        raise HandshakeError("garbled", "what answers there is no listener of ours") from error
    if not told:
        raise HandshakeError("garbled", "the line was closed before a word")
    try:
        if len(told) > MAX_BYTES:
            raise ValueError
        return form.validate_json(told)
    except (ValidationError, ValueError) as error:
        raise HandshakeError("garbled", "what answers there does not speak as we do") from error


def _nonce() -> str:
    return secrets.token_hex(32)


def _mac(secret: str, speaker: str, challenge: Challenge, proof: Proof) -> str:
    told = [
        "intake110", speaker, challenge.nonce, proof.nonce, challenge.listener, challenge.site,
        proof.gateway, proof.site, proof.purpose,
    ]  # fmt: skip
    return hmac.new(secret.encode(), json.dumps(told).encode(), sha256).hexdigest()
