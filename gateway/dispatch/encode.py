"""Events to bytes: CloudEvents 1.0 in structured JSON, and the retained states beside them.

CloudEvents has no MQTT 5 mapping in its SDKs; the structured mode (CloudEvents MQTT binding 1.0.2, 3.2) is
one JSON object with `content type: application/cloudevents+json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.dispatch import topics
from gateway.dispatch.catalogue import Entry, Level, entry_of
from gateway.journal.codec import encode, encode_as, to_text
from gateway.ports import Message, OutboxRow

MAX_EVENT_BYTES = 65_536
"""CloudEvents asks every receiver to take 64 KB. A longer event is cut, marked `truncated`; the journal has
it whole.
"""
MAX_STATE_BYTES = 8_192
"""A retained card. A longer one loses its longest texts and lists first, marked `truncated`."""
MAX_PARTIAL_BYTES = 2_048
PARTIAL_EXPIRY_S = 5
LIVE_CARD_EXPIRY_S = 24 * 3600
"""Should the gateway never come back, the broker forgets a live call's card after a day."""
ENDED_CARD_EXPIRY_S = 15 * 60
"""After the call's end the card stays this long."""

JSON_TYPE = "application/json"


def cloud_event(
    event: Any, *, site: str, call_id: str | None, call_seq: int | None, site_seq: int, event_id: str
) -> bytes:
    """One event in its envelope, at most MAX_EVENT_BYTES. Raises NotInCatalogue.

    `source` names the site and not the gateway, so that an event sent again by another gateway of the same
    site is the same event to a receiver (CloudEvents: source + id is the identity).
    """
    entry = entry_of(event)
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/110/{site}",
        "type": entry.type,
        "time": encode_as(datetime, event.occurred_at),
        "datacontenttype": JSON_TYPE,
        "dataschema": entry.schema_id,
        "siteseq": site_seq,
        "inferred": event.inferred,
        "data": encode(event),
    }
    if call_id is not None:
        envelope |= {"subject": call_id, "callseq": call_seq}
    return _fitted(envelope, "data", MAX_EVENT_BYTES)


def outbox_rows(
    events: Sequence[Any], address: tuple[str, str], seq: int, site_seq: int, now: datetime, *, site: str
) -> tuple[OutboxRow, ...]:
    """The rows that carry `events` of one aggregate out, in order.

    `address` is (kind, key); `seq` and `site_seq` are the last numbers given out before the first of these
    events. An event of the site's level is numbered by the site alone, whichever aggregate it comes from.
    """
    kind, key = address
    rows = []
    for offset, event in enumerate(events, 1):
        entry = entry_of(event)
        of_call = kind == "call" and entry.level is Level.CALL
        rows.append(_row(event, entry, key if of_call else None, seq + offset, site_seq + offset, now, site))
    return tuple(rows)


def _row(
    event: Any, entry: Entry, call_id: str | None, seq: int, site_seq: int, now: datetime, site: str
) -> OutboxRow:
    event_id = f"{site}:{site_seq}" if call_id is None else f"{call_id}:{seq}"
    call_seq = None if call_id is None else seq
    return OutboxRow(
        site_seq=site_seq,
        call_id=call_id,
        call_seq=call_seq,
        event_id=event_id,
        topic=_topic(event, entry, call_id, site),
        payload=cloud_event(
            event, site=site, call_id=call_id, call_seq=call_seq, site_seq=site_seq, event_id=event_id
        ),
        expiry_s=entry.expiry_s,
        at=now,
    )


def _topic(event: Any, entry: Entry, call_id: str | None, site: str) -> str:
    if entry.level is Level.DEPARTMENT:
        return topics.order_event(site, event.department, entry.name)
    if call_id is None:
        return topics.site_event(site, entry.name)
    return topics.call_event(site, call_id, entry.name)


