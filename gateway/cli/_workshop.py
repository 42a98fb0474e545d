"""`intake110 rules import | drafts | submit | approve | shadow | activate | rollback | history`.

Whatever changes the site's rules goes through the running gateway, signed in: its loop is the one writer, and
every step has a person. Comparing folders and trying them on a corpus needs no gateway (`_trial`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli import _opinions, _trial
from gateway.cli._gateway import Api, Entry, fail, on_gateway, told
from gateway.cli._trial import draft_id_of, folder_sources, named_sources
from gateway.clock import SystemClock, new_uuid
from gateway.rulebook.content import BadPack, changed_files, checked

Draft = Annotated[str, typer.Argument(help="Id of the draft, or as much of its beginning as fits one only.")]
Reason = Annotated[str, typer.Option(help="Why; it is journaled.")]


@on_gateway
def bring_in(
    entry: Entry,
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of packs, here; empty: the gateway's own conf/rules.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it changes, for the person who approves it.")] = "",
) -> None:
    """Make a draft of a folder; nothing is active by that. 把文件夹导入为草稿。"""
    ours = None if folder is None else folder_sources(folder, as_json=entry.as_json)
    try:
        checked(ours or {})
    except BadPack as error:
        fail(str(error), as_json=entry.as_json)

    async def work(api: Api) -> Any:
        data: dict[str, Any] = {"draft_id": new_uuid(SystemClock()), "note": note or "import"}
        if ours is None:
            data["origin"] = "folder"
        else:
            theirs = await named_sources(api, "active", as_json=entry.as_json)
            names = changed_files(theirs, ours)
            data["files"] = {name: ours[name].decode() if name in ours else None for name in names}
        return await api.request("OpenDraft", data)

    done = entry.work(work)
    told(
        {"ok": True, **done},
        f"draft {done['draft_id']}; next: intake110 rules backtest {done['draft_id']}",
        as_json=entry.as_json,
    )


def _step(kind: str, sentence: str, doc: str, **fixed: Any) -> Any:
    """A command that makes one request of one draft."""

    def command(
        entry: Entry,
        draft: Draft,
        reason: Reason = "",
    ) -> None:

        async def work(api: Api) -> Any:
            data = {"draft_id": await draft_id_of(api, draft), **fixed}
            if kind in ("SendBackDraft", "ActivateDraft"):
                data["reason"] = reason
            if kind == "ApproveDraft":
                shown = (await api.get("/rules"))["drafts"]
                data["hash"] = next(
                    one["content"]["hash"] for one in shown if one["draft_id"] == data["draft_id"]
                )
            return await api.request(kind, data)

        done = entry.work(work)
        told({"ok": True, **done}, sentence, as_json=entry.as_json)

    command.__doc__ = doc
    return on_gateway(command)


submit = _step(
    "SubmitDraft", "submitted: another person may approve it now  已提交，请另一人审批",
    "Ask a second person to approve a draft. 提交审批。",
)  # fmt: skip
approve = _step(
    "ApproveDraft", "approved  已批准", "Approve a draft that somebody else wrote. 批准他人的草稿。"
)
send_back = _step(
    "SendBackDraft", "sent back  已退回", "Send a draft back to its authors, with --reason. 退回草稿。"
)
shadow = _step(
    "StartShadow",
    "runs in shadow now  影子运行中",
    "Run an approved draft beside the active pack. 影子运行。",
)
stop_shadow = _step(
    "StopShadow", "runs in shadow no more  已停止影子运行", "Stop running a draft in shadow. 停止影子运行。"
)
activate = _step(
    "ActivateDraft", "active: open calls are judged again  已启用，进行中的来电重新研判",
    "Let an approved draft judge the calls from now on; --reason where it never ran in shadow. 启用。",
)  # fmt: skip
withdraw = _step(
    "WithdrawDraft", "withdrawn  已撤回", "Give a draft up; its content stays in the store. 撤回草稿。"
)


@on_gateway
def rollback(
    entry: Entry,
    reason: Reason = "",
) -> None:
    """Back to the pack before the active one, at once; open calls are judged again. 一键回退。"""

    async def work(api: Api) -> Any:
        await api.request("RollBack", {"reason": reason})
        return (await api.get("/rules"))["active"]

    active = entry.work(work)
    told(
        {"ok": True, "active": active},
        f"version {active['version']} judges again  已回退",
        as_json=entry.as_json,
    )


@on_gateway
def drafts(
    entry: Entry,
) -> None:
    """The active pack, drafts under way, and what stands before each. 当前规则与草稿。"""

    async def work(api: Api) -> dict[str, Any]:
        body: dict[str, Any] = await api.get("/rules")
        return body

    shown = entry.work(work)
    active = shown["active"]
    lines = ["no pack"]
    if active:
        lines = [f"active: version {active['version']}  {active['content']['hash'][:12]}"]
    lines += [] if shown["drafts"] else ["no draft under way  没有草稿"]
    for draft in shown["drafts"]:
        test = draft["test"]
        figures = (
            f"漏警 missed {test['missed']}, 否决失声 veto quiet {test['vetoes_missed']}"
            if test
            else "not tested  未回测"
        )
        lines.append(f"{draft['draft_id']}  {draft['status']}  {', '.join(draft['authors'])}  {figures}")
        lines.append(f"    {draft['note']}  ({', '.join(draft['changed']) or 'nothing changed'})")
    told(shown, "\n".join(lines), as_json=entry.as_json)


@on_gateway
def history(
    entry: Entry,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Steps, newest first.")] = 30,
) -> None:
    """Every step of the site's rules, as journaled. 规则变更历史。"""

    async def work(api: Api) -> dict[str, Any]:
        body: dict[str, Any] = await api.get("/rules/history", limit=str(limit))
        return body

    body = entry.work(work)
    lines = []
    for one in body["items"]:
        data = one["data"]
        why = " · ".join(str(data[name]) for name in ("note", "name", "reason") if data.get(name))
        draft = one["draft_id"] or ""
        lines.append(f"{one['at']}  {one['type']:14}  {one['actor'] or '-':12}  {draft:36}  {why}".rstrip())
    told(body, "\n".join(lines), as_json=entry.as_json)


