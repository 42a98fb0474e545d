"""Invented figures of links and of speech quality for the demonstration pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

from gateway.testing.demo_hearing import LIVE_MODEL, Json
from gateway.testing.demo_scene import Scene, stamp

_CONFIRMED = {
    "address": (0.84, 0.95, 310),
    "weapon": (0.96, 0.97, 58),
    "people_injured": (0.93, 0.94, 121),
    "vehicle": (0.88, 0.94, 74),
    "plate": (0.61, 0.91, 92),
    "phone": (0.89, 0.98, 240),
    "loss": (0.9, 0.95, 66),
    "name": (0.71, 0.8, 7),
}
"""Field of the card -> share confirmed, characters right, facts checked in 30 days."""


def accuracy(days: int, scene: Scene, now: datetime) -> Json:
    """What GET /api/v1/speech/accuracy tells: a usual day hears well but plates, a disaster badly."""
    worse = 0.22 if scene == "disaster" else 0.0
    scale = 0.0 if scene == "nothing" else days / 30
    by_field = [
        {"field": name, **_shares(right - worse, letters - worse / 2, round(count * scale))}
        for name, (right, letters, count) in _CONFIRMED.items()
        if round(count * scale)
    ]
    ears = (("demo-cn", 0.85), ("demo-en", 0.78))
    trunks = (("trunk-mobile", 0.04, 0.7), ("trunk-fixed", 0.0, 0.3))
    speakers = (("caller", 700), ("call_taker", 90))
    lines = [
        {
            "engine": "vosk", "model": model, "pbx": "main", "trunk": trunk, "speaker": speaker,
            **_shares(share - lost - worse, share - lost / 2 - worse / 2 + 0.08, round(count * scale)),
        }
        for (model, share), (trunk, lost, part), (speaker, all_of) in product(ears, trunks, speakers)
        if (count := round(all_of * part * (0.03 if model == "demo-en" else 1))) and round(count * scale)
    ]  # fmt: skip
    total = sum(one["confirmed"] + one["corrected"] for one in by_field)
    return {
        "since": stamp(now - timedelta(days=days)),
        "fields": total,
        "lines": lines,
        "by_field": by_field,
    }


def _shares(right: float, letters: float, count: int) -> Json:
    confirmed = round(count * right)
    return {
        "confirmed": confirmed,
        "corrected": count - confirmed,
        "field_accuracy": round(confirmed / count, 4),
        "character_accuracy": round(letters, 4),
    }


def services(scene: Scene, now: datetime) -> list[Json]:
    """Every link: all well with nothing on, a broken broker on a usual day, lost ears in a disaster."""
    bad = scene == "disaster"
    canary: dict[str, Any] = {
        "last": stamp(now - timedelta(minutes=12)),
        "good": stamp(now - timedelta(minutes=72 if bad else 12)),
        "seconds": 21.5,
    }
    links: list[Json] = [
        {"name": "canary", "figures": canary, **(_CANARY if bad else {})},
        {"name": "pbx:main", "figures": {"live": 12}},
        {"name": "clock", "figures": {"offset_ms": 3}},
        {"name": "speech", "figures": _ear(5, 20), **_SPEECH[scene]},
        {"name": "speech:local", "figures": {**_ear(3, 12), "legs": 24}},
        {
            "name": "speech:east",
            "figures": {**_ear(2, 8), "legs": 16},
            **(_LISTENER_LOST if bad else {}),
        },
        {"name": "places", "figures": {"places": 2_817, "version": "2026-11", "city": "样例市"}},
        {"name": "location:ali", "figures": {"asked": 208, "failed": 0}},
        {"name": "location bodies", "figures": {"unmatched": 0, "dropped": 0}},
        {"name": "map markers", "figures": {"units": 5, "cameras": 3, "set_aside": 0}},
        {"name": "database"},
        {"name": "outbox", "figures": {"waiting": 0 if scene == "nothing" else 41, "parked": 0}},
        {"name": "broker", **({} if scene == "nothing" else _BROKER)},
        {"name": "recordings", "figures": {"pending": 1}},
        {"name": "disk", "figures": {"free_bytes": 412_000_000_000}},
    ]  # fmt: skip
    return [{"state": "up", **link} for link in links]


def _ear(workers: int, live: int, behind: int = 0) -> Json:
    late = {"behind": behind, "set_aside": behind // 3, "unheard": behind}
    return {"model": LIVE_MODEL, "workers": workers, "live": live, **late}


_CANARY = {
    "state": "down",
    "fault_zh": "测试电话没有转出文字",
    "fault_en": "the test call was not written down",
    "cure_zh": "检查语音模型与 [canary] 的 says",
    "cure_en": "look at the speech model and at says in [canary]",
}
_SPEECH: dict[Scene, Json] = {
    "nothing": {},
    "usual": {
        "state": "degraded",
        "fault_zh": "第 2 路识别进程被替换",
        "fault_en": "Recognizer 2 was replaced",
        "cure_zh": "无需处理；若反复出现请查看内存",
        "cure_en": "Nothing to do; look at the memory if it repeats",
    },
    "disaster": {
        "state": "degraded",
        "fault_zh": "来电多于机器能跟上的路数，其余事后补写",
        "fault_en": "more legs than the machine can follow; the rest is transcribed later",
        "cure_zh": "增加一台监听机，或更多处理器核心",
        "cure_en": "add a listener, or more cores",
        "figures": _ear(3, 24, 9),
    },
}
_LISTENER_LOST = {
    "state": "down",
    "fault_zh": "连接中断，它听的通话已由其他监听机接着听",
    "fault_en": "connection lost; other machines have taken over its legs",
    "cure_zh": "看那台机器上 intake110 listen 的日志",
    "cure_en": "look at the log of intake110 listen on that machine",
    "figures": {},
}
_BROKER = {
    "state": "down",
    "fault_zh": "127.0.0.1 拒绝连接",
    "fault_en": "127.0.0.1 refused the connection",
    "cure_zh": "请在消息中间件的机器上启动 mosquitto",
    "cure_en": "Start mosquitto on the broker's machine",
}
