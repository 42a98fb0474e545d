"""Callers who cannot speak: the prompt and what answers it, keys and taps, the silent alarm. Pure.

A sign raises, and only a person ends: nothing here lowers a verdict or closes a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.calls import findings, moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.events import CallEvent
from gateway.calls.handing import MoveKind, MoveState, leg_id
from gateway.calls.model import CallSession, CallState, PartyRole
from gateway.calls.people import Changed
from gateway.calls.quiet import MAX_KEYS, PLAIN, PROMPT_KEY, AlarmCause, PromptState, Quiet, SilentAlarm
from gateway.calls.quieted import (
    CallerSign,
    CodeWordHeard,
    EndSilentAlarm,
    PromptStep,
    PromptStepped,
    RaiseSilentAlarm,
    SeeSilentAlarm,
    Sign,
    SilencePromptChange,
    SilentAlarmChange,
    SilentAlarmStep,
    StartPrompt,
    StopPrompt,
    TapsHeard,
)
from gateway.calls.signals import CallRequest, CallSignal, KeyPressed, TalkingChanged
from gateway.calls.speech import ms_of
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

MAX_NOTE_CHARS = 200
UNDER_WAY = frozenset({PromptState.ASKED, PromptState.PLAYING})

_STEPS = {
    PromptStep.WATCHING: PromptState.WATCHING, PromptStep.SPOKE: PromptState.SPOKE,
    PromptStep.PROMPTING: PromptState.PLAYING, PromptStep.PROMPTED: PromptState.PLAYED,
    PromptStep.FAILED: PromptState.FAILED,
}  # fmt: skip


# ---- the prompt


def stepped(session: CallSession, signal: PromptStepped) -> Changed:
    """What the dialplan tells of it; of a watching leg nothing is published, for every call has one. The last
    words of a leg that was let go say nothing new."""
    quiet, begins = session.quiet, signal.step in (PromptStep.WATCHING, PromptStep.PROMPTING)
    if not begins and signal.leg != quiet.watcher:
        return session, ()
    if signal.step is PromptStep.OVER:
        return _over(session, signal)
    by = quiet.prompt_by if signal.leg in _asked_legs(session) else None
    state, over = _STEPS[signal.step], signal.step in (PromptStep.SPOKE, PromptStep.FAILED)
    quiet = replace(
        quiet,
        prompt=state,
        prompt_ms=ms_of(session, signal.when),
        prompt_by=by,
        watcher="" if over else signal.leg,
    )
    if state is PromptState.PLAYING:
        quiet = replace(
            quiet,
            prompts=quiet.prompts + 1,
            prompted_ms=_first(quiet.prompted_ms, ms_of(session, signal.when)),
        )
    if state is PromptState.SPOKE:
        quiet = replace(quiet, talking=None, talk_ms=0)
    after = replace(session, quiet=quiet)
    return after, () if state in (PromptState.WATCHING, PromptState.SPOKE) else (_told(quiet, signal),)


def _first(known: int | None, now_ms: int) -> int:
    return now_ms if known is None else known


def _over(session: CallSession, signal: PromptStepped) -> Changed:
    """Cut off while it played; or it never came to playing, for something is missing at the PBX."""
    quiet = replace(session.quiet, watcher="")
    became = {PromptState.PLAYING: PromptState.STOPPED}
    became |= dict.fromkeys((PromptState.WATCHING, PromptState.ASKED), PromptState.FAILED)
    state = became.get(quiet.prompt) if quiet.prompt else None
    if state is None:
        return replace(session, quiet=quiet), ()
    quiet = replace(quiet, prompt=state, prompt_ms=ms_of(session, signal.when))
    return replace(session, quiet=quiet), (_told(quiet, signal),)


def _asked_legs(session: CallSession) -> set[str]:
    """Legs that play because a call-taker asked."""
    return {leg_id(move.n, session.uniqueid) for move in session.moves if move.kind is MoveKind.PROMPT}


def start(session: CallSession, signal: StartPrompt) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """Ask the PBX to play it, in place of the leg that listens by itself."""
    if session.state is CallState.ENDED:
        return session, (), Refused(code="ended", text="the call is over")
    if session.answered_at is None:
        return session, (), Refused(code="not_answered", text="nobody speaks with this caller yet")
    if session.quiet.prompt in UNDER_WAY:
        return session, (), Refused(code="pending", text="the caller hears the prompt already")
    after = _hushed(session, signal, signal.actor)
    after = moves.asked(after, signal, MoveKind.PROMPT)
    watcher = leg_id(after.moves[-1].n, session.uniqueid)
    quiet = replace(
        after.quiet,
        prompt=PromptState.ASKED,
        prompt_ms=ms_of(session, signal.when),
        prompt_by=signal.actor,
        watcher=watcher,
    )
    return _accepted(replace(after, quiet=quiet), (_told(quiet, signal),))


def stop(session: CallSession, signal: StopPrompt) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """The leg that plays, or would play again, is let go; the call is not touched."""
    if not session.quiet.watcher:
        return session, (), Refused(code="no_prompt", text="no prompt is played to this caller")
    after = _hushed(session, signal, signal.actor)
    quiet = replace(after.quiet, prompt=PromptState.STOPPED, prompt_ms=ms_of(session, signal.when))
    return _accepted(replace(after, quiet=quiet), (_told(quiet, signal, by=signal.actor),))


def _hushed(session: CallSession, signal: CallSignal, by: str) -> CallSession:
    """Nothing is played after a sign, or beside another prompt. What listens alone is let go, too."""
    if not session.quiet.watcher or session.state is CallState.ENDED:
        return session
    after = moves.added(session, MoveKind.HUSH, signal, by=by, line=session.quiet.watcher)
    return replace(after, quiet=replace(after.quiet, watcher=""))


def _told(quiet: Quiet, signal: CallSignal, by: str | None = None) -> CallEvent:
    return SilencePromptChange(
        occurred_at=signal.when, inferred=signal.inferred, state=quiet.prompt or PromptState.PLAYED,
        by=by or quiet.prompt_by, times=quiet.prompts,
    )  # fmt: skip


def _unplayed(before: CallSession, after: CallSession, signal: CallSignal) -> Changed:
    """The PBX would not play it, or nobody knows whether it does: press again."""
    if after.moves is before.moves or after.quiet.prompt is not PromptState.ASKED:
        return after, ()
    for move in after.moves:
        ours = move.kind is MoveKind.PROMPT and leg_id(move.n, after.uniqueid) == after.quiet.watcher
        if ours and move.state in (MoveState.REFUSED, MoveState.UNKNOWN):
            quiet = replace(
                after.quiet, watcher="", prompt=PromptState.FAILED, prompt_ms=ms_of(after, signal.when)
            )
            return replace(after, quiet=quiet), (_told(quiet, signal),)
    return after, ()


# ---- signs


def follow(before: CallSession, after: CallSession, signal: CallSignal) -> Changed:
    """Keys and talk are the course of the call's, too; what they say of a caller who is silent is here."""
    if isinstance(signal, KeyPressed) and before.state is not CallState.ENDED:
        return _key(after, signal)
    if isinstance(signal, TalkingChanged) and before.state is not CallState.ENDED:
        return _talk(after, signal)
    return _unplayed(before, after, signal)


