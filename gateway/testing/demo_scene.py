"""Invented calls for looking at the pages and for their tests: nothing, a usual day, a disaster.

Every number, name, address and word is made up; the numbers begin with 1999, which no network gives out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from gateway.testing import demo_hearing, demo_places
from gateway.testing.demo_hearing import Json

Scene = Literal["nothing", "usual", "disaster"]

MS_PER_LETTER = 200
PAUSE_MS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a caller has to tell. `lines` alternate: the desk greets, the caller tells."""

    alarm_class: str
    nature: str
    priority: int
    lines: tuple[str, ...]
    place: str = ""
    quote: str = ""
    vetoes: tuple[tuple[str, str], ...] = ()
    department: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    question: tuple[str, str] = ("您现在安全吗？", "Are you safe now?")


def _tuples(value: Any) -> Any:
    """What TOML reads as lists, as tuples, nested ones too."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _stories() -> tuple[Story, ...]:
    """The callers of `demo_stories.toml`."""
    raw = tomllib.loads(Path(__file__).with_name("demo_stories.toml").read_text(encoding="utf-8"))
    return tuple(Story(**{key: _tuples(value) for key, value in story.items()}) for story in raw["story"])


STORIES = _stories()


@dataclass(slots=True, kw_only=True)
class DemoCall:
    """One invented call with everything the API tells of it; `told` lines of its story have been said."""

    summary: Json
    story: Story
    seized_at: datetime
    told: int = 0
    rev: int = 1
    fields: dict[str, list[Json]] = field(default_factory=dict)
    segments: list[Json] = field(default_factory=list)
    transcript: Json = field(default_factory=demo_hearing.plain)
    assessment: Json | None = None
    vetoes: list[Json] = field(default_factory=list)
    recordings: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    where: Json = field(default_factory=demo_places.nothing)
    handing: Json = field(default_factory=dict)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def start_of(story: Story, line: int) -> int:
    """Milliseconds since the seizure at which a line begins."""
    return 1500 + sum(len(said) * MS_PER_LETTER + PAUSE_MS for said in story.lines[:line])


def segment(story: Story, line: int) -> Json:
    """A line as a final segment, two letters a word."""
    said, began = story.lines[line], start_of(story, line)
    words = [
        {
            "text": said[at : at + 2],
            "started_ms": began + at * MS_PER_LETTER,
            "ended_ms": began + min(at + 2, len(said)) * MS_PER_LETTER,
            "confidence": 0.9,
        }
        for at in range(0, len(said), 2)
    ]
    return {
        "index": line // 2,
        "speaker": "caller" if line % 2 else "call_taker",
        "started_ms": began,
        "ended_ms": words[-1]["ended_ms"],
        "text": said,
        "words": words,
        "final": True,
        "gap": False,
        "model_id": demo_hearing.LIVE_MODEL,
    }


def heard(story: Story, quote: str) -> Json | None:
    """Where a quote stands in the caller's words, or None when it was not said yet or at all."""
    for line, said in enumerate(story.lines):
        at = said.find(quote)
        if quote and at >= 0:
            began = start_of(story, line) + at * MS_PER_LETTER
            return {
                "segment_index": line // 2,
                "speaker": "caller",
                "span": {"start": at, "end": at + len(quote)},
                "quote": quote,
                "started_ms": began,
                "ended_ms": began + len(quote) * MS_PER_LETTER,
            }
    return None


def value(text: str, source: str, confidence: float | None = None, where: Json | None = None) -> Json:
    """One value of a card's field."""
    where = where or {}
    return {
        "value": text,
        "source": source,
        "confidence": confidence,
        "confirmed_by": None,
        **{key: where.get(key) for key in ("speaker", "started_ms", "ended_ms", "segment_index")},
    }


def assessment(story: Story) -> Json:
    place = heard(story, story.quote)
    finding = [
        {
            "rule_id": f"demo.{story.nature}",
            "explanation_zh": "报警人说到要害的话",
            "explanation_en": "The caller used telling words",
            **(place or {}),
        }
    ]
    return {
        "class": story.alarm_class,
        "nature": story.nature,
        "priority": story.priority,
        "department": story.department,
        "nature_alternatives": []
        if story.nature == "none"
        else [[story.nature, 0.93], ["other_crime", 0.05]],
        "partners": ["ambulance_120"] if story.nature == "traffic_accident" else [],
        "findings": finding if place else [],
        "department_reason_zh": "该部门职责所列" if story.department else None,
        "department_reason_en": "Listed among its duties" if story.department else None,
        "next_question_zh": story.question[0],
        "next_question_en": story.question[1],
        "pack_hash": "demo",
        "basis": "text",
        "opinion": opinion(story),
    }


