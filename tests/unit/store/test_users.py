from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.store import documents, users
from gateway.store.store import SqlStore
from gateway.store.users import SessionRow, UserExists, UserRow

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WANG = UserRow(
    username="wang", display_name="王警官", password_hash="$argon2", roles="call_taker supervisor",
    language="zh-CN", disabled=False, created_at=NOON,
)  # fmt: skip
SESSION = SessionRow(token_hash="t1", username="wang", position="1101", created_at=NOON, seen_at=NOON)


@pytest.fixture(autouse=True)
async def _wang(store: SqlStore) -> None:
    await store.database.write(users.add_user, WANG)


async def test_a_user_is_kept_once(store: SqlStore) -> None:
    with pytest.raises(UserExists):
        await store.database.write(users.add_user, replace(WANG, display_name="another"))
    assert list(await store.database.read(users.list_users)) == [WANG]
    assert await store.database.read(users.user, "nobody") is None


async def test_a_session_knows_its_user(store: SqlStore) -> None:
    await store.database.write(users.add_session, SESSION)
    assert await store.database.read(users.signed_in, "t1") == (SESSION, WANG)
    assert await store.database.read(users.signed_in, "t2") is None


async def test_signing_out_ends_the_session(store: SqlStore) -> None:
    await store.database.write(users.add_session, SESSION)
    await store.database.write(users.end_session, "t1")
    assert await store.database.read(users.signed_in, "t1") is None


async def test_a_new_password_signs_out_everywhere(store: SqlStore) -> None:
    await store.database.write(users.add_session, SESSION)
    assert await store.database.write(users.set_password, "wang", "$new")
    assert await store.database.read(users.signed_in, "t1") is None
    assert not await store.database.write(users.set_password, "nobody", "$new")


async def test_a_disabled_user_is_signed_out_and_stays_out(store: SqlStore) -> None:
    await store.database.write(users.set_disabled, "wang", True)
    await store.database.write(users.add_session, SESSION)
    assert await store.database.read(users.signed_in, "t1") is None


async def test_stale_sessions_are_dropped_by_idleness_and_by_age(store: SqlStore) -> None:
    hour = timedelta(hours=1)
    for name, made, seen in (("idle", 0, 0), ("old", -9, 2), ("good", 1, 2)):
        session = replace(SESSION, token_hash=name, created_at=NOON + made * hour, seen_at=NOON + seen * hour)
        await store.database.write(users.add_session, session)
    await store.database.write(users.touch_session, "good", NOON + 3 * hour)
    assert await store.database.write(users.drop_stale_sessions, NOON + hour, NOON - hour) == 2
    found = await store.database.read(users.signed_in, "good")
    assert found is not None
    assert found[0].seen_at == NOON + 3 * hour


async def test_a_language_is_remembered(store: SqlStore) -> None:
    await store.database.write(users.set_language, "wang", "en")
    found = await store.database.read(users.user, "wang")
    assert found is not None
    assert found.language == "en"


# ---- documents


async def _add(store: SqlStore, content: str) -> int:
    return await store.database.write(
        documents.add_document,
        kind="rules",
        name="zh",
        content_hash=content,
        payload=content,
        at=NOON,
        by="wang",
    )


async def test_a_document_gets_a_version_for_each_new_content(store: SqlStore) -> None:
    assert [await _add(store, content) for content in ("one", "two", "one")] == [1, 2, 1]
    newest_first = await store.database.read(documents.versions, "rules", "zh")
    assert [(row.version, row.payload) for row in newest_first] == [(2, "two"), (1, "one")]


async def test_only_one_version_of_a_document_is_active(store: SqlStore) -> None:
    await _add(store, "one")
    await _add(store, "two")
    assert list(await store.database.read(documents.active_documents, "rules")) == []
    for version in (1, 2):
        assert await store.database.write(documents.activate_document, "rules", "zh", version)
        active = await store.database.read(documents.active_documents, "rules")
        assert [row.version for row in active] == [version]
    assert not await store.database.write(documents.activate_document, "rules", "zh", 3)
    assert len(await store.database.read(documents.active_documents, "rules")) == 1
