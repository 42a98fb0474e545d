"""Which place the demonstration's report names."""

from __future__ import annotations

from typing import Any

from gateway.testing.lab.report import CallStory, leading


def told(location_id: str, leads: str) -> dict[str, Any]:
    data = {"location": {"location_id": location_id}, "leading": leads}
    return {"id": f"{location_id}-{leads}", "type": "org.intake110.LocationResponse.v1", "data": data}


def test_the_leading_fix_is_named_though_another_came_last() -> None:
    story = CallStory(call_id="c")
    for event in (told("ALI-1", "ALI-1"), told("speech-1", "ALI-1")):
        story.add(event)
    assert leading(story) == {"location_id": "ALI-1"}


def test_a_call_without_a_place_names_none() -> None:
    assert leading(CallStory(call_id="c")) is None
