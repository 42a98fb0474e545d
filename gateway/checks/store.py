"""The database: reachable, writable, and of a version that this program understands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ArgumentError

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import Config, ConfigError
from gateway.ports import StoreUnavailable
from gateway.store.database import Database, open_database
from gateway.store.migrate import NEWEST, TooNew, version

NAME = "database"


class _RollBack(Exception):
    """The trial write worked and is taken back."""


async def database(config: Config) -> AsyncIterator[Line]:
    try:
        url = config.store_url()
        kind, file = _where(url)
        opened = None if file is not None and not await in_thread(file.exists) else open_database(url)
    except (ConfigError, ValueError, ArgumentError) as error:
        yield fail(
            NAME,
            f"store.url 不可用：{error}",
            f"store.url cannot be used: {error}",
            "写 sqlite:///文件 或 postgresql://用户@主机/库",
            "write sqlite:///file or postgresql://user@host/name",
        )
        return
    if opened is None:
        yield ok(
            NAME,
            f"{file} 尚不存在，首次启动时建立",
            f"{file} does not exist yet; it is made at the first start",
        )
        return
    try:
        yield await _tried(opened, kind)
    finally:
        await opened.close()


def _where(url: str) -> tuple[str, Path | None]:
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    return kind, Path(parsed.database) if kind == "sqlite" and parsed.database else None


async def _tried(opened: Database, kind: str) -> Line:
    try:
        present = await opened.read(version)
        await _write_and_take_back(opened)
    except StoreUnavailable as error:
        return fail(
            NAME,
            f"数据库不应答或拒绝写入：{error}",
            f"the database does not answer or refuses to be written: {error}",
            "启动数据库；检查 store.url 的主机、用户、库名和权限",
            "start it; look at host, user, name and rights in store.url",
        )
    if present is None:
        return ok(
            NAME,
            f"{kind} 可写，尚无表，首次启动时建立",
            f"{kind} can be written; its tables are made at the first start",
        )
    if present > NEWEST:
        return fail(
            NAME,
            f"数据库由更新的版本写成（{present}，本程序 {NEWEST}）",
            f"tables are of version {present}, this program knows {NEWEST}",
            "安装写它的那个版本，或恢复备份",
            str(TooNew.__doc__),
        )
    if present < NEWEST:
        return warn(
            NAME,
            f"{kind} 可写，表为旧版 {present}，启动时升级到 {NEWEST}",
            f"{kind} can be written; its tables go from {present} to {NEWEST} at the next start",
            "启动前备份数据库",
            "back the database up before the start",
        )
    return ok(
        NAME, f"{kind} 可写，表为当前版本 {NEWEST}", f"{kind} can be written, tables are of version {NEWEST}"
    )


async def _write_and_take_back(opened: Database) -> None:
    def trial(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE intake110_check (n INTEGER)"))
        raise _RollBack

    with suppress(_RollBack):
        await opened.write(trial)
