"""HELD: a location server is asked by number (RFC 5985, 6155), references are fetched (RFC 6753)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yarl import URL

from gateway.location import body
from gateway.location.heldrequest import ACCEPT, CONTENT_TYPE, Identity, Wanted, asked_for, dereference
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import BodyFault, BodyReading, Datum, LocationSource, Shape
from gateway.location.numbering import CHINA, national
from gateway.locators.by_number import ByNumber
from gateway.locators.fetch import Answer, Fetcher

MAX_FOLLOWED = 2
"""References in one answer that are fetched at once; further ones are kept as they stand."""
DISPATCH = Wanted()
"""What a call needs: any kind of place, as exact as help needs it to be sent."""
_TRY_POST = (400, 404, 405, 406, 501)
"""Answers to a GET after which a reference is asked by POST: servers may speak HELD only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSettings:
    """One location server. `identity`: how the caller's number is named to it."""

    name: str
    url: str
    identity: Identity = "tel"
    sip_domain: str = ""
    country_code: str = CHINA
    wanted: Wanted = DISPATCH
    datum: Datum | None = None
    within_s: float = 8.0


class HeldServer(ByNumber):
    """Implements `Locator`: asks by the caller's number; references in the answer are fetched too."""

    mark = LocationSource.HELD

    def __init__(self, settings: HeldSettings, fetcher: Fetcher) -> None:
        super().__init__(settings)
        self._settings, self._fetcher = settings, fetcher

    async def locate(self, asked: Asked) -> BodyReading:
        settings, clock = self._settings, self._fetcher.clock
        number = national(asked.ani or "", settings.country_code)
        if not number:
            return BodyReading(kind="held")
        until = clock.monotonic() + settings.within_s
        request = asked_for(
            settings.identity,
            number,
            country_code=settings.country_code,
            sip_domain=settings.sip_domain,
            wanted=settings.wanted,
        )
        answer = await self._fetcher.fetch(
            settings.url, within_s=settings.within_s, post=request, content_type=CONTENT_TYPE, accept=ACCEPT
        )
        reading = _read(answer, settings.name)
        return await _followed(reading, self._fetcher, settings.wanted, until)

    async def answers(self) -> int:
        """The status with which the server answers a bare look: that it is there, not what it knows. Raises
        LocatorFailed.
        """
        settings = self._settings
        return (await self._fetcher.fetch(settings.url, within_s=settings.within_s, accept=ACCEPT)).status

    async def close(self) -> None:
        await self._fetcher.close()


class References:
    """Implements `Locator`: fetches the reference that came with a call, from configured hosts only."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        wanted: Wanted = DISPATCH,
        datum: Datum | None = None,
        within_s: float = 8.0,
    ) -> None:
        self._fetcher, self._wanted, self._datum, self._within_s = fetcher, wanted, datum, within_s

    @property
    def name(self) -> str:
        return "references"

    @property
    def source(self) -> LocationSource:
        return LocationSource.HELD

    @property
    def datum(self) -> Datum | None:
        return self._datum

    @property
    def hosts(self) -> frozenset[str]:
        return self._fetcher.hosts.allowed

    def concerns(self, asked: Asked) -> bool:
        """Whether its host is a configured one; whoever asks tells of the others."""
        return asked.uri is not None and self._fetcher.hosts.allow(asked.uri)

    async def locate(self, asked: Asked) -> BodyReading:
        if not asked.uri:
            return BodyReading(kind="held")
        until = self._fetcher.clock.monotonic() + self._within_s
        reading = await _dereferenced(asked.uri, self._fetcher, self._wanted, self._within_s)
        return await _followed(reading, self._fetcher, self._wanted, until)

    async def close(self) -> None:
        await self._fetcher.close()


async def _dereferenced(uri: str, fetcher: Fetcher, wanted: Wanted, within_s: float) -> BodyReading:
    """By GET; by POST where the server wants to be asked in HELD (RFC 6753, section 4)."""
    until = fetcher.clock.monotonic() + within_s
    answer = await fetcher.fetch(uri, within_s=within_s, accept=ACCEPT)
    left_s = until - fetcher.clock.monotonic()
    if answer.status in _TRY_POST and left_s > 0:
        answer = await fetcher.fetch(
            uri, within_s=left_s, post=dereference(wanted), content_type=CONTENT_TYPE, accept=ACCEPT
        )
    return _read(answer, f"a reference at {URL(uri).host}")  # the whole of it would let others ask, too


def _read(answer: Answer, name: str) -> BodyReading:
    if answer.status == 204 or (answer.status == 404 and not answer.body.strip()):
        return BodyReading(kind="held")
    if not 200 <= answer.status < 300 and b"held" not in answer.body[:2_000]:
        raise LocatorFailed(f"{name}: the server answers {answer.status}")
    return body.read(answer.body, content_type=answer.content_type)


async def _followed(reading: BodyReading, fetcher: Fetcher, wanted: Wanted, until: float) -> BodyReading:
    """With what the answer's references lead to, where it has no place itself."""
    references = [place for place in reading.locations if place.shape is Shape.REFERENCE and place.uri]
    if len(references) < len(reading.locations) or not references:
        return reading
    locations, faults = list(reading.locations), list(reading.faults)
    for place in references[:MAX_FOLLOWED]:
        left_s = until - fetcher.clock.monotonic()
        try:
            if place.expires_at is not None and place.expires_at <= fetcher.clock.now():
                raise LocatorFailed(
                    f"a reference that expired at {place.expires_at.isoformat()}: not fetched"
                )
            if left_s <= 0:
                raise LocatorFailed("no time is left to fetch it")
            found = await _dereferenced(place.uri or "", fetcher, wanted, left_s)
        except LocatorFailed as error:
            faults.append(BodyFault(what=str(error), where="reference"))
            continue
        locations += [other for other in found.locations if other.shape is not Shape.REFERENCE]
        faults += found.faults
    return replace(reading, locations=tuple(locations), faults=tuple(faults))