def card_message(
    *,
    site: str,
    call_id: str,
    rev: int,
    at: datetime,
    ended: bool,
    call: Mapping[str, Any],
    fields: Mapping[str, Any],
) -> Message:
    """The retained card: what a dispatch core shows that comes in late. `call` and `fields` as in the HTTP
    API.
    """
    state = {
        "call_id": call_id,
        "rev": rev,
        "at": encode_as(datetime, at),
        "call": _cut(call, 120, 8),
        "fields": fields,
    }
    expiry_s = ENDED_CARD_EXPIRY_S if ended else LIVE_CARD_EXPIRY_S
    payload = _fitted(state, "fields", MAX_STATE_BYTES, _CARD_CUTS)
    return _state(topics.card(site, call_id), payload, expiry_s)


def announcement_message(
    *, site: str, target: str, call_id: str, state: Mapping[str, Any], said: Sequence[Mapping[str, Any]]
) -> Message:
    """What a hand-over's target is told before it answers, as `forms.Announcement`."""
    payload = _fitted({**state, "said": said}, "said", MAX_STATE_BYTES, _SAID_CUTS)
    return _state(topics.announcement(site, target, call_id), payload, LIVE_CARD_EXPIRY_S)


def status_message(*, site: str, gateway_id: str, online: bool, at: datetime | None, version: str) -> Message:
    """Whether this gateway is there. With `online` False and no time it is the will that the broker
    publishes.
    """
    state = {
        "gateway": gateway_id,
        "state": "online" if online else "offline",
        "at": None if at is None else encode_as(datetime, at),
        "version": version,
    }
    return _state(topics.gateway_status(site, gateway_id), to_text(state).encode(), None)


def listener_message(
    *, site: str, listener: str, state: Mapping[str, Any] | None, at: datetime | None, version: str
) -> Message:
    """Where a listener is and how it is, as `forms.ListenerStatus`; `state` None: it is gone."""
    told = {
        "listener": listener,
        "state": "offline" if state is None else "online",
        "at": None if at is None else encode_as(datetime, at),
        "version": version,
        **(state or {}),
    }
    return _state(topics.listener_status(site, listener), to_text(told).encode(), None)


def _state(topic: str, payload: bytes, expiry_s: int | None) -> Message:
    return Message(topic=topic, payload=payload, retain=True, expiry_s=expiry_s, content_type=JSON_TYPE)


def partial_message(*, site: str, call_id: str, speaker: str, text: str, started_ms: int) -> Message:
    """Text that may still change: shown at once, never journaled, never repeated."""
    data = {"call_id": call_id, "speaker": speaker, "text": text, "started_ms": started_ms}
    payload = _fitted(data, "text", MAX_PARTIAL_BYTES)
    topic = topics.partial(site, call_id, speaker)
    return Message(topic=topic, payload=payload, qos=0, expiry_s=PARTIAL_EXPIRY_S, content_type=JSON_TYPE)


# ---- cutting what is too long


_CUTS = ((4096, 512), (2048, 256), (1024, 128), (500, 64), (250, 32), (120, 16), (64, 8), (64, 4))
"""(characters a text, items a list) kept of an event, tried in turn. Codes, hashes and ids have at most 64
characters and no fixed list more than four items, so a cut event still fits its schema.
"""
_CARD_CUTS = ((500, 3), (250, 2), (120, 1), (64, 1), (32, 1))
"""Alternatives go before the leading value is shortened."""
_SAID_CUTS = ((500, 30), (250, 30), (120, 30), (64, 20), (32, 12))
"""Long utterances are shortened before whole ones go."""


def _fitted(state: dict[str, Any], part: str, limit: int, cuts: Sequence[tuple[int, int]] = _CUTS) -> bytes:
    """JSON of `state`, of which only `part` is cut."""
    payload = to_text(state).encode()
    for chars, items in cuts:
        if len(payload) <= limit:
            break
        payload = to_text({**state, part: _cut(state[part], chars, items), "truncated": True}).encode()
    return payload


def _cut(value: Any, chars: int, items: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= chars else value[: chars - 1] + "…"
    if isinstance(value, list | tuple):
        return [_cut(item, chars, items) for item in value[:items]]
    if isinstance(value, Mapping):
        return {key: _cut(item, chars, items) for key, item in value.items()}
    return value
