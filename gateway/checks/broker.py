"""The broker: signing in, each family of topics that we write, and what is sent towards us."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from gateway.checks.line import Line, fail, ok, warn
from gateway.clock import Clock
from gateway.config import Config, ConfigError, Mqtt
from gateway.dispatch import topics
from gateway.dispatch.mqtt_client import Connection
from gateway.dispatch.publisher import CONNECT_WITHIN_S, CURES
from gateway.ports import BrokerRefused, BrokerUnavailable, Message

CALL_ID = "intake110-check"
"""The call that test messages speak of. They are empty (MQTT's sign for "nothing here"), expire after a
second, and
have an event name that is in no catalogue."""
EXPIRY_S = 1

CURES_ZH = {
    0x85: "改 gateway.id：消息总线不接受此客户端标识",
    0x86: "改正 mqtt.username 及其密钥",
    0x87: "给该账号连接权限，或改正 mqtt.username",
    0x8A: "消息总线禁止了此客户端：请找其管理员",
    0x8C: "消息总线要求另一种登录方式",
    0x8E: "另一网关用了相同的 gateway.id：各用各的",
}


async def broker(config: Config, clock: Clock) -> AsyncIterator[Line]:
    mqtt = config.mqtt
    try:
        link = connection(config, clock)
    except ConfigError as error:
        yield fail(
            "broker.login", f"没有密钥：{error}", f"no secret: {error}", "见 secrets.mqtt", "see secrets.mqtt"
        )
        return
    except OSError as error:
        yield fail(
            "broker.login",
            f"mqtt.ca_file 不能使用：{error}",
            f"mqtt.ca_file cannot be used: {error}",
            "写上签发该服务器证书的 CA 文件",
            "name the file of the authority that signed the broker's certificate",
        )
        return
    try:
        async with link:
            where = f"{mqtt.host}:{mqtt.port}"
            yield ok(
                "broker.login",
                f"以 {mqtt.username or '匿名'} 登录 {where}（MQTT 5）",
                f"signed in at {where} as {mqtt.username or 'nobody'} (MQTT 5)",
            )
            listening = asyncio.create_task(_listen(link))
            try:
                async for line in _rights(link, config):
                    yield line
            finally:
                listening.cancel()
                link.fail("the check is over")
    except aiomqtt.MqttError as error:
        yield _refused(mqtt, error)


def connection(config: Config, clock: Clock, purpose: str = "check") -> Connection:
    """As the gateway signs in, under a name of its own. Raises ConfigError, OSError."""
    mqtt = config.mqtt
    return Connection(
        window=1,
        now=clock.monotonic,
        hostname=mqtt.host,
        port=mqtt.port,
        identifier=f"intake110-{config.site.name}-{config.gateway.id}-{purpose}",
        username=mqtt.username,
        password=mqtt.password(),
        keepalive=mqtt.keepalive_s,
        timeout=CONNECT_WITHIN_S,
        tls_context=ssl.create_default_context(cafile=mqtt.ca_file) if mqtt.tls else None,
    )


async def _listen(connection: Connection) -> None:
    """Whatever comes in is not for us."""
    with suppress(aiomqtt.MqttError):
        async for _ in connection.messages:
            pass


def _refused(mqtt: Mqtt, error: aiomqtt.MqttError) -> Line:
    cause = error.__cause__ or error
    code = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
    value = code.value if isinstance(code, ReasonCode) else 0
    where = f"{mqtt.host}:{mqtt.port}"
    return fail(
        "broker.login",
        f"不能登录 {where}：{cause}",
        f"no sign-in at {where}: {cause}",
        CURES_ZH.get(value, f"消息总线（MQTT 5）在运行吗？从本机能连到 {where} 吗？mqtt.tls 对吗？"),
        CURES.get(value, f"is the broker (MQTT 5) running, is {where} open from here, is mqtt.tls right?"),
    )


async def _rights(connection: Connection, config: Config) -> AsyncIterator[Line]:
    site = config.site.name
    families = {
        "events": topics.call_event(site, CALL_ID, "Check.v1"),
        "card": topics.card(site, CALL_ID),
        "partial": topics.partial(site, CALL_ID, "caller"),
        "site_events": topics.site_event(site, "Check.v1"),
        "status": topics.gateway_status(site, f"{config.gateway.id}-check"),
    }
    for name, topic in families.items():
        yield await _published(
            connection,
            f"broker.{name}",
            topic,
            retain=name in ("card", "status"),
            within_s=config.mqtt.publish_within_s,
        )
    yield await _subscribed(connection, f"110/{site}/in/#")


async def _published(connection: Connection, name: str, topic: str, *, retain: bool, within_s: float) -> Line:
    message = Message(topic=topic, payload=b"", qos=1, retain=retain, expiry_s=None if retain else EXPIRY_S)
    cure = f"topic write {topic.rsplit('/', 1)[0]}/# (conf/mosquitto/intake110.acl)"
    try:
        async with asyncio.timeout(within_s):
            await connection.send(message)
    except BrokerRefused as error:
        return fail(
            name,
            f"消息总线拒绝发布到 {topic}：{error}",
            f"the broker refuses {topic}: {error}",
            f"给网关账号权限：{cure}",
            f"give the gateway's account the right: {cure}",
        )
    except (BrokerUnavailable, TimeoutError) as error:
        told = str(error) or f"no acknowledgement within {within_s:g} s"
        return fail(
            name,
            f"没有收到确认：{told}",
            f"no acknowledgement: {told}",
            "看消息总线的日志：它是否卡住或断开了连接",
            "look at the broker's log: is it stuck, did it end the connection?",
        )
    return ok(name, f"可以发布 {topic}（QoS 1 已确认）", f"may publish {topic} (QoS 1, acknowledged)")


async def _subscribed(connection: Connection, topic_filter: str) -> Line:
    name = "broker.inbound"
    try:
        granted = await connection.subscribe(topic_filter, qos=1)
    except aiomqtt.MqttError as error:
        granted = ()
        told = str(error)
    else:
        told = ", ".join(str(code) for code in granted)
    if granted and not any(code.is_failure for code in granted if isinstance(code, ReasonCode)):
        return ok(
            name,
            f"订阅 {topic_filter} 已被接受（能否收到要等指挥中心发来第一条）",
            f"the subscription of {topic_filter} was taken (whether messages come shows with the first one)",
        )
    return warn(
        name,
        f"不能订阅 {topic_filter}：{told}",
        f"{topic_filter} cannot be subscribed: {told}",
        f"给网关账号权限：topic read {topic_filter}",
        f"give the gateway's account the right: topic read {topic_filter}",
    )
