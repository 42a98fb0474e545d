"""The link that a caller is sent: one text, one phone, one time; what comes over it goes where it belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.calls import reducer, sharing
from gateway.calls.answers import Accepted, Refused
from gateway.calls.effects import AssessTriage, LocateSpoken, SendShareLink, SetTimer
from gateway.calls.events import LocationResponse, TranscriptSegmentEvent
from gateway.calls.share import LinkState
from gateway.calls.shared import (
    CallerShared,
    LinkDelivery,
    LinkSent,
    LinkUnsent,
    OpenLink,
    OpenPictures,
    PositionShared,
    RevokeLink,
    SendLink,
    ShareLinkChange,
    SharePicture,
    ShareText,
)
from gateway.calls.signals import CallEnded, CallerIdentified, SegmentTranscribed, TimerFired, VetoFired
from gateway.location.model import Datum, Location, LocationSource
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import Span, Veto, VetoCode

from .conftest import T0

NUMBER = "13800138000"
PICTURE = {
    "digest": "a" * 64, "media_type": "image/jpeg", "size_bytes": 9, "width": 4, "height": 3, "path": "p",
}  # fmt: skip


def identified(call: Any, number: str | None = NUMBER, **more: Any) -> Any:
    call.answered().tell(CallerIdentified, ani=number, ani_source="PAI", **more)
    return call


def ask(call: Any, kind: type, **more: Any) -> Any:
    return call.step(kind, request_id=f"{kind.__name__}{call.seconds}", actor="wang", **more).answer


def send(call: Any, **more: Any) -> Any:
    return ask(call, SendLink, **{"valid_s": 1800.0, **more})


def opened(call: Any) -> Any:
    assert isinstance(send(call), Accepted)
    call.tell(LinkSent, n=1)
    assert isinstance(ask(call, OpenLink, n=1, phone="p1"), Accepted)
    return call


def steps(call: Any) -> list[str]:
    return [event.step.value for event in call.published(ShareLinkChange)]


def owed(call: Any, kind: type) -> list[Any]:
    return [each for each in reducer.owed(call.session) if isinstance(each, kind)]


def timers(call: Any) -> list[Any]:
    return [each for each in owed(call, SetTimer) if each.name.startswith(sharing.TIMER)]


def fix(call: Any, name: str = "shared-1", lat: float = 31.2) -> Location:
    return Location(
        location_id=name, source=LocationSource.SHARED, obtained_at=T0 + timedelta(seconds=call.seconds),
        latitude=lat, longitude=121.4, datum=Datum.WGS_84, uncertainty_m=20.0, method="fused",
    )  # fmt: skip


def test_a_link_is_owed_once_until_the_sender_has_answered(call: Any) -> None:
    identified(call)
    assert isinstance(send(call), Accepted)
    (effect,) = owed(call, SendShareLink)
    assert (effect.once, effect.number, effect.n) == (True, NUMBER, 1)
    call.tell(LinkSent, n=1)
    call.tell(LinkSent, n=1)
    assert owed(call, SendShareLink) == []
    call.tell(LinkDelivery, n=1, delivery="delivered")
    call.tell(LinkDelivery, n=1, delivery="expired")
    assert steps(call) == ["asked", "sent", "delivered"]


def test_ten_presses_send_one(call: Any) -> None:
    identified(call)
    assert isinstance(send(call), Accepted)
    assert send(call).code == "pending"
    call.tell(LinkSent, n=1)
    assert {send(call).code for _ in range(8)} == {"just_sent"}
    assert call.session.share.n == 1


def test_what_did_not_go_out_may_be_sent_again_at_once(call: Any) -> None:
    identified(call)
    send(call)
    call.tell(LinkUnsent, n=1, reason="no credit")
    assert (call.session.share.state, call.session.share.fault) == (LinkState.UNSENT, "no credit")
    assert timers(call) == []
    assert isinstance(send(call), Accepted)
    call.tell(LinkUnsent, n=2, reason="no answer", maybe=True)
    assert call.session.share.state is LinkState.UNKNOWN
    assert send(call).code == "just_sent"


@pytest.mark.parametrize(
    ("number", "told"),
    [(None, "no_number"), ("12", "no_number"), ("057188886666", "link_unconfirmed")],
)
def test_a_number_that_takes_no_text_is_refused_or_confirmed(call: Any, number: Any, told: str) -> None:
    identified(call, number)
    assert send(call).code == told


@pytest.mark.parametrize("code", [VetoCode.CANNOT_SPEAK, VetoCode.CONFINED])
def test_a_caller_whom_a_ringing_phone_may_betray_is_sent_nothing_unconfirmed(call: Any, code: Any) -> None:
    identified(call)
    veto = Veto(
        code=code, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="x", started_ms=0,
        ended_ms=1, list_hash="h",
    )  # fmt: skip
    call.tell(VetoFired, veto=veto)
    refused = send(call)
    assert (refused.code, refused.text) == ("link_unconfirmed", "betrays")
    assert isinstance(send(call, confirm=True), Accepted)


def test_a_withheld_number_is_sent_nothing_unconfirmed(call: Any) -> None:
    identified(call, anonymous=True)
    assert send(call).text == "withheld"
    assert isinstance(send(call, confirm=True), Accepted)


def test_the_first_phone_has_it_and_a_second_is_told_that_it_is_used(call: Any) -> None:
    opened(identified(call))
    assert isinstance(ask(call, OpenLink, n=1, phone="p1"), Accepted)
    assert ask(call, OpenLink, n=1, phone="p2").code == "link_used"
    assert ask(call, ShareText, n=1, phone="p2", text="x").code == "no_link"
    assert ask(call, OpenLink, n=2, phone="p2").code == "no_link"
    assert steps(call).count("opened") == 1


def test_a_text_is_the_callers_words_judged_and_searched_for_places(call: Any) -> None:
    opened(identified(call))
    heard = {"speaker": Leg.CALLER, "started_ms": 0, "ended_ms": 1, "model_id": "m"}
    call.tell(SegmentTranscribed, segment=TranscriptSegment(index=0, text="喂", **heard))
    before = call.session.locating.spoken
    assert isinstance(ask(call, ShareText, n=1, phone="p1", text=" 他有刀 "), Accepted)
    said = call.published(TranscriptSegmentEvent)[-1].segment
    assert (said.text, said.speaker, said.model_id) == ("他有刀", Leg.CALLER, "caller-text")
    assert call.session.locating.spoken == before + 1
    assert owed(call, AssessTriage)
    assert owed(call, LocateSpoken)
    call.tell(SegmentTranscribed, segment=TranscriptSegment(index=1, text="嗯", **heard))
    assert call.session.segments == 3


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_a_text_is_bounded(call: Any, text: str) -> None:
    opened(identified(call))
    assert ask(call, ShareText, n=1, phone="p1", text=text).code == "invalid"


def test_texts_and_pictures_are_counted_and_limited(call: Any) -> None:
    opened(identified(call))
    texts = [ask(call, ShareText, n=1, phone="p1", text="x") for _ in range(sharing.MAX_TEXTS + 1)]
    pictures = [ask(call, SharePicture, n=1, phone="p1", **PICTURE) for _ in range(sharing.MAX_PICTURES + 1)]
    assert texts[-1].code == pictures[-1].code == "limit"
    share = call.session.share
    assert (share.texts, share.pictures) == (sharing.MAX_TEXTS, sharing.MAX_PICTURES)
    shown = call.published(CallerShared)[-1].picture
    assert (shown.digest, shown.media_type) == ("a" * 64, "image/jpeg")


def test_a_position_is_a_fix_of_its_own_source_and_its_renewal_no_second_one(call: Any) -> None:
    opened(identified(call))
    call.tell(PositionShared, n=1, phone="p1", location=fix(call))
    call.tell(PositionShared, n=1, phone="p1", location=fix(call, lat=31.3))
    assert [each.source for each in call.session.locations] == [LocationSource.SHARED]
    assert call.session.share.positions == 2
    assert [each.location.latitude for each in call.published(LocationResponse)] == [31.2, 31.3]
    call.tell(PositionShared, n=1, phone="p2", location=fix(call, "shared-x"))
    assert call.session.share.positions == 2


def test_an_expired_link_is_told_once_and_takes_nothing_any_more(call: Any) -> None:
    opened(identified(call))
    call.tell(CallEnded)
    (timer,) = timers(call)
    assert not call.session.closed
    call.tell(TimerFired, name=timer.name)
    assert steps(call)[-1] == "opened"
    call.tell(TimerFired, name=timer.name, at=timer.due_at)
    call.tell(TimerFired, name=timer.name, at=timer.due_at)
    assert steps(call).count("expired") == 1
    late = {"at": timer.due_at + timedelta(seconds=1)}
    assert ask(call, ShareText, n=1, phone="p1", text="x", **late).code == "no_link"
    assert timers(call) == []


def test_a_link_past_its_time_takes_nothing_though_no_timer_came(call: Any) -> None:
    opened(identified(call))
    late = {"at": T0 + timedelta(hours=1)}
    assert ask(call, SharePicture, n=1, phone="p1", **PICTURE, **late).code == "no_link"
    call.tell(PositionShared, n=1, phone="p1", location=fix(call), **late)
    assert call.session.share.positions == 0


def test_a_revoked_link_is_gone_for_good(call: Any) -> None:
    opened(identified(call))
    assert isinstance(ask(call, RevokeLink), Accepted)
    assert ask(call, RevokeLink).code == "no_link"
    assert ask(call, OpenLink, n=1, phone="p1").code == "no_link"
    assert isinstance(send(call, at=T0 + timedelta(minutes=5)), Accepted)
    assert call.session.share.n == 2
    assert ask(call, OpenLink, n=1, phone="p1").code == "no_link"


def test_links_of_one_call_are_limited(call: Any) -> None:
    identified(call)
    for n in range(1, sharing.MAX_LINKS + 1):
        assert isinstance(send(call), Accepted)
        call.tell(LinkUnsent, n=n, reason="x")
    assert send(call).code == "limit"


def test_pictures_are_opened_for_a_purpose_and_only_where_there_are_some(call: Any) -> None:
    opened(identified(call))
    asked = {"digests": ("a" * 64,), "purpose": "处警"}
    assert ask(call, OpenPictures, **asked).code == "unknown_picture"
    ask(call, SharePicture, n=1, phone="p1", **PICTURE)
    assert ask(call, OpenPictures, **{**asked, "purpose": " "}).code == "invalid"
    rev = call.session.rev
    assert ask(call, OpenPictures, **asked) == Accepted(rev=rev)


def test_without_a_link_nothing_is_taken(call: Any) -> None:
    identified(call)
    assert isinstance(ask(call, ShareText, n=1, phone="", text="x"), Refused)
    call.tell(LinkSent, n=1)
    call.tell(LinkDelivery, n=1, delivery="delivered")
    assert call.session.share is None
