"""What a PBX writes to disk and the gateway reads: the recording folders, the event and the call records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import PbxConfig


async def files(pbx: PbxConfig) -> AsyncIterator[Line]:
    name = f"files.{pbx.name}"
    for folder in pbx.recordings:
        yield await in_thread(partial(_folder, f"{name}.recordings", folder.local))
    for key, file in (("cel_csv", pbx.cel_csv), ("cdr_csv", pbx.cdr_csv)):
        yield await in_thread(partial(_records, f"{name}.{key}", key, file))


def _folder(name: str, folder: Path) -> Line:
    try:
        count = sum(1 for entry in folder.iterdir() if entry.suffix == ".wav")
    except OSError as error:
        return fail(
            name,
            f"录音文件夹 {folder} 不能查看（{error.strerror}）",
            f"the recording folder {folder} cannot be looked into ({error.strerror})",
            "挂载它；把网关的用户加入 asterisk 组",
            "mount it; put the gateway's user into the group asterisk",
        )
    return ok(
        name,
        f"录音文件夹 {folder} 可以查看，有 {count} 个录音文件",
        f"the recording folder {folder} can be looked into, {count} files in it",
    )


def _records(name: str, key: str, file: Path | None) -> Line:
    cure = ("按 dialplans/README.md 第 6 步", "dialplans/README.md, step 6")
    if file is None:
        return warn(
            name,
            f"没有配置 {key}：链路中断期间的通话不能从记录补全",
            f"{key} is not configured: what was missed during a gap is not found there",
            *cure,
        )
    try:
        with file.open("rb") as opened:
            empty = not opened.read(1)
    except FileNotFoundError:
        return warn(
            name,
            f"{file} 还不存在（第一个电话后生成）",
            f"{file} does not exist yet (the first call makes it)",
            *cure,
        )
    except OSError as error:
        return fail(
            name,
            f"{file} 不能读取（{error.strerror}）",
            f"{file} cannot be read ({error.strerror})",
            "把网关的用户加入 asterisk 组",
            "put the gateway's user into the group asterisk",
        )
    return (
        warn(name, f"{file} 是空的", f"{file} is empty", *cure)
        if empty
        else ok(name, f"{file} 可读", f"{file} can be read")
    )
