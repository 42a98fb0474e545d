"""Callers that stand behind the others for a while: named to the dialplan, which decides by itself."""

from __future__ import annotations

import re

from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction

_MARKS = re.compile(r"[+*#]")
"""What the dialplan leaves out of a number, too."""
_DIGITS = re.compile(r"[0-9]{3,32}")


def name_number(*, number: str, until: int) -> AmiAction:
    """A number of a flood, until that second of the epoch; 0: no more. It runs out by itself, whatever
    becomes of the gateway. Raises UnsafeValue for what is no number."""
    digits = _MARKS.sub("", number)
    if not _DIGITS.fullmatch(digits):
        raise UnsafeValue("what is named to the dialplan is no number")
    return AmiAction(name="Setvar", fields={"Variable": f"I110_FLOOD_{digits}", "Value": str(max(0, until))})
