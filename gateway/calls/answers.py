"""What a person's request is answered by the call: data, sent after the commit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    rev: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`code` is one of `web.errors.MESSAGES`, which say it to people in their language; `text` for the
    journal."""

    code: str
    text: str


Answer = Accepted | Refused
