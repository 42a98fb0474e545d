"""What is told of a gap, from CEL, CDR and the recording folder together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.calls.model import CallSession, EndReason, Recording
from gateway.calls.reducer import reduce
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, CallSignal, RecordingStarted
from gateway.ids import call_id
from gateway.pbx.gap import MARGIN, GapSources
from gateway.pbx.shape import PbxShape

BEGAN = 1795469285
T0 = datetime.fromtimestamp(BEGAN + 0.4, UTC)
AT = T0 + timedelta(seconds=60)
UNIQUEID = f"pbx1-{BEGAN}.7"
ID = call_id("demo", "pbx1", UNIQUEID)


@dataclass(frozen=True)
class File:
    uniqueid: str = UNIQUEID
    file: str = f"/rec/{UNIQUEID}-mix.wav"
    modified_at: datetime = T0 + timedelta(seconds=20)
    leg: str = ""


def cel(
    event: str, seconds: float, *, context: str = "intake110-trunk", app: str = "", extra: str = ""
) -> str:
    cells = (
        event,
        UNIQUEID,
        UNIQUEID,
        "PJSIP/trunk-0",
        "",
        "13800130001",
        "110",
        context,
        app,
        "q110",
        extra,
    )
    first, *rest = (json.dumps(cell) if cell else '""' for cell in cells)
    return f"{first},{BEGAN + seconds:.6f},{','.join(rest)}\n"


BORN = cel("CHAN_START", 0.4).replace("13800130001", "")
QUEUED = cel("APP_START", 0.5, app="Queue")
DIED = cel("CHAN_END", 19.9)


@dataclass
class Gap:
    """One PBX's files, and what is known of its calls."""

    folder: Path
    recorded: list[File] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)

    def files(self, *, cel: str = "", cdr: str = "") -> None:
        (self.folder / "cel.csv").write_text(cel)
        (self.folder / "cdr.csv").write_text(cdr)

    def fill(
        self,
        *,
        open_calls: Sequence[CallSession] = (),
        known: frozenset[str] = frozenset(),
        live: frozenset[str] = frozenset(),
    ) -> list[CallSignal]:
        sources = GapSources(
            site="demo",
            pbx="pbx1",
            shape=PbxShape(),
            cel_csv=self.folder / "cel.csv",
            cdr_csv=self.folder / "cdr.csv",
            recorded_since=self._since,
        )
        told = sources.fill(since=T0, open_calls=open_calls, known=known, live=live, at=AT)
        assert all(signal.inferred for signal in told)
        return told

    def _since(self, since: datetime) -> list[File]:
        self.asked.append(since)
        return self.recorded


@pytest.fixture
def gap(tmp_path: Path) -> Gap:
    return Gap(tmp_path)


def after(signals: Sequence[CallSignal], session: CallSession | None = None) -> CallSession:
    """The call as the reducer takes the story."""
    for signal in signals:
        session = reduce(session, signal).state
    assert session is not None
    return session


def open_call(*, recorded: bool = True) -> CallSession:
    recordings = (Recording(recording_id="0x1", file=File().file, started_at=T0),) if recorded else ()
    return CallSession(
        call_id=ID,
        site="demo",
        pbx="pbx1",
        uniqueid=UNIQUEID,
        linkedid=UNIQUEID,
        line="PJSIP/trunk-0",
        seized_at=T0,
        recordings=recordings,
    )


def test_a_call_wholly_inside_the_gap_has_begin_number_recording_and_end(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED + DIED)
    gap.recorded = [File()]
    call = after(gap.fill())
    assert (call.seized_at, call.ani, call.inferred) == (T0, "13800130001", True)
    assert [recording.file for recording in call.recordings] == [File().file]
    assert (call.end_reason, call.ended_at) == (EndReason.ABANDONED, T0 + timedelta(seconds=19.5))


def test_its_recording_does_not_come_before_the_call_although_its_id_holds_whole_seconds(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED + DIED)
    gap.recorded = [File()]
    kinds = [type(signal) for signal in gap.fill()]
    assert kinds.index(CallSeized) < kinds.index(RecordingStarted)


def test_a_call_the_pbx_died_with_is_lost_when_its_recording_was_written_last(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED)
    gap.recorded = [File()]
    call = after(gap.fill())
    assert (call.end_reason, call.ended_at) == (EndReason.LOST, File().modified_at)
    assert len(call.recordings) == 1


def test_an_open_call_that_no_source_knows_is_lost_now(gap: Gap) -> None:
    (ended,) = gap.fill(open_calls=[open_call()])
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.when) == (EndReason.LOST, AT)


def test_an_open_call_whose_end_only_cdr_knows_is_not_lost(gap: Gap) -> None:
    row = f'"{UNIQUEID}","{UNIQUEID}","a","b","1","110","c","Queue",1,1,{BEGAN + 15}.5,1,1,"ANSWERED",1\n'
    gap.files(cdr=row)
    (ended,) = gap.fill(open_calls=[open_call()])
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.when) == (None, T0 + timedelta(seconds=15.1))


def test_a_call_of_which_only_the_recording_tells_has_a_record(gap: Gap) -> None:
    gap.recorded = [File()]
    call = after(gap.fill())
    assert call.call_id == ID
    assert call.seized_at == datetime.fromtimestamp(BEGAN, UTC)
    assert (call.end_reason, call.ended_at) == (EndReason.LOST, File().modified_at)


def test_a_live_call_that_began_in_the_gap_is_told_from_its_first_moment_and_not_ended(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED)
    gap.recorded = [File()]
    call = after(gap.fill(live=frozenset({UNIQUEID})))
    assert (call.seized_at, call.queued_at) == (T0, T0 + timedelta(seconds=0.1))
    assert call.ended_at is None
    assert call.recordings == (), "the snapshot tells the recorder of a call that lives"


