"""What the services' cache can hold, and how each program is started from where it lies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.programs import Program, espeak_environment, library_folders

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
OLDEST_ASTERISK = (18, 14)
"""res_geolocation came with 18.14; older ones cannot hand over a location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Packages that are fetched together. `programs` maps a name to where it lies under the root (a glob)."""

    name: str
    packages: tuple[str, ...]
    programs: Mapping[str, str]
    newest: bool = False
    suitable: Callable[[str], bool] = lambda path: True
    finish: Callable[[Path], None] = lambda root: None
    extra_env: Callable[[Path], dict[str, str]] = lambda root: {}

    def unpacked(self, name: str, root: Path) -> Program:
        """How to start `name` from the unpacked `root`: with its own loader when it brings one."""
        path = next(iter(sorted(root.glob(self.programs[name]))), None)
        if path is None:
            raise FileNotFoundError(f"{root} holds no {name}: remove that folder and start again")
        libraries = ":".join(str(folder) for folder in library_folders(root))
        loader = next(iter(root.glob("usr/lib*/ld-linux*.so.*")), None)
        if loader:
            return Program(argv=(str(loader), "--library-path", libraries, str(path)), root=root)
        return Program(
            argv=(str(path),), env={"LD_LIBRARY_PATH": libraries, **self.extra_env(root)}, root=root
        )


def system_program(group: Group, name: str) -> Program | None:
    """The installed program, when there is one and it is suitable."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}")
    if path is None and group.name == "postgresql":
        path = next(
            (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
        )
    return Program(argv=(path,)) if path and group.suitable(path) else None


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _suitable_asterisk(path: str) -> bool:
    """New enough, and with the module that a live tap needs (some distributions package it apart)."""
    found = re.search(r"Asterisk (\d+)\.(\d+)", _output(path, "-V"))
    if not found or (int(found[1]), int(found[2])) < OLDEST_ASTERISK:
        return False
    return any(Path("/usr/lib").glob("**/asterisk/modules/chan_audiosocket.so"))


def _finish_asterisk(root: Path) -> None:
    """The sounds' default language is a link that the package's own script would make."""
    sounds = root / "usr/share/asterisk/sounds"
    if (sounds / "en_US_f_Allison").is_dir() and not (sounds / "en").exists():
        (sounds / "en").symlink_to("en_US_f_Allison")


def _finish_fonts(root: Path) -> None:
    """A font configuration that sees this folder's fonts beside the system's."""
    root.joinpath("fonts.conf").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <dir prefix="relative">usr/share/fonts</dir>\n  <dir>/usr/share/fonts</dir>\n'
        '  <cachedir prefix="xdg">fontconfig</cachedir>\n</fontconfig>\n'
    )


def _suitable_chromium(path: str) -> bool:
    """Ubuntu's `chromium` is a script that asks for a snap."""
    return _output(path, "--version").lower().startswith(("chromium", "google chrome")) and bool(
        _output("fc-list", ":lang=zh-cn").strip()
    )


GROUPS: Mapping[str, Group] = {
    group.name: group
    for group in (
        Group(
            name="asterisk",
            packages=("asterisk",),
            programs={"asterisk": "usr/sbin/asterisk"},
            newest=True,
            suitable=_suitable_asterisk,
            finish=_finish_asterisk,
        ),
        Group(name="mosquitto", packages=("mosquitto",), programs={"mosquitto": "usr/sbin/mosquitto"}),
        Group(
            name="postgresql",
            packages=("postgresql",),
            programs={name: f"usr/lib/postgresql/*/bin/{name}" for name in ("postgres", "initdb")},
        ),
        Group(
            name="chromium",
            packages=("chromium", "fonts-noto-cjk", "fontconfig"),
            programs={"chromium": "usr/lib/chromium/chromium"},
            suitable=_suitable_chromium,
            finish=_finish_fonts,
            extra_env=lambda root: {"FONTCONFIG_FILE": str(root / "fonts.conf")},
        ),
        Group(
            name="espeak-ng",
            packages=("espeak-ng",),
            programs={"espeak-ng": "usr/bin/espeak-ng"},
            extra_env=espeak_environment,
        ),
        # Word lists for scripts/train_demo_model --language en; nothing else asks for them.
        Group(
            name="scowl",
            packages=("scowl",),
            programs={"english-words.35": "usr/share/dict/scowl/english-words.35"},
        ),
        Group(name="sipp", packages=("sip-tester",), programs={"sipp": "usr/bin/sipp"}),
    )
}
