"""What an event looks like when it leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.calls import dispatched, entered, handing_events, linked, quieted, shared, tasked, texted
from gateway.calls import events as call
from gateway.calls.events import CallEvent
from gateway.dispatch import encode, order_events, plan_events, site_events, topics
from gateway.dispatch.catalogue import CATALOGUE, Level, NotInCatalogue, entry_of
from gateway.dispatch.examples import AT, BY_NOUN, CALL_ID, EVENTS, SITE
from gateway.dispatch.site_events import SiteEvent

NOW = datetime(2026, 1, 5, 8, 0, 13, tzinfo=UTC)


def rows_of(events, kind="call", key=CALL_ID, seq=0, site_seq=0):
    return encode.outbox_rows(events, (kind, key), seq, site_seq, NOW, site=SITE)


def test_every_event_type_is_in_the_catalogue():
    of_calls = (call, linked, handing_events, dispatched, tasked, quieted, entered, shared, texted)
    defined = {
        cls
        for module in (*of_calls, site_events, order_events, plan_events)
        for cls in vars(module).values()
        if isinstance(cls, type)
        and issubclass(cls, CallEvent | SiteEvent)
        and cls not in (CallEvent, SiteEvent)
    }
    assert defined == {entry.data for entry in CATALOGUE}


def test_the_catalogue_uses_the_name_that_the_core_gives_an_event():
    assert all(entry.noun == call.noun_of(BY_NOUN[entry.noun]) for entry in CATALOGUE)
    assert len({entry.noun for entry in CATALOGUE}) == len(CATALOGUE)


def test_an_event_that_nobody_listed_is_refused():
    with pytest.raises(NotInCatalogue, match="int"):
        entry_of(3)


def test_an_envelope_has_the_attributes_of_cloudevents_and_our_sequence():
    [row] = rows_of([BY_NOUN["CallStart"]], seq=4, site_seq=90)
    event = json.loads(row.payload)
    assert event == {
        "specversion": "1.0",
        "id": f"{CALL_ID}:5",
        "source": "/110/demo",
        "type": "org.intake110.CallStart.v1",
        "time": "2026-01-05T08:00:12.345000Z",
        "subject": CALL_ID,
        "datacontenttype": "application/json",
        "dataschema": "urn:intake110:schema:CallStart:v1",
        "callseq": 5,
        "siteseq": 91,
        "inferred": False,
        "data": event["data"],
    }
    assert event["data"]["dialed"] == "110"
    assert row.topic == f"110/demo/calls/{CALL_ID}/events/CallStart.v1"
    assert (row.event_id, row.call_seq, row.site_seq, row.at) == (f"{CALL_ID}:5", 5, 91, NOW)


def test_sequence_numbers_continue_without_a_hole():
    rows = rows_of(EVENTS[:5], seq=7, site_seq=100)
    assert [row.call_seq for row in rows] == [8, 9, 10, 11, 12]
    assert [row.site_seq for row in rows] == [101, 102, 103, 104, 105]


def test_an_event_of_the_site_has_no_call():
    [row] = rows_of([BY_NOUN["QueueStateChange"]], kind="hall", key="pbx1", seq=3, site_seq=50)
    event = json.loads(row.payload)
    assert (row.call_id, row.call_seq, row.event_id) == (None, None, "demo:51")
    assert row.topic == "110/demo/events/QueueStateChange.v1"
    assert "subject" not in event
    assert "callseq" not in event
    assert row.expiry_s == 30


def test_what_was_learnt_afterwards_is_marked():
    [row] = rows_of([replace(BY_NOUN["CallEnd"], inferred=True)])
    assert json.loads(row.payload)["inferred"] is True


def test_the_same_event_is_the_same_bytes():
    assert rows_of([BY_NOUN["TriageAssessed"]]) == rows_of([BY_NOUN["TriageAssessed"]])


def test_only_the_states_of_desks_and_queues_expire():
    expiring = {entry.noun for entry in CATALOGUE if entry.expiry_s is not None}
    assert expiring == {"AgentStateChange", "QueueStateChange"}
    assert {entry.level for entry in CATALOGUE if entry.expiry_s} == {Level.SITE}


@pytest.mark.parametrize("size", [70_000, 5_000_000])
def test_an_event_too_long_is_cut_and_says_so(size):
    [row] = rows_of([replace(BY_NOUN["DispositionSet"], note="抢" * size)])
    event = json.loads(row.payload)
    assert len(row.payload) <= encode.MAX_EVENT_BYTES
    assert event["truncated"] is True
    assert event["data"]["note"].startswith("抢抢")
    assert event["data"]["alarm_class"] == "valid_alarm"


def test_a_verdict_with_thousands_of_findings_is_cut_but_keeps_its_form():
    verdict = BY_NOUN["TriageAssessed"]
    findings = verdict.assessment.findings * 5_000
    [row] = rows_of([replace(verdict, assessment=replace(verdict.assessment, findings=findings))])
    assessment = json.loads(row.payload)["data"]["assessment"]
    assert len(row.payload) <= encode.MAX_EVENT_BYTES
    assert 4 <= len(assessment["findings"]) < 5_000
    assert assessment["nature_alternatives"] == [["robbery", 0.9], ["fight", 0.2]]


def test_an_event_that_fits_is_not_marked_as_cut():
    assert all("truncated" not in json.loads(row.payload) for row in rows_of(EVENTS))


def test_bytes_that_are_no_text_still_leave_as_json():
    [row] = rows_of([replace(BY_NOUN["UnexpectedSignal"], what="half a pair \ud83d")])
    assert json.loads(row.payload)["data"]["what"].startswith("half a pair")


def test_a_card_is_retained_with_its_rev_and_stays_small():
    values = [{"value": "长" * 500, "source": "speech", "confidence": 0.5}] * 6
    fields = {f"field{number}": values for number in range(20)}
    message = encode.card_message(
        site=SITE, call_id=CALL_ID, rev=9, at=AT, ended=False, call={"state": "ANSWERED"}, fields=fields
    )
    card = json.loads(message.payload)
    assert message.retain
    assert message.topic == f"110/demo/calls/{CALL_ID}/card"
    assert len(message.payload) <= encode.MAX_STATE_BYTES
    assert (card["rev"], card["truncated"], card["call"]["state"]) == (9, True, "ANSWERED")
    assert set(card["fields"]) == set(fields), "every field keeps at least its leading value"


def test_the_broker_forgets_an_ended_card_even_without_us():
    message = encode.card_message(site=SITE, call_id=CALL_ID, rev=1, at=AT, ended=True, call={}, fields={})
    assert message.expiry_s == 15 * 60


def test_unfinished_text_is_never_kept():
    message = encode.partial_message(
        site=SITE, call_id=CALL_ID, speaker="caller", text="有人" * 2_000, started_ms=10
    )
    assert (message.qos, message.retain, message.expiry_s) == (0, False, 5)
    assert message.topic == f"110/demo/calls/{CALL_ID}/partial/caller"
    assert len(message.payload) <= encode.MAX_PARTIAL_BYTES


def test_the_status_says_whether_a_gateway_is_there():
    online = encode.status_message(site=SITE, gateway_id="gw1", online=True, at=AT, version="1")
    will = encode.status_message(site=SITE, gateway_id="gw1", online=False, at=None, version="1")
    assert online.topic == will.topic == "110/demo/gateways/gw1/status"
    assert json.loads(online.payload)["state"] == "online"
    assert json.loads(will.payload) == {"at": None, "gateway": "gw1", "state": "offline", "version": "1"}


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "a#", "a\nb", "\x00", "\ud800", "x" * 201])
def test_no_name_breaks_out_of_its_level_of_a_topic(name):
    with pytest.raises(topics.UnsafeTopic):
        topics.card(SITE, name)
    with pytest.raises(topics.UnsafeTopic):
        topics.site_event(name, "CallStart.v1")


def test_a_subscriber_asks_for_all_events_or_those_of_one_call():
    everything = ("110/a/calls/+/events/#", "110/a/events/#", "110/a/orders/+/events/#")
    assert topics.event_filters("a") == everything
    assert topics.event_filters("a", "a-p-1") == ("110/a/calls/a-p-1/events/#",)
    assert topics.inbound("a", "incident") == "110/a/in/incident"
