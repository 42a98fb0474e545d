"""Degrees out of the notations of databases."""

from __future__ import annotations

import pytest

from gateway.location.angle import Notation, degrees


@pytest.mark.parametrize(
    ("text", "notation", "decimals", "value"),
    [
        ("31.230417", Notation.DEGREES, 0, 31.230417),
        ("+31.230417", Notation.DEGREES, 0, 31.230417),
        ("-31.5", Notation.DEGREES, 6, -31.5),
        ("31230417", Notation.DEGREES, 6, 31.230417),
        ("-121473701", Notation.DEGREES, 6, -121.473701),
        ("S31.5", Notation.DEGREES, 0, -31.5),
        ("121.5 W", Notation.DEGREES, 0, -121.5),
        ("3113.8250N", Notation.MINUTES, 0, 31.2304166667),
        ("12128.4222", Notation.MINUTES, 0, 121.47370333),
        ("31138250", Notation.MINUTES, 4, 31.2304166667),
        ("311349.50", Notation.SECONDS, 0, 31.2304166667),
        ("1212825.32E", Notation.SECONDS, 0, 121.4737),
        ("31134950", Notation.SECONDS, 2, 31.2304166667),
        ("31°13'49.5\"N", Notation.DEGREES, 0, 31.2304166667),
        ("N 31 13 49.5", Notation.SECONDS, 0, 31.2304166667),
        ("121°28.4222′E", Notation.DEGREES, 0, 121.47370333),
        ("31度13分49.5秒", Notation.DEGREES, 0, 31.2304166667),
        ("005930.00", Notation.SECONDS, 0, 0.991666667),
    ],
)
def test_every_notation_means_the_same_spot(
    text: str, notation: Notation, decimals: int, value: float
) -> None:
    assert degrees(text, notation, decimals) == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no angle"),
        ("abc", "no angle"),
        ("1.2.3", "no angle"),
        ("31,5", "comma"),
        ("N31.5S", "more than one sign"),
        ("31 61 0", "end at 60"),
        ("1 2 3 4", "no angle"),
        ("1" * 41, "41 characters"),
        ("３１", "no angle"),
    ],
)
def test_what_is_no_angle_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        degrees(text)


def test_minutes_beyond_sixty_are_refused_without_separators_too() -> None:
    with pytest.raises(ValueError, match="end at 60"):
        degrees("3199.0", Notation.MINUTES)
