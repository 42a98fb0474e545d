"""The cheapest reading of a text: Viterbi over its pieces, the kind of the last one being the state."""

from __future__ import annotations

from gateway.text.address.chunks import Chunks
from gateway.text.address.grammar import DIVIDED, FOLLOWS, FORMS, MEANS, OUTSIDE, START, STARTING
from gateway.text.address.model import Kind, Piece

_SEPARATOR = 0.3
_CUE = -0.5
"""A word after which a place is named (在); it is dear not to name one then."""
_ANEW = 0.6
"""For a place after a cue to be another one than the one before."""
_OUTSIDE = 0.7
"""A character of speech that is no part of an address."""
_AT_ONCE = 0.3
"""To begin what is said with a place."""
_WITHIN_WORDS = 0.6
"""To begin a place in the middle of words that are none."""
_LEAVING = {START: 2.2, Kind.PROV: 1.5, Kind.CITY: 1.5, Kind.DISTRICT: 1.5, Kind.TOWN: 1.5}
"""The same directly after a cue or a division."""
_AGAIN = 0.2
"""After a slip, a number of the kind of the one before."""
_STRAY = 4.0
"""A character that fits nowhere."""
_BEAM = 7.0
"""Readings dearer by this than the best one up to the same character are not followed."""

_States = dict[Kind, tuple[float, int, Kind, Kind]]
"""By the last kind: cost, where the last piece begins, the kind before it, what the piece is."""


def cheapest(chunks: Chunks) -> list[Piece]:
    """The pieces of the cheapest path, in order; they cover the text."""
    best: list[_States] = [{} for _ in range(len(chunks.text) + 1)]
    first = OUTSIDE if chunks.spoken else START
    best[0][first] = (0.0, -1, first, first)
    if chunks.spoken:
        best[0][START] = (_AT_ONCE, -1, START, START)
    for at in range(len(chunks.text)):
        states = best[at]
        if not states:
            continue
        limit = min(states.values())[0] + _BEAM
        for before, entry in states.items():
            if entry[0] <= limit:
                _named(chunks, best, at, before, entry[0])
                _numbered(chunks, best, at, before, entry[0])
                _passed(chunks, best, at, before, entry[0])
    return _path(best)


def _named(chunks: Chunks, best: list[_States], at: int, before: Kind, cost: float) -> None:
    starting = chunks.spoken and before in (START, OUTSIDE)
    follows = STARTING[before] if starting else FOLLOWS[before]
    divided = not starting and before in DIVIDED
    town = before is Kind.TOWN
    if before is OUTSIDE and not chunks.fresh[at] and at:
        cost += _WITHIN_WORDS
    for end, kind, own, known, village in chunks.names[at]:
        total = cost + own + follows[kind]
        if divided:
            total += known
        elif town:
            total += village
        states = best[end]
        if kind not in states or total < states[kind][0]:
            states[kind] = (total, at, before, kind)


def _numbered(chunks: Chunks, best: list[_States], at: int, before: Kind, cost: float) -> None:
    for end, form in chunks.numbers[at]:
        states = best[end]
        readings = FORMS[form][before]
        if chunks.slipped[at] and before in MEANS[form]:
            readings = ((before, _AGAIN), *readings)
        for kind, own in readings:
            total = cost + own
            if kind not in states or total < states[kind][0]:
                states[kind] = (total, at, before, kind)


def _passed(chunks: Chunks, best: list[_States], at: int, before: Kind, cost: float) -> None:
    """Words that are no element: the kind before still counts."""
    for end, own in chunks.words[at]:
        _offer(best[end], before, (cost + own, at, before, Kind.REDUNDANT))
    stray = _SEPARATOR if chunks.separators[at] else _STRAY
    _offer(best[at + 1], before, (cost + stray, at, before, Kind.REDUNDANT))
    if chunks.spoken:
        for end in chunks.cues[at]:
            state = START if before is OUTSIDE else before
            _offer(best[end], state, (cost + _CUE, at, before, OUTSIDE))
            if state is not START:
                _offer(best[end], START, (cost + _CUE + _ANEW, at, before, OUTSIDE))
        if not chunks.separators[at]:
            total = cost + _LEAVING.get(before, _OUTSIDE)
            _offer(best[at + 1], OUTSIDE, (total, at, before, OUTSIDE))


def _offer(states: _States, state: Kind, entry: tuple[float, int, Kind, Kind]) -> None:
    known = states.get(state)
    if known is None or entry[0] < known[0]:
        states[state] = entry


def _path(best: list[_States]) -> list[Piece]:
    end = len(best) - 1
    state = min(best[end], key=lambda kind: best[end][kind][0])
    pieces: list[Piece] = []
    while end > 0:
        _, at, before, kind = best[end][state]
        pieces.append((at, end, kind))
        end, state = at, before
    return pieces[::-1]
