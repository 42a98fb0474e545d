"""Hand-over, call-back and supervision over the HTTP API, and the directory: who takes what, now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from gateway.calls import referral
from gateway.calls.handed import (
    CallBack,
    CancelTransfer,
    CompleteTransfer,
    HandOver,
    Supervise,
)
from gateway.calls.handing import SUPERVISION, MoveKind, Target
from gateway.calls.model import CallSession, Medium
from gateway.calls.signals import CallRequest
from gateway.desk.board import stamp
from gateway.desk.calendar import DutyLine
from gateway.desk.directory import Entry, Taker
from gateway.desk.handing import handing_json
from gateway.ids import CallId
from gateway.runtime.answers import Answer, Refused
from gateway.runtime.directory import DirectoryWatch
from gateway.web import handover_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.errors import ApiError, Both
from gateway.web.roles import Permission, masked_handing
from gateway.web.routes import DEPS, Route, body_of, rev_of


async def hand_over(request: web.Request) -> web.Response:
    """What the directory says of the target goes with the request: the call itself knows no directory."""
    asked = await body_of(request, schema.HandOverRequest)
    directory = _directory(request)
    entry = directory.current.find(asked.target)
    taken = directory.takes_now(entry) if entry else None
    signal = HandOver(
        **_common(request, asked), kind=asked.kind, wanted=asked.target,
        target=_dialled(directory, taken, asked.target) if taken else None,
        position=identity_of(request).session.position, confirm_danger=asked.confirm_danger,
        closed=taken is not None and not taken.answers,
        instead=taken.instead.code if taken and taken.instead else None, confirm_closed=asked.confirm_closed,
    )  # fmt: skip
    return await _asked(request, signal)


def _dialled(directory: DirectoryWatch, taken: Taker, wanted: str) -> Target:
    """Outside its hours the duty phone of the department, whichever of its numbers was asked for."""
    target = directory.current.target(taken.entry, wanted)
    return replace(target, number=taken.duty.number) if taken.duty else target


async def complete(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.MovingRequest)
    return await _asked(request, CompleteTransfer(**_common(request, asked), n=_n(request)))


async def cancel(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.MovingRequest)
    return await _asked(request, CancelTransfer(**_common(request, asked), n=_n(request)))


async def call_back(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.CallBackRequest)
    position = asked.position or identity_of(request).session.position
    signal = CallBack(
        **_common(request, asked), number=asked.number, confirm_danger=asked.confirm_danger,
        position=position, whom=asked.whom, pbx=await _foreign_pbx(request, position),
    )  # fmt: skip
    return await _asked(request, signal)


async def _foreign_pbx(request: web.Request, position: str | None) -> str:
    """Whose phone rings for a record that came over no PBX; "" for a call, whose own PBX it is."""
    if (await session_of(request)).medium is Medium.VOICE:
        return ""
    deps = request.app[DEPS]
    desks = {desk.agent: desk.pbx for desk in deps.hall().desks}
    known = desks.get(position or "") or deps.settings.position_pbx.get(position or "")
    return known or next(iter((*desks.values(), *deps.settings.position_pbx.values())), "")


async def supervise(request: web.Request) -> web.Response:
    """A call-taker may call a supervisor, and no more."""
    asked, identity = await body_of(request, schema.SupervisionRequest), identity_of(request)
    kind = MoveKind(asked.kind)
    position = asked.position or identity.session.position
    if kind is MoveKind.ESCALATE:
        position = asked.position or next(iter(_directory(request).current.supervisors), None)
    elif Permission.SUPERVISE not in identity.may:
        raise ApiError("forbidden")
    return await _asked(request, Supervise(**_common(request, asked), kind=kind, position=position))


async def show_directory(request: web.Request) -> web.Response:
    directory, deps = _directory(request), request.app[DEPS]
    return web.json_response(
        {
            "items": [_entry(request, entry) for entry in directory.current.entries],
            "supervisors": list(directory.current.supervisors),
            "fault": directory.fault or directory.calendar.fault,
            "server_time": stamp(deps.clock.now()),
        }
    )


def _directory(request: web.Request) -> DirectoryWatch:
    directory = request.app[DEPS].directory
    if directory is None:
        raise ApiError("no_directory")
    return directory


def _entry(request: web.Request, entry: Entry) -> dict[str, Any]:
    taken = _directory(request).takes_now(entry)
    cited = request.app[DEPS].duties().get(entry.code)
    zh, en = (entry.duties.zh, entry.duties.en) if entry.duties else cited or (None, None)
    return {
        "code": entry.code,
        "kind": entry.kind.value,
        "name_zh": entry.name.zh,
        "name_en": entry.name.en,
        "dial": taken.duty.number if taken.duty else entry.numbers[0],
        "numbers": list(entry.numbers),
        "duties_zh": zh,
        "duties_en": en,
        "hours": list(entry.hours),
        "open": taken.presence.open,
        "opening": taken.presence.opening.value,
        "until": stamp(taken.presence.until),
        "holiday_zh": taken.presence.holiday.zh if taken.presence.holiday else None,
        "holiday_en": taken.presence.holiday.en if taken.presence.holiday else None,
        "duty": _duty(taken.duty) if taken.duty else None,
        "instead": taken.instead.code if taken.instead else None,
    }


def _duty(line: DutyLine) -> dict[str, str | None]:
    who = line.who
    return {"number": line.number, "who_zh": who.zh if who else None, "who_en": who.en if who else None}


# ---- asking


def _common(request: web.Request, asked: schema.MovingRequest) -> dict[str, Any]:
    return {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
        "expected_rev": asked.expected_rev,
    }


def _n(request: web.Request) -> int:
    text = request.match_info["n"]
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ApiError("unknown_handover")
    return int(text)


async def _asked(request: web.Request, signal: CallRequest) -> web.Response:
    """Through the loop; answered after its commit, with all that stands now."""
    answer = await request.app[DEPS].submit(signal)
    if isinstance(answer, Refused):
        raise await _refusal(request, signal, answer)
    rev = rev_of(answer)
    session = await session_of(request)
    shown = masked_handing(handing_json(session), identity_of(request).may)
    return web.json_response(
        {"outcome": "accepted", "rev": rev, "n": _number(session, signal), "handing": shown}
    )


def _number(session: CallSession, signal: CallRequest) -> int:
    """The newest of its kind is what was just asked for."""
    match signal:
        case CompleteTransfer(n=n) | CancelTransfer(n=n):
            return n
        case HandOver():
            return max((each.n for each in session.referrals), default=0)
        case CallBack():
            kinds = frozenset({MoveKind.CALL_BACK})
        case _:
            kinds = SUPERVISION
    return max((move.n for move in session.moves if move.kind in kinds), default=0)


async def _refusal(request: web.Request, signal: CallRequest, answer: Answer) -> ApiError:
    """What is refused because of the call or the target names the danger, or who takes it instead."""
    code = answer.code if isinstance(answer, Refused) else "refused"
    if code in ("danger_unconfirmed", "ringing_unconfirmed"):
        session = await session_of(request)
        return ApiError(code, detail=_danger(code, session))
    if code == "target_closed" and isinstance(signal, HandOver):
        return ApiError(code, detail=_closed(request, signal), field="target")
    return ApiError(code, detail=answer.text if isinstance(answer, Refused) and code == "invalid" else None)


def _danger(code: str, session: CallSession) -> Both:
    dangers_zh, dangers_en = _named([veto.value for veto in session.vetoes])
    zh, en = f"危险：{dangers_zh}。", f"Danger: {dangers_en}."
    if session.quiet.alarm is not None and code == "ringing_unconfirmed":
        zh, en = f"{zh}来电人曾触发无声报警。", f"{en} The caller raised a silent alarm."
    partners_zh, partners_en = _named([partner.value for partner in referral.proposed(session)])
    if partners_zh and code == "danger_unconfirmed":
        zh, en = f"{zh}建议先接入三方通话：{partners_zh}。", f"{en} Call in first: {partners_en}."
    return zh, en


def _named(codes: list[str]) -> Both:
    return "、".join(DANGERS_ZH.get(code, code) for code in codes), ", ".join(codes)


DANGERS_ZH = {
    "weapon": "凶器", "injury": "有人受伤", "fire": "火情或燃气", "child": "涉及儿童", "suicide": "自杀风险",
    "confined": "被限制人身自由", "cannot_speak": "不便说话", "threat_to_life": "生命受威胁",
    "fire_119": "119消防", "ambulance_120": "120急救", "traffic_122": "122交警", "other_110": "邻市110",
}  # fmt: skip


def _closed(request: web.Request, signal: HandOver) -> Both:
    directory = _directory(request)
    entry = directory.current.find(signal.wanted)
    taken = directory.takes_now(entry) if entry else None
    zh, en = "", ""
    if taken is not None and taken.presence.holiday is not None:
        holiday = taken.presence.holiday
        zh, en = f"{holiday.zh}放假。", f"{holiday.en} (holiday). "
    if taken is not None and taken.presence.until is not None:
        opens = stamp(taken.presence.until)
        zh, en = f"{zh}下次上班时间 {opens}。", f"{en}Opens {opens}."
    if taken is not None and taken.instead is not None:
        instead = taken.instead
        zh = f"{zh}现由{instead.name.zh}（{instead.numbers[0]}）受理。"
        en = f"{en} {instead.name.en} ({instead.numbers[0]}) takes it now."
    return zh, en


_CALL = "/api/v1/calls/{call_id}"
ROUTES = (
    Route(
        method="POST", path=f"{_CALL}/handovers", handler=hand_over, access=Permission.HAND_OVER,
        summary="Hand the caller over: blind, attended or as a three-party call",
        request=schema.HandOverRequest, response=schema.Moved,
    ),
    Route(
        method="POST", path=f"{_CALL}/handovers/{{n}}/complete", handler=complete,
        access=Permission.HAND_OVER, summary="The call-taker leaves caller and target together",
        request=schema.MovingRequest, response=schema.Moved,
    ),
    Route(
        method="POST", path=f"{_CALL}/handovers/{{n}}/cancel", handler=cancel, access=Permission.HAND_OVER,
        summary="Call a hand-over off: the caller comes back, or the target leaves the three-party call",
        request=schema.MovingRequest, response=schema.Moved,
    ),
    Route(
        method="POST", path=f"{_CALL}/callbacks", handler=call_back, access=Permission.HAND_OVER,
        summary="Ring the desk's phone, then the caller", request=schema.CallBackRequest,
        response=schema.Moved,
    ),
    Route(
        method="POST", path=f"{_CALL}/supervisions", handler=supervise, access=Permission.HAND_OVER,
        summary="Listen, whisper, join (supervisors), or call a supervisor (escalate)",
        request=schema.SupervisionRequest, response=schema.Moved,
    ),
    Route(
        method="GET", path="/api/v1/directory", handler=show_directory, access=Permission.SEE_CALLS,
        summary="Departments and partners: duties, numbers, open now or not", response=schema.DirectoryShown,
    ),
)  # fmt: skip
