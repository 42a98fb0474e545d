"""People moved over the link of one PBX: each answer, a missing one too, is one clear outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import MoveLegGone
from gateway.calls.handing import MoveKind, Why
from gateway.ids import CallId
from gateway.pbx import feed as feeds
from gateway.pbx.feed import PbxFeed
from gateway.testing.fake_asterisk import FakeAsterisk, Message

from .test_feed import Loop, feed, loop, pbx

__all__ = ["feed", "loop", "pbx"]

BLIND = MovePeople(
    call_id=CallId("demo-pbx1-1"), pbx="pbx1", uniqueid="pbx1-1.0", n=1, kind=MoveKind.BLIND,
    line="PJSIP/1101-1", number="12333",
)  # fmt: skip
BACK = MovePeople(
    call_id=CallId("demo-pbx1-1"), pbx="pbx1", uniqueid="pbx1-1.0", n=2, kind=MoveKind.CALL_BACK,
    position="1199", number="13800138000",
)  # fmt: skip


async def started(feed: PbxFeed, loop: Loop) -> None:
    await feed.start()
    await loop.until(loop.links)


async def test_an_action_is_sent_once_with_the_calls_own_leg(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    await started(feed, loop)
    assert (await feed.move(BLIND)).why is None
    asked = await pbx.wait_for("BlindTransfer")
    assert (asked["Channel"], asked["Context"], asked["Exten"]) == (
        "PJSIP/1101-1", "intake110-targets", "12333",
    )  # fmt: skip
    assert pbx.count("BlindTransfer") == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("No such channel", Why.LEG_GONE), ("Channel specified does not exist", Why.LEG_GONE),
        ("Permission denied", Why.PBX_REFUSED), ("Transfer not permitted", Why.PBX_REFUSED),
    ],
)  # fmt: skip
async def test_a_refusal_is_told_with_its_kind(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed, words: str, why: Why
) -> None:
    pbx.script("BlindTransfer", lambda action: [(("Response", "Error"), ("Message", words))])
    await started(feed, loop)
    moved = await feed.move(BLIND)
    assert (moved.why, moved.text) == (why, words)


async def test_a_link_that_is_down_sends_nothing(pbx: FakeAsterisk, feed: PbxFeed) -> None:
    assert (await feed.move(BLIND)).why is Why.PBX_DOWN
    assert pbx.count("BlindTransfer") == 0


async def test_no_answer_in_time_means_that_nobody_knows(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOVED_WITHIN_S", 0.05)
    pbx.script("BlindTransfer", lambda action: [])
    await started(feed, loop)
    assert (await feed.move(BLIND)).why is Why.NOT_SEEN
    assert pbx.count("BlindTransfer") == 1


async def test_what_could_change_the_action_is_not_sent(pbx: FakeAsterisk, loop: Loop, feed: PbxFeed) -> None:
    await started(feed, loop)
    hostile = MovePeople(
        call_id=BLIND.call_id,
        pbx="pbx1",
        uniqueid="pbx1-1.0",
        n=1,
        kind=MoveKind.BLIND,
        line="x,y",
        number="1",
    )
    assert (await feed.move(hostile)).why is Why.PBX_REFUSED
    assert pbx.count("BlindTransfer") == 0


async def test_a_phone_that_could_not_be_called_at_all_is_told_of_its_move(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    asked: list[str] = []

    def queued(action: Mapping[str, str]) -> Iterable[Message]:
        asked.append(action["ActionID"])
        return [(("Response", "Success"), ("Message", "Originate successfully queued"))]

    pbx.script("Originate", queued)
    await started(feed, loop)
    assert (await feed.move(BACK)).why is None
    failure: dict[str, Any] = {
        "Event": "OriginateResponse", "Privilege": "call,all", "ActionID": asked[0], "Response": "Failure",
        "Channel": "PJSIP/1199", "Reason": "0", "Uniqueid": "move2-pbx1-1.0", "CallerIDNum": "<unknown>",
        "CallerIDName": "<unknown>",
    }  # fmt: skip
    await pbx.send_event(failure)
    await loop.until(lambda: [one for one in loop.given if isinstance(one, MoveLegGone)])
    (gone,) = [one for one in loop.given if isinstance(one, MoveLegGone)]
    assert (gone.n, gone.cause) == (2, 3)
