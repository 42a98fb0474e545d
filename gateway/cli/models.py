"""`intake110 models`: what is here, can it be used, how well does it hear, and how another one comes in."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from gateway.clock import SystemClock
from gateway.speech.hotlist import read as read_hot_words
from gateway.speech.hotwords import HotWords
from gateway.speech.measure.corpus import read as read_corpus
from gateway.speech.measure.hot import HotScore
from gateway.speech.measure.run import DEFAULT_VOICES, Report, Speakers
from gateway.speech.measure.run import measure as measure_model
from gateway.speech.measure.score import Errors
from gateway.speech.model import Leg
from gateway.speech.models import ModelCard, ModelError, check
from gateway.speech.models.install import Wish, official, official_site
from gateway.speech.models.install import install as install_model
from gateway.speech.models.places import looks_like_model, models_folder
from gateway.speech.models.trial import Trial, try_out

FROM_ENV = "INTAKE110_MODELS_FROM"

app = typer.Typer(
    no_args_is_help=True,
    help="Speech models: install, list, check, measure. 语音模型：安装、列出、检查、测量。",
    epilog="Examples:  intake110 models list  ·  intake110 models check asr_models/demo-cn  ·  "
    "intake110 models install vosk-model-small-cn-0.22.zip --sha256 HEX",
)
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command(
    "install",
    epilog="Examples:  intake110 models install model.tar.gz  ·  intake110 models install "
    "https://mirror/model.zip --sha256 HEX --replace  ·  intake110 models install vosk-model-small-cn-0.22 "
    "--from https://mirror/vosk",
)
def install(
    source: Annotated[
        str, typer.Argument(help="A zip or tar file, its http(s) address, or the NAME of an official model.")
    ] = "",
    sha256: Annotated[
        str | None, typer.Option(help="The archive's checksum. Without it SOURCE.sha256 is looked for.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--from", envvar=FROM_ENV, help="For a NAME: the address of the folder that has NAME.zip."
        ),
    ] = None,
    into: Annotated[Path | None, typer.Option("--into", help="The folder of models.")] = None,
    name: Annotated[
        str | None, typer.Option(help="The model's folder; without it the archive's name.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="zh-CN, en-US … when the name does not tell.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of one that is there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch (a broken download goes on), compare the checksum, unpack, check, try, and move it into place."""
    if not source:
        _list_official(as_json)
        return
    wish = Wish(
        source=source, into=into or models_folder(), base=base, sha256=sha256, name=name, language=language,
        replace=replace,
    )  # fmt: skip
    with _progress() as bar:
        tasks = {
            what: bar.add_task(what, total=None, visible=False) for what in ("fetch", "compare", "unpack")
        }

        def show(what: str, done: int, whole: int | None) -> None:
            bar.update(tasks[what], completed=done, total=whole, visible=True)

        done = asyncio.run(install_model(wish, clock=SystemClock(), on_progress=show))
    if as_json:
        told = {"source": done.source, "sha256": done.sha256, "verified": done.verified}
        typer.echo(
            json.dumps({**_facts(done.card), **dataclasses.asdict(done.trial), **told}, ensure_ascii=False)
        )
        return
    checked = "as told" if done.verified else "NOT CHECKED: nobody told one; this is what came"
    typer.echo(f"{done.card.folder}: installed")
    typer.echo(f"  sha256 {done.sha256} ({checked})")
    _print(done.card, done.trial)
    typer.echo(f'  to use it: model = "{done.card.folder.resolve()}" under [speech] in gateway.toml')


@app.command("check", epilog="Example:  intake110 models check asr_models/demo-cn --json")
def check_model(
    folder: Annotated[Path, typer.Argument(help="The model's folder.")], as_json: Json = False
) -> None:
    """Look at every file, load the model in a process of its own, let it hear silence. Exit 2 with the
    cure when it fails."""
    card = check(folder)
    trial = asyncio.run(try_out(folder, clock=SystemClock()))
    if as_json:
        typer.echo(json.dumps({**_facts(card), **dataclasses.asdict(trial)}, ensure_ascii=False))
    else:
        _print(card, trial)


