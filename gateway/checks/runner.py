"""Runs the families beside each other, each within its limit, and gives their lines in a fixed order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from gateway.checks.line import Family, Line, fail

FAMILY_WITHIN_S = 16.0
"""What a family has not said by then is told as a failure; lines it gave before stand."""
MAX_LINES = 200
"""Lines of one family; more are cut."""

T = TypeVar("T")


async def run(families: Sequence[Family], *, within_s: float = FAMILY_WITHIN_S) -> AsyncIterator[Line]:
    """Every line, family by family in the given order, as soon as that family is done."""
    tasks = [asyncio.create_task(_one(family, within_s)) for family in families]
    try:
        for task in tasks:
            for line in await task:
                yield line
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _one(family: Family, within_s: float) -> list[Line]:
    lines: list[Line] = []
    work = asyncio.create_task(_collect(family, lines))
    try:
        await asyncio.wait({work}, timeout=within_s)
        if not work.done():
            lines.append(_late(family, within_s))
        elif error := work.exception():
            lines.append(_broken(family, error))
    finally:
        work.cancel()
        await asyncio.wait({work}, timeout=1.0)
    return lines


async def _collect(family: Family, lines: list[Line]) -> None:
    async for line in family.run():
        if len(lines) < MAX_LINES:
            lines.append(line)


def _late(family: Family, within_s: float) -> Line:
    return fail(
        family.name,
        f"{within_s:g} 秒内没有完成",
        f"not done within {within_s:g} s",
        "看上一行停在哪里：那里的服务、磁盘或网络不应答",
        "look where the line above stops: a service, disk or network there does not answer",
    )


def _broken(family: Family, error: BaseException) -> Line:
    return fail(
        family.name,
        f"检查本身出错：{error!r}",
        f"the check itself failed: {error!r}",
        "请把这一行报告给开发者",
        "report this line to the developers",
    )


async def in_thread(work: Callable[[], T]) -> T:
    """`work` in a daemon thread: one that hangs (a dead network disk) keeps nobody from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def body() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as caught:  # noqa: BLE001 - carried over to whoever waits
            error = caught
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=body, daemon=True, name="check").start()
    return await future
