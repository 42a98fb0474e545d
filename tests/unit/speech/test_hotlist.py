from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.speech.hotlist import LOOK_EVERY_S, HotList, HotWordsError, read
from gateway.testing.clock import ManualClock


class Watched(ManualClock):
    """Tells when somebody goes to sleep: the files have been read by then (in a thread)."""

    def __init__(self) -> None:
        super().__init__()
        self._asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self._asleep.set()
        await super().sleep(seconds)

    async def looked(self) -> None:
        async with asyncio.timeout(5):
            await self._asleep.wait()
        self._asleep.clear()


async def test_a_changed_file_is_told_and_the_same_list_is_not_told_again(tmp_path: Path) -> None:
    file, told = tmp_path / "today.txt", list[tuple[str, ...]]()
    file.write_text("柳塘区\n", encoding="utf-8")
    clock = Watched()
    hot_list = HotList([file, tmp_path / "missing"], lambda: ("持刀",), told.append, clock)
    watching = asyncio.create_task(hot_list.run())
    await clock.looked()
    await clock.advance(LOOK_EVERY_S)
    await clock.looked()
    assert told == [("柳塘区", "持刀")]
    file.write_text("柳塘区\n新港大道\n", encoding="utf-8")
    await clock.advance(LOOK_EVERY_S)
    await clock.looked()
    assert told == [("柳塘区", "持刀"), ("柳塘区", "新港大道", "持刀")]
    watching.cancel()


def test_a_list_that_cannot_be_used_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(HotWordsError, match="cannot be read"):
        read(tmp_path / "missing")
    (tmp_path / "old").write_bytes("柳塘区".encode("gb18030"))
    with pytest.raises(HotWordsError, match="save it as UTF-8"):
        read(tmp_path / "old")
