"""What every store of sent texts and of links must do, on the shipped fake and on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.ports_share import ShareLinkRow, ShareLinks
from gateway.ports_text import SentText, SentTexts
from gateway.store.share_links import StoredShareLinks
from gateway.store.store import open_store
from gateway.store.texts import StoredTexts
from gateway.testing.fake_sender import MemoryTexts
from gateway.testing.memory_share import MemoryShareLinks

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TEXT = SentText(message_id="m-1", family="share", key="c1", at=NOON)


@pytest.fixture
async def texts(url_or_none: str | None) -> AsyncIterator[SentTexts]:
    if url_or_none is None:
        yield MemoryTexts()
        return
    store = await open_store(url_or_none)
    yield StoredTexts(store.database)
    await store.close()


async def test_a_text_is_found_by_either_id(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    assert await texts.find("m-1", None) == TEXT
    await texts.keep(replace(TEXT, provider_id="p-1"))
    assert (
        await texts.find(None, "p-1") == await texts.find("m-1", "else") == replace(TEXT, provider_id="p-1")
    )


async def test_an_unknown_text_is_not_found(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    assert await texts.find("m-2", None) is None
    assert await texts.find(None, "p-1") is None
    assert await texts.find(None, None) is None


async def test_old_ones_are_forgotten(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    await texts.keep(replace(TEXT, message_id="m-2", at=NOON + timedelta(hours=1)))
    assert await texts.forget(NOON + timedelta(minutes=1)) == 1
    assert await texts.find("m-1", None) is None
    assert await texts.find("m-2", None) is not None


# ---- links


LINK = ShareLinkRow(token_hash="a" * 64, call_id="c1", n=1, at=NOON)


@pytest.fixture
async def links(url_or_none: str | None) -> AsyncIterator[ShareLinks]:
    if url_or_none is None:
        yield MemoryShareLinks()
        return
    store = await open_store(url_or_none)
    yield StoredShareLinks(store.database)
    await store.close()


async def test_a_link_is_found_by_the_hash_of_its_token_alone(links: ShareLinks) -> None:
    await links.keep(LINK)
    assert await links.find("a" * 64) == LINK
    assert await links.find("A" * 64) is None
    assert await links.find("") is None


async def test_a_link_that_is_kept_is_never_another_calls(links: ShareLinks) -> None:
    await links.keep(LINK)
    await links.keep(replace(LINK, call_id="c2"))
    assert await links.find("a" * 64) == LINK


async def test_old_links_are_forgotten(links: ShareLinks) -> None:
    await links.keep(LINK)
    await links.keep(replace(LINK, token_hash="b" * 64, at=NOON + timedelta(hours=1)))
    assert await links.forget(NOON + timedelta(minutes=1)) == 1
    assert await links.find("a" * 64) is None
    assert await links.find("b" * 64) is not None
