"""What a real PBX leaves in its recording folder comes into the archive, also when it was killed."""

from __future__ import annotations

import asyncio
import time
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from gateway.archive.model import Stored
from gateway.archive.recording import Folder, Recordings
from gateway.clock import SystemClock
from gateway.testing.lab import CallPlan, City, LabAmi, LabPbx

pytestmark = pytest.mark.system

CALL = "hz-labpbx-1"


@pytest.fixture
def recordings(pbx: LabPbx, tmp_path: Path) -> Recordings:
    folder = Folder(pbx=PurePosixPath(pbx.recording_dir), local=pbx.recording_dir)
    return Recordings([folder], tmp_path / "archive", SystemClock())


async def started(ami: LabAmi) -> str:
    """The path of the mixed file, as the PBX names it."""
    event = await ami.wait(lambda e: e.get("Event") == "MixMonitorStart")
    told = await ami.wait(
        lambda e: e.get("UserEvent") == "RecordStart" and e["Uniqueid"] == event["Uniqueid"]
    )
    return unquote(told["File"])


async def test_the_recording_of_a_call_is_whole_and_as_long_as_the_call(
    pbx: LabPbx, city: City, ami: LabAmi, recordings: Recordings, tmp_path: Path
) -> None:
    call = await city.call(CallPlan(caller="13800130051", stay_s=4.0))
    file = await started(ami)
    began = time.monotonic()
    await call.ended()
    length = time.monotonic() - began
    asked = time.monotonic()
    stored = await recordings.store(file, call_id=CALL, started_at=datetime.now(UTC), expected_s=length)
    assert isinstance(stored, Stored)
    assert stored.doubts == ()
    assert [(part.part, part.repaired) for part in stored.files] == [
        ("mix", False),
        ("rx", False),
        ("tx", False),
    ]
    assert time.monotonic() - asked < 2.0
    for part in stored.files:
        with wave.open(str(tmp_path / "archive" / part.path)) as sound:
            assert sound.getnframes() / sound.getframerate() == pytest.approx(part.seconds, abs=0.01)


async def test_the_recording_of_a_killed_pbx_is_repaired_and_lacks_its_last_seconds_only(
    pbx: LabPbx, city: City, ami: LabAmi, recordings: Recordings, tmp_path: Path
) -> None:
    await city.call(CallPlan(caller="13800130052", stay_s=60.0))
    file = await started(ami)
    began = time.monotonic()
    await asyncio.to_thread(_grown, Path(file), 100_000)
    length = time.monotonic() - began
    await pbx.kill()
    stored = await recordings.store(file, call_id=CALL, started_at=datetime.now(UTC))
    assert isinstance(stored, Stored)
    mixed = stored.files[0]
    assert mixed.repaired
    assert length - 2.5 < mixed.seconds < length + 0.5
    with wave.open(str(tmp_path / "archive" / mixed.path)) as sound:
        assert len(sound.readframes(-1)) == sound.getnframes() * 2
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert [one.file for one in recordings.unclaimed(set(), since)] == [file]


def _grown(path: Path, size: int, patience_s: float = 30.0) -> None:
    until = time.monotonic() + patience_s
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < until, f"{path} did not grow to {size} bytes"
        time.sleep(0.05)
