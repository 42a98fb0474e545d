"""Corpora of texts and calls: CSV (id,text) and JSONL (id and turns), with gold fields where there are some.

A row that cannot be read is left out and told with its line; the rest is read on.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.speech.model import Leg
from gateway.triage.model import Utterance

MAX_FIELD_CHARACTERS = 10 << 20
"""Length of one CSV field; a longer one ends its row, which is left out."""
MAX_TOLD = 20
"""Faults that are told one by one; of further ones only the number is kept."""
SPEAKING_MS = 3_000
"""A turn of a text corpus has no times; each is given this length so that order is kept."""

Turn = tuple[Leg, str]
_CALLERS = frozenset({"caller", "a", "报警人"})
_GOLD_COLUMNS = {"gold_class": "class", "gold_category": "nature", "gold_department": "department"}


class CorpusError(ValueError):
    """The whole file is no corpus; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text or call. `gold` has the names of a gold file, empty where the file gives none."""

    name: str
    turns: tuple[Turn, ...]
    gold: Mapping[str, Any]

    def utterances(self, *, both_sides: bool) -> list[Utterance]:
        """What is judged: the caller's turns, or those of both sides."""
        return utterances(turn for turn in self.turns if both_sides or turn[0] is Leg.CALLER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one line. `left_out`: the row was not judged."""

    line: int
    what: str
    left_out: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The texts of a file in its order, and the faults found on the way (`faults` at most MAX_TOLD)."""

    texts: tuple[Text, ...]
    faults: tuple[Fault, ...]
    faulty: int
    left_out: int


def utterances(turns: Iterable[Turn]) -> list[Utterance]:
    """Turns as utterances of made-up times, in their order."""
    made: list[Utterance] = []
    spoken: Counter[Leg] = Counter()
    for speaker, text in turns:
        start = len(made) * SPEAKING_MS
        made.append(
            Utterance(
                segment_index=spoken[speaker], speaker=speaker, text=text,
                started_ms=start, ended_ms=start + SPEAKING_MS,
            )
        )  # fmt: skip
        spoken[speaker] += 1
    return made


def read_corpus(content: bytes, *, jsonl: bool) -> Corpus:
    """Every row of a file; raises CorpusError when it has not the columns or no row can be read."""
    texts: list[Text] = []
    faults: list[Fault] = []
    for item in _jsonl(content) if jsonl else _csv(content):
        if isinstance(item, Text):
            texts.append(item)
        else:
            faults.append(item)
    faults.sort(key=lambda fault: fault.line)
    if faults and not texts:
        raise CorpusError(f"no row can be read; line {faults[0].line}: {faults[0].what}")
    left_out = sum(fault.left_out for fault in faults)
    return Corpus(texts=tuple(texts), faults=tuple(faults[:MAX_TOLD]), faulty=len(faults), left_out=left_out)


def _jsonl(content: bytes) -> Iterator[Text | Fault]:
    seen: set[str] = set()
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        line, broken = _decoded(raw)
        if broken:
            yield Fault(line=number, what=broken, left_out=False)
        try:
            call = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Fault(line=number, what=f"this is not JSON: {str(error)[:200]}")
            continue
        made = _call(call)
        if isinstance(made, str):
            yield Fault(line=number, what=made)
            continue
        if made.name in seen:
            yield Fault(line=number, what=f"the id “{made.name}” was there before", left_out=False)
        seen.add(made.name)
        yield made


def _call(call: Any) -> Text | str:
    """One object of a JSONL as a text, or what is wrong with it."""
    if not isinstance(call, dict) or not isinstance(call.get("id"), str | int):
        return "the object has no id"
    gold = call.get("gold")
    gold = gold if isinstance(gold, dict) else {}
    turns = call.get("turns")
    if turns is None and isinstance(call.get("text"), str):
        return Text(name=str(call["id"]), turns=((Leg.CALLER, call["text"]),), gold=gold)
    if not isinstance(turns, list):
        return "turns are missing: [{“s”: “caller”, “t”: “…”}]"
    made: list[Turn] = []
    for turn in turns:
        if not isinstance(turn, dict) or not isinstance(turn.get("s"), str) or "t" not in turn:
            return "a turn is not {“s”: “caller” or “taker”, “t”: “…”}"
        made.append((_speaker(turn["s"]), "" if turn["t"] is None else str(turn["t"])))
    return Text(name=str(call["id"]), turns=tuple(made), gold=gold)


def _csv(content: bytes) -> Iterator[Text | Fault]:
    text, broken = _decoded(content.removeprefix(b"\xef\xbb\xbf"))
    before = csv.field_size_limit(MAX_FIELD_CHARACTERS)  # of the whole process: others read by the usual one
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""))
        missing = [name for name in ("id", "text") if name not in (rows.fieldnames or ())]
        if missing:
            raise CorpusError(f"there is no column {' and no column '.join(missing)}")
        if broken:
            yield from _broken_lines(content)
        yield from _rows(rows)
    except csv.Error as error:
        raise CorpusError(f"this is not CSV: {error}") from error
    finally:
        csv.field_size_limit(before)


def _rows(rows: csv.DictReader[str]) -> Iterator[Text | Fault]:
    seen: set[str] = set()
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Fault(line=rows.line_num, what=str(error))
            continue
        if row is None:
            return
        name, said = row["id"], row["text"]
        if not name or said is None:
            yield Fault(line=rows.line_num, what="the row has no id" if not name else "the row has no text")
            continue
        if name in seen:
            yield Fault(line=rows.line_num, what=f"the id “{name}” was there before", left_out=False)
        seen.add(name)
        gold = {ours: row[theirs] for theirs, ours in _GOLD_COLUMNS.items() if row.get(theirs)}
        yield Text(name=name, turns=((Leg.CALLER, said),), gold=gold)


def _decoded(raw: bytes) -> tuple[str, str | None]:
    """Text, and what to tell when bytes are not UTF-8: they are read as �, nothing else is lost."""
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return raw.decode(
            "utf-8", errors="replace"
        ), f"byte {error.start + 1} is not UTF-8; it is read as “�”"


def _broken_lines(content: bytes) -> Iterator[Fault]:
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if broken := _decoded(raw)[1]:
            yield Fault(line=number, what=broken, left_out=False)


def _speaker(word: str) -> Leg:
    return Leg.CALLER if word.strip().lower() in _CALLERS else Leg.CALL_TAKER
