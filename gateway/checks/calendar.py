"""Holidays and the duty roster: read as the gateway reads them, and whether they reach far enough."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.clock import Clock
from gateway.config import Config
from gateway.desk.calendar import Calendar
from gateway.desk.calendar_file import CalendarError, read_calendar
from gateway.desk.directory import Directory
from gateway.desk.directory_file import DirectoryError, read_directory

NAME = "calendar"
ENDS_WITHIN_DAYS = 45
"""The State Council publishes a year's holidays about so long before it begins."""


async def calendar(config: Config, clock: Clock) -> AsyncIterator[Line]:
    file = config.directory.calendar_file
    if not file.exists():
        yield warn(
            NAME, f"没有节假日历 {file}，只按周末计算，不知道节假日和调休",
            f"there is no calendar {file}: weekends alone count, no holidays, no make-up working days",
            "参照随附的 conf/calendar.toml 填写", "fill it after the shipped conf/calendar.toml",
        )  # fmt: skip
        return
    try:
        found = await in_thread(lambda: read_calendar(file.read_text(encoding="utf-8"), file.name))
    except (OSError, UnicodeDecodeError, CalendarError) as error:
        for told in str(error).splitlines():
            yield fail(
                NAME, f"节假日历 {file} 不能使用：{told}", f"the calendar {file} cannot be used: {told}",
                "按该行提示改正；改正前网关沿用旧日历",
                "mend that line; until then the gateway keeps the calendar it read before",
            )  # fmt: skip
        return
    yield ok(
        NAME, f"节假日历 {file} 已载入：{len(found.holidays)} 天节假日，值班表 {len(found.duty)} 行，"
        f"有效至 {found.valid_until or '（无年份）'}",
        f"the calendar {file} loads: {len(found.holidays)} days of holidays, "
        f"{len(found.duty)} lines of duty, valid until {found.valid_until or '(no year)'}",
    )  # fmt: skip
    today = clock.now().astimezone(ZoneInfo(config.site.timezone)).date()
    for line in (*_reach(found, today), *_roster(found, config.directory.file)):
        yield line


def _reach(found: Calendar, today: date) -> list[Line]:
    """Whether it ends soon, has ended, or is still the shipped example."""
    lines, until = [], found.valid_until
    if until is None or until < today + timedelta(days=ENDS_WITHIN_DAYS):
        ended = until is None or until < today
        lines.append(
            warn(
                f"{NAME}.until",
                f"节假日历{'已' if ended else '将'}于 {until or today} 到期，之后只按周末计算",
                f"the calendar {'ended' if ended else 'ends'} on {until or today}: "
                "after that weekends alone count",
                "按国务院办公厅的放假通知增加下一个 [[year]]",
                "add the next [[year]] after the notice of the State Council",
            )
        )  # fmt: skip
    examples = [str(year.year) for year in found.years if year.example and year.valid_until >= today]
    if examples:
        lines.append(
            warn(
                f"{NAME}.example", f"{'、'.join(examples)} 年仍是随附的示例，未经本单位核对",
                f"{', '.join(examples)} is still the shipped example: nobody of the site has compared it",
                "与放假通知核对后删去 example = true",
                "compare it with the notice, then delete example = true",
            )
        )  # fmt: skip
    return lines


def _roster(found: Calendar, file: Path) -> list[Line]:
    """Duty lines about departments that the directory does not have; a faulty directory has its own check."""
    try:
        known: Directory = read_directory(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError, DirectoryError):
        return []
    codes = {entry.code for entry in known.entries}
    strangers = sorted({line.department for line in found.duty} - codes)
    return [
        warn(
            f"{NAME}.duty", f"值班表中的部门 {code} 不在部门目录中",
            f"the roster is about {code}, which the directory does not have",
            f"改为目录中的代码：{'、'.join(sorted(codes))}", f"write one of: {', '.join(sorted(codes))}",
        )
        for code in strangers
    ]  # fmt: skip
