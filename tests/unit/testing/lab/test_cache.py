from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.programs import cache_home
from gateway.testing.lab.apt import Apt, PackageError, Packages
from gateway.testing.lab.cache import Cache, CacheError


class PaperApt(Apt):
    """Hands out one program; counts how often it was asked; can fail, or stop half-way."""

    def __init__(self, *, failure: Exception | None = None) -> None:
        super().__init__()
        self.asked = 0
        self._failure = failure

    def fetch(self, names: Sequence[str], workspace: Path, *, newest: bool = False) -> Packages:
        self.asked += 1
        return Packages(files=(), whole=False)

    def unpack(self, packages: Packages, target: Path) -> None:
        (target / "usr/bin").mkdir(parents=True)
        (target / "usr/bin/sipp").write_text("#!/bin/sh\n")
        if self._failure:
            raise self._failure


def cache(root: Path, apt: Apt) -> Cache:
    return Cache(root, say=lambda _: None, use_installed=False, apt=apt)


def test_program_is_fetched_once_and_found_again(tmp_path: Path) -> None:
    apt = PaperApt()
    assert cache(tmp_path, apt).program("sipp").argv == (str(tmp_path / "sipp/usr/bin/sipp"),)
    assert cache(tmp_path, apt).program("sipp").root == tmp_path / "sipp"
    assert apt.asked == 1


def test_two_makers_at_once_make_it_once(tmp_path: Path) -> None:
    apt = PaperApt()
    makers = [threading.Thread(target=cache(tmp_path, apt).ensure, args=("sipp",)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(10)
    assert apt.asked == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [".sipp.lock", "sipp"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), PackageError("sip-tester", "no network", "wait")])
def test_half_made_group_is_never_seen(tmp_path: Path, failure: Exception) -> None:
    with pytest.raises((KeyboardInterrupt, CacheError)):
        cache(tmp_path, PaperApt(failure=failure)).ensure("sipp")
    assert [p.name for p in tmp_path.iterdir()] == [".sipp.lock"]
    assert cache(tmp_path, PaperApt()).program("sipp").root == tmp_path / "sipp"


def test_failing_package_is_named_with_its_cure(tmp_path: Path) -> None:
    broken = PaperApt(failure=PackageError("libsctp1", "404 Not Found", "run apt-get update"))
    with pytest.raises(
        CacheError, match=r"package libsctp1 \(for sipp\): 404 Not Found. Cure: run apt-get update"
    ):
        cache(tmp_path, broken).ensure("sipp")


def test_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_home() == tmp_path
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert cache_home() == Path.home() / ".cache"
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert cache_home() == Path("/var/cache")
