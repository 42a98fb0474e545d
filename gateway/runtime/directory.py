"""The site's directory as it is read from its file, again whenever that changes, and who takes what now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from gateway.clock import Clock
from gateway.desk.directory import Directory, Entry, Taker, takes_now
from gateway.desk.directory_file import DirectoryError, read_directory
from gateway.runtime.calendar import CalendarWatch
from gateway.runtime.health import Fault, Health, ServiceState

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""How soon a changed file is taken."""
MAX_BYTES = 1_000_000
"""A longer file is refused unread."""
SERVICE = "directory"


class DirectoryWatch:
    """`current` is never missing: before the first reading, and without a readable file, it is empty."""

    def __init__(
        self, file: Path, *, zone: ZoneInfo, clock: Clock, health: Health, calendar: Path | None = None
    ) -> None:
        self._file, self._zone, self._clock, self._health = file, zone, clock, health
        self.calendar = CalendarWatch(calendar, zone=zone, clock=clock, health=health)
        self.current = Directory()
        self.fault: str | None = None
        self._seen: tuple[int, int] | None = None

    async def watch(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: read the files if they are others than those seen last. A faulty one changes nothing."""
        await self.calendar.look()
        if self.calendar.current is not self.current.calendar:
            self.current = replace(self.current, calendar=self.calendar.current)
        try:
            read = await asyncio.to_thread(self._read)
        except (OSError, UnicodeDecodeError, DirectoryError) as error:
            self._failed(error)
            return
        if read is not None:
            self.current, self.fault = replace(read, calendar=self.calendar.current), None
            self._health.set(SERVICE, ServiceState.UP, entries=len(read.entries))

    def takes_now(self, entry: Entry) -> Taker:
        return takes_now(self.current, entry, self._clock.now(), self._zone)

    def _read(self) -> Directory | None:
        state = self._file.stat()
        seen = state.st_mtime_ns, state.st_size
        if seen == self._seen:
            return None
        self._seen = seen
        if state.st_size > MAX_BYTES:
            raise DirectoryError(f"{self._file}: longer than {MAX_BYTES} bytes; is it the right file?")
        return read_directory(self._file.read_text(encoding="utf-8"), self._file.name)

    def _failed(self, error: Exception) -> None:
        what = str(error)
        if what == self.fault:
            return
        self.fault = what
        if not isinstance(error, DirectoryError):
            self._seen = None
        log.error("the directory cannot be read, the one before stays in use", error=what)
        first = what.splitlines()[0]
        zh, en = "仍使用旧目录", "the directory before stays in use"
        if not self.current.entries:
            zh, en = "不能按目录转交，话机转接键照常可用", "phones still transfer by their keys"
        self._health.set(
            SERVICE, ServiceState.DEGRADED,
            Fault(
                fault_zh=f"部门目录有误，{zh}：{first}", fault_en=f"{first} ({en})",
                cure_zh="运行 intake110 check --only directory 查看全部错误",
                cure_en="run intake110 check --only directory: it lists them all",
            ),
            entries=len(self.current.entries),
        )  # fmt: skip
