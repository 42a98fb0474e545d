"""A call that people decided on as one line of a corpus: the shape that `intake110 rules test` and `rules
train` read."""

from __future__ import annotations

import json
from collections.abc import Callable

from gateway.speech.model import Leg
from gateway.store.taught import TaughtCall
from gateway.web.veil import Spots, nothing_known, unnumbered, veiled

Cover = Callable[[str], str]


def corpus_cover(*, numbers: bool, places: bool, known: Spots = nothing_known) -> Cover:
    """What hides from a text that which the reader may not see."""

    def cover(text: str) -> str:
        shown = text if places else veiled(text, known)
        return shown if numbers else unnumbered(shown)

    return cover


def corpus_line(call: TaughtCall, cover: Cover) -> str:
    """`gold.by`: label or disposition. The line ends with its newline."""
    turns = [{"s": "caller" if leg is Leg.CALLER else "taker", "t": cover(text)} for leg, text in call.turns]
    gold = {
        "class": call.truth.alarm_class, "nature": call.truth.nature, "department": call.truth.department,
        "by": "label" if call.labelled else "disposition",
    }  # fmt: skip
    line = {"id": call.call_id, "lang": call.language, "turns": turns, "gold": gold}
    return json.dumps(line, ensure_ascii=False) + "\n"
