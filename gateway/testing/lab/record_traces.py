"""Record the project's own traces: real calls on the laboratory PBX, one situation a file.

`python -m gateway.testing.lab.record_traces FOLDER [situation ...]` writes `<situation>.ami.txt` (raw AMI of
the gateway's own account, nothing cut, scrubbed) and `<situation>.md` (what happened). Live taps are started
over AMI, as the gateway starts them, towards a listener that only drains.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.calls.effects import StartTap
from gateway.clock import SystemClock, new_uuid
from gateway.ids import CallId
from gateway.pbx.account import AmiLinkConfig
from gateway.pbx.actions.taps import start_tap
from gateway.pbx.trace import record
from gateway.speech.model import Leg
from gateway.testing.lab.ami import LabAmi
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.moved import MOVED
from gateway.testing.lab.pbx import LabPbx
from gateway.testing.lab.situations import SITUATIONS, Situation, Studio

LONGEST_SECONDS = 180.0
"""A situation that has not ended by then is broken."""
SETTLED_SECONDS = 0.5
"""Recorded after the last channel has gone: what the PBX still says of it."""


@asynccontextmanager
async def _taps(pbx: LabPbx) -> AsyncIterator[None]:
    """Both legs of every call are tapped as soon as they are there, with the gateway's account."""
    ami = LabAmi()
    server = await asyncio.start_server(_drain, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await ami.connect(pbx.ami_port, pbx.ami_user, pbx.ami_secret)

    tapping = asyncio.create_task(_tap_all(ami, address))
    try:
        yield
    finally:
        tapping.cancel()
        await asyncio.gather(tapping, return_exceptions=True)
        await ami.close()
        server.close()


async def _tap_all(ami: LabAmi, address: str) -> None:
    """The caller's leg at the first QueueCallerJoin of a call, the desk's at every AgentConnect."""
    seen = 0
    callers: set[str] = set()

    def more(_: object) -> bool:
        return len(ami.events) > seen

    while True:
        await ami.wait(more, seconds=LONGEST_SECONDS)
        event = ami.events[seen]
        seen += 1
        if event.get("Event") == "QueueCallerJoin" and event["Uniqueid"] not in callers:
            callers.add(event["Uniqueid"])
            await _start(ami, event["Channel"], Leg.CALLER, address)
        elif event.get("Event") == "AgentConnect":
            await _start(ami, event["DestChannel"], Leg.CALL_TAKER, address)


async def _start(ami: LabAmi, line: str, leg: Leg, address: str) -> None:
    effect = StartTap(call_id=CallId("lab"), pbx="lab", leg=leg, line=line, tap_id=new_uuid(SystemClock()))
    action = start_tap(effect, address)
    await ami.action(action.name, **action.fields)


async def _drain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass
    writer.close()


async def record_one(situation: Situation, folder: Path, cache: Cache) -> int:
    """One situation on a PBX of its own; the bytes recorded."""
    with tempfile.TemporaryDirectory(prefix="intake110-trace-") as place:
        pbx = LabPbx("lab", Path(place), cache=cache, **situation.pbx)
        async with pbx:
            account = AmiLinkConfig(
                pbx="lab", host="127.0.0.1", port=pbx.ami_port, username=pbx.ami_user, secret=pbx.ami_secret
            )
            stop = asyncio.Event()
            file = folder / f"{situation.name}.ami.txt"
            recording = asyncio.create_task(
                record(
                    account,
                    file,
                    clock=SystemClock(),
                    seconds=LONGEST_SECONDS,
                    stop=stop,
                    redact=situation.redact,
                )
            )
            async with asyncio.timeout(LONGEST_SECONDS), _taps(pbx):
                await situation.play(Studio(pbx, cache))
                await asyncio.sleep(SETTLED_SECONDS)
            stop.set()
            size = await recording
    (folder / f"{situation.name}.md").write_text(f"# {situation.name}\n{situation.story}\n", encoding="utf-8")
    return size


async def main(folder: Path, names: list[str]) -> None:
    """Record the named situations, or all, one after another."""
    cache = Cache()
    cache.ensure("asterisk")
    for situation in (*SITUATIONS, *MOVED):
        if not names or situation.name in names:
            size = await record_one(situation, folder, cache)
            print(f"{situation.name}: {size:,} bytes", flush=True)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
