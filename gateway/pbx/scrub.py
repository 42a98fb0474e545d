"""Takes people out of a trace: the same trace in, the same scrubbed trace out, and its story stays what it
was.

Each number, name, address, host and tag gets an invented one, the same for the same, so that what belonged
together still does. What is nobody's stays: service numbers and desks (six digits and fewer), numbers of
the reserved invented range, loopback addresses, times, channel and unique ids. Scrubbing again changes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

INVENTED = "1380013"
"""Mobile numbers that begin so are invented: tests and demonstrations use no others."""
MAX_NUMBERS = 10_000
"""The invented range has no more; a trace with more different numbers is refused."""


class TooManyNumbers(ValueError):
    """More than 10,000 different numbers: cut the trace into parts and scrub each."""


def scrub(text: str) -> str:
    """The trace without people. Raises TooManyNumbers."""
    scrubber = _Scrubber(text)
    scrubber.run(text)  # only to learn: a name may stand in a line before the one that tells it is a name
    return scrubber.run(text)


def unscrubbed(text: str) -> list[str]:
    """Where something of people still stands: `line 12: CallerIDNum`; empty when the trace may be kept."""
    pairs = zip(text.split("\n"), scrub(text).split("\n"), strict=True)
    return [
        f"line {number}: {before.partition(':')[0]}"
        for number, (before, after) in enumerate(pairs, 1)
        if before != after
    ]


_NAME_HEADERS = ("CallerIDName", "ConnectedLineName", "MemberName")
_NUMBER_HEADERS = (
    "CallerIDNum", "ConnectedLineNum", "Exten", "Extension", "Source", "Destination", "ANI",
    "Dialed",
)  # fmt: skip
_PLACE_HEADERS = ("GeoInfo", "GeoEff", "XALI")
_NEVER = ("Event", "Privilege", "Timestamp", "SystemName")
_NOBODY = re.compile(
    r"|<unknown>|anonymous|restricted|unavailable|unknown|trunk|PAI|x|(desk|dept|name) ?\d{1,6}|\d{1,6}",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"(?<![\w.-])(\+?86|0086|0)?(1[3-9]\d{9})(?!\d)")
_NUMBER = re.compile(r"(?:[A-Za-z_]+=)?(\+?\d[\d-]{6,17})")
_URI_USER = re.compile(r"(?<=sip:|tel:|ips:)(\+?\d[\d-]{6,17})(?=[@;>]|$)")
_ANGLED = re.compile(r"(?<=<)(\+?\d[\d-]{6,17})(?=>)")
_DIGITS = re.compile(r"\d{7,}")
_CODED = re.compile(r"(?=.*%[0-9A-Fa-f]{2})[\w.~%-]+", re.ASCII)
_DISPLAY = re.compile(r'(?<=")([^"\\]+)(?=\\?"\s*<)|^([^"<>]+?)(?=\s*<sips?:)')
_IPV4 = re.compile(r"(?<![\d.])(?!127\.|0\.0\.0\.0|198\.18\.)(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_IPV6 = re.compile(r"(?<=\[)(?!::1\]|2001:db8::)([0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*)(?=\])")
_HOST = re.compile(r"(?<=@)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?!invalid\b)[A-Za-z]{2,})")
_URL = re.compile(r"https?://(?!host-\d+\.invalid/)[^\s\"<>]+")
_TAG = re.compile(r"(?<=;tag=)(?!t\d+\b)([\w.-]+)")
_CALL_ID = re.compile(r"^(?!call-\d+(?:@|$))[^@\s]+(?=@|$)")
_CIVIC = re.compile(r'\b(?!URI)([A-Z][A-Z0-9]{1,7})="(?!\1 \d+")([^"]+)"')
_CELL = re.compile(r"(?<=cell=)(\d{3}-\d{2,3})-(?!0-0\b)[\w-]+")
_AREA = re.compile(r"(?<![\w-])(\w+)=(?!\1 \d+(?:;|$))([^;]*[^\x00-\x7f;][^;]*)")
_FINE = re.compile(r"(-?\d{1,3}\.\d\d)\d+")


class _Scrubber:
    """Remembers what became of what."""

    def __init__(self, text: str) -> None:
        self._known: dict[str, dict[str, str]] = {}
        self._taken = set(re.findall(rf"{INVENTED}\d{{4}}", unquote(text)))
        self._next = 0

    def run(self, text: str) -> str:
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        content = line.rstrip("\r")
        name, colon, value = content.partition(": ")
        if not colon or name in _NEVER:
            return line
        plain = unquote(value) if _CODED.fullmatch(value) else value
        clean = self._value(name, plain)
        if clean == plain:
            return line
        coded = quote(clean, safe="") if plain != value else clean
        return f"{name}{colon}{coded}{line[len(content) :]}"

    def _value(self, name: str, value: str) -> str:
        if name.endswith(_NAME_HEADERS):
            value = self._name(value)
        if name.endswith(_NUMBER_HEADERS) or name == "ChanVariable":
            value = self._whole_number(value)
        if name == "SipCallId":
            value = _CALL_ID.sub(self._invent("call", "call-{}"), value)
        if name in _PLACE_HEADERS:
            value = _FINE.sub(r"\1", _CELL.sub(r"\1-0-0", _CIVIC.sub(self._civic, value)))
        if name == "XALI":
            value = _AREA.sub(self._area, value)
        value = _DISPLAY.sub(lambda found: self._name(found[0]), value)
        for pattern in (_URI_USER, _ANGLED):
            value = pattern.sub(lambda found: self._number(found[0]), value)
        value = _MOBILE.sub(lambda found: self._number(found[0]), value)
        value = _URL.sub(self._invent("url", "https://host-{0}.invalid/{0}"), value)
        value = _HOST.sub(self._invent("host", "host-{}.invalid"), value)
        value = _IPV6.sub(self._invent("ipv6", "2001:db8::{:x}"), value)
        value = _IPV4.sub(lambda found: self._address(found[0]), value)
        value = _TAG.sub(self._invent("tag", "t{}"), value)
        return self._known_elsewhere(value)

    def _invent(self, kind: str, form: str) -> Callable[[re.Match[str]], str]:
        return lambda found: self._recall(kind, found[0], form)

    def _recall(self, kind: str, real: str, form: str) -> str:
        known = self._known.setdefault(kind, {})
        return known.setdefault(real, form.format(len(known) + 1))

    def _name(self, real: str) -> str:
        return real if _NOBODY.fullmatch(real.strip()) else self._recall("name", real, "Name {}")

    def _civic(self, found: re.Match[str]) -> str:
        return f'{found[1]}="{self._recall(found[1], found[2], found[1] + " {}")}"'

    def _area(self, found: re.Match[str]) -> str:
        return f"{found[1]}={self._recall(found[1], found[2], found[1] + ' {}')}"

    def _address(self, real: str) -> str:
        known = self._known.setdefault("ipv4", {})
        return known.setdefault(real, f"198.18.{len(known) // 250 % 250}.{len(known) % 250 + 1}")

    def _whole_number(self, value: str) -> str:
        found = _NUMBER.fullmatch(value)
        if found is None:
            return value
        return value[: found.start(1)] + self._number(found[1])

    def _number(self, real: str) -> str:
        if (mobile := _MOBILE.fullmatch(real)) and mobile[1]:
            return mobile[1] + self._number(mobile[2])
        if real.startswith(INVENTED) and len(real) == len(INVENTED) + 4:
            return real
        known = self._known.setdefault("number", {})
        digits = re.sub(r"\D", "", real)
        if digits not in known:
            known[digits] = self._fresh_number()
        return known[digits]

    def _fresh_number(self) -> str:
        while self._next < MAX_NUMBERS:
            number = f"{INVENTED}{self._next:04d}"
            self._next += 1
            if number not in self._taken:
                return number
        raise TooManyNumbers

    def _known_elsewhere(self, value: str) -> str:
        """A number or name in one header is one wherever it stands: in file names, dial strings, notes.

        A name of one Latin word is left there: it may as well be one of Asterisk's own words.
        """
        numbers = self._known.get("number", {})
        value = _DIGITS.sub(lambda found: numbers.get(found[0], found[0]), value)
        for real, invented in self._known.get("name", {}).items():
            if len(real) > 1 and (" " in real or not real.isascii()):
                value = value.replace(real, invented)
        return value
