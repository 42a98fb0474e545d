"""`intake110 listen --announce` in a process of its own, as on another machine."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

import typer

import gateway
from gateway import listening
from gateway.cli import listen
from gateway.programs import Program
from gateway.speech.recognizer import VOSK
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.service import Running, Service

ROOT = Path(gateway.__file__).resolve().parent.parent
READY_WITHIN_S = 90.0
"""It loads a model, which on a busy machine takes its time."""
SECRET = "the listeners' secret of the laboratory"


class LabListener(Running):
    """`async with LabListener("asr2", folder, broker, host="127.0.0.2") as listener:` hears and tells where.

    Killed and started again in the same folder it is the same listener.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        broker: LabBroker,
        *,
        host: str = "127.0.0.1",
        site: str = "demo",
        secret: str = SECRET,
        engine: str = VOSK,
    ) -> None:
        self.name, self.host, self._engine = name, host, engine
        self._folder, self._broker, self._site, self._secret = folder.resolve(), broker, site, secret
        folder.mkdir(parents=True, exist_ok=True)
        self.service = Service(f"listener {name}", folder / "listener.log")

    async def start(self) -> None:
        """Returns when it hears."""
        heard = self._hearings()
        options = ["--id", self.name, "--host", self.host, "--control-port", "0"]
        command = ["-m", "gateway.cli", "listen"] if self._engine == VOSK else ["-m", __name__, self._engine]
        await self.service.start(
            Program(argv=(sys.executable,)),
            [*command, "-c", str(self._write()), "--announce", *options],
            partial(self._ready, heard),
            cwd=self._folder,
            within_s=READY_WITHIN_S,
        )

    async def stop(self) -> None:
        await self.service.stop()

    async def kill(self) -> None:
        """As a power cut does it."""
        await self.service.kill()

    def _hearings(self) -> int:
        log = self.service.log
        return log.read_text().count("listener hears") if log.exists() else 0

    async def _ready(self, before: int) -> bool:
        return await asyncio.to_thread(self._hearings) > before

    def _write(self) -> Path:
        for name, secret in (("mqtt", self._broker.users["listener"]), ("listeners", self._secret)):
            file = self._folder / f"{name}.secret"
            file.write_text(secret)
            file.chmod(0o600)
        configuration = self._folder / "listen.toml"
        configuration.write_text(
            f"""\
[site]
name = "{self._site}"
[gateway]
state_dir = "state"
[mqtt]
port = {self._broker.port}
username = "listener"
secret_file = "mqtt.secret"
keepalive_s = 5
[speech]
model = "{ROOT}/asr_models/demo-cn"
listener_host = "{self.host}"
listener_port = 0
listeners_secret_file = "listeners.secret"
workers = 1
""",
            encoding="utf-8",
        )
        return configuration


def main() -> None:
    """`python -m gateway.testing.lab.listener ENGINE …`: `intake110 listen …` with a fake recognizer."""
    engine, *arguments = sys.argv[1:]
    listening.serve = partial(listening.serve, engine=engine)
    typer.main.get_command(listen.app)(arguments)


if __name__ == "__main__":
    main()