def test_what_happened_to_an_open_call_that_lives_on_is_told_too(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED)
    call = after(gap.fill(open_calls=[open_call()], live=frozenset({UNIQUEID})), open_call())
    assert (call.queue, call.ended_at) == ("q110", None)


def test_calls_the_store_has_are_not_told_again(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED + DIED)
    gap.recorded = [File()]
    assert gap.fill(known=frozenset({ID})) == []


def test_an_open_call_without_a_recording_gets_the_one_in_the_folder(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED + DIED)
    gap.recorded = [File()]
    call = after(
        gap.fill(open_calls=[open_call(recorded=False)], known=frozenset({ID})), open_call(recorded=False)
    )
    assert [recording.recording_id for recording in call.recordings] == [f"found-{UNIQUEID}"]


def test_sources_are_asked_from_before_the_oldest_open_call_on(gap: Gap) -> None:
    gap.fill(open_calls=[open_call()])
    assert gap.asked == [T0 - MARGIN]


def test_a_number_in_cel_is_the_callers(gap: Gap) -> None:
    gap.files(cel=BORN + QUEUED + DIED)
    identified = [signal for signal in gap.fill() if isinstance(signal, CallerIdentified)]
    assert [signal.ani for signal in identified] == ["13800130001"]


# ---- calls that we made

MADE = f"pbx1-{BEGAN}.9"
LEG = "move3-pbx1-1795460000.2"
MADE_ID = call_id("demo", "pbx1", MADE)
RECORDED = File(uniqueid=MADE, file=f"/rec/{MADE}..{LEG}-mix.wav", leg=LEG)


def made(
    event: str, seconds: float, leg: str, channel: str, *, context: str = "intake110-callback",
    app: str = "", data: str = "", extra: str = "",
) -> str:  # fmt: skip
    cells = (event, leg, LEG, channel, "", "13800138000", "s", context, app, data, extra)
    first, *rest = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return f"{first},{BEGAN + seconds:.6f},{','.join(rest)}\n"


DESK, OTHER = "PJSIP/1102-00000001", "PJSIP/trunk-00000002"
DIALS = (
    made("CHAN_START", 0.1, LEG, DESK)
    + made("ANSWER", 2.0, LEG, DESK)
    + made("APP_START", 2.1, LEG, DESK, app="Dial", data="PJSIP/13900139000@trunk,40,b(x^s^1(1))U(y)")
    + made("CHAN_START", 2.2, MADE, OTHER, context="intake110-trunk")
)
ANSWERED = (
    made("ANSWER", 6.0, MADE, OTHER, context="intake110-trunk")
    + made("BRIDGE_ENTER", 6.1, MADE, OTHER, extra='{"bridge_id":"b1"}')
    + made("BRIDGE_ENTER", 6.2, LEG, DESK, extra='{"bridge_id":"b1"}')
    + made("BRIDGE_EXIT", 15.0, MADE, OTHER, extra='{"bridge_id":"b1"}')
)


def ended(cause: int) -> str:
    why = f'{{"hangupcause":{cause},"hangupsource":"","dialstatus":""}}'
    return made("HANGUP", 16.0, MADE, OTHER, extra=why) + made("CHAN_END", 16.1, MADE, OTHER)


def test_a_call_that_we_made_wholly_inside_the_gap_belongs_to_the_record_it_was_made_for(gap: Gap) -> None:
    gap.files(cel=DIALS + ANSWERED + ended(16))
    gap.recorded = [RECORDED]
    told = [signal for signal in gap.fill() if signal.call_id == MADE_ID]
    call = after(told)
    assert (call.outgoing, call.callback_of, call.callback_move) == (
        True, call_id("demo", "pbx1", "pbx1-1795460000.2"), 3,
    )  # fmt: skip
    assert (call.ani, call.ani_source) == ("13900139000", "dialled")
    assert [party.number for party in call.parties] == ["1102"]
    assert [recording.file for recording in call.recordings] == [RECORDED.file]
    assert call.recordings[0].started_at == datetime.fromtimestamp(BEGAN + 6.2, UTC)
    assert call.end_reason is EndReason.COMPLETED


@pytest.mark.parametrize("cause", [17, 1])
def test_why_nobody_answered_in_the_gap_is_known(gap: Gap, cause: int) -> None:
    gap.files(cel=DIALS + ended(cause))
    (end,) = (signal for signal in gap.fill() if isinstance(signal, CallEnded))
    assert (end.call_id, end.cause) == (MADE_ID, cause)


def test_its_recording_alone_tells_for_which_record_it_was_made(gap: Gap) -> None:
    gap.files()
    gap.recorded = [RECORDED]
    call = after(gap.fill())
    assert (call.call_id, call.outgoing, call.callback_move) == (MADE_ID, True, 3)
    assert call.callback_of == call_id("demo", "pbx1", "pbx1-1795460000.2")


def test_made_for_a_record_without_a_call_it_belongs_to_that(gap: Gap) -> None:
    uniqueid = "man-019b8e5c-4a00-7000-8000-0123456789ab"
    gap.files()
    gap.recorded = [File(uniqueid=MADE, file="/rec/x-mix.wav", leg=f"move1-{uniqueid}")]
    assert after(gap.fill()).callback_of == f"demo-{uniqueid}"


def test_a_leg_called_into_a_room_for_a_call_is_no_call_that_we_made(gap: Gap) -> None:
    gap.files(cel=DIALS.replace("intake110-callback", "intake110-hand-over") + ended(16))
    assert gap.fill() == []
