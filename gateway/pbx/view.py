"""What is in the PBX now: channels, bridges, and who hears whom through them. Pure bookkeeping, no meaning
yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.pbx.shape import PbxShape

MAX_CHANNELS = 8_192
"""Channels remembered at once; beyond, the oldest is forgotten (its Hangup was lost: nothing lives so
long).
"""


@dataclass(slots=True, kw_only=True)
class Channel:
    """One leg. `uniqueid` names it for good, `name` only while it lives."""

    uniqueid: str
    linkedid: str
    name: str
    born_at: datetime
    context: str = ""
    exten: str = ""
    number: str = ""
    """CallerIDNum as last seen."""
    inbound: bool = False
    """It came into an intake context from outside: it may be a caller."""
    seen_from_birth: bool = False
    """Its Newchannel was read: `inbound` is known, not guessed."""
    dialled: str | None = None
    """What was dialled to make it, None if it dialled itself."""
    missed: str | None = None
    """How dialling it ended, when nobody answered (DialStatus)."""
    bridge: str | None = None
    asked: bool = False
    """Its far end hung up (HangupRequest)."""
    cut: bool = False
    """The PBX itself ended it (SoftHangupRequest without a HangupRequest before)."""

    @property
    def other_half(self) -> str | None:
        """The name of a Local channel's other end."""
        if not self.name.startswith("Local/") or self.name[-2:] not in (";1", ";2"):
            return None
        return self.name[:-1] + ("2" if self.name.endswith("1") else "1")


@dataclass(slots=True)
class View:
    """All channels by uniqueid and by name, all bridges by their members."""

    shape: PbxShape
    channels: dict[str, Channel] = field(default_factory=dict)
    names: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, dict[str, Channel]] = field(default_factory=dict)
    """Members in the order in which they came."""

    def add(self, channel: Channel) -> None:
        while len(self.channels) >= MAX_CHANNELS:
            self.remove(next(iter(self.channels.values())))
        self.channels[channel.uniqueid] = channel
        self.names[channel.name] = channel

    def remove(self, channel: Channel) -> None:
        self.leave(channel)
        self.channels.pop(channel.uniqueid, None)
        if self.names.get(channel.name) is channel:
            del self.names[channel.name]

    def rename(self, channel: Channel, name: str) -> None:
        if self.names.get(channel.name) is channel:
            del self.names[channel.name]
        channel.name = name
        self.names[name] = channel

    def enter(self, channel: Channel, bridge: str) -> None:
        self.leave(channel)
        self.bridges.setdefault(bridge, {})[channel.uniqueid] = channel
        channel.bridge = bridge

    def leave(self, channel: Channel) -> None:
        if channel.bridge is None:
            return
        members = self.bridges.get(channel.bridge, {})
        members.pop(channel.uniqueid, None)
        if not members:
            self.bridges.pop(channel.bridge, None)
        channel.bridge = None

    def joined_to(self, bridge: str | None) -> list[Channel]:
        """Everybody who hears this bridge, through Local channels too; helpers left out."""
        found, seen = [], set()
        waiting = [bridge] if bridge else []
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen.add(current)
            for channel in self.bridges.get(current, {}).values():
                other = self.names.get(channel.other_half or "")
                if other is not None and other.bridge is not None:
                    waiting.append(other.bridge)
                if not self.shape.is_helper(channel.name):
                    found.append(channel)
        return found

    def partners(self, channel: Channel) -> list[Channel]:
        """Who speaks with `channel` now."""
        return [other for other in self.joined_to(channel.bridge) if other is not channel]

    def linked(self, linkedid: str) -> Iterable[Channel]:
        return [channel for channel in self.channels.values() if channel.linkedid == linkedid]
