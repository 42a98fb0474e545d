"""What CEL knows of a gap: the rows of `cel_custom` told as the AMI events they stand for, and translated
as live. Pure.

Columns (dialplans/cel_custom.conf.example): event, time, uniqueid, linkedid, channel, peer, caller's
number, extension, context, application, its data, extra (JSON). Rows that do not fit are counted, not
believed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from gateway.calls.handing import RINGS_FOR, move_of
from gateway.calls.model import CallSession
from gateway.calls.signals import CallEnded, CallSignal
from gateway.ids import CallId, is_uniqueid
from gateway.pbx.message import AmiMessage, message_of
from gateway.pbx.shape import PbxShape, dialled_in
from gateway.pbx.translate import Translator

COLUMNS = 12
MAX_ROWS = 1_000_000
"""Rows read for one gap; older ones at the front are left out (about 40,000 calls)."""
MAX_LINE = 65_536
"""Characters of a line that is read; a longer one is no row of ours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CelRow:
    event: str
    at: datetime
    uniqueid: str
    linkedid: str
    channel: str
    number: str
    exten: str
    context: str
    application: str
    data: str
    extra: Mapping[str, Any]


class Gap(NamedTuple):
    """What the rows tell: signals of calls that began, went on or ended in the gap, and the calls whose end
    they lack.
    """

    signals: tuple[CallSignal, ...]
    unknown: tuple[CallId, ...]


def read_rows(text: str) -> tuple[list[CelRow], int]:
    """(rows by time, lines that do not fit). The last line may be torn: the PBX was killed while writing
    it.
    """
    rows, bad = [], 0
    lines = text.replace("\0", "").splitlines()[-MAX_ROWS:]
    for line in lines:
        fields = next(csv.reader([line]), []) if len(line) <= MAX_LINE else ["too long"]
        row = _row(fields)  # each line for itself: an open quote must not swallow the next
        if row is None:
            bad += bool(fields)
        else:
            rows.append(row)
    return sorted(rows, key=lambda row: row.at), bad


def _row(fields: list[str]) -> CelRow | None:
    if len(fields) != COLUMNS or not is_uniqueid(fields[2]) or not is_uniqueid(fields[3]):
        return None
    at = _time(fields[1])
    if at is None:
        return None
    return CelRow(
        event=fields[0],
        at=at,
        uniqueid=fields[2],
        linkedid=fields[3],
        channel=fields[4],
        number=fields[6],
        exten=fields[7],
        context=fields[8],
        application=fields[9],
        data=fields[10],
        extra=_extra(fields[11]),
    )


def _time(text: str) -> datetime | None:
    seconds, _, fraction = text.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11) or not (fraction + "0").isdigit():
        return None
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction[:6].ljust(6, "0")))


