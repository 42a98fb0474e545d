"""The site's calendar as it is read from its file, again whenever that changes; it is said when it ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from gateway.clock import Clock
from gateway.desk.calendar import Calendar
from gateway.desk.calendar_file import CalendarError, read_calendar
from gateway.runtime.health import Fault, Health, ServiceState

log = structlog.get_logger(__name__)

MAX_BYTES = 1_000_000
"""A longer file is refused unread."""
ENDS_WITHIN_DAYS = 14
"""So long before its end the health page asks for the next year (`intake110 check` asks earlier)."""
SERVICE = "calendar"


class CalendarWatch:
    """`current` is never missing: without a file it knows weekends only, and nobody is told."""

    def __init__(self, file: Path | None, *, zone: ZoneInfo, clock: Clock, health: Health) -> None:
        self._file, self._zone, self._clock, self._health = file, zone, clock, health
        self.current = Calendar()
        self.fault: str | None = None
        self._seen: tuple[int, int] | None = None

    async def look(self) -> None:
        """Once: read the file if it is another than the one seen last. A faulty one changes nothing. Orders
        that are under way keep their times: they were reckoned when they were sent."""
        try:
            read = await asyncio.to_thread(self._read)
        except (OSError, UnicodeDecodeError, CalendarError) as error:
            if self.fault != str(error):
                self.fault = str(error)
                log.error("the calendar cannot be read, the one before stays in use", error=self.fault)
        else:
            if read is not None:
                if self.current.years and read != self.current:
                    log.warning("the calendar has changed: orders under way keep their deadlines")
                self.current, self.fault = read, None
        self._tell()

    def _read(self) -> Calendar | None:
        if self._file is None or (self._seen is None and not self._file.exists()):
            return None
        state = self._file.stat()
        seen = state.st_mtime_ns, state.st_size
        if seen == self._seen:
            return None
        self._seen = seen
        if state.st_size > MAX_BYTES:
            raise CalendarError(f"{self._file}: longer than {MAX_BYTES} bytes; is it the right file?")
        return read_calendar(self._file.read_text(encoding="utf-8"), self._file.name)

    def _tell(self) -> None:
        until = self.current.valid_until
        if until is None and self.fault is None:
            return
        today = self._clock.now().astimezone(self._zone).date()
        fault: Fault | None = None
        if self.fault is not None:
            first = self.fault.splitlines()[0]
            fault = Fault(
                fault_zh=f"节假日历有误，仍使用旧日历：{first}",
                fault_en=f"{first} (the calendar before stays in use)",
                cure_zh="运行 intake110 calendar check 查看全部错误",
                cure_en="run intake110 calendar check: it lists them all",
            )
        elif until is not None and until - today < timedelta(days=ENDS_WITHIN_DAYS):
            over = until < today
            fault = Fault(
                fault_zh=f"节假日历{'已' if over else '将'}于 {until} 到期，之后只按周末计算",
                fault_en=f"the calendar {'ended' if over else 'ends'} on {until}: then weekends alone count",
                cure_zh="按国务院办公厅的放假通知，在 conf/calendar.toml 中增加下一年",
                cure_en="add the next year to conf/calendar.toml when the State Council's notice is out",
            )
        state = ServiceState.DEGRADED if fault else ServiceState.UP
        self._health.set(SERVICE, state, fault, valid_until=str(until) if until else None)