def _key(session: CallSession, signal: KeyPressed) -> Changed:
    quiet, at_ms = session.quiet, ms_of(session, signal.when)
    keys = (*quiet.keys, (signal.key, at_ms))[-MAX_KEYS:]
    after = replace(session, quiet=replace(quiet, keys=keys, key_count=quiet.key_count + 1))
    sign = _sign(signal, Sign.KEY, at_ms, key=signal.key)
    if not _answers(session, at_ms):
        return after, (sign,)
    cause = AlarmCause.KEY if signal.key == PROMPT_KEY else AlarmCause.OTHER_KEY
    raised, events = _raise(after, signal, cause, key=signal.key, quote=f"[{signal.key}]")
    return raised, (sign, *events)


def _answers(session: CallSession, at_ms: int) -> bool:
    """A sign given after the prompt began is an answer to it, but not to a department that asks for keys."""
    began = session.quiet.prompted_ms
    elsewhere = any(party.role is PartyRole.DEPARTMENT and party.left_at is None for party in session.parties)
    return began is not None and at_ms >= began and not elsewhere


def _talk(session: CallSession, signal: TalkingChanged) -> Changed:
    """Followed while the caller may be one who cannot speak; of others every pause would be a change."""
    quiet = session.quiet
    speaks = quiet.prompt in (None, PromptState.SPOKE)
    if signal.leg is not Leg.CALLER or speaks or quiet.talking is signal.talking:
        return session, ()
    after = replace(
        session, quiet=replace(quiet, talking=signal.talking, talk_ms=ms_of(session, signal.when))
    )
    if quiet.prompted_ms is None:
        return after, ()
    sign = Sign.TALKING if signal.talking else Sign.SILENT
    return after, (_sign(signal, sign, ms_of(session, signal.when)),)


def tapped(session: CallSession, signal: TapsHeard) -> Changed:
    """Knocks in answer to the prompt are a sign; before it they may be anything, and are shown."""
    quiet = session.quiet
    after = replace(session, quiet=replace(quiet, taps=quiet.taps + signal.taps))
    sign = _sign(signal, Sign.TAPS, signal.started_ms, taps=signal.taps)
    if not _answers(session, signal.started_ms):
        return after, (sign,)
    raised, events = _raise(after, signal, AlarmCause.TAPS, started_ms=signal.started_ms)
    return raised, (sign, *events)


def code_word(session: CallSession, signal: CodeWordHeard) -> Changed:
    return _raise(
        session, signal, AlarmCause.CODE_WORD, quote=signal.quote, segment_index=signal.segment_index,
        started_ms=signal.started_ms, ended_ms=signal.ended_ms,
    )  # fmt: skip