SIGN_IN = "-u li --password-file ~/.intake110"
COMMANDS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("diff", _trial.diff, ("diff conf/rules /srv/new-rules", f"diff --rules conf/rules {SIGN_IN} --json")),
    (
        "backtest", _trial.backtest,
        ("backtest --corpus calls.jsonl --rules /srv/new-rules --json", f"backtest 0198c3 {SIGN_IN}"),
    ),
    ("import", bring_in, (f"import /srv/new-rules --note 春节 {SIGN_IN}", f"import {SIGN_IN}")),
    ("drafts", drafts, (f"drafts {SIGN_IN}",)),
    ("submit", submit, (f"submit 0198c3 {SIGN_IN}",)),
    ("approve", approve, (f"approve 0198c3 {SIGN_IN}",)),
    ("send-back", send_back, (f"send-back 0198c3 --reason 漏警 {SIGN_IN}",)),
    ("withdraw", withdraw, (f"withdraw 0198c3 {SIGN_IN}",)),
    ("shadow", shadow, (f"shadow 0198c3 {SIGN_IN}",)),
    ("stop-shadow", stop_shadow, (f"stop-shadow 0198c3 {SIGN_IN}",)),
    ("activate", activate, (f"activate 0198c3 {SIGN_IN} --json",)),
    ("rollback", rollback, (f"rollback --reason 误判增多 {SIGN_IN} --json",)),
    ("opinion", _opinions.show, (f"opinion {SIGN_IN}",)),
    (
        "install-opinion", _opinions.install,
        (f"install-opinion /srv/model --reason 用今年的来电训练 {SIGN_IN}", f"install-opinion {SIGN_IN}"),
    ),
    ("history", history, (f"history --limit 10 {SIGN_IN}",)),
)  # fmt: skip
"""Name, command, and examples of its use."""


def add_to(app: typer.Typer) -> None:
    for name, command, examples in COMMANDS:
        shown = "  ·  ".join(f"intake110 rules {example}" for example in examples)
        app.command(name, epilog=f"Examples:  {shown}")(command)
