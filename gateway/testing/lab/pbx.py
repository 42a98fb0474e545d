"""The laboratory's 110 PBX: a private Asterisk that includes the very files an administrator includes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import gateway
from gateway.testing.lab.asterisk import Asterisk, include, manager_conf
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.service import Running, free_port, give

DIALPLANS = Path(gateway.__file__).resolve().parent.parent / "dialplans"

SILENCE_SOUND = "&".join(str(DIALPLANS / f"sounds/intake110-silence-{language}") for language in ("zh", "en"))
"""The prompt for a caller who cannot speak; nothing is copied into Asterisk's own folder here."""

CARRIER, DESKS, OFFICES = "127.0.0.2", "127.0.0.3", "127.0.0.4"
"""Loopback addresses make roles: the carrier's trunk, the call-takers' phones, departments and partners."""

DESK_NUMBERS = tuple(str(number) for number in range(1101, 1109))
"""Eight call-takers' desks."""

GATEWAY_USER = "intake110"
GATEWAY_SECRET = "lab-gateway-secret"
"""The gateway's account of `dialplans/manager-intake110.conf`, with the laboratory's password."""


class LabPbx(Running):
    """`async with LabPbx("pbx1", folder) as pbx:` is a running 110 PBX, with or without its city (see City).

    `members`: desks signed in to the queue. `ring_seconds`: how long a department rings before the caller
    comes back; `desk_ring_seconds`: a desk, before the next is tried. `silence_seconds`: after how much
    silence a caller is prompted. `trunk_settings`: override the trunk's template, to show what happens
    without it. `as_user`: whom Asterisk runs as when we are root.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        cache: Cache | None = None,
        members: int = 4,
        ring_seconds: int = 20,
        desk_ring_seconds: int = 12,
        silence_seconds: int = 10,
        trunk_settings: str = "",
        as_user: str | None = None,
    ) -> None:
        self.name = name
        self.folder = folder.resolve()
        self._asterisk = Asterisk(name, folder / "pbx", cache=cache, as_user=as_user)
        self._members = DESK_NUMBERS[:members]
        self._ring_seconds = ring_seconds
        self._desk_ring_seconds = desk_ring_seconds
        self._silence_seconds = silence_seconds
        self._trunk_settings = trunk_settings
        self._as_user = as_user if os.getuid() == 0 else None
        self.sip_port = free_port(kind=socket.SOCK_DGRAM)
        self.city_port = free_port(CARRIER, socket.SOCK_DGRAM)
        self.recording_dir = self.folder / "recordings"
        self.ami_port = self._asterisk.ami_port
        self.ami_user, self.ami_secret = GATEWAY_USER, GATEWAY_SECRET
        self.cdr_csv = self._asterisk.log_dir / "cdr-custom/intake110.csv"
        self.cel_csv = self._asterisk.log_dir / "cel-custom/intake110.csv"
        self.log = self._asterisk.log_dir / "full"
        self.service = self._asterisk.service
        self.ami, self.cli = self._asterisk.ami, self._asterisk.cli

    async def start(self) -> None:
        """Start, or start again after a stop or a kill, on the same ports and folders."""
        self.recording_dir.mkdir(parents=True, exist_ok=True)
        if self._as_user:
            give(self.recording_dir, self._as_user)
        await self._asterisk.launch(self._files())

    async def stop(self) -> None:
        await self._asterisk.stop()

    async def kill(self) -> None:
        """kill -9 in the middle of whatever it does."""
        await self._asterisk.kill()

    def _files(self) -> dict[str, str]:
        examples = ("cdr", "cdr_custom", "cel", "cel_custom", "features", "modules")
        return {
            **{f"{name}.conf": include(DIALPLANS / f"{name}.conf.example") for name in examples},
            "extensions.conf": self._extensions(),
            "pjsip.conf": self._pjsip(),
            "queues.conf": self._queues(),
            "manager.conf": manager_conf(self.ami_port)
            + include(DIALPLANS / "manager-intake110.conf")
            + f"[{GATEWAY_USER}](+)\nsecret = {GATEWAY_SECRET}\n",
            "geolocation.conf": include(DIALPLANS / "geolocation-intake110.conf"),
            "confbridge.conf": include(DIALPLANS / "confbridge-intake110.conf"),
            "cdr_manager.conf": "[general]\nenabled = yes\n",
        }

    def _extensions(self) -> str:
        return (
            "[general]\nstatic = yes\nwriteprotect = yes\n[globals]\n"
            + include(DIALPLANS / "intake110-globals.conf")
            + f"I110_RECORDINGS={self.recording_dir}\nI110_RING_SECONDS={self._ring_seconds}\n"
            + f"I110_SILENCE_SOUND={SILENCE_SOUND}\nI110_SILENCE_SECONDS={self._silence_seconds}\n"
            + include(DIALPLANS / "extensions-intake110.conf")
        )

    def _pjsip(self) -> str:
        head = (
            include(DIALPLANS / "pjsip-intake110.conf")
            + "[global]\ntype = global\nendpoint_identifier_order = ip,username\n"
            + f"[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{self.sip_port}\n"
            + f"[trunk](intake110-trunk)\ntransport = udp\naors = trunk\n{self._trunk_settings}\n"
            + f"[trunk]\ntype = aor\ncontact = sip:{CARRIER}:{self.city_port}\n"
            + f"[trunk]\ntype = identify\nendpoint = trunk\nmatch = {CARRIER}\n"
            + "[departments](intake110-target)\ntransport = udp\naors = departments\n"
            + f"[departments]\ntype = aor\ncontact = sip:{OFFICES}:{self.city_port}\n"
        )
        desks = "".join(
            f'[{desk}](intake110-desk)\ntransport = udp\naors = {desk}\ncallerid = "Desk {desk}" <{desk}>\n'
            f"[{desk}]\ntype = aor\ncontact = sip:{desk}@{DESKS}:{self.city_port}\n"
            for desk in DESK_NUMBERS
        )
        return (
            head + desks + f"[desk-phones]\ntype = identify\nendpoint = {DESK_NUMBERS[0]}\nmatch = {DESKS}\n"
        )

    def _queues(self) -> str:
        members = "".join(f"member => PJSIP/{desk},0,Desk {desk},PJSIP/{desk}\n" for desk in self._members)
        return (
            "[general]\npersistentmembers = no\nautofill = yes\nlog_membername_as_agent = yes\n"
            + include(DIALPLANS / "queues-intake110.conf")
            + f"[q110](intake110-queue)\ntimeout = {self._desk_ring_seconds}\n{members}"
        )
