"""`intake110 rules`: check packs, try them on texts, and see why a sentence was judged as it was."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gateway.cli import _quality, _workshop
from gateway.cli._gateway import Json, fail
from gateway.cli._second import Second, model_of
from gateway.programs import cache_home
from gateway.speech.model import Leg
from gateway.triage.corpus import CorpusError, Text, read_corpus, utterances
from gateway.triage.engine import Triage, problems, read_sources
from gateway.triage.fieldscore import compare
from gateway.triage.model import Context
from gateway.triage.packfile import content_hash
from gateway.triage.problem import RulePackError, Severity
from gateway.triage.second import beside
from gateway.triage.seen import FOLDER, Seen
from gateway.triage.written import COLUMNS, row, written

DEFAULT_FOLDER = Path("conf/rules")
LONG_CORPUS = 500
"""Texts from which a bar shows how far the trial is."""

app = typer.Typer(
    no_args_is_help=True,
    help="Rule packs: check them, try them on texts, explain a verdict. 检查、试用规则包，解释判断依据。",
    epilog="Examples:  intake110 rules check  ·  intake110 rules explain 有人拿刀抢了我的包  ·  "
    "intake110 rules test --corpus calls.jsonl --out pred.jsonl --json",
)
Folder = Annotated[
    Path, typer.Option("--rules", help="Folder of the packs; the veto lists lie in its folder veto/.")
]


@app.command(epilog="Examples:  intake110 rules check  ·  intake110 rules check --rules conf/rules --json")
def check(rules: Folder = DEFAULT_FOLDER, as_json: Json = False) -> None:
    """Read every pack and veto list, compile them, try their own examples, and tell every fault with file,
    line and cure. Errors end with exit code 1; warnings do not. 一次列出所有问题：文件、行号、改法。"""
    started = time.perf_counter()
    try:
        sources = read_sources(rules)
    except OSError as error:
        fail(str(error), as_json=as_json)
    told = problems(sources)
    refused = any(one.severity is Severity.ERROR for one in told)
    seen = Seen(cache_home() / FOLDER)
    if not refused:
        seen.note(content_hash(sources))
    report = {"ok": False, "error": str(told[0])} if refused else _counted(Triage.build(sources, seen))
    report |= {
        "problems": [asdict(one) for one in told],
        "seconds": round(time.perf_counter() - started, 2),
    }
    for one in () if as_json else told:
        place = f"{rules / one.file}:{one.line}" + (f":{one.column}" if one.column else "")
        typer.echo(
            f"{place}: {one.severity}: {one.what_en}. {one.cure_en}\n    {one.what_zh}。{one.cure_zh}",
            err=True,
        )
    text = f"the set is refused, problems: {len(told)}  规则包不能使用，问题{len(told)}处"
    if not refused:
        order = (
            f"usable, warnings: {len(told)}  可以使用，警告{len(told)}处"
            if told
            else "all in order  全部合格"
        )
        text = "{rules} rules, {examples} examples, {veto_lists} veto lists: ".format(**report) + order
    _show(report, as_json=as_json, text=text)
    if refused:
        raise typer.Exit(1)


def _counted(triage: Triage) -> dict[str, Any]:
    read = [*triage.rules.rules, *triage.rules.conditions]
    return {
        "ok": True,
        "rules": len(read),
        "examples": sum(len(rule.rule.examples.match) + len(rule.rule.examples.not_) for rule in read),
        "veto_lists": len(triage.veto_lists.lists),
        "pack_hash": triage.pack_hash,
        "veto_hash": triage.veto_hash,
    }


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
    second_opinion: Second = "",
    as_json: Json = False,
) -> None:
    """Judge one text as a call's is, and show every finding, veto and value with the words it rests on.
    说明一段话为什么这样判断。"""
    engine = beside(_load(rules, as_json=as_json), model_of(second_opinion, as_json=as_json))
    turns = [(Leg.CALLER, said) for said in text]
    context = Context(silent_ms=silent_ms, repeat_calls_30d=repeat_calls)
    judged = engine.assess(utterances(turns), context)
    if as_json:
        typer.echo(json.dumps(asdict(judged), ensure_ascii=False))
        return
    verdict = (judged.alarm_class, judged.nature, f"priority {judged.priority}", judged.department or "")
    typer.echo("  ".join(verdict).rstrip())
    if judged.department_reason_zh:
        typer.echo(f"  {judged.department_reason_zh}")
    for finding in judged.findings:
        quoted = [*(passage.quote for passage in reversed(finding.further)), finding.quote]
        quotes = " + ".join(f"“{quote}”" for quote in quoted if quote)
        why = f"{finding.explanation_zh}  {finding.explanation_en}"
        typer.echo("  ".join(filter(None, (f"  {finding.weight:.2f}", finding.rule_id, quotes, why))))
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
        Path | None, typer.Option(help="Where the verdicts go: .csv, or .jsonl with quotes and findings.")
    ] = None,
    rules: Folder = DEFAULT_FOLDER,
    both_sides: Annotated[bool, typer.Option("--both-sides", help="The call-taker's turns too.")] = False,
    second_opinion: Second = "",
    as_json: Json = False,
) -> None:
    """Judge every text of a corpus and write class, category, department, priority and the extracted fields.

    Where the corpus has gold fields, the agreement with them is shown field by field.
    """
    triage = _load(rules, as_json=as_json)
    try:
        read = read_corpus(corpus.read_bytes(), jsonl=corpus.suffix == ".jsonl")
    except (OSError, CorpusError) as error:
        fail(f"{corpus}: {error}. Give a CSV with id,text or a JSONL with id,turns.", as_json=as_json)
    model = model_of(second_opinion, as_json=as_json)
    engine = beside(triage, model)
    started = time.perf_counter()
    judged = [
        written(text.name, engine.assess(text.utterances(both_sides=both_sides), Context()))
        for text in _shown_progress(read.texts)
    ]
    seconds = time.perf_counter() - started
    if out is not None:
        _write(out, judged)
    report = {
        "texts": len(judged),
        "classes": dict(Counter(told["class"] for told in judged)),
        "seconds": round(seconds, 3),
        "pack_hash": triage.pack_hash,
        "veto_hash": triage.veto_hash,
        "second_opinion": model.name if model else None,
        "left_out": read.left_out,
        "faults": [asdict(fault) for fault in read.faults],
        "agreement": _agreement(read.texts, judged),
    }
    _show_tried(corpus, report, faulty=read.faulty, as_json=as_json)


def _agreement(texts: Sequence[Text], judged: Sequence[dict[str, Any]]) -> dict[str, Any]:
    pairs = [(text.gold, told) for text, told in zip(texts, judged, strict=True) if text.gold]
    return {field: score.figures() for field, score in compare(pairs).items()}


def _show_tried(corpus: Path, report: dict[str, Any], *, faulty: int, as_json: bool) -> None:
    """The counts, the rows that were left out, and a table of agreement where there is gold."""
    for fault in report["faults"]:
        typer.echo(
            f"{corpus}, line {fault['line']}: {fault['what']}{'; left out' if fault['left_out'] else ''}",
            err=True,
        )
    if faulty > len(report["faults"]):
        typer.echo(f"{corpus}: {faulty} lines with faults, {report['left_out']} left out", err=True)
    _show(
        report,
        as_json=as_json,
        text=f"{report['texts']} texts in {report['seconds']:.2f} s: {report['classes']}",
    )
    if as_json or not report["agreement"]:
        return
    table = Table(box=None, padding=(0, 1))
    for column in ("field", "rows", "accuracy", "values", "recall", "precision", "overlap"):
        table.add_column(column, no_wrap=column == "field")
    for field, figures in report["agreement"].items():
        shown = ("rows", "accuracy", "gold", "recall", "precision", "overlap")
        table.add_row(field, *("" if figures.get(name) is None else str(figures[name]) for name in shown))
    Console().print(table)


def _shown_progress(texts: Sequence[Text]) -> Iterator[Text]:
    """The texts one by one; a long corpus moves a bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    silent = len(texts) < LONG_CORPUS or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=silent) as progress:
        yield from progress.track(texts, description="texts")


def _load(folder: Path, *, as_json: bool) -> Triage:
    try:
        return Triage.load(folder, Seen(cache_home() / FOLDER))
    except (RulePackError, OSError) as error:
        fail(str(error), as_json=as_json)


def _show(report: dict[str, Any], *, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else text)


def _write(path: Path, judged: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".jsonl":
            out.writelines(json.dumps(told, ensure_ascii=False) + "\n" for told in judged)
            return
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(row(told) for told in judged)


app.command("quality", epilog="Example:  intake110 rules quality --days 7 --json")(_quality.show)
app.command("labels", epilog="Example:  intake110 rules labels --out corpus.jsonl --labelled")(
    _quality.labels
)
app.command(
    "train",
    epilog="Examples:  intake110 rules train --out conf/second_opinion  ·  intake110 rules train --out model "
    "--corpus conf/rules/corpus/alarms.jsonl --json",
)(_quality.train)
_workshop.add_to(app)