def opinion(story: Story) -> Json:
    """What a statistical model might say beside it."""
    alarm = 0.97 if story.alarm_class == "valid_alarm" else 0.12
    both = [["valid_alarm", alarm], ["non_police", round(1 - alarm, 2)]]
    return {
        "model": "demo:000000000000",
        "classes": sorted(both, key=lambda one: -float(one[1])),
        "natures": [] if story.nature == "none" else [[story.nature, 0.88]],
        "departments": [[story.department, 0.91]] if story.department else [],
        "known": 0.9,
        "raised": False,
    }


def tell(call: DemoCall) -> list[tuple[str, Json]]:
    """The next line of the story is said: what the stream tells of it. Empty when the story is over."""
    if call.told >= len(call.story.lines):
        return []
    call_id, story = call.summary["call_id"], call.story
    said = segment(story, call.told)
    call.told += 1
    call.segments.append(said)
    news: list[tuple[str, Json]] = [("segment", {"call_id": call_id, "segment": said})]
    if said["speaker"] == "caller":
        news += _judge(call, said["text"])
    call.rev += 1
    call.summary |= {"last_text": said["text"], "last_speaker": said["speaker"], "rev": call.rev}
    add_event(
        call, "TranscriptSegment", said["started_ms"], {"text": said["text"], "speaker": said["speaker"]}
    )
    return [*news, ("call", dict(call.summary))]


def _judge(call: DemoCall, text: str) -> list[tuple[str, Json]]:
    call_id, story = call.summary["call_id"], call.story
    news: list[tuple[str, Json]] = []
    for code, quote in story.vetoes:
        if quote in text:
            veto = {"code": code, "partial": False, **(heard(story, quote) or {})}
            call.vetoes.append(veto)
            call.summary["vetoes"] = [*call.summary["vetoes"], code]
            news.append(("veto", {"call_id": call_id, "veto": veto}))
    call.assessment = assessment(story)
    call.summary |= {
        "class": story.alarm_class,
        "nature": story.nature,
        "priority": story.priority,
        "department": story.department,
    }
    where = heard(story, story.quote)
    changed: dict[str, list[Json]] = {
        name: [value(fact, "speech", 0.82, where)] for name, fact in story.facts
    }
    if story.place:
        spoken = value(story.place, "speech", 0.78, where)
        network = value("样例市中心基站", "ALI", 0.4)
        changed["address"] = [spoken, network] if story.priority == 1 else [spoken]
        call.summary["location"] = story.place
    call.fields |= changed
    news.append(("assessment", {"call_id": call_id, "assessment": call.assessment}))
    news.append(("card", {"call_id": call_id, "rev": call.rev + 1, "fields": changed}))
    return news


def add_event(call: DemoCall, noun: str, at_ms: int, data: Json) -> None:
    seq = len(call.events) + 1
    moment = call.seized_at + timedelta(milliseconds=at_ms)
    call.events.append(
        {
            "specversion": "1.0",
            "id": f"{call.summary['call_id']}:{seq}",
            "type": f"org.intake110.{noun}.v1",
            "time": stamp(moment),
            "callseq": seq,
            "siteseq": seq,
            "inferred": False,
            "test": False,
            "data": data,
        }
    )


def make_call(number: int, story: Story, state: str, age_s: float, now: datetime) -> DemoCall:
    """A call in `state` that took its line `age_s` ago, its story told as far as the time allows."""
    seized = now - timedelta(seconds=age_s)
    talks = state not in ("SEIZED", "QUEUED", "RINGING")
    answered = seized + timedelta(seconds=4 + number % 9) if talks else None
    desk = str(1101 + number % 20)
    summary: Json = {
        "call_id": f"demo-main-{1700000000 + number}.{number}",
        "medium": "voice",
        "state": state,
        "ani": f"1999000{number:04d}",
        "anonymous": False,
        "dialed": "110",
        "agents": [desk] if talks else [],
        "ringing": [desk] if state == "RINGING" else [],
        "queue": "110",
        "seized_at": stamp(seized),
        "queued_at": stamp(seized + timedelta(seconds=1)),
        "answered_at": stamp(answered) if answered else None,
        "ended_at": None,
        "queue_wait_ms": round((answered - seized).total_seconds() * 1000) - 1000 if answered else None,
        "duration_ms": None,
        "end_reason": None,
        "released_by": None,
        "class": None,
        "nature": None,
        "priority": None,
        "department": None,
        "vetoes": [],
        "location": None,
        "district": None,
        "last_text": None,
        "last_speaker": None,
        "speech": "live" if talks else "wanted",
        "hearing": demo_hearing.hearings("", number, stamp(answered)) if answered else [],
        "disposition": None,
        "finished": None,
        "keeper": desk if talks else None,
        "asked": [],
        "transfers": [],
        "conference": False,
        "inferred": False,
        "manual": None,
        "same_as": None,
        "part_of": None,
        "test": False,
        "incident": None,
        "likely": 0,
        "suspected": None,
        **dict.fromkeys(("task", "share", "text", "quiet")),
        "rev": 1,
    }
    call = DemoCall(summary=summary, story=story, seized_at=seized, where=demo_places.place_of(number, now))
    call.fields = {"caller_number": [value(summary["ani"], "AMI")], "dialed": [value("110", "AMI")]}
    add_event(call, "CallStart", 0, {"pbx": "main", "dialed": "110"})
    if answered:
        add_event(call, "CallStateChange", 4000, {"state": "ANSWERED", "agent": desk})
        call.recordings = [{"recording_id": f"mm-{number}", "status": "running", "fault": None, "parts": []}]
        while call.told < len(story.lines) and start_of(story, call.told) < age_s * 1000:
            tell(call)
    return call


