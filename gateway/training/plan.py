"""How much of everything a model is made from. The figures are what fits an hour of two cores."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gateway.training.assemble import Decoding
from gateway.training.features import Mfcc
from gateway.training.wording import Amounts


@dataclass(frozen=True, slots=True)
class Size:
    """Everything that decides the result besides texts and code; the same size and seed, the same model."""

    language: str
    seed: int = 1
    shards: int = 14
    clips: int = 1250
    """Clips of a shard; about 3.7 s each."""
    steps: int = 4200
    """Batches that teach the ear."""
    hidden: int = 384
    waist: int = 112
    mfcc: Mfcc = field(default_factory=Mfcc)
    amounts: Amounts = field(default_factory=Amounts)
    decoding: Decoding = field(default_factory=Decoding)
    exam: int = 300
    """Sentences of held-out patterns that are heard at the end."""


LANGUAGE_SIZES = {
    "zh": Size("zh", clips=1400, steps=6000),
    "en": Size(
        "en",
        shards=15,
        clips=1400,
        steps=5600,
        # tried on 110 turns of calls in noise (1,513 words) by voices that never taught: a scale of 0.35
        # gives 18.4 % errors, 0.45 16.3, 0.55 16.1, 0.7 16.5, 0.85 17.1; a beam of 13 with 2,500 paths 16.5
        decoding=Decoding(acoustic_scale=0.55, beam=10.0, lattice_beam=4.0, max_active=1000),
    ),
}


def size_for(language: str, seed: int, clips: int | None = None, steps: int | None = None) -> Size:
    """The language's size with what was asked for differently."""
    size = LANGUAGE_SIZES[language]
    amounts = replace(size.amounts, seed=seed)
    return replace(size, seed=seed, amounts=amounts, clips=clips or size.clips, steps=steps or size.steps)
