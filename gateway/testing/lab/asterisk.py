"""A private Asterisk: its configuration folder, its process, its command line."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from gateway.programs import Program
from gateway.testing.lab.ami import LabAmi
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.service import Service, free_port, give

LAB_USER = "lab"
"""The laboratory's own AMI account, with every right, for driving and looking."""
LAB_SECRET = "lab-only"

CLI_SECONDS = 10.0
"""A command line that has not answered by then has failed."""

EMPTY_FILES = (
    "acl",
    "amd",
    "ccss",
    "udptl",
    "pjproject",
    "stasis",
    "cli_aliases",
    "dnsmgr",
    "dsp",
    "resolver_unbound",
)
"""Asterisk complains about these when they are missing; empty they mean their defaults."""


class Asterisk:
    """`name` becomes the systemname, so it must be unique among running ones: uniqueids begin with it."""

    def __init__(
        self, name: str, folder: Path, *, cache: Cache | None = None, as_user: str | None = None
    ) -> None:
        self.name = name
        self.folder = folder.resolve()
        self.ami_port = free_port()
        self._program = (cache or Cache()).program("asterisk")
        folder.mkdir(parents=True, exist_ok=True)
        self.service = Service(name, folder / "console.log", as_user=as_user)
        self.log_dir = self.folder / "log"
        self._as_user = as_user if os.getuid() == 0 else None

    async def launch(self, files: Mapping[str, str]) -> None:
        """Write the configuration and start; ready when AMI lets us in and says FullyBooted."""
        etc = self.folder / "etc"
        for name in ("etc", "run", "log", "log/cdr-custom", "log/cel-custom", "spool", "lib", "db", "keys"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        everything = {f"{name}.conf": "" for name in EMPTY_FILES} | self._basics() | dict(files)
        for name, text in everything.items():
            (etc / name).write_text(text)
        self._copy_indications(etc)
        if self._as_user:
            give(self.folder, self._as_user)
        await self.service.start(
            self._program, ["-C", str(etc / "asterisk.conf"), "-f"], self._booted, cwd=self.folder
        )

    async def ami(self) -> LabAmi:
        """A new connection with every right."""
        client = LabAmi()
        await client.connect(self.ami_port, LAB_USER, LAB_SECRET)
        return client

    async def cli(self, command: str) -> str:
        """What Asterisk's command line answers."""
        process = await asyncio.create_subprocess_exec(
            *self._program.argv,
            "-C",
            str(self.folder / "etc/asterisk.conf"),
            "-rx",
            command,
            env=self._program.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(CLI_SECONDS):
            output, _ = await process.communicate()
        return output.decode("utf-8", "replace")

    async def stop(self) -> None:
        await self.service.stop()

    async def kill(self) -> None:
        """kill -9: no Hangup event, no CDR, recordings with a broken header."""
        await self.service.kill()

    async def _booted(self) -> bool:
        client = LabAmi()
        try:
            await client.connect(self.ami_port, LAB_USER, LAB_SECRET)
            await client.wait(lambda event: event.get("Event") == "FullyBooted", seconds=5.0)
        except (OSError, TimeoutError):
            return False
        finally:
            await client.close()
        return True

    def _basics(self) -> dict[str, str]:
        data, modules = asterisk_folders(self._program)
        return {
            "asterisk.conf": ASTERISK_CONF.format(
                folder=self.folder, data=data, modules=modules, name=self.name
            ),
            "logger.conf": LOGGER_CONF,
            "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 29998\nstrictrtp = yes\nicesupport = no\n",
            "musiconhold.conf": f"[default]\nmode = files\ndirectory = {data}/sounds/en\n",
            "manager.conf": manager_conf(self.ami_port),
        }

    def _copy_indications(self, etc: Path) -> None:
        source = (self._program.root or Path("/")) / "etc/asterisk/indications.conf"
        if source.exists():
            shutil.copy(source, etc / "indications.conf")


def asterisk_folders(program: Program) -> tuple[Path, Path]:
    """Where this Asterisk keeps its sounds (data) and its modules."""
    root = program.root or Path("/")
    modules = next(
        iter(sorted(root.glob("usr/lib/*/asterisk/modules")) or sorted(root.glob("usr/lib/asterisk/modules")))
    )
    return root / "usr/share/asterisk", modules


def manager_conf(port: int) -> str:
    """The laboratory's own account; a PBX adds the gateway's."""
    return (
        f"[general]\nenabled = yes\nwebenabled = no\nport = {port}\nbindaddr = 127.0.0.1\nauthtimeout = 10\n"
        "authlimit = 50\nallowmultiplelogin = yes\ndisplayconnects = no\ntimestampevents = yes\n"
        f"[{LAB_USER}]\nsecret = {LAB_SECRET}\ndeny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.0/255.0.0.0\n"
        "read = all\nwrite = all\nwritetimeout = 5000\n"
        "eventfilter = !Event: RTCPSent\neventfilter = !Event: RTCPReceived\n"
    )


def include(path: Path) -> str:
    """An Asterisk #include of a file wherever it lies."""
    return f'#include "{path}"\n'


ASTERISK_CONF = """\
[directories]
astetcdir => {folder}/etc
astmoddir => {modules}
astvarlibdir => {folder}/lib
astdbdir => {folder}/db
astkeydir => {folder}/keys
astdatadir => {data}
astagidir => {folder}/lib
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
[options]
systemname = {name}
verbose = 3
nocolor = yes
dontwarn = yes
transmit_silence = yes
live_dangerously = no
[files]
astctl = asterisk.ctl
"""

LOGGER_CONF = """\
[general]
dateformat = %F %T.%3q
queue_log = no
[logfiles]
full => notice,warning,error,verbose
"""
