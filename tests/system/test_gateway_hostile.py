"""A caller forges AMI events where the trunk's template is not used: told as malformed, believed by
nobody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gateway.testing.lab import Cache, RawCaller
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

UNSAFE = "trust_id_inbound = yes\ncallerid =\n"
INVENTED = "pbx1-1795400000.99"
FORGED = f"13800130066%0D%0A%0D%0AEvent%3A%20Newchannel%0D%0AUniqueid%3A%20{INVENTED}%0D%0AX%3A%20"
"""Asterisk keeps 80 characters of a number."""


async def test_forged_events_are_published_as_malformed_without_their_text_and_make_no_call(
    tmp_path: Path, cache: Cache
) -> None:
    async with (
        Stage(tmp_path, cache=cache, pbx={"trunk_settings": UNSAFE}) as stage,
        LabCore(stage.broker) as core,
        RawCaller(stage.pbx) as caller,
    ):
        assert await caller.ring([f"P-Asserted-Identity: <sip:{FORGED}@127.0.0.2>"], user=FORGED) == 200
        await core.until(lambda: [s for s in core.report.stories.values() if s.last("RecMediaStart")])
        await caller.bye()
        await core.until(lambda: all(story.settled for story in core.report.stories.values()))
        malformed = [event for event in core.site_events if "MalformedMessage" in event["type"]]
        assert malformed
        assert all(set(event["data"]) >= {"why", "sha256", "size_bytes"} for event in malformed)
        assert INVENTED not in str([event["data"] for event in malformed])
        (story,) = core.report.stories.values()
        assert INVENTED not in story.call_id
        assert (story.ani or "").startswith("13800130066")  # his digits, nobody vouches for them
        await stage.gateway.stop()
        with sqlite3.connect(stage.gateway.store_url.partition("///")[2]) as books:
            raw = "".join(
                row[0]
                for row in books.execute("select payload from journal where type = 'MalformedReceived'")
            )
            assert INVENTED in raw
            told = b"".join(row[0] for row in books.execute("select payload from outbox"))
            assert INVENTED.encode() not in told
