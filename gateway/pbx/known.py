"""What each AMI event must bring to be believed: whole channels, and its own headers in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CHANNEL = (
    "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum",
    "ConnectedLineName", "Language", "AccountCode", "Context", "Exten", "Priority", "Uniqueid", "Linkedid",
)  # fmt: skip
"""After `<prefix>Channel` Asterisk 13 to 22 writes these (manager_channels.c), nothing between."""

ONLY_IN_A_CHANNEL = ("ChannelStateDesc", "ConnectedLineNum", "ConnectedLineName")
"""Outside a whole channel these are the tail of a torn message; Status alone has an `Effective…` pair."""

CALLER_TEXT_AFTER = CHANNEL.index("CallerIDNum") + 1
"""A channel can be torn no earlier: what stands before the caller's number no caller can write."""


class Needs(NamedTuple):
    """What an event must bring: whole channels by prefix, and headers in this order; more is welcome."""

    channels: tuple[str, ...]
    headers: tuple[str, ...] = ()


_BRIDGE = ("BridgeUniqueid", "BridgeType", "BridgeTechnology", "BridgeNumChannels")
_OWN, _DIALLED, _BOTH = ("",), ("Dest",), ("", "Dest")

KNOWN: Mapping[str, Needs] = {
    "AgentCalled": Needs(_BOTH, ("Queue", "Interface", "MemberName")),
    "AgentComplete": Needs(_OWN, ("Queue", "Interface", "MemberName", "HoldTime", "TalkTime", "Reason")),
    "AgentConnect": Needs(_BOTH, ("Queue", "Interface", "MemberName", "HoldTime", "RingTime")),
    "AgentRingNoAnswer": Needs(_BOTH, ("Queue", "Interface", "MemberName", "RingTime")),
    "AttendedTransfer": Needs(("OrigTransferer", "SecondTransferer"), ("Result", "IsExternal", "DestType")),
    "BlindTransfer": Needs(("Transferer",), ("Result", "IsExternal", "Context", "Extension")),
    "BridgeCreate": Needs((), _BRIDGE),
    "BridgeDestroy": Needs((), _BRIDGE),
    "BridgeEnter": Needs(_OWN, _BRIDGE),
    "BridgeLeave": Needs(_OWN, _BRIDGE),
    "BridgeMerge": Needs((), ("ToBridgeUniqueid", "FromBridgeUniqueid", "FromBridgeNumChannels")),
    "Cdr": Needs((), ("Source", "Destination", "CallerID", "Channel", "LastData", "UniqueID")),
    "ChanSpyStart": Needs(("Spyer", "Spyee")),
    "ChanSpyStop": Needs(("Spyer",)),
    "ChannelTalkingStart": Needs(_OWN),
    "ChannelTalkingStop": Needs(_OWN, ("Duration",)),
    "ConfbridgeEnd": Needs((), ("Conference", "BridgeUniqueid")),
    "ConfbridgeJoin": Needs(_OWN, ("Conference", "BridgeUniqueid")),
    "ConfbridgeLeave": Needs(_OWN, ("Conference", "BridgeUniqueid")),
    "ConfbridgeStart": Needs((), ("Conference", "BridgeUniqueid")),
    "DTMFBegin": Needs(_OWN, ("Digit", "Direction")),
    "DTMFEnd": Needs(_OWN, ("Digit", "DurationMs", "Direction")),
    "DialBegin": Needs(_DIALLED, ("DialString",)),
    "DialEnd": Needs(_DIALLED, ("DialStatus",)),
    "DialState": Needs(_DIALLED, ("DialStatus",)),
    "FullyBooted": Needs((), ("Status",)),
    "Hangup": Needs(_OWN, ("Cause", "Cause-txt")),
    "HangupHandlerPush": Needs(_OWN, ("Handler",)),
    "HangupHandlerRun": Needs(_OWN, ("Handler",)),
    "HangupRequest": Needs(_OWN),
    "Hold": Needs(_OWN),
    "LocalBridge": Needs(("LocalOne", "LocalTwo"), ("Context", "Exten", "LocalOptimization")),
    "LocalOptimizationBegin": Needs(("LocalOne", "LocalTwo"), ("Id",)),
    "LocalOptimizationEnd": Needs(("LocalOne", "LocalTwo"), ("Success", "Id")),
    "MixMonitorStart": Needs(_OWN),
    "MixMonitorStop": Needs(_OWN),
    "MusicOnHoldStart": Needs(_OWN),
    "MusicOnHoldStop": Needs(_OWN),
    "NewCallerid": Needs(_OWN, ("CID-CallingPres",)),
    "NewConnectedLine": Needs(_OWN),
    "Newchannel": Needs(_OWN),
    "Newexten": Needs(_OWN, ("Extension", "Application", "AppData")),
    "Newstate": Needs(_OWN),
    "OriginateResponse": Needs((), ("Response", "Channel", "Reason", "Uniqueid", "CallerIDName")),
    "QueueCallerAbandon": Needs(_OWN, ("Queue", "Position", "OriginalPosition", "HoldTime")),
    "QueueCallerJoin": Needs(_OWN, ("Queue", "Position", "Count")),
    "QueueCallerLeave": Needs(_OWN, ("Queue", "Position", "Count")),
    "QueueMemberStatus": Needs((), ("Queue", "MemberName", "Interface", "Status", "Paused")),
    "Shutdown": Needs((), ("Shutdown", "Restart")),
    "SoftHangupRequest": Needs(_OWN),
    "Unhold": Needs(_OWN),
    "UserEvent": Needs((), ("UserEvent",)),
    "VarSet": Needs((), ("Variable", "Value")),
}
"""The events the gateway reads or meets, after Asterisk 18 to 22 (and the traces of 22.10)."""

ANSWERS = frozenset({
    "BridgeInfoChannel", "BridgeInfoComplete", "BridgeListComplete", "BridgeListItem", "CoreShowChannel",
    "CoreShowChannelsComplete", "QueueEntry", "QueueMember", "QueueParams", "QueueStatusComplete", "Status",
    "StatusComplete",
})  # fmt: skip
"""Items of lists we ask for: they come with our ActionID and without Privilege."""
