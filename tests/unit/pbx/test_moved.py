"""Legs of our own, targets that ring for a caller, and callers who are called back, read off AMI's events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.handed import MoveLegGone, MoveLegUp, TargetAnswered, TargetMissed, TargetRang
from gateway.calls.handing import Why
from gateway.calls.quieted import PromptStep, PromptStepped
from gateway.calls.signals import CallerIdentified, CallSeized
from gateway.pbx.known import CHANNEL
from gateway.pbx.message import AmiMessage, message_of
from gateway.pbx.moved import moved_for, whispers_to
from gateway.pbx.translate import Translator

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALLER = ("PJSIP/trunk-00000000", "pbx1-1.0")


class Wire:
    """A PBX that says one thing a second."""

    def __init__(self) -> None:
        self.translator, self.seconds = Translator("demo", "pbx1"), 0

    def say(self, event: str, *parts: tuple[str, str]) -> list[Any]:
        self.seconds += 1
        at = AT + timedelta(seconds=self.seconds)
        head = (("Event", event), ("Privilege", "call,all"), ("Timestamp", f"{at.timestamp():.6f}"))
        message: AmiMessage = message_of(at=at, headers=(*head, *parts))
        return list(self.translator.feed(message))

    def leg(
        self, name: str, uniqueid: str, *, prefix: str = "", linkedid: str = "", state: str = "6",
        context: str = "x", exten: str = "s",
    ) -> tuple[tuple[str, str], ...]:  # fmt: skip
        facts = dict.fromkeys(CHANNEL, "") | {
            "ChannelState": state, "ChannelStateDesc": "Up", "CallerIDNum": "", "Context": context,
            "Exten": exten, "Priority": "1", "Uniqueid": uniqueid, "Linkedid": linkedid or uniqueid,
            "Language": "en",
        }  # fmt: skip
        return ((f"{prefix}Channel", name), *((prefix + key, facts[key]) for key in CHANNEL))

    def caller(self) -> None:
        """A caller is on the line."""
        told = self.leg(*CALLER, state="4", context="intake110-trunk", exten="110")
        assert [type(signal) for signal in self.say("Newchannel", *told)] == [CallSeized]

    def dials(self, event: str, status: str = "", **how: str) -> list[Any]:
        """The caller's leg, or another (`by`), dials 12333 at the departments."""
        by = (how.get("by", CALLER[0]), how.get("by_id", CALLER[1]))
        linked = how.get("linkedid", CALLER[1])
        ends = (("DialString", "12333@departments"),) if event == "DialBegin" else (("DialStatus", status),)
        return self.say(
            event, *self.leg(*by, linkedid=linked),
            *self.leg(
                how.get("name", "PJSIP/departments-00000002"), how.get("uniqueid", "pbx1-2.0"), prefix="Dest",
                linkedid=linked, state="5",
            ),
            *ends,
        )  # fmt: skip

    def gone(self, name: str, uniqueid: str, cause: int, linkedid: str = "") -> list[Any]:
        return self.say(
            "Hangup", *self.leg(name, uniqueid, linkedid=linkedid), ("Cause", str(cause)), ("Cause-txt", "x")
        )


@pytest.fixture
def wire() -> Wire:
    made = Wire()
    made.caller()
    return made


def of(signals: list[Any], kind: type) -> list[Any]:
    return [signal for signal in signals if type(signal) is kind]


def test_a_target_that_rings_and_answers_is_told_of_the_call(wire: Wire) -> None:
    (rang,) = of(wire.dials("DialBegin"), TargetRang)
    (answered,) = of(wire.dials("DialEnd", "ANSWER"), TargetAnswered)
    assert (rang.number, answered.number, rang.call_id) == ("12333", "12333", "demo-pbx1-pbx1-1.0")


