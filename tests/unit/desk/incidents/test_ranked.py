"""Suspected calls ranked by number, range, address and trunk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.together import FloodKind
from gateway.desk.incidents.ranked import BINS, MAX_RANKED, By, Stands, Suspect, ranked, stands

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRANK = "13800131234"


def suspect(ago_s: float = 0, number: str | None = PRANK, **facts: Any) -> Suspect:
    at = NOON - timedelta(seconds=ago_s)
    told = {"kind": FloodKind.ONE_RING, "key": PRANK, "source": "203.0.113.9", "trunk": "p1/trunk", **facts}
    return Suspect(call_id=f"c{ago_s}{number}", seized_at=at, number=number, **told)


def test_the_busiest_number_stands_first_with_its_calls_over_time() -> None:
    calls = [suspect(at * 150.0) for at in range(5)] + [suspect(10, "13900000001", ended_at=NOON)]
    (first, second), beyond = ranked(calls, By.NUMBER, NOON - HOUR, NOON)
    assert (first.key, first.calls, first.live, first.last) == (PRANK, 5, 5, NOON)
    assert (second.key, second.calls, second.live, beyond) == ("13900000001", 1, 0, 0)
    assert len(first.bins) == BINS
    assert sum(first.bins) == 5
    assert first.bins[-1] == 2, "each part is two and a half minutes"


def test_numbers_of_one_range_are_one_line_and_withheld_ones_none() -> None:
    calls = [suspect(at, f"1380013{at:04}") for at in range(9)] + [suspect(20, None), suspect(21, "110")]
    (line,), _ = ranked(calls, By.RANGE, NOON - HOUR, NOON)
    assert (line.key, line.calls, line.numbers) == ("1380013", 9, 9)
    (trunk,), _ = ranked(calls, By.TRUNK, NOON - HOUR, NOON)
    assert (trunk.key, trunk.calls, trunk.numbers) == ("p1/trunk", 11, 11)
    (source,), _ = ranked(calls, By.SOURCE, NOON - HOUR, NOON)
    assert source.key == "203.0.113.9"


def test_who_was_cleared_counts_for_nothing() -> None:
    assert ranked([suspect(kind=None, cleared="wang")], By.NUMBER, NOON - HOUR, NOON) == ((), 0)


def test_more_than_fit_are_counted() -> None:
    calls = [suspect(at, f"1{at:010}") for at in range(MAX_RANKED + 3)]
    assert ranked(calls, By.NUMBER, NOON - HOUR, NOON)[1] == 3


@pytest.mark.parametrize(
    ("facts", "in_queue", "where"),
    [
        ({}, True, Stands.BEHIND),
        ({}, False, Stands.TURN),
        ({"kind": FloodKind.PREFIX}, True, Stands.TURN),
        ({"kind": FloodKind.TRUNK}, True, Stands.TURN),
        ({"answered_at": NOON}, True, Stands.TALKING),
        ({"ended_at": NOON}, True, Stands.OVER),
        ({"kind": None, "cleared": "wang"}, True, Stands.CLEARED),
    ],
)
def test_a_page_says_where_a_suspect_stands_as_the_pbx_does_it(
    facts: dict[str, Any], in_queue: bool, where: Stands
) -> None:
    assert stands(suspect(**facts), ranked_in_queue=in_queue) is where
