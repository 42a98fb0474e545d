"""Legs that our own actions made, and targets that ring for a caller: told of the move, or by the number.

A leg of ours bears its move and its call in its unique id (`calls.handing.leg_id`); no caller can choose one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gateway.calls.handed import MoveLegGone, MoveLegUp, TargetAnswered, TargetMissed, TargetRang
from gateway.calls.handing import Why, move_of
from gateway.calls.moves import unanswered
from gateway.calls.quieted import PromptStep, PromptStepped
from gateway.calls.signals import CallerIdentified, CallSignal
from gateway.ids import call_of
from gateway.pbx.course import Course, Moment
from gateway.pbx.shape import is_dialled, number_in
from gateway.pbx.view import Channel

if TYPE_CHECKING:
    from gateway.pbx.translate import Translator

MISSED = {
    "BUSY": Why.BUSY, "NOANSWER": Why.NO_ANSWER,
    "CONGESTION": Why.DEAD_NUMBER, "CHANUNAVAIL": Why.DEAD_NUMBER,
}  # fmt: skip
"""DialStatus of a leg that nobody answered; others (CANCEL) say that it was called off."""
_WHISPERING = re.compile(r"Local/ear(?P<uniqueid>[^@]{3,120})@intake110-silence-[0-9a-f]{8};1")
UNSAID = frozenset({None, 0, 16})
"""Q.850 causes that say nothing of why."""


def moved_for(channel: Channel) -> str:
    """The unique id of the caller for whom a leg, or what it was made beside, was made; "" for nobody."""
    found = move_of(channel.linkedid) or move_of(channel.uniqueid)
    return found[1] if found else ""


def whispers_to(name: str) -> str:
    """The unique id of the caller to whom a leg of `intake110-silence` listens and speaks; "" for another
    leg. The dialplan names it; a caller's own number never gets into a channel's name."""
    found = _WHISPERING.fullmatch(name)
    return found["uniqueid"] if found else ""


def whisper_over(t: Translator, channel: Channel, moment: Moment) -> Iterator[CallSignal]:
    """The half that does what the dialplan says of the prompt is gone."""
    course = t.courses.get(whispers_to(channel.name))
    if course is not None:
        yield PromptStepped(**_told(course, moment), step=PromptStep.OVER, leg=channel.uniqueid)


def own_leg_up(t: Translator, channel: Channel, moment: Moment) -> Iterator[CallSignal]:
    if (own := move_of(channel.uniqueid)) is not None:
        yield MoveLegUp(**_of(t, own[1], moment), n=own[0])


def own_leg_gone(t: Translator, channel: Channel, cause: int | None, moment: Moment) -> Iterator[CallSignal]:
    if (own := move_of(channel.uniqueid)) is not None:
        yield MoveLegGone(**_of(t, own[1], moment), n=own[0], cause=cause)


def called_back(t: Translator, channel: Channel, number: str, moment: Moment) -> list[CallSignal]:
    """We ring somebody: the leg that is called is the caller's of a call of its own. Made beside a leg of
    ours, it is the call-back of that leg's call."""
    if channel.uniqueid in t.courses or channel.inbound or not is_dialled(number.removeprefix("+")):
        return []
    facts: dict[str, Any] = {"outgoing": True}
    if (own := move_of(channel.linkedid)) is not None:
        facts |= {"callback_of": call_of(t.site, t.pbx, own[1]), "callback_move": own[0]}
    signals = t.seize(channel, moment, **facts)
    course = t.courses[channel.uniqueid]
    course.caller_told = True
    known = CallerIdentified(
        call_id=course.call_id, at=moment.at, source_at=moment.source_at, inferred=moment.inferred,
        ani=number, ani_source="dialled", dialed=number,
    )  # fmt: skip
    return [*signals, known]


def target_rang(t: Translator, channel: Channel | None, leg: Channel, moment: Moment) -> Iterator[CallSignal]:
    if (course := _dialled_for(t, channel, leg)) is not None:
        yield TargetRang(**_told(course, moment), number=number_in(leg.dialled or ""))


def target_answered(
    t: Translator, channel: Channel | None, leg: Channel, moment: Moment
) -> Iterator[CallSignal]:
    if (course := _dialled_for(t, channel, leg)) is not None:
        yield TargetAnswered(**_told(course, moment), number=number_in(leg.dialled or ""))


def target_missed(t: Translator, leg: Channel, cause: int | None, moment: Moment) -> Iterator[CallSignal]:
    """A leg ended that was dialled and never answered: the cause says more than the end of dialling did."""
    course, why = _dialled_for(t, None, leg), MISSED.get(leg.missed or "")
    if course is not None and why is not None:
        why = why if cause in UNSAID else unanswered(cause)
        yield TargetMissed(**_told(course, moment), number=number_in(leg.dialled or ""), why=why)


def _dialled_for(t: Translator, channel: Channel | None, leg: Channel) -> Course | None:
    """The call for whose caller a number is dialled: no desk, no helper, no phone of ours, and not the caller
    who is called back."""
    ours = move_of(leg.uniqueid) is not None or leg.uniqueid in t.courses
    if ours or t.shape.is_helper(leg.name) or not is_dialled(number_in(leg.dialled or "")):
        return None
    course = t.course_near(channel or leg)
    if course is None or leg.uniqueid in course.agents or t.desks.is_desk(number_in(leg.dialled or "")):
        return None
    return course


def _told(course: Course, moment: Moment) -> dict[str, Any]:
    return {"call_id": course.call_id, "at": moment.at, "source_at": moment.source_at}


def _of(t: Translator, uniqueid: str, moment: Moment) -> dict[str, Any]:
    return {"call_id": call_of(t.site, t.pbx, uniqueid), "at": moment.at, "source_at": moment.source_at}
