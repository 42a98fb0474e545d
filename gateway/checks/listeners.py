"""Listeners on other machines: which ones tell of themselves, and whether each lets this gateway lead it.

A look disturbs nobody: the listener proves itself and hangs up, whoever leads it leads on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import aiomqtt
from pydantic import ValidationError

from gateway.checks.broker import connection
from gateway.checks.line import Line, fail, ok, warn
from gateway.clock import Clock, within
from gateway.config import Config, ConfigError
from gateway.dispatch import topics
from gateway.runtime.listeners import listener_fault
from gateway.speech.handshake import MIN_SECRET_CHARS, Challenge, HandshakeError, introduce
from gateway.speech.remote import CONNECT_WITHIN_S, Found

TOLD_WITHIN_S = 1.5
"""Retained states come at once."""
MAX_TRIED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    trouble: str
    reason: str


async def listeners(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """One line for each listener that tells of itself."""
    try:
        secret = config.speech.listeners_secret() or ""
    except ConfigError as error:
        secret, told = "", str(error)
    else:
        told = f"shorter than {MIN_SECRET_CHARS} characters"
    if len(secret) < MIN_SECRET_CHARS:
        yield fail(
            "listeners.secret",
            f"监听机的共享密钥不可用：{told}",
            f"the listeners' shared secret cannot be used: {told}",
            "执行 openssl rand -hex 32 并写入 speech.listeners_secret_file（权限 0600）",
            "write the output of openssl rand -hex 32 into speech.listeners_secret_file (mode 0600)",
        )
        return
    try:
        found = await _found(config, clock)
    except (aiomqtt.MqttError, ConfigError, OSError) as error:
        yield fail(
            "listeners.broker",
            f"不能从消息总线得知监听机：{error}",
            f"the broker does not tell of listeners: {error}",
            "见 broker.login；网关账号需要 topic read 110/+/listeners/+/status",
            "see broker.login; the gateway's account needs topic read 110/+/listeners/+/status",
        )
        return
    if not found:
        tell = fail if not config.speech.own else warn
        yield tell(
            "listeners",
            "没有监听机公布自己",
            "no listener tells of itself",
            "在监听机上执行 intake110 listen --announce（dialplans/README.md）",
            "on another machine run intake110 listen --announce (dialplans/README.md)",
        )
    for one in found[:MAX_TRIED]:
        yield await _tried(one, config, secret, clock)


async def _found(config: Config, clock: Clock) -> list[Found]:
    """Sorted by name. Raises MqttError, ConfigError, OSError."""
    found: dict[str, Found] = {}
    async with connection(config, clock, "listeners") as link:
        await link.subscribe(topics.listener_statuses(config.site.name), qos=1)

        async def take() -> None:
            async for message in link.messages:
                with suppress(ValidationError):
                    one = Found.model_validate_json(bytes(message.payload))
                    found[one.listener] = one

        with suppress(TimeoutError):
            await within(clock, TOLD_WITHIN_S, take())
        link.fail("the check is over")
    return [found[name] for name in sorted(found)]


async def _tried(one: Found, config: Config, secret: str, clock: Clock) -> Line:
    name, where = f"listeners.{one.listener}", f"{one.host}:{one.control_port}"
    if not one.reachable:
        return _told(name, where, _Trouble(trouble="lost", reason="it is gone without a goodbye"))
    try:
        answer = await _introduced(one, config, secret, clock)
    except HandshakeError as error:
        return _told(name, where, _Trouble(trouble=error.cause, reason=str(error)))
    except (OSError, TimeoutError) as error:
        reason = str(error) or f"no connection within {CONNECT_WITHIN_S:g} s"
        return _told(name, where, _Trouble(trouble="unreachable", reason=reason))
    return ok(
        name,
        f"监听机在 {where} 应答，密钥一致（版本 {answer.version}）",
        f"answers at {where} and knows the secret (version {answer.version})",
    )


async def _introduced(one: Found, config: Config, secret: str, clock: Clock) -> Challenge:
    opening = asyncio.open_connection(one.host, one.control_port)
    reader, writer = await within(clock, CONNECT_WITHIN_S, opening)
    try:
        return await introduce(
            reader, writer, clock, secret=secret, site=config.site.name, gateway=config.gateway.id,
            listener=one.listener, probe=True,
        )  # fmt: skip
    finally:
        writer.transport.abort()


def _told(name: str, where: str, trouble: _Trouble) -> Line:
    fault = listener_fault(trouble)
    return fail(name, fault.fault_zh, f"{where}: {fault.fault_en}", fault.cure_zh, fault.cure_en)
