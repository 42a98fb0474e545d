"""A second of live sound through the PBX, the very way a call's sound is tapped.

Two or three channels of our own, no phone, no queue: one into which we speak a tone, its far end, and a
tap on the
first (`actions.start_tap`). What we hear at the tap has gone to the PBX and back; the recorder runs beside
it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

from gateway.calls.effects import StartTap
from gateway.checks.ear import Ear, Leg
from gateway.checks.line import Line, fail, ok
from gateway.checks.recorder import SUBROUTINE, Recorder
from gateway.checks.rights import right
from gateway.checks.talk import Talk
from gateway.config import PbxConfig
from gateway.ids import CallId
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.taps import start_tap
from gateway.speech.model import Leg as Side

CONNECT_WITHIN_S = 4.0
HEAR_WITHIN_S = 4.0
WAIT_S = 12
"""The test channels end by themselves after so long, whatever becomes of us."""
CHANNEL = "intake110-check-"
"""The unique id of the test channel begins so."""


async def sound(name: str, pbx: PbxConfig, ear: Ear, talk: Talk) -> AsyncIterator[Line]:
    if not ear.port:
        yield fail(
            f"{name}.tap_address",
            "不能监听：speech.listener_host 不是本机地址",
            "nothing can listen: speech.listener_host is not this machine's",
            "改 speech.listener_host，例如 0.0.0.0",
            "change speech.listener_host, to 0.0.0.0 for example",
        )
        return
    recorder = Recorder(pbx, talk)
    await recorder.look()
    channel = f"{CHANNEL}{uuid.uuid4()}"
    stream, leg = ear.expect(speaks=True)
    answer = await talk.action(
        "Originate", _channel(f"{pbx.tap_address}:{ear.port}", stream, channel, ear, recorder)
    )
    yield right(name, talk, "Originate", answer)
    if not answer.ok:
        return
    try:
        line, reached = await _reached(
            f"{name}.tap_address", f"{pbx.tap_address}:{ear.port}", ear, talk, leg, channel
        )
        yield line
        if reached:
            yield await _heard(f"{name}.tap", pbx, ear, talk, channel)
            yield await recorder.line(f"{name}.recordings")
    finally:
        ended = await talk.action("Hangup", {"Channel": channel})
    if reached:
        yield right(name, talk, "Hangup", ended)


def _channel(address: str, stream: str, channel: str, ear: Ear, recorder: Recorder) -> dict[str, str]:
    """The channel that speaks. With the shipped dialplan its recording subroutine runs on it (option B of
    Dial).
    """
    far_end, _ = ear.expect()
    recorded = (
        f"AudioSocket/{address}/{far_end}/c(slin),{CONNECT_WITHIN_S:.0f},B({SUBROUTINE}^s^1)S({WAIT_S})"
    )
    return {
        "Channel": f"AudioSocket/{address}/{stream}/c(slin)",
        "ChannelId": channel,
        "Timeout": "4000",
        "Async": "true",
        "Application": "Dial" if recorder.offered else "Wait",
        "Data": recorded if recorder.offered else str(WAIT_S),
        "Variable": f"__I110_CALL={recorder.call}",
    }


async def _reached(
    line: str, address: str, ear: Ear, talk: Talk, leg: Leg, channel: str
) -> tuple[Line, bool]:
    refused = asyncio.create_task(
        talk.until(
            lambda m: (
                m.event == "OriginateResponse"
                and m.get("Response") == "Failure"
                and m.get("Uniqueid") in (channel, "<null>")
            )
        )
    )
    connected = asyncio.create_task(leg.connected.wait())
    await asyncio.wait({refused, connected}, timeout=CONNECT_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
    reason = (
        f"reason {refused.result().get('Reason')}"
        if refused.done()
        else f"nothing within {CONNECT_WITHIN_S:g} s"
    )
    refused.cancel()
    connected.cancel()
    if not leg.connected.is_set():
        return fail(
            line,
            f"交换机连不到 {address}（{reason}）",
            f"the PBX cannot reach {address} ({reason})",
            f"tap_address 写交换机能到达的本机地址，在防火墙放行端口 {ear.port}，并在 Asterisk 载入 "
            "chan_audiosocket.so",
            f"make tap_address this machine as the PBX reaches it, open port {ear.port} in the "
            "firewall, load chan_audiosocket.so in Asterisk",
        ), False
    if ear.taken:
        return ok(
            line,
            f"交换机连到了 {address}（监听端口被占用，改用此端口试；防火墙未证明）",
            f"the PBX reached {address} (tried on a port beside the listener's, which is in use: its "
            "firewall rule is not proved)",
        ), True
    return ok(line, f"交换机连到了 {address}", f"the PBX reached {address}"), True


async def _heard(line: str, pbx: PbxConfig, ear: Ear, talk: Talk, channel: str) -> Line:
    tap_id, tap = ear.expect()
    effect = StartTap(call_id=CallId(channel), pbx=pbx.name, leg=Side.CALLER, line=channel, tap_id=tap_id)
    try:
        wanted = start_tap(effect, f"{pbx.tap_address}:{ear.port}")
    except UnsafeValue as error:
        return fail(
            line,
            f"tap_address 不可用：{error}",
            f"tap_address cannot be used: {error}",
            "写主机名或 IP 地址",
            "write a host name or an IP address",
        )
    await talk.action(wanted.name, wanted.fields)
    try:
        async with asyncio.timeout(HEAR_WITHIN_S):
            await tap.heard.wait()
    except TimeoutError:
        told = f"{tap.loud_ms:.0f} ms" if tap.connected.is_set() else "0 ms, never connected"
        return fail(
            line,
            f"一秒测试音经实时监听没有听到（{told}）",
            f"the test tap did not hear its second of sound ({told})",
            "在 Asterisk 载入 app_chanspy.so、res_audiosocket.so；看其日志",
            "load app_chanspy.so and res_audiosocket.so in Asterisk; look at its log",
        )
    return ok(
        line,
        "一秒测试音经实时监听往返听到",
        "a second of test tone went to the PBX and came back through a live tap",
    )
