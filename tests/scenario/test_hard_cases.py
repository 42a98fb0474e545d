"""The hard cases that no other scenario tells: who is easily misjudged, misheard, or not heard at all."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.heard import HearingChanged
from gateway.calls.model import CallSession
from gateway.calls.signals import CallerIdentified, TapEnded
from gateway.calls.wrapped import FinishCall
from gateway.desk import board
from gateway.desk.wall import real
from gateway.runtime.answers import Accepted
from gateway.speech.model import HearingState, Leg
from gateway.store.wall import StoredWall
from gateway.testing.call_script import Caller, WholeGateway
from gateway.triage.model import AlarmClass, Nature

NOTHING_WRONG = "不好意思，我打错了"
"""Of a caller who is heard well this is no police matter."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[WholeGateway]:
    async with WholeGateway(tmp_path) as made:
        yield made


async def answered(site: WholeGateway, number: str = "13800138000") -> Caller:
    """A caller whom a call-taker speaks with, heard from the first word on."""
    caller = await site.caller(number).rings()
    await caller.is_answered()
    await site.quiet()
    return caller


async def verdict(caller: Caller) -> AlarmClass | None:
    found = (await caller.session()).triage
    return found.alarm_class if found else None


# ---- child, elderly, drunk, confused


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("喂，警察叔叔，嘻嘻嘻", "我上幼儿园大班"), id="a child who giggles"),
        pytest.param(("妈妈在不在呀", "我一个人在家"), id="a child alone"),
        pytest.param(("喂？谁呀，听不清", "我是老头子，我记不得门牌了"), id="somebody old"),
        pytest.param(("喂，是小陈吧，我是你奶奶", "你今天吃了没有"), id="somebody old who means another"),
        pytest.param(("老伴走了，夜里睡不着", "我就想找人说说话"), id="somebody old and alone"),
        pytest.param(("外星人在我脑子里装了东西", "电视里的人在骂我"), id="somebody who hears voices"),
        pytest.param(("嗝，我跟你讲，我没喝多", "再来一瓶，你过来陪我"), id="somebody drunk"),
        pytest.param(("我不晓得我在哪", "他们又来了，又来了，天花板上"), id="somebody confused"),
    ],
)
async def test_a_child_the_elderly_the_drunk_and_the_confused_are_never_taken_for_a_prank(
    site: WholeGateway, words: tuple[str, ...]
) -> None:
    """Neither while they speak nor after they hung up nor the third time: a person decides."""
    for _ in range(3):
        caller = await answered(site)
        for sentence in words:
            await caller.says(sentence)
            assert await verdict(caller) is not AlarmClass.NON_POLICE
        await caller.hangs_up()
        await site.advance(30)
        session = await caller.session()
        assert session.triage is not None
        assert session.triage.alarm_class is not AlarmClass.NON_POLICE
        assert session.disposition is None


async def test_who_is_heard_well_and_says_that_nothing_is_wrong_is_no_police_matter(
    site: WholeGateway,
) -> None:
    """What makes the doubts of this file mean something."""
    caller = await answered(site)
    await caller.says(NOTHING_WRONG)
    assert await verdict(caller) is AlarmClass.NON_POLICE


# ---- dialect, foreign language


async def test_a_caller_in_a_language_without_a_model_is_flagged_and_goes_to_a_person(
    site: WholeGateway,
) -> None:
    """Whatever the model of another language makes of the words."""
    caller = await answered(site)
    await hears(site, caller, HearingState.NO_MODEL, "no model for yue")
    await caller.says(NOTHING_WRONG)
    assert await verdict(caller) is AlarmClass.UNSURE
    session = await caller.session()
    side = board.hearing_json(session)[0]
    assert (side["state"], side["reason"], side["transcript"]) == ("no_model", "no model for yue", False)
    assert [(each["state"], each["reason"]) for each in site.events("SpeechStateChange")][-1] == (
        "no_model", "no model for yue",
    )  # fmt: skip
    await caller.hangs_up()
    assert await verdict(caller) is AlarmClass.UNSURE, "hanging up makes nobody better understood"
    decided = FinishCall(
        call_id=caller.call_id, at=site.clock.now(), request_id="f1", actor="wang",
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, note="讲粤语，由懂粤语的同事接谈",
    )  # fmt: skip
    assert isinstance(await site.ask(decided), Accepted)


