"""Invented floods for the shield's page: a number that hangs up, a range that rotates, one trunk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from gateway.calls.together import FloodKind
from gateway.desk.incidents.ranked import Suspect
from gateway.desk.incidents.shield import FloodLimits
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall
from gateway.web.floods import shield_json

PRANK, RANGE = "19990001234", "1999555"
TRUNKS = ("main/trunk-mobile", "main/trunk-fixed")
HOURS = timedelta(hours=2)


def shield(calls: Mapping[str, DemoCall], *, flooded: bool, in_queue: bool) -> Json:
    """What the page is told; those of the scene's calls that are marked stand first."""
    now = datetime.now(UTC)
    found = _marked(calls) + (_past(now) if flooded else [])
    told = shield_json(found, now - HOURS, now, FloodLimits(), in_queue=in_queue, numbers=True)
    return {**told, "partly": False}


def _marked(calls: Mapping[str, DemoCall]) -> list[Suspect]:
    return [
        Suspect(
            call_id=call_id, seized_at=call.seized_at, number=PRANK, source="203.0.113.9", trunk=TRUNKS[0],
            kind=FloodKind(call.summary["suspected"]), key=PRANK, calls=533,
            answered_at=call.seized_at + timedelta(seconds=9) if call.summary["agents"] else None,
        )
        for call_id, call in calls.items()
        if call.summary["suspected"]
    ]  # fmt: skip


def _past(now: datetime) -> list[Suspect]:
    """The older ones, the newest first; every fortieth was cleared by a person."""
    found = []
    for number in range(240):
        at = now - timedelta(seconds=20 + 11 * number + (number * number) % 97)
        ranged = number % 5 == 2
        found.append(
            Suspect(
                call_id=f"demo-main-1766990000.{number}", seized_at=at, ended_at=at + timedelta(seconds=2),
                number=f"{RANGE}{number * 37 % 10_000:04}" if ranged else PRANK,
                source="203.0.113.9" if number % 3 else "203.0.113.24", trunk=TRUNKS[number % 7 == 0],
                kind=None if number % 40 == 39 else FloodKind.PREFIX if ranged else FloodKind.ONE_RING,
                key=RANGE if ranged else PRANK, calls=533 - number,
                cleared="wang.hua" if number % 40 == 39 else None,
            )
        )  # fmt: skip
    return found
