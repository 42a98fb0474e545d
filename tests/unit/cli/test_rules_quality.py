"""`intake110 rules quality | labels | train`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.calls.model import CallSession
from gateway.cli.rules import app
from gateway.clock import SystemClock
from gateway.journal.codec import encode, to_text
from gateway.ports import AggregateRow, Commit
from gateway.rulebook.content import content_of
from gateway.rulebook.model import Pack, Rulebook
from gateway.speech.model import Leg, Reading
from gateway.store import packs
from gateway.store.store import open_store
from gateway.testing.judged_calls import ALARM, CIVIL, a_call, commit, examples, say
from gateway.triage.classifier import load
from gateway.triage.engine import Triage, read_sources

RULES = Path(__file__).parents[3] / "conf" / "rules"


_FEW = ("veto/", "duties", "zh-unsure")


def run(*arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A configuration whose database has two calls of today that people decided on."""
    toml = tmp_path / "gateway.toml"
    toml.write_text('[gateway]\nstate_dir = "var"\n[triage]\nrules = "none"\n')
    (tmp_path / "var").mkdir()

    async def fill() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'var' / 'intake110.db'}")
        for number, said in enumerate((ALARM, CIVIL)):
            call: CallSession = replace(a_call(number, said, ALARM), seized_at=SystemClock().now())
            await commit(store, call)
            await say(store, call.call_id, (1, Leg.CALLER, "打我电话13800138000", Reading.LIVE))
        await store.close()

    asyncio.run(fill())
    return toml


def test_figures_are_counted_and_told_without_a_running_gateway(site: Path) -> None:
    told = run("quality", "-c", str(site))
    assert (told["sums"]["judged"], told["sums"]["missed"]) == (2, 1)
    assert told["waiting"]["missed"] == 1
    assert (told["rules"], told["silent"]) == ([], [])
    assert [(one["pack_hash"], one["sums"]["judged"]) for one in told["packs"]] == [("p", 2)]
    assert run("quality", "-c", str(site), "--pack", "p")["pack"] == "p"
    assert "those that did: p" in run("quality", "-c", str(site), "--pack", "q", code=1)["error"]
    again = CliRunner().invoke(app, ["quality", "-c", str(site)])
    assert "1 of 2 alarms judged non-police" in again.stdout


def test_rules_of_the_active_pack_that_never_fired_are_named(site: Path, tmp_path: Path) -> None:
    few = {name: text for name, text in read_sources(RULES).items() if name.startswith(_FEW)}
    pack = Pack(version=1, content=content_of(few), at=SystemClock().now(), by="")
    book = Rulebook(site="site", stack=(pack,))
    row = AggregateRow(
        kind="rulebook", key="site", rev=1, closed=False, state=to_text(encode(book)),
        changed_at=SystemClock().now(),
    )  # fmt: skip

    async def fill() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'var' / 'intake110.db'}")
        await store.database.write(packs.keep_pack, few, SystemClock().now(), "a")
        await store.commit(Commit(aggregates=[row]))
        await store.close()

    asyncio.run(fill())
    silent = run("quality", "-c", str(site))["silent"]
    assert silent
    assert set(silent) == set(Triage.build(few).rule_ids)


def test_what_people_decided_is_written_with_numbers_covered_unless_asked_for(
    site: Path, tmp_path: Path
) -> None:
    out = tmp_path / "corpus.jsonl"
    assert run("labels", "-c", str(site), "--out", str(out))["calls"] == 2
    assert "138" not in out.read_text()
    run("labels", "-c", str(site), "--out", str(out), "--whole")
    assert "13800138000" in out.read_text()


def test_names_that_the_sites_places_know_are_covered_in_what_is_written(site: Path, tmp_path: Path) -> None:
    out, calls = tmp_path / "corpus.jsonl", [a_call(7, ALARM, ALARM)]

    async def fill() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'var' / 'intake110.db'}")
        await commit(store, replace(calls[0], seized_at=SystemClock().now()))
        await say(store, calls[0].call_id, (1, Leg.CALLER, "在样大里面打人", Reading.LIVE))
        await store.close()

    asyncio.run(fill())
    run("labels", "-c", str(site), "--out", str(out))
    assert "在样大里面打人" in out.read_text(), "nobody knows that name without the site's places"
    site.write_text(f'{site.read_text()}[location]\nplaces = "{RULES.parent / "places"}"\n')
    run("labels", "-c", str(site), "--out", str(out))
    assert "在▇▇里面打人" in out.read_text()
    site.write_text(site.read_text().replace(str(RULES.parent / "places"), str(tmp_path / "none")))
    assert "location.places" in run("labels", "-c", str(site), "--out", str(out), code=1)["error"]


def test_too_few_calls_teach_nothing_and_no_file_is_left(site: Path, tmp_path: Path) -> None:
    told = run("train", "-c", str(site), "--out", str(tmp_path / "m"), code=1)
    assert told["error"].startswith("2 calls with a person's decision")
    assert not (tmp_path / "m").exists()


def test_a_corpus_teaches_a_model_that_judges_beside_the_rules(tmp_path: Path) -> None:
    corpus, out = tmp_path / "taught.jsonl", tmp_path / "m"
    with corpus.open("w", encoding="utf-8") as file:
        for one in examples():
            gold = {"class": one.alarm_class, "nature": one.nature, "department": one.department}
            turns = [{"s": "caller", "t": said} for said in one.turns]
            line = {"id": one.name, "turns": turns, "gold": gold | {"group": one.group}}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    told = run("train", "--corpus", str(corpus), "--out", str(out))
    assert told["held_out"]["class"]["accuracy"] >= 0.95
    assert load(out).card["sources"][0]["file"] == "taught.jsonl"
    tried = run("test", "--corpus", str(corpus), "--rules", str(RULES), "--second-opinion", str(out))
    assert tried["texts"] == 360


def test_a_corpus_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    told = run("train", "--corpus", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "m"), code=1)
    assert "none.jsonl" in told["error"]
