"""What the PBX does, in the field's words: a situation is written as the events that Asterisk 22 sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.pbx.message import AmiMessage, message_of, parse
from gateway.pbx.story import Story, call_json
from gateway.pbx.translate import Translator

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CHANNEL = (
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
)


@dataclass
class Leg:
    name: str
    uniqueid: str
    linkedid: str
    context: str = "from-desk"
    exten: str = "s"
    number: str = "1101"

    def headers(self, prefix: str = "", state: str = "6") -> list[tuple[str, str]]:
        values = (
            self.name,
            state,
            "",
            self.number,
            "",
            "",
            "",
            "",
            "",
            self.context,
            self.exten,
            "1",
            self.uniqueid,
            self.linkedid,
        )
        return [(prefix + name, value) for name, value in zip(CHANNEL, values, strict=True)]


@dataclass
class Script:
    """A PBX that does what it is told, a tenth of a second after the last."""

    translator: Translator = field(default_factory=lambda: Translator("city", "main"))
    story: Story = field(default_factory=Story)
    signals: list[Any] = field(default_factory=list)
    tenths: int = 0
    legs: int = 0

    def raw(self, text: str) -> None:
        self.feed(parse(text.replace("\n", "\r\n").encode(), self.now))

    def feed(self, message: AmiMessage) -> None:
        told = self.translator.feed(message)
        self.signals += told
        self.story.take(told)

    @property
    def now(self) -> datetime:
        return START + timedelta(milliseconds=100 * self.tenths)

    def event(self, name: str, *headers: tuple[str, str]) -> list[Any]:
        self.tenths += 1
        stamp = f"{int(self.now.timestamp())}.{100_000 * (self.tenths % 10):06}"
        head = (("Event", name), ("Privilege", "call,all"), ("Timestamp", stamp), ("SystemName", "pbx1"))
        before = len(self.signals)
        self.feed(message_of((*head, *headers), at=self.now, raw=name.encode()))
        return self.signals[before:]

    def leg(self, name: str, linked: Leg | None = None, **how: str) -> Leg:
        """A new channel; without `linked` it begins a call of its own."""
        uniqueid = f"pbx1-1767600000.{self.legs}"
        leg = Leg(f"{name}-{self.legs:08x}", uniqueid, linked.linkedid if linked else uniqueid, **how)
        self.legs += 1
        self.event("Newchannel", *leg.headers(state="0" if linked else "4"))
        return leg

    def caller(self, **how: str) -> Leg:
        return self.leg(
            "PJSIP/trunk", **{"context": "from-trunk", "exten": "110", "number": "13800130001", **how}
        )

    def at(self, leg: Leg, context: str, exten: str) -> None:
        leg.context, leg.exten = context, exten

    def queue(self, caller: Leg) -> None:
        self.event("QueueCallerJoin", *caller.headers(), ("Queue", "q110"), ("Position", "1"), ("Count", "1"))

    def ring(self, caller: Leg, number: str) -> Leg:
        desk = self.leg(f"PJSIP/{number}", caller, number=number)
        member = (("Queue", "q110"), ("Interface", f"PJSIP/{number}"), ("MemberName", f"Desk {number}"))
        self.event("AgentCalled", *caller.headers(), *desk.headers("Dest"), *member)
        return desk

    def connect(self, caller: Leg, desk: Leg, bridge: str = "b1") -> None:
        member = (("Queue", "q110"), ("Interface", f"PJSIP/{desk.number}"), ("MemberName", ""))
        self.event(
            "QueueCallerLeave", *caller.headers(), ("Queue", "q110"), ("Position", "1"), ("Count", "0")
        )
        self.event(
            "AgentConnect",
            *caller.headers(),
            *desk.headers("Dest"),
            *member,
            ("HoldTime", "1"),
            ("RingTime", "1"),
        )
        self.enter(desk, bridge)
        self.enter(caller, bridge)

    def answered(self, **how: str) -> tuple[Leg, Leg]:
        caller = self.caller(**how)
        self.queue(caller)
        desk = self.ring(caller, "1101")
        self.connect(caller, desk)
        return caller, desk

    def _bridge(self, name: str, leg: Leg, bridge: str) -> None:
        about = (
            ("BridgeUniqueid", bridge),
            ("BridgeType", "basic"),
            ("BridgeTechnology", "simple_bridge"),
            ("BridgeNumChannels", "1"),
        )
        self.event(name, *about, *leg.headers())

    def enter(self, leg: Leg, bridge: str) -> None:
        self._bridge("BridgeEnter", leg, bridge)

    def leave(self, leg: Leg, bridge: str) -> None:
        self._bridge("BridgeLeave", leg, bridge)

    def dial(self, caller: Leg | None, leg: Leg, dialled: str) -> None:
        self.event(
            "DialBegin", *(caller.headers() if caller else []), *leg.headers("Dest"), ("DialString", dialled)
        )

    def dialled(self, caller: Leg, leg: Leg, status: str) -> None:
        self.event("DialEnd", *caller.headers(), *leg.headers("Dest"), ("DialStatus", status))

    def blind(self, desk: Leg, caller: Leg, target: str, result: str = "Success") -> None:
        self.event(
            "BlindTransfer",
            ("Result", result),
            *desk.headers("Transferer"),
            *caller.headers("Transferee"),
            ("IsExternal", "Yes"),
            ("Context", "departments"),
            ("Extension", target),
        )
        if result == "Success":
            self.leave(desk, "b1")
            self.at(caller, "departments", target)
            self.leave(caller, "b1")
            self.gone(desk)

    def local(self, linked: Leg, target: str) -> tuple[Leg, Leg]:
        halves = []
        for half in (";1", ";2"):
            uniqueid = f"pbx1-1767600000.{self.legs}"
            leg = Leg(
                f"Local/{target}@departments-000000aa{half}",
                uniqueid,
                linked.linkedid,
                "departments",
                target,
                "",
            )
            self.legs += 1
            self.event("Newchannel", *leg.headers(state="0"))
            halves.append(leg)
        return halves[0], halves[1]

    def consult(self, caller: Leg, desk: Leg, target: str) -> tuple[Leg, Leg]:
        """Atxfer: the desk leaves the caller on hold and dials."""
        self.event("Hold", *desk.headers())
        one, two = self.local(caller, target)
        self.enter(one, "b2")
        self.leave(desk, "b1")
        self.enter(desk, "b2")
        return one, two

    def attended(self, desk: Leg, caller: Leg, result: str = "Success", kind: str = "Bridge") -> None:
        self.event(
            "AttendedTransfer",
            ("Result", result),
            *desk.headers("OrigTransferer"),
            *desk.headers("SecondTransferer"),
            *caller.headers("Transferee"),
            ("IsExternal", "No"),
            ("DestType", kind),
        )

    def asks(self, leg: Leg) -> None:
        self.event("HangupRequest", *leg.headers(), ("Cause", "16"))

    def gone(self, leg: Leg, cause: str = "16") -> None:
        self.event("Hangup", *leg.headers(), ("Cause", cause), ("Cause-txt", ""))

    def hang_up(self, caller: Leg, desk: Leg, bridge: str = "b1") -> None:
        self.asks(caller)
        self.leave(caller, bridge)
        self.leave(desk, bridge)
        self.gone(desk)
        self.gone(caller)

    @property
    def call(self) -> dict[str, Any]:
        (call,) = self.story.real_calls()
        return call_json(call)

    def transfers(self) -> list[tuple[str, str, str]]:
        return [(each["kind"], each["target"], each["result"]) for each in self.call["transfers"]]

    def told(self, kind: type) -> list[Any]:
        return [signal for signal in self.signals if type(signal) is kind]
