"""The broker goes away during calls: calls go on, events wait, and arrive in order and complete."""

from __future__ import annotations

import pytest

from gateway.dispatch import topics
from gateway.dispatch.gaps import Kind
from gateway.testing.lab import CallPlan
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system


async def test_a_broker_that_stops_freezes_and_dies_costs_no_call_no_event_and_no_retained_state(
    stage: Stage, core: LabCore
) -> None:
    numbers = [f"1380013004{digit}" for digit in range(3)]
    await stage.broker.stop()
    call = await stage.city.call(CallPlan(caller=numbers[0], stay_s=2.0))
    await call.ended()
    await stage.broker.start()
    await core.settled(numbers[0])

    stage.broker.freeze()
    call = await stage.city.call(CallPlan(caller=numbers[1], stay_s=2.0))
    await call.ended()
    stage.broker.thaw()
    await core.settled(numbers[1])

    call = await stage.city.call(CallPlan(caller=numbers[2], stay_s=30.0))
    await core.until(lambda: (story := core.call(numbers[2])) and story.state == "ANSWERED")
    await stage.broker.kill()
    for kept in stage.broker.folder.glob("*.db*"):  # whatever it kept is gone too
        kept.unlink()
    await stage.broker.start()
    card, status = topics.card("demo", core.story(numbers[2]).call_id), topics.gateway_status("demo", "gw1")
    states = await core.retained(card, status)
    assert (states[card]["call"]["ani"], states[status]["state"]) == (numbers[2], "online")
    await call.hang_up()
    await core.settled(numbers[2])

    for number in numbers:
        story = core.story(number)
        assert [event["callseq"] for event in story.events] == list(range(1, len(story.events) + 1))
        assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"
    first_time = list(dict.fromkeys(core.site_numbers))
    assert first_time == sorted(first_time)
    assert (core.report.gaps.missing, core.report.gaps.counts[Kind.LATE]) == (0, 0)
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []
