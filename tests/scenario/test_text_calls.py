"""Text calls through the whole gateway: from the first message to the finished card, twice told, flooded,
with a restart in the middle."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from gateway import testing
from gateway.calls.handed import CallBack
from gateway.calls.model import CallSession, CallState, EndReason, Medium
from gateway.calls.texted import ClaimText, PassText, ReleaseText, ResendText, WriteText
from gateway.calls.wrapped import FinishCall
from gateway.desk import board
from gateway.desk.threads.effects import QUIET
from gateway.desk.threads.signals import ThreadDue
from gateway.ids import CallId
from gateway.ports_text import Delivery, Outcome, Receipt, TextMessage, TextReport
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_sender import FakeTextSender
from gateway.testing.fake_text_provider import FakeTextProvider
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import SITE, Whole
from gateway.triage.engine import Triage, read_sources
from gateway.triage.model import AlarmClass, Nature

NUMBER = "13800138000"
RULES = Triage.build(read_sources(Path(testing.__file__).with_name("demo_pack")))
WITHIN_S = 180.0
_ids = itertools.count(1)


async def started(
    gateways: list[Whole], before: Whole | None = None, keys: dict[str, str] | None = None
) -> Whole:
    """`before`: the one that died; store and broker outlive it. `keys`: of providers."""
    kept = ("store", "broker", "clock", "sender", "sent")
    more = {name: getattr(before, name) for name in kept} if before else {"sender": FakeTextSender()}
    made = Whole(**more, text_within_s=WITHIN_S, text_keys=keys or {}, engine=lambda: RULES)
    gateways.append(made)
    await made.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


@pytest.fixture
async def provider(gateway: Whole) -> FakeTextProvider:
    made = FakeTextProvider(gateway.broker, SITE, gateway.clock)
    await made.open()
    return made


async def comes(gateway: Whole, provider: FakeTextProvider, *messages: dict[str, Any]) -> list[str | None]:
    """Hand messages in and wait until they are taken; the calls they went to."""
    first = len(provider.replies)
    for message in messages:
        await provider.send(message)
    await gateway.settle()
    await gateway.house.threads.idle()
    await gateway.settle()
    return [reply.call_id for reply in provider.replies[first:]]


async def the_call(gateway: Whole, call_id: str | None) -> CallSession:
    assert call_id is not None
    found = await gateway.house.intake.call(call_id)
    assert found is not None
    return found


def common(gateway: Whole, call_id: str | None, actor: str = "wang") -> dict[str, Any]:
    assert call_id is not None
    return {
        "call_id": CallId(call_id), "at": gateway.clock.now(), "request_id": f"r{next(_ids)}", "actor": actor,
    }  # fmt: skip


async def claims(gateway: Whole, call_id: str | None, actor: str = "wang", position: str = "1101") -> Answer:
    return await gateway.ask(ClaimText(**common(gateway, call_id, actor), position=position))


async def finishes(gateway: Whole, call_id: str | None, actor: str = "wang") -> Answer:
    decided: dict[str, Any] = {"alarm_class": AlarmClass.VALID_ALARM, "nature": Nature.FIGHT}
    return await gateway.ask(FinishCall(**common(gateway, call_id, actor), **decided))


def steps(gateway: Whole) -> list[str]:
    return [told["step"] for told in gateway.events("TextCallChange")]


async def test_a_text_call_from_its_first_message_to_the_finished_card(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    place = {"latitude": 30.27, "longitude": 120.15, "datum": "WGS-84", "uncertainty_m": 20.0}
    (call_id,) = await comes(gateway, provider, provider.message(f"+86{NUMBER}", "有人打架", position=place))
    call = await the_call(gateway, call_id)
    assert call_id == f"{SITE}-txt-sms12110.sms12110-00001"
    assert (call.medium, call.state, call.ani) == (Medium.TEXT, CallState.QUEUED, NUMBER)
    assert (call.taps, call.recordings, call.hearing) == ((), (), ())
    assert call.leading_location is not None
    assert gateway.events("CallStart")[0]["medium"] == "text"
    await gateway.pass_time(12)
    assert isinstance(await claims(gateway, call_id), Accepted)
    call = await the_call(gateway, call_id)
    assert (call.state, call.queue_wait_ms, board.agents(call)) == (CallState.ANSWERED, 12_000, ["1101"])
    asked = await gateway.ask(WriteText(**common(gateway, call_id), text="有人受伤吗？"))
    assert isinstance(asked, Accepted)
    assert await comes(gateway, provider, provider.message(NUMBER, "有一个流血了")) == [call_id]
    said = [
        (each["segment"]["speaker"], each["segment"]["text"]) for each in gateway.events("TranscriptSegment")
    ]
    assert said == [("caller", "有人打架"), ("call_taker", "有人受伤吗？"), ("caller", "有一个流血了")]
    assert isinstance(await finishes(gateway, call_id), Accepted)
    await gateway.settle()
    call = await the_call(gateway, call_id)
    assert (call.state, call.end_reason, call.closed) == (CallState.ENDED, EndReason.COMPLETED, True)
    assert call.task is None, "nobody has to ring back who wrote"
    assert gateway.events("CallEnd")[0]["end_reason"] == "COMPLETED"
    assert steps(gateway) == ["waiting", "claimed"]
    (later,) = await comes(gateway, provider, provider.message(NUMBER, "谢谢"))
    assert later not in (None, call_id)


async def test_the_same_message_twice_is_one_and_says_so(gateway: Whole, provider: FakeTextProvider) -> None:
    message = provider.message(NUMBER, "有小偷")
    calls = await comes(gateway, provider, message, message)
    again = await comes(gateway, provider, message)
    assert set(calls + again) == {calls[0]}
    assert [reply.outcome for reply in provider.replies][-1] == "known"
    assert len(gateway.events("TranscriptSegment")) == 1
    assert len(gateway.events("CallStart")) == 1


async def test_one_gets_it_the_other_hears_who_has_it_and_it_can_be_given_back_and_passed_on(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "救命"))
    assert isinstance(await claims(gateway, call_id), Accepted)
    late = await claims(gateway, call_id, "li", "1102")
    assert isinstance(late, Refused)
    assert (late.code, late.text) == ("text_claimed", "wang, 1101")
    stranger = await gateway.ask(WriteText(**common(gateway, call_id, "li"), text="您好"))
    assert isinstance(stranger, Refused)
    assert stranger.code == "text_claimed"
    assert isinstance(await gateway.ask(ReleaseText(**common(gateway, call_id))), Accepted)
    call = await the_call(gateway, call_id)
    assert (call.state, [each.call_id for each in gateway.house.threads.waiting()]) == (
        CallState.QUEUED, [call_id],
    )  # fmt: skip
    assert isinstance(await claims(gateway, call_id, "li", "1102"), Accepted)
    nobody = await gateway.ask(PassText(**common(gateway, call_id, "li"), to="1103"))
    assert isinstance(nobody, Refused)
    assert nobody.code == "nobody_there"
    passed = PassText(**common(gateway, call_id, "li"), to="1103", to_user="zhao")
    assert asdict(await gateway.ask(passed)) == asdict(await gateway.ask(passed))
    call = await the_call(gateway, call_id)
    assert call.text is not None
    assert (call.text.claimed_by, call.text.position, board.agents(call)) == (
        "zhao", "1103", ["1101", "1102", "1103"],
    )  # fmt: skip
    await gateway.settle()
    assert steps(gateway) == ["waiting", "claimed", "given_back", "claimed", "passed"]


async def test_nobody_having_it_in_time_is_told_once_also_by_who_starts_anew(
    gateways: list[Whole], gateway: Whole, provider: FakeTextProvider
) -> None:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "救命"))
    await gateway.pass_time(WITHIN_S - 5)
    assert steps(gateway) == ["waiting"]
    await gateway.pass_time(7)
    assert steps(gateway) == ["waiting", "overdue"]
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await gateway.pass_time(WITHIN_S)
    assert steps(gateway) == ["waiting", "overdue"]
    assert [each.call_id for each in gateway.house.threads.waiting()] == [call_id]


async def test_a_restart_in_the_middle_of_a_long_message_loses_and_doubles_nothing(
    gateways: list[Whole], gateway: Whole, provider: FakeTextProvider
) -> None:
    one, two, three = provider.parts(NUMBER, "我在和平路", "八十八号", "三楼")
    (call_id,) = await comes(gateway, provider, two)
    assert isinstance(await claims(gateway, call_id), Accepted)
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await comes(gateway, provider, two, three, one)
    assert [each["segment"]["text"] for each in gateway.events("TranscriptSegment")] == [
        "我在和平路八十八号三楼"
    ]
    call = await the_call(gateway, call_id)
    assert call.text is not None
    assert (call.state, call.text.claimed_by) == (CallState.ANSWERED, "wang")


async def test_parts_that_do_not_come_are_shown_as_missing(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    first, _ = provider.parts(NUMBER, "他手里有", "一把刀")
    await comes(gateway, provider, first)
    assert gateway.events("TranscriptSegment") == []
    await gateway.pass_time(22)
    (told,) = gateway.events("TextMessageChange")
    assert (told["text"], told["missing"], told["state"]) == ("他手里有[…]", [2], "incomplete")


async def test_a_flood_of_one_number_stands_behind_the_others_and_all_of_it_is_there(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    flood = [provider.message(NUMBER, f"第{n}条") for n in range(60)]
    calls = await comes(gateway, provider, *flood)
    (other,) = await comes(gateway, provider, provider.message("13900139000", "家里进贼了"))
    assert len(set(calls)) == 1
    assert len(gateway.events("TranscriptSegment")) == 61
    assert [each.call_id for each in gateway.house.threads.waiting()] == [other, calls[0]]


async def test_bad_messages_are_answered_with_what_is_wrong_and_kept(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    await provider.send(b"{")
    await provider.send({**provider.message(NUMBER, "x"), "sent_at": "2026-01-05T08:00:00"})
    await provider.send({**provider.message(NUMBER, "x"), "position": {"latitude": 1.0, "longitude": 2.0}})
    await gateway.settle()
    assert [reply.outcome for reply in provider.replies] == ["refused"] * 3
    told = " ".join(reply.message_en or "" for reply in provider.replies)
    assert "sent_at" in told
    assert "position.datum" in told
    assert len(gateway.asides.rows) == 3
    assert gateway.house.health.get("texts") is not None


async def test_a_text_call_has_no_line_and_outlives_a_look_at_the_pbx(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "救命"))
    back = await gateway.ask(CallBack(**common(gateway, call_id), position="1101"))
    assert isinstance(back, Refused)
    assert back.code == "no_line"
    assert gateway.house.intake.open("pbx1") == []
    assert gateway.trunk.moved == []


async def test_a_claimed_text_call_ends_with_a_long_quiet_an_unclaimed_one_goes_on_waiting(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    (mine,) = await comes(gateway, provider, provider.message(NUMBER, "在吗"))
    (waits,) = await comes(gateway, provider, provider.message("13900139000", "在吗"))
    await claims(gateway, mine)
    for thread in gateway.house.intake.book.of_kind("thread"):
        await gateway.give(ThreadDue(thread=thread, at=gateway.clock.now() + QUIET, name="quiet"))
    assert (await the_call(gateway, mine)).state is CallState.ENDED
    assert (await the_call(gateway, mine)).wrap.finished is None
    assert (await the_call(gateway, waits)).state is CallState.QUEUED


async def test_the_worst_text_call_stays_small(gateway: Whole, provider: FakeTextProvider) -> None:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "救命"))
    await claims(gateway, call_id)
    for _ in range(40):
        await comes(gateway, provider, provider.message(NUMBER, "长" * 1500))
        await gateway.ask(WriteText(**common(gateway, call_id), text="答" * 500))
        await gateway.pass_time(1)
    assert isinstance(gateway.store, MemoryStore)
    assert isinstance(gateway.broker, FakeBroker)
    assert call_id is not None
    assert len(gateway.store.aggregates["call", call_id].state.encode()) < 4 * 1024
    assert len(gateway.store.texts) == 81


async def test_a_danger_in_the_first_part_of_a_long_message_does_not_wait_for_the_rest(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    first, second = provider.parts(NUMBER, "有人拿着刀", "抢了我的包")
    (call_id,) = await comes(gateway, provider, first)
    assert [told["veto"]["code"] for told in gateway.events("VetoRaised")] == ["weapon"]
    assert gateway.events("TranscriptSegment") == []
    await comes(gateway, provider, second)
    await gateway.settle()
    call = await the_call(gateway, call_id)
    assert call.triage is not None
    assert (call.triage.alarm_class, call.triage.nature) == (AlarmClass.VALID_ALARM, Nature.ROBBERY)


# ---- answers


def states(gateway: Whole) -> list[str]:
    """How it stood with answers, step by step."""
    told = gateway.events("TextMessageChange")
    return [each["state"] for each in told if each["speaker"] == "call_taker"]


async def written(gateway: Whole, provider: FakeTextProvider, text: str = "您在哪里？") -> str:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "有小偷"))
    await claims(gateway, call_id)
    assert isinstance(await gateway.ask(WriteText(**common(gateway, call_id), text=text)), Accepted)
    await gateway.settle()
    assert call_id is not None
    return call_id


def sender(gateway: Whole) -> FakeTextSender:
    assert gateway.sender is not None
    return gateway.sender


async def report(gateway: Whole, delivery: Delivery, n: int = -1) -> bool:
    text = sender(gateway).sent[n]
    told = TextReport(delivery=delivery, at=gateway.clock.now(), message_id=text.message_id)
    known = await gateway.house.texting.reported(told)
    await gateway.settle()
    return known


async def test_an_answer_goes_out_once_and_its_delivery_is_told(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    call_id = await written(gateway, provider)
    (text,) = sender(gateway).sent
    assert (text.number, text.text) == (NUMBER, "您在哪里？")
    assert NUMBER not in text.message_id
    assert await report(gateway, Delivery.DELIVERED)
    assert await report(gateway, Delivery.DELIVERED)
    assert states(gateway) == ["queued", "sent", "delivered"]
    assert isinstance(await finishes(gateway, call_id), Accepted)
    assert await report(gateway, Delivery.FAILED), "late news of a call that is over changes nothing"
    assert states(gateway) == ["queued", "sent", "delivered"]


async def test_an_answer_that_failed_says_so_and_can_be_sent_again(
    gateway: Whole, provider: FakeTextProvider
) -> None:
    sender(gateway).outcome, sender(gateway).reason = Outcome.REFUSED, "number barred"
    call_id = await written(gateway, provider)
    assert states(gateway) == ["queued", "failed"]
    assert gateway.events("TextMessageChange")[-1]["reason"] == "number barred"
    call = await the_call(gateway, call_id)
    assert call.text is not None
    assert call.text.undelivered == 1
    sender(gateway).outcome = Outcome.ACCEPTED
    again = await gateway.ask(ResendText(**common(gateway, call_id), index=0, text="您在哪里？"))
    assert isinstance(again, Accepted)
    await gateway.settle()
    assert states(gateway) == ["queued", "failed", "queued", "sent"]
    call = await the_call(gateway, call_id)
    assert call.text is not None
    assert call.text.undelivered == 0


async def test_an_answer_under_way_when_the_gateway_dies_is_unknown_and_never_sent_again_by_itself(
    gateways: list[Whole], gateway: Whole, provider: FakeTextProvider
) -> None:
    (call_id,) = await comes(gateway, provider, provider.message(NUMBER, "有小偷"))
    await claims(gateway, call_id)
    sending = asyncio.Event()

    async def hangs(message: TextMessage) -> Receipt:
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError

    sender(gateway).send = hangs  # type: ignore[method-assign]
    await gateway.ask(WriteText(**common(gateway, call_id), text="您在哪里？"))
    await sending.wait()
    await gateway.crash()
    del sender(gateway).send  # type: ignore[attr-defined]
    gateway = await started(gateways, gateway)
    await gateway.settle()
    assert states(gateway) == ["queued", "unknown"]
    assert sender(gateway).sent == []
    await gateway.ask(ResendText(**common(gateway, call_id), index=0, text="您在哪里？"))
    await gateway.settle()
    assert [each.text for each in sender(gateway).sent] == ["您在哪里？"]