def _extra(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def fill(
    rows: Iterable[CelRow],
    sessions: Iterable[CallSession],
    *,
    known: frozenset[CallId],
    site: str,
    pbx: str,
    shape: PbxShape,
    at: datetime,
) -> Gap:
    """The story of the gap: for `sessions` what came after the last that was known of them; for calls that
    are not in `known` (all calls the store has) everything.
    """
    open_ones = {session.call_id: session for session in sessions}
    told: dict[CallId, list[CallSignal]] = {}
    ended: set[CallId] = set()
    translator, rung = Translator(site, pbx, shape), Rung()
    for row in rows:
        rung.read(row)
        for message in (*_messages(row, at, rung.cause(row)), *rung.messages(row, at)):
            for signal in translator.feed(message):
                if isinstance(signal, CallSignal):
                    told.setdefault(signal.call_id, []).append(replace(signal, inferred=True))
                if isinstance(signal, CallEnded):
                    ended.add(signal.call_id)
    signals = [
        signal
        for call, story in told.items()
        for signal in story
        if (call in open_ones and signal.when > last_known(open_ones[call]))
        or (call not in open_ones and call not in known)
    ]
    ours = dict.fromkeys((*open_ones, *(signal.call_id for signal in signals)))
    return Gap(tuple(signals), tuple(call for call in ours if call not in ended))


@dataclass(slots=True)
class Rung:
    """Legs that our phones rang for a call: CEL tells the number where the desk dials, and why an unanswered
    leg ended where it is hung up. What the dialplan tells live (CallBack110) is told here."""

    numbers: dict[str, str] = field(default_factory=dict)
    """By the leg of ours that dials."""

    causes: dict[str, str] = field(default_factory=dict)
    """Q.850, by the leg that was rung."""

    def read(self, row: CelRow) -> None:
        if move_of(row.linkedid) is None:
            return
        ours = row.uniqueid == row.linkedid
        if ours and row.event == "APP_START" and row.application == "Dial" and row.context == RINGS_FOR:
            number = dialled_in(row.data)
            self.numbers |= {row.linkedid: number} if number else {}
        if not ours and row.event == "HANGUP":
            self.causes[row.uniqueid] = str(row.extra.get("hangupcause", ""))

    def cause(self, row: CelRow) -> str:
        """Normal clearing, where nothing else is known."""
        told = self.causes.get(row.uniqueid, "")
        return told if told.isascii() and told.isdigit() and told != "0" else "16"

    def messages(self, row: CelRow, at: datetime) -> list[AmiMessage]:
        """A leg beside one of ours that dials for a call is whom it rings."""
        number = self.numbers.get(row.linkedid)
        if row.event != "CHAN_START" or row.uniqueid == row.linkedid or number is None:
            return []
        told = (("UserEvent", "CallBack110"), ("CallId", row.uniqueid), ("Dialed", number))
        return [_message(row, at, "UserEvent", after=told)]


def last_known(session: CallSession) -> datetime:
    """The latest fact of the call's course that is in its state."""
    times = [session.seized_at, session.queued_at, session.answered_at]
    times += [time for party in session.parties for time in (party.joined_at, party.left_at)]
    times += [transfer.started_at for transfer in session.transfers]
    return max(time for time in times if time is not None)


def _messages(row: CelRow, at: datetime, cause: str) -> list[AmiMessage]:
    """The AMI events that a row stands for. `cause`: why the leg ended."""
    extra = row.extra
    after: tuple[tuple[str, str], ...]
    match row.event:
        case "CHAN_START":
            return [_message(row, at, "Newchannel", state="4" if row.number or row.exten != "s" else "0")]
        case "BRIDGE_ENTER" | "BRIDGE_EXIT":
            name = "BridgeEnter" if row.event == "BRIDGE_ENTER" else "BridgeLeave"
            bridge = str(extra.get("bridge_id") or "")
            before = (
                ("BridgeUniqueid", bridge),
                ("BridgeType", ""),
                ("BridgeTechnology", ""),
                ("BridgeNumChannels", "0"),
            )
            return [_message(row, at, name, before=before)]
        case "APP_START" if row.application == "Queue":
            after = (("Queue", row.data.partition(",")[0]), ("Position", "1"), ("Count", "1"))
            return [_message(row, at, "QueueCallerJoin", after=after)]
        case "APP_START" if row.application == "ConfBridge":
            after = (("Conference", row.data.partition(",")[0]), ("BridgeUniqueid", ""))
            return [_message(row, at, "ConfbridgeJoin", after=after)]
        case "BLINDTRANSFER":
            after = (
                ("Result", "Success"),
                ("IsExternal", "Yes"),
                ("Context", str(extra.get("context") or "")),
                ("Extension", str(extra.get("extension") or "")),
            )
            return [_message(row, at, "BlindTransfer", prefix="Transferer", after=after)]
        case "HANGUP":
            asked = extra.get("hangupsource") == row.channel
            return [_message(row, at, "HangupRequest")] if asked else []
        case "CHAN_END":
            return [_message(row, at, "Hangup", after=(("Cause", cause), ("Cause-txt", "")))]
        case _:
            return []


def _message(
    row: CelRow,
    at: datetime,
    event: str,
    *,
    prefix: str = "",
    state: str = "6",
    before: tuple[tuple[str, str], ...] = (),
    after: tuple[tuple[str, str], ...] = (),
) -> AmiMessage:
    since = row.at - _EPOCH
    stamp = f"{since.days * 86_400 + since.seconds}.{since.microseconds:06d}"
    leg = (
        ("Channel", row.channel),
        ("ChannelState", state),
        ("ChannelStateDesc", ""),
        ("CallerIDNum", row.number),
        ("CallerIDName", ""),
        ("ConnectedLineNum", ""),
        ("ConnectedLineName", ""),
        ("Language", ""),
        ("AccountCode", ""),
        ("Context", row.context),
        ("Exten", row.exten),
        ("Priority", "1"),
        ("Uniqueid", row.uniqueid),
        ("Linkedid", row.linkedid),
    )
    headers = (
        ("Event", event),
        ("Privilege", "call,all"),
        ("Timestamp", stamp),
        *before,
        *((prefix + name, value) for name, value in leg),
        *after,
    )
    return message_of(headers, at)
