"""Links sent to callers, and what comes over them. The token of a link is made when it is sent, stands in
that text alone, and is kept as its hash."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import structlog

from gateway.calls.effects import Effect, SendShareLink
from gateway.calls.model import CallSession
from gateway.calls.shared import (
    LinkDelivery,
    LinkSent,
    LinkUnsent,
    OpenLink,
    PositionShared,
    SharePicture,
    ShareText,
)
from gateway.clock import Clock
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.ports import StoreUnavailable
from gateway.ports_share import PictureArchive, ShareLinkRow, ShareLinks, Unfit
from gateway.ports_text import Outcome, SentText, TextMessage, TextReport
from gateway.runtime.answers import Answer
from gateway.runtime.intake import Intake
from gateway.runtime.perform import Handler
from gateway.runtime.texting import Texting

log = structlog.get_logger(__name__)

FAMILY = "share"
CALLER = "caller"
"""The actor of what a caller's phone asks."""
TOKEN_BYTES = 24
"""192 bits: nobody guesses one."""
KEPT_FOR = timedelta(days=2)
"""Hashes of links are forgotten then; the longest link is valid for hours."""
TIDY_EVERY_S = 3600.0
POSITION_EVERY_S = 2.5
"""Positions of one phone that come sooner after the last are dropped: the newest one counts anyway."""
MAX_AGE_S = 600.0
"""A fix that a phone calls older counts as so old."""
MAX_RADIUS_M = 100_000.0
"""A fix wider than that says nothing."""
PHONES_REMEMBERED = 1_000
METHOD = "fused (browser)"
NOT_CONFIGURED = "no page for callers is configured: [texts.share] in gateway.toml"
RESTARTED = "the gateway restarted while it was sent"
TEXT_ZH = "【110】请打开链接发送您的位置、文字或照片，{minutes}分钟内有效，请勿转发：{url}"
TEXT_EN = (
    "110 emergency: open this link to send your position, text or pictures. Valid {minutes} min, do not"
    " forward: {url}"
)


