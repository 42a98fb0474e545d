from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway.ports import Commit, OutboxRow, StoreUnavailable
from gateway.store import outbox, tables
from gateway.store.database import CHECKPOINT_COMMITS, Database, SqliteDatabase, open_database
from gateway.store.migrate import NEWEST, TooNew, migrate, version
from gateway.store.store import SqlStore, open_store
from gateway.testing.store_file import store_url

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(store_url(tmp_path))
    yield opened
    await opened.close()


def scalar(connection: Connection, sql: str) -> object:
    return connection.scalar(text(sql))


async def test_the_writer_never_loses_a_commit_to_a_power_cut(store: SqlStore) -> None:
    assert await store.database.write(scalar, "PRAGMA journal_mode") == "wal"
    assert await store.database.write(scalar, "PRAGMA synchronous") == 2
    assert await store.database.note(scalar, "PRAGMA synchronous") == 1


async def test_readers_cannot_write(store: SqlStore) -> None:
    def write(connection: Connection) -> None:
        connection.execute(tables.documents.delete())

    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.database.read(write)


async def test_concurrent_read_modify_writes_lose_nothing(store: SqlStore) -> None:
    def setup(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count(connection: Connection) -> None:
        present = connection.scalar(text("SELECT n FROM counter"))
        connection.execute(text("UPDATE counter SET n = :n"), {"n": present + 1})

    await store.database.write(setup)
    await asyncio.gather(*(store.database.write(count) for _ in range(40)))
    assert await store.database.read(scalar, "SELECT n FROM counter") == 40


async def test_a_locked_database_is_an_answer_and_not_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.database.BUSY_S", 0.05)
    path = tmp_path / "store.db"
    store = await open_store(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="database is locked"):
            await store.commit(Commit(outbox=[event(1)]))
        other.execute("ROLLBACK")
        await store.commit(Commit(outbox=[event(1)]))
    finally:
        other.close()
        await store.close()


async def test_what_went_wrong_is_told_without_personal_data(store: SqlStore) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": "13800138000"})

    with pytest.raises(StoreUnavailable) as caught:
        await store.database.write(broken)
    assert "no such table: nowhere" in str(caught.value)
    assert "13800138000" not in str(caught.value)


async def test_nobody_else_on_the_machine_can_read_a_new_database(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/store.db")
    await store.commit(Commit(outbox=[event(1)]))
    modes = modes_in(tmp_path)
    await store.close()
    assert set(modes.values()) == {0o600}
    assert "store.db-wal" in modes


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.glob("store.db*")}


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"missing/store.db: unable to open database file"):
        await open_store(f"sqlite:///{tmp_path}/missing/store.db")


async def test_a_postgresql_that_does_not_answer_is_told(unused_tcp_port: int) -> None:
    with pytest.raises(StoreUnavailable, match=f"PostgreSQL 127.0.0.1:{unused_tcp_port}/intake: "):
        await open_store(f"postgresql://intake@127.0.0.1:{unused_tcp_port}/intake")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_a_url_that_cannot_hold_a_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///path"):
        open_database(url)


async def test_the_log_is_moved_into_the_file_now_and_then(store: SqlStore, tmp_path: Path) -> None:
    for seq in range(1, CHECKPOINT_COMMITS + 2):
        await store.commit(Commit(outbox=[event(seq)]))
    await store.close()
    with sqlite3.connect(f"file:{tmp_path}/store.db?immutable=1", uri=True) as file_alone:
        moved = file_alone.execute("SELECT count(*) FROM outbox").fetchone()[0]
    assert moved >= CHECKPOINT_COMMITS


# ---- migrations


async def test_migrations_make_exactly_the_tables_of_the_program(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), tables.metadata)

    database: Database = open_database(f"sqlite:///{tmp_path}/store.db")
    await database.write(migrate)
    assert await database.read(differences) == []
    assert await database.read(version) == NEWEST
    await database.close()


def test_the_newest_version_is_the_last_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "gateway/store/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


async def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    def lift(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    store = await open_store(f"sqlite:///{tmp_path}/store.db")
    await store.database.write(lift)
    await store.close()
    with pytest.raises(TooNew, match="9999"):
        await open_store(f"sqlite:///{tmp_path}/store.db")


async def test_opening_again_keeps_everything(tmp_path: Path) -> None:
    for seq in (1, 2):
        store = await open_store(f"sqlite:///{tmp_path}/store.db")
        await store.commit(Commit(outbox=[event(seq)]))
        await store.close()
    database = SqliteDatabase(open_url(tmp_path))
    assert await database.read(outbox.waiting) == 2
    await database.close()


def open_url(tmp_path: Path) -> object:
    from sqlalchemy import make_url

    return make_url(f"sqlite:///{tmp_path}/store.db")


# ---- outbox upkeep


def event(seq: int, call_id: str | None = "hz-p1-1.1", at: datetime = NOON) -> OutboxRow:
    return OutboxRow(
        site_seq=seq,
        call_id=call_id,
        call_seq=seq,
        event_id=f"e:{seq}",
        topic="t",
        payload=b"{}",
        expiry_s=None,
        at=at,
    )


async def test_only_old_events_that_are_out_are_pruned_and_never_the_newest(store: SqlStore) -> None:
    await store.commit(Commit(outbox=[event(seq, at=NOON + timedelta(hours=seq)) for seq in range(1, 7)]))
    await store.outbox_sent([1, 2, 4, 5, 6])
    assert await store.database.write(outbox.prune, NOON + timedelta(days=1), 2) == 2
    assert await store.database.write(outbox.prune, NOON + timedelta(days=1)) == 2
    assert (await store.head()).site_seq == 6
    assert [row.site_seq for row in await store.outbox_pending(0)] == [3]


async def test_a_parked_event_is_reported_with_the_brokers_reason(store: SqlStore) -> None:
    await store.commit(Commit(outbox=[event(1), event(2)]))
    await store.outbox_park(2, "not authorised")
    assert await store.database.read(outbox.parked) == [(2, "t", "not authorised")]
    assert await store.database.read(outbox.waiting) == 1


async def test_the_events_of_a_call_come_in_their_order_sent_or_not(store: SqlStore) -> None:
    await store.commit(Commit(outbox=[event(1), event(2, "hz-p1-9.9"), event(3), event(4)]))
    await store.outbox_sent([1])
    found = await store.database.read(outbox.events_of, "hz-p1-1.1", 1, 10)
    assert [row.site_seq for row in found] == [3, 4]


async def test_a_time_without_its_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="a time without its zone"):
        await store.commit(Commit(outbox=[event(1, at=datetime(2026, 1, 5))]))  # noqa: DTZ001


async def test_segments_of_an_older_version_become_live_ones(url: str, tmp_path: Path) -> None:
    """The tables as the first version made them, with a segment in them."""
    opened = open_database(url if url.startswith("postgres") else f"sqlite:///{tmp_path / 'older.db'}")

    def older(connection: Connection) -> None:
        migrate(connection, "0001")
        connection.execute(text("INSERT INTO segments VALUES ('c', 'caller', 0, 500, '有人打架', '{}')"))

    await opened.write(older)
    await opened.write(migrate)
    assert await opened.read(scalar, "SELECT reading FROM segments") == "live"
    assert await opened.read(scalar, "SELECT started_ms FROM segments") == 500
    await opened.close()
