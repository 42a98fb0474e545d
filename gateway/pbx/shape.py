"""How a particular PBX's dialplan looks from outside: the few names that the story of a call needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.location.ali import HeaderPattern
from gateway.location.model import Datum

MAX_TEXT = 128
"""Characters kept of a name that the PBX gives: numbers, queues, rooms. Longer ones are cut."""

_TECHNOLOGY = re.compile(r"(?P<technology>[A-Za-z]+)/(?P<endpoint>.+?)(?:-[0-9a-f]{8}(?:;[12])?)?\Z")
_DIAL = re.compile(r"[A-Za-z]+/(?P<number>\+?[0-9]{1,32})@")
_TRAILING_NUMBER = re.compile(r"[0-9*#+]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxShape:
    """What to look for. The defaults fit `dialplans/`; whoever keeps another dialplan names its own."""

    intake_contexts: frozenset[str] = frozenset({"from-trunk", "intake110-trunk"})
    """Contexts in which calls from the trunk arrive."""
    intake_numbers: frozenset[str] = frozenset({"110"})
    """Extensions in them that are emergency lines."""
    department_contexts: frozenset[str] = frozenset(
        {"departments", "intake110-targets", "intake110-hand-over", "intake110-rooms", "intake110-desks"}
    )
    """Contexts in which a caller is passed on; only a snapshot needs them."""
    desk_numbers: re.Pattern[str] = re.compile(r"1[01][0-9]{2}")
    """Extensions of call-takers; every member of a queue is one, whatever its number."""
    helper_technologies: frozenset[str] = field(
        default=frozenset(
            {
                "AudioSocket",
                "WebSocket",
                "UnicastRTP",
                "Snoop",
                "Local",
                "CBAnn",
                "CBRec",
                "Announcer",
                "Recorder",
                "Message",
                "MulticastRTP",
                "Bridge",
                "Surrogate",
                "AsyncGoto",
            }
        )
    )
    """Channels of these are taps, announcers and plumbing: nobody speaks there."""
    test_callers: frozenset[str] = frozenset()
    """Caller numbers that only test the line."""
    xali_datum: Datum | None = Datum.WGS_84
    """The frame of coordinates in the carrier's X-ALI header that name none; None refuses them."""
    xali_pattern: HeaderPattern | None = None
    """How that header is read where it is not the default form."""

    def is_helper(self, channel: str) -> bool:
        return technology(channel) in self.helper_technologies

    def is_desk_number(self, number: str) -> bool:
        return self.desk_numbers.fullmatch(number) is not None


def technology(channel: str) -> str:
    """`PJSIP` of `PJSIP/1101-00000001`."""
    return channel.partition("/")[0]


def endpoint(channel: str) -> str:
    """`1101` of `PJSIP/1101-00000001`, `120@departments` of `Local/120@departments-00000000;1`."""
    found = _TECHNOLOGY.match(channel)
    return (found["endpoint"] if found else channel)[:MAX_TEXT]


def number_in(name: str) -> str:
    """The number in an interface, endpoint or dial string: 1101 of PJSIP/1101, 12333 of 12333@departments,
    120 of dept120; the name itself when there is none.
    """
    user = name.rpartition("/")[2].partition("@")[0]
    found = _TRAILING_NUMBER.search(user)
    return (found[0] if found else user)[:MAX_TEXT]


def dialled_in(data: str) -> str | None:
    """The number in what Dial was given: 13800138000 of PJSIP/13800138000@trunk,40; None: it has none."""
    found = _DIAL.match(data)
    return found["number"] if found else None


def is_dialled(number: str) -> bool:
    """Whether `number` can have been dialled: rooms and labels of a dialplan cannot."""
    return 0 < len(number) <= 32 and all(char in "0123456789*#+" for char in number)
