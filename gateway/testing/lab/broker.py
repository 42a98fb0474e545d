"""A real mosquitto with the accounts and rights of `conf/mosquitto`."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import gateway
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.service import Running, Service, answers, free_port

CONF = Path(gateway.__file__).resolve().parent.parent / "conf/mosquitto"

ACCOUNTS = {
    "gateway": "lab-gateway",
    "listener": "lab-listener",
    "dispatch": "lab-dispatch",
    "carrier": "lab-carrier",
    "tracker": "lab-tracker",
    "texter": "lab-texter",
    "police_app": "lab-police-app",
    "reader": "lab-reader",
    "labour_bureau": "lab-labour",
    "market_supervision": "lab-market",
}
"""The roles of `conf/mosquitto/intake110.acl` with the laboratory's passwords."""

PBKDF2_ROUNDS = 101
"""mosquitto's own number; the file is the laboratory's, not a secret."""


class LabBroker(Running):
    """`async with LabBroker(folder) as broker:` listens on `broker.port`; `users`: role to password."""

    def __init__(self, folder: Path, *, cache: Cache | None = None) -> None:
        self.folder = folder.resolve()
        self.host, self.port = "127.0.0.1", free_port()
        self.users = dict(ACCOUNTS)
        self._cache = cache or Cache()
        folder.mkdir(parents=True, exist_ok=True)
        self.service = Service("mosquitto", folder / "mosquitto.log")

    async def start(self) -> None:
        """Start, or start again with everything it kept."""
        program = self._cache.program("mosquitto")
        configuration = self._write()
        await self.service.start(program, ["-c", str(configuration)], self._ready, cwd=self.folder)

    async def stop(self) -> None:
        await self.service.stop()

    async def kill(self) -> None:
        await self.service.kill()

    def freeze(self) -> None:
        """It keeps its connections and says nothing more."""
        self.service.freeze()

    def thaw(self) -> None:
        self.service.thaw()

    async def _ready(self) -> bool:
        return await answers(self.host, self.port)

    def _write(self) -> Path:
        passwords = self.folder / "passwd"
        passwords.write_text("".join(f"{user}:{_hash(secret)}\n" for user, secret in self.users.items()))
        passwords.chmod(0o600)
        rights = self.folder / "acl"
        rights.write_text((CONF / "intake110.acl").read_text())
        rights.chmod(0o600)
        replaced = {
            "listener": f"{self.port} {self.host}",
            "password_file": str(passwords),
            "acl_file": str(rights),
        }
        lines = [
            f"{word} {replaced[word]}" if (word := line.split(" ")[0]) in replaced else line
            for line in (CONF / "intake110.conf").read_text().splitlines()
        ]
        lines.append(f"persistence_location {self.folder}/")
        if os.getuid() == 0:
            lines.append("user root")
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n")
        return configuration


def _hash(secret: str) -> str:
    """A line's right side in mosquitto's password file, kind 7 (PBKDF2, SHA-512)."""
    salt = os.urandom(12)
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, PBKDF2_ROUNDS, 64)
    return f"$7${PBKDF2_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
