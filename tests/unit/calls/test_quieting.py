"""Callers who cannot speak: the prompt and what answers it, keys and taps, the silent alarm."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls import reducer
from gateway.calls.answers import Accepted, Refused
from gateway.calls.effects import AssessTriage, MovePeople
from gateway.calls.handed import CallBack, MoveRefused, MoveSent, MoveUnseen
from gateway.calls.handing import MoveKind, Why
from gateway.calls.model import PartyRole
from gateway.calls.quiet import MAX_KEYS, AlarmCause, PromptState
from gateway.calls.quieted import (
    CallerSign,
    CodeWordHeard,
    EndSilentAlarm,
    PromptStep,
    PromptStepped,
    RaiseSilentAlarm,
    SeeSilentAlarm,
    SilencePromptChange,
    SilentAlarmChange,
    StartPrompt,
    StopPrompt,
    TapsHeard,
)
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    KeyPressed,
    TalkingChanged,
    TapLive,
    TriageAssessed,
    TriageFailed,
)
from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Assessment, Nature, VetoCode

LEG = "pbx1-1700000005.7"
WANG: dict[str, Any] = {"request_id": "r", "actor": "wang"}


def said(alarm_class: AlarmClass, nature: Nature = Nature.NONE) -> Assessment:
    return Assessment(
        alarm_class=alarm_class, nature=nature, nature_alternatives=(), priority=4, department=None,
        department_reason_zh=None, department_reason_en=None, partners=(), findings=(), vetoes=(),
        extracted=(), next_question_zh=None, next_question_en=None, pack_hash="p", veto_hash="v",
        basis="text",
    )  # fmt: skip


def prompted(call: Any) -> Any:
    """By the dialplan alone."""
    call.answered().tell(PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    call.tell(PromptStepped, step=PromptStep.PROMPTING, leg=LEG)
    return call


def causes(call: Any) -> list[str]:
    return [f"{event.step.value} {event.cause.value}" for event in call.published(SilentAlarmChange)]


def states(call: Any) -> list[str]:
    return [event.state.value for event in call.published(SilencePromptChange)]


def owed(call: Any, kind: type) -> list[Any]:
    return [effect for effect in reducer.owed(call.session) if isinstance(effect, kind)]


def test_a_key_after_the_prompt_raises_a_silent_alarm_which_is_a_veto_and_an_alarm_of_the_first_priority(
    call: Any,
) -> None:
    prompted(call).tell(KeyPressed, key="1")
    assert causes(call) == ["raised key"]
    assert call.session.vetoes == (VetoCode.CANNOT_SPEAK,)
    verdict = call.session.triage
    assert (verdict.alarm_class, verdict.nature, verdict.priority) == (
        AlarmClass.VALID_ALARM, Nature.PERSON_IN_DANGER, 1,
    )  # fmt: skip
    assert owed(call, AssessTriage), "the rules judge again with it"


def test_the_prompt_is_let_go_as_soon_as_it_was_answered(call: Any) -> None:
    prompted(call).tell(KeyPressed, key="1")
    (effect,) = owed(call, MovePeople)
    assert (effect.kind, effect.line) == (MoveKind.HUSH, LEG)
    assert call.session.quiet.prompt is PromptState.STOPPED


def test_a_key_without_a_prompt_is_noted_and_raises_nothing(call: Any) -> None:
    """Somebody who chooses a language presses keys, too."""
    call.answered().tell(KeyPressed, key="9")
    (sign,) = call.published(CallerSign)
    assert (sign.key, call.session.quiet.keys) == ("9", (("9", sign.at_ms),))
    assert causes(call) == []


def test_keys_that_a_department_asks_for_raise_nothing(call: Any) -> None:
    """Handed over to a line with a menu, long after the prompt."""
    prompted(call)
    call.join("12345", PartyRole.DEPARTMENT)
    call.tell(KeyPressed, key="1")
    assert (causes(call), call.session.quiet.key_count) == ([], 1)


def test_another_key_after_the_prompt_leaves_it_unsure_and_the_right_one_makes_it_an_alarm(call: Any) -> None:
    prompted(call).tell(KeyPressed, key="5")
    assert (call.session.triage.alarm_class, call.session.triage.priority) == (AlarmClass.UNSURE, 2)
    call.tell(KeyPressed, key="5")
    call.tell(KeyPressed, key="1")
    assert causes(call) == ["raised other_key", "raised key"]
    assert call.session.triage.alarm_class is AlarmClass.VALID_ALARM


def test_taps_in_answer_to_the_prompt_raise_and_earlier_ones_do_not(call: Any) -> None:
    call.answered().tell(TapsHeard, taps=2, started_ms=1_000)
    assert causes(call) == []
    call.tell(PromptStepped, step=PromptStep.PROMPTING, leg=LEG)
    call.tell(TapsHeard, taps=3, started_ms=2_000)
    assert causes(call) == [], "knocked before it was asked"
    call.tell(TapsHeard, taps=2, started_ms=60_000)
    assert causes(call) == ["raised taps"]
    assert call.session.quiet.taps == 7


def test_a_code_word_raises_whether_the_prompt_was_played_or_not_and_after_the_end_too(call: Any) -> None:
    call.answered()
    call.tell(CallEnded)
    call.tell(CodeWordHeard, segment_index=0, started_ms=5, ended_ms=9, quote="两份牛肉面")
    assert causes(call) == ["raised code_word"]
    assert call.session.triage.alarm_class is AlarmClass.VALID_ALARM


def test_the_machine_cannot_lower_what_stands_nor_a_broken_rule_set(call: Any) -> None:
    prompted(call).tell(KeyPressed, key="1")
    call.tell(TriageAssessed, assessment=said(AlarmClass.NON_POLICE), segments=1)
    assert call.session.triage.alarm_class is AlarmClass.VALID_ALARM
    call.tell(TriageFailed, reason="broken", segments=2)
    assert (call.session.triage.alarm_class, call.session.triage.priority) == (AlarmClass.VALID_ALARM, 1)


def test_only_a_person_ends_it_with_a_reason_and_then_the_rules_judge_alone_but_for_the_veto(
    call: Any,
) -> None:
    prompted(call).tell(KeyPressed, key="1")
    assert isinstance(call.step(EndSilentAlarm, **WANG, note="  ").answer, Refused)
    assert isinstance(call.step(SeeSilentAlarm, **WANG).answer, Accepted)
    assert call.session.quiet.alarm.stands
    call.step(EndSilentAlarm, **WANG, note="通话后确认误按")
    assert causes(call) == ["raised key", "seen key", "ended key"]
    assert call.published(SilentAlarmChange)[-1].note == "通话后确认误按"
    call.tell(TriageAssessed, assessment=said(AlarmClass.NON_POLICE), segments=1)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE, "the veto stands"
    assert call.step(EndSilentAlarm, **WANG, note="x").answer.code == "no_alarm"


def test_a_call_with_a_silent_alarm_is_rung_back_only_when_confirmed(call: Any) -> None:
    prompted(call).tell(CallerIdentified, ani="13800138000", ani_source="PAI")
    call.tell(KeyPressed, key="1")
    call.tell(CallEnded)
    refused = call.step(CallBack, **WANG, position="1101").answer
    assert refused.code == "ringing_unconfirmed"
    assert "silent alarm" in refused.text
    assert isinstance(call.step(CallBack, **WANG, position="1101", confirm_danger=True).answer, Accepted)


def test_a_call_taker_raises_it_and_a_second_one_is_told_that_it_stands(call: Any) -> None:
    call.answered()
    assert isinstance(call.step(RaiseSilentAlarm, **WANG).answer, Accepted)
    assert call.session.quiet.alarm.by == "wang"
    assert call.step(RaiseSilentAlarm, request_id="s", actor="li").answer.code == "alarm_stands"


def test_the_call_taker_starts_the_prompt_in_place_of_the_listening_leg_and_stops_it(call: Any) -> None:
    call.answered().tell(PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    assert isinstance(call.step(StartPrompt, **WANG).answer, Accepted)
    hush, prompt = sorted(owed(call, MovePeople), key=lambda effect: effect.n)
    assert (hush.kind, hush.line, prompt.kind) == (MoveKind.HUSH, LEG, MoveKind.PROMPT)
    assert call.step(StartPrompt, **WANG).answer.code == "pending"
    call.tell(MoveSent, n=hush.n)
    call.tell(MoveSent, n=prompt.n)
    own = f"move{prompt.n}-{call.session.uniqueid}"
    call.tell(PromptStepped, step=PromptStep.PROMPTING, leg=own)
    assert (call.session.quiet.prompt_by, call.session.quiet.watcher) == ("wang", own)
    assert isinstance(call.step(StopPrompt, **WANG).answer, Accepted)
    assert owed(call, MovePeople)[0].line == own
    call.tell(PromptStepped, step=PromptStep.OVER, leg=own)
    assert states(call) == ["asked", "playing", "stopped"]
    assert call.step(StopPrompt, **WANG).answer.code == "no_prompt"


def test_the_last_words_of_a_leg_that_was_let_go_change_nothing(call: Any) -> None:
    prompted(call).step(StopPrompt, **WANG)
    before = call.session
    call.tell(PromptStepped, step=PromptStep.PROMPTED, leg=LEG)
    assert call.session is before


@pytest.mark.parametrize(
    ("signal", "facts"), [(MoveRefused, {"why": Why.PBX_DOWN}), (MoveUnseen, {})]
)  # fmt: skip
def test_a_prompt_that_the_pbx_does_not_play_is_told_and_may_be_asked_again(
    call: Any, signal: Any, facts: Any
) -> None:
    call.answered().step(StartPrompt, **WANG)
    call.tell(signal, n=call.session.moves[-1].n, **facts)
    assert states(call) == ["asked", "failed"]
    assert isinstance(call.step(StartPrompt, **WANG).answer, Accepted)


def test_a_leg_that_vanishes_while_it_plays_was_stopped_and_one_that_never_played_failed(
    call: Any, another_call: Any
) -> None:
    prompted(call).tell(PromptStepped, step=PromptStep.OVER, leg=LEG)
    assert states(call) == ["playing", "stopped"]
    other = another_call().answered()
    other.tell(PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    other.tell(PromptStepped, step=PromptStep.OVER, leg=LEG)
    assert states(other) == ["failed"]


def test_a_caller_who_spoke_is_not_prompted_and_nothing_is_told_of_it(call: Any) -> None:
    call.answered().tell(PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    call.tell(PromptStepped, step=PromptStep.SPOKE, leg=LEG)
    call.tell(PromptStepped, step=PromptStep.OVER, leg=LEG)
    assert (states(call), call.session.quiet.prompt, call.session.quiet.watcher) == (
        [],
        PromptState.SPOKE,
        "",
    )


def test_neither_before_the_answer_nor_after_the_end_a_prompt_is_asked_for(call: Any) -> None:
    call.queued()
    assert call.step(StartPrompt, **WANG).answer.code == "not_answered"
    call.join("1101")
    call.tell(CallEnded)
    assert call.step(StartPrompt, **WANG).answer.code == "ended"


def test_talk_as_the_pbx_hears_it_is_noted_and_told_once_the_prompt_has_begun(call: Any) -> None:
    call.answered().tell(TalkingChanged, leg=Leg.CALLER, talking=True)
    assert (call.published(CallerSign), call.session.quiet.talking) == ([], None)
    call.tell(PromptStepped, step=PromptStep.PROMPTING, leg=LEG)
    call.tell(TalkingChanged, leg=Leg.CALLER, talking=False)
    call.tell(TalkingChanged, leg=Leg.CALL_TAKER, talking=True)
    assert [event.sign.value for event in call.published(CallerSign)] == ["silent"]
    assert call.session.quiet.talking is False


def test_the_pauses_of_a_caller_who_speaks_change_nothing(call: Any) -> None:
    call.answered().tell(PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    call.tell(TalkingChanged, leg=Leg.CALLER, talking=True)
    assert call.session.quiet.talking
    call.tell(PromptStepped, step=PromptStep.SPOKE, leg=LEG)
    before = call.session
    call.tell(TalkingChanged, leg=Leg.CALLER, talking=False)
    call.tell(TalkingChanged, leg=Leg.CALLER, talking=True)
    assert (call.session, before.quiet.talking) == (before, None)


def test_of_many_keys_the_newest_are_kept_and_all_are_counted(call: Any) -> None:
    call.answered()
    for n in range(40):
        call.tell(KeyPressed, key=str(n % 10))
    quiet = call.session.quiet
    assert (len(quiet.keys), quiet.key_count, quiet.keys[-1][0]) == (MAX_KEYS, 40, "9")


def test_a_dead_ear_does_not_keep_the_alarm_from_being_judged_anew(call: Any) -> None:
    prompted(call).tell(TapLive, leg=Leg.CALLER, tap_id=call.session.taps[0].tap_id)
    call.tell(TriageAssessed, assessment=said(AlarmClass.UNSURE), segments=0)
    assert owed(call, AssessTriage) == []
    call.tell(KeyPressed, key="1")
    assert owed(call, AssessTriage)


def test_what_raises_is_known_by_its_cause() -> None:
    assert {cause.value for cause in AlarmCause} == {"key", "other_key", "taps", "code_word", "person"}
