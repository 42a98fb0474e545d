"""One PBX: the login, each right proved by using it, what it tells us, and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from gateway.checks.ear import Ear
from gateway.checks.line import Line, State, fail, ok, warn
from gateway.checks.rights import reading, right
from gateway.checks.sound import CHANNEL, sound
from gateway.checks.talk import Talk
from gateway.clock import Clock, new_uuid
from gateway.config import ConfigError, PbxConfig
from gateway.pbx.account import Phase
from gateway.pbx.message import AmiMessage
from gateway.pbx.protocol import ActionAnswer

OFFSET_WARN_S, OFFSET_FAIL_S = 1.0, 30.0
"""Between the PBX's clock and ours: spans across both are wrong by so much."""
OLDEST = (18, 14)
"""Asterisk this is made for and tried with, or newer."""
EVENTS_WITHIN_S = 2.0
USER_EVENT = "Intake110Check"
TRIED = (
    ("CoreShowChannels", "CoreShowChannelsComplete"),
    ("BridgeList", "BridgeListComplete"),
    ("QueueStatus", "QueueStatusComplete"),
    ("UserEvent", None),
)
FILTERED = ("VarSet", "Newexten", "RTCPSent", "RTCPReceived")


async def pbx(config: PbxConfig, ear: Ear | None, clock: Clock) -> AsyncIterator[Line]:
    """`ear` None: live speech is off, no test tap."""
    name = f"pbx.{config.name}"
    try:
        secret = config.secret()
    except ConfigError as error:
        yield fail(
            f"{name}.login",
            f"没有密钥：{error}",
            f"no secret: {error}",
            f"见 secrets.{name}",
            f"see secrets.{name}",
        )
        return
    mark = new_uuid(clock)
    async with Talk(config, secret, clock) as talk:
        if talk.state.phase is not Phase.LIVE:
            yield _no_login(name, config, talk)
            return
        yield await _version(name, talk)
        async for line in _rights(name, talk, mark):
            yield line
        yield await _clock(name, talk, clock)
        made_channel = False
        if ear is not None and not talk.silent:
            async for line in sound(name, config, ear, talk):
                made_channel = made_channel or (line.name == f"{name}.tap_address" and line.state is State.OK)
                yield line
        for line in await _events(name, talk, mark, made_channel=made_channel):
            yield line


def _no_login(name: str, config: PbxConfig, talk: Talk) -> Line:
    reason, cure = talk.state.reason or "", talk.state.cure or ""
    where = f"{config.host}:{config.port}"
    cure_zh = (
        f"使 [[pbx]] {config.name} 的 username 和密钥与 manager.conf 的 [{config.username}] 一致，"
        "permit 含本机地址，然后 manager reload"
        if talk.state.phase is Phase.REFUSED
        else f"Asterisk 在运行吗？manager.conf 有 enabled = yes 吗？从本机能连到 {where} 吗？"
    )
    return fail(
        f"{name}.login", f"不能登录交换机 {where}：{reason}", f"no login at {where}: {reason}", cure_zh, cure
    )


async def _version(name: str, talk: Talk) -> Line:
    """CoreSettings needs `reporting` or `system`; a refusal is told by the rights."""
    answer = await talk.action("CoreSettings")
    version, system = answer.fields.get("AsteriskVersion", "?"), answer.fields.get("SystemName", "")
    zh = f"已登录，Asterisk {version}，系统名 {system or '（无）'}"
    en = f"logged in, Asterisk {version}, system name {system or '(none)'}"
    numbers = [int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit()]
    if len(numbers) == 2 and tuple(numbers) < OLDEST:
        return warn(
            f"{name}.login", zh, en, "升级到 Asterisk 18.14 或更新", "upgrade to Asterisk 18.14 or newer"
        )
    return ok(f"{name}.login", zh, en)


async def _rights(name: str, talk: Talk, mark: str) -> AsyncIterator[Line]:
    for action, list_end in TRIED:
        if talk.silent:
            return
        fields = {"UserEvent": USER_EVENT, "CheckId": mark} if action == "UserEvent" else {}
        answer = await talk.action(action, fields, list_end)
        yield right(name, talk, action, answer)
        if action == "QueueStatus" and answer.ok:
            yield _queues(name, answer)


