"""`intake110 text`: what the words of a transcript say in figures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from gateway.text.normalise import MAX_CHARACTERS, Normalised, normalise

app = typer.Typer(
    no_args_is_help=True,
    help="From spoken words to facts: numbers, phones, plates, times, money. 口语文字转为数字与要素。",
)


@app.callback()
def family() -> None:
    """Keeps `normalise` a command of its own name."""


@app.command(
    "normalise",
    epilog='Examples:  intake110 text normalise "我在建国路八十八号，电话幺三八零零幺三八零零零"  ·  '
    "intake110 text normalise --file said.txt --json  ·  cat said.txt | intake110 text normalise - --json",
)
def normalise_text(
    texts: list[str] = typer.Argument(None, help="What was said, one utterance each; - reads lines."),
    file: Path = typer.Option(None, "--file", help="UTF-8 text, one utterance a line."),
    today: datetime = typer.Option(
        None, "--today", formats=["%Y-%m-%d"], help="The day of the call: 昨天 then becomes a date."
    ),
    as_json: bool = typer.Option(
        False,
        "--json",
        help="One object an utterance: text, normalised, facts [{type, text, value, written, start, end, "
        "unit, approximate, corrected}]. start and end count characters of text; unit, approximate and "
        "corrected are absent when there is nothing to say.",
    ),
) -> None:
    """Write numbers as figures, and say what each is: its words and their place are kept.

    Chinese numerals (幺 and 两 too), house numbers, floors, phones, plates with new-energy ones, times,
    money, English numbers; traditional or simplified. What a speaker takes back (八号，不对，十八号) is
    mended and told.
    """
    day = None if today is None else today.date()
    for said in _utterances(texts or [], file):
        found = normalise(said, today=day)
        if as_json:
            typer.echo(json.dumps(shown(found), ensure_ascii=False))
        else:
            _print(found)


def shown(found: Normalised) -> dict[str, Any]:
    """The JSON of one utterance."""
    facts = []
    for fact in found.facts:
        words = found.source[fact.start : fact.end]
        one: dict[str, Any] = {"type": fact.kind.value, "text": words, "value": fact.value}
        one |= {"written": fact.written, "start": fact.start, "end": fact.end}
        one |= {"unit": fact.unit} if fact.unit else {}
        one |= {"approximate": True} if fact.approximate else {}
        one |= {"corrected": list(fact.corrected)} if fact.corrected else {}
        facts.append(one)
    return {"text": found.source, "normalised": found.text, "facts": facts}


def _utterances(texts: list[str], file: Path | None) -> Iterable[str]:
    if file is not None:
        yield from _lines(file.read_bytes(), str(file))
    for text in texts:
        if text == "-":
            yield from _lines(sys.stdin.buffer.read(), "standard input")
        else:
            yield text
    if file is None and not texts:
        raise typer.BadParameter("say what to normalise: a text, --file FILE, or - for standard input")


def _lines(data: bytes, name: str) -> Iterable[str]:
    """Lines of UTF-8; a broken character is named on standard error and stands as U+FFFD, nothing is lost."""
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.decode("utf-8", "replace").rstrip("\r")
        if "\ufffd" in text:
            sys.stderr.write(f"{name}:{number}: not UTF-8 throughout; save the file as UTF-8\n")
        if len(text) > MAX_CHARACTERS:
            sys.stderr.write(f"{name}:{number}: only the first {MAX_CHARACTERS:,} characters are read\n")
        if text.strip():
            yield text


def _print(found: Normalised) -> None:
    console = Console()
    console.print(found.text, markup=False, highlight=False)
    if not found.facts:
        return
    table = Table(box=None, padding=(0, 2), show_header=False)
    for fact in found.facts:
        notes = [fact.unit, "≈" if fact.approximate else ""]
        notes += [f"({', '.join(fact.corrected)} taken back)"] if fact.corrected else []
        words = found.source[fact.start : fact.end]
        table.add_row(f"  {fact.kind.value}", fact.value, words, " ".join(filter(None, notes)))
    console.print(table)
