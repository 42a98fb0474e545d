"""`intake110 users`: who may sign in to the pages."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from gateway import config
from gateway.clock import SystemClock
from gateway.store import users as queries
from gateway.store.database import Database
from gateway.store.store import open_store
from gateway.store.users import UserRow
from gateway.web import accounts
from gateway.web.roles import ROLES

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the pages.")
T = TypeVar("T")

Configuration = Annotated[
    Path, typer.Option("-c", "--config", help="gateway.toml, which names the database.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of input.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")]
CONF = Path("conf/gateway.toml")
GENERATED_BYTES = 12


@app.command()
def add(
    username: str,
    role: Annotated[list[str], typer.Option("--role", help=f"One or more of: {', '.join(ROLES)}.")],
    name: Annotated[str, typer.Option("--name", help="The name that pages show.")] = "",
    language: Annotated[str, typer.Option(help="zh-CN or en.")] = "zh-CN",
    department: Annotated[
        str | None, typer.Option(help="Whose work orders a user with the role department sees.")
    ] = None,
    password_stdin: FromInput = False,
    generate: Generate = False,
    as_json: Json = False,
    configuration: Configuration = CONF,
) -> None:
    """Add a user.

    Examples:
      intake110 users add wang --role call_taker --name 王警官 --generate
      intake110 users add labour1 --role department --department labour_bureau --generate
    """
    password = _password(password_stdin, generate)

    async def work(database: Database) -> UserRow:
        return await accounts.create_user(
            database, username=username, password=password, roles=role, display_name=name, language=language,
            department=department, clock=SystemClock(),
        )  # fmt: skip

    row = _run(configuration, work)
    _tell(as_json, {**_shown(row), **({"password": password} if generate else {})}, f"added {username}")
    if generate and not as_json:
        typer.echo(f"password (shown this once): {password}")


@app.command("list")
def list_users(as_json: Json = False, configuration: Configuration = CONF) -> None:
    """List the users with their roles."""
    rows = _run(configuration, lambda database: database.read(queries.list_users))
    if as_json:
        typer.echo(json.dumps([_shown(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        typer.echo(
            f"{row.username:20} {row.display_name:20} {row.roles}{'  (disabled)' if row.disabled else ''}"
        )


@app.command()
def passwd(
    username: str,
    password_stdin: FromInput = False,
    generate: Generate = False,
    as_json: Json = False,
    configuration: Configuration = CONF,
) -> None:
    """Give a user another password; it is signed out everywhere."""
    password = _password(password_stdin, generate)
    _run(configuration, lambda database: accounts.change_password(database, username, password))
    shown = {"username": username, **({"password": password} if generate else {})}
    _tell(as_json, shown, f"changed the password of {username}")
    if generate and not as_json:
        typer.echo(f"password (shown this once): {password}")


@app.command()
def disable(
    username: str,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user sign in again.")] = False,
    as_json: Json = False,
    configuration: Configuration = CONF,
) -> None:
    """Sign a user out and keep it out. Users are never deleted: their name stands beside what they did."""
    _run(configuration, lambda database: accounts.set_disabled(database, username, not undo))
    _tell(
        as_json,
        {"username": username, "disabled": not undo},
        f"{'enabled' if undo else 'disabled'} {username}",
    )


def _password(from_input: bool, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(GENERATED_BYTES)
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


def _run(configuration: Path, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        settings = config.load(configuration)
        settings.gateway.state_dir.mkdir(parents=True, exist_ok=True)
        store = await open_store(settings.store_url())
        try:
            return await work(store.database)
        finally:
            await store.close()

    return asyncio.run(run())


def _shown(row: UserRow) -> dict[str, Any]:
    return {
        "username": row.username,
        "display_name": row.display_name,
        "roles": row.roles.split(),
        "language": row.language,
        "department": row.department,
        "disabled": row.disabled,
    }


def _tell(as_json: bool, body: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else sentence)
