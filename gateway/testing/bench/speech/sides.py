"""The sides of the benchmark: each is a process of its own that hears the legs of a round."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from gateway.clock import SystemClock
from gateway.speech.control import (
    MAX_LINE_BYTES,
    TO_GATEWAY,
    Ack,
    Announce,
    Hello,
    ListenerConfig,
    PartialText,
    Segment,
    Status,
    TapEnded,
    line,
    socket_path,
)
from gateway.speech.model import Leg
from gateway.testing.bench.speech.clips import Job

CLOCK = SystemClock()
TICKS = os.sysconf("SC_CLK_TCK")
UP_WITHIN_S = 180.0
ROUND_WITHIN_S = 300.0
ANNOUNCED_AHEAD_S = 5.0
"""A listener waits so much longer than this for a tap."""


class BenchError(Exception):
    """A side of the benchmark did not do its work. The message has its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`first_ms`: a leg's first partial text after the end of its first word (paced rounds)."""

    audio_s: float
    cpu_s: float
    """Of the side's own processes, without the sender."""
    wall_s: float
    texts: list[str]
    first_ms: list[float]


class Side(Protocol):
    name: str

    async def start(self) -> None: ...
    async def run(self, job: Job) -> Round: ...
    async def close(self) -> None: ...


def _round(job: Job, legs: Sequence[dict[str, Any]], cpu_s: float, wall_s: float) -> Round:
    return Round(
        audio_s=sum(due.clip.seconds for due in job.due),
        cpu_s=cpu_s,
        wall_s=wall_s,
        texts=[leg["text"] for leg in legs],
        first_ms=[
            (leg["first"] - leg["began"]) * 1000 - due.clip.first_word_ms
            for leg, due in zip(legs, job.due, strict=True)
            if leg.get("first") is not None
        ],
    )


async def _process(*argv: str, stdin: int | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *argv, stdin=stdin, stdout=asyncio.subprocess.PIPE, limit=1 << 24
    )


async def _end(process: asyncio.subprocess.Process | None) -> None:
    if process is not None and process.returncode is None:
        process.kill()
        await process.wait()


