"""What people did with a call beside speaking: who finished it, whose card it is now, which questions were
asked, and who wrote what last. A part of the call's state; moved in `wrapup`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """A person closed the card. `by` is the user, `at` when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The last time a person wrote one part of the card: `field:<name>`, `disposition` or `position`."""

    part: str
    rev: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    finished: Finish | None = None
    reopened: int = 0
    """How often a finished card was opened again."""
    keeper: str | None = None
    """The position that goes on with the card after a hand-over at shift change; None: the desk that spoke
    with the caller last."""
    asked: tuple[str, ...] = ()
    """Proposed questions that a call-taker has put to the caller, the newest last."""
    written: tuple[Written, ...] = ()