def _queues(name: str, answer: ActionAnswer) -> Line:
    queues = [message.get("Queue", "?") for message in answer.events if message.event == "QueueParams"]
    if queues:
        told = ", ".join(str(queue) for queue in queues)
        return ok(f"{name}.queues", f"队列：{told}", f"queues: {told}")
    return warn(
        f"{name}.queues",
        "交换机没有队列",
        "the PBX has no queue",
        "按 dialplans/README.md 第 3 步建立",
        "make one: dialplans/README.md, step 3",
    )


async def _clock(name: str, talk: Talk, clock: Clock) -> Line:
    """Ping's Timestamp against the middle of asking and answer."""
    before = clock.now()
    answer = await talk.action("Ping")
    after = clock.now()
    try:
        theirs = float(answer.fields["Timestamp"])
    except (KeyError, ValueError):
        return warn(
            f"{name}.clock",
            "交换机没有告知时间，钟差未知",
            "the PBX tells no time: the offset of the clocks is unknown",
            "在两台机器上都用同一 NTP 服务器",
            "use one NTP server on both machines",
        )
    offset = theirs - (before.timestamp() + after.timestamp()) / 2
    zh, en = (
        f"交换机的钟比本机{'快' if offset >= 0 else '慢'} {abs(offset):.3f} 秒",
        f"the PBX's clock is {abs(offset):.3f} s {'ahead' if offset >= 0 else 'behind'}",
    )
    cure = ("在两台机器上都用同一 NTP 服务器", "use one NTP server on both machines")
    if abs(offset) >= OFFSET_FAIL_S:
        return fail(f"{name}.clock", zh, en, *cure)
    return (
        warn(f"{name}.clock", zh, en, *cure) if abs(offset) >= OFFSET_WARN_S else ok(f"{name}.clock", zh, en)
    )


async def _events(name: str, talk: Talk, mark: str, *, made_channel: bool) -> list[Line]:
    """What reached us of what we have caused ourselves."""

    def is_ours(message: AmiMessage) -> bool:
        return message.event == "UserEvent" and message.get("CheckId") == mark

    with suppress(TimeoutError):
        async with asyncio.timeout(EVENTS_WITHIN_S):
            await talk.until(is_ours)
    lines = [
        reading(name, talk, "system", came=talk.told(lambda m: m.event == "FullyBooted") is not None),
        reading(name, talk, "user", came=talk.told(is_ours) is not None),
    ]
    if made_channel:
        lines.append(reading(name, talk, "call", came=talk.told(_test_channel) is not None))
    return [*lines, *_advice(name, talk)]


def _test_channel(message: AmiMessage) -> bool:
    return message.event == "Newchannel" and (message.get("Uniqueid") or "").startswith(CHANNEL)


def _advice(name: str, talk: Talk) -> Iterator[Line]:
    stamped = [message for message in talk.messages if message.event in ("Newchannel", "UserEvent")]
    if stamped and all(message.source_at is None for message in stamped):
        yield warn(
            f"{name}.timestamps",
            "事件不带交换机的时间",
            "events carry no time of the PBX",
            "在 manager.conf 的 [general] 写 timestampevents = yes",
            "write timestampevents = yes under [general] of manager.conf",
        )
    seen = sorted({message.event for message in talk.messages if message.event in FILTERED})
    if seen:
        told = ", ".join(str(event) for event in seen)
        yield warn(
            f"{name}.filters",
            f"收到不需要的事件：{told}（约占全部的四分之三）",
            f"events that nobody needs arrive: {told} (three quarters of all)",
            "把 dialplans/manager-intake110.conf 的 eventfilter 行写入该账号",
            "take over the eventfilter lines of dialplans/manager-intake110.conf",
        )
    elif talk.told(_test_channel) is not None:
        yield ok(f"{name}.filters", "推荐的事件过滤已生效", "the recommended event filters work")
