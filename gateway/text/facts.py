"""What a number in speech is: a phone, a plate, a time, money, a house number … with the words it was read
from.

Every reader takes folded text (`fold`) and yields facts in any order; which one stands where several claim
the same words is decided by the order of the readers in `normalise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a spoken number is about."""

    PHONE = "phone"
    PLATE = "plate"
    ID_CARD = "id_card"
    KILOMETRE_POST = "kilometre_post"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    MONEY = "money"
    HOUSE_NUMBER = "house_number"
    BUILDING = "building"
    UNIT = "unit"
    FLOOR = "floor"
    ROOM = "room"
    QUANTITY = "quantity"
    NUMBER = "number"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number with its meaning. `start`/`end` are characters of the text as it was said, `value` is for
    machines (13800130001, 苏E12345, 22:30, 2600), `written` for people, in the same place of the sentence
    (晚上10点半). `corrected` holds what the speaker took back in favour of this."""

    kind: FactKind
    start: int
    end: int
    value: str
    written: str
    unit: str = ""
    approximate: bool = False
    corrected: tuple[str, ...] = ()
