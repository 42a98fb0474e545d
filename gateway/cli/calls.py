"""`intake110 calls`: one call's sheet, to print or to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli._gateway import Api, Entry, fail, on_gateway, told

app = typer.Typer(no_args_is_help=True, help="One call: its sheet (接警单), to print or to keep.")


@app.callback()
def calls() -> None:
    """One call."""


@app.command()
@on_gateway
def sheet(
    call_id: Annotated[str, typer.Argument(help="The call's id.")],
    *,
    entry: Entry,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write; it is not overwritten.")],
    purpose: Annotated[str, typer.Option(help="What it is for: written down, and on the paper.")],
    english: Annotated[bool, typer.Option("--english", help="In English; usual: in Chinese.")] = False,
) -> None:
    """Write a call's sheet (接警单) as one page of HTML, made for print; who asks and why is journaled.

    Example: intake110 calls sheet demo-pbx1-1767600000.1 --out sheet.html --purpose archive -u zhang.san
    """
    if out.exists():
        fail(f"--out {out} is there already: choose another name", as_json=entry.as_json)
    name, lang = quote(call_id, safe=""), "en" if english else "zh-CN"

    async def fetched(api: Api) -> str:
        await api.post(f"/calls/{name}/sheets", {"purpose": purpose})
        return await api.page(f"/calls/{name}/sheet", lang=lang)

    page = entry.work(fetched)
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        fail(f"--out {out}: {error.strerror}", as_json=entry.as_json)
    told({"ok": True, "file": str(out), "bytes": len(page.encode())}, f"{out}", as_json=entry.as_json)
