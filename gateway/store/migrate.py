"""Brings the tables to the version of this program."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

NEWEST = "0017"
"""The last migration in `migrations/versions`; a test holds this."""
MIGRATIONS = Path(__file__).with_name("migrations")


class TooNew(Exception):
    """A newer intake110 wrote this database: install that version, or restore a backup of this one."""


def migrate(connection: Connection, target: str = NEWEST) -> None:
    """Apply what is missing in the transaction of `connection`; alembic is loaded only when there is work."""
    present = version(connection)
    if present == target:
        return
    if present is not None and present > NEWEST:
        raise TooNew(f"{TooNew.__doc__} (tables: {present}, this program: {NEWEST})")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def version(connection: Connection) -> str | None:
    """The version of the tables; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