def _sign(signal: CallSignal, sign: Sign, at_ms: int, **facts: Any) -> CallerSign:
    return CallerSign(occurred_at=signal.when, inferred=signal.inferred, sign=sign, at_ms=at_ms, **facts)


# ---- the silent alarm


def _raise(
    session: CallSession, signal: CallSignal, cause: AlarmCause, *, key: str = "", by: str | None = None,
    quote: str = "", segment_index: int | None = None, started_ms: int | None = None,
    ended_ms: int | None = None,
) -> Changed:  # fmt: skip
    """Raised once; a plainer sign takes the place of a vague one. It is a veto as well, which stands whatever
    becomes of the alarm, and the verdict is made anew with it."""
    alarm = session.quiet.alarm
    if alarm is not None and alarm.stands and (alarm.cause in PLAIN or cause not in PLAIN):
        return session, ()
    fresh = SilentAlarm(cause=cause, at_ms=ms_of(session, signal.when), key=key, by=by)
    after = _hushed(session, signal, by or "")
    prompt = after.quiet.prompt
    if prompt in UNDER_WAY and not after.quiet.watcher:
        prompt = PromptState.STOPPED
    after = replace(
        after, quiet=replace(after.quiet, alarm=fresh, prompt=prompt), judged=-1, silence_due=True
    )
    at_ms = ms_of(session, signal.when) if started_ms is None else started_ms
    veto = Veto(
        code=VetoCode.CANNOT_SPEAK, segment_index=segment_index, speaker=Leg.CALLER,
        span=Span(start=0, end=len(quote)), quote=quote, started_ms=at_ms, ended_ms=ended_ms or at_ms,
        list_hash="",
    )  # fmt: skip
    after, raised = findings.raise_vetoes(after, (veto,), signal)
    after = replace(after, triage=findings.floor(after))
    return after, (_alarm(fresh, signal, SilentAlarmStep.RAISED, by), *raised)


def raise_alarm(
    session: CallSession, signal: RaiseSilentAlarm
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    alarm = session.quiet.alarm
    if alarm is not None and alarm.stands and alarm.cause in PLAIN:
        return session, (), Refused(code="alarm_stands", text=f"raised already: {alarm.cause.value}")
    return _accepted(*_raise(session, signal, AlarmCause.PERSON, by=signal.actor))


def see(session: CallSession, signal: SeeSilentAlarm) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """The first who sees it is kept; who presses again is told nothing new."""
    alarm = session.quiet.alarm
    if alarm is None or not alarm.stands:
        return session, (), Refused(code="no_alarm", text="no silent alarm stands for this call")
    if alarm.seen_by is not None:
        return session, (), Accepted(rev=session.rev)
    seen = replace(alarm, seen_by=signal.actor, seen_ms=ms_of(session, signal.when))
    after = replace(session, quiet=replace(session.quiet, alarm=seen))
    return _accepted(after, (_alarm(seen, signal, SilentAlarmStep.SEEN, signal.actor),))


def end(session: CallSession, signal: EndSilentAlarm) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    alarm, note = session.quiet.alarm, signal.note.strip()
    if alarm is None or not alarm.stands:
        return session, (), Refused(code="no_alarm", text="no silent alarm stands for this call")
    if not 0 < len(note) <= MAX_NOTE_CHARS:
        return session, (), Refused(code="invalid", text=f"say why, in 1 to {MAX_NOTE_CHARS} characters")
    ended = replace(alarm, ended_by=signal.actor, ended_ms=ms_of(session, signal.when))
    after = replace(session, quiet=replace(session.quiet, alarm=ended), judged=-1, silence_due=True)
    return _accepted(after, (_alarm(ended, signal, SilentAlarmStep.ENDED, signal.actor, note),))


def _alarm(
    alarm: SilentAlarm, signal: CallSignal, step: SilentAlarmStep, by: str | None, note: str | None = None
) -> CallEvent:
    return SilentAlarmChange(
        occurred_at=signal.when, inferred=signal.inferred, step=step, cause=alarm.cause,
        alarm_class=alarm.alarm_class, priority=alarm.priority, key=alarm.key or None, by=by, note=note,
    )  # fmt: skip


def _accepted(
    session: CallSession, events: tuple[CallEvent, ...]
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    after = replace(session, rev=session.rev + 1)
    return after, events, Accepted(rev=after.rev)


Asked = Callable[[CallSession, Any], tuple[CallSession, tuple[CallEvent, ...], Answer]]

REQUESTS: Mapping[type[CallRequest], Asked] = {
    StartPrompt: start, StopPrompt: stop, RaiseSilentAlarm: raise_alarm, SeeSilentAlarm: see,
    EndSilentAlarm: end,
}  # fmt: skip
"""What people ask of it. Nobody's entry becomes stale by them."""
