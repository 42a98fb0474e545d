"""The recognizer process: hears several legs, one message after the other, until its input ends.

It is forked by the loader (loader.py) from a process that holds the models already, and talks over a socket
in messages of four bytes length and one byte kind. In: J (JSON: open, switch, finish) and A (sound: four
bytes leg number, PCM). Out: J (partial, final, chosen, switched, done) and F (one more piece is heard, its
text was told before). It has no state worth keeping: when it dies, its legs are fed again to another one
(pool.py); each piece is acknowledged by itself, so that the one it died over is known.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.speech.choose import Choice
from gateway.speech.recognizer import Engine, Partial, RecognizerError

HEADER = struct.Struct(">IB")
NUMBER = struct.Struct(">I")
JSON_KIND, SOUND_KIND, HEARD_KIND = ord("J"), ord("A"), ord("F")
MAX_MESSAGE_BYTES = 1 << 20
"""More than any message has; a length beyond it means the line is out of step, and the process ends."""
READ_BYTES = 1 << 18
NICE = 5
"""Recognizers give way to the PBX and the gateway on the same machine, so they may use every core."""


def pack_json(message: dict[str, Any]) -> bytes:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return HEADER.pack(len(body), JSON_KIND) + body


def pack_sound(leg: int, pcm: bytes) -> bytes:
    return HEADER.pack(NUMBER.size + len(pcm), SOUND_KIND) + NUMBER.pack(leg) + pcm


HEARD = HEADER.pack(0, HEARD_KIND)


class Messages:
    """Bytes as they come in, messages as they are whole. Raises RecognizerError when out of step."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        data, at = self._rest + data, 0
        while len(data) - at >= HEADER.size:
            size, kind = HEADER.unpack_from(data, at)
            if size > MAX_MESSAGE_BYTES:
                raise RecognizerError(f"a message of {size} bytes: the line is out of step")
            end = at + HEADER.size + size
            if len(data) < end:
                break
            yield kind, data[at + HEADER.size : end]
            at = end
        self._rest = data[at:]


class Desk:
    """The ears of this process, by the pool's leg number."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines
        self._ears: dict[int, Choice] = {}

    def take(self, kind: int, body: bytes) -> bytes:
        """What is to be answered."""
        if kind == SOUND_KIND:
            (leg,) = NUMBER.unpack_from(body)
            return self._hear(leg, self._ears[leg], body[NUMBER.size :]) + HEARD
        message = json.loads(body)
        leg = message["leg"]
        if message["type"] == "open":
            self._open(leg, message)
            return b""
        ear = self._ears.pop(leg)
        told = _told(leg, ear, ear.finish())
        if message["type"] == "switch":
            self._open(leg, message)
        return told + pack_json({"type": "switched" if message["type"] == "switch" else "done", "leg": leg})

    def _open(self, leg: int, message: dict[str, Any]) -> None:
        """`models`: keys; more than one hear until they have decided which goes on."""
        self._ears[leg] = Choice(
            {key: self._engines[key].open(message["started_ms"]) for key in message["models"]}
        )

    def _hear(self, leg: int, ear: Choice, pcm: bytes) -> bytes:
        decided, heard = ear.decided, ear.hear(pcm)
        if ear.decided and not decided:
            return pack_json({"type": "chosen", "leg": leg, "model": ear.model}) + _told(leg, ear, heard)
        return _told(leg, ear, heard) if heard else b""


def _told(leg: int, ear: Choice, heard: Sequence[Any]) -> bytes:
    return b"".join(
        pack_json(
            {
                "type": "partial" if isinstance(item, Partial) else "final",
                "leg": leg,
                **dataclasses.asdict(item),
                "model": ear.model,
            }
        )
        for item in heard
    )


def run(line: socket.socket, engines: Mapping[str, Engine]) -> None:
    """Hears until the other end is closed."""
    os.nice(NICE)
    desk, messages = Desk(engines), Messages()
    while data := line.recv(READ_BYTES):
        for message in messages.feed(data):
            if told := desk.take(*message):
                line.sendall(told)
