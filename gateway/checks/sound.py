"""A second of live sound through the PBX, the very way a call's sound is tapped; and a test recording beside it.

Two channels of our own, no phone and no dialplan: one into which we speak a tone and which waits, and a tap on it
(`actions.start_tap`). What we hear at the tap has gone to the PBX and back. MixMonitor on the first one shows whether
the PBX writes where we look.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from gateway.calls.effects import StartTap
from gateway.checks.ear import Ear, Leg
from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.checks.talk import Talk
from gateway.config import PbxConfig, Recordings
from gateway.ids import CallId
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions import start_tap
from gateway.pbx.inventory import DENIED
from gateway.pbx.protocol import ActionAnswer
from gateway.speech.model import Leg as Side

CONNECT_WITHIN_S = 4.0
HEAR_WITHIN_S = 4.0
FILE_WITHIN_S = 2.0
LOOK_EVERY_S = 0.1
WAIT_S = 12
"""The test channel ends by itself after so long, whatever becomes of us."""
WAV_HEADER_BYTES = 44


@lru_cache
def check_id(name: str) -> str:
    """Marks what this run has caused in the PBX `name`."""
    return f"intake110-check-{uuid.uuid4()}"


async def sound(name: str, pbx: PbxConfig, ear: Ear, talk: Talk) -> AsyncIterator[Line]:
    if not ear.port:
        yield fail(f"{name}.tap_address", "不能监听：speech.listener_host 不是本机地址", "nothing can listen: speech.listener_host is not this machine's",
                   "改 speech.listener_host，例如 0.0.0.0", "change speech.listener_host, to 0.0.0.0 for example")  # fmt: skip
        return
    channel, address = f"{check_id(name)}-{uuid.uuid4().hex[:8]}", f"{pbx.tap_address}:{ear.port}"
    stream, leg = ear.expect(speaks=True)
    answer = await talk.action("Originate", {
        "Channel": f"AudioSocket/{address}/{stream}/c(slin)", "ChannelId": channel, "Application": "Wait", "Data": str(WAIT_S),
        "Variable": "INTAKE110_CHECK=1", "Timeout": "4000", "Async": "true",
    })  # fmt: skip
    yield _may(name, talk, "Originate", answer)
    if not answer.ok:
        return
    try:
        line, reached = await _reached(name, pbx, ear, talk, leg, channel)
        yield line
        if reached:
            async for line in _heard(name, pbx, ear, talk, channel):
                yield line
    finally:
        ended = await talk.action("Hangup", {"Channel": channel})
    if reached:
        yield _may(name, talk, "Hangup", ended)


def _may(name: str, talk: Talk, action: str, answer: ActionAnswer) -> Line:
    from gateway.checks.pbx import right

    return right(name, talk, action, answer)


async def _reached(name: str, pbx: PbxConfig, ear: Ear, talk: Talk, leg: Leg, channel: str) -> tuple[Line, bool]:
    refused = asyncio.create_task(talk.until(
        lambda m: m.event == "OriginateResponse" and m.get("Response") == "Failure" and m.get("Uniqueid") == channel
    ))  # fmt: skip
    connected = asyncio.create_task(leg.connected.wait())
    await asyncio.wait({refused, connected}, timeout=CONNECT_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
    reason = f"reason {refused.result().get('Reason')}" if refused.done() else f"nothing within {CONNECT_WITHIN_S:g} s"
    refused.cancel()
    connected.cancel()
    line, address = f"{name}.tap_address", f"{pbx.tap_address}:{ear.port}"
    if not leg.connected.is_set():
        return fail(line, f"交换机连不到 {address}（{reason}）", f"the PBX cannot reach {address} ({reason})",
                    f"tap_address 写交换机能到达的本机地址，在防火墙放行端口 {ear.port}，并在 Asterisk 载入 chan_audiosocket.so",
                    f"make tap_address this machine as the PBX reaches it, open port {ear.port} in the firewall, load chan_audiosocket.so in Asterisk"), False  # fmt: skip
    if ear.taken:
        return ok(line, f"交换机连到了 {address}（监听端口被占用，改用此端口试；防火墙未证明）",
                  f"the PBX reached {address} (tried on a port beside the listener's, which is in use: its firewall rule is not proved)"), True  # fmt: skip
    return ok(line, f"交换机连到了 {address}", f"the PBX reached {address}"), True


async def _heard(name: str, pbx: PbxConfig, ear: Ear, talk: Talk, channel: str) -> AsyncIterator[Line]:
    tap_id, tap = ear.expect()
    effect = StartTap(call_id=CallId("intake110-check"), pbx=pbx.name, leg=Side.CALLER, line=channel, tap_id=tap_id)
    try:
        wanted = start_tap(effect, f"{pbx.tap_address}:{ear.port}")
    except UnsafeValue as error:
        yield fail(f"{name}.tap", f"tap_address 不可用：{error}", f"tap_address cannot be used: {error}", "写主机名或 IP 地址", "write a host name or an IP address")
        return
    trials = [(folder, await _begin(name, folder, talk, channel)) for folder in pbx.recordings]
    await talk.action(wanted.name, wanted.fields)
    try:
        async with asyncio.timeout(HEAR_WITHIN_S):
            await tap.heard.wait()
    except TimeoutError:
        told = f"{tap.loud_ms:.0f} ms" if tap.connected.is_set() else "0 ms, never connected"
        yield fail(f"{name}.tap", f"一秒测试窃听没有听到声音（{told}）", f"the test tap did not hear its second of sound ({told})",
                   "在 Asterisk 载入 app_chanspy.so、res_audiosocket.so；看其日志", "load app_chanspy.so and res_audiosocket.so in Asterisk; look at its log")  # fmt: skip
    else:
        yield ok(f"{name}.tap", "一秒测试音经实时窃听往返听到", "a second of test tone went to the PBX and came back through a live tap")
    for folder, (answer, before) in trials:
        yield await _written(name, folder, talk, answer, before)
    if not trials:
        yield warn(f"{name}.recordings", "没有配置录音文件夹：网关不能取录音", "no recording folder is configured: the gateway cannot fetch recordings",
                   "写 [[pbx.recordings]] 的 pbx 和 local", "write pbx and local of [[pbx.recordings]]")  # fmt: skip


def _trial(name: str) -> str:
    """One name for ever: where we may not delete, at most one such file lies about."""
    return f"intake110-check-{name.removeprefix('pbx.')}.wav"


async def _begin(name: str, folder: Recordings, talk: Talk, channel: str) -> tuple[ActionAnswer, float]:
    """Start the test recording; gives the PBX's answer and when the file was last written before."""
    before = await in_thread(lambda: _changed(folder.local / _trial(name)))
    answer = await talk.action("MixMonitor", {"Channel": channel, "File": str(PurePosixPath(folder.pbx) / _trial(name))})
    return answer, before


