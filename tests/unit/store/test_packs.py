"""Rule packs in the store: by their hash, each file once, nothing deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.rulebook.content import content_of
from gateway.store import packs
from gateway.store.documents import versions
from gateway.store.packs import StoredPacks
from gateway.store.store import SqlStore

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FIRST = {"zh-crime.yaml": "规则: 一\n".encode(), "veto/fire.yaml": b"code: fire\n"}
SECOND = {**FIRST, "zh-crime.yaml": "规则: 二\n".encode()}


async def test_packs_share_the_files_that_are_the_same(store: SqlStore) -> None:
    library = StoredPacks(store.database)
    for at, sources in enumerate((FIRST, SECOND)):
        await library.keep(sources, NOON + timedelta(seconds=at), "wang")
    newest, oldest = await store.database.read(packs.list_packs)
    assert (newest.content, oldest.content) == (content_of(SECOND), content_of(FIRST))
    assert newest.files["veto/fire.yaml"] == oldest.files["veto/fire.yaml"]
    assert (newest.created_by, newest.files["zh-crime.yaml"][1]) == ("wang", len(SECOND["zh-crime.yaml"]))
    file_hash = newest.files["veto/fire.yaml"][0]
    assert len(await store.database.read(versions, packs.FILES, file_hash)) == 1
