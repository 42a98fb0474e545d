"""What a phone is to the acoustic model: states, outputs of the network (pdfs), places in a word.

A phone that is spoken in a word is written with its place: `_B` begin, `_I` inside, `_E` end, `_S` a word of
one phone. The four places share one set of network outputs. Silence has no place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

SILENCE = "SIL"
NOISE = "SPN"
"""Speech that is no word of the model: what `[unk]` is made of."""

PLACES = "BEIS"


@dataclass(frozen=True)
class PhoneSet:
    """The phones of one language; `states` says how many HMM states each has (1 or 2)."""

    states: Mapping[str, int]

    @cached_property
    def base(self) -> tuple[str, ...]:
        """All phones in the order of their outputs, silence and noise first."""
        return (SILENCE, NOISE, *self.states)

    def states_of(self, phone: str) -> int:
        """HMM states of a phone without its place."""
        return 1 if phone in (SILENCE, NOISE) else self.states[phone]

    @cached_property
    def pdfs(self) -> Mapping[tuple[str, int], int]:
        """(phone, state) -> output of the network."""
        pairs = [(phone, state) for phone in self.base for state in range(self.states_of(phone))]
        return {pair: number for number, pair in enumerate(pairs)}

    @cached_property
    def placed(self) -> tuple[str, ...]:
        """Phones with their places; a position is the number that graphs and the transition model use."""
        return ("<eps>", SILENCE, *(f"{phone}_{place}" for phone in self.base[1:] for place in PLACES))

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """A placed phone's number; `<eps>` is 0."""
        return {phone: number for number, phone in enumerate(self.placed)}

    def with_places(self, phones: Sequence[str]) -> tuple[int, ...]:
        """A word's phones as numbers of placed phones."""
        if len(phones) == 1:
            return (self.ids[f"{phones[0]}_S"],)
        places = ["B", *"I" * (len(phones) - 2), "E"]
        return tuple(self.ids[f"{phone}_{place}"] for phone, place in zip(phones, places, strict=True))


def without_place(placed: str) -> str:
    """`ang4_E` -> `ang4`."""
    return placed if placed == SILENCE else placed.rsplit("_", 1)[0]
