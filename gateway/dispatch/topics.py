"""Where things are published: all topics are built here, and no data can break out of its level."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_SEGMENT_CHARS = 200
"""One level of a topic; ids are far shorter."""

_SAFE = re.compile(rf"[^\x00-\x1f\x7f+#/\ud800-\udfff]{{1,{MAX_SEGMENT_CHARS}}}\Z")


class UnsafeTopic(ValueError):
    """A name cannot stand in an MQTT topic: empty, too long, or with `+`, `#`, `/` or control characters."""


def _segment(text: str) -> str:
    if _SAFE.match(text) is None:
        raise UnsafeTopic(f"not usable as one level of a topic: {text[:80]!r}")
    return text


@lru_cache(maxsize=4096)
def _call(site: str, call_id: str) -> str:
    return f"110/{_segment(site)}/calls/{_segment(call_id)}"


def call_event(site: str, call_id: str, name: str) -> str:
    """`name` is the catalogue's `<Noun>.v<version>`."""
    return f"{_call(site, call_id)}/events/{name}"


def site_event(site: str, name: str) -> str:
    return f"110/{_segment(site)}/events/{name}"


def order_event(site: str, department: str, name: str) -> str:
    """What one department is told of its work orders."""
    return f"110/{_segment(site)}/orders/{_segment(department)}/events/{name}"


def order_replies(site: str, department: str) -> str:
    """How what this department asked over MQTT went: QoS 1, not repeated; who hears nothing asks again."""
    return f"110/{_segment(site)}/orders/{_segment(department)}/replies"


def dispatch_replies(site: str) -> str:
    """How a report of the dispatch core was taken: QoS 1, not repeated; who hears nothing sends it again."""
    return f"110/{_segment(site)}/dispatch/replies"


def text_replies(site: str) -> str:
    """How a text of a provider was taken: QoS 1, not repeated; who hears nothing sends it again."""
    return f"110/{_segment(site)}/texts/replies"


def text_answers(site: str, provider: str) -> str:
    """Answers of call-takers that go back to one app: QoS 1, each once; what it missed it fetches."""
    return f"110/{_segment(site)}/texts/{_segment(provider)}/answers"


def card(site: str, call_id: str) -> str:
    """Retained: the card as it is now, with `rev`."""
    return f"{_call(site, call_id)}/card"


def partial(site: str, call_id: str, speaker: str) -> str:
    """Unfinished text: QoS 0, stale after seconds, no sequence."""
    return f"{_call(site, call_id)}/partial/{_segment(speaker)}"


def announcement(site: str, target: str, call_id: str) -> str:
    """Retained: what a department or partner is told of a call that is handed over to it."""
    return f"110/{_segment(site)}/departments/{_segment(target)}/announcements/{_segment(call_id)}"


def gateway_status(site: str, gateway_id: str) -> str:
    """Retained, and the broker's will: whether this gateway is there."""
    return f"110/{_segment(site)}/gateways/{_segment(gateway_id)}/status"


def listener_status(site: str, listener: str) -> str:
    """Retained, and the broker's will: where a listener on another machine is, and how it is."""
    return f"110/{_segment(site)}/listeners/{_segment(listener)}/status"


def listener_statuses(site: str) -> str:
    """What a gateway asks for to find every listener of its site."""
    return f"110/{_segment(site)}/listeners/+/status"


def listener_of(topic: str) -> str:
    """The listener's name in a topic of `listener_statuses`."""
    return topic.split("/")[3]


def inbound(site: str, kind: str) -> str:
    """Towards us, from the dispatch core."""
    return f"110/{_segment(site)}/in/{_segment(kind)}"


def event_filters(site: str, call_id: str | None = None) -> tuple[str, ...]:
    """What a subscriber asks for to get every event, or every one of one call."""
    if call_id is not None:
        return (f"{_call(site, call_id)}/events/#",)
    whole = f"110/{_segment(site)}"
    return (f"{whole}/calls/+/events/#", f"{whole}/events/#", f"{whole}/orders/+/events/#")
