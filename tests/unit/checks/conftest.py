"""A PBX that does what a check asks of it, and can be broken in every way a check must notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from gateway.checks.line import Line
from gateway.config import Config
from gateway.testing.fake_asterisk import FAKE_SECRET, FakeAsterisk, Message, error

SUCCESS: Message = (("Response", "Success"), ("Message", "Done"))


class Exchange(FakeAsterisk):
    """Carries AudioSocket channels for real. What it is told to leave out, it leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.without: set[str] = set()
        """Any of: system, user, call (read classes), timestamps, time (Ping's), reach, spy, subroutine,
        file.
        """
        self.unfiltered = False
        self.version = "22.10.1"
        self.offset_s = 0.0
        self.recordings: Path | None = None
        """Where the dialplan records."""
        self.lists["QueueStatus"] = [(("Event", "QueueParams"), ("Queue", "q110"))]
        self._tasks: set[asyncio.Task[None]] = set()
        for name, answer in {
            "CoreSettings": self._settings,
            "Ping": self._ping,
            "UserEvent": self._echo,
            "ShowDialPlan": self._dialplan,
            "Originate": self._originate,
        }.items():
            self.script(name, answer)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().stop()

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _event(self, name: str, read: str, **headers: str) -> None:
        if read not in self.without:
            stamp = {} if "timestamps" in self.without else {"Timestamp": f"{time.time():.6f}"}
            self._soon(self.send_event({"Event": name, "Privilege": f"{read},all", **stamp, **headers}))

    def _settings(self, action: Mapping[str, str]) -> Iterable[Message]:
        self._event("FullyBooted", "system", Status="Fully Booted")
        return [(("Response", "Success"), ("AsteriskVersion", self.version), ("SystemName", "pbx1"))]

    def _ping(self, action: Mapping[str, str]) -> Iterable[Message]:
        told = () if "time" in self.without else (("Timestamp", f"{time.time() + self.offset_s:.6f}"),)
        return [(("Response", "Success"), ("Ping", "Pong"), *told)]

    def _echo(self, action: Mapping[str, str]) -> Iterable[Message]:
        self._event("UserEvent", "user", UserEvent=action["UserEvent"], CheckId=action["CheckId"])
        return [SUCCESS]

    def _dialplan(self, action: Mapping[str, str]) -> Iterable[Message]:
        if "subroutine" in self.without:
            return [error("Did not find context")]
        return [
            (("Response", "Success"), ("EventList", "start")),
            (("Event", "ShowDialPlanComplete"), ("EventList", "Complete")),
        ]

    def _originate(self, action: Mapping[str, str]) -> Iterable[Message]:
        _, address, stream, _ = action["Channel"].split("/")
        spies, uniqueid = action["Application"] == "ChanSpy", action.get("ChannelId", "")
        if "reach" in self.without:
            self._event("OriginateResponse", "call", Response="Failure", Reason="0", Uniqueid=uniqueid)
            return [SUCCESS]
        self._event("Newchannel", "call", Uniqueid=uniqueid)
        if self.unfiltered:
            self._event("VarSet", "call", Variable="X")
        if not spies and action["Application"] == "Dial":
            self._record(action["Variable"].partition("=")[2])
        self._soon(self._stream(address, stream, loud=spies and "spy" not in self.without))
        return [SUCCESS]

    def _record(self, call: str) -> None:
        folder = self.recordings or Path("/nowhere")
        self._event(
            "UserEvent",
            "user",
            UserEvent="RecordStart",
            CallId=call,
            File=quote(f"{folder}/{call}-mix.wav", safe=""),
        )
        if self.recordings is not None and "file" not in self.without:
            for part in ("mix", "rx", "tx"):
                (self.recordings / f"{call}-{part}.wav").write_bytes(b"RIFF" + bytes(4_000))

    async def _stream(self, address: str, stream: str, *, loud: bool) -> None:
        host, port = address.rsplit(":", 1)
        _, writer = await asyncio.open_connection(host, int(port))
        sample = b"\x00\x20" if loud else b"\x00\x00"
        with suppress(OSError):
            writer.write(b"\x01\x00\x10" + UUID(stream).bytes + (b"\x10\x01\x40" + sample * 160) * 60)
            await writer.drain()
            await asyncio.Event().wait()


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    async with Exchange() as running:
        running.recordings = tmp_path / "recordings"
        running.recordings.mkdir()
        yield running


def configured(folder: Path, **sections: Any) -> Config:
    """A configuration with sound defaults below `folder`."""
    base: dict[str, Any] = {
        "gateway": {"state_dir": folder / "state"},
        "archive": {"folder": folder / "archive"},
        "speech": {"listener_host": "127.0.0.1", "listener_port": 0},
    }
    return Config.model_validate({**base, **sections})


def secret_file(folder: Path, secret: str = FAKE_SECRET, mode: int = 0o600) -> Path:
    file = folder / "pbx.secret"
    file.write_text(secret)
    file.chmod(mode)
    return file


async def told(lines: AsyncIterator[Line]) -> dict[str, Line]:
    """By name; a name that comes twice is a mistake."""
    found: dict[str, Line] = {}
    async for line in lines:
        assert line.name not in found
        assert line.zh
        assert line.en
        assert line.state == "ok" or (line.cure_zh and line.cure_en)
        found[line.name] = line
    return found
