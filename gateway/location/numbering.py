"""One form for a caller's number, however network, table and provider write it."""

from __future__ import annotations

import re

CHINA = "86"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SERVICE = re.compile(r"[48]00[0-9]{7}|9[56][0-9]{3,}|1[0-9]{2,4}")
_AREA = re.compile(r"(?:10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}")
"""Area code without its 0, and seven or eight digits."""


def national(number: str, country_code: str = CHINA) -> str:
    """As one dials it at home: `+86 138 0000 0000` is `13800000000`, `+86 21 6123 4567` is `02161234567`.

    Numbers of other countries keep their `00`. Empty when there is no digit in it.
    """
    if number.isascii() and number.isdigit() and not number.startswith(("00", country_code)):
        return number
    international = number.strip().startswith("+")
    digits = re.sub(r"[^0-9]", "", number)
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    if international and digits.startswith(country_code):
        return _with_trunk(digits.removeprefix(country_code), country_code)
    if international:
        return f"00{digits}" if digits else ""
    bare = digits.removeprefix(country_code)
    if bare != digits and country_code == CHINA and (_MOBILE.fullmatch(bare) or _AREA.fullmatch(bare)):
        return _with_trunk(bare, country_code)
    return digits


def _with_trunk(digits: str, country_code: str) -> str:
    fixed = country_code == CHINA and _AREA.fullmatch(digits) is not None
    known = _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits)
    return f"0{digits}" if fixed and not known else digits


def forms(number: str, country_code: str = CHINA) -> tuple[str, ...]:
    """How networks may have written the number that `national` gave: what a search for it must try."""
    if number.startswith("00"):
        return number, f"+{number[2:]}"
    bare = number.removeprefix("0")
    return number, f"+{country_code}{bare}", f"00{country_code}{bare}", f"{country_code}{bare}"
