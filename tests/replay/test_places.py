"""The search for a caller's place, told as signals: whatever is doubled, late, or lost in a crash, what is
known in the end is the same and nothing stays owed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.effects import DescribePlace, Effect, LocateSpoken, QueryLocation
from gateway.calls.events import CallEvent, LocationResponse
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRefreshDue,
    LocationRoundEnded,
    PlaceDescribed,
    RefreshLocation,
    SetPosition,
    SpokenPlacesRead,
    WithdrawPosition,
)
from gateway.calls.locating import QueryState
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.reducer import owed, reduce
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallRequest,
    CallSeized,
    CallSignal,
    LocationAnswered,
    PartyJoined,
    SegmentTranscribed,
)
from gateway.ids import CallId
from gateway.journal.codec import decode, encode, from_text, to_text
from gateway.location.model import Additional, Datum, Location, LocationSource
from gateway.runtime.machines import journal_codec
from gateway.speech.model import Leg, TranscriptSegment

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALL = CallId("city-main-pbx1-1.0")
ALI, AML, HELD, SPEECH = LocationSource.ALI, LocationSource.AML, LocationSource.HELD, LocationSource.SPEECH
WHO = {"actor": "zhang"}
PLACES = (QueryLocation, LocateSpoken, DescribePlace)


def fix(name: str, source: LocationSource, radius: float, seconds: int, latitude: float = 31.0) -> Location:
    return Location(
        location_id=name, source=source, obtained_at=T0 + timedelta(seconds=seconds), latitude=latitude,
        longitude=121.0, datum=Datum.WGS_84, uncertainty_m=radius,
    )  # fmt: skip


def said(index: int) -> TranscriptSegment:
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=index, ended_ms=index + 1, text="人民大道", model_id="m"
    )


def story(*, answered: bool) -> list[CallSignal]:
    """A call as its sources, its caller and its call-taker tell it, one second apart."""
    told: list[tuple[type[CallSignal], dict[str, Any]]] = [
        (CallSeized, {"site": "city", "pbx": "main", "uniqueid": "1.0", "linkedid": "1.0", "line": "L"}),
        (CallerIdentified, {"ani": "13800130001", "ani_source": "PAI", "sip_call_id": "a@b"}),
        (LocationReferenced, {"uri": "https://lis.example/1", "source": HELD}),
        (CallQueued, {"queue": "q110"}),
        (LocationQuerySent, {"query_id": "q1", "name": "carrier", "source": HELD, "round": 2}),
        (LocationQuerySent, {"query_id": "q2", "name": "subscribers", "source": ALI, "round": 2}),
        (LocationAnswered, {"location": fix("h1", HELD, 300, 5), "query_id": "q1"}),
        (LocationQueryEnded, {"query_id": "q1", "state": QueryState.ANSWERED}),
        (LocationAnswered, {"location": fix("a1", ALI, 80, 6, 31.05), "query_id": "q2"}),
        (AdditionalDataAnswered, {"blocks": (Additional(block="Comment", fields=()),), "source": ALI}),
        (LocationQueryEnded, {"query_id": "q2", "state": QueryState.FAILED, "fault": "half an answer"}),
        (LocationRoundEnded, {"round": 2}),
        (PlaceDescribed, {"location_id": "a1", "district": "某区", "outside": True}),
    ]
    if answered:
        told += [
            (PartyJoined, {"role": PartyRole.CALL_TAKER, "number": "1101", "line": "D"}),
            (SegmentTranscribed, {"segment": said(0)}),
            (LocationAnswered, {"location": fix("s1", SPEECH, 100, 14, 31.2)}),
            (SpokenPlacesRead, {"segments": 1}),
            (RefreshLocation, {**WHO, "request_id": "r1"}),
            (LocationAnswered, {"location": fix("h2", HELD, 20, 18, 31.01)}),
            (PlaceDescribed, {"location_id": "h2", "district": "某区"}),
            (LocationRoundEnded, {"round": 3}),
            (LocationRefreshDue, {"round": 3}),
            (LocationRoundEnded, {"round": 4}),
            (SetPosition, {**WHO, "request_id": "r2", "address": "某路8号"}),
            (PlaceDescribed, {"location_id": "person-db77fd01af95", "jurisdiction": "某路派出所"}),
            (WithdrawPosition, {**WHO, "request_id": "r3", "location_id": "person-db77fd01af95"}),
            (PlaceDescribed, {"location_id": "h2", "district": "某区"}),
        ]
    told.append((CallEnded, {}))
    return [kind(call_id=CALL, at=T0 + timedelta(seconds=n), **facts) for n, (kind, facts) in enumerate(told)]


STORIES = [
    pytest.param(story(answered=True), id="answered"),
    pytest.param(story(answered=False), id="abandoned"),
]


def told(signals: Iterable[CallSignal], session: CallSession | None = None) -> tuple[Any, list[CallEvent]]:
    events: list[CallEvent] = []
    for signal in signals:
        step = reduce(session, signal)
        session = step.state
        events += step.events
    return session, events


def places_owed(session: CallSession) -> set[Effect]:
    return {effect for effect in owed(session) if isinstance(effect, PLACES)}


def known(session: CallSession) -> Any:
    """What the call knows of the place, without the counting of revisions."""
    return session.locations, session.leading_location, session.locating, session.marks


@pytest.mark.parametrize("signals", STORIES)
def test_at_the_end_of_the_story_nothing_is_owed_to_the_place(signals: Sequence[CallSignal]) -> None:
    session, _ = told(signals)
    assert places_owed(session) == set()
    assert session.leading_location is not None


@pytest.mark.parametrize("signals", STORIES)
def test_a_crash_after_any_signal_owes_the_same_and_leads_to_the_same_end(
    signals: Sequence[CallSignal],
) -> None:
    codec = journal_codec()
    end, events = told(signals)
    session, before = None, []
    for index, signal in enumerate(signals):
        step = reduce(session, codec.load(*codec.dump(signal)))
        session = step.state
        before += step.events
        assert session is not None
        restored = decode(CallSession, from_text(to_text(encode(session))))
        assert owed(restored) == owed(session)
        after, rest = told(signals[index + 1 :], restored)
        assert after == end
        assert [*before, *rest] == events


@pytest.mark.parametrize("signals", STORIES)
def test_a_round_is_asked_anew_after_a_crash_only_while_it_has_not_ended(
    signals: Sequence[CallSignal],
) -> None:
    session: CallSession | None = None
    asked: list[int] = []
    for signal in signals:
        before = places_owed(session) if session else set()
        session = reduce(session, signal).state
        assert session is not None
        asked += [e.round for e in places_owed(session) - before if isinstance(e, QueryLocation)]
    assert asked == sorted(set(asked)), "no round becomes owed twice"


@pytest.mark.parametrize("signals", STORIES)
def test_every_signal_twice_tells_the_same_story(signals: Sequence[CallSignal]) -> None:
    once, events = told(signals)
    twice, again = told(signal for signal in signals for _ in range(times(signal)))
    assert known(twice) == known(once)
    assert places_told(again) == places_told(events)


def times(signal: CallSignal) -> int:
    """A request that comes twice is answered from the store: it never reaches the call again."""
    return 1 if isinstance(signal, CallRequest) else 2


def places_told(events: Iterable[CallEvent]) -> list[CallEvent]:
    return [event for event in events if "Location" in type(event).__name__]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("signals", STORIES)
def test_in_any_order_the_same_fixes_are_known_and_a_person_leads(
    signals: Sequence[CallSignal], seed: int
) -> None:
    signals = [each for each in signals if not isinstance(each, WithdrawPosition)]
    first, *rest = signals
    random.Random(seed).shuffle(rest)
    session, events = told([first, *rest])
    end, _ = told(signals)
    assert {f.location_id for f in session.locations} == {f.location_id for f in end.locations}
    if any(isinstance(signal, SetPosition) for signal in signals):
        assert session.leading_location == end.leading_location
    assert len(to_text(encode(session)).encode()) < 16_384
    assert places_owed(settled(session)) == set()
    assert any(isinstance(event, LocationResponse) for event in events)


def settled(session: CallSession) -> CallSession:
    """After the house has answered all that is owed, as often as something more is."""
    for _ in range(4):
        for effect in places_owed(session):
            signal: CallSignal
            match effect:
                case QueryLocation(round=number):
                    signal = LocationRoundEnded(call_id=CALL, at=T0, round=number)
                case LocateSpoken(segments=segments):
                    signal = SpokenPlacesRead(call_id=CALL, at=T0, segments=segments)
                case DescribePlace(location_id=name):
                    signal = PlaceDescribed(call_id=CALL, at=T0, location_id=name)
                case _:
                    raise AssertionError(effect)
            session, _events = told([signal], session)
    return session


def test_a_reference_that_expires_during_the_call_is_left_out_of_the_next_round() -> None:
    signals = story(answered=True)
    until = T0 + timedelta(seconds=10)
    signals[2] = replace(signals[2], expires_at=until)
    session, _ = told(signals[:12])
    wanted = reduce(session, RefreshLocation(call_id=CALL, at=until, request_id="r", actor="li")).state
    assert wanted is not None
    (asked,) = [effect for effect in owed(wanted) if isinstance(effect, QueryLocation)]
    assert asked.references == ()
