from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.programs import Program, find_espeak


def script(folder: Path) -> Program:
    file = folder / "espeak-ng"
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return Program(argv=(str(file),))


def test_espeak_is_found_installed_or_in_the_services_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    unpacked = tmp_path / "cache/intake110/1-debian12-x86_64/espeak-ng"
    (unpacked / "usr/bin").mkdir(parents=True)
    (unpacked / "usr/lib/x86_64-linux-gnu/espeak-ng-data").mkdir(parents=True)
    script(unpacked / "usr/bin")
    if not shutil.which("espeak-ng"):
        found = find_espeak()
        assert found is not None
        assert found.root == unpacked
        assert found.env["ESPEAK_DATA_PATH"] == str(unpacked / "usr/lib/x86_64-linux-gnu")
    (tmp_path / "bin").mkdir()
    installed = script(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_espeak() == installed
    assert find_espeak() is not None


def test_program_keeps_the_present_environment_and_adds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "yes")
    assert Program(argv=("x",), env={"OWN": "1"}).environment().items() >= {("KEPT", "yes"), ("OWN", "1")}