@pytest.mark.parametrize(
    ("status", "cause", "why"),
    [
        ("NOANSWER", 16, Why.NO_ANSWER), ("NOANSWER", 19, Why.NO_ANSWER), ("NOANSWER", 1, Why.DEAD_NUMBER),
        ("BUSY", 17, Why.BUSY), ("BUSY", 16, Why.BUSY), ("CHANUNAVAIL", 0, Why.DEAD_NUMBER),
        ("CONGESTION", 16, Why.DEAD_NUMBER),
    ],
)  # fmt: skip
def test_who_does_not_answer_is_told_with_the_reason_when_the_leg_is_gone(
    wire: Wire, status: str, cause: int, why: Why
) -> None:
    wire.dials("DialBegin")
    assert of(wire.dials("DialEnd", status), TargetMissed) == []
    (missed,) = of(wire.gone("PJSIP/departments-00000002", "pbx1-2.0", cause, CALLER[1]), TargetMissed)
    assert (missed.number, missed.why) == ("12333", why)


def test_who_was_called_off_is_not_missed(wire: Wire) -> None:
    wire.dials("DialBegin")
    wire.dials("DialEnd", "CANCEL")
    assert of(wire.gone("PJSIP/departments-00000002", "pbx1-2.0", 16, CALLER[1]), TargetMissed) == []


def test_a_target_called_into_a_room_is_known_by_the_leg_that_dials_it(wire: Wire) -> None:
    half = {"by": "Local/12333@intake110-targets-00000000;2", "by_id": "with-move2-pbx1-1.0",
            "linkedid": "move2-pbx1-1.0"}  # fmt: skip
    (rang,) = of(wire.dials("DialBegin", **half), TargetRang)
    assert rang.call_id == "demo-pbx1-pbx1-1.0"
    done = (("UserEvent", "DeptDone"), ("CallId", CALLER[1]), ("Dept", "12333"), ("Status", "BUSY"))
    dialler = wire.leg(half["by"], half["by_id"], linkedid=half["linkedid"])
    (missed,) = of(wire.say("UserEvent", done[0], *dialler, *done[1:]), TargetMissed)
    assert (missed.number, missed.why) == ("12333", Why.BUSY)


def test_desks_helpers_and_phones_of_ours_are_no_targets(wire: Wire) -> None:
    assert (
        of(wire.dials("DialBegin", name="PJSIP/1101-00000003", uniqueid="move3-pbx1-1.0"), TargetRang) == []
    )
    assert of(wire.dials("DialBegin", name="Local/x@y-00000001;1", uniqueid="pbx1-3.0"), TargetRang) == []


def test_a_leg_of_ours_tells_its_move_when_it_is_up_and_when_it_is_gone(wire: Wire) -> None:
    own = ("PJSIP/1190-00000004", "move4-pbx1-1.0")
    wire.say("Newchannel", *wire.leg(*own, state="0"))
    assert of(wire.say("Newstate", *wire.leg(*own, state="5")), MoveLegUp) == []
    (up,) = of(wire.say("Newstate", *wire.leg(*own)), MoveLegUp)
    (gone,) = of(wire.gone(*own, 16), MoveLegGone)
    assert (up.n, up.call_id, gone.n, gone.cause) == (4, "demo-pbx1-pbx1-1.0", 4, 16)


def test_of_a_call_that_is_over_its_legs_are_told_all_the_same(wire: Wire) -> None:
    wire.gone(*CALLER, 16)
    own = ("PJSIP/1101-00000005", "move1-pbx1-1.0")
    wire.say("Newchannel", *wire.leg(*own, state="0"))
    (gone,) = of(wire.gone(*own, 17), MoveLegGone)
    assert gone.call_id == "demo-pbx1-pbx1-1.0"


def called(
    wire: Wire, number: str = "13800138000", linkedid: str = "move1-pbx1-1.0", **more: str
) -> list[Any]:
    leg = ("PJSIP/trunk-00000009", "pbx1-9.0")
    known = more.get("known", "yes") == "yes"
    if known:
        wire.say("Newchannel", *wire.leg(*leg, linkedid=linkedid, state="0"))
    return wire.say(
        "UserEvent", ("UserEvent", "CallBack110"), *wire.leg(*leg, linkedid=linkedid),
        ("CallId", more.get("call", leg[1])), ("Dialed", number),
    )  # fmt: skip


def test_whom_we_call_back_is_a_call_of_its_own_that_knows_the_call_it_is_about(wire: Wire) -> None:
    seized, known = called(wire)
    assert isinstance(seized, CallSeized)
    assert isinstance(known, CallerIdentified)
    assert (seized.call_id, seized.outgoing) == ("demo-pbx1-pbx1-9.0", True)
    assert (seized.callback_of, seized.callback_move) == ("demo-pbx1-pbx1-1.0", 1)
    assert (known.ani, known.ani_source) == ("13800138000", "dialled")
    assert called(wire) == []