def end_call(call: DemoCall, reason: str, duration_ms: int, settled: bool) -> None:
    """The call is over and its recording stored."""
    while reason != "ABANDONED" and tell(call):
        pass
    ended = call.seized_at + timedelta(milliseconds=duration_ms)
    call.rev += 1
    call.summary |= {
        "state": "ENDED",
        "ended_at": stamp(ended),
        "duration_ms": duration_ms,
        "end_reason": reason,
        "released_by": "caller",
        "rev": call.rev,
        "disposition": {"class": call.story.alarm_class, "nature": call.story.nature} if settled else None,
    }
    for each in call.summary["hearing"]:
        each |= {"state": "over", "transcript": True}
    seconds = duration_ms / 1000
    call.recordings = (
        []
        if reason == "ABANDONED"
        else [
            {
                "recording_id": f"mm-{call.summary['ani']}",
                "status": "stored",
                "fault": None,
                "parts": [
                    {
                        "part": part,
                        "seconds": seconds,
                        "size_bytes": round(seconds * 16000) + 44,
                        "sha256": "0" * 64,
                        "repaired": False,
                    }
                    for part in ("mix", "rx", "tx")
                ],
            }
        ]
    )
    add_event(call, "CallEnd", duration_ms, {"end_reason": reason, "released_by": "caller"})


REVIEWED, GAPPED = 102, 103
"""Numbers of the ended call that was heard a second time, and of the one that was not heard as a whole."""


def _gap(call: DemoCall) -> None:
    """Some of it was filled in from the recording, the rest could not be."""
    call.segments[1] |= {"gap": True}
    call.summary["hearing"][0]["unheard_ms"] = 9_000
    call.transcript["sides"][0] |= {"gaps": [[12_000, 21_000]], "gap_fault": "the recording cannot be read"}


def make_scene(scene: Scene, now: datetime | None = None) -> dict[str, DemoCall]:
    """All calls of a scene by call_id, the live ones first."""
    now = now or datetime.now(UTC)
    calls: list[DemoCall] = []
    live = {"nothing": 0, "usual": 12, "disaster": 50}[scene]
    for number in range(live):
        waits = number % 6 == 4 if scene == "usual" else number % 4 == 3
        state = (
            ("QUEUED" if number % 8 == 3 else "RINGING")
            if waits
            else "HELD"
            if number % 11 == 10
            else "ANSWERED"
        )
        age = 3 + number * 1.3 if waits else 20 + (number * 37) % 240
        story = STORIES[number % len(STORIES)]
        calls.append(make_call(number, story, state, age, now))
        if not waits:
            shown = calls[-1].summary
            shown["hearing"] = demo_hearing.hearings(scene, number, shown["answered_at"])
        if number == 7 and scene == "usual":
            calls[-1].summary["test"] = True
        if number == 8:
            calls[-1].summary |= {"ani": None, "anonymous": True}
    for number in range(100, 100 if scene == "nothing" else 124):
        story = STORIES[number % len(STORIES)]
        abandoned = number % 9 == 5
        call = make_call(number, story, "QUEUED" if abandoned else "ANSWERED", (number - 99) * 240.0, now)
        length = 9000 if abandoned else start_of(story, len(story.lines)) + 2000
        end_call(call, "ABANDONED" if abandoned else "COMPLETED", length, settled=number % 5 != 1)
        if number == REVIEWED:
            call.segments, call.transcript = demo_hearing.review(call.segments)
        if number == GAPPED:
            _gap(call)
        calls.append(call)
    return {call.summary["call_id"]: call for call in calls}
