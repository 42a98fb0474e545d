"""A link sent to the caller: asked for, sent once, opened by one phone, used within its time, revoked. What
comes over it goes where such things go: a position to the fixes, words to what was said. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls import numbering, places
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.callback import DIALLABLE, RINGING_BETRAYS
from gateway.calls.effects import SendShareLink, SetTimer
from gateway.calls.events import CallEvent, TranscriptSegmentEvent
from gateway.calls.model import CallSession
from gateway.calls.people import Changed
from gateway.calls.share import LinkState as State
from gateway.calls.share import Share
from gateway.calls.shared import (
    CallerShared,
    LinkDelivery,
    LinkRequest,
    LinkSent,
    LinkUnsent,
    OpenLink,
    OpenPictures,
    PositionShared,
    RevokeLink,
    SendLink,
    SharedPicture,
    ShareLinkChange,
    SharePicture,
    ShareStep,
    ShareText,
)
from gateway.calls.signals import CallRequest, CallSignal, TimerFired
from gateway.location.exact import is_mobile
from gateway.speech.model import WRITTEN_FROM, Leg, TranscriptSegment

MAX_LINKS = 5
"""Links of one call; a further one is refused."""
RESEND_AFTER = timedelta(seconds=20)
"""So soon after one link no other is sent: a key pressed ten times sends one."""
MAX_VALID_S = 4 * 3600
"""No link is valid for longer."""
MAX_TEXTS = 30
MAX_PICTURES = 12
"""Of a whole call; further ones are refused, and the caller is told so."""
MAX_POSITIONS = 1_200
"""An hour, one each 3 s; later ones are not taken."""
MAX_TEXT_CHARS = 1_000
MAX_PURPOSE_CHARS = 200
MAX_FAULT_CHARS = 60
TEXT_MODEL = "caller-text"
"""`model_id` of what a caller wrote: no recognizer heard it."""
TIMER = "share:"
_EXPIRES = f"{TIMER}expires"

Told = tuple[CallSession, tuple[CallEvent, ...], Answer]


# ---- what people ask


def number_of(session: CallSession) -> str | None:
    """Where a link goes to: never anywhere but the caller's own number."""
    return session.callback_number or session.ani


def doubts(session: CallSession) -> tuple[str, ...]:
    """Why a person must confirm that a text is sent: betrays, withheld, landline."""
    silent = session.quiet.alarm is not None or any(code in RINGING_BETRAYS for code in session.vetoes)
    found = {"betrays": silent, "withheld": session.anonymous, "landline": not is_mobile(number_of(session))}
    return tuple(name for name, true in found.items() if true)


def send(session: CallSession, signal: SendLink) -> Told:
    """Ask for one, or say why not. It takes the place of the one before."""
    if (refusal := _unsendable(session, signal)) is not None:
        return session, (), refusal
    before = session.share
    fresh = Share(
        n=before.n + 1 if before else 1, state=State.ASKED, by=signal.actor, asked_at=signal.at,
        valid_s=round(min(signal.valid_s, MAX_VALID_S)),
    )  # fmt: skip
    if before is not None:
        fresh = replace(fresh, texts=before.texts, pictures=before.pictures, positions=before.positions)
    return _asked(*_told(session, fresh, signal, ShareStep.ASKED, by=signal.actor))


def _unsendable(session: CallSession, signal: SendLink) -> Refused | None:
    number, share = number_of(session), session.share
    if number is None or not DIALLABLE.fullmatch(number):
        return Refused(code="no_number", text="the caller's number is not known")
    if not signal.valid_s > 0:
        return Refused(code="invalid", text="a link is valid for a time")
    if share is not None and share.state is State.ASKED:
        return Refused(code="pending", text="a link is being sent")
    out = share is not None and share.state in (State.SENT, State.UNKNOWN, State.OPENED)
    if share is not None and out and signal.at < share.asked_at + RESEND_AFTER:
        return Refused(code="just_sent", text=f"sent by {share.by} a moment ago")
    if share is not None and share.n >= MAX_LINKS:
        return Refused(code="limit", text=f"{MAX_LINKS} links were sent: no more in this call")
    if (found := doubts(session)) and not signal.confirm:
        return Refused(code="link_unconfirmed", text=", ".join(found))
    return None


