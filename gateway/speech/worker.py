"""The recognizer process: hears several legs, one message after the other, until its input ends.

`python -m gateway.speech.worker --engine MODULE --models '{"": DIR, "en": DIR}'` talks on standard input
and output in messages of four bytes length and one byte kind. In: J (JSON: open, switch, finish) and A
(sound: four bytes leg number, PCM). Out: J alone. It has no state worth keeping: when it dies, its legs are
fed again to another one (pool.py).
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from gateway.speech.choose import Choice
from gateway.speech.recognizer import Engine, EngineModule, Partial, RecognizerError

HEADER = struct.Struct(">IB")
LEG = struct.Struct(">I")
JSON_KIND, SOUND_KIND = ord("J"), ord("A")
MAX_MESSAGE_BYTES = 1 << 20
"""More than any message has; a length beyond it means the pipe is out of step, and the process ends."""


def pack_json(message: dict[str, Any]) -> bytes:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return HEADER.pack(len(body), JSON_KIND) + body


def pack_sound(leg: int, pcm: bytes) -> bytes:
    return HEADER.pack(LEG.size + len(pcm), SOUND_KIND) + LEG.pack(leg) + pcm


def _read(source: BinaryIO) -> tuple[int, bytes] | None:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    size, kind = HEADER.unpack(header)
    if size > MAX_MESSAGE_BYTES:
        raise RecognizerError(f"a message of {size} bytes: the pipe is out of step")
    body = source.read(size)
    return (kind, body) if len(body) == size else None


class Desk:
    """The ears of this process, by the pool's leg number."""

    def __init__(self, engines: Mapping[str, Engine], out: BinaryIO) -> None:
        self._engines, self._out = engines, out
        self._ears: dict[int, Choice] = {}

    def take(self, kind: int, body: bytes) -> None:
        if kind == SOUND_KIND:
            (leg,) = LEG.unpack_from(body)
            pcm, ear = body[LEG.size :], self._ears[leg]
            decided, heard = ear.decided, ear.hear(pcm)
            if ear.decided and not decided:
                self.say({"type": "chosen", "leg": leg, "model": ear.model})
            self._tell(leg, ear, heard)
            self.say({"type": "fed", "leg": leg, "bytes": len(pcm)})
            return
        message = json.loads(body)
        leg = message["leg"]
        if message["type"] == "open":
            self._open(leg, message)
            return
        ear = self._ears.pop(leg)
        self._tell(leg, ear, ear.finish())
        if message["type"] == "switch":
            self._open(leg, message)
            self.say({"type": "switched", "leg": leg})
        else:
            self.say({"type": "done", "leg": leg})

    def _open(self, leg: int, message: dict[str, Any]) -> None:
        """`models`: keys; more than one hear until they have decided which goes on."""
        self._ears[leg] = Choice(
            {key: self._engines[key].open(message["started_ms"]) for key in message["models"]}
        )

    def _tell(self, leg: int, ear: Choice, heard: Sequence[Any]) -> None:
        for item in heard:
            kind = "partial" if isinstance(item, Partial) else "final"
            self.say({"type": kind, "leg": leg, **dataclasses.asdict(item), "model": ear.model})

    def say(self, message: dict[str, Any]) -> None:
        self._out.write(pack_json(message))
        self._out.flush()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", required=True)
    parser.add_argument("--models", required=True, type=json.loads)
    arguments = parser.parse_args()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the parent; this one ends when its input does
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the messages
    try:
        module = cast(EngineModule, importlib.import_module(arguments.engine))
        desk = Desk({key: module.make(Path(folder)) for key, folder in arguments.models.items()}, out)
        desk.say({"type": "ready", "pid": os.getpid()})
        while (message := _read(sys.stdin.buffer)) is not None:
            desk.take(*message)
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - worker main
        sys.stderr.write(f"worker: {type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # libvosk's own clean-up may abort at a normal exit
