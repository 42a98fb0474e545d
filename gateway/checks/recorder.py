"""A test recording by the dialplan's own subroutine: does the PBX write where the gateway looks?

The manager account may not start a recorder by itself (MixMonitor needs the right `system`), and need not:
the test
channel runs `intake110-record` as every call does. A dialplan of somebody's own has no such context: then
it is said
that nothing was proved.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from gateway.archive.recording import PARTS
from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.checks.talk import Talk
from gateway.config import PbxConfig

SUBROUTINE = "intake110-record"
FILE_WITHIN_S = 2.0
LOOK_EVERY_S = 0.1
WAV_HEADER_BYTES = 44


class Recorder:
    """The test recording of one PBX. Its name begins with `_`, which no unique id of a call does, and is
    always the
    same: where we may not delete, one such recording lies about and is taken for no call.
    """

    def __init__(self, pbx: PbxConfig, talk: Talk) -> None:
        self._pbx, self._talk = pbx, talk
        self.call = f"_intake110-check-{pbx.name}"
        self.offered = False
        """The dialplan has the subroutine."""
        self._before = {folder.local: 0.0 for folder in pbx.recordings}

    async def look(self) -> None:
        answer = await self._talk.action("ShowDialPlan", {"Context": SUBROUTINE}, "ShowDialPlanComplete")
        self.offered = answer.ok
        for local in self._before:
            self._before[local] = await in_thread(partial(_changed, local / f"{self.call}-mix.wav"))

    async def line(self, name: str) -> Line:
        """To be asked after the sound has passed."""
        if not self._pbx.recordings:
            return warn(
                name,
                "没有配置录音文件夹：网关不能取录音",
                "no recording folder is configured: the gateway cannot fetch recordings",
                "写 [[pbx.recordings]] 的 pbx 和 local",
                "write pbx and local of [[pbx.recordings]]",
            )
        started = self._talk.told(
            lambda m: m.get("UserEvent") == "RecordStart" and m.get("CallId") == self.call
        )
        if not self.offered or started is None:
            return warn(
                name,
                "交换机没有 intake110-record（自有拨号方案）：录音是否写到所配文件夹未证明",
                "the PBX has no intake110-record (a dialplan of your own): not proved that recordings "
                "come into the folder",
                "拨一个测试电话，看文件夹里是否出现录音",
                "ring once, and look for the recording in the folder",
            )
        written = PurePosixPath(unquote(started.get("File") or ""))
        for folder in self._pbx.recordings:
            if written.is_relative_to(folder.pbx):
                return await self._seen(
                    name, written, folder.local / written.relative_to(folder.pbx), self._before[folder.local]
                )
        return fail(
            name,
            f"拨号方案录到 {written.parent}，不在任何 [[pbx.recordings]] 的 pbx 之下",
            f"the dialplan records into {written.parent}, which is under no pbx of [[pbx.recordings]]",
            "使 [[pbx.recordings]] 的 pbx 与 I110_RECORDINGS 一致",
            "make pbx of [[pbx.recordings]] the same as I110_RECORDINGS",
        )

    async def _seen(self, name: str, written: PurePosixPath, local: Path, before: float) -> Line:
        for _ in range(round(FILE_WITHIN_S / LOOK_EVERY_S)):
            if await in_thread(partial(_changed, local)) > before:
                break
            await self._talk.clock.sleep(LOOK_EVERY_S)
        else:
            return fail(
                name,
                f"交换机录到 {written}，{local.parent} 中却没有出现",
                f"the PBX records into {written}, but nothing appeared in {local.parent}",
                "两者是同一文件夹吗（挂载）？Asterisk 能写入吗？",
                "is it the same folder (mount)? May Asterisk write there?",
            )
        if not await in_thread(partial(_readable, local)):
            return fail(
                name,
                f"测试录音 {local} 存在但不能读取",
                f"the test recording {local} is there but cannot be read",
                "把网关的用户加入 asterisk 组",
                "put the gateway's user into the group asterisk",
            )
        if await in_thread(partial(_removed, local)):
            return ok(
                name,
                f"交换机的测试录音在 {local.parent} 中可见可读",
                f"a test recording of the PBX appeared in {local.parent} and can be read",
            )
        return ok(
            name,
            f"交换机的测试录音在 {local.parent} 中可见可读；无权删除，{local.name} 等三个文件留下",
            f"a test recording of the PBX appeared in {local.parent} and can be read; not ours to "
            f"delete, {local.name} and its two parts stay",
        )


def _changed(file: Path) -> float:
    """When there is sound in it; 0 while there is not."""
    try:
        found = file.stat()
    except OSError:
        return 0.0
    return found.st_mtime if found.st_size > WAV_HEADER_BYTES else 0.0


def _readable(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(4) == b"RIFF"
    except OSError:
        return False


def _removed(mixed: Path) -> bool:
    try:
        for part in PARTS:
            mixed.with_name(mixed.name.replace("-mix.wav", f"-{part}.wav")).unlink(missing_ok=True)
    except OSError:
        return False
    return True
