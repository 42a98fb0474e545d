"""The prompt for callers who cannot speak: does each PBX with our dialplan have it, and when."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.checks.line import Line, ok, warn
from gateway.checks.talk import Talk
from gateway.clock import Clock
from gateway.config import Config, ConfigError, PbxConfig
from gateway.pbx.account import Phase
from gateway.pbx.actions.moves import SILENCE

NAME = "silence"
OURS = "intake110-trunk"
"""A PBX without this context keeps a dialplan of its own: nothing of it is asked."""
ANSWERED = "intake110-answered"
SECONDS = "I110_SILENCE_SECONDS"
_SHOWN = ("ShowDialPlan", "ShowDialPlanComplete")


async def silence(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """One line a PBX; of one that cannot be asked its own check tells."""
    for pbx in config.pbx:
        if (line := await _prompts(pbx, clock)) is not None:
            yield line


async def _prompts(pbx: PbxConfig, clock: Clock) -> Line | None:
    try:
        secret = pbx.secret()
    except ConfigError:
        return None
    name = f"{NAME}.{pbx.name}"
    async with Talk(pbx, secret, clock) as talk:
        if talk.state.phase is not Phase.LIVE or not await _has(talk, OURS):
            return None
        if not (await _has(talk, SILENCE) and await _has(talk, ANSWERED)):
            return warn(
                name,
                f"交换机 {pbx.name} 的拨号方案没有静默提示（{SILENCE}）：不便说话的报警人听不到“请按一”",
                f"the dialplan of {pbx.name} has no {SILENCE}: who cannot speak is not asked to press 1",
                "换用本版的 extensions-intake110.conf，并在队列加 membergosub，见 dialplans/README.md",
                "take over this version's extensions-intake110.conf; the queue needs membergosub (README)",
            )
        answer = await talk.action("Getvar", {"Variable": SECONDS})
    return _set(name, pbx.name, (answer.fields.get("Value") or "").strip())


async def _has(talk: Talk, context: str) -> bool:
    return (await talk.action(_SHOWN[0], {"Context": context}, _SHOWN[1])).ok


def _set(name: str, pbx: str, seconds: str) -> Line:
    if not (seconds.isascii() and seconds.isdigit()):
        return warn(
            name,
            f"交换机 {pbx} 未设置 {SECONDS}：静默提示不会自动播放",
            f"{SECONDS} is not set at {pbx}: the prompt for silent callers is never played by itself",
            "从 intake110-globals.conf 引入该项（0 表示关闭），然后 dialplan reload",
            "take it over from intake110-globals.conf (0 switches it off), then `dialplan reload`",
        )
    if int(seconds) == 0:
        return ok(
            name,
            f"交换机 {pbx} 已按本站设置关闭自动静默提示，接警员仍可按键播放",
            f"{pbx} plays the prompt for silent callers only by a call-taker's key, as this site has it",
        )
    return ok(
        name,
        f"交换机 {pbx} 在接听后静默 {seconds} 秒播放提示（队列须有 membergosub = {ANSWERED}）",
        f"{pbx} plays the prompt after {seconds} s of silence (the queue needs membergosub = {ANSWERED})",
    )
