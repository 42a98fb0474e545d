"""The written contract is valid, is what the types say, and what leaves keeps to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gateway.dispatch import asyncapi, encode
from gateway.dispatch.catalogue import CATALOGUE, Level
from gateway.dispatch.examples import AT, BY_NOUN, CALL_ID, SITE
from gateway.dispatch.order_contract import EXAMPLES

OFFICIAL = Path(__file__).parent.parent / "data/contracts"
NOUNS = [entry.noun for entry in CATALOGUE]


def official(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((OFFICIAL / name).read_text()))


def shipped(name: str) -> dict[str, Any]:
    return json.loads((asyncapi.FOLDER / name).read_text())


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return shipped("asyncapi.json")


def message_validator(document: dict[str, Any], name: str) -> jsonschema.Draft7Validator:
    """Of a message's payload, its references resolved within the document."""
    reference = {"$ref": f"#/components/messages/{name}/payload"}
    return jsonschema.Draft7Validator(
        {**reference, "components": document["components"]}, format_checker=jsonschema.FormatChecker()
    )


def test_the_shipped_files_say_what_the_types_say():
    assert asyncapi.stale() == [], "run: intake110 events schemas --write"


def test_the_document_is_valid_asyncapi_3(document):
    assert [error.message for error in official("asyncapi-3.0.0.json").iter_errors(document)] == []


def test_every_reference_in_the_document_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(document)):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_event_of_the_catalogue_has_its_channel_at_its_topic(document):
    for entry in CATALOGUE:
        address = document["channels"][entry.noun]["address"]
        [row] = rows(entry.noun)
        assert address.format(site=SITE, callId=CALL_ID, department="labour_bureau") == row.topic


def test_only_what_goes_stale_has_an_expiry(document):
    for entry in CATALOGUE:
        binding = document["operations"][f"send{entry.noun}"]["bindings"]["mqtt"]
        assert binding.get("messageExpiryInterval") == entry.expiry_s


def rows(noun: str, **changes: Any):
    level = next(entry.level for entry in CATALOGUE if entry.noun == noun)
    address = ("call", CALL_ID) if level is Level.CALL else ("hall", SITE)
    return encode.outbox_rows([replace(BY_NOUN[noun], **changes)], address, 6, 1041, AT, site=SITE)


@pytest.mark.parametrize("noun", NOUNS)
def test_what_leaves_is_a_cloudevent_and_keeps_to_the_contract(document, noun):
    [row] = rows(noun, inferred=True, occurred_at=AT + timedelta(microseconds=1))
    event = json.loads(row.payload)
    official("cloudevents-1.0.json").validate(event)
    message_validator(document, noun).validate(event)
    jsonschema.Draft7Validator(shipped(f"{noun}.v1.json")).validate(event["data"])


@pytest.mark.parametrize("noun", NOUNS)
def test_the_published_example_keeps_to_its_schema(document, noun):
    [example] = document["components"]["messages"][noun]["examples"]
    message_validator(document, noun).validate(example["payload"])


@pytest.mark.parametrize("name", [model.__name__ for model in EXAMPLES])
def test_the_example_of_what_departments_say_keeps_to_its_schema(document, name):
    [example] = document["components"]["messages"][name]["examples"]
    message_validator(document, name).validate(example["payload"])
    assert not message_validator(document, name).is_valid({**example["payload"], "outcome": 7, "action": 7})


def test_an_event_that_was_cut_still_keeps_to_the_contract(document):
    verdict = BY_NOUN["TriageAssessed"].assessment
    long = replace(verdict, findings=verdict.findings * 4_000, next_question_zh="问" * 90_000)
    [row] = rows("TriageAssessed", assessment=long)
    event = json.loads(row.payload)
    assert event["truncated"]
    message_validator(document, "TriageAssessed").validate(event)


def test_a_wrong_event_does_not_pass_the_contract(document):
    """The schemas bite: a state that does not exist, a missing number, a foreign type."""
    event = json.loads(rows("CallStateChange")[0].payload)
    validator = message_validator(document, "CallStateChange")
    for wrong in (
        {**event, "data": {**event["data"], "state": "DANCING"}},
        {key: value for key, value in event.items() if key != "callseq"},
        {**event, "type": "org.intake110.CallEnd.v1"},
        {**event, "time": "yesterday"},
    ):
        assert not validator.is_valid(wrong)


def test_retained_states_and_unfinished_text_keep_to_the_contract(document):
    card = encode.card_message(
        site=SITE,
        call_id=CALL_ID,
        rev=3,
        at=AT,
        ended=False,
        call={"state": "QUEUED"},
        fields={"class": [{"value": "unsure"}]},
    )
    online = encode.status_message(site=SITE, gateway_id="gw1", online=True, at=AT, version="0.1.0")
    will = encode.status_message(site=SITE, gateway_id="gw1", online=False, at=None, version="0.1.0")
    partial = encode.partial_message(site=SITE, call_id=CALL_ID, speaker="caller", text="有人", started_ms=1)
    told = {
        "call_id": CALL_ID, "rev": 4, "referral": 1, "kind": "blind", "state": "asked", "why": None,
        "number": "12333", "by": "zhang", "at": "2026-01-05T08:00:00.000Z", "place": None, "latitude": None,
        "changed_at": "2026-01-05T08:00:00.000Z", "caller": "13800138000", "longitude": None, "datum": None,
        "uncertainty_m": None, "class": "non_police", "nature": "none", "priority": 4, "dangers": [],
    }  # fmt: skip
    said = [{"speaker": "caller", "text": "老板拖欠工资" * 40, "started_ms": 1}] * 30
    announced = encode.announcement_message(
        site=SITE, target="labour_bureau", call_id=CALL_ID, state=told, said=said
    )
    assert len(announced.payload) <= encode.MAX_STATE_BYTES
    for name, message in (
        ("Announcement", announced),
        ("CardState", card),
        ("GatewayStatus", online),
        ("GatewayStatus", will),
        ("PartialText", partial),
    ):
        message_validator(document, name).validate(json.loads(message.payload))
        address = document["channels"][name]["address"]
        parameters = {
            "callId": CALL_ID,
            "gatewayId": "gw1",
            "speaker": "caller",
            "department": "labour_bureau",
        }
        assert address.format(site=SITE, **parameters) == message.topic


def test_stale_files_are_named_and_mended(tmp_path):
    assert "asyncapi.json" in asyncapi.write(tmp_path)
    assert asyncapi.stale(tmp_path) == []
    (tmp_path / "CallEnd.v1.json").write_text("{}")
    (tmp_path / "Left.v0.json").write_text("{}")
    assert asyncapi.stale(tmp_path) == ["CallEnd.v1.json", "Left.v0.json"]
    asyncapi.write(tmp_path)
    assert asyncapi.stale(tmp_path) == []
    assert not (tmp_path / "Left.v0.json").exists()
