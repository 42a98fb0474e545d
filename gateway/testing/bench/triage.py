"""Triage beside its peers: 3,000 rules on what somebody says in 2,000 characters, whole and while it grows.

The peer is the plain way: a loop over the rules, each expression tried on the text. The limit is raw
`re2.Set` with the same expressions in one automaton, which tells which of them occur and nothing else: not
where, not what must stand near by, not how it was meant. It learns every text anew (a few hundred
milliseconds) and is quick on one that it knows; nobody says the same 2,000 characters twice, so the goal is
held against new texts, and what it takes for a text known by heart is told beside it. There no filter of
ours comes near: one such set over everything answers in 0.03 ms, in which the text is not even folded once.
But it needs three hundred for each new text, so it cannot stand before the search either: ours looks for
plain strings in one pass (Aho-Corasick) and tries what they point to.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import re2

from gateway.speech.model import Leg
from gateway.testing.bench.invented_rules import rules, speech
from gateway.testing.bench.measure import Measure, median
from gateway.triage.compile import build
from gateway.triage.engine import Triage
from gateway.triage.growing import Growing
from gateway.triage.model import Context, Utterance
from gateway.triage.ruleset import CompiledRule, Ruleset

CHARACTERS = 2_000
PIECE = 10
"""Characters that come at once while the text grows: some words."""
AT = (200, 1_000, 2_000)
"""Lengths at which the cost of the last 100 characters is told."""
WARMING = 20
"""Texts that all sides have read before they are measured."""
FRESH = 6
"""Texts on which they are measured for the first time."""
BY_HEART = 10
"""Times that a text is read again; the least is told, for both sides."""
GOAL_WHOLE = 2.0
GOAL_GROWING = 1.5
_RAW_MEMORY = 1 << 30

Say = Callable[[str], None]
Work = Callable[[str], object]


async def triage(*, count: int, packs: Path, say: Say) -> AsyncIterator[Measure]:
    """The measures one after another; `count` rules, and the packs of the folder for the last."""
    say(f"compiling {count} rules")
    began = time.process_time()
    made = build({"bench.yaml": rules(count)})
    yield Measure(name="triage_compile", unit="s", ours=time.process_time() - began, peer=None)
    texts = [speech(CHARACTERS, seed) for seed in range(WARMING + FRESH)]
    say("the whole text, beside a loop and a raw set")
    for measure in _whole(made, texts[:WARMING], texts[WARMING:]):
        yield measure
    say("growing text")
    for measure in _growing(made, texts[WARMING:]):
        yield measure
    say("the shipped packs")
    yield _shipped(packs)


def _found(made: Ruleset, text: str) -> list[tuple[str, int, int]]:
    """What a growing scan that gets the text at once finds."""
    growing = Growing(made.sides[Leg.CALLER])
    growing.grow(text)
    return [(rule.rule.id, hit.start, hit.end) for rule, hit, _ in growing.found()]


def _looped(rules: Sequence[CompiledRule], text: str) -> list[tuple[str, int, int]]:
    """The same by trying every rule on the whole text."""
    return [(rule.rule.id, hit.start, hit.end) for rule in rules for hit, _ in rule.find(text, text)]


def _whole(made: Ruleset, known: Sequence[str], fresh: Sequence[str]) -> list[Measure]:
    loop = [re.compile(_regex(rule).replace("$", r"\Z"), re.ASCII) for rule in made.rules]
    raw = _set(made.rules)

    def plain(text: str) -> list[re.Match[str]]:
        return [match for one in loop if (match := one.search(text)) is not None]

    for text in known:
        _found(made, text)
    ours, limits = _each(lambda text: _found(made, text), fresh), _each(raw.Match, fresh)
    peer = _each(plain, fresh[:2])
    ratio = median([own / limit for own, limit in zip(ours, limits, strict=True)])
    again = _each(lambda text: _found(made, text), fresh, times=BY_HEART)
    by_heart = _each(raw.Match, fresh, times=BY_HEART)
    right = [_found(made, text) == _looped(made.rules, text) for text in fresh]
    return [
        Measure(
            name="triage_whole_text", unit="ms", ours=median(ours), peer=median(peer), limit=median(limits),
            ratio=ratio, goal=f"<= {GOAL_WHOLE:g}x raw re2.Set", met=ratio <= GOAL_WHOLE,
        ),
        Measure(
            name="triage_text_by_heart", unit="ms", ours=median(again), peer=None, limit=median(by_heart),
            ratio=median(again) / median(by_heart),
        ),
        Measure(
            name="triage_same_as_loop", unit="share", ours=sum(right) / len(right), peer=None,
            goal="the findings of every rule tried alone", met=all(right),
        ),
    ]  # fmt: skip


def _growing(made: Ruleset, texts: Sequence[str]) -> list[Measure]:
    """CPU milliseconds for 100 new characters, ten at a time, findings asked for every time."""
    costs: dict[int, list[float]] = {at: [] for at in AT}
    for text in texts:
        growing, taken = Growing(made.sides[Leg.CALLER]), [0.0]
        for end in range(PIECE, len(text) + 1, PIECE):
            began = time.process_time()
            growing.grow(text[:end])
            growing.found()
            taken.append(time.process_time() - began)
        for at in AT:
            costs[at].append(1e3 * sum(taken[(at - 100) // PIECE + 1 : at // PIECE + 1]))
    ratio = median(costs[AT[-1]]) / median(costs[AT[0]])
    told = [
        Measure(name=f"triage_100_characters_at_{at}", unit="ms", ours=median(costs[at]), peer=None)
        for at in AT
    ]
    goal = f"at {AT[-1]} characters <= {GOAL_GROWING:g}x the cost at {AT[0]}"
    return [
        *told,
        Measure(
            name="triage_cost_follows_new_words", unit="ratio", ours=ratio, peer=None, ratio=ratio, goal=goal,
            met=ratio <= GOAL_GROWING,
        ),
    ]  # fmt: skip


def _shipped(packs: Path) -> Measure:
    """The site's own packs with vetoes, values and verdict, on their own examples one by one."""
    engine = Triage.load(packs)
    said = [text for rule in engine.rules.rules for text in rule.rule.examples.match][::4]
    calls = [
        Utterance(segment_index=0, speaker=Leg.CALLER, text=text, started_ms=0, ended_ms=3_000)
        for text in said
    ]
    for call in calls:
        engine.assess([call], Context())
    began = time.process_time()
    for call in calls:
        engine.assess([call], Context())
    took = 1e3 * (time.process_time() - began) / len(calls)
    return Measure(name="triage_shipped_verdict", unit="ms", ours=took, peer=None)


def _each(work: Work, texts: Sequence[str], *, times: int = 1) -> list[float]:
    """CPU milliseconds of each text, the least of so many times."""

    def once(text: str) -> float:
        began = time.process_time()
        work(text)
        return 1e3 * (time.process_time() - began)

    return [min(once(text) for _ in range(times)) for text in texts]


def _regex(rule: CompiledRule) -> str:
    return rule.matcher.words.regex if rule.matcher else r"\z"


def _set(made: Sequence[CompiledRule]) -> re2.Set:
    options = re2.Options()
    options.log_errors, options.never_capture, options.max_mem = False, True, _RAW_MEMORY
    raw = re2.Set.SearchSet(options)
    for rule in made:
        raw.Add(_regex(rule))
    raw.Compile()
    return raw
