"""The directory of departments: read as the gateway reads it, its numbers asked of each PBX's dialplan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.checks.talk import Talk
from gateway.clock import Clock
from gateway.config import Config, ConfigError, PbxConfig
from gateway.desk.calendar import Calendar
from gateway.desk.calendar_file import CalendarError, read_calendar
from gateway.desk.directory import Directory
from gateway.desk.directory_file import DirectoryError, read_directory
from gateway.pbx.account import Phase
from gateway.pbx.actions.moves import TARGETS

NAME = "directory"
DIALPLAN = "ShowDialPlan"


async def directory(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """The file, then the numbers at each PBX that lets us look; of another its own check tells."""
    file = config.directory.file
    try:
        found = await in_thread(lambda: read_directory(file.read_text(encoding="utf-8"), file.name))
    except (OSError, UnicodeDecodeError, DirectoryError) as error:
        for told in str(error).splitlines():
            yield fail(
                NAME,
                f"部门目录 {file} 不能使用：{told}",
                f"the directory {file} cannot be used: {told}",
                "按该行提示改正；改正前网关沿用旧目录",
                "mend that line; until then the gateway keeps the directory it read before",
            )
        return
    if not found.entries:
        yield warn(
            NAME,
            f"部门目录 {file} 是空的，不能按目录转交",
            f"the directory {file} is empty: nobody can be handed over by it",
            "参照随附的 conf/departments.toml 填写",
            "fill it after the shipped conf/departments.toml",
        )
        return
    yield ok(
        NAME,
        f"部门目录 {file} 已载入，{len(found.entries)} 个部门与应急单位",
        f"the directory {file} loads, {len(found.entries)} departments and partners",
    )
    found = replace(found, calendar=await in_thread(lambda: _roster(config)))
    for pbx in config.pbx:
        if (line := await _dialled(pbx, found, clock)) is not None:
            yield line


def _roster(config: Config) -> Calendar:
    """Duty phones are dialled too. A calendar that cannot be read has a check of its own."""
    file = config.directory.calendar_file
    try:
        return read_calendar(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError, CalendarError):
        return Calendar()


async def _dialled(pbx: PbxConfig, found: Directory, clock: Clock) -> Line | None:
    """None: this PBX cannot be asked."""
    try:
        secret = pbx.secret()
    except ConfigError:
        return None
    async with Talk(pbx, secret, clock) as talk:
        if talk.state.phase is not Phase.LIVE:
            return None
        answer = await talk.action(DIALPLAN, {"Context": TARGETS}, f"{DIALPLAN}Complete")
    name = f"{NAME}.{pbx.name}"
    known = {message.get("Exten") or message.get("Extension") for message in answer.events}
    numbers = [number for entry in found.entries for number in entry.numbers]
    numbers += [line.number for line in found.calendar.duty]
    missing = [number for number in dict.fromkeys(numbers) if number not in known]
    if not answer.ok:
        return warn(
            name,
            f"不能查看交换机 {pbx.name} 的 {TARGETS}：{answer.message}",
            f"{TARGETS} of {pbx.name} cannot be looked at: {answer.message}",
            "按 dialplans/README.md 第 1 步引入 extensions-intake110.conf",
            "include extensions-intake110.conf: dialplans/README.md, step 1",
        )
    if missing:
        return warn(
            name,
            f"交换机 {pbx.name} 的 {TARGETS} 没有这些号码：{'、'.join(missing)}，转交会退回排队",
            f"{TARGETS} of {pbx.name} has no {', '.join(missing)}: callers handed over there come back",
            f"在 [{TARGETS}] 中各加一行，然后 dialplan reload",
            f"add a line for each to [{TARGETS}], then `dialplan reload`",
        )
    return ok(
        name,
        f"交换机 {pbx.name} 认识目录中的全部号码",
        f"{pbx.name} knows every number of the directory",
    )
