"""The site's places, kept current from their files: what they say of a fix, and of the caller's words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from gateway.calls.effects import DescribePlace, LocateSpoken
from gateway.calls.located import PlaceDescribed, SpokenPlacesRead
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal, LocationAnswered
from gateway.clock import Clock
from gateway.desk.place import civic_text
from gateway.ids import CallId
from gateway.journal.codec import decode, from_text
from gateway.location.datum import convert
from gateway.location.fix import location_id
from gateway.location.model import Datum, Location, LocationSource, Point
from gateway.location.places import Candidate, Described, Gazetteer, NearJunction, PlacesError, load
from gateway.location.places.plane import BEARINGS, distance_m
from gateway.ports import SegmentRow, Store
from gateway.runtime.book import Book
from gateway.runtime.supervise import attempt
from gateway.speech.model import Leg, Reading, TranscriptSegment, counts
from gateway.text.address import Kind, parse

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 30.0
"""How often the files are looked at for a change."""
MAX_FILES = 1_000
"""Files of the folder that are watched; further ones are read at the next start."""
CONTEXT_SEGMENTS = 3
"""Sentences before the new ones that are read with them: 建国路 … 八十八号."""
CONTEXT_CHARS = 600
"""Of the caller's newest words at most; older ones were read before."""
MIN_SCORE = 0.5
"""Below it the words name no place well enough to be a fix; they stay in the transcript."""
MIN_ADDRESS_SCORE = 0.7
"""Below it a written address names no place well enough to say whose jurisdiction it is."""
AT_ONCE = 2
"""Places taken from one reading: the best, and one that is as good and elsewhere."""
AS_GOOD = 0.05
APART_M = 300.0
MAX_CONFIDENCE = 95.0
JUNCTIONS = 3
INSIDE_CHARS = 40
"""How far behind the place's words its building and room may be told."""
_INSIDE = {Kind.HOUSE_NO: "BLD", Kind.CELL_NO: "UNIT", Kind.FLOOR_NO: "FLR", Kind.ROOM_NO: "ROOM"}


_Inside = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesState:
    """`fault` None and `loaded`: they are current. `loaded` with a fault: an older version is in use.
    `left_out`: areas that are not used though the rest is, one sentence each.
    """

    loaded: bool
    fault: str | None = None
    city: str = ""
    version: str = ""
    places: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """The caller's newest words, and of which segment each character is."""

    text: str
    parts: tuple[tuple[int, TranscriptSegment], ...]

    def segment_at(self, at: int) -> tuple[int, TranscriptSegment]:
        """(where it begins in the text, the segment)."""
        return max((part for part in self.parts if part[0] <= at), default=self.parts[0], key=lambda p: p[0])


