"""The cheapest reading of a text: Viterbi over its pieces, the kind of the last one being the state."""

from __future__ import annotations

from gateway.location.address.chunks import Chunks
from gateway.location.address.grammar import DIVIDED, FOLLOWS, FORMS, OUTSIDE, START
from gateway.location.address.model import Kind, Piece

_SEPARATOR = 0.3
_CUE = -0.5
"""A word after which a place is named (在); it is dear not to name one then."""
_OUTSIDE = 0.7
"""A character of speech that is no part of an address."""
_LEAVING = {START: 2.2, Kind.PROV: 1.5, Kind.CITY: 1.5, Kind.DISTRICT: 1.5, Kind.TOWN: 1.5}
"""The same directly after a cue or a division."""
_STRAY = 4.0
"""A character that fits nowhere."""
_BEAM = 8.0
"""Readings dearer by this than the best one up to the same character are not followed."""


def cheapest(chunks: Chunks) -> list[Piece]:
    """The pieces of the cheapest path, in order; they cover the text."""
    size = len(chunks.text)
    best: list[dict[Kind, tuple[float, int, Kind, Kind]]] = [{} for _ in range(size + 1)]
    first = OUTSIDE if chunks.spoken else START
    best[0][first] = (0.0, -1, first, first)
    for at in range(size):
        states = best[at]
        if not states:
            continue
        limit = min(entry[0] for entry in states.values()) + _BEAM
        for before, (cost, _, _, _) in states.items():
            if cost > limit:
                continue
            follows = FOLLOWS[before]
            divided = before in DIVIDED
            town = before is Kind.TOWN
            for end, kind, own, known, village in chunks.names[at]:
                own += known if divided else village if town else 0.0
                _offer(best[end], kind, cost + own + follows[kind], at, before, kind)
            for end, form in chunks.numbers[at]:
                for kind, own in FORMS[form][before]:
                    _offer(best[end], kind, cost + own, at, before, kind)
            for end, own in chunks.words[at]:
                _offer(best[end], before, cost + own, at, before, Kind.REDUNDANT)
            if chunks.spoken:
                for end in chunks.cues[at]:
                    state = START if before is OUTSIDE else before
                    _offer(best[end], state, cost + _CUE, at, before, OUTSIDE)
                if not chunks.separators[at]:
                    _offer(best[at + 1], OUTSIDE, cost + _LEAVING.get(before, _OUTSIDE), at, before, OUTSIDE)
            stray = _SEPARATOR if chunks.separators[at] else _STRAY
            _offer(best[at + 1], before, cost + stray, at, before, Kind.REDUNDANT)
    return _path(best)


def _offer(
    states: dict[Kind, tuple[float, int, Kind, Kind]],
    state: Kind,
    cost: float,
    at: int,
    before: Kind,
    kind: Kind,
) -> None:
    known = states.get(state)
    if known is None or cost < known[0]:
        states[state] = (cost, at, before, kind)


def _path(best: list[dict[Kind, tuple[float, int, Kind, Kind]]]) -> list[Piece]:
    end = len(best) - 1
    state = min(best[end], key=lambda kind: best[end][kind][0])
    pieces: list[Piece] = []
    while end > 0:
        _, at, before, kind = best[end][state]
        pieces.append((at, end, kind))
        end, state = at, before
    return pieces[::-1]
