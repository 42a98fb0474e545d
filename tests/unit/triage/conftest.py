from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import Assessment, Context, Utterance

RULES = Path(__file__).parents[3] / "conf" / "rules"


def utterances(*turns: str | tuple[Leg, str]) -> list[Utterance]:
    """Turns of the caller, or of whoever is named, three seconds each."""
    made = []
    for index, turn in enumerate(turns):
        speaker, text = (Leg.CALLER, turn) if isinstance(turn, str) else turn
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
    def judge(*turns: str | tuple[Leg, str], context: Context | None = None) -> Assessment:
        return triage.assess(utterances(*turns), context or Context())

    return judge