class Placing:
    """`folder` None: the site has no places; nothing is described and no words are read for places."""

    def __init__(
        self, *, folder: Path | None, store: Store, book: Book, clock: Clock,
        on_state: Callable[[PlacesState], None] = lambda state: None,
        on_ready: Callable[[], None] = lambda: None,
        read: Callable[[Path], Gazetteer] = load,
    ) -> None:  # fmt: skip
        self._folder, self._store, self._book, self._clock = folder, store, book, clock
        self.on_state, self.on_ready, self._load = on_state, on_ready, read
        self.gazetteer: Gazetteer | None = None
        self._seen: object = None
        self._fault: str | None = None

    @property
    def pending(self) -> bool:
        """The places are being read for the first time: what needs them is owed a little longer."""
        return self._folder is not None and self.gazetteer is None and self._fault is None

    # ---- the files

    async def run(self) -> None:
        """For ever: read the places, and again whenever their files change. A set that is broken changes
        nothing: the one before stays in use, and the fault is told."""
        while self._folder is not None:
            seen = await asyncio.to_thread(_signature, self._folder)
            if seen != self._seen:
                self._seen = seen
                await self._read(self._folder)
            await self._clock.sleep(LOOK_EVERY_S)

    async def _read(self, folder: Path) -> None:
        began = self._clock.monotonic()
        outcome = await attempt(asyncio.to_thread(self._tried, folder))
        if isinstance(outcome, Gazetteer):
            self.gazetteer, self._fault = outcome, None
            log.info(
                "places read", folder=str(folder), places=len(outcome.by_id),
                seconds=round(self._clock.monotonic() - began, 2),
            )  # fmt: skip
            for left_out in outcome.places.set_aside:
                log.warning("area of the places left out", fault=str(left_out))
        else:
            self._fault = outcome if isinstance(outcome, str) else f"{type(outcome).__name__}: see the log"
            log.error("places cannot be used", folder=str(folder), fault=self._fault)
        self.on_state(self.state)
        self.on_ready()

    def _tried(self, folder: Path) -> Gazetteer | str:
        try:
            return self._load(folder)
        except PlacesError as error:
            return str(error)

    @property
    def state(self) -> PlacesState:
        there = self.gazetteer
        if there is None:
            return PlacesState(loaded=False, fault=self._fault)
        return PlacesState(
            loaded=True, fault=self._fault, city=there.places.city, version=there.places.version,
            places=len(there.by_id), left_out=tuple(map(str, there.places.set_aside)),
        )  # fmt: skip

    # ---- effects

    async def describe(self, effect: DescribePlace) -> Iterable[CallSignal]:
        """The handler of DescribePlace."""
        if self.pending:
            return ()
        session = self._session(effect.call_id)
        fixes = session.locations if session else ()
        fix = next((one for one in fixes if one.location_id == effect.location_id), None)
        described = None
        if fix is not None and self.gazetteer is not None:
            described = await asyncio.to_thread(_described, self.gazetteer, fix)
        return (self._told(effect, described),)

    def _told(self, effect: DescribePlace, found: Described | None) -> PlaceDescribed:
        at = self._clock.now()
        if found is None:
            return PlaceDescribed(call_id=effect.call_id, at=at, location_id=effect.location_id)
        return PlaceDescribed(
            call_id=effect.call_id, at=at, location_id=effect.location_id,
            standard_address=found.address or None, district=_district(found),
            district_code=found.divisions[-1].code if found.divisions else None,
            jurisdiction=found.station.name if found.station else None,
            junctions=tuple(_junction_text(one) for one in found.junctions[:JUNCTIONS]),
            outside=found.outside,
        )  # fmt: skip

    async def locate_spoken(self, effect: LocateSpoken) -> Iterable[CallSignal]:
        """The handler of LocateSpoken: the places in the caller's newest words, then how far was read."""
        if self.pending:
            return ()
        session = self._session(effect.call_id)
        signals: list[CallSignal] = []
        if self.gazetteer is not None and session is not None:
            unread = effect.segments - session.locating.spoken_read
            said = _said(await self._store.segments(effect.call_id), unread)
            if said is not None:
                near = _near(session, self.gazetteer.datum)
                found = await asyncio.to_thread(_searched, self.gazetteer, said.text, near)
                signals += [self._spoken(session, one, inside, said) for one, inside in found]
        return (
            *signals,
            SpokenPlacesRead(call_id=effect.call_id, at=self._clock.now(), segments=effect.segments),
        )

    def _spoken(self, session: CallSession, found: Candidate, inside: _Inside, said: _Said) -> CallSignal:
        """A fix whose evidence is the words: the same place told again is the same fix."""
        start, end = found.span
        offset, segment = said.segment_at(start)
        quote = said.text[start:end]
        rest = "".join(value for _, value in inside)
        evidence = {
            "segment_index": segment.index, "started_ms": segment.started_ms,
            "span": [start - offset, end - offset], "quote": quote, "place_id": found.place_id,
            "why": found.why,
        }  # fmt: skip
        fix = Location(
            location_id=location_id(
                LocationSource.SPEECH, f"{found.place_id} {found.point[0]:.5f} {found.point[1]:.5f}{rest}"
            ),
            source=LocationSource.SPEECH,
            obtained_at=session.seized_at + timedelta(milliseconds=segment.ended_ms),
            latitude=found.point[0], longitude=found.point[1], datum=found.datum,
            uncertainty_m=found.uncertainty_m,
            confidence_percent=round(min(MAX_CONFIDENCE, found.score * 100), 1),
            method=found.kind.value, address=(found.address + rest) or None, civic=inside,
            raw=json.dumps(evidence, ensure_ascii=False),
        )  # fmt: skip
        return LocationAnswered(call_id=CallId(session.call_id), at=self._clock.now(), location=fix)

    # ---- for pages

    def named_in(self, text: str) -> Iterable[tuple[int, int]]:
        """Where a text names places of the site, for who may not see them."""
        return self.gazetteer.named_in(text) if self.gazetteer is not None else ()

    def around(self, fix: Location) -> dict[str, Any] | None:
        """What is at and near a fix, as pages draw it: junctions with the way to them from the caller."""
        point = _point(fix)
        if self.gazetteer is None or point is None:
            return None
        found = self.gazetteer.describe(*point)
        datum = self.gazetteer.datum
        return {
            "standard_address": found.address or None,
            "road": found.road or None,
            "district": _district(found),
            "jurisdiction": found.station.name if found.station else None,
            "outside": found.outside,
            "junctions": [_junction(one, datum) for one in found.junctions[:JUNCTIONS]],
        }

    def _session(self, call_id: str) -> CallSession | None:
        live = self._book.get(("call", call_id))
        return live.state if live else None