Failed = Callable[[Any, Exception], Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSettings:
    """`public_url`: how a caller's phone reaches the page, without the token."""

    public_url: str
    valid_s: float = 1800.0
    text_zh: str = TEXT_ZH
    text_en: str = TEXT_EN


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSources:
    settings: ShareSettings
    links: ShareLinks
    pictures: PictureArchive
    token: Callable[[], str] = field(default=partial(secrets.token_urlsafe, TOKEN_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A phone that has opened its link and may use it."""

    call_id: CallId
    n: int
    phone: str
    session: CallSession


class ShareDesk:
    """`sources` None: no links are sent, and the page is not served."""

    def __init__(
        self, sources: ShareSources | None, *, texting: Texting, intake: Intake, clock: Clock
    ) -> None:
        self._sources, self._texting, self._intake, self._clock = sources, texting, intake, clock
        self._located: OrderedDict[str, float] = OrderedDict()
        texting.takers[FAMILY] = self._reported
        self.handlers: dict[type[Effect], Handler] = {SendShareLink: self.send}
        self.failures: dict[type[Effect], Failed] = {SendShareLink: self.failed}
        self.unknown: dict[type[Effect], Handler] = {SendShareLink: self.restarted}

    @property
    def settings(self) -> ShareSettings | None:
        return self._sources.settings if self._sources else None

    @property
    def missing(self) -> str | None:
        """no_sender or no_page: why no link can be sent at all."""
        if self._sources is None:
            return "no_page"
        return None if self._texting.configured else "no_sender"

    # ---- out

    async def send(self, effect: SendShareLink) -> Iterable[LinkSent | LinkUnsent]:
        """One text with a fresh token in it. Kept before it is sent: a phone is quick."""
        if self._sources is None:
            return (self._unsent(effect, NOT_CONFIGURED),)
        token = self._sources.token()
        row = ShareLinkRow(token_hash=digest(token), call_id=effect.call_id, n=effect.n, at=self._clock.now())
        try:
            await self._sources.links.keep(row)
            message = self._message(effect, token)
        except (StoreUnavailable, ValueError) as error:
            return (self._unsent(effect, str(error)),)
        receipt = await self._texting.send(FAMILY, effect.call_id, message)
        if receipt.accepted:
            return (LinkSent(call_id=effect.call_id, at=self._clock.now(), n=effect.n),)
        return (self._unsent(effect, receipt.reason, maybe=receipt.outcome is Outcome.UNKNOWN),)

    def _message(self, effect: SendShareLink, token: str) -> TextMessage:
        settings = self._sources.settings if self._sources else ShareSettings(public_url="")
        left_s = (effect.expires_at - self._clock.now()).total_seconds()
        own = effect.language in ("", "zh") or effect.language.startswith("zh")
        words = settings.text_zh if own else settings.text_en
        text = words.format(url=f"{settings.public_url}/s/{token}", minutes=max(1, round(left_s / 60)))
        return TextMessage(
            number=effect.number, text=text, message_id=f"{FAMILY}-{effect.n}-{digest(effect.call_id)[:32]}"
        )

    async def restarted(self, effect: SendShareLink) -> Iterable[LinkUnsent]:
        """It was about to be sent when the gateway died: never again by itself."""
        return (self._unsent(effect, RESTARTED, maybe=True),)

    def failed(self, effect: SendShareLink, error: Exception) -> Iterable[LinkUnsent]:
        return (self._unsent(effect, str(error) or type(error).__name__, maybe=True),)

    def _unsent(self, effect: SendShareLink, reason: str, *, maybe: bool = False) -> LinkUnsent:
        log.warning("link not sent", call_id=effect.call_id, reason=reason[:200], maybe=maybe)
        return LinkUnsent(
            call_id=effect.call_id, at=self._clock.now(), n=effect.n, reason=reason, maybe=maybe
        )

    async def _reported(self, row: SentText, report: TextReport) -> None:
        n = int(row.message_id.split("-")[1])
        await self._intake.settled(
            LinkDelivery(
                call_id=CallId(row.key), at=report.at, n=n, delivery=report.delivery.value,
                reason=report.reason,
            )
        )  # fmt: skip

    # ---- in; each may raise StoreUnavailable

    async def open(self, token: str, secret: str) -> Answer | None:
        """A phone opens a link, with a secret that it alone has; None: no such link."""
        row = await self._row(token)
        if row is None:
            return None
        phone = _phone(secret)
        return await self._intake.submit(
            OpenLink(**self._asked(row.call_id, row.n, phone, "open", phone), n=row.n, phone=phone)
        )

    async def visit(self, token: str, secret: str) -> Visit | None:
        """The phone that has this link, while it may use it."""
        row = await self._row(token)
        session = await self._intake.call(row.call_id) if row else None
        share = session.share if session else None
        if row is None or session is None or share is None or share.n != row.n:
            return None
        phone = _phone(secret)
        if not share.phone or not secrets.compare_digest(share.phone, phone):
            return None
        if not share.usable(self._clock.now()):
            return None
        return Visit(call_id=session.call_id, n=row.n, phone=phone, session=session)

    async def text(self, visit: Visit, text: str, once: str) -> Answer:
        """`once`: names this very text; sent twice it is taken once."""
        asked = self._asked(visit.call_id, visit.n, visit.phone, "text", once)
        return await self._intake.submit(ShareText(**asked, n=visit.n, phone=visit.phone, text=text))

    async def picture(self, visit: Visit, data: bytes) -> Answer | Unfit:
        """Kept in the archive, then told to the call; the same picture twice is one."""
        if self._sources is None:
            return Unfit.NO_ROOM
        kept = await self._sources.pictures.keep(data, call_id=visit.call_id, day=visit.session.seized_at)
        if isinstance(kept, Unfit):
            return kept
        asked = self._asked(visit.call_id, visit.n, visit.phone, "picture", kept.digest)
        return await self._intake.submit(
            SharePicture(
                **asked, n=visit.n, phone=visit.phone, digest=kept.digest, media_type=kept.media_type,
                size_bytes=kept.size_bytes, width=kept.width, height=kept.height, path=kept.path,
                latitude=kept.latitude, longitude=kept.longitude,
            )
        )  # fmt: skip

    async def position(
        self, visit: Visit, *, latitude: float, longitude: float, radius_m: float, age_s: float
    ) -> bool:
        """False: it came too soon after the last one. Raises ValueError for what is no place."""
        if not 0 <= radius_m <= MAX_RADIUS_M:
            raise ValueError(f"a radius of {radius_m} m")
        now, mono = self._clock.now(), self._clock.monotonic()
        fix = Location(
            location_id=f"{LocationSource.SHARED.value}-{visit.n}", source=LocationSource.SHARED,
            obtained_at=now - timedelta(seconds=min(max(age_s, 0.0), MAX_AGE_S)),
            latitude=latitude, longitude=longitude, datum=Datum.WGS_84, uncertainty_m=max(1.0, radius_m),
            method=METHOD,
        )  # fmt: skip
        last = self._located.get(visit.phone)
        if last is not None and mono - last < POSITION_EVERY_S:
            return False
        self._located[visit.phone] = mono
        self._located.move_to_end(visit.phone)
        while len(self._located) > PHONES_REMEMBERED:
            self._located.popitem(last=False)
        await self._intake.settled(
            PositionShared(call_id=visit.call_id, at=now, location=fix, n=visit.n, phone=visit.phone)
        )
        return True

    async def _row(self, token: str) -> ShareLinkRow | None:
        return await self._sources.links.find(digest(token)) if self._sources else None

    def _asked(self, call_id: str, n: int, phone: str, kind: str, once: str) -> dict[str, Any]:
        name = digest(f"{call_id}/{n}/{phone}/{kind}/{once}")
        return {
            "call_id": CallId(call_id), "at": self._clock.now(), "request_id": f"share-{name}",
            "actor": CALLER,
        }  # fmt: skip

    async def watch(self) -> None:
        """For ever: forget old links."""
        while True:
            await self._clock.sleep(TIDY_EVERY_S)
            if self._sources is not None:
                try:
                    await self._sources.links.forget(self._clock.now() - KEPT_FOR)
                except StoreUnavailable:
                    continue


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _phone(secret: str) -> str:
    """128 bits of the digest: what the call's state remembers of the phone."""
    return digest(secret)[:22]
