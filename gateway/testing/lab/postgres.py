"""A real PostgreSQL with a data folder of its own; for root it runs as an ordinary user: it refuses root."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import asyncpg

from gateway.testing.lab.cache import Cache
from gateway.testing.lab.service import Running, Service, ServiceError, answers, free_port, ordinary_user

INITDB_SECONDS = 60.0
"""Making an empty cluster has failed when it takes longer."""


class LabPostgres(Running):
    """`async with LabPostgres() as postgres:` then `postgres.url` (asyncpg) of an empty database `intake110`.

    `durable=False` leaves out fsync: for tests that do not pull the plug. Without `folder` the data lie in a
    temporary one.
    """

    user, database = "intake110", "intake110"

    def __init__(
        self, folder: Path | None = None, *, cache: Cache | None = None, durable: bool = True
    ) -> None:
        self._temporary = folder is None
        self.folder = (folder or Path(tempfile.mkdtemp(prefix="intake110-pg-"))).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host, self.port = "127.0.0.1", free_port()
        self._cache = cache or Cache()
        self._durable = durable
        self._owner = ordinary_user()
        self.service = Service("postgresql", self.folder / "postgres.log", as_user=self._owner)

    @property
    def url(self) -> str:
        """For SQLAlchemy with asyncpg."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.database}"

    async def start(self) -> None:
        """Make the cluster the first time, then start it."""
        data = self.folder / "data"
        if not data.exists():
            await self._initdb(data)
        settings = {
            "port": self.port,
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "fsync": "on" if self._durable else "off",
            "max_connections": 50,
            # GMT is built in; UTC would need the time zone files that a bare machine lacks
            "timezone": "GMT",
            "log_timezone": "GMT",
        }
        arguments = ["-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]
        await self.service.start(self._cache.program("postgres"), arguments, self._ready, cwd=self.folder)

    async def stop(self) -> None:
        await self.service.stop()

    async def kill(self) -> None:
        """As a power cut does it, for the server's own process."""
        await self.service.kill()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def empty_database(self) -> str:
        """The url of a database of its own, with nothing in it."""
        name = f"t{uuid4().hex}"
        connection = await asyncpg.connect(
            host=self.host, port=self.port, user=self.user, database="postgres"
        )
        await connection.execute(f'create database "{name}"')
        await connection.close()
        return f"{self.url.rsplit('/', 1)[0]}/{name}"

    async def _ready(self) -> bool:
        if not await answers(self.host, self.port):
            return False
        return await self._make_database()

    async def _initdb(self, data: Path) -> None:
        program = self._cache.program("initdb")
        if self._owner and os.getuid() == 0:
            shutil.chown(self.folder, self._owner)
            self.folder.chmod(0o700)
        arguments = [
            "-D",
            str(data),
            "-U",
            self.user,
            "-E",
            "UTF8",
            "--locale=C",
            "--auth=trust",
            "--no-sync",
        ]
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            *arguments,
            env=program.environment(),
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            user=self._owner,
            extra_groups=[] if self._owner else None,
        )
        async with asyncio.timeout(INITDB_SECONDS):
            output, _ = await process.communicate()
        if process.returncode:
            raise ServiceError(f"initdb failed: {output.decode('utf-8', 'replace')[-1000:]}")

    async def _make_database(self) -> bool:
        """The database of the url; true when it is there."""
        try:
            connection = await asyncpg.connect(
                host=self.host, port=self.port, user=self.user, database="postgres"
            )
        except (asyncpg.CannotConnectNowError, OSError):
            return False
        try:
            if not await connection.fetchval("select 1 from pg_database where datname = $1", self.database):
                await connection.execute(f'create database "{self.database}"')
        finally:
            await connection.close()
        return True
