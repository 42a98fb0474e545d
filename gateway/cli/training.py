"""`intake110 training`: invented calls for trainees, on a house of its own that reaches nobody (演练)."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gateway import config, drilling, logs
from gateway.desk.drill.marking import STEPS, progress
from gateway.desk.drill.scenario_file import ScenarioError, read_scenarios
from gateway.runtime.drill.desk import texts
from gateway.store.drill_runs import FiledRuns

app = typer.Typer(help="Training (演练) on the simulator: scenarios, runs, result sheets.")

CONF = Path("conf/gateway.toml")
Configuration = Annotated[
    Path, typer.Option("-c", "--config", help="gateway.toml, whose section training is read.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


@app.callback(
    invoke_without_command=True,
    epilog="Examples:  intake110 training -c conf/gateway.toml  ·  intake110 training scenarios --json  ·  "
    "intake110 training runs --trainee trainee",
)
def family(
    context: typer.Context, configuration: Configuration = CONF,
    port: Annotated[int, typer.Option(help="Port of the pages; 0: any; -1: as gateway.toml says.")] = -1,
) -> None:  # fmt: skip
    """Without a command: run the training until it is told to stop. Its pages say training on every page."""
    context.obj = configuration
    if context.invoked_subcommand is not None:
        return
    told = config.load(configuration)
    if port >= 0:
        told = told.model_copy(update={"training": told.training.model_copy(update={"port": port})})
    logs.configure(told.log.level, told.log.format)
    asyncio.run(_serve(told))


async def _serve(told: config.Config) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    training = await drilling.open_training(told)
    try:
        passwords = await training.people()
        await training.start()
        console = Console(stderr=True)
        console.print(f"演练 TRAINING; pages: [bold]{training.url}[/]", highlight=False, soft_wrap=True)
        for name, password in passwords.items():
            role = drilling.FIRST_PEOPLE[name]
            console.print(f"  {name} / {password}  ({role})", highlight=False, soft_wrap=True)
        await stop.wait()
    finally:
        await training.stop()


@app.command()
def user(
    context: typer.Context,
    username: str,
    role: Annotated[str, typer.Option(help="supervisor (a trainer) or call_taker (a trainee).")],
    name: Annotated[str, typer.Option("--name", help="The name that pages show.")] = "",
    as_json: Json = False,
) -> None:
    """Let another person into the training, with a password that is printed once. The hall's people are not
    the training's."""
    password = asyncio.run(_user(config.load(context.obj), username, role, name))
    told = {"username": username, "role": role, "password": password}
    typer.echo(json.dumps(told) if as_json else f"{username} / {password}  ({role})")


async def _user(told: config.Config, username: str, role: str, name: str) -> str:
    training = await drilling.open_training(told)
    try:
        return await training.person(username, role, name)
    finally:
        await training.close()


@app.command()
def scenarios(context: typer.Context, as_json: Json = False) -> None:
    """The scenarios that can be chosen."""
    found = _read(context)
    if as_json:
        items = [{"code": one.code, "title_zh": one.title.zh, "title_en": one.title.en,
                  "language": one.language, "calls": len(one.calls)} for one in found]  # fmt: skip
        typer.echo(json.dumps({"scenarios": items}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.code:24} {one.language}  {one.title.zh} / {one.title.en}")


@app.command()
def check(context: typer.Context, as_json: Json = False) -> None:
    """Read every scenario and say what is wrong in it, with line and cure. Exit code 1 when something is."""
    faults: list[str] = []
    try:
        count = len(_read(context))
    except (OSError, UnicodeDecodeError, ScenarioError) as error:
        faults, count = str(error).splitlines(), 0
    if as_json:
        typer.echo(json.dumps({"ok": not faults, "scenarios": count, "faults": faults}, ensure_ascii=False))
    else:
        typer.echo("\n".join(faults) if faults else f"{count} scenarios are in order")
    raise typer.Exit(1 if faults else 0)


def _read(context: typer.Context) -> Any:
    return read_scenarios(texts(config.load(context.obj).training.folder))


@app.command()
def runs(
    context: typer.Context,
    trainee: Annotated[str, typer.Option(help="Only this trainee's.")] = "",
    as_json: Json = False,
) -> None:
    """Runs and their results, newest first, and how far a trainee has come."""
    folder = drilling.folder_of(config.load(context.obj)) / "runs"
    found = [one for one in FiledRuns(folder).all() if not trainee or one["trainee"] == trainee]
    names = sorted({one["trainee"] for one in found})
    far = {name: progress([one for one in found if one["trainee"] == name]) for name in names}
    if as_json:
        body = {"training": True, "runs": list(reversed(found)), "progress": far}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    table = Table("when", "trainee", "scenario", "state", "right", "answer", *STEPS)
    for one in reversed(found):
        told = one.get("sheet") or {"right": "", "of": "", "times": {}}
        times = [str(told["times"].get(step) or "") for step in ("answer", *STEPS)]
        right = f"{told['right']}/{told['of']}" if told["of"] != "" else ""
        table.add_row(one["started_at"][:16], one["trainee"], one["scenario"], one["state"], right, *times)
    Console().print(table)
    for name, each in far.items():
        first, last = each["percent_first"], each["percent_last"]
        typer.echo(f"{name}: {each['runs']} runs, right at first {first} %, in the last five {last} %")


@app.command()
def show(context: typer.Context, run_id: str, as_json: Json = False) -> None:
    """The result sheet of one run; the beginning of its id is enough. Exit code 1: there is none."""
    folder = drilling.folder_of(config.load(context.obj)) / "runs"
    one = next((run for run in FiledRuns(folder).all() if run["run_id"].startswith(run_id)), None)
    if one is None:
        typer.echo(f"no run begins with {run_id}: see intake110 training runs", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps({"training": True, **one}, ensure_ascii=False))
        return
    typer.echo(f"演练 TRAINING  {one['title_zh']} / {one['title_en']}  {one['trainee']}  {one['state']}")
    for name, seconds in (one.get("sheet") or {"times": {}})["times"].items():
        typer.echo(f"  {name:12} {'-' if seconds is None else f'{seconds:.1f} s'}")
    for each in (one.get("sheet") or {"checks": []})["checks"]:
        mark = "ok " if each["right"] else "NO "
        what = each.get("name") or each["what"]
        typer.echo(f"  {mark} {what}: {each['found'] or '-'} (wanted: {' | '.join(each['wanted'])})")
    for each in (one.get("sheet") or {"asked": []})["asked"]:
        typer.echo(f"  {'asked ' if each['asked'] else 'missed'} {each['field']}: {each['question']}")
