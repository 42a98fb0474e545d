"""Two sides on one machine: the real gateway and the bare script, each on a PBX of its own, one broker,
one listener.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import aiomqtt

from gateway.testing.bench import stream
from gateway.testing.bench.stream import MOMENTS
from gateway.testing.fake_asterisk import FakeAsterisk
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.service import free_port
from gateway.testing.lab.stage import ROOT, LabGateway

SITE = "bench"
STATES = {"QUEUED": "queued", "RINGING": "ringing", "ANSWERED": "answered"}
ARRIVE_WITHIN_S = 20.0
"""What has not arrived so long after the last byte is missing, and the benchmark says so."""

_CONFIG = """\
[site]
name = "{site}"
[gateway]
state_dir = "state"
[mqtt]
port = {mqtt_port}
username = "gateway"
secret_file = "mqtt.secret"
[[pbx]]
name = "pbx1"
port = {ami_port}
secret_file = "pbx.secret"
[speech]
enabled = false
[triage]
rules = "{root}/conf/rules"
[archive]
folder = "archive"
[web]
port = {web_port}
[log]
level = "warning"
"""


class Missing(Exception):
    """Messages did not arrive in time: the figures would be of something else."""


@dataclass(slots=True)
class Side:
    """One contestant: where its AMI bytes go in, when each moment of each call went in and came out
    (seconds).
    """

    name: str
    pbx: FakeAsterisk
    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    arrived: dict[tuple[str, str], float] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, call: str, moment: str, at: float) -> None:
        self.arrived.setdefault((call, moment), at)
        self.news.set()

    def forget(self) -> None:
        self.sent.clear()
        self.arrived.clear()

    @property
    def late(self) -> int:
        return len(self.sent.keys() - self.arrived.keys())

    async def all_arrived(self) -> None:
        """Raises Missing."""
        try:
            async with asyncio.timeout(ARRIVE_WITHIN_S):
                while self.late:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise Missing(
                f"{self.name}: {self.late} of {len(self.sent)} messages did not arrive in "
                f"{ARRIVE_WITHIN_S:g} s"
            ) from None

    def latencies_ms(self) -> Sequence[float]:
        return [1000 * (self.arrived[key] - at) for key, at in self.sent.items()]


class _Gateway(LabGateway):
    """`intake110 serve` without speech, on the rig's PBX and broker."""

    def __init__(self, folder: Path, pbx: FakeAsterisk, broker: LabBroker) -> None:
        self.folder, self.site, self.web_port = folder, SITE, free_port()
        self.config, self.log = folder / "gateway.toml", folder / "gateway.log"
        self._fake, self._broker = pbx, broker
        self._process = None

    def write_config(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, secret in (("pbx", self._fake.secret), ("mqtt", self._broker.users["gateway"])):
            file = self.folder / f"{name}.secret"
            file.write_text(secret)
            file.chmod(0o600)
        self.config.write_text(
            _CONFIG.format(
                site=SITE,
                mqtt_port=self._broker.port,
                ami_port=self._fake.port,
                web_port=self.web_port,
                root=ROOT,
            )
        )


class Rig:
    """`async with Rig(folder) as rig:` both sides are connected; `rig.ours`, `rig.bare`, `rig.database`."""

    def __init__(self, folder: Path, *, cache: Cache | None = None) -> None:
        self._broker = LabBroker(folder / "broker", cache=cache)
        self.ours, self.bare = Side("gateway", FakeAsterisk()), Side("bare script", FakeAsterisk())
        self.every = Side("bare script that forwards every event", FakeAsterisk())
        self._gateway = _Gateway(folder / "gateway", self.ours.pbx, self._broker)
        self.database = folder / "gateway/state/intake110.db"
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._stack.enter_async_context(self._broker)
            for side in (self.ours, self.bare, self.every):
                await self._stack.enter_async_context(side.pbx)
            self._stack.push_async_callback(self._gateway.stop)
            await self._gateway.start()
            await self._start_bare("bare", self.bare)
            await self._start_bare("every", self.every)
            await self._start_listening()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _start_bare(self, site: str, side: Side) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.testing.bench.bare",
            site,
            str(side.pbx.port),
            side.pbx.secret,
            str(self._broker.port),
            self._broker.users["gateway"],
            stdout=asyncio.subprocess.PIPE,
        )

        async def end() -> None:
            process.kill()
            await process.wait()

        self._stack.push_async_callback(end)
        assert process.stdout is not None
        await process.stdout.readline()
        await side.pbx.wait_for("Login")

    async def _start_listening(self) -> None:
        client = await self._stack.enter_async_context(
            aiomqtt.Client(
                self._broker.host,
                self._broker.port,
                username="dispatch",
                password=self._broker.users["dispatch"],
                protocol=aiomqtt.ProtocolVersion.V5,
            )
        )
        await client.subscribe("110/+/calls/+/events/#", qos=1)
        listening = asyncio.create_task(self._listen(client))

        async def end() -> None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

        self._stack.push_async_callback(end)

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            at = time.perf_counter()
            _, site, _, call, _, noun = str(message.topic).split("/")
            if site == SITE:
                moment = _ours(noun, message.payload)
                if moment is not None:
                    self.ours.take(call.removeprefix(f"{SITE}-pbx1-"), moment, at)
            elif noun in MOMENTS:
                (self.every if site == "every" else self.bare).take(call, noun, at)


def _ours(noun: str, payload: object) -> str | None:
    """Which of the five moments an event of ours tells."""
    if noun == "CallStart.v1":
        return "seized"
    if noun == "CallEnd.v1":
        return "ended"
    if noun == "CallStateChange.v1" and isinstance(payload, bytes):
        return STATES.get(json.loads(payload)["data"]["state"])
    return None


Calls = Sequence[tuple[str, Sequence[stream.Piece]]]


def calls(first: int, count: int, *, rate: float, lasts_s: float) -> Calls:
    """`count` calls from index `first` on, made before the clock runs."""
    now = time.time()
    return [
        (
            stream.uniqueid(index),
            list(stream.call(index, begins_at=now + (index - first) / rate, lasts_s=lasts_s)),
        )
        for index in range(first, first + count)
    ]


async def send(side: Side, call: str, pieces: Sequence[stream.Piece]) -> None:
    """In one write, as a PBX sends what happens together."""
    at = time.perf_counter()
    for piece in pieces:
        if piece.moment is not None:
            side.sent.setdefault((call, piece.moment), at)
    await side.pbx.send_raw(b"".join(piece.data for piece in pieces))
