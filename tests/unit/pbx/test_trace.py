from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.pbx.account import AmiLinkConfig
from gateway.pbx.trace import BEFORE_THE_FIRST_TIME, RecordingRefused, read_trace, record, unscrubbed
from gateway.testing.clock import ManualClock
from gateway.testing.fake_asterisk import BANNER, FakeAsterisk

TRACES = Path(__file__).parents[2] / "traces"
EVENT = b"Event: Newchannel\r\nPrivilege: call,all\r\nCallerIDNum: 13912345678\r\n\r\n"


def account(pbx: FakeAsterisk) -> AmiLinkConfig:
    return AmiLinkConfig(pbx="p", host=pbx.host, port=pbx.port, username="intake110", secret=pbx.secret)


def test_a_trace_is_read_with_the_time_of_the_pbx() -> None:
    data = (
        b"Response: Success\r\n\r\nEvent: A\r\nTimestamp: 1.5\r\n\r\n"
        b"Event: B\r\n\r\nEvent: C\r\nTimestamp: 3.0\r\n"
    )
    first = datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)
    assert [(message.event, message.at) for message in read_trace(data)] == [
        (None, BEFORE_THE_FIRST_TIME),
        ("A", first),
        ("B", first),
        ("C", first.replace(second=3, microsecond=0)),
    ]


async def test_a_recording_is_what_the_pbx_sent_byte_for_byte(tmp_path: Path) -> None:
    async with asyncio.timeout(20), FakeAsterisk() as pbx:
        clock, path = ManualClock(), tmp_path / "one.ami.txt"
        recording = asyncio.create_task(record(account(pbx), path, clock=clock, seconds=60))
        await pbx.wait_for("Login")
        await pbx.send_raw(EVENT, piece=7)
        await pbx.drop(after_sending=True)
        assert await recording == path.stat().st_size
        data = path.read_bytes()
        assert data.startswith(BANNER + b"Response: Success\r\n")
        assert data.endswith(b"\r\n\r\n" + EVENT)
        assert unscrubbed(data.decode()) == ["line 8: CallerIDNum"]


async def test_a_recording_is_scrubbed_if_asked(tmp_path: Path) -> None:
    async with asyncio.timeout(20), FakeAsterisk() as pbx:
        path = tmp_path / "one.ami.txt"
        recording = asyncio.create_task(
            record(account(pbx), path, clock=ManualClock(), seconds=60, redact=True)
        )
        await pbx.wait_for("Login")
        await pbx.send_raw(EVENT)
        await pbx.drop(after_sending=True)
        await recording
        assert path.read_bytes().endswith(b"CallerIDNum: 13800130000\r\n\r\n")


async def test_a_recording_ends_when_its_time_is_up(tmp_path: Path) -> None:
    async with asyncio.timeout(20), FakeAsterisk() as pbx:
        clock, path = ManualClock(), tmp_path / "one.ami.txt"
        recording = asyncio.create_task(record(account(pbx), path, clock=clock, seconds=60))
        await pbx.wait_for("Login")
        while not path.exists():  # noqa: ASYNC110 - from here on it records
            await asyncio.sleep(0)
        await clock.advance(59)
        assert not recording.done()
        await clock.advance(1)
        assert await recording > 0


async def test_a_recording_ends_when_told_and_at_its_size(tmp_path: Path) -> None:
    async with asyncio.timeout(20), FakeAsterisk() as pbx:
        path, stop, clock = tmp_path / "one.ami.txt", asyncio.Event(), ManualClock()
        stop.set()
        await record(account(pbx), path, clock=clock, seconds=60, stop=stop)
        recording = asyncio.create_task(record(account(pbx), path, clock=clock, seconds=60, max_bytes=300))
        await pbx.wait_for("Login", times=2)
        await pbx.send_raw(EVENT * 10)
        assert await recording == 300


async def test_what_cannot_be_recorded_says_why_and_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "one.ami.txt"
    async with asyncio.timeout(20), FakeAsterisk() as pbx:
        with pytest.raises(RecordingRefused, match=r"refused the login; make username"):
            await record(replace(account(pbx), secret="no"), path, clock=ManualClock(), seconds=1)
        pbx.silent = True
        clock = ManualClock()
        waiting = asyncio.create_task(record(account(pbx), path, clock=clock, seconds=1))
        await pbx.wait_for("Login", times=2)
        await clock.advance(5)
        with pytest.raises(RecordingRefused, match=r"no answer to the login; is Asterisk running"):
            await waiting
    with pytest.raises(RecordingRefused, match=r"no connection: .*Connect call failed.*is Asterisk running"):
        await record(account(pbx), path, clock=ManualClock(), seconds=1)
    assert not path.exists()


def test_no_unscrubbed_trace_is_kept() -> None:
    """Save the hostile one: what a stranger wrote is what it is about, and its numbers are invented."""
    for trace in set(TRACES.rglob("*.ami.txt")) - set(TRACES.glob("hostile/*")):
        assert unscrubbed(trace.read_bytes().decode("utf-8", "surrogateescape")) == [], trace