def _changed(file: Path) -> float:
    """When there is sound in it; 0 while there is not."""
    try:
        found = file.stat()
    except OSError:
        return 0.0
    return found.st_mtime if found.st_size > WAV_HEADER_BYTES else 0.0


async def _written(name: str, folder: Recordings, talk: Talk, answer: ActionAnswer, before: float) -> Line:
    line, file = f"{name}.recordings", folder.local / _trial(name)
    if not answer.ok:
        return _unproved(line, folder, talk, answer)
    for _ in range(round(FILE_WITHIN_S / LOOK_EVERY_S)):
        if await in_thread(lambda: _changed(file)) > before:
            break
        await talk.clock.sleep(LOOK_EVERY_S)
    else:
        return fail(line, f"交换机向 {folder.pbx} 录了音，{folder.local} 中却没有出现", f"the PBX recorded into {folder.pbx}, but nothing appeared in {folder.local}",
                    "两者是同一文件夹吗（挂载）？Asterisk 能写、网关的用户能读吗？", "is it the same folder (mount)? May Asterisk write and the gateway's user read it?")  # fmt: skip
    readable = await in_thread(lambda: _read_and_remove(file))
    if readable is None:
        return fail(line, f"测试录音 {file} 存在但不能读取", f"the test recording {file} is there but cannot be read",
                    "把网关的用户加入 asterisk 组", "put the gateway's user into the group asterisk")  # fmt: skip
    left_zh, left_en = ("", "") if readable else (f"；{file.name} 不能删除，可手工删", f"; {file.name} may not be deleted by us and stays")
    return ok(line, f"测试录音在 {folder.local} 中可见可读{left_zh}", f"a test recording appeared in {folder.local} and can be read{left_en}")


def _read_and_remove(file: Path) -> bool | None:
    """None: not readable. False: read, but not ours to delete."""
    try:
        with file.open("rb") as opened:
            if not opened.read(WAV_HEADER_BYTES).startswith(b"RIFF"):
                return None
    except OSError:
        return None
    try:
        file.unlink()
    except OSError:
        return False
    return True


def _unproved(line: str, folder: Recordings, talk: Talk, answer: ActionAnswer) -> Line:
    if answer.message == DENIED:
        user = talk.config.username
        return fail(line, "交换机拒绝测试录音", "the PBX refuses a test recording",
                    f"在 manager.conf 的 [{user}] 的 write 中加 call，然后 manager reload", talk.config.cure_for_right("MixMonitor"))  # fmt: skip
    return warn(line, f"测试录音未能开始（{answer.message}），{folder.pbx} 是否可写未证明", f"no test recording ({answer.message}): whether {folder.pbx} is written is not proved",
                "在 Asterisk 载入 app_mixmonitor.so；文件夹须存在且可写", "load app_mixmonitor.so in Asterisk; the folder must exist and be writable for it")  # fmt: skip
