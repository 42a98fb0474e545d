"""What became of each demo call, told from the events a dispatch core gets, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.dispatch.gaps import GapDetector
from gateway.testing.lab.scenes import Scene

LENGTH_TOLERANCE_S = 0.5
LENGTH_TOLERANCE = 0.1
"""A recording's files may differ by so many seconds from the call's own length, or by this share of it where
that is more: on a busy machine phones that are played send less sound than they should."""
SIDES = ("caller", "call_taker")


@dataclass(slots=True)
class CallStory:
    """One call as its events tell it."""

    call_id: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: dict[str, Any]) -> None:
        """In order of arrival; a repeated event (QoS 1) is kept once."""
        if all(known["id"] != event["id"] for known in self.events):
            self.events.append(event)

    def of(self, noun: str) -> list[dict[str, Any]]:
        return [event["data"] for event in self.events if event["type"] == f"org.intake110.{noun}.v1"]

    def last(self, noun: str) -> dict[str, Any] | None:
        found = self.of(noun)
        return found[-1] if found else None

    @property
    def ani(self) -> str | None:
        identity = self.last("CallerIdentity")
        return identity["ani"] if identity else None

    @property
    def state(self) -> str:
        change = self.last("CallStateChange")
        return "ENDED" if self.last("CallEnd") else change["state"] if change else "SEIZED"

    @property
    def settled(self) -> bool:
        """Ended, its recording kept or given up, what nobody heard filled in, its last words judged."""
        end, assessed = self.last("CallEnd"), self.last("TriageAssessed")
        recorded = self.of("RecMediaEnd") or self.of("RecordingFailed")
        if not (end and recorded and assessed):
            return False
        done = {
            told["leg"] for told in self.of("SpeechStateChange") if told["state"] in ("filled", "unfilled")
        }
        whole = done.issuperset(end.get("unheard", ())) or bool(self.of("RecordingFailed"))
        return whole and assessed["segments"] >= len(self.of("TranscriptSegment"))

    def segments(self, speaker: str) -> list[dict[str, Any]]:
        said = [event["segment"] for event in self.of("TranscriptSegment")]
        return sorted((s for s in said if s["speaker"] == speaker), key=lambda s: s["started_ms"])

    def card(self) -> dict[str, list[dict[str, Any]]]:
        """The fields as the last CardUpdate of each left them."""
        fields: dict[str, list[dict[str, Any]]] = {}
        for update in self.of("CardUpdate"):
            fresh: dict[str, list[dict[str, Any]]] = {}
            for change in update["fields"]:
                fresh.setdefault(change["name"], []).append({k: v for k, v in change.items() if k != "name"})
            fields.update(fresh)
        return fields

    def recordings(self) -> list[dict[str, Any]]:
        return [part for event in self.of("RecMediaEnd") for part in event["files"]]


class DemoReport:
    """Feed it every event of the broker; ask it for each scene."""

    def __init__(self) -> None:
        self.stories: dict[str, CallStory] = {}
        self.gaps = GapDetector()

    def feed(self, event: dict[str, Any]) -> None:
        self.gaps.feed(event)
        if call_id := event.get("subject"):
            self.stories.setdefault(call_id, CallStory(call_id)).add(event)

    def story(self, scene: Scene, already: Iterable[str] = ()) -> CallStory | None:
        """The newest call of the scene's caller that is not among `already`."""
        done = set(already)
        found = [s for s in self.stories.values() if s.ani == scene.caller and s.call_id not in done]
        return found[-1] if found else None


def faults(scene: Scene, story: CallStory) -> list[str]:
    """What keeps the call from being whole; empty when it is."""
    found = []
    end = story.last("CallEnd")
    if end is None:
        return ["it has not ended"]
    if end["end_reason"] != scene.expected.ending:
        found.append(f"ended {end['end_reason']}, expected {scene.expected.ending}")
    found += _speech_faults(scene, story)
    found += _verdict_faults(scene, story)
    numbers = sorted(event["callseq"] for event in story.events)
    if numbers != list(range(1, len(numbers) + 1)):
        found.append("its sequence numbers have a gap")
    return found + _recording_faults(story, end["duration_ms"] / 1000)


def _speech_faults(scene: Scene, story: CallStory) -> list[str]:
    found = []
    for side in SIDES:
        speaks = any(turn.who == side for turn in scene.turns)
        heard = bool(story.segments(side))
        if speaks and not heard:
            found.append(f"no text of the {side}")
        if heard and not speaks:
            found.append(f"text of the {side}, who said nothing")
    return found


def _verdict_faults(scene: Scene, story: CallStory) -> list[str]:
    verdict = story.last("TriageAssessed")
    if verdict is None:
        return ["never judged"]
    judged = verdict["assessment"]
    wanted = {"alarm_class": scene.expected.alarm_class, "nature": scene.expected.nature}
    if scene.expected.department:
        wanted["department"] = scene.expected.department
    return [
        f"{name} {judged[name]}, expected {value}" for name, value in wanted.items() if judged[name] != value
    ]


def _recording_faults(story: CallStory, seconds: float) -> list[str]:
    parts = {part["part"]: part["seconds"] for part in story.recordings()}
    if sorted(parts) != ["mix", "rx", "tx"]:
        return [f"recording has {', '.join(sorted(parts)) or 'no files'}, expected mix, rx, tx"]
    allowed = max(LENGTH_TOLERANCE_S, LENGTH_TOLERANCE * seconds)
    return [
        f"recording {part} is {length:.2f} s, the call {seconds:.2f} s"
        for part, length in parts.items()
        if abs(length - seconds) > allowed
    ]


def as_json(scene: Scene, story: CallStory | None) -> dict[str, Any]:
    """The call's line of `demo --once --json`."""
    expected = {
        "class": scene.expected.alarm_class,
        "nature": scene.expected.nature,
        "department": scene.expected.department,
    }
    if story is None:
        return {"scene": scene.id, "call_id": None, "ani": scene.caller, "expected": expected, "whole": False,
                "faults": ["no such call reached the broker"]}  # fmt: skip
    missing = faults(scene, story)
    assessed = story.last("TriageAssessed")
    end = story.last("CallEnd") or {}
    return {
        "scene": scene.id,
        "call_id": story.call_id,
        "ani": story.ani,
        "location": leading(story),
        "transcript": {side: [_line(segment) for segment in story.segments(side)] for side in SIDES},
        "assessment": assessed["assessment"] if assessed else None,
        "card": story.card(),
        "events": [
            {"seq": event["callseq"], "type": event["type"], "time": event["time"]} for event in story.events
        ],
        "recording": story.recordings(),
        "end_reason": end.get("end_reason"),
        "seconds": end.get("duration_ms", 0) / 1000,
        "expected": expected,
        "whole": not missing,
        "faults": missing,
    }


def _line(segment: Mapping[str, Any]) -> dict[str, Any]:
    return {"started_ms": segment["started_ms"], "ended_ms": segment["ended_ms"], "text": segment["text"]}


def leading(story: CallStory) -> dict[str, Any] | None:
    """The fix that leads at the end, as it was published."""
    told = story.of("LocationResponse")
    fixes = {event["location"]["location_id"]: event["location"] for event in told}
    return fixes.get(told[-1]["leading"]) if told else None