def test_a_call_of_our_own_that_calls_nobody_back_is_a_call_too(wire: Wire) -> None:
    seized, _ = called(wire, linkedid="pbx1-8.0")
    assert (seized.outgoing, seized.callback_of) == (True, None)


@pytest.mark.parametrize("wrong", [{"number": "evil"}, {"number": ""}, {"call": "pbx1-7.0"}])
def test_a_call_back_that_does_not_hang_together_is_no_call(wire: Wire, wrong: dict[str, str]) -> None:
    assert called(wire, **wrong) == []


def test_a_callers_own_leg_is_never_a_call_back(wire: Wire) -> None:
    """Whatever a hostile caller gets into an event: the leg came in over the trunk."""
    told = wire.say(
        "UserEvent", ("UserEvent", "CallBack110"), *wire.leg(*CALLER, context="intake110-trunk", exten="110"),
        ("CallId", CALLER[1]), ("Dialed", "13800138000"),
    )  # fmt: skip
    assert of(told, CallSeized) == []


def test_for_whom_a_leg_was_made_stands_in_its_own_or_its_linked_id(wire: Wire) -> None:
    wire.say("Newchannel", *wire.leg("PJSIP/1-00000001", "pbx1-5.0", linkedid="move1-pbx1-1.0"))
    wire.say("Newchannel", *wire.leg("PJSIP/2-00000002", "move2-pbx1-1.0", linkedid="pbx1-1.0"))
    legs = wire.translator.view.channels
    assert [moved_for(legs[one]) for one in ("pbx1-5.0", "move2-pbx1-1.0", CALLER[1])] == [
        "pbx1-1.0", "pbx1-1.0", "",
    ]  # fmt: skip


WHISPERING = ("Local/earpbx1-1.0@intake110-silence-00000003;1", "pbx1-5.7")


def test_a_leg_that_whispers_to_the_caller_tells_its_steps_and_its_end(wire: Wire) -> None:
    """It has a linked id of its own: its name says whose it is."""
    told = (("UserEvent", "Silence110"), ("CallId", "pbx1-1.0"), ("Step", "prompting"), ("By", "dialplan"))
    (step,) = wire.say("UserEvent", *wire.leg(*WHISPERING), *told)
    assert (step.step, step.leg, step.call_id) == (PromptStep.PROMPTING, "pbx1-5.7", "demo-pbx1-pbx1-1.0")
    (over,) = of(wire.gone(*WHISPERING, cause=16), PromptStepped)
    assert over.step is PromptStep.OVER


def test_another_leg_says_nothing_of_the_prompt_and_neither_does_an_unknown_word(wire: Wire) -> None:
    told = (("UserEvent", "Silence110"), ("CallId", "pbx1-1.0"), ("Step", "prompting"))
    for name in ("Local/ear@intake110-silence-00000004;1", "PJSIP/earpbx1-1.0@intake110-silence-00000004;1"):
        assert wire.say("UserEvent", *wire.leg(name, f"pbx1-6.{len(name)}"), *told) == []
    strange = (*told[:2], ("Step", "over"))
    assert wire.say("UserEvent", *wire.leg(*WHISPERING), *strange) == []


def test_the_callers_keys_and_course_are_untouched_by_the_legs_beside_it(wire: Wire) -> None:
    half = (WHISPERING[0].replace(";1", ";2"), "pbx1-5.8")
    told = [*wire.say("Newchannel", *wire.leg(*half)), *wire.gone(*half, cause=16)]
    assert told == []


def test_a_leg_says_by_its_name_to_whom_it_whispers() -> None:
    assert whispers_to(WHISPERING[0]) == "pbx1-1.0"
    for other in (
        WHISPERING[0].replace(";1", ";2"), WHISPERING[0].replace("Local", "PJSIP"),
        WHISPERING[0].replace("silence", "silences"), "Local/ear@intake110-silence-00000003;1",
    ):  # fmt: skip
        assert whispers_to(other) == ""
