"""A subscriber notices what it did not get."""

from __future__ import annotations

import random

import pytest

from gateway.dispatch import gaps
from gateway.dispatch.gaps import GapDetector, Irregularity, Kind


def event(call_seq, site_seq, call="c1", source="/110/a"):
    return {"source": source, "subject": call, "callseq": call_seq, "siteseq": site_seq}


def feed(detector, *events):
    return [found for one in events for found in detector.feed(one)]


def test_an_unbroken_stream_is_silent():
    assert feed(GapDetector(), *(event(n, n + 40) for n in range(1, 50))) == []


def test_interleaved_calls_are_followed_each_by_its_own_numbers():
    events = [event(1, 1), event(1, 2, "c2"), event(2, 3), event(2, 4, "c2"), event(3, 5)]
    assert feed(GapDetector(), *events) == []


def test_a_missing_event_is_seen_for_its_call_and_for_the_site():
    detector = GapDetector()
    found = feed(detector, event(1, 1), event(4, 4))
    assert found == [
        Irregularity(kind=Kind.GAP, stream="c1", first=2, last=3),
        Irregularity(kind=Kind.GAP, stream="site:/110/a", first=2, last=3),
    ]
    assert detector.missing == 4


def test_what_comes_late_closes_its_gap():
    detector = GapDetector(per_site=False)
    found = feed(detector, event(1, 1), event(3, 3), event(2, 2))
    assert [one.kind for one in found] == [Kind.GAP, Kind.LATE]
    assert detector.missing == 0


def test_what_comes_twice_is_a_duplicate_and_no_gap():
    detector = GapDetector(per_site=False)
    found = feed(detector, event(1, 1), event(2, 2), event(3, 3), event(2, 2), event(3, 3), event(4, 4))
    assert [(one.kind, one.first) for one in found] == [(Kind.DUPLICATE, 2), (Kind.DUPLICATE, 3)]


def test_a_subscriber_that_joins_in_the_middle_misses_nothing():
    assert feed(GapDetector(), event(17, 900), event(18, 901)) == []


def test_events_of_the_site_count_in_its_sequence_alone():
    found = feed(GapDetector(), event(1, 1), {"source": "/110/a", "siteseq": 2}, event(2, 3))
    assert found == []


def test_an_event_without_numbers_is_told():
    with pytest.raises(KeyError):
        GapDetector().feed({"subject": "c1", "source": "/110/a"})


def test_memory_stays_bounded_whatever_is_fed(monkeypatch):
    monkeypatch.setattr(gaps, "MAX_STREAMS", 20)
    monkeypatch.setattr(gaps, "MAX_MISSING", 50)
    detector = GapDetector()
    chance = random.Random(7)
    for _ in range(3_000):
        detector.feed(event(chance.randrange(10**9), chance.randrange(10**9), f"c{chance.randrange(500)}"))
    assert len(detector._streams) <= 20
    assert detector.missing <= 20 * 50
