"""The positions of the configuration beside the members of the queues: a call rings where both agree."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from gateway.checks.line import Line, ok, warn
from gateway.checks.talk import Talk
from gateway.clock import Clock
from gateway.config import Config, ConfigError, PbxConfig
from gateway.pbx.account import Phase
from gateway.pbx.message import AmiMessage
from gateway.pbx.shape import number_in

NAME = "positions"
SHOWN = 12
"""Extensions named in one line; of the others it says how many."""


async def positions(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """Without `[[desk.positions]]` every member of a queue is one: nothing to compare. A PBX that cannot be
    asked is left to its own check, and what might stand there is not called missing."""
    wanted = {(each.pbx, each.extension) for each in config.desk.positions}
    if not wanted:
        return
    members: dict[str, set[str]] = {}
    for pbx in config.pbx:
        if (found := await _members(pbx, clock)) is not None:
            members[pbx.name] = found
    for name, found in members.items():
        named = {extension for at, extension in wanted if at in ("", name)}
        if unnamed := found - named:
            yield warn(
                f"{NAME}.{name}",
                f"交换机 {name} 队列中的这些分机不是席位：{_told(unnamed)}，来电会在那里振铃，却没有人能签入",
                f"queues of {name} ring at {_told(unnamed)}, which no [[desk.positions]] names: nobody can "
                "sign in there",
                "在 [[desk.positions]] 中补上，或将其移出队列",
                "name them under [[desk.positions]], or take them out of the queues",
            )
        else:
            yield ok(
                f"{NAME}.{name}", f"交换机 {name} 队列中的 {len(found)} 个分机都是席位",
                f"all {len(found)} members of the queues of {name} are positions",
            )  # fmt: skip
    idle = {
        extension
        for at, extension in wanted
        if len(members) == len(config.pbx) and not any(
            extension in found for name, found in members.items() if at in ("", name)
        )
    }  # fmt: skip
    if idle:
        yield warn(
            f"{NAME}.idle", f"不在任何队列中的席位：{_told(idle)}，不会有来电在那里振铃",
            f"positions in no queue: {_told(idle)}: no call will ring there",
            "在 queues.conf 中加为 member，然后 queue reload all",
            "add them as members in queues.conf, then `queue reload all`",
        )  # fmt: skip


async def _members(pbx: PbxConfig, clock: Clock) -> set[str] | None:
    """Extensions of the members of all queues; None: this PBX cannot be asked."""
    try:
        secret = pbx.secret()
    except ConfigError:
        return None
    async with Talk(pbx, secret, clock) as talk:
        if talk.state.phase is not Phase.LIVE:
            return None
        answer = await talk.action("QueueStatus", None, "QueueStatusComplete")
    if not answer.ok:
        return None
    found = (_extension(message) for message in answer.events if message.event == "QueueMember")
    return {extension for extension in found if any(letter.isdigit() for letter in extension)}


def _extension(message: AmiMessage) -> str:
    return number_in(message.get("Interface") or message.get("Location") or message.get("MemberName") or "")


def _told(extensions: Iterable[str]) -> str:
    every = sorted(extensions)
    more = len(every) - SHOWN
    return ", ".join(every[:SHOWN]) + (f" (+{more})" if more > 0 else "")
