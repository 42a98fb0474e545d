"""Recordings fetched into the archive: stored, not yet, or given up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from gateway.archive.model import NotStored, Stored
from gateway.calls.effects import FetchRecording
from gateway.calls.model import RecordedFile
from gateway.calls.signals import RecordingFaulted, RecordingStored
from gateway.runtime.keeping import TRY_FOR, Keeping

from .conftest import Bench
from .test_intake import ENDED, ID, RECORDING, SEIZED

FETCH = FetchRecording(call_id=ID, pbx="pbx1", recording_id="0x1", file=RECORDING.file)
MIX = RecordedFile(part="mix", path="2026/01/05/x/1.0-mix.wav", seconds=30.0, size_bytes=480_044, sha256="ab")

STORED = Stored(files=(MIX,), doubts=("rx: the file is missing",))


@dataclass
class Shelf:
    """An archive that answers as told."""

    answer: Stored | NotStored = STORED
    asked: list[tuple[str, float | None]] = field(default_factory=list)

    async def store(
        self, file: str, *, call_id: str, started_at: object, expected_s: float | None = None
    ) -> Stored | NotStored:
        self.asked.append((file, expected_s))
        return self.answer


@pytest.fixture
async def shelf(bench: Bench) -> Shelf:
    await bench.give(SEIZED, RECORDING, ENDED)
    return Shelf()


def keeping(bench: Bench, shelf: Shelf) -> Keeping:
    return Keeping(archives={"pbx1": shelf}, book=bench.intake.book, clock=bench.clock)


async def test_a_stored_recording_is_told_with_its_files_and_was_compared_with_the_calls_length(
    bench: Bench, shelf: Shelf
) -> None:
    (told,) = await keeping(bench, shelf).fetch(FETCH)
    assert isinstance(told, RecordingStored)
    assert (told.files, told.doubts) == ((MIX,), STORED.doubts)
    ((file, expected_s),) = shelf.asked
    assert (file, expected_s) == (RECORDING.file, pytest.approx(29.95))


async def test_of_two_recorders_nobody_knows_how_long_each_ran(bench: Bench, shelf: Shelf) -> None:
    await bench.give(replace(RECORDING, recording_id="0x2", file="/rec/1.0-b-mix.wav"))
    await keeping(bench, shelf).fetch(FETCH)
    assert shelf.asked == [(RECORDING.file, None)]


async def test_a_recording_that_still_grows_stays_owed(bench: Bench, shelf: Shelf) -> None:
    shelf.answer = NotStored(text="still being written", final=False)
    (told,) = await keeping(bench, shelf).fetch(FETCH)
    assert isinstance(told, RecordingFaulted)
    assert (told.fault, told.final) == ("still being written", False)
    await bench.give(told)
    assert FETCH in bench.intake.owed()


async def test_a_recording_that_does_not_come_within_an_hour_is_given_up(bench: Bench, shelf: Shelf) -> None:
    shelf.answer = NotStored(text="no such folder", final=False)
    await bench.clock.advance((timedelta(seconds=31) + TRY_FOR).total_seconds())
    (told,) = await keeping(bench, shelf).fetch(FETCH)
    assert isinstance(told, RecordingFaulted)
    assert told.final
    await bench.give(told)
    assert FETCH not in bench.intake.owed()


async def test_a_call_nobody_has_needs_no_recording(bench: Bench) -> None:
    assert await keeping(bench, Shelf()).fetch(FETCH) == ()
