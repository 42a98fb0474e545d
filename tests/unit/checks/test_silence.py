"""Whether a PBX asks a caller who cannot speak to press a key: only where our own dialplan is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from gateway.checks.line import Line, State
from gateway.checks.silence import silence
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.testing.fake_asterisk import Message, error

from .conftest import Exchange, secret_file, told

ALL = ("intake110-trunk", "intake110-silence", "intake110-answered")


def has(exchange: Exchange, contexts: Iterable[str], seconds: str | None = None) -> None:
    def listed(action: Mapping[str, str]) -> Iterable[Message]:
        if action["Context"] not in contexts:
            yield error("Did not find context")
            return
        yield (("Response", "Success"), ("EventList", "start"))
        yield (("Event", "ListDialplan"), ("Context", action["Context"]), ("Extension", "s"))
        yield (("Event", "ShowDialPlanComplete"), ("EventList", "Complete"))

    exchange.script("ShowDialPlan", listed)
    exchange.script(
        "Getvar",
        lambda action: [
            (("Response", "Success"), ("Variable", action["Variable"]), ("Value", seconds or ""))
        ],
    )


async def line(exchange: Exchange, folder: Path) -> Line | None:
    pbx = {"name": "pbx1", "host": exchange.host, "port": exchange.port, "secret_file": secret_file(folder),
           "connect_within_s": 1.0, "action_within_s": 1.0}  # fmt: skip
    found = await told(silence(Config.model_validate({"pbx": [pbx]}), SystemClock()))
    return found.get("silence.pbx1")


@pytest.mark.parametrize(
    ("contexts", "seconds", "state", "words"),
    [
        (ALL, "10", State.OK, "after 10 s of silence"),
        (ALL, "0", State.OK, "only by a call-taker's key"),
        (ALL, "", State.WARN, "is not set"),
        (ALL, "ten", State.WARN, "is not set"),
        (ALL[:2], "10", State.WARN, "has no intake110-silence"),
        (ALL[:1], "10", State.WARN, "has no intake110-silence"),
    ],
)
async def test_a_dialplan_of_ours_without_the_prompt_is_noticed(
    exchange: Exchange, tmp_path: Path, contexts: tuple[str, ...], seconds: str, state: State, words: str
) -> None:
    has(exchange, contexts, seconds)
    found = await line(exchange, tmp_path)
    assert found is not None
    assert found.state is state
    assert words in found.en


async def test_a_pbx_with_a_dialplan_of_its_own_is_not_asked_for_it(
    exchange: Exchange, tmp_path: Path
) -> None:
    has(exchange, ("from-trunk",))
    assert await line(exchange, tmp_path) is None


def test_the_shipped_dialplan_has_what_the_check_looks_for() -> None:
    dialplans = Path(__file__).parents[3] / "dialplans"
    plan = (dialplans / "extensions-intake110.conf").read_text(encoding="utf-8")
    assert all(f"[{context}]" in plan for context in ALL)
    assert "I110_SILENCE_SECONDS=10" in (dialplans / "intake110-globals.conf").read_text(encoding="utf-8")
    queue = (dialplans / "queues-intake110.conf").read_text(encoding="utf-8")
    assert "membergosub = intake110-answered" in queue
