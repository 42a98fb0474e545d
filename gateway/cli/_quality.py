"""`intake110 rules quality | labels | train`: how right verdicts are, what people decided, and a second
opinion taught with it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from gateway import config
from gateway.clock import SystemClock
from gateway.journal.codec import decode, from_text
from gateway.location import places
from gateway.reports import drift
from gateway.reports.quality import (
    OF_CALLS,
    Every,
    Figures,
    Measure,
    PackFigures,
    RuleFigures,
    figures,
    in_turn,
    rule_figures,
)
from gateway.rulebook.model import Rulebook
from gateway.speech.model import Leg
from gateway.store import disagreements, loop, packs, quality
from gateway.store.database import Database
from gateway.store.store import open_store
from gateway.store.taught import TaughtCall, taught
from gateway.triage import learn
from gateway.triage.classifier import CARD, WEIGHTS
from gateway.triage.corpus import CorpusError, Text, read_corpus
from gateway.triage.engine import Triage, read_sources
from gateway.triage.learn import Example, TooLittle, Trained
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.triage.problem import RulePackError
from gateway.web.corpus import corpus_cover, corpus_line
from gateway.web.veil import Spots, nothing_known

T = TypeVar("T")

SHOWN_RULES = 20
"""Rules in the table for people; --json has them all."""
Configuration = Annotated[
    Path, typer.Option("-c", "--config", help="gateway.toml, which names the database.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Days = Annotated[int, typer.Option(min=1, max=3660, help="How many days back, today included.")]
CONF = Path("conf/gateway.toml")


def show(
    days: Days = 30,
    every: Annotated[Every, typer.Option(help="Periods of the figures over time.")] = Every.DAY,
    pack: Annotated[
        str, typer.Option(help="Only calls that this pack judged: as much of its pack_hash as fits one only.")
    ] = "",
    configuration: Configuration = CONF,
    as_json: Json = False,
) -> None:
    """How right verdicts are against what people decided, rule by rule, and what drifts.
    研判与人工结论比对：准确率、逐条规则、漂移。"""
    settings = _settings(configuration, as_json)
    zone = ZoneInfo(settings.site.timezone)
    today = SystemClock().now().astimezone(zone).date()
    since = today - timedelta(days=days - 1)

    async def work(database: Database) -> dict[str, Any]:
        with Console(stderr=True).status("counting what is new in the journal"):
            while (await quality.follow(database, zone)).rows:
                pass
        base = min(since, today - timedelta(days=drift.BASE_DAYS + drift.LOOKED_AT_DAYS))
        span, book = (since.isoformat(), today.isoformat()), await _rulebook(database, settings)
        packs = in_turn(await database.read(quality.by_pack, *span), book.stack if book else ())
        one = _chosen(pack, packs, as_json)
        counted = await database.read(quality.counted, base.isoformat(), today.isoformat(), OF_CALLS)
        shown = await database.read(quality.counted, *span, OF_CALLS, one)
        spoke = await database.read(quality.summed, *span, Measure.RULE, one)
        fired = await database.read(quality.last_fired)
        waiting = await database.read(
            disagreements.waiting, SystemClock().now() - timedelta(days=disagreements.QUEUE_DAYS)
        )
        rules = rule_figures(spoke, fired, await _active(database, book, settings))
        return {
            "since": since, "until": today, "figures": figures(shown, every), "rules": rules,
            "bands": drift.bands(counted, today), "waiting": waiting, "pack": one, "packs": packs,
        }  # fmt: skip

    found = _run(settings, work)
    if as_json:
        told = asdict(found["figures"]) | {
            "since": str(since), "until": str(today), "rules": [asdict(one) for one in found["rules"]],
            "silent": [one.rule_id for one in found["rules"] if one.active and not one.fired],
            "bands": [asdict(one) for one in found["bands"]], "waiting": found["waiting"],
            "pack": found["pack"], "packs": [asdict(one) for one in found["packs"]],
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(found["figures"], found["rules"], found["bands"], f"{since} to {today}")
    _print_packs(found["packs"])


async def _rulebook(database: Database, settings: config.Config) -> Rulebook | None:
    row = await database.read(loop.aggregate, "rulebook", settings.site.name)
    return decode(Rulebook, from_text(row.state)) if row is not None else None


def _chosen(wanted: str, packs: Iterable[PackFigures], as_json: bool) -> str | None:
    """The whole hash of the pack that was asked for; None: all."""
    if not wanted:
        return None
    fits = [one.pack_hash for one in packs if one.pack_hash.startswith(wanted)]
    if len(fits) != 1:
        known = ", ".join(one.pack_hash[:12] for one in packs) or "none"
        _fail(f"--pack {wanted}: no pack or several judged calls then; those that did: {known}", as_json)
    return fits[0]


async def _active(database: Database, book: Rulebook | None, settings: config.Config) -> tuple[str, ...]:
    """Rules of the active pack, else of the folder; none where that is unusable: `rules check` tells why."""
    active = book.active if book else None
    sources = await database.read(packs.pack_sources, active.content.hash) if active is not None else None
    try:
        return Triage.build(sources or read_sources(settings.triage.rules)).rule_ids
    except (RulePackError, OSError):
        return ()


def _print(told: Figures, rules: Iterable[RuleFigures], bands: Iterable[drift.Band], span: str) -> None:
    sums = told.sums
    typer.echo(
        f"{span}: {sums.judged} calls judged, {sums.decided} decided by people, "
        f"{sums.overturned} overturned, {sums.missed} of {sums.alarms} alarms judged non-police"
    )
    for name, table in (
        ("class", told.classes), ("nature", told.natures), ("department", told.departments),
        ("second opinion", told.opinion),
    ):  # fmt: skip
        for one in table.codes:
            typer.echo(
                f"  {name:15}{one.code:28}precision {_percent(one.precision)}  recall {_percent(one.recall)}"
                f"  of {one.true}"
            )
    for rule in [rule for rule in rules if rule.fired][:SHOWN_RULES]:
        typer.echo(
            f"  {rule.rule_id:43}fired {rule.fired:5}  right {rule.right} of {rule.decided}"
            f"  {_percent(rule.precision)}"
        )
    for band in bands:
        usual = "not known yet" if band.low is None else f"{band.low:.1%} to {band.high:.1%}"
        mark = "!" if band.outside else " "
        typer.echo(f"{mark} {band.watched:15}{band.share:.1%} of {band.calls} on {band.day}, usually {usual}")


def _print_packs(packs: Iterable[PackFigures]) -> None:
    """Pack by pack: the active one first, the one before it next."""
    for one in packs:
        sums, name = one.sums, f"version {one.version}" if one.version else "pack"
        typer.echo(
            f"  {name:12}{one.pack_hash[:12]}  {'active' if one.active else '':6}  {one.since} to {one.until}"
            f"  judged {sums.judged}  decided {sums.decided}  missed {sums.missed} of {sums.alarms}"
            f"  non-police right {_percent(sums.precision_non_police)}  not unsure {_percent(sums.coverage)}"
        )


def _percent(share: float | None) -> str:
    return "   -  " if share is None else f"{share:6.1%}"


# ---- what people decided, as a corpus


def labels(
    out: Annotated[Path, typer.Option(help="Where the corpus goes (JSONL).")],
    days: Days = 366,
    labelled: Annotated[bool, typer.Option("--labelled", help="Only calls that somebody labelled.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Numbers and places as they were said; else they are covered.")
    ] = False,
    configuration: Configuration = CONF,
    as_json: Json = False,
) -> None:
    """Write the calls that people decided on, the newest 20,000 at most, with both sides' words, for `rules
    test` and `rules train`. 导出人工已定性的来电作为语料。"""
    settings = _settings(configuration, as_json)
    known = nothing_known if whole else _known(settings, as_json)
    cover = corpus_cover(numbers=whole, places=whole, known=known)
    calls = _taught(settings, days, labelled=labelled)
    with out.open("w", encoding="utf-8") as file:
        for call in calls:
            file.write(corpus_line(call, cover))
    _tell({"ok": True, "calls": len(calls), "out": str(out)}, f"{len(calls)} calls in {out}", as_json)


def _known(settings: config.Config, as_json: bool) -> Spots:
    """Names of the site's places, to cover them too; where they cannot be read nothing is written."""
    folder = settings.location.places
    if folder is None:
        return nothing_known
    try:
        return places.load(folder).named_in
    except places.PlacesError as error:
        _fail(f"location.places: {error}", as_json)


def _taught(settings: config.Config, days: int, *, labelled: bool = False) -> list[TaughtCall]:
    zone, since = ZoneInfo(settings.site.timezone), SystemClock().now() - timedelta(days=days)

    async def work(database: Database) -> list[TaughtCall]:
        while (await quality.follow(database, zone)).rows:
            pass
        found: list[TaughtCall] = []
        while page := await database.read(
            taught, since=since, labelled=labelled, before=found[-1] if found else None
        ):
            found += page
            if len(found) >= learn.MAX_EXAMPLES:
                break
        return found

    with Console(stderr=True).status("reading what people decided"):
        return _run(settings, work)


# ---- a second opinion


def train(
    out: Annotated[Path, typer.Option(help="Folder of the model; its files are replaced.")],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(
            help="Corpus with gold (JSONL or CSV) in place of the site's own calls; several may be given."
        ),
    ] = None,
    days: Days = 366,
    seed: Annotated[int, typer.Option(help="The same calls and seed give the same files.")] = 110,
    name: Annotated[str, typer.Option(help="Name of the model, shown with every opinion.")] = "site",
    configuration: Configuration = CONF,
    as_json: Json = False,
) -> None:
    """Teach a second opinion with calls that people decided on, and measure it on calls it has not seen.
    用人工已定性的来电训练第二意见模型。"""
    examples, source = _given(corpus, days, configuration, as_json)
    console = Console(stderr=True)
    try:
        with console.status("teaching") as status:
            made = learn.train(
                examples, name=name, seed=seed, sources=source, notice=_NOTICE,
                tell=lambda what: status.update(f"teaching {what}"),
            )  # fmt: skip
    except TooLittle as error:
        _fail(str(error), as_json)
    write(made, out)
    heads = made.card["heads"]
    told = {
        "ok": True, "out": str(out), "examples": made.card["examples"], "vocabulary": made.card["vocabulary"],
        "held_out": {head: one["held_out"] for head, one in heads.items()},
    }  # fmt: skip
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _summary(made, out))


_NOTICE = {
    "zh": "统计模型的第二意见，与规则一同权衡：不能单独判定非警务，不影响安全否决。",
    "en": "A statistical second opinion, weighed beside the rules: never non-police alone, no veto silenced.",
}


def write(made: Trained, folder: Path) -> None:
    """The card last: a model that is only half there is refused, not used."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).unlink(missing_ok=True)
    (folder / WEIGHTS).write_bytes(made.weights)
    (folder / CARD).write_text(made.card_text, encoding="utf-8")


def _summary(made: Trained, out: Path) -> str:
    lines = [f"{out}: taught with {made.card['examples']['used']} calls"]
    for head, told in made.card["heads"].items():
        held = told["held_out"]
        lines.append(
            f"  {head:11}{held['accuracy']:6.1%} right of {held['examples']} calls it had not seen, "
            f"calibration error {held['calibration_error']:.3f}"
        )
    return "\n".join([*lines, f"Use it, without a restart: intake110 rules install-opinion {out}"])


def _given(
    corpora: list[Path] | None, days: int, configuration: Path, as_json: bool
) -> tuple[list[Example], list[dict[str, Any]]]:
    if not corpora:
        calls = _taught(_settings(configuration, as_json), days)
        return [_of_call(call) for call in calls], [
            {"kind": "dispositions", "calls": len(calls), "days": days}
        ]
    examples: list[Example] = []
    sources: list[dict[str, Any]] = []
    for path in corpora:
        try:
            content = path.read_bytes()
            read = read_corpus(content, jsonl=path.suffix == ".jsonl")
        except (OSError, CorpusError) as error:
            _fail(f"{path}: {error}", as_json)
        found = [one for text in read.texts if (one := _of_text(text, path.stem)) is not None]
        digest = hashlib.sha256(content).hexdigest()
        sources.append({"kind": "corpus", "file": path.name, "sha256": digest, "calls": len(found)})
        examples += found
    return examples, sources


def _of_call(call: TaughtCall) -> Example:
    """Calls of one number are one group: a caller who rings every week is no new call to be measured on."""
    truth = call.truth
    return Example(
        name=call.call_id, group=call.number or call.call_id, alarm_class=truth.alarm_class,
        turns=tuple(text for leg, text in call.turns if leg is Leg.CALLER), nature=truth.nature,
        department=truth.department,
    )  # fmt: skip


def _of_text(text: Text, corpus: str) -> Example | None:
    """None: no gold class that the model is taught."""
    gold = text.gold
    try:
        return Example(
            name=text.name, group=str(gold.get("group") or f"{corpus}/{text.name}"),
            turns=tuple(said for leg, said in text.turns if leg is Leg.CALLER),
            alarm_class=AlarmClass(str(gold.get("class"))),
            nature=Nature(gold["nature"]) if gold.get("nature") else None,
            department=Department(gold["department"]) if gold.get("department") else None,
        )  # fmt: skip
    except ValueError:
        return None


# ---- shared


def _settings(path: Path, as_json: bool) -> config.Config:
    try:
        return config.load(path)
    except config.ConfigError as error:
        _fail(str(error), as_json)


def _run(settings: config.Config, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        settings.gateway.state_dir.mkdir(parents=True, exist_ok=True)
        store = await open_store(settings.store_url())
        try:
            return await work(store.database)
        finally:
            await store.close()

    return asyncio.run(run())


def _tell(body: dict[str, Any], sentence: str, as_json: bool) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else sentence)


def _fail(what: str, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"ok": False, "error": what}, ensure_ascii=False))
    else:
        typer.echo(what, err=True)
    raise typer.Exit(1)
