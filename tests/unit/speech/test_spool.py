from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.spool import MEMORY_S, Sound, Spool


def spool(folder: Path, max_bytes: int = 1 << 20) -> Spool:
    return Spool(folder / "spool", max_bytes=max_bytes, keep_s=100)


def leg(s: Spool, name: str, size: int, *, changed: float) -> None:
    sound = s.sound(name)
    sound.append(bytes(size))
    sound.close()
    s.note(name, {"head": {"call_id": "c", "leg": "caller", "base_ms": 0}})
    for path in s._folder.glob(f"{name}*"):
        os.utime(path, (changed, changed))


def test_sound_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    sound = Sound(tmp_path / "a.pcm")
    sound.append(b"abcd")
    sound.append(b"efgh")
    assert (sound.read(2, 4), sound.read(6, 100), sound.read(8, 4), sound.size) == (b"cdef", b"gh", b"", 8)
    assert Sound(tmp_path / "a.pcm").size == 8


def test_full_disk_keeps_the_last_minute_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Sound(tmp_path / "a.pcm")
    sound.append(b"\x01\x01" * 100)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    sound.append(b"\x02\x02" * 100)
    assert sound.read(0, 200) == b"\x01\x01" * 100
    assert sound.read(200, 200) == b"\x02\x02" * 100
    sound.append(b"\x03\x03" * (MEMORY_S * 1000 * BYTES_PER_MS // 2))
    assert sound.read(200, 200) == bytes(200), "what memory could not keep is silence"
    assert sound.read(sound.size - 2, 2) == b"\x03\x03"


def test_folder_that_cannot_be_written_costs_only_the_disk_copy(tmp_path: Path) -> None:
    s = spool(tmp_path)
    (tmp_path / "spool").rmdir()
    sound = s.sound("a")
    sound.append(b"abcd")
    s.note("a", {"head": {}})
    assert sound.read(0, 4) == b"abcd"


def test_unacknowledged_segments_and_the_place_of_unheard_sound_survive(tmp_path: Path) -> None:
    s = spool(tmp_path)
    head = {"call_id": "c1", "leg": "caller", "base_ms": 40}
    s.note("t", {"head": head})
    s.note("t", {"seq": 1, "resume": 100, "segment": {"index": 4}})
    s.note("t", {"seq": 2, "resume": 300, "segment": {"index": 5}})
    s.note("t", {"ack": 1})
    with (tmp_path / "spool/t.jsonl").open("ab") as file:
        file.write(b'{"seq": 3, "resu')
    (kept,) = s.left()
    assert kept.head == head
    assert (kept.resume, kept.next_index, kept.ended) == (300, 6, False)
    assert [line["seq"] for line in kept.unacked] == [2]


def test_journal_of_garbage_is_set_aside_not_fatal(tmp_path: Path) -> None:
    s = spool(tmp_path)
    (tmp_path / "spool/x.jsonl").write_bytes(b"\xff\xfe garbage\n[1]\n")
    assert list(s.left()) == []
    assert (tmp_path / "spool/x.broken").exists()


def test_old_legs_go_then_the_oldest_until_all_fits_and_never_a_live_one(tmp_path: Path) -> None:
    s = spool(tmp_path, max_bytes=2500)
    for number, name in enumerate(("old", "live", "b", "c", "d")):
        leg(s, name, 1000, changed=1000.0 + 50 * number)
    assert s.sweep(["live"], now=1201.0) == ["old", "b", "c"]
    assert sorted(path.stem for path in (tmp_path / "spool").glob("*.pcm")) == ["d", "live"]
