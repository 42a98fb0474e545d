"""How invented calls are heard: the states of both sides, and a call heard a second time."""

from __future__ import annotations

from typing import Any, Literal

Json = dict[str, Any]

LIVE_MODEL = "vosk:demo-cn:0123456789ab"
ACCURATE_MODEL = "vosk:large-cn:ba9876543210"

_TEXTLESS = frozenset({"wanted", "set_aside", "no_frames", "deaf", "no_words", "no_model", "broken", "dead"})
_TROUBLE: dict[str, dict[int, tuple[str, str]]] = {
    "usual": {5: ("call_taker", "behind"), 9: ("caller", "dead")},
    "disaster": {
        2: ("call_taker", "set_aside"),
        5: ("call_taker", "behind"),
        6: ("caller", "deaf"),
        9: ("caller", "no_frames"),
    },
}
"""Scene -> number of the call modulo 13 -> which side is badly heard, and how."""


def hearing(speaker: str, state: str, since: str, **more: Any) -> Json:
    return {
        "speaker": speaker,
        "state": state,
        "since": since,
        "reason": None,
        "transcript": state not in _TEXTLESS,
        "language": "zh-CN",
        "unheard_ms": 0,
        **more,
    }


def hearings(scene: str, number: int, since: str) -> list[Json]:
    """Both sides of a live call."""
    bad = _TROUBLE.get(scene, {}).get(number % 13, ("", ""))
    sides = [hearing(side, bad[1] if side == bad[0] else "live", since) for side in ("caller", "call_taker")]
    for side in sides:
        side["unheard_ms"] = 0 if side["transcript"] else 14_000
    return sides


def side(speaker: str, basis: Literal["live", "review"] = "live", **more: Any) -> Json:
    """One side of a call's `transcript`."""
    return {
        "speaker": speaker,
        "basis": basis,
        "model_ids": [LIVE_MODEL if basis == "live" else ACCURATE_MODEL],
        "gaps": [],
        "gap_fault": None,
        "review_fault": None,
        "difference": None,
        "changes": [],
        **more,
    }


def plain() -> Json:
    """The text as it was heard live, on both sides."""
    return {"basis": "live", "sides": [side("caller"), side("call_taker")], "other": []}


_MISHEARD = (("烧烤摊", "烧烤谈"), ("拳头", "全投"), ("有人拿东西吗", "有人拿东西"))
"""What the second hearing wrote -> what the live one had written."""


def review(segments: list[Json]) -> tuple[list[Json], Json]:
    """(the text of the second hearing, the call's transcript) of a call whose live text had mistakes."""
    changes: dict[str, list[Json]] = {"caller": [], "call_taker": []}
    other, heard_again = [], []
    for said in segments:
        text, start, pace = said["text"], said["started_ms"], 200
        for right, wrong in _MISHEARD:
            if (at := text.find(right)) < 0:
                continue
            text = text.replace(right, wrong)
            keep = next(
                (i for i, pair in enumerate(zip(right, wrong, strict=False)) if pair[0] != pair[1]),
                len(wrong),
            )
            changes[said["speaker"]].append(
                {
                    "started_ms": start + (at + keep) * pace,
                    "ended_ms": start + (at + len(right)) * pace,
                    "live": wrong[keep:],
                    "review": right[keep:],
                }
            )
        words = [{**word, "text": text[2 * i : 2 * i + 2]} for i, word in enumerate(said["words"])]
        other.append({**said, "text": text, "words": words, "model_id": LIVE_MODEL})
        heard_again.append({**said, "model_id": ACCURATE_MODEL})
    sides = [
        side("caller", "review", difference=0.12, changes=changes["caller"]),
        side("call_taker", "review", difference=0.06, changes=changes["call_taker"]),
    ]
    return heard_again, {"basis": "review", "sides": sides, "other": other}
