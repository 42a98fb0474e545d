"""The services' cache: real Asterisk, mosquitto, PostgreSQL, Chromium, espeak-ng and sipp, not installed.

A program is taken, in this order, from the system (when the installed version is suitable), from the cache,
or from packages of the host's own apt configuration, unpacked without root into
`$XDG_CACHE_HOME/intake110/<layout>-<distribution>-<architecture>/<group>/`. A group is made in a folder
beside its place and renamed into it, under a lock: two makers never clash, a killed one leaves nothing
half-made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from gateway.programs import Program, cache_home
from gateway.testing.lab.apt import Apt, PackageError
from gateway.testing.lab.groups import GROUPS, Group, system_program

LAYOUT = "1"
"""Raised when what a group holds or how it is laid out changes: an old cache is then simply not looked at."""

MAKERS = 2
"""Groups fetched and unpacked at one time."""

Say = Callable[[str], None]


class CacheError(Exception):
    """The services' cache cannot be filled: {what}. Cure: {cure}"""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"The services' cache cannot be filled: {what}. Cure: {cure}")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


class Cache:
    """Finds programs, fetching what is missing. `use_installed=False` leaves the system's own aside."""

    def __init__(
        self, root: Path | None = None, *, say: Say = _say, use_installed: bool = True, apt: Apt | None = None
    ) -> None:
        self._apt = apt or Apt()
        self._say = say
        self._use_installed = use_installed
        self.root = (
            root or cache_home() / "intake110" / f"{LAYOUT}-{self._apt.distribution}-{self._apt.architecture}"
        )

    def ensure(self, *groups: str) -> None:
        """Make these groups ready, several at once. Raises CacheError, which names what failed."""
        missing = [GROUPS[name] for name in groups if not self._ready(GROUPS[name])]
        if not missing:
            return
        with ThreadPoolExecutor(MAKERS) as makers:
            for outcome in [makers.submit(self._make, group) for group in missing]:
                outcome.result()

    def program(self, name: str) -> Program:
        """How to start `name` (asterisk, mosquitto, postgres, initdb, chromium, …); fetched when missing."""
        group = next(group for group in GROUPS.values() if name in group.programs)
        if self._use_installed and (installed := system_program(group, name)):
            return installed
        self.ensure(group.name)
        return group.unpacked(name, self.root / group.name)

    def folder(self, group: str) -> Path | None:
        """Where the unpacked group lies, None when the system's own is used."""
        folder = self.root / group
        return folder if folder.is_dir() else None

    def _ready(self, group: Group) -> bool:
        if self._use_installed and all(system_program(group, name) for name in group.programs):
            return True
        return (self.root / group.name).is_dir()

    def _make(self, group: Group) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with self._lock(group.name):
            if (self.root / group.name).is_dir():
                return
            self._say(f"fetching {group.name} ({', '.join(group.packages)}) into {self.root}")
            workspace = Path(tempfile.mkdtemp(prefix=f".making-{group.name}-", dir=self.root))
            try:
                self._unpack(group, workspace)
                os.rename(workspace / "root", self.root / group.name)
            finally:
                shutil.rmtree(workspace, ignore_errors=True)
            self._say(f"{group.name} is ready")

    def _unpack(self, group: Group, workspace: Path) -> None:
        target = workspace / "root"
        target.mkdir()
        try:
            packages = self._apt.fetch(group.packages, workspace / "apt", newest=group.newest)
            self._apt.unpack(packages, target)
        except PackageError as error:
            raise CacheError(
                f"package {error.package} (for {group.name}): {error.reason}", error.cure
            ) from error
        group.finish(target)
        _readable_by_all(target)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        """One maker at a time a group; a second waits here for the first and then finds the work done."""
        with (self.root / f".{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _readable_by_all(folder: Path) -> None:
    folder.chmod(0o755)
    subprocess.run(["/bin/chmod", "-R", "a+rX,u+w", str(folder)], check=True)
