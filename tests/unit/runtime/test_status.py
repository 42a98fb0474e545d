"""How each link stands, in sentences for people, on the health page and on the stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.calls.heard import HearingChanged
from gateway.calls.signals import TapLive
from gateway.ports import OutboxRow
from gateway.runtime.health import Health
from gateway.runtime.hub import Hub
from gateway.runtime.status import LOOK_EVERY_S, WAITING_DEGRADED, Status
from gateway.runtime.supervise import Tasks
from gateway.speech.model import HearingState

from .conftest import Bench
from .test_intake import QUEUED, SEIZED


@dataclass
class Backlog:
    waiting: int = 0


@dataclass
class News:
    connected: bool = False
    reason: str | None = "connection refused"
    cure: str | None = "is the broker running?"


@dataclass
class Ears:
    up: bool = True
    trouble: str = ""
    reason: str = ""
    model_id: str | None = "demo-cn"
    workers: int = 1
    behind: int = 0
    set_aside: int = 0
    live: frozenset[str] = frozenset({"a"})
    languages: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    complete: bool = True


class Page:
    def __init__(self, bench: Bench) -> None:
        self.hub, self.backlog, self.bench = Hub(), Backlog(), bench
        self.status = Status(Health(bench.clock), self.hub, bench.intake, self.backlog, bench.clock, "1.0")
        self.stream = self.hub.subscribe()

    def services(self) -> dict[str, dict[str, Any]]:
        return {service["name"]: service for service in self.status.body()["services"]}

    async def pushed(self, kind: str) -> list[Any]:
        """What pages have been told of this kind."""
        self.stream.close()
        return [push.data async for push in self.stream if push.kind == kind]

    async def look(self) -> None:
        """One round of watching."""
        tasks = Tasks()
        tasks.start("watch", self.status.watch())
        await self.bench.clock.advance(LOOK_EVERY_S)
        await tasks.close()


@pytest.fixture
def page(bench: Bench) -> Page:
    return Page(bench)


def test_what_is_expected_and_has_not_reported_counts_as_down(page: Page) -> None:
    page.status.expect("database", "pbx:pbx1")
    assert page.status.body()["state"] == "down"
    assert page.services()["pbx:pbx1"]["fault_en"] == "not connected yet"


async def test_a_link_that_is_down_says_why_and_how_to_mend_it_and_pages_hear_it(page: Page) -> None:
    page.status.broker(News())
    told = page.services()["broker"]
    assert (told["state"], told["fault_en"], told["cure_en"]) == (
        "down",
        "connection refused",
        "is the broker running?",
    )
    assert "connection refused" in told["fault_zh"]
    page.status.broker(News(connected=True))
    assert page.services()["broker"]["cure_en"] == ""
    assert [service["state"] for service in await page.pushed("service")] == ["down", "up"]


def test_a_degraded_pbx_link_says_that_calls_go_on(page: Page) -> None:
    page.status.pbx("pbx1", "degraded", News(reason="no snapshot"))
    told = page.services()["pbx:pbx1"]
    assert (told["state"], "通话不受影响" in told["fault_zh"]) == ("degraded", True)
    page.status.pbx("pbx1", "up", News())
    assert page.services()["pbx:pbx1"]["fault_zh"] == ""


@pytest.mark.parametrize(
    ("ears", "state", "told"),
    [
        (Ears(), "up", ""),
        (Ears(behind=2), "degraded", "more legs than the machine can follow: the text of 2 is late"),
        (
            Ears(behind=3, set_aside=1),
            "degraded",
            "more legs than the machine can follow: the text of 3 is late; "
            "callers first, 1 call-takers' legs are transcribed later from their sound",
        ),
        (Ears(up=False, reason="the model is missing"), "down", "the model is missing"),
        (
            Ears(left_out={"en": "cut short", "accurate": "not there"}),
            "degraded",
            "speech models are left out, the others hear: the model for en (cut short); the accurate model "
            "(not there). The default model hears such a language and the verdict is unsure; without the "
            "accurate model the live text stands",
        ),
    ],
)
def test_ears_that_are_late_or_gone_are_told_with_their_figures(
    page: Page, ears: Ears, state: str, told: str
) -> None:
    page.status.speech(ears)
    service = page.services()["speech"]
    assert (service["state"], service["fault_en"]) == (state, told)
    assert service["figures"] == {
        "model": "demo-cn",
        "workers": 1,
        "live": 1,
        "behind": ears.behind,
        "set_aside": ears.set_aside,
        "unheard": 0,
        "left_out": len(ears.left_out),
    }


def test_a_broken_default_model_is_told_with_its_cure(page: Page) -> None:
    page.status.speech(Ears(up=False, trouble="model", reason="local: m: am/final.mdl is missing"))
    told = page.services()["speech"]
    assert told["fault_en"] == "local: m: am/final.mdl is missing"
    assert "没有转写" in told["fault_zh"]
    assert "models check" in told["cure_en"]
    assert "models check" in told["cure_zh"]


async def test_not_saved_is_told_at_once_and_so_is_saved_again(page: Page) -> None:
    page.status.saving(False)
    assert page.status.body()["state"] == "down"
    page.status.saving(True)
    assert [told["ok"] for told in await page.pushed("saving")] == [False, True]
    assert page.services()["database"]["state"] == "up"


async def test_a_long_backlog_and_refused_events_degrade_the_outbox(page: Page) -> None:
    page.backlog.waiting = WAITING_DEGRADED
    await page.look()
    assert page.services()["outbox"]["fault_en"] == "1000 events wait for the broker"
    page.backlog.waiting = 0
    page.status.parked(
        OutboxRow(
            site_seq=1, call_id="c", call_seq=1, event_id="c:1", topic="t", payload=b"", expiry_s=None,
            at=page.bench.clock.now(),
        ),
        "not authorised",
    )  # fmt: skip
    await page.look()
    told = page.services()["outbox"]
    assert (told["state"], told["figures"]) == ("degraded", {"waiting": 0, "parked": 1})
    assert "c:1: not authorised" in told["fault_en"]


async def test_the_page_counts_calls_that_live_and_those_that_wait(page: Page) -> None:
    await page.bench.give(SEIZED, QUEUED)
    await page.look()
    assert page.status.body()["counts"] == {
        "live_calls": 1, "queued": 1, "outbox_waiting": 0, "journal_seq": 2,
    }  # fmt: skip
    assert page.services()["database"]["state"] == "up"


async def test_a_side_without_text_degrades_speech_with_its_reason_until_it_is_heard_again(
    page: Page,
) -> None:
    page.status.speech(Ears())
    await page.bench.give(SEIZED, QUEUED)
    (tap,) = page.bench.intake.book.get(("call", SEIZED.call_id)).state.taps
    told = {"call_id": SEIZED.call_id, "at": page.bench.clock.now(), "leg": tap.leg, "tap_id": tap.tap_id}
    await page.bench.give(TapLive(**told), HearingChanged(**told, state=HearingState.DEAF, since_ms=0))
    await page.look()
    speech = page.services()["speech"]
    assert (speech["state"], speech["figures"]["unheard"]) == ("degraded", 1)
    assert "1 with speech and no text" in speech["fault_en"]
    assert "1 路有语音无文字" in speech["fault_zh"]
    page.status.speech(Ears(behind=2))
    assert "1 with speech and no text" in page.services()["speech"]["fault_en"], "no text is worse than late"
    page.status.speech(Ears())
    await page.bench.give(HearingChanged(**told, state=HearingState.LIVE, since_ms=9_000))
    await page.look()
    assert page.services()["speech"]["state"] == "up"
