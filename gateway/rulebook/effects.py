"""What the world owes a rulebook: the back-tests that people asked for."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBackTest(Effect):
    """Judge stored calls and corpora with both packs; owed until BackTested or BackTestFailed
    names the run."""

    draft_id: str
    run_id: str
    hash: str
    base: str
    by: str
