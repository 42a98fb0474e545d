"""People moved: one action for each kind of move, in the contexts of `dialplans/`.

Every value is checked before it becomes part of an action: legs, numbers and phones that could change it are
refused (UnsafeValue), and nothing is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from gateway.calls.effects import MovePeople
from gateway.calls.handing import RINGS_FOR, MoveKind, leg_id
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction

TARGETS, BACK, ROOMS, CALL_BACK, SILENCE = (
    "intake110-targets", "intake110-return", "intake110-rooms", RINGS_FOR, "intake110-silence",
)  # fmt: skip
"""Contexts: who can be called, the way back into the queue, rooms, the way out to whom is called back, the
prompt for callers who cannot speak."""
INVITED_WITHIN_MS = 60_000
"""How long the PBX tries to bring a target into a room; the dialplan gives up earlier (I110_RING_SECONDS)."""
PROMPT_WITHIN_MS = 5_000
"""Both ends of the leg that plays the prompt are the PBX's own."""
PHONE_WITHIN_MS = 25_000
"""How long a desk's or supervisor's own phone rings before anybody else does."""

_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_SHOWN = re.compile(r"\+?[0-9]{0,32}")
_LEG = re.compile(r"[^,|;&\s]{1,200}(?:;[12])?")
_ROOM = re.compile(r"room-[0-9a-z-]{1,60}")
_PHONE = re.compile(r"[A-Za-z0-9_-]{1,32}")
_UNIQUEID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{2,120}")


def move(effect: MovePeople, desk_phones: str = "PJSIP/{}") -> AmiAction:
    """`desk_phones`: how the phone of a position is dialled, `{}` its number. Raises UnsafeValue."""
    for pattern, value in (
        (_LEG, effect.line), (_LEG, effect.beside), (_NUMBER, effect.number), (_ROOM, effect.room),
        (_PHONE, effect.position), (_SHOWN, effect.shown), (_UNIQUEID, effect.uniqueid),
    ):  # fmt: skip
        if value and not pattern.fullmatch(value):
            raise UnsafeValue(f"{value[:80]!r} is no leg, number, room or phone of a PBX")
    return _MADE[effect.kind](effect, desk_phones)


def _transfer(name: str) -> Callable[[MovePeople, str], AmiAction]:
    def made(effect: MovePeople, _: str) -> AmiAction:
        return AmiAction(
            name=name, fields={"Channel": effect.line, "Context": TARGETS, "Exten": effect.number}
        )

    return made


def _redirect(effect: MovePeople, _: str) -> AmiAction:
    return AmiAction(
        name="Redirect",
        fields={"Channel": effect.line, "Context": TARGETS, "Exten": effect.number, "Priority": "1"},
    )


def _fetch_back(effect: MovePeople, _: str) -> AmiAction:
    return AmiAction(
        name="Redirect", fields={"Channel": effect.line, "Context": BACK, "Exten": "s", "Priority": "1"}
    )


def _conference(effect: MovePeople, _: str) -> AmiAction:
    there = {"Context": ROOMS, "Exten": effect.room, "Priority": "1"}
    beside = {f"Extra{name}": value for name, value in there.items()}
    return AmiAction(
        name="Redirect",
        fields={"Channel": effect.line, **there, "ExtraChannel": effect.beside, **beside},
    )


def _invite(effect: MovePeople, _: str) -> AmiAction:
    """By way of the dialplan's own targets, so that each number is known in one place."""
    leg = leg_id(effect.n, effect.uniqueid)
    return AmiAction(
        name="Originate",
        fields={
            "Channel": f"Local/{effect.number}@{TARGETS}/n", "ChannelId": leg,
            "OtherChannelId": f"with-{leg}", "Context": ROOMS, "Exten": effect.room, "Priority": "1",
            "Timeout": str(INVITED_WITHIN_MS),
            "CallerID": effect.shown, "Async": "true",
        },
        variables=(f"I110_CALL={effect.uniqueid}", f"I110_ROOM={effect.room}"),
    )  # fmt: skip


def _hang_up(effect: MovePeople, _: str) -> AmiAction:
    return AmiAction(name="Hangup", fields={"Channel": effect.line, "Cause": "16"})


def _call_off(effect: MovePeople, _: str) -> AmiAction:
    return AmiAction(name="CancelAtxfer", fields={"Channel": effect.line})


def _call_back(effect: MovePeople, desk_phones: str) -> AmiAction:
    return AmiAction(
        name="Originate",
        fields={
            **_phone(effect, desk_phones), "Context": CALL_BACK, "Exten": "s", "Priority": "1",
        },
        variables=(f"I110_TO={effect.number}",),
    )  # fmt: skip


def _spy(options: str) -> Callable[[MovePeople, str], AmiAction]:
    """ChanSpy: q no beep, u exactly this channel, E and S end with it; w: the leg that is spied on hears the
    supervisor, nobody else."""

    def made(effect: MovePeople, desk_phones: str) -> AmiAction:
        spying = {"Application": "ChanSpy", "Data": f"{effect.line},quES{options}"}
        return AmiAction(name="Originate", fields={**_phone(effect, desk_phones), **spying})

    return made


def _join(effect: MovePeople, desk_phones: str) -> AmiAction:
    into = {"Context": ROOMS, "Exten": effect.room, "Priority": "1"}
    return AmiAction(name="Originate", fields={**_phone(effect, desk_phones), **into})


def _prompt(effect: MovePeople, _: str) -> AmiAction:
    """A leg of its own that speaks into the caller's, named by its unique id; nobody else hears it."""
    leg = leg_id(effect.n, effect.uniqueid)
    return AmiAction(
        name="Originate",
        fields={
            "Channel": f"Local/ear{effect.uniqueid}@{SILENCE}/n", "ChannelId": leg,
            "OtherChannelId": f"with-{leg}", "Context": SILENCE, "Exten": f"ask{effect.uniqueid}",
            "Priority": "1", "Timeout": str(PROMPT_WITHIN_MS), "Async": "true",
        },
    )  # fmt: skip


def _phone(effect: MovePeople, desk_phones: str) -> dict[str, str]:
    return {
        "Channel": desk_phones.replace("{}", effect.position),
        "ChannelId": leg_id(effect.n, effect.uniqueid),
        "CallerID": effect.shown,
        "Timeout": str(PHONE_WITHIN_MS),
        "Async": "true",
    }


_MADE: Mapping[MoveKind, Callable[[MovePeople, str], AmiAction]] = {
    MoveKind.BLIND: _transfer("BlindTransfer"),
    MoveKind.CONSULT: _transfer("Atxfer"),
    MoveKind.REDIRECT: _redirect,
    MoveKind.FETCH_BACK: _fetch_back,
    MoveKind.CONFERENCE: _conference,
    MoveKind.INVITE: _invite,
    MoveKind.LET_GO: _hang_up,
    MoveKind.DROP: _hang_up,
    MoveKind.CALL_OFF: _call_off,
    MoveKind.CALL_BACK: _call_back,
    MoveKind.LISTEN: _spy(""),
    MoveKind.WHISPER: _spy("w"),
    MoveKind.ESCALATE: _spy("w"),
    MoveKind.JOIN: _join,
    MoveKind.TAKE_OVER: _join,
    MoveKind.PROMPT: _prompt,
    MoveKind.HUSH: _hang_up,
}
