"""Which messages are believed, beyond what each shows by itself: nothing inside a torn one, nothing of
another system.
"""

from __future__ import annotations

from gateway.pbx.message import AmiMessage, verdict

MAX_TEAR = 16
"""Messages that a torn head can hold back as forged; then its tail is taken for lost and the stream
believed again.
"""

_ENDS_BEFORE = "ends before "


class Doubt(Exception):
    """A message contradicts what is known; the text says how."""


class Late(Exception):
    """A message about a channel that is gone: true, and of no use any more."""


class Doubter:
    """Reads one stream in order. `judge` tells a forged message, a torn head and a true message apart."""

    def __init__(self) -> None:
        self._missing = ""
        self._held_back = 0
        self._system: str | None = None

    def anew(self) -> None:
        """A new connection: no tear crosses it, and the PBX may bear another name."""
        self._held_back, self._system = 0, None

    def judge(self, message: AmiMessage) -> str | None:
        """Why the message is no true one; "" for a torn head, of which nothing is used; None for a true
        one.
        """
        counted, reason = verdict(message)
        if self._held_back:
            return self._inside_torn(message, reason if counted else None)
        if reason is None:
            return self._of_another_system(message)
        if counted:
            return reason
        if reason.startswith(_ENDS_BEFORE):
            self._missing, self._held_back = reason.removeprefix(_ENDS_BEFORE), MAX_TEAR
        return ""

    def _inside_torn(self, message: AmiMessage, why: str | None) -> str:
        """Asterisk writes a message whole: what stands between a torn head and its tail is a stranger's.
        The tail brings the header that the head lacks.
        """
        is_tail = self._missing in message.shape.places
        self._held_back = 0 if is_tail else self._held_back - 1
        return why or "stands inside a torn message"

    def _of_another_system(self, message: AmiMessage) -> str | None:
        system = message.get("SystemName")
        if system is None or message.event is None:
            return None
        if self._system is None:
            self._system = system
        return None if system == self._system else f"from another system ({system[:40]!r})"
