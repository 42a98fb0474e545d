"""What became of a demo call, told from its events alone, and what keeps it from being whole."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing.lab import SCENES
from gateway.testing.lab.report import CallStory, DemoReport, as_json, faults, leading

SCENE = next(scene for scene in SCENES if scene.id == "wages")
ID = "demo-pbx1-1"


def event(seq: int, noun: str, **data: Any) -> dict[str, Any]:
    return {
        "id": f"{ID}:{seq}", "source": "110/demo", "subject": ID, "type": f"org.intake110.{noun}.v1",
        "callseq": seq, "siteseq": seq, "time": f"2026-01-05T08:00:{seq:02d}Z", "data": data,
    }  # fmt: skip


def segment(who: str, started_ms: int, text: str) -> dict[str, Any]:
    return {"segment": {"speaker": who, "started_ms": started_ms, "ended_ms": started_ms + 900, "text": text}}


def files(seconds: float, *parts: str) -> list[dict[str, Any]]:
    return [{"part": part, "seconds": seconds, "sha256": "ab"} for part in parts or ("mix", "rx", "tx")]


VERDICT = {"alarm_class": "non_police", "nature": "none", "department": "labour_bureau"}


def whole(**changed: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a whole call; `changed`: other data by noun."""
    told: list[tuple[str, dict[str, Any]]] = [
        ("CallStart", {}),
        ("CallerIdentity", {"ani": SCENE.caller}),
        ("CallStateChange", {"state": "ANSWERED"}),
        ("TranscriptSegment", segment("caller", 2000, "拖欠工资")),
        ("TranscriptSegment", segment("call_taker", 300, "你好")),
        ("CallEnd", {"end_reason": "COMPLETED", "duration_ms": 14_800}),
        ("RecMediaEnd", {"recording_id": "0x1", "files": files(15.0)}),
        ("TriageAssessed", {"assessment": VERDICT, "segments": 2}),
    ]
    return [event(number, noun, **changed.get(noun, data)) for number, (noun, data) in enumerate(told, 1)]


def story(*events: dict[str, Any]) -> CallStory:
    told = CallStory(ID)
    for one in events:
        told.add(one)
    return told


def test_a_whole_call_has_no_faults_and_says_so() -> None:
    told = story(*whole())
    assert faults(SCENE, told) == []
    assert told.settled
    line = as_json(SCENE, told)
    assert (line["whole"], line["seconds"], line["ani"]) == (True, 14.8, SCENE.caller)
    assert [words["text"] for words in line["transcript"]["caller"]] == ["拖欠工资"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"CallEnd": {"end_reason": "LOST", "duration_ms": 14_800}}, "ended LOST, expected COMPLETED"),
        ({"TranscriptSegment": segment("caller", 2000, "拖欠")}, "no text of the call_taker"),
        ({"RecMediaEnd": {"files": files(17.0)}}, "recording mix is 17.00 s, the call 14.80 s"),
        ({"RecMediaEnd": {"files": files(15.0, "mix")}}, "recording has mix, expected mix, rx, tx"),
        (
            {"TriageAssessed": {"assessment": {**VERDICT, "nature": "theft"}, "segments": 2}},
            "nature theft, expected none",
        ),
    ],
)
def test_each_fault_is_named(changed: dict[str, dict[str, Any]], fault: str) -> None:
    assert fault in faults(SCENE, story(*whole(**changed)))


def test_a_missing_number_is_a_fault_and_a_repeated_event_is_none() -> None:
    events = whole()
    assert faults(SCENE, story(*events, events[3])) == []
    assert faults(SCENE, story(*events[:1], *events[2:])) == ["its sequence numbers have a gap"]


def test_a_call_that_goes_on_is_neither_whole_nor_settled() -> None:
    told = story(*whole()[:5])
    assert (faults(SCENE, told), told.settled, told.state) == (["it has not ended"], False, "ANSWERED")


def test_a_call_is_settled_only_when_its_last_words_are_judged() -> None:
    assert not story(*whole(TriageAssessed={"assessment": VERDICT, "segments": 1})).settled


def test_who_said_nothing_must_have_no_text() -> None:
    silent = next(scene for scene in SCENES if scene.id == "silent")
    assert "text of the caller, who said nothing" in faults(silent, story(*whole()))


def test_the_card_is_what_the_last_update_of_each_field_says() -> None:
    updates = [
        event(1, "CardUpdate", fields=[{"name": "nature", "value": "theft"}, {"name": "ani", "value": "1"}]),
        event(2, "CardUpdate", fields=[{"name": "nature", "value": "none"}]),
    ]
    assert story(*updates).card() == {"nature": [{"value": "none"}], "ani": [{"value": "1"}]}


def test_the_newest_call_of_a_caller_is_the_scenes_and_earlier_ones_can_be_left_out() -> None:
    report = DemoReport()
    for one in whole():
        report.feed(one)
    found = report.story(SCENE)
    assert found is not None
    assert found.call_id == ID
    assert report.story(SCENE, already=[ID]) is None
    assert report.gaps.missing == 0


def test_a_call_that_never_reached_the_broker_is_told_as_such() -> None:
    assert as_json(SCENE, None)["faults"] == ["no such call reached the broker"]


def placed(location_id: str, leads: str) -> dict[str, Any]:
    data = {"location": {"location_id": location_id}, "leading": leads}
    return {"id": f"{location_id}-{leads}", "type": "org.intake110.LocationResponse.v1", "data": data}


def test_the_leading_fix_is_named_though_another_came_last() -> None:
    story = CallStory(call_id="c")
    for event in (placed("ALI-1", "ALI-1"), placed("speech-1", "ALI-1")):
        story.add(event)
    assert leading(story) == {"location_id": "ALI-1"}


def test_a_call_without_a_place_names_none() -> None:
    assert leading(CallStory(call_id="c")) is None
