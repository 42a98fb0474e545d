from __future__ import annotations

from pathlib import Path

import pytest

from gateway.programs import library_folders
from gateway.testing.lab.apt import Apt, PackageError

DEBIAN = {"ID": "debian", "VERSION_ID": "12", "VERSION_CODENAME": "bookworm"}
TARGETS = (
    "http://mirror.invalid/debian/|bookworm|main\n"
    "http://mirror.invalid/debian/|bookworm-updates|main\n"
    "http://other.invalid/|nodistro|main\n"
    "http://mirror.invalid/security/|bookworm-security|main\n"
)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian 12 whose apt-get is a script of ours: it logs its arguments and answers `indextargets`."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = programs / "apt-get"
    script.write_text(
        f'#!/bin/sh\necho "$@" >>{tmp_path}/log\n[ "$1" = indextargets ] && cat {tmp_path}/targets\n'
        f'case "$*" in *install*) cat {tmp_path}/errors >&2; [ ! -s {tmp_path}/errors ];; esac\n'
    )
    script.chmod(0o755)
    (tmp_path / "targets").write_text(TARGETS)
    (tmp_path / "errors").write_text("")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: DEBIAN)
    return tmp_path


def test_packages_come_from_the_hosts_own_sources_only(host: Path) -> None:
    Apt().fetch(("mosquitto",), host / "work")
    sources = (host / "work/sources.list").read_text()
    assert "bookworm-security main" in sources
    assert "other.invalid" not in sources
    assert "sid" not in sources


def test_asterisk_comes_from_sid_of_the_same_mirror(host: Path) -> None:
    assert Apt().fetch(("asterisk",), host / "work", newest=True).whole
    sources = (host / "work/sources.list").read_text()
    assert sources.endswith("http://mirror.invalid/debian/ sid main\n")


def test_nothing_of_the_hosts_own_package_state_is_touched(host: Path) -> None:
    Apt().fetch(("mosquitto",), host / "work")
    calls = [line for line in (host / "log").read_text().splitlines() if not line.startswith("indextargets")]
    assert len(calls) == 2
    for name in ("Dir::State=", "Dir::Cache=", "Dir::State::status=", "Dir::Etc::sourcelist="):
        assert all(f"-o{name}{host / 'work'}" in call for call in calls)
    assert "--download-only install mosquitto" in calls[1]


@pytest.mark.parametrize(
    ("error", "package"),
    [
        ("E: Unable to locate package mosquitto", "mosquitto"),
        (
            "E: Failed to fetch http://m.invalid/pool/libw/libwebsockets17_4.1.6-3_amd64.deb  404",
            "libwebsockets17",
        ),
        ("E: something else", "mosquitto"),
    ],
)
def test_error_names_the_package_and_no_address(host: Path, error: str, package: str) -> None:
    (host / "errors").write_text(error + "\n")
    with pytest.raises(PackageError) as raised:
        Apt().fetch(("mosquitto",), host / "work")
    assert raised.value.package == package
    assert "m.invalid" not in str(raised.value)


def test_host_without_sources_is_told_what_to_mend(host: Path) -> None:
    (host / "targets").write_text("http://other.invalid/|nodistro|main\n")
    with pytest.raises(PackageError, match=r"apt has no source for debian12.*mend /etc/apt/sources.list"):
        Apt().fetch(("mosquitto",), host / "work")


def test_libraries_below_the_usual_folder_are_found(tmp_path: Path) -> None:
    for folder in ("usr/lib/x86_64-linux-gnu/pulseaudio", "lib/x86_64-linux-gnu"):
        (tmp_path / folder).mkdir(parents=True)
    assert [str(p.relative_to(tmp_path)) for p in library_folders(tmp_path)] == [
        "usr/lib/x86_64-linux-gnu",
        "lib/x86_64-linux-gnu",
        "usr/lib/x86_64-linux-gnu/pulseaudio",
    ]
