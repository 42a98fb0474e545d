"""Programs that we start but do not bring: the system's own, or unpacked in the services' cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command: the words before its own arguments, what its environment needs, its root (None: /)."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None

    def environment(self) -> dict[str, str]:
        """The present environment with what this program needs."""
        return {**os.environ, **self.env}


def cache_home() -> Path:
    """Where caches belong: root's lies outside its closed home, so that another user can read it."""
    if configured := os.environ.get("XDG_CACHE_HOME"):
        return Path(configured)
    return Path("/var/cache") if os.getuid() == 0 else Path.home() / ".cache"


def library_folders(root: Path) -> list[Path]:
    """Where an unpacked root keeps shared libraries, in search order."""
    places = ["usr/lib/*-linux-gnu", "lib/*-linux-gnu"]
    below = ["", "/pulseaudio", "/blas", "/lapack"]
    return [folder for tail in below for place in places for folder in sorted(root.glob(place + tail))]


def espeak_environment(root: Path) -> dict[str, str]:
    """What an unpacked espeak-ng needs beside its libraries: where its voices lie."""
    data = next(iter(root.glob("usr/**/espeak-ng-data")), None)
    return {"ESPEAK_DATA_PATH": str(data.parent)} if data else {}


def find_espeak() -> Program | None:
    """espeak-ng as installed, else as a demonstration left it in the services' cache."""
    if path := shutil.which("espeak-ng", path=f"{os.environ.get('PATH', '')}:/usr/local/bin:/usr/bin"):
        return Program(argv=(path,))
    for root in sorted((cache_home() / "intake110").glob("*/espeak-ng"), reverse=True):
        if (path := str(root / "usr/bin/espeak-ng")) and os.access(path, os.X_OK):
            libraries = ":".join(map(str, library_folders(root)))
            env = {"LD_LIBRARY_PATH": libraries, **espeak_environment(root)}
            return Program(argv=(path,), env=env, root=root)
    return None