async def test_a_caller_in_dialect_is_flagged_and_goes_to_a_person_even_if_the_words_look_harmless(
    site: WholeGateway,
) -> None:
    caller = await answered(site)
    await caller.says("侬好，阿拉勿晓得打啥人", NOTHING_WRONG)
    assert await verdict(caller) is AlarmClass.UNSURE
    rules = {each["rule_id"] for each in site.events("TriageAssessed")[-1]["assessment"]["findings"]}
    assert "zh.unsure.dialect" in rules


async def hears(site: WholeGateway, caller: Caller, state: HearingState, reason: str) -> None:
    """The listener's word on how it hears the caller."""
    await caller.tell(
        HearingChanged, leg=Leg.CALLER, tap_id=await ear(caller), state=state, since_ms=0, reason=reason
    )
    await site.quiet()


async def ear(caller: Caller) -> str:
    """The live tap on the caller's side."""
    return next(tap.tap_id for tap in (await caller.session()).taps if tap.leg is Leg.CALLER)


# ---- speech dead


async def test_when_nobody_hears_the_caller_any_more_the_card_says_so_and_the_verdict_is_unsure(
    site: WholeGateway,
) -> None:
    caller = await answered(site)
    await caller.says(NOTHING_WRONG)
    assert await verdict(caller) is AlarmClass.NON_POLICE
    await site.advance(5)
    await caller.tell(
        TapEnded, leg=Leg.CALLER, tap_id=await ear(caller), reason="listener lost", failed=True, final=True
    )
    session = await caller.session()
    assert board.speech_state(session) == "dead"
    side = board.hearing_json(session)[0]
    assert (side["speaker"], side["transcript"], side["reason"]) == ("caller", False, "listener lost")
    assert await verdict(caller) is AlarmClass.UNSURE
    assert [each["state"] for each in site.events("SpeechStateChange")][-1] == "dead"
    await site.advance(20)
    await caller.hangs_up()
    assert await verdict(caller) is AlarmClass.UNSURE, "twenty seconds of it nobody has heard"
    assert (await caller.session()).ended_at is not None, "the call itself lacked nothing"


# ---- test call


async def test_a_test_call_is_tagged_traced_from_end_to_end_and_counted_nowhere(site: WholeGateway) -> None:
    caller = site.caller("19900009999")
    await caller.seizes()
    await caller.tell(CallerIdentified, ani="19900009999", ani_source="PAI", test=True)
    await caller.is_queued()
    await caller.is_answered()
    await caller.says("有人拿刀砍人，快来")
    await site.advance(15)
    session = await caller.session()
    assert board.summary(session, {}, None)["test"] is True
    assert real([session]) == []
    await caller.hangs_up()
    await site.quiet()
    events = [message for message in site.broker.messages if "/events/" in message.topic]
    nouns = {json.loads(event.payload)["type"].split(".")[2] for event in events}
    assert {"CallStart", "CallerIdentity", "TriageAssessed", "CallEnd"} <= nouns
    assert await calls_of_the_day(site) == 0
    proper = await answered(site)
    await proper.hangs_up()
    await site.quiet()
    assert await calls_of_the_day(site) == 1


async def test_a_test_call_that_nobody_answers_leaves_no_task_and_makes_no_flood(site: WholeGateway) -> None:
    for _ in range(20):
        caller = site.caller("19900009999")
        await caller.seizes()
        await caller.tell(CallerIdentified, ani="19900009999", ani_source="PAI", test=True)
        await caller.is_queued()
        await site.advance(2)
        await caller.hangs_up()
        session: CallSession = await caller.session()
        assert (session.task, session.together.suspicion) == (None, None)
    assert site.floods.now == ()


async def calls_of_the_day(site: WholeGateway) -> int:
    await site.advance(60)
    day = await StoredWall(site.store.database, ZoneInfo("Asia/Shanghai")).day(site.clock.now())
    return sum(each.calls for each in day.today)
