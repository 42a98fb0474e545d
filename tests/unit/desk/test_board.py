"""The board's line and the card as plain JSON values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.calls.model import (
    CallSession,
    Party,
    PartyRole,
    RecordedFile,
    Recording,
    RecordingStatus,
    Tap,
    TapStatus,
)
from gateway.desk import board
from gateway.desk.card import Card, CardValue, Source
from gateway.ids import CallId
from gateway.speech.model import Leg, TranscriptSegment

T0 = datetime(2026, 1, 5, 8, 0, 0, 123_000, tzinfo=UTC)
CALL = CallSession(
    call_id=CallId("demo-pbx1-1"), site="demo", pbx="pbx1", uniqueid="1", linkedid="1", line="PJSIP/trunk-1",
    seized_at=T0, ani="13800138000",
)  # fmt: skip


def party(number: str, role: PartyRole = PartyRole.CALL_TAKER) -> Party:
    return Party(role=role, number=number, line=f"PJSIP/{number}", joined_at=T0)


def value(text: str) -> CardValue:
    return CardValue(value=text, source=next(iter(Source)))


def test_times_leave_the_house_in_utc_with_z() -> None:
    assert board.stamp(T0) == "2026-01-05T08:00:00.123Z"
    assert board.stamp(None) is None


def test_call_takers_are_named_once_in_the_order_of_connection_and_departments_are_none() -> None:
    parties = (party("1102"), party("12333", PartyRole.DEPARTMENT), party("1101"), party("1102"))
    assert board.agents(replace(CALL, parties=parties)) == ["1102", "1101"]


def test_a_call_has_a_length_when_it_has_ended_and_never_a_negative_one() -> None:
    assert board.duration_ms(CALL) is None
    assert board.duration_ms(replace(CALL, ended_at=T0 + timedelta(seconds=1.5))) == 1500
    assert board.duration_ms(replace(CALL, ended_at=T0 - timedelta(seconds=1))) == 0


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ({}, None),
        ({"position": (value("31.2,121.4"),)}, "31.2,121.4"),
        (
            {"position": (value("31.2,121.4"),), "address": (value("人民路1号"), value("中山路2号"))},
            "人民路1号",
        ),
    ],
)
def test_the_place_is_the_leading_address_else_the_leading_position(card: Card, shown: str | None) -> None:
    assert board.place(card) == shown


@pytest.mark.parametrize(
    ("statuses", "dead", "shown"),
    [((), False, "none"), ((TapStatus.LIVE,), False, "live"), ((TapStatus.LIVE,), True, "dead")],
)
def test_hearing_is_shown_as_the_callers_leg_is_heard(
    statuses: tuple[TapStatus, ...], dead: bool, shown: str
) -> None:
    ours = tuple(Tap(leg=Leg.CALLER, line="a", tap_id="t", status=status) for status in statuses)
    desks = (Tap(leg=Leg.CALL_TAKER, line="b", tap_id="u", status=TapStatus.WANTED),)
    assert board.speech_state(replace(CALL, taps=(*ours, *desks), speech_dead=dead)) == shown


def test_a_line_of_the_board_is_plain_json_with_the_last_words() -> None:
    last = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=9, text="有人打架", model_id="m"
    )
    line = board.summary(CALL, {}, last)
    assert json.loads(json.dumps(line)) == line
    assert (line["last_text"], line["last_speaker"], line["state"]) == ("有人打架", "caller", "SEIZED")
    assert board.summary(CALL, {}, None)["last_text"] is None


def test_a_recording_is_shown_without_paths_and_with_where_its_sound_begins() -> None:
    file = RecordedFile(
        part="mix", path="2026/secret-place.wav", seconds=3.0, size_bytes=1, sha256="ab", repaired=True
    )
    recording = Recording(
        recording_id="0x1",
        file="/rec/secret-place.wav",
        started_at=T0 + timedelta(milliseconds=250),
        status=RecordingStatus.STORED,
        files=(file,),
    )
    shown = board.recording_json(recording, T0)
    assert "secret-place" not in json.dumps(shown)
    assert (shown["started_ms"], shown["parts"][0]["repaired"]) == (250, True)
    assert board.recording_json(recording, T0 + timedelta(seconds=9))["started_ms"] == 0
