"""`intake110 rules diff | backtest`: packs compared and tried, here or on a running gateway."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gateway.cli._gateway import (
    Api,
    Entry,
    GatewayRefusedError,
    fail,
    on_gateway,
    told,
)
from gateway.cli._second import Second, model_of
from gateway.clock import SystemClock
from gateway.journal.codec import encode
from gateway.rulebook.content import changed_files, content_of
from gateway.triage.backtest import Judge, Result, Said, Tally, quiet_on, said_by
from gateway.triage.engine import Triage, read_sources
from gateway.triage.packdiff import Difference, FieldChange, compare
from gateway.triage.problem import RulePackError
from gateway.triage.second import beside
from gateway.triage.tried_on import Corpora, read_corpora

LOOK_EVERY_S = 0.5
"""How often a back-test on the gateway is asked how far it is."""
SHOWN_FLIPS = 20
"""Flipped texts in the table for people; --json has what is kept of them."""
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
Sources = Mapping[str, bytes]

RULES = Path("conf/rules")


# ---- diff


@on_gateway
def diff(
    entry: Entry,
    packs: Annotated[
        list[str] | None,
        typer.Argument(help="Two of: a folder, active, previous, folder, a draft's id, a pack's hash."),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="Compare this folder with the pack named, or the active.")
    ] = None,
) -> None:
    """Two packs compared rule by rule: added, removed, and which fields changed. Folders need no gateway.
    逐条比较两个规则包。"""
    names = [*(packs or [])]
    if rules is not None:
        names = [*(names or ["active"]), str(rules)]
    if len(names) != 2:
        fail("Name two packs, or one folder with --rules: intake110 rules diff A B", as_json=entry.as_json)
    if all(_is_folder(name) for name in names):
        before, after = (folder_sources(Path(name), as_json=entry.as_json) for name in names)
    else:

        async def fetch(api: Api) -> tuple[Sources, Sources]:
            one, other = [await named_sources(api, name, as_json=entry.as_json) for name in names]
            return one, other

        before, after = entry.work(fetch)
    found = compare(before, after)
    body = {
        "before": content_of(before).hash, "after": content_of(after).hash, **encode(found),
        "files": list(changed_files(before, after)),
    }  # fmt: skip
    told(body, _diff_text(found), as_json=entry.as_json)


async def named_sources(api: Api, name: str, *, as_json: bool) -> Sources:
    if _is_folder(name):
        return folder_sources(Path(name), as_json=as_json)
    if name not in ("active", "previous", "shadow", "folder"):
        name = await _draft_or_hash(api, name)
    listed = await api.get(f"/rules/packs/{name}")
    texts: dict[str, bytes] = {}
    for file in listed["files"]:
        body = await api.get(f"/rules/packs/{name}/file", name=file["name"])
        texts[file["name"]] = body["text"].encode()
    return texts


def _is_folder(name: str) -> bool:
    return Path(name).is_dir()


async def _draft_or_hash(api: Api, name: str) -> str:
    drafts = (await api.get("/rules"))["drafts"]
    fits = [draft["draft_id"] for draft in drafts if draft["draft_id"].startswith(name)]
    return fits[0] if len(fits) == 1 else name


def folder_sources(folder: Path, *, as_json: bool) -> Sources:
    try:
        sources = read_sources(folder)
    except OSError as error:
        fail(str(error), as_json=as_json)
    if not sources:
        fail(f"{folder}: no rule packs (*.yaml) are here", as_json=as_json)
    return sources


def _diff_text(found: Difference) -> str:
    differ = "1 part differs" if found.count == 1 else f"{found.count} parts differ"
    lines = [f"{differ}, {found.same} {'is' if found.same == 1 else 'are'} the same"]
    for change in found.changes:
        lines.append(f"{_MARKS[change.kind]} {change.name}  ({change.file}:{change.line})")
        lines += [f"    {_field_text(field)}" for field in change.fields]
    lines += [f"! {name} is no YAML: its rules count as missing" for name in found.unread]
    return "\n".join(lines)


def _field_text(field: FieldChange) -> str:
    if field.added or field.removed:
        words = [*(f"+{one}" for one in field.added), *(f"-{one}" for one in field.removed)]
        return f"{field.field}: {'  '.join(words)}"
    return f"{field.field}: {field.before!s} → {field.after!s}"


# ---- backtest


@on_gateway
def backtest(
    entry: Entry,
    draft: Annotated[
        str, typer.Argument(help="A draft on the gateway, over its stored calls and corpora; or --corpus.")
    ] = "",
    corpus: Annotated[
        list[Path] | None,
        typer.Option(help="Corpora (CSV with gold_* columns, JSONL with gold, vetoes*.jsonl), here."),
    ] = None,
    rules: Annotated[
        Path, typer.Option("--rules", help="With --corpus: folder of the pack on trial.")
    ] = RULES,
    against: Annotated[
        Path, typer.Option(help="With --corpus: folder of the pack that it is compared with.")
    ] = RULES,
    second_opinion: Second = "",
) -> None:
    """Try a pack on what was said before: matrices, flipped texts, missed alarms, the veto, speed. Ends with
    exit code 1 when an alarm would be missed or one of the eight vetoes stays quiet. 回测：漏警须为0。"""
    if bool(draft) == bool(corpus):
        fail("Name a draft on the gateway, or corpora with --corpus FILE", as_json=entry.as_json)
    if corpus:
        body = _here(corpus, rules, against, second_opinion, as_json=entry.as_json)
    else:

        async def run(api: Api) -> dict[str, Any]:
            return await _on_gateway(api, draft)

        body = entry.work(run)
    passed = not body["missed"] and not _short(body["veto_codes"], whole=not corpus)
    if entry.as_json:
        told({"ok": passed, **body}, "", as_json=True)
    else:
        _show_test(body)
        end = (
            "passed"
            if passed
            else "NOT passed: nothing goes on before no alarm is missed and each veto fires"
        )
        typer.echo(f"{end}; next: intake110 rules submit {draft}" if passed and draft else end)
    raise typer.Exit(0 if passed else 1)


def _here(files: list[Path], rules: Path, against: Path, second: str, *, as_json: bool) -> dict[str, Any]:
    model = model_of(second, as_json=as_json)
    try:
        tried_on = read_corpora({file.name: file.read_bytes() for file in files})
        draft, active = (beside(Triage.load(folder), model) for folder in (rules, against))
    except (OSError, RulePackError) as error:
        fail(str(error), as_json=as_json)
    if not tried_on.cases and not tried_on.vetoes:
        fail(f"no row can be read: {'; '.join(tried_on.faults)}", as_json=as_json)
    return encode(_judged(tried_on, active, draft, model.hash if model else None))


def _judged(tried_on: Corpora, active: Judge, draft: Judge, opinion: str | None) -> Result:
    tally, spent = Tally(), [0.0, 0.0]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=len(tried_on.cases) + len(tried_on.vetoes))
        for case in tried_on.cases:
            said: list[Said] = []
            for index, judge in enumerate((active, draft)):
                began = time.process_time()
                said.append(said_by(judge, case))
                spent[index] += (time.process_time() - began) * 1000
            tally.add(case, said[0], said[1])
            bar.advance(task)
        for sentence in tried_on.vetoes:
            tally.heard(sentence, quiet_on(active, sentence), quiet_on(draft, sentence))
            bar.advance(task)
    return tally.result(spent[1], spent[0], faults=tried_on.faults, opinion=opinion)


async def _on_gateway(api: Api, draft: str) -> dict[str, Any]:
    draft_id = await draft_id_of(api, draft)
    await api.request("StartBackTest", {"draft_id": draft_id})
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("the gateway judges", total=1.0)
        while True:
            known = (await api.get("/rules"))["drafts"]
            shown = next((one for one in known if one["draft_id"] == draft_id), None)
            if shown is None:
                raise GatewayRefusedError("unknown_draft", "the draft is gone: it was activated or withdrawn")
            if shown["testing"] is None:
                break
            bar.update(task, completed=shown["progress"] or 0.0)
            await SystemClock().sleep(LOOK_EVERY_S)
    if shown["test_fault"]:
        raise GatewayRefusedError("test_failed", shown["test_fault"])
    body: dict[str, Any] = await api.get(f"/rules/drafts/{draft_id}/test", limit="100")
    return body


def _show_test(body: Mapping[str, Any]) -> None:
    console = Console()
    for line in _summary(body):
        console.print(line, markup=False, highlight=False)
    if body["vetoes"]:
        console.print(_coverage(body["veto_codes"]))
    else:
        console.print(
            "no sentence for the veto: give --corpus conf/rules/corpus/vetoes.jsonl too  否决没有例句可试"
        )
    for name in ("classes", "natures", "departments"):
        if not body[name]:
            continue
        table = Table(name, "said", "active", "draft")
        cells = [cell for cell in body[name] if name == "classes" or cell["active"] != cell["draft"]]
        for cell in cells:
            table.add_row(cell["truth"], cell["said"] or "-", str(cell["active"]), str(cell["draft"]))
        console.print(table if cells else f"{name}: nothing changes (all cells: --json)")
    for flip in body["flips"][:SHOWN_FLIPS]:
        mark = "MISSED" if flip["missed"] else "flip"
        before, after = _codes(flip["active"]), _codes(flip["draft"])
        console.print(f"{mark}  {flip['name']}  {before} → {after}  “{flip['text']}”", markup=False)
    for quiet in body["quiet"][:SHOWN_FLIPS]:
        console.print(
            f"QUIET  {quiet['name']}  {', '.join(quiet['vetoes'])}  “{quiet['text']}”", markup=False
        )
    for fault in body["faults"]:
        console.print(f"left out: {fault}", markup=False)


def _summary(body: Mapping[str, Any]) -> list[str]:
    """What was tried and what stands in the way, a line each."""
    draft, active = body["agreement"], body["agreement_active"]
    agreement = f"类别与已定性一致 class as decided: draft {draft:.1%}, active {active:.1%}"
    if not body["decided"]:
        agreement = f"无人定性 nobody decided any: class as by the active pack {draft:.1%}"
    beside = "judged by the rules alone  仅规则"
    if body["opinion"]:
        kept = f"alarms that it alone kept from being missed: {body['caught']}"
        beside = f"judged with the second opinion {body['opinion'][:12]}; {kept}"
    of = f"stored calls: {body['calls']}; decided: {body['decided']}; ms a text: {body['speed']['ms_a_text']}"
    quiet = f"否决失声 veto quiet: {body['vetoes_missed']} of {body['vetoes']}"
    return [
        f"试用 texts: {body['texts']}; {of}",
        f"漏警 missed alarms: {body['missed']}; {quiet}; 改判 flipped: {body['flipped']}",
        agreement,
        beside,
    ]


def _codes(one: Mapping[str, Any]) -> str:
    """A verdict: its class, and the nature or department that belongs to it."""
    more = [code for code in (one["nature"], one["department"]) if code and code != "none"]
    return " ".join([one.get("class", one.get("alarm_class")), *more])


def _short(codes: Sequence[Mapping[str, Any]], *, whole: bool) -> list[str]:
    """Codes that miss a sentence or fire less often than the active pack; with `whole`, as before a draft may
    go on, those too of which the corpus has no sentence."""
    return [
        one["code"]
        for one in codes
        if one["missed"] or one["fired"] < one["active"] or (whole and not one["sentences"])
    ]


def _coverage(codes: Sequence[Mapping[str, Any]]) -> Table:
    """The veto code by code; a code without a sentence is not covered either."""
    table = Table("veto", "sentences", "fired", "missed", "active")
    for one in codes:
        counts = (str(one[name]) for name in ("sentences", "fired", "missed", "active"))
        table.add_row(one["code"], *counts, style="bold red" if one["missed"] else None)
    return table


async def draft_id_of(api: Api, name: str) -> str:
    """The whole id of a draft named by its beginning. Raises GatewayRefusedError."""
    known = [one["draft_id"] for one in (await api.get("/rules"))["drafts"]]
    fits = [draft_id for draft_id in known if draft_id.startswith(name)]
    if len(fits) != 1:
        how = "several drafts begin" if fits else "no draft under way begins"
        raise GatewayRefusedError("unknown_draft", f"{how} with {name}: see intake110 rules drafts")
    return str(fits[0])
