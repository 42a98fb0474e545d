"""Situations are what they say they are: the PBX's own events show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.lab import Cache
from gateway.testing.lab.record_traces import record_one
from gateway.testing.lab.situations import SITUATIONS

pytestmark = pytest.mark.system

BY_NAME = {situation.name: situation for situation in SITUATIONS}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("hold_unhold", ("Event: Hold", "Event: MusicOnHoldStart", "Event: Unhold", "Reason: caller")),
        ("refer_transfer", ("Event: BlindTransfer", "TransfererExten: 110", "Status: NOANSWER")),
        ("three_way", ("Event: AttendedTransfer", "DestType: Threeway", "Dept: 120")),
        ("key_presses", ("Event: DTMFEnd", "Digit: 0", "Direction: Received")),
        ("hostile", ("Event: Evil", "Forged: yes")),
    ],
)
async def test_trace_shows_the_situation_it_is_named_after(
    name: str, shown: tuple[str, ...], tmp_path: Path, cache: Cache
) -> None:
    await record_one(BY_NAME[name], tmp_path, cache)
    text = (tmp_path / f"{name}.ami.txt").read_bytes().decode("latin-1")
    assert [piece for piece in shown if f"{piece}\r\n" not in text] == []
    assert "Channel: AudioSocket/" in text
    assert "Event: VarSet" not in text
