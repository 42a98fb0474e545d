"""Debian packages without root: asked of the host's apt configuration, downloaded, unpacked into a folder.

apt runs with state and cache folders of its own and an empty list of installed packages, so it fetches whole
closures and touches nothing of the host. Where packages come from is read from `apt-get indextargets`;
signatures are checked with the host's keys as always.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.programs import library_folders

COMMAND_SECONDS = 600
"""A single apt or dpkg run; beyond it the run is given up as failed."""

SKIPPED = (
    "./usr/share/doc",
    "./usr/share/man",
    "./usr/share/locale",
    "./usr/share/lintian",
    "./usr/share/bug",
)
"""What nobody reads in a service's folder."""

HOST_LIBC = ("libc6_", "libc-bin_", "libcrypt1_", "base-files_", "libc6-dev_")
"""Not taken from the host's own suite: a second C library in the search path would break the loader."""


class PackageError(Exception):
    """Package {package} cannot be had: {reason}. {cure}"""

    def __init__(self, package: str, reason: str, cure: str) -> None:
        super().__init__(f"Package {package} cannot be had: {reason}. {cure}")
        self.package = package
        self.reason = reason
        self.cure = cure


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Downloaded .deb files; `whole` when they bring their own C library and loader."""

    files: tuple[Path, ...]
    whole: bool


class Apt:
    """The host's package manager, used at arm's length."""

    def __init__(self) -> None:
        release = platform.freedesktop_os_release()
        self.family = release.get("ID", "unknown")
        self.distribution = f"{self.family}{release.get('VERSION_ID', '')}"
        self._codename = release.get("VERSION_CODENAME", "")
        self.architecture = platform.machine()

    def fetch(self, names: Sequence[str], workspace: Path, *, newest: bool = False) -> Packages:
        """Download `names` and all they need; `newest`: on Debian take them from sid, stable has none."""
        if not shutil.which("apt-get"):
            raise PackageError(
                names[0], "this machine has no apt-get", "install the program yourself and try again"
            )
        mirrors = self._mirrors(names[0])
        sid = newest and self.family == "debian"
        sources = self._sources(mirrors, ["sid"] if sid else [])
        options = self._options(workspace, sources)
        self._run(["apt-get", *options, "update"], names[0])
        self._run(["apt-get", *options, "-y", "--download-only", "install", *names], names[0])
        return Packages(files=tuple(sorted((workspace / "cache/archives").glob("*.deb"))), whole=sid)

    def unpack(self, packages: Packages, target: Path) -> None:
        """Lay the packages' files under `target`, with the soname links that ldconfig makes."""
        for file in packages.files:
            if not packages.whole and file.name.startswith(HOST_LIBC):
                continue
            self._unpack_one(file, target)
        folders = [str(f) for f in library_folders(target)]
        if folders:
            subprocess.run([_tool("ldconfig"), "-n", *folders], check=False, capture_output=True)

    def _unpack_one(self, file: Path, target: Path) -> None:
        excludes = [f"--exclude={path}" for path in SKIPPED]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(file)], stdout=subprocess.PIPE) as tar:
            done = subprocess.run(
                ["tar", "-x", "--no-same-owner", "--keep-directory-symlink", *excludes, "-C", str(target)],
                stdin=tar.stdout,
                capture_output=True,
                text=True,
            )
        if done.returncode or tar.returncode:
            package = file.name.split("_")[0]
            raise PackageError(package, f"it does not unpack: {done.stderr.strip()[:200]}", "try again")

    def _mirrors(self, package: str) -> list[str]:
        """`uri|suite` pairs of the host's main archive, updates and security."""
        form = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
        command = ["apt-get", "indextargets", "--no-release-info", "--format", form, "Created-By: Packages"]
        lines = self._run(command, package).splitlines()
        own = [line for line in lines if line.split("|")[1].split("-")[0] == self._codename]
        if not own:
            raise PackageError(
                package,
                f"apt has no source for {self.distribution}",
                "mend /etc/apt/sources.list, then try again",
            )
        return sorted(set(own), key=lambda line: len(line.split("|")[1]))

    def _sources(self, mirrors: Sequence[str], instead: Sequence[str]) -> str:
        keyring = Path(f"/usr/share/keyrings/{self.family}-archive-keyring.gpg")
        option = f"[signed-by={keyring}] " if keyring.exists() else ""
        if instead:
            uri = mirrors[0].split("|")[0]
            return "".join(f"deb {option}{uri} {suite} main\n" for suite in instead)
        return "".join("deb {}{} {} {}\n".format(option, *line.split("|")) for line in mirrors)

    def _options(self, workspace: Path, sources: str) -> list[str]:
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (workspace / folder).mkdir(parents=True)
        (workspace / "status").touch()
        (workspace / "sources.list").write_text(sources)
        settings = {
            "Dir::Etc::sourcelist": workspace / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State": workspace / "state",
            "Dir::State::status": workspace / "status",
            "Dir::Cache": workspace / "cache",
            "Debug::NoLocking": "1",
            "APT::Sandbox::User": "",
            "APT::Install-Recommends": "0",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # a frozen mirror keeps its old signed list; what it serves is for demonstrations and tests only
            "Acquire::Check-Valid-Until": "false",
            "Acquire::http::Timeout": "30",
        }
        return ["-q", *(f"-o{key}={value}" for key, value in settings.items())]

    def _run(self, command: Sequence[str], package: str) -> str:
        environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=COMMAND_SECONDS, env=environment
            )
        except subprocess.TimeoutExpired as error:
            cure = "look at the network, then try again"
            raise PackageError(package, f"no answer within {COMMAND_SECONDS} s", cure) from error
        if done.returncode:
            raise _failure(done.stderr, package)
        return done.stdout


def _failure(stderr: str, package: str) -> PackageError:
    """Name the package that apt stumbled on, not only the one that was asked for."""
    errors = [line[2:].strip() for line in stderr.splitlines() if line.startswith("E:")]
    text = " ".join(errors) or stderr.strip()[-300:]
    named = re.search(r"package '?([a-z0-9][a-z0-9.+-]+)", text) or re.search(
        r"/([a-z0-9][a-z0-9.+-]+)_[^/ ]*\.deb", text
    )
    reason = re.sub(r"\w+://\S*/", "", text)[:300]
    return PackageError(
        named.group(1) if named else package, reason, "look at the network and apt's sources, then try again"
    )


def _tool(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or name
