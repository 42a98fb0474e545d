"""The benchmark's own material: what it sends is what a PBX sends, and what it takes for a moment is one."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.calls.hall import HallSignal
from gateway.calls.signals import CallEnded, CallQueued, CallSeized, DeskRang, PartyJoined
from gateway.pbx.message import malformed, parse, torn
from gateway.pbx.scrub import unscrubbed
from gateway.pbx.translate import Translator
from gateway.testing.bench import reading
from gateway.testing.bench.measure import Measure, p99
from gateway.testing.bench.stream import MOMENTS, TRACE, call, events_per_call, uniqueid

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SIGNALS = {
    "seized": CallSeized,
    "queued": CallQueued,
    "ringing": DeskRang,
    "answered": PartyJoined,
    "ended": CallEnded,
}


def test_trace_holds_no_person() -> None:
    assert unscrubbed(TRACE.read_bytes().decode()) == []


def test_each_moment_is_brought_by_the_event_it_is_measured_from() -> None:
    translator = Translator("bench", "pbx1")
    for piece in call(7, begins_at=1.8e9, lasts_s=2.0):
        signals = translator.feed(parse(piece.data[:-4], NOW))
        if piece.moment is not None:
            assert any(isinstance(signal, SIGNALS[piece.moment]) for signal in signals), piece.moment
    assert [piece.moment for piece in call(7, begins_at=1.8e9, lasts_s=2.0) if piece.moment] == list(MOMENTS)


def test_calls_are_different_sound_and_squeezed_into_their_time() -> None:
    translator, seized = Translator("bench", "pbx1"), set()
    for index in (1, 2, 4_000):
        pieces = list(call(index, begins_at=1.8e9, lasts_s=2.0, filtered=False))
        assert len(pieces) == events_per_call(filtered=False) > 3 * events_per_call(filtered=True)
        assert (pieces[0].at, pieces[-1].at) == (0.0, 2.0)
        for piece in pieces:
            message = parse(piece.data[:-4], NOW)
            assert malformed(message) is None
            assert torn(message) is None
            for signal in translator.feed(message):
                if not isinstance(signal, HallSignal):
                    seized.add(signal.call_id)
    assert seized == {f"bench-pbx1-{uniqueid(index)}" for index in (1, 2, 4_000)}


def test_both_readers_read_every_call() -> None:
    filtered = reading.chunks(filtered=True)
    assert reading.ours(filtered) >= 5 * reading.CALLS
    assert reading.panoramisk(filtered) == events_per_call(filtered=True) * reading.CALLS
    assert reading.calls_a_second(reading.ours, filtered, seconds=0.0) > 0


def test_ninety_ninth_percentile_and_the_form_of_a_line() -> None:
    assert p99([5.0]) == 5.0
    assert p99([float(n) for n in range(1, 201)]) == 199.0
    line = Measure(name="x", unit="ms", ours=1.23456, peer=None).json()
    assert line == {
        "name": "x",
        "unit": "ms",
        "ours": 1.235,
        "peer": None,
        "limit": None,
        "ratio": None,
        "goal": None,
        "met": True,
    }