def revoke(session: CallSession, signal: RevokeLink) -> Told:
    share = session.share
    if share is None or not share.usable(signal.at):
        return session, (), Refused(code="no_link", text="no link can be used now")
    ended = replace(share, state=State.REVOKED)
    return _asked(*_told(session, ended, signal, ShareStep.REVOKED, by=signal.actor))


def open_pictures(session: CallSession, signal: OpenPictures) -> Told:
    """Granted to who says what for; the journal is the proof."""
    if not signal.purpose.strip() or len(signal.purpose) > MAX_PURPOSE_CHARS:
        return session, (), Refused(code="invalid", text="say what they are opened for")
    if session.share is None or not session.share.pictures or not signal.digests:
        return session, (), Refused(code="unknown_picture", text="this call has no such picture")
    return session, (), Accepted(rev=session.rev)


# ---- what the caller's phone asks


def open_link(session: CallSession, signal: OpenLink) -> Told:
    """The first phone has it; the same one may open it again."""
    share = _link(session, signal)
    if isinstance(share, Refused):
        return session, (), share
    if share.phone:
        mine = share.phone == signal.phone
        used = Refused(code="link_used", text="another phone has opened this link")
        return session, (), Accepted(rev=session.rev) if mine else used
    opened = replace(share, state=State.OPENED, phone=signal.phone)
    return _asked(*_told(session, opened, signal, ShareStep.OPENED))


def share_text(session: CallSession, signal: ShareText) -> Told:
    """Kept and judged like something said."""
    share = _own_link(session, signal)
    if isinstance(share, Refused):
        return session, (), share
    text = signal.text.strip()
    if not text or len(text) > MAX_TEXT_CHARS:
        return session, (), Refused(code="invalid", text=f"a text has 1 to {MAX_TEXT_CHARS} characters")
    if share.texts >= MAX_TEXTS:
        return session, (), Refused(code="limit", text=f"{MAX_TEXTS} texts are enough")
    said = _segment(session, text, WRITTEN_FROM + share.texts, signal.at)
    after = numbering.take(session, said.speaker, said.index)
    locating = replace(after.locating, spoken=after.locating.spoken + 1)
    after = replace(
        after, segments=after.segments + 1, locating=locating, share=replace(share, texts=share.texts + 1)
    )
    shared = CallerShared(occurred_at=signal.when, link=share.n, text=text)
    return _asked(after, (TranscriptSegmentEvent(occurred_at=signal.when, segment=said), shared))


def _segment(session: CallSession, text: str, index: int, at: datetime) -> TranscriptSegment:
    when_ms = max(0, round((at - session.seized_at).total_seconds() * 1000))
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=when_ms, ended_ms=when_ms, text=text, model_id=TEXT_MODEL
    )


def share_picture(session: CallSession, signal: SharePicture) -> Told:
    share = _own_link(session, signal)
    if isinstance(share, Refused):
        return session, (), share
    if share.pictures >= MAX_PICTURES:
        return session, (), Refused(code="limit", text=f"{MAX_PICTURES} pictures are enough")
    picture = SharedPicture(
        digest=signal.digest, media_type=signal.media_type, size_bytes=signal.size_bytes, width=signal.width,
        height=signal.height, latitude=signal.latitude, longitude=signal.longitude,
    )  # fmt: skip
    after = replace(session, share=replace(share, pictures=share.pictures + 1))
    return _asked(after, (CallerShared(occurred_at=signal.when, link=share.n, picture=picture),))


def _link(session: CallSession, signal: LinkRequest) -> Share | Refused:
    share = session.share
    if share is None or share.n != signal.n or not share.usable(signal.at):
        return Refused(code="no_link", text="this link cannot be used")
    return share


