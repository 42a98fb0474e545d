"""How well speech is heard, as pages and machines read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.desk.card import CardValue, Source
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store.checked import vouched

from .site import Site, a_call

PATH = "/api/v1/speech/accuracy"


def heard(value: str, **more: Any) -> CardValue:
    return CardValue(value=value, source=Source.SPEECH, speaker=Leg.CALLER, segment_index=0, **more)


def person(value: str) -> CardValue:
    return CardValue(value=value, source=Source.PERSON, confirmed_by="u1")


async def filled(site: Site) -> None:
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=900, text="幺三八", model_id="vosk:demo-cn:abc"
    )
    card = {
        "phone": (heard("13800138000", confirmed_by="u1"),),
        "plate": (person("苏E12345"), heard("苏E12344")),
        "address": (heard("建国路"),),
        "summary": (person("打架"),),
    }
    call = replace(a_call(ended=True), line="PJSIP/trunk-0000002a")
    await site.put_call(call, card, (said,))


async def test_shares_are_told_by_engine_model_trunk_and_speaker_and_by_field(site: Site) -> None:
    await filled(site)
    client = await site.signed_in("supervisor")
    answered = await client.get(PATH)
    told = await answered.json()
    assert told["fields"] == 2
    assert told["lines"] == [
        {
            "engine": "vosk", "model": "demo-cn", "pbx": "p1", "trunk": "trunk", "speaker": "caller",
            "confirmed": 1, "corrected": 1, "field_accuracy": 0.5,
            "character_accuracy": pytest.approx(0.9444),
        }
    ]  # fmt: skip
    assert {one["field"] for one in told["by_field"]} == {"phone", "plate"}


async def test_no_value_of_a_call_is_told_and_call_takers_do_not_see_it(site: Site) -> None:
    await filled(site)
    leader = await site.signed_in("duty_leader")
    assert "138" not in await (await leader.get(PATH)).text()
    taker = await site.signed_in("call_taker")
    assert (await taker.get(PATH)).status == 403
    assert (await leader.get(PATH, params={"days": "0"})).status == 422


async def test_metrics_are_told_to_machines_of_the_named_networks_alone(site: Site) -> None:
    await filled(site)
    site.health = {
        "services": [{"name": "speech", "state": "degraded", "figures": {"behind": 3, "model": "demo"}}],
        "counts": {"live_calls": 2},
    }
    client = await site.open_client()
    text = await (await client.get("/metrics")).text()
    assert 'intake110_service_up{service="speech"} 0.5' in text
    assert 'intake110_service_figure{figure="behind",service="speech"} 3.0' in text
    assert 'intake110_count{what="live_calls"} 2.0' in text
    assert 'field="plate",model="demo-cn",outcome="corrected"' in text
    assert "138" not in text


async def test_metrics_are_refused_to_strangers(site: Site) -> None:
    site.settings = replace(site.settings, metrics_from=("192.0.2.0/24",))
    client = await site.open_client()
    assert (await client.get("/metrics")).status == 403


@pytest.mark.parametrize(
    ("values", "pair"),
    [
        ((heard("a", confirmed_by="u"),), ("a", "a")),
        ((person("b"), heard("a")), ("a", "b")),
        ((heard("a"),), None),
        ((person("b"),), None),
        ((), None),
    ],
)
def test_a_field_counts_when_it_was_heard_and_vouched_for(
    values: tuple[CardValue, ...], pair: tuple[str, str] | None
) -> None:
    found = vouched(values)
    assert (found and (found[0].value, found[1])) == pair