def _described(gazetteer: Gazetteer, fix: Location) -> Described | None:
    """By its position; of an address alone by the one place that it names."""
    if (point := _point(fix)) is not None:
        return gazetteer.describe(*point)
    named = _best(gazetteer.find(civic_text(fix)))
    if len(named) != 1 or named[0].score < MIN_ADDRESS_SCORE:
        return None
    found = gazetteer.describe(named[0].point, named[0].datum)
    return replace(found, address=named[0].address or found.address)


def _signature(folder: Path) -> object:
    """Changes with every file of the folder, and when there is none."""
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file())[:MAX_FILES]
        return tuple((str(path), (told := path.stat()).st_mtime_ns, told.st_size) for path in files)
    except OSError as error:
        return str(error)


def _point(fix: Location) -> tuple[Point, Datum] | None:
    if fix.latitude is None or fix.longitude is None or fix.datum is None:
        return None
    return (fix.latitude, fix.longitude), fix.datum


def _district(found: Described) -> str | None:
    """The divisions below the city, as one is asked for them: 东湖区建国路街道."""
    names = [division.name for division in found.divisions]
    return "".join(names[-2:]) if len(names) > 2 else (names[-1] if names else None)


def _junction_text(near: NearJunction) -> str:
    """As it is read out: the junction, and where the caller is, seen from it."""
    return f"{near.name} {near.bearing} {near.distance_m:.0f} m"


def _junction(near: NearJunction, datum: Datum) -> dict[str, Any]:
    """`bearing`: from the caller to the junction, degrees clockwise from north."""
    there = convert(near.point, datum, Datum.WGS_84)
    return {
        "name": near.name,
        "distance_m": round(near.distance_m),
        "bearing": (BEARINGS[near.bearing] + 180.0) % 360.0,
        "wgs84": [round(there[0], 7), round(there[1], 7)],
    }


def _near(session: CallSession, datum: Datum) -> Point | None:
    """Where the caller is thought to be by anything but words, in the frame of the places."""
    fixes = [one for one in session.locations if one.source is not LocationSource.SPEECH]
    leading = next((one for one in fixes if one.location_id == session.leading_location), None)
    for fix in ([leading] if leading else []) + fixes[::-1]:
        if (point := _point(fix)) is not None:
            return convert(point[0], point[1], datum)
    return None


def _said(rows: Sequence[SegmentRow], unread: int) -> _Said | None:
    """The unread words of the caller with a little before them; of the second pass where there was one."""
    own = [row for row in rows if row.speaker == Leg.CALLER]
    reading = Reading.REVIEW if any(row.reading == Reading.REVIEW for row in own) else Reading.LIVE
    newest = [row for row in own if counts(row.index, row.reading, reading)][
        -(max(1, unread) + CONTEXT_SEGMENTS) :
    ]
    segments = [decode(TranscriptSegment, from_text(row.payload)) for row in newest]
    text, parts = "", []
    for segment in segments:
        text += "，" if text else ""
        parts.append((len(text), segment))
        text += segment.text
    cut = max(0, len(text) - CONTEXT_CHARS)
    kept = tuple((at - cut, segment) for at, segment in parts if at + len(segment.text) > cut)
    return _Said(text[cut:], kept) if kept else None


def _searched(places: Gazetteer, text: str, near: Point | None) -> list[tuple[Candidate, _Inside]]:
    """Runs beside the event loop: a long sentence takes some milliseconds."""
    return [(one, _inside(text, one)) for one in _best(places.find(text, near=near))]


def _inside(text: str, found: Candidate) -> _Inside:
    """Building, unit, floor and room told with the place (RFC 5139 names): what no gazetteer has."""
    start, end = found.span
    told: dict[str, str] = {}
    for element in parse(text).elements:
        name = _INSIDE.get(element.kind)
        near = start <= element.start <= end + INSIDE_CHARS
        if name and near and not element.replaced and element.value not in found.address:
            told[name] = element.value
    return tuple((name, told[name]) for name in _INSIDE.values() if name in told)


def _best(found: Sequence[Candidate]) -> list[Candidate]:
    """The best place, and another one that the words mean as well: they stand side by side."""
    good = [one for one in found if one.score >= MIN_SCORE]
    taken = good[:1]
    for one in good[1:]:
        if len(taken) < AT_ONCE and one.score >= good[0].score - AS_GOOD and _apart(one, good[0]):
            taken.append(one)
    return taken


def _apart(one: Candidate, other: Candidate) -> bool:
    return distance_m(one.point, other.point) > APART_M
