"""A real Chromium with Chinese fonts, for playwright's `executable_path`."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gateway.testing.lab.cache import Cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """`chromium.launch(executable_path=browser.path, args=list(browser.args), env=browser.env)`."""

    path: str
    args: tuple[str, ...]
    env: dict[str, str | float | bool]


def lab_browser(cache: Cache | None = None) -> Browser:
    """Where Chromium is and what it needs to start; the sandbox is off for root only, who cannot have one."""
    program = (cache or Cache()).program("chromium")
    sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
    return Browser(
        path=program.argv[0],
        args=(*sandbox, "--disable-gpu", "--autoplay-policy=no-user-gesture-required"),
        env=dict(program.environment()),
    )
