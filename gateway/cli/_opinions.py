"""`intake110 rules opinion | install-opinion`: the second opinion of a running gateway, and another one."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli._gateway import Api, Entry, GatewayRefusedError, fail, on_gateway, told
from gateway.triage.classifier import CARD, WEIGHTS, ModelFileError, files_of, made_of


@on_gateway
def show(entry: Entry) -> None:
    """The second opinion in use, whether the gateway's folder holds another one, and those installed before.
    正在使用的第二意见模型。"""

    async def work(api: Api) -> Any:
        return await api.get("/rules/opinions")

    shown = entry.work(work)
    lines = [_in_use(shown)]
    if shown["fault"]:
        lines.append(f"! it is not asked: {shown['fault']}")
    if shown["folder_differs"]:
        lines.append(f"! the folder holds another one ({shown['folder_hash'][:12]}): rules install-opinion")
    for one in shown["items"]:
        by, mark = one["created_by"] or "-", "  in use" if one["in_use"] else ""
        lines.append(f"  {one['hash'][:12]}  {one['created_at']}  {by}{mark}")
    told(shown, "\n".join(lines), as_json=entry.as_json)


def _in_use(shown: dict[str, Any]) -> str:
    if not shown["wanted"]:
        return "none is wanted: [triage] second_opinion is not in gateway.toml"
    used = shown["in_use"]
    if used is None:
        return "none is in use: the rules judge alone"
    by = f"installed by {used['by']}" if used["by"] else "taken from the folder"
    return f"{used['name']} {used['hash'][:12]}, taught with {used['examples']} calls, {by} {used['at']}"


@on_gateway
def install(
    entry: Entry,
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder that `rules train` wrote, here; empty: the gateway's own folder."),
    ] = None,
    digest: Annotated[
        str, typer.Option("--hash", help="One that was installed before, by the beginning of its hash.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; it is journaled.")] = "",
) -> None:
    """Let another second opinion stand beside the rules, without a restart; drafts must be tested again. One
    that fails its check is refused and the old one stays. 换用第二意见模型，不需重新启动。"""
    if folder is not None and digest:
        fail("Name a folder or --hash, not both", as_json=entry.as_json)
    body: dict[str, Any] = {"reason": reason}
    if folder is not None:
        try:
            files = files_of(folder)
            made_of(files, folder)
        except ModelFileError as error:
            fail(str(error), as_json=entry.as_json, code="unusable_model")
        body |= {"card": files[CARD].decode(), "weights": base64.b64encode(files[WEIGHTS]).decode()}

    async def work(api: Api) -> Any:
        if digest:
            body["hash"] = await _whole(api, digest)
        return await api.post("/rules/opinions", body)

    done = entry.work(work)
    told({"ok": True, **done}, f"{done['name']} stands beside the rules now", as_json=entry.as_json)


async def _whole(api: Api, beginning: str) -> str:
    known = [one["hash"] for one in (await api.get("/rules/opinions"))["items"]]
    fits = [digest for digest in known if digest.startswith(beginning)]
    if len(fits) != 1:
        how = "several models begin" if fits else "no model known begins"
        raise GatewayRefusedError("unknown_opinion", f"{how} with {beginning}: see intake110 rules opinion")
    return str(fits[0])
