from __future__ import annotations

import json

import pytest

from gateway.speech.model import Leg
from gateway.triage.corpus import MAX_TOLD, CorpusError, read_corpus


def test_a_csv_gives_texts_with_the_gold_that_stands_in_it() -> None:
    read = read_corpus("id,text,gold_class,gold_department\n1,路灯坏了,non_police,\n".encode(), jsonl=False)
    (text,) = read.texts
    assert (text.name, text.turns, dict(text.gold)) == (
        "1", ((Leg.CALLER, "路灯坏了"),), {"class": "non_police"},
    )  # fmt: skip
    assert not read.faults


def test_a_jsonl_gives_calls_with_both_sides() -> None:
    call = {
        "id": 7,
        "turns": [{"s": "taker", "t": "请讲"}, {"s": "caller", "t": None}],
        "gold": {"weapon": None},
    }
    (text,) = read_corpus(json.dumps(call).encode(), jsonl=True).texts
    assert text.turns == ((Leg.CALL_TAKER, "请讲"), (Leg.CALLER, ""))
    assert [one.speaker for one in text.utterances(both_sides=False)] == [Leg.CALLER]
    assert [one.started_ms for one in text.utterances(both_sides=True)] == [0, 3_000]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{broken", "not JSON"),
        ("[1]", "no id"),
        ('{"id": "b"}', "turns are missing"),
        ('{"id": "b", "turns": [{"t": "x"}]}', "a turn is not"),
        ('{"id": "b", "turns": ["x"]}', "a turn is not"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_rest_is_read(line: str, what: str) -> None:
    read = read_corpus(f'\n{{"id": "a", "text": "喂"}}\n{line}\n'.encode(), jsonl=True)
    assert [text.name for text in read.texts] == ["a"]
    (fault,) = read.faults
    assert fault.line == 3
    assert what in fault.what
    assert read.left_out == 1


def test_bytes_that_are_no_text_are_told_and_the_row_is_judged_all_the_same() -> None:
    read = read_corpus(b"id,text\n1,ok\n2,a\xff b\n", jsonl=False)
    assert [text.turns[0][1] for text in read.texts] == ["ok", "a� b"]
    assert [(fault.line, fault.left_out) for fault in read.faults] == [(3, False)]
    read = read_corpus(b'{"id": "1", "text": "a\xff"}', jsonl=True)
    assert [fault.line for fault in read.faults] == [1]


def test_rows_without_id_or_text_and_ids_told_twice_are_faults() -> None:
    read = read_corpus(b"id,text\n,x\n2\n3,y\n3,z\n", jsonl=False)
    assert [text.turns[0][1] for text in read.texts] == ["y", "z"]
    assert [fault.left_out for fault in read.faults] == [True, True, False]
    read = read_corpus(b'{"id": 1, "text": "x"}\n{"id": 1, "text": "y"}', jsonl=True)
    assert len(read.texts) == 2
    assert "there before" in read.faults[0].what


def test_only_the_first_faults_are_told_and_all_are_counted() -> None:
    read = read_corpus(b"id,text\n1,x\n" + b",\n" * (MAX_TOLD + 5), jsonl=False)
    assert len(read.faults) == MAX_TOLD
    assert read.faulty == read.left_out == MAX_TOLD + 5


@pytest.mark.parametrize(
    ("content", "jsonl", "what"),
    [(b"text\nx\n", False, "no column id"), (b"", False, "no column"), (b"{", True, "no row can be read")],
)
def test_a_file_that_is_no_corpus_is_refused(content: bytes, jsonl: bool, what: str) -> None:
    with pytest.raises(CorpusError, match=what):
        read_corpus(content, jsonl=jsonl)
