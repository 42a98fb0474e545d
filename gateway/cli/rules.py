"""`intake110 rules`: check packs, try them on texts, and see why a sentence was judged as it was."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import Assessment, Context, Utterance
from gateway.triage.packfile import RulePackError

DEFAULT_FOLDER = Path("conf/rules")
MAX_FIELD_BYTES = 10 << 20
"""Size of one CSV field; a longer one is refused by the reader."""
_SPEAKING_MS = 3_000
"""A turn of a text corpus has no times; each is given this length so that order is kept."""

app = typer.Typer(
    no_args_is_help=True,
    help="Rule packs: check them, try them on texts, explain a verdict. 检查、试用规则包，解释判断依据。",
    epilog="Examples:  intake110 rules check  ·  intake110 rules explain 有人拿刀抢了我的包  ·  "
    "intake110 rules test --corpus calls.jsonl --out pred.jsonl --json",
)
Folder = Annotated[
    Path, typer.Option("--rules", help="Folder of the packs; the veto lists lie in its folder veto/.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


@app.command(epilog="Example:  intake110 rules check --rules conf/rules")
def check(rules: Folder = DEFAULT_FOLDER, as_json: Json = False) -> None:
    """Read every pack and veto list, compile them, and try their own examples."""
    started = time.perf_counter()
    triage = _load(rules, as_json=as_json)
    read = [*triage.rules.rules, *triage.rules.conditions]
    examples = sum(len(rule.rule.examples.match) + len(rule.rule.examples.not_) for rule in read)
    report = {
        "ok": True,
        "rules": len(read),
        "examples": examples,
        "veto_lists": len(triage.veto_lists.lists),
        "pack_hash": triage.pack_hash,
        "veto_hash": triage.veto_hash,
        "seconds": round(time.perf_counter() - started, 2),
    }
    _show(
        report,
        as_json=as_json,
        text="{rules} rules, {examples} examples, {veto_lists} veto lists: all in order".format(**report),
    )


@app.command(epilog="Example:  intake110 rules explain 路灯坏了一个星期 --json")
def explain(
    text: Annotated[
        list[str], typer.Argument(help="What the caller says; several arguments are several turns.")
    ],
    rules: Folder = DEFAULT_FOLDER,
    silent_ms: Annotated[
        int | None, typer.Option(help="Milliseconds of silence, for rules with that condition.")
    ] = None,
    repeat_calls: Annotated[
        int | None, typer.Option(help="Earlier calls of this number in thirty days.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge one text and show every finding, veto and value with the words it rests on."""
    triage = _load(rules, as_json=as_json)
    turns = [(Leg.CALLER, said) for said in text]
    context = Context(silent_ms=silent_ms, repeat_calls_30d=repeat_calls)
    judged = triage.assess(_utterances(turns), context)
    if as_json:
        typer.echo(json.dumps(asdict(judged), ensure_ascii=False))
        return
    verdict = (judged.alarm_class, judged.nature, f"priority {judged.priority}", judged.department or "")
    typer.echo("  ".join(verdict).rstrip())
    if judged.department_reason_zh:
        typer.echo(f"  {judged.department_reason_zh}")
    for finding in judged.findings:
        typer.echo(f"  {finding.weight:.2f}  {finding.rule_id}  “{finding.quote}”  {finding.explanation_zh}")
    for veto in judged.vetoes:
        typer.echo(f"  veto  {veto.code}  “{veto.quote}”")
    for value in judged.extracted:
        typer.echo(f"  {value.field} = {value.value}  “{value.quote}”")


