"""A SQLite file with its tables made, for tests: migrated once a process, copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from gateway.store.migrate import migrate


def store_url(folder: Path, name: str = "store.db") -> str:
    """The URL of an empty store in `folder`."""
    shutil.copyfile(_template(), folder / name)
    return f"sqlite:///{folder / name}"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="intake110-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = create_engine(f"sqlite:///{folder / 'template.db'}")
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    return folder / "template.db"
