"""The gazetteer beside its peers: addresses a second in a city of half a million places.

All sides get the same spoken texts. The peer asks of every name in turn whether it stands in the text; the
limit is a bare Aho-Corasick automaton of the same names, which tells where names stand and nothing else:
no sound, no house number, no score, no address.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import TypeVar

import ahocorasick

from gateway.location.places import Gazetteer
from gateway.testing.bench.city import city, said
from gateway.testing.bench.measure import Measure, median

TEXTS = 20_000
ROUNDS = 3
PLAIN_TEXTS = 200
"""The plain loop needs some twenty milliseconds a text."""
GOAL = 3.0
_STATM = Path("/proc/self/statm")

Say = Callable[[str], None]
Made = TypeVar("Made")
Work = Callable[[str], object]


async def location(*, places: int, seconds: float, say: Say) -> AsyncIterator[Measure]:
    """The measures one after another; `seconds` is the length of one round, there are 7."""
    say(f"making a city of {places} places")
    made = city(places)
    before = _memory_mb()
    say("indexing it")
    gazetteer, took = _timed(lambda: Gazetteer.of(made))
    memory = _memory_mb() - before
    names = [place.name for place in made.places]
    say("a bare automaton of the same names")
    raw, raw_took = _timed(lambda: _automaton(names))
    raw_memory = raw.get_stats()["total_size"] / 1e6
    gc.collect()
    gc.freeze()
    told = said(made, TEXTS)
    texts = [text for text, _ in told]
    say("finding")
    ours, limits = [], []
    for _ in range(ROUNDS):
        ours.append(_rate(gazetteer.find, texts, seconds))
        limits.append(_rate(lambda text: [hit for hit in raw.iter(text)], texts, seconds))  # noqa: C416
    peer = _rate(lambda text: [name for name in names if name in text], texts[:PLAIN_TEXTS], seconds, step=1)
    ratio = median([limit / own for own, limit in zip(ours, limits, strict=True)])
    yield Measure(
        name="location_addresses", unit="addresses/s", ours=median(ours), peer=peer, limit=median(limits),
        ratio=ratio, goal=f"<= {GOAL:g}x the time of the bare automaton", met=ratio <= GOAL,
    )  # fmt: skip
    right = _right(lambda text: [one.place_id for one in gazetteer.find(text)[:1]], told)
    yield Measure(name="location_right", unit="share", ours=right, peer=None)
    yield Measure(name="location_index", unit="s", ours=took, peer=None, limit=raw_took)
    yield Measure(name="location_memory", unit="MB", ours=memory, peer=None, limit=raw_memory)
    gc.unfreeze()


def _automaton(names: Sequence[str]) -> ahocorasick.Automaton:
    made = ahocorasick.Automaton()
    for number, name in enumerate(names):
        made.add_word(name, number)
    made.make_automaton()
    return made


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    began = time.process_time()
    made = work()
    return made, time.process_time() - began


def _rate(work: Work, texts: Sequence[str], seconds: float, step: int = 100) -> float:
    """Texts a second of this process, so that other work on the machine counts little; the clock is looked at
    after every `step` texts.
    """
    began = time.process_time()
    for done, text in enumerate(cycle(texts), start=1):
        work(text)
        if done % step == 0 and time.process_time() - began >= seconds:
            return done / (time.process_time() - began)
    raise ValueError("no texts")


def _right(best: Callable[[str], Sequence[str]], told: Sequence[tuple[str, str]]) -> float:
    """How often the best candidate is what the caller meant."""
    asked = told[: TEXTS // 10]
    return sum(meant in best(text) for text, meant in asked) / len(asked)


def _memory_mb() -> float:
    """Resident now."""
    pages = int(_STATM.read_text().split()[1]) if _STATM.exists() else 0
    return pages * resource.getpagesize() / 1e6
