"""What is wrong with one of several listeners, in the words of a person who can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gateway.runtime.health import Fault
from gateway.speech.languages import ACCURATE


class Troubled(Protocol):
    @property
    def trouble(self) -> str: ...

    @property
    def reason(self) -> str: ...


_WORDS: Mapping[str, tuple[str, str, str]] = {
    "loading": ("正在载入模型", "等待片刻", "wait a moment"),
    "model": (
        "模型不能使用",
        "在那台机器上执行 intake110 models check",
        "run intake110 models check on that machine",
    ),
    "unreachable": (
        "连接不上",
        "那台机器和 intake110 listen 在运行吗？防火墙放行其控制端口了吗？",
        "are that machine and its intake110 listen running, and is its control port open in the firewall?",
    ),
    "lost": (
        "连接中断，它听的通话已由其他监听机接着听",
        "看那台机器上 intake110 listen 的日志",
        "look at the log of intake110 listen on that machine",
    ),
    "silent": (
        "没有应答，它听的通话已由其他监听机接着听",
        "看那台机器的负载与网络",
        "look at that machine's load and network",
    ),
    "secret": (
        "共享密钥不一致",
        "让两台机器的 speech.listeners_secret_file 内容相同",
        "give both machines the same speech.listeners_secret_file",
    ),
    "protocol": ("版本不同，不使用", "在两台机器上安装同一版本", "install the same version on both machines"),
    "site": (
        "属于另一站点",
        "改那台机器配置中的 site.name，或让它离开",
        "correct site.name on that machine, or let it go elsewhere",
    ),
    "busy": (
        "正由另一网关使用",
        "每台监听机只归一个网关；停止另一个，或另设一台",
        "a listener serves one gateway: stop the other one, or set up another listener",
    ),
    "twin": (
        "与另一监听机编号相同，不使用",
        "给那台机器一个空的 state_dir",
        "give that machine an empty state_dir",
    ),
    "garbled": (
        "应答的不是我们的监听程序",
        "检查公布的地址与端口（--host、--control-port）",
        "check the announced address and port (--host, --control-port)",
    ),
}
"""Word of `gateway.speech.state.Trouble` -> what it means (zh), what to do (zh, en)."""


def listener_fault(news: Troubled) -> Fault:
    """Why a listener does not hear, and what helps."""
    zh, cure_zh, cure_en = _WORDS.get(news.trouble, ("不可用", "", ""))
    return Fault(
        fault_zh=f"{zh}：{news.reason}" if news.reason else zh,
        fault_en=news.reason or news.trouble,
        cure_zh=cure_zh,
        cure_en=cure_en,
    )


def down_fault(trouble: str, reason: str) -> Fault:
    """Nobody hears. Calls are taken as always; a broken default model is tried again by itself."""
    cure_zh, cure_en = _DOWN.get(trouble, ("", ""))
    return Fault(
        fault_zh=f"语音识别异常，没有转写，研判为不确定：{reason}",
        fault_en=reason,
        cure_zh=cure_zh,
        cure_en=cure_en,
    )


_DOWN: Mapping[str, tuple[str, str]] = {
    "model": (
        "按提示改正模型（intake110 models check 目录），或改 speech.model 后重启网关；改正后半分钟内自动重试",
        "mend the model as told (intake110 models check DIR), or change speech.model and restart the "
        "gateway; a mended model is tried again within half a minute",
    ),
}


def late_fault(behind: int) -> Fault:
    """It hears more legs than it can follow."""
    return Fault(
        fault_zh=f"{behind} 路的文字迟到，新的通话优先交给其他监听机",
        fault_en=f"the text of {behind} legs is late; new calls go to other listeners first",
        cure_zh="增加一台监听机，或更多处理器核心",
        cure_en="add a listener, or more cores",
    )


def left_out_fault(left_out: Mapping[str, str]) -> Fault:
    """Models that are configured and do not hear; the others go on."""
    zh = "；".join(f"{_model_zh(key)}（{why}）" for key, why in left_out.items())
    en = "; ".join(f"{_model_en(key)} ({why})" for key, why in left_out.items())
    return Fault(
        fault_zh=f"有语音模型不能使用，已略过，其余照常：{zh}。该语种由默认模型听写，研判为不确定；复核缺精确模型时保留实时文字",
        fault_en=f"speech models are left out, the others hear: {en}. The default model hears such a language"
        " and the verdict is unsure; without the accurate model the live text stands",
        cure_zh="用 intake110 models check 检查该模型并改正（或改 [speech] 中的目录），然后重启网关",
        cure_en="look at that model with intake110 models check and mend it (or its folder in [speech]), then"
        " restart the gateway",
    )  # fmt: skip


def _model_zh(key: str) -> str:
    return "精确模型" if key == ACCURATE else f"{key} 模型"


def _model_en(key: str) -> str:
    return "the accurate model" if key == ACCURATE else f"the model for {key}"
