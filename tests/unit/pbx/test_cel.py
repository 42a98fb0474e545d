"""CEL after a gap: rows that a real PBX wrote, beside what AMI told of the same calls."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.model import CallSession
from gateway.calls.reducer import reduce
from gateway.calls.signals import CallEnded, CallSeized, CallSignal
from gateway.ids import CallId
from gateway.pbx.cel import MAX_LINE, Gap, fill, last_known, read_rows
from gateway.pbx.shape import PbxShape
from gateway.pbx.story import Story, as_json, messages, play
from gateway.pbx.translate import Translator

TRACES = Path(__file__).parents[2] / "traces"
FOLDERS = sorted(path.parent for path in TRACES.glob("*/cel.csv"))
AT = datetime(2027, 1, 1, tzinfo=UTC)
AMI_ALONE = ("held", "recordings", "queue_wait_ms")
"""CEL tells no hold and no recorder, and stamps the queue some milliseconds apart."""


def gap(text: str, sessions: tuple[CallSession, ...] = (), known: frozenset[CallId] = frozenset()) -> Gap:
    rows, _ = read_rows(text)
    return fill(rows, sessions, known=known, site="site", pbx="pbx", shape=PbxShape(), at=AT)


def told(found: Gap, story: Story | None = None) -> list[dict[str, Any]]:
    story = story or Story()
    story.take(found.signals)
    calls: list[dict[str, Any]] = as_json([story])["calls"]
    return calls


def without(call: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name not in AMI_ALONE}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_call_wholly_inside_the_gap_has_the_story_that_ami_would_have_told(folder: Path) -> None:
    found = gap((folder / "cel.csv").read_text(encoding="utf-8"))
    expected = json.loads((folder / "story.json").read_text(encoding="utf-8"))["calls"]
    calls = told(found)
    assert [without(call) for call in calls] == [without(call) for call in expected]
    for call, by_ami in zip(calls, expected, strict=True):
        assert call["queue_wait_ms"] == pytest.approx(by_ami["queue_wait_ms"], abs=50)
    assert found.unknown == ()
    assert all(signal.inferred for signal in found.signals)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("part", [0.2, 0.4, 0.6, 0.8])
def test_a_call_the_link_was_lost_in_the_middle_of_is_told_to_its_end(folder: Path, part: float) -> None:
    stream = list(messages((folder / "stream.ami.txt").read_bytes()))
    before, translator = Story(), Translator("site", "pbx")
    for message in stream[: int(len(stream) * part)]:
        before.take(translator.feed(message))
    open_ones = tuple(call for call in before.calls.values() if call.end_reason is None)
    found = gap((folder / "cel.csv").read_text(encoding="utf-8"), open_ones, frozenset(before.calls))
    before.take(found.signals)
    for call in before.calls.values():
        assert call.end_reason is not None
        assert [t for t in call.transfers if t.result == "pending"] == []
    assert {call.call_id for call in before.calls.values()} >= {call.call_id for call in open_ones}
    expected = json.loads((folder / "story.json").read_text(encoding="utf-8"))["calls"]
    ends = {call["linkedid"]: (call["end_reason"], call["agents"]) for call in expected}
    for call in as_json([before])["calls"]:
        assert (call["end_reason"], call["agents"]) == ends[call["linkedid"]]


def test_a_call_the_store_has_already_is_not_told_again() -> None:
    text = (
        (TRACES / "answered" / "cel.csv")
        if (TRACES / "answered" / "cel.csv").exists()
        else FOLDERS[0] / "cel.csv"
    )
    ids = frozenset(signal.call_id for signal in gap(text.read_text(encoding="utf-8")).signals)
    assert gap(text.read_text(encoding="utf-8"), known=ids).signals == ()


def test_a_pbx_killed_while_writing_leaves_a_call_whose_end_nobody_knows() -> None:
    text = (TRACES / "desk_hangs_up" / "cel.csv").read_text(encoding="utf-8")
    rows = text.splitlines(keepends=True)
    torn = "".join(rows[: len(rows) // 2]) + rows[len(rows) // 2][:30]
    found = gap(torn)
    assert read_rows(torn)[1] == 1
    assert CallEnded not in {type(signal) for signal in found.signals}
    assert len(found.unknown) == 1


def test_what_was_known_before_the_gap_is_not_told_twice() -> None:
    folder = TRACES / "desk_hangs_up"
    (call,) = play((folder / "stream.ami.txt").read_bytes()).real_calls()
    still_open = replace(call, state="ANSWERED", ended_at=None, end_reason=None)
    found = gap((folder / "cel.csv").read_text(encoding="utf-8"), (still_open,), frozenset({call.call_id}))
    assert CallSeized not in {type(signal) for signal in found.signals}
    assert all(signal.when > last_known(still_open) for signal in found.signals)


@pytest.mark.parametrize(
    "line",
    [
        "",
        '"CHAN_START",1',
        "no,row,at,all",
        '"CHAN_START",x,"a-1.0","a-1.0","c","","","","","","",""',
        '"CHAN_START",1.2,"a/b","a-1.0","c","","","","","","",""',
        "x" * (MAX_LINE + 1),
        '"' + "\0" * 10,
    ],
)
def test_lines_that_are_no_rows_are_counted_and_passed_over(line: str) -> None:
    good = '"CHAN_END",1767600001.5,"a-1.0","a-1.0","PJSIP/x-1","","","s","c","","",""'
    rows, bad = read_rows(f"{line}\n{good}\n")
    assert [row.event for row in rows] == ["CHAN_END"]
    assert bad == (1 if line else 0)


def test_extra_that_is_no_object_is_empty() -> None:
    text = "\n".join(
        f'"HANGUP",1767600001.5,"a-1.0","a-1.0","c","","","","","","","{extra}"'
        for extra in ("[1]", "{{", "7")
    )
    assert [row.extra for row in read_rows(text)[0]] == [{}, {}, {}]


def test_rows_are_read_in_the_order_of_time() -> None:
    row = '"CHAN_END",{},"a-1.0","a-1.0","c","","","","","","",""'
    assert [
        found.at.microsecond
        for found in read_rows("\n".join(row.format(at) for at in ("9.5", "9.25", "9")))[0]
    ] == [
        0,
        250_000,
        500_000,
    ]


def test_signals_of_a_gap_reduce_to_a_closed_story() -> None:
    found = gap((TRACES / "noanswer_return" / "cel.csv").read_text(encoding="utf-8"))
    session = None
    for signal in found.signals:
        assert isinstance(signal, CallSignal)
        session = reduce(session, signal).state
    assert session is not None
    assert session.inferred
