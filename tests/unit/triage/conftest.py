from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.triage.engine import Triage
from gateway.triage.model import Assessment, Context, Speaker, Utterance

RULES = Path(__file__).parents[3] / "conf" / "rules"


def utterances(*turns: str | tuple[Speaker, str]) -> list[Utterance]:
    """Turns of the caller, or of whoever is named, three seconds each."""
    made = []
    for index, turn in enumerate(turns):
        speaker, text = (Speaker.CALLER, turn) if isinstance(turn, str) else turn
        made.append(
            Utterance(
                segment_index=index,
                speaker=speaker,
                text=text,
                started_ms=index * 3_000,
                ended_ms=index * 3_000 + 3_000,
            )
        )
    return made


@pytest.fixture(scope="session")
def triage() -> Triage:
    return Triage.load(RULES)


@pytest.fixture(scope="session")
def spoken() -> Callable[..., list[Utterance]]:
    return utterances


@pytest.fixture(scope="session")
def judged(triage: Triage) -> Callable[..., Assessment]:
    def judge(*turns: str | tuple[Speaker, str], context: Context | None = None) -> Assessment:
        return triage.assess(utterances(*turns), context or Context())

    return judge
