"""`intake110 models`: what is here, can it be used, how well does it hear, and how another one comes in."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from gateway.clock import SystemClock
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
    typer.echo(f"{card.name}: usable ({what})  {card.model_id}")
    if trial is not None:
        typer.echo(f"  loads in {trial.load_ms} ms, takes {trial.rss_bytes / 1e6:.0f} MB of memory a worker")
        if trial.silence_text:
            typer.echo(f"  WARNING: in silence it heard {trial.silence_text!r}")
    for note in (card.note_zh, card.note_en):
        if note:
            typer.echo(f"  {note}")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:<8}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