@app.command("test", epilog="Example:  intake110 rules test --corpus calls.jsonl --out pred.jsonl --json")
def try_corpus(
    corpus: Annotated[
        Path, typer.Option(help="CSV with id,text or JSONL with id,turns ([{s: caller|taker, t: text}]).")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Where the verdicts go: .csv, or .jsonl with fields and findings.")
    ] = None,
    rules: Folder = DEFAULT_FOLDER,
    both_sides: Annotated[bool, typer.Option("--both-sides", help="The call-taker's turns too.")] = False,
    as_json: Json = False,
) -> None:
    """Judge every text of a corpus and write id,class,category,department,priority."""
    triage = _load(rules, as_json=as_json)
    try:
        texts = list(_corpus(corpus))
    except (OSError, ValueError, KeyError, csv.Error) as error:
        _fail(f"{corpus}: {error}. Give a CSV with id,text or a JSONL with id,turns.", as_json=as_json)
    started = time.perf_counter()
    judged = [
        (
            name,
            triage.assess(
                _utterances(turn for turn in turns if both_sides or turn[0] is Leg.CALLER), Context()
            ),
        )
        for name, turns in texts
    ]
    seconds = time.perf_counter() - started
    if out is not None:
        _write(out, judged)
    counts = Counter(str(assessment.alarm_class) for _, assessment in judged)
    report = {
        "texts": len(judged),
        "classes": dict(counts),
        "seconds": round(seconds, 3),
        "pack_hash": triage.pack_hash,
    }
    _show(report, as_json=as_json, text=f"{len(judged)} texts in {seconds:.2f} s: {dict(counts)}")


def _load(folder: Path, *, as_json: bool) -> Triage:
    try:
        return Triage.load(folder)
    except (RulePackError, OSError) as error:
        _fail(str(error), as_json=as_json)


def _fail(what: str, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"ok": False, "error": what}, ensure_ascii=False))
    else:
        typer.echo(what, err=True)
    raise typer.Exit(1)


def _show(report: dict[str, Any], *, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else text)


def _utterances(turns: Iterable[tuple[Leg, str]]) -> list[Utterance]:
    made: list[Utterance] = []
    spoken: Counter[Leg] = Counter()
    for speaker, text in turns:
        start = len(made) * _SPEAKING_MS
        made.append(
            Utterance(
                segment_index=spoken[speaker],
                speaker=speaker,
                text=text,
                started_ms=start,
                ended_ms=start + _SPEAKING_MS,
            )
        )
        spoken[speaker] += 1
    return made


def _corpus(path: Path) -> Iterator[tuple[str, list[tuple[Leg, str]]]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.suffix == ".jsonl":
            for line in lines:
                call = json.loads(line)
                yield str(call["id"]), [(_speaker(turn["s"]), str(turn["t"])) for turn in call["turns"]]
            return
        before = csv.field_size_limit(MAX_FIELD_BYTES)  # of the whole process: others read by the usual one
        try:
            for row in csv.DictReader(lines):
                yield str(row["id"]), [(Leg.CALLER, str(row["text"]))]
        finally:
            csv.field_size_limit(before)


def _speaker(word: str) -> Leg:
    return Leg.CALLER if word == "caller" else Leg.CALL_TAKER


def _write(path: Path, judged: list[tuple[str, Assessment]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".jsonl":
            for name, assessment in judged:
                out.write(json.dumps(_fields(name, assessment), ensure_ascii=False) + "\n")
            return
        writer = csv.writer(out)
        writer.writerow(["id", "class", "category", "department", "priority"])
        for name, one in judged:
            writer.writerow([name, one.alarm_class, one.nature, one.department or "", one.priority])


def _fields(name: str, one: Assessment) -> dict[str, Any]:
    """The verdict in the names of a gold file: class, nature, priority, department, address and so on."""
    values: dict[str, list[str]] = {}
    places = sorted(
        (value for value in one.extracted if value.field == "address_text"),
        key=lambda value: -value.confidence,
    )
    for value in sorted(one.extracted, key=lambda value: -value.confidence):
        values.setdefault(value.field, []).append(value.value)
    injured = [int(count) for count in values.get("people_injured", [])]
    return {
        "id": name,
        "class": one.alarm_class,
        "nature": one.nature,
        "priority": one.priority,
        "department": one.department,
        "address": {
            "text": next((place.quote.strip("，,、 ") for place in places), None),
            "normalised": next((place.value for place in places), None),
        },
        "people_injured": max(injured, default=None),
        "weapon": next(iter(values.get("weapon", [])), None),
        "plates": values.get("plate", []),
        "phones": values.get("phone", []),
        "vetoes": [veto.code for veto in one.vetoes],
        "findings": [
            {"rule": found.rule_id, "quote": found.quote, "weight": found.weight} for found in one.findings
        ],
    }