class _Sender:
    """The process at the other end, one for all rounds of a side."""

    def __init__(self, how: str) -> None:
        self._how = how
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await _process(f"{__package__}.sender", self._how, stdin=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        if not await asyncio.wait_for(self._process.stdout.readline(), UP_WITHIN_S):
            raise BenchError(f"the sender of {self._how} does not start")

    async def send(self, job: Job) -> list[dict[str, Any]]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(job.dump())
        told = await asyncio.wait_for(process.stdout.readline(), ROUND_WITHIN_S)
        if not told:
            raise BenchError(f"the sender of {self._how} failed")
        legs: list[dict[str, Any]] = json.loads(told)
        return legs

    async def close(self) -> None:
        await _end(self._process)


def cpu_s(pid: int) -> float:
    """Processor time of a process and all that descend from it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(cpu_s(int(child)) for child in children)


def pss_mb(pid: int) -> float:
    """Memory of a process and all that descend from it; what they share counts once."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = sum(int(line.split()[1]) for line in told if line.startswith("Pss:")) / 1024
    return own + sum(pss_mb(int(child)) for child in children)


class VoskServer:
    name = "vosk-server"

    def __init__(self, model: Path) -> None:
        self._model, self._sender = model, _Sender("websocket")
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    async def start(self) -> None:
        await self._sender.start()
        self._process = await _process(f"{__package__}.vosk_server", str(self._model))
        assert self._process.stdout is not None
        self._port = int(await asyncio.wait_for(self._process.stdout.readline(), UP_WITHIN_S))

    async def run(self, job: Job) -> Round:
        assert self._process is not None
        cpu, began = cpu_s(self._process.pid), CLOCK.monotonic()
        legs = await self._sender.send(replace(job, port=self._port))
        began = min(leg["began"] for leg in legs) if legs else began
        return _round(job, legs, cpu_s(self._process.pid) - cpu, CLOCK.monotonic() - began)

    async def close(self) -> None:
        await self._sender.close()
        await _end(self._process)


class Raw:
    def __init__(self, model: Path, how: str) -> None:
        self.name = f"libvosk, {how}"
        self._model, self._how = model, how
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await _process(
            f"{__package__}.raw", self._how, str(self._model), stdin=asyncio.subprocess.PIPE
        )

    async def run(self, job: Job) -> Round:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(job.dump())
        told = await asyncio.wait_for(self._process.stdout.readline(), ROUND_WITHIN_S)
        if not told:
            raise BenchError(f"{self.name} ended with code {await self._process.wait()}")
        answer = json.loads(told)
        return _round(job, answer["legs"], answer["cpu_s"], answer["wall_s"])

    async def close(self) -> None:
        await _end(self._process)


class Ours:
    """The listener, led as a gateway leads it."""

    name = "ours"

    def __init__(self, model: Path, folder: Path) -> None:
        self._config = ListenerConfig(
            state_dir=folder / "listener",
            model=model.resolve(),
            host="127.0.0.1",
            port=0,
            workers=0,
            spool_max_mb=1024,
            log_level="error",
        )
        self._sender = _Sender("audiosocket")
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._port = 0

    async def start(self) -> None:
        await self._sender.start()
        self._process = await _process("gateway.speech.listener", self._config.model_dump_json())
        async with asyncio.timeout(UP_WITHIN_S):
            while self._writer is None:
                try:
                    with socket_path(self._config.state_dir) as path:
                        self._reader, self._writer = await asyncio.open_unix_connection(
                            path, limit=MAX_LINE_BYTES
                        )
                except (FileNotFoundError, ConnectionRefusedError):
                    await CLOCK.sleep(0.02)
            while not self._port:
                told = await self._next()
                if isinstance(told, Hello):
                    if told.fault:
                        raise BenchError(told.fault)
                    self._port = told.port or 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def _next(self) -> Any:
        assert self._reader is not None
        told = await self._reader.readline()
        if not told:
            raise BenchError("the listener closed its line")
        return TO_GATEWAY.validate_json(told)

    def _say(self, message: Any) -> None:
        assert self._writer is not None
        self._writer.write(line(message))

    async def run(self, job: Job) -> Round:
        names = [str(uuid4()) for _ in job.due]
        cpu = cpu_s(self.pid)
        announcing = asyncio.create_task(self._announce(job, names))
        sending = asyncio.create_task(self._sender.send(replace(job, port=self._port, names=names)))
        try:
            async with asyncio.timeout(ROUND_WITHIN_S):
                legs = await self._heard(names)
                sent = await sending
        finally:
            announcing.cancel()
            sending.cancel()
        ended = CLOCK.monotonic()
        found = [{**legs[name], "began": one["began"]} for name, one in zip(names, sent, strict=True)]
        return _round(job, found, cpu_s(self.pid) - cpu, ended - min(one["began"] for one in sent))

    async def _announce(self, job: Job, names: list[str]) -> None:
        began = CLOCK.monotonic()
        for name, due in zip(names, job.due, strict=True):
            if job.paced:
                await CLOCK.sleep(began + due.at_s - ANNOUNCED_AHEAD_S - CLOCK.monotonic())
            self._say(
                Announce.model_validate(
                    {"tap_id": name, "call_id": name, "leg": Leg.CALLER, "offset_ms": 0, "first_index": 0}
                )
            )

    async def _heard(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """Until all sound of every tap was heard: its text, and when its first partial text came."""
        legs: dict[str, dict[str, Any]] = {name: {"text": "", "first": None} for name in names}
        left = set(names)
        while left:
            told = await self._next()
            self._note(told, legs)
            if isinstance(told, TapEnded):
                left.discard(str(told.tap_id))
                if told.failed:
                    raise BenchError(f"a tap failed: {told.reason}")
        while not all(map(self._done, names)):  # an end is told though the last words are still to come
            await CLOCK.sleep(0.005)
        self._say(Status())
        while not isinstance(told := await self._next(), Hello):
            self._note(told, legs)
        return legs

    def _note(self, told: Any, legs: dict[str, dict[str, Any]]) -> None:
        if isinstance(told, PartialText | Segment) and told.call_id in legs:
            leg = legs[told.call_id]
            leg["first"] = leg["first"] or CLOCK.monotonic()
            if isinstance(told, Segment):
                leg["text"] += told.segment.text.replace(" ", "")
                self._say(Ack(seq=told.seq))

    def _done(self, name: str) -> bool:
        """Whether the spool's journal of this tap has its end."""
        spool = self._config.state_dir / "spool"
        return all('"done"' in journal.read_text() for journal in spool.glob(f"{name}.*.jsonl"))

    async def close(self) -> None:
        await self._sender.close()
        if self._writer is not None:
            self._writer.transport.abort()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                await _end(self._process)