def _own_link(session: CallSession, signal: LinkRequest) -> Share | Refused:
    share = _link(session, signal)
    if isinstance(share, Share) and (not share.phone or share.phone != signal.phone):
        return Refused(code="no_link", text="this link cannot be used")
    return share


# ---- what the sender and the phone tell


def sent(session: CallSession, signal: LinkSent) -> Changed:
    return _outcome(session, signal, State.SENT, ShareStep.SENT)


def unsent(session: CallSession, signal: LinkUnsent) -> Changed:
    state = State.UNKNOWN if signal.maybe else State.UNSENT
    return _outcome(session, signal, state, ShareStep(state.value), signal.reason)


def _outcome(
    session: CallSession, signal: LinkSent | LinkUnsent, state: State, step: ShareStep, reason: str = ""
) -> Changed:
    """A phone that opened it first has proved that it went out."""
    share = session.share
    if share is None or share.n != signal.n or share.state is not State.ASKED:
        return session, ()
    now = replace(share, state=state, fault=reason[:MAX_FAULT_CHARS])
    return _told(session, now, signal, step, reason=now.fault or None)


def delivery(session: CallSession, signal: LinkDelivery) -> Changed:
    """Reports may come twice and late: told once each."""
    share = session.share
    if share is None or share.n != signal.n or share.delivery in (signal.delivery, "delivered"):
        return session, ()
    there = signal.delivery == "delivered"
    step = ShareStep.DELIVERED if there else ShareStep.UNDELIVERED
    now = replace(share, delivery=signal.delivery, fault="" if there else signal.reason[:MAX_FAULT_CHARS])
    return _told(session, now, signal, step, reason=now.fault or None)


def position(session: CallSession, signal: PositionShared) -> Changed:
    """A fix like any other; of a link that nobody may use, none."""
    share = session.share
    if share is None or share.n != signal.n or share.phone != signal.phone or not share.phone:
        return session, ()
    if not share.usable(signal.at) or share.positions >= MAX_POSITIONS:
        return session, ()
    now = replace(share, positions=share.positions + 1)
    return places.located(replace(session, share=now), signal)


# ---- the clock, and what is owed


def owed(session: CallSession) -> Iterator[Any]:
    """A link that may be used keeps its call in memory until it expires."""
    share, number = session.share, number_of(session)
    if share is None:
        return
    if share.state is State.ASKED and number is not None:
        yield SendShareLink(
            call_id=session.call_id, n=share.n, number=number, language=session.language or "",
            expires_at=share.expires_at,
        )  # fmt: skip
    if share.usable(share.asked_at):
        yield SetTimer(kind="call", key=session.call_id, name=_EXPIRES, due_at=share.expires_at)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    share = session.share
    if share is None or not share.usable(share.asked_at) or signal.at < share.expires_at:
        return session, ()
    return _told(session, replace(share, state=State.EXPIRED), signal, ShareStep.EXPIRED)


def _told(
    session: CallSession, share: Share, signal: CallSignal, step: ShareStep, *, by: str | None = None,
    reason: str | None = None,
) -> Changed:  # fmt: skip
    event = ShareLinkChange(
        occurred_at=signal.when, inferred=signal.inferred, step=step, link=share.n,
        expires_at=share.expires_at, by=by, reason=reason,
    )  # fmt: skip
    return replace(session, share=share), (event,)


def _asked(session: CallSession, events: tuple[CallEvent, ...]) -> Told:
    after = replace(session, rev=session.rev + 1)
    return after, events, Accepted(rev=after.rev)


REQUESTS: Mapping[type[CallRequest], Callable[[CallSession, Any], Told]] = {
    SendLink: send,
    RevokeLink: revoke,
    OpenPictures: open_pictures,
    OpenLink: open_link,
    ShareText: share_text,
    SharePicture: share_picture,
}
"""What people and the caller's phone ask. Nobody's entry becomes stale by it."""
