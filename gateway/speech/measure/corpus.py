"""A corpus as people have it: recordings with their words beside them, or words alone to be read aloud."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.speech.model import Leg
from gateway.text.fold import script

SOUNDS = (".wav", ".flac", ".ogg")
TABLES = ("transcripts.csv", "transcripts.tsv", "transcripts.jsonl", "texts.json")
MAX_UTTERANCES = 100_000
MAX_FILE_BYTES = 256 * 1024 * 1024
_SIDES = {"caller": Leg.CALLER, "taker": Leg.CALL_TAKER, "call_taker": Leg.CALL_TAKER}
_HOW = (
    "Give a folder of recordings with NAME.txt beside each, or with transcripts.csv, .tsv, .jsonl (file, "
    "text, speaker, group) or texts.json; or a file of texts alone: .txt, one a line, .jsonl with turns, "
    ".csv with text"
)


class CorpusError(Exception):
    """The corpus cannot be read. The message says where and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """`file`: the recording, None when the text is to be read aloud. `language`: zh or en, by its letters."""

    name: str
    text: str
    language: str
    speaker: Leg = Leg.CALLER
    group: str = ""
    file: Path | None = None


def read(
    corpus: Path, *, sides: Iterable[Leg] = tuple(Leg), left_out: Callable[[str], None] = lambda _: None
) -> list[Utterance]:
    """Every utterance of these sides that has words; `left_out` is told of a recording without a text.
    Raises CorpusError, OSError."""
    if not corpus.exists():
        raise CorpusError(f"{corpus}: no such file or folder. {_HOW}")
    wanted = set(sides)
    try:
        rows = list(_folder(corpus, left_out) if corpus.is_dir() else _texts(corpus))
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise CorpusError(f"{corpus}: {error!r} is not understood. {_HOW}") from error
    found = [row for row in rows if row.speaker in wanted and row.language]
    if not found:
        raise CorpusError(f"{corpus}: no utterances in it. {_HOW}")
    if len(found) > MAX_UTTERANCES:
        raise CorpusError(f"{corpus}: {len(found):,} utterances; at most {MAX_UTTERANCES:,} are measured")
    return found


def _folder(folder: Path, left_out: Callable[[str], None]) -> Iterator[Utterance]:
    table = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    if table is not None:
        for row in _table(table):
            name = str(row["file"])
            yield _utterance(name, row, file=_beside(folder, name))
        return
    for file in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS):
        text = file.with_suffix(".txt")
        if text.is_file():
            group = file.parent.relative_to(folder).as_posix()
            row = {"text": _read(text), "group": "" if group == "." else group}
            yield _utterance(file.relative_to(folder).as_posix(), row, file=file)
        else:
            left_out(f"{file}: its words are not told; write them to {text.name} beside it")


def _beside(folder: Path, name: str) -> Path:
    """texts.json names recordings without their ending."""
    file = folder / name
    if file.suffix.lower() in SOUNDS:
        return file
    return next((there for e in SOUNDS if (there := file.with_name(file.name + e)).is_file()), file)


def _table(table: Path) -> Iterator[dict[str, Any]]:
    if table.name == "texts.json":
        for name, texts in json.loads(_read(table)).items():
            yield {"file": name, "text": " ".join(texts) if isinstance(texts, list) else texts}
    elif table.suffix == ".jsonl":
        yield from _lines(table)
    else:
        lines = _read(table).splitlines()
        yield from csv.DictReader(lines, delimiter="\t" if table.suffix == ".tsv" else ",")


def _texts(file: Path) -> Iterator[Utterance]:
    if file.suffix == ".jsonl":
        for number, row in enumerate(_lines(file), 1):
            yield from _turns(row, str(row.get("id", number)))
    elif file.suffix in (".csv", ".tsv"):
        for number, row in enumerate(_table(file), 1):
            yield _utterance(str(row.get("id") or number), row)
    else:
        for number, line in enumerate(_read(file).splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                yield _utterance(str(number), {"text": line})


def _turns(row: dict[str, Any], name: str) -> Iterator[Utterance]:
    """A call with turns, each an utterance; a line without them is one itself."""
    if "turns" not in row:
        yield _utterance(name, row)
        return
    for number, turn in enumerate(row["turns"]):
        about = {"text": turn["t"], "speaker": turn["s"], "group": row.get("group", "")}
        yield _utterance(f"{name}:{number}", about)


def _utterance(name: str, row: dict[str, Any], file: Path | None = None) -> Utterance:
    text = " ".join(str(row["text"]).split())
    speaker = str(row.get("speaker") or "caller")
    if speaker not in _SIDES:
        raise ValueError(f"{name}: speaker {speaker!r} is none of {', '.join(_SIDES)}")
    return Utterance(
        name=name,
        text=text,
        language=script(text) or ("zh" if any(c.isdigit() for c in text) else ""),
        speaker=_SIDES[speaker],
        group=str(row.get("group") or ""),
        file=file,
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in _read(file).splitlines():
        if line.strip():
            yield json.loads(line)


def _read(file: Path) -> str:
    if file.stat().st_size > MAX_FILE_BYTES:
        raise CorpusError(f"{file}: more than {MAX_FILE_BYTES >> 20} MB of text; cut it")
    return file.read_text(encoding="utf-8-sig")
