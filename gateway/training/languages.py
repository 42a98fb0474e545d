"""The languages a model can be made for."""

from __future__ import annotations

import numpy as np

from gateway.training.phones import PhoneSet
from gateway.training.speaker import Script


def script_for(language: str, rng: np.random.Generator) -> Script:
    """Who says what, for `zh` or `en`."""
    if language == "zh":
        from gateway.training.say_zh import MandarinScript

        return MandarinScript(rng)
    from gateway.training.say_en import EnglishScript

    return EnglishScript(rng)


def phones_for(language: str) -> PhoneSet:
    """The phones of `zh` or `en`."""
    if language == "zh":
        from gateway.training.mandarin import PHONES

        return PHONES
    from gateway.training.english import PHONES as ENGLISH

    return ENGLISH
