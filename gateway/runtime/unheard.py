"""Which sides of the calls that live now become no text, in a sentence for the hall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gateway.calls.model import CallSession, CallState
from gateway.runtime.health import Fault
from gateway.speech.model import HearingState

_ZH = {
    HearingState.NO_FRAMES: "监听无声音帧",
    HearingState.DEAF: "有语音无文字",
    HearingState.NO_WORDS: "声音中识别不到文字",
    HearingState.NO_MODEL: "所说语言没有可用模型",
    HearingState.SET_ASIDE: "先录音后转写",
    HearingState.BROKEN: "监听中断",
    HearingState.DEAD: "监听已放弃",
}
_EN = {
    HearingState.NO_FRAMES: "without sound",
    HearingState.DEAF: "with speech and no text",
    HearingState.NO_WORDS: "in which no words are found",
    HearingState.NO_MODEL: "whose language has no model that can be used",
    HearingState.SET_ASIDE: "set aside until later",
    HearingState.BROKEN: "whose tap broke",
    HearingState.DEAD: "given up",
}


def unheard(sessions: Iterable[CallSession]) -> Counter[HearingState]:
    """How many sides of live calls are not heard, by how."""
    return Counter(
        each.state
        for session in sessions
        if session.state is not CallState.ENDED
        for each in session.hearing
        if each.state in _EN
    )


def fault_of(counts: Counter[HearingState]) -> Fault:
    """The sentence, in both languages."""
    zh = "、".join(f"{count} 路{_ZH[state]}" for state, count in sorted(counts.items()))
    en = ", ".join(f"{count} {_EN[state]}" for state, count in sorted(counts.items()))
    return Fault(
        fault_zh=f"通话一方没有文字（{zh}）；报警人一方研判为不确定",
        fault_en=f"sides of calls without a transcript: {en}; a caller's verdict is unsure",
        cure_zh="识别器已自动更换、监听已重新请求；缺失部分通话结束后由录音补录",
        cure_en="recognizers are replaced and taps asked for again by themselves; what is missing comes from"
        " the recording after the call",
    )
