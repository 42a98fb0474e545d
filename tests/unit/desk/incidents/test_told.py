"""What a call tells for comparing, telling words, and the sentences that people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.calls.locating import Locating, PlaceDescription
from gateway.calls.model import CallSession, Disposition
from gateway.calls.together import MAX_WORDS, FloodKind, Reason, Suspicion, Why
from gateway.desk.card import CardValue, Source
from gateway.desk.incidents import said
from gateway.desk.incidents.telling import telling_words
from gateway.desk.incidents.told import roads_in, told, values
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.triage.model import AlarmClass, Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FIX = Location(
    location_id="fix-1", source=LocationSource.AML, obtained_at=NOON, latitude=30.25, longitude=120.15,
    datum=Datum.GCJ_02, uncertainty_m=20.0, civic=(("RD", "建国路"),),
)  # fmt: skip
CALL = CallSession(
    call_id=CallId("c1"), site="hz", pbx="p1", uniqueid="1", linkedid="1", line="PJSIP/t-1", seized_at=NOON,
    ani="13800138000", locations=(FIX,), leading_location="fix-1",
    locating=Locating(
        description=PlaceDescription(
            location_id="fix-1", standard_address="某区建国路88号",
            junctions=("建国路与人民路路口", "另一路口"),
        )
    ),
)  # fmt: skip


def test_a_call_tells_its_place_in_one_frame_with_its_names_and_what_was_said() -> None:
    card = {"plate": (CardValue(value="某A12345、某B6789", source=Source.SPEECH),)}
    found = told(CALL, card)
    assert found.point is not None
    assert found.point != (30.25, 120.15), "brought to WGS-84"
    assert (found.address, found.junctions) == ("某区建国路88号", frozenset({"建国路与人民路路口"}))
    assert "建国路" in found.roads
    assert found.plates == {"某A12345", "某B6789"}
    assert found.number == "13800138000"


def test_a_withheld_number_is_nobodys() -> None:
    assert told(replace(CALL, anonymous=True), {}).number is None


def test_what_described_another_fix_is_not_told() -> None:
    moved = replace(CALL, leading_location="fix-2")
    assert (told(moved, {}).address, told(moved, {}).point) == (None, None)


def test_a_persons_word_on_the_nature_counts_before_the_machines() -> None:
    decided = Disposition(
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIRE, department=None, note="", by="zhang", at=NOON
    )
    assert told(CALL, {}).nature is Nature.NONE
    assert told(replace(CALL, disposition=decided), {}).nature is Nature.FIRE


def test_words_that_are_seldom_said_are_found_in_both_languages_and_colours_come_last() -> None:
    words = telling_words(["一辆红色的油罐车在K35侧翻了", "A tanker overturned near the gas station"])
    assert words[0] == "油罐车"
    assert {"侧翻", "k35", "tanker", "overturned", "gas station"} <= set(words)
    assert words[-1] == "红色"
    assert telling_words(["我要报警，请快点过来", "well please come quickly"]) == ()
    assert len(telling_words(["油罐车校车大巴货车卡车挂车拖车水泥车渣土车救护车"])) == MAX_WORDS


def test_roads_are_read_out_of_an_address() -> None:
    assert roads_in("西湖区建国路88号") == ("建国路",)
    assert roads_in("") == ()
    assert values({}, "plate") == ()


@pytest.mark.parametrize("code", Why)
def test_each_reason_is_a_sentence_in_both_languages_covered_or_not(code: Why) -> None:
    reason = Reason(code=code, value="75" if code in (Why.NEAR, Why.SOON) else "建国路")
    for covered in (False, True) if code in said.PLACES | said.NUMBERS else (False,):
        words = said.sentence(reason, covered=covered)
        assert words.zh
        assert words.en
        assert not covered or "建国路" not in words.zh + words.en


@pytest.mark.parametrize("kind", FloodKind)
def test_a_suspicion_never_stands_without_what_is_done(kind: FloodKind) -> None:
    words = said.suspicion(Suspicion(kind=kind, key="x", calls=6, at=NOON))
    assert "不会丢弃" in words.zh
    assert "never dropped" in words.en


@pytest.mark.parametrize("nature", Nature)
def test_a_surge_always_asks_for_people_hurt_first(nature: Nature) -> None:
    assert "受伤" in said.questions(nature)[0].zh
    assert len(said.questions(nature)) >= 3