@app.command(
    "list", epilog="Examples:  intake110 models list  ·  intake110 models list --in /srv/models --json"
)
def list_models(
    folder: Annotated[Path | None, typer.Option("--in", help="The folder of models.")] = None,
    as_json: Json = False,
) -> None:
    """One line a model; one that cannot be used says why."""
    place = folder or models_folder()
    if not place.is_dir():
        raise ModelError(f"{place}: no such folder; name the folder of models with --in")
    for path in sorted(path for path in place.iterdir() if looks_like_model(path)):
        try:
            card = check(path)
        except ModelError as error:
            told = json.dumps({"folder": str(path), "usable": False, "fault": str(error)}, ensure_ascii=False)
            typer.echo(told if as_json else f"{path.name}: cannot be used\n{error}")
        else:
            if as_json:
                typer.echo(json.dumps(_facts(card), ensure_ascii=False))
            else:
                _print(card)


class Side(StrEnum):
    """Whose turns of a call are measured."""

    CALLER = "caller"
    TAKER = "taker"
    BOTH = "both"


_LEGS = {Side.CALLER: (Leg.CALLER,), Side.TAKER: (Leg.CALL_TAKER,), Side.BOTH: tuple(Leg)}


@app.command(
    "measure",
    epilog="Examples:  intake110 models measure asr_models/demo-cn tests/data/speech  ·  "
    "intake110 models measure DIR recordings/ --json  ·  "
    "intake110 models measure DIR calls.jsonl --side caller --voice f2 --voice m3:170 --noise 15",
)
def measure(
    folder: Annotated[Path, typer.Argument(help="The model's folder.")],
    corpus: Annotated[
        Path,
        typer.Argument(
            help="A folder of recordings with NAME.txt beside each, or with texts.json or transcripts.csv, "
            ".tsv, .jsonl (file, text, speaker, group); or texts to be read aloud: .txt, one a line; "
            ".csv with a column text; .jsonl with text, or with turns [{s: caller|taker, t: text}]."
        ),
    ],
    side: Annotated[Side, typer.Option(help="Whose turns.")] = Side.CALLER,
    voice: Annotated[
        list[str] | None,
        typer.Option(
            help="Who reads aloud: VARIANT[:SPEED[:PITCH]], or en-gb+f3. Several: drawn by the seed."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws voices, speed, pitch and noise.")] = 1,
    noise: Annotated[
        float | None, typer.Option(help="Through a telephone line with noise so many dB below the voice.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many utterances; 0: all.")] = 0,
    hot_words: Annotated[
        Path | None,
        typer.Option(help="A list of hot words: they are put right, and what that changes is told."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Recognizer processes; 0: as many as cores.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Count what the model gets wrong: characters of Chinese (CER), words of other languages (WER), with the
    worst utterances, speed, and whether its confidence can be trusted."""
    wordless: list[str] = []
    utterances = read_corpus(corpus, sides=_LEGS[side], left_out=wordless.append)
    if limit:
        utterances = utterances[:limit]
    with _progress(sizes=False) as bar:
        task = bar.add_task("hearing", total=len(utterances))
        report = asyncio.run(
            measure_model(
                folder,
                utterances,
                Speakers(voices=tuple(voice or DEFAULT_VOICES), seed=seed, noise_db=noise),
                clock=SystemClock(),
                workers=workers or os.cpu_count() or 1,
                hot_words=HotWords.of(read_hot_words(hot_words)) if hot_words else None,
                on_progress=lambda done, whole: bar.update(task, completed=done, total=whole),
            )
        )
    report.faults.extend(wordless)
    if as_json:
        told = {"corpus": str(corpus), "side": side.value, "seed": seed, "noise_db": noise}
        typer.echo(json.dumps({**report.facts(), **told}, ensure_ascii=False))
    else:
        _print_report(report)


def _print_report(report: Report) -> None:
    score = report.score
    for name, errors in (("CER", score.cer), ("WER", score.wer)):
        if errors.utterances:
            typer.echo(f"{name} {_errors(errors)}")
    for title, parts in (("group", score.groups), ("voice", score.voices)):
        for name, errors in sorted(parts.items()) if len(parts) > 1 else ():
            typer.echo(f"  {title} {name:<16} {_errors(errors)}")
    if report.hot is not None:
        _print_hot_words(report.hot)
    sure = score.confidence()
    if sure["words"]:
        right, wrong = (f"{sure[k]:.2f}" if sure[k] is not None else "none" for k in ("right", "wrong"))
        typer.echo(f"confidence: mean {right} of right words, {wrong} of wrong ones")
        for bucket in sure["buckets"]:
            if bucket["words"]:
                share = f"{bucket['words']:>7} words, {100 * bucket['right']:5.1f} % right"
                typer.echo(f"  {bucket['from']:.2f} to {bucket['to']:.2f}: {share}")
    if report.sound_s:
        factor = report.heard_in_s / report.sound_s
        typer.echo(
            f"{report.sound_s:.0f} s of sound in {report.heard_in_s:.1f} s on {report.workers} processes "
            f"(real-time factor {factor:.4f})"
        )
    for heard in score.worst:
        said, understood = heard.lines()
        typer.echo(f"{heard.wrong} wrong in {heard.utterance.name} {heard.voice}")
        typer.echo(f"  said  {said}\n  heard {understood}")
    if report.skipped_language:
        typer.echo(f"{report.skipped_language} utterances of other languages were left out")
    for fault in report.faults:
        typer.echo(f"left out: {fault}", err=True)
    if report.spoken_aloud:
        typer.echo("The voices were synthetic: this says nothing about people. Measure recordings of calls.")


def _print_hot_words(hot: HotScore) -> None:
    for name, one, other in (
        ("named words", hot.without.named, hot.with_them.named),
        ("elsewhere", hot.without.elsewhere, hot.with_them.elsewhere),
    ):
        typer.echo(f"hot words, {name}: {100 * one.rate:.2f} % without, {100 * other.rate:.2f} % with them")


def _errors(errors: Errors) -> str:
    kinds = f"{errors.substituted} substituted, {errors.deleted} deleted, {errors.inserted} inserted"
    whole = f"{errors.faultless} of {errors.utterances} without a fault"
    return f"{100 * errors.rate:.2f} % ({kinds} of {errors.said}; {whole})"


def _list_official(as_json: bool) -> None:
    for known in official().values():
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(known), ensure_ascii=False))
        else:
            typer.echo(f"{known.name:<34}{known.language:<7}{known.mb:>6} MB  {known.en}")
    if not as_json:
        typer.echo(f"Listed by {official_site()}; next: intake110 models install NAME --from ADDRESS")


def _facts(card: ModelCard) -> dict[str, object]:
    return {**dataclasses.asdict(card), "folder": str(card.folder), "usable": True}


def _print(card: ModelCard, trial: Trial | None = None) -> None:
    graph = "grammar at run time" if card.dynamic_graph else "fixed grammar"
    what = f"{card.language or 'language not told'}, {card.sample_rate_hz} Hz, {card.words:,} words, {graph}"
    folder = card.folder.resolve().name
    called = folder if folder == card.name else f"{folder} ({card.name})"
    typer.echo(f"{called}: usable ({what})  {card.model_id}")
    if trial is not None:
        typer.echo(f"  loads in {trial.load_ms} ms, takes {trial.rss_bytes / 1e6:.0f} MB of memory a worker")
        if trial.silence_text:
            typer.echo(f"  WARNING: in silence it heard {trial.silence_text!r}")
    for note in (card.note_zh, card.note_en):
        if note:
            typer.echo(f"  {note}")


def _progress(*, sizes: bool = True) -> Progress:
    """On standard error, gone at the end; bytes and speed for files, else a count."""
    count = (DownloadColumn(), TransferSpeedColumn()) if sizes else (MofNCompleteColumn(),)
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description:<8}"), BarColumn(), *count, TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
