"""What was said in stored calls, page by page, as triage reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.calls.model import TEST_MARK, CallSession, CallState
from gateway.ids import CallId
from gateway.journal.codec import encode, to_text
from gateway.ports import AggregateRow, CallRow, Commit, SegmentRow
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store import backtests
from gateway.store.backtests import StoredMaterial
from gateway.store.said import ended_before, said_in
from gateway.store.store import SqlStore
from gateway.triage.tried_on import Corpora

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def put(
    store: SqlStore, number: int, *texts: str, ended: bool = True, marks: tuple[str, ...] = ()
) -> None:
    at = NOON + timedelta(minutes=number)
    session = CallSession(
        call_id=CallId(f"c{number}"), site="demo", pbx="p", uniqueid=str(number), linkedid=str(number),
        line="l", seized_at=at, state=CallState.ENDED if ended else CallState.ANSWERED, marks=marks,
        ended_at=at if ended else None,
    )  # fmt: skip
    row = CallRow(
        call_id=session.call_id, pbx="p", state=session.state, seized_at=at, ended_at=session.ended_at,
        ani=None, dialed=None, end_reason=None, alarm_class=None, nature=None, priority=None,
        department=None, agents="", duration_ms=None,
    )  # fmt: skip
    segments = [
        TranscriptSegment(
            index=index, speaker=Leg.CALLER, started_ms=index * 1000, ended_ms=index * 1000 + 900, text=text,
            model_id="m",
        )
        for index, text in enumerate(texts)
    ]  # fmt: skip
    heard_again = [replace(one, text="复听") for one in segments]
    await store.commit(
        Commit(
            aggregates=[
                AggregateRow(
                    kind="call", key=session.call_id, rev=1, closed=ended, state=to_text(encode(session)),
                    changed_at=at,
                )
            ],
            calls=[row],
            segments=[
                SegmentRow(
                    call_id=session.call_id, speaker=one.speaker, index=one.index, started_ms=one.started_ms,
                    text=one.text, payload=to_text(encode(one)), reading=reading,
                )
                for reading in ("live", "review")
                for one in (segments if reading == "live" else heard_again)
            ],
        )
    )  # fmt: skip


async def test_calls_that_are_over_come_newest_first_page_by_page_without_silent_and_test_calls(
    store: SqlStore,
) -> None:
    for number in range(5):
        await put(store, number, f"第{number}句", "第二句")
    await put(store, 5)
    await put(store, 6, "试线", marks=(TEST_MARK,))
    await put(store, 7, "还在说", ended=False)
    pages, before = [], None
    while page := await store.database.read(ended_before, before, 2):
        pages.append([call.session.call_id for call in page])
        before = (page[-1].session.seized_at, page[-1].session.call_id)
    assert [name for page in pages for name in page] == ["c4", "c3", "c2", "c1", "c0"]
    one = await store.database.read(said_in, "c1")
    assert one is not None
    assert [said.text for said in one.utterances] == ["第1句", "第二句"]  # the live text counts
    assert await store.database.read(said_in, "nobody") is None


async def test_a_stored_call_is_a_case_with_the_hour_at_the_site(store: SqlStore) -> None:
    await put(store, 1, "打架")
    material = StoredMaterial(store.database, SHANGHAI, Corpora)
    (case,), before = await material.calls(None)
    assert (case.call_id, case.truth, case.context.local_hour, case.context.ended) == ("c1", None, 12, True)
    assert await material.calls(before) == ((), None)
    assert await material.corpora() == Corpora()
    texts = await store.database.read(backtests.texts_of, ["c1", "gone"])
    assert texts == {"c1": "打架"}
