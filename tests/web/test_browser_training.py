"""The training by keyboard alone, in both languages: from the trainer's choice to the result sheet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from gateway.config import Config
from gateway.drilling import Training, open_training

from .conftest import Visit, typed

CONF = Path(__file__).parents[2] / "conf"


class Rooms:
    """One training and its people."""

    def __init__(self, training: Training, passwords: dict[str, str], visit: Visit) -> None:
        self._training, self._passwords, self._visit = training, passwords, visit

    async def enters(self, name: str, position: str = "", language: str = "zh-CN") -> Page:
        page = await self._visit(str(self._training.url), "/")
        await expect(page.locator("[data-training]")).to_contain_text("演练 · TRAINING")
        await page.fill("[name=username]", name)
        await page.fill("[name=password]", self._passwords[name])
        await page.fill("[name=position]", position)
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-seat]")).to_be_visible()
        if language == "en":
            await page.keyboard.press("y")
            await expect(page.locator("html")).to_have_attribute("lang", "en")
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def begun(tmp_path: Path) -> AsyncIterator[tuple[Training, dict[str, str]]]:
    """A training that ends after its pages."""
    told = Config.model_validate({
        "site": {"name": "hz"}, "gateway": {"state_dir": tmp_path / "state"},
        "triage": {"rules": CONF / "rules"}, "training": {"folder": CONF / "training", "port": 0},
        "directory": {"file": CONF / "departments.toml"}, "plans": {"folder": CONF / "plans"},
    })  # fmt: skip
    training = await open_training(told)
    passwords = await training.people()
    await training.start()
    yield training, passwords
    await training.stop()


@pytest.fixture
def rooms(begun: tuple[Training, dict[str, str]], visit: Visit) -> Rooms:
    return Rooms(*begun, visit)


async def starts(trainer: Page, scenario: str) -> None:
    """By keys: to the page, to the scenario, go."""
    await trainer.keyboard.press("Alt+t")
    box = trainer.locator("[name=scenario]")
    await expect(box.locator("option")).to_have_count(17)
    await expect(trainer.locator("[name=seat] option")).to_have_count(1)
    await box.focus()
    await expect(box).to_be_focused()
    await trainer.keyboard.press("Home")
    codes = await box.locator("option").evaluate_all("all => all.map((one) => one.value)")
    for _ in range(codes.index(scenario)):
        await trainer.keyboard.press("ArrowDown")
    await expect(box).to_have_value(scenario)
    await trainer.keyboard.press("Control+Enter")
    await expect(trainer.locator(f"[data-run={scenario}]")).to_have_attribute("data-state", "running")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_from_the_trainers_choice_to_the_result_sheet(rooms: Rooms, language: str) -> None:
    trainee = await rooms.enters("trainee", "1101", language)
    trainer = await rooms.enters("trainer", language=language)
    await starts(trainer, "gas_leak")
    phone = trainee.locator("[data-drill-phone]")
    await expect(phone.locator("[data-drill-state]")).to_have_text("Rings" if language == "en" else "振铃")
    await expect(trainee.locator("[data-field=caller_number]").first).to_be_visible()
    await trainee.keyboard.press("Alt+a")
    await expect(trainee.locator("[data-drill-say]")).to_be_visible()
    await trainee.keyboard.press("Alt+s")
    await typed(trainee, "不要开灯，您在哪里")
    await trainee.keyboard.press("Enter")
    await expect(trainee.locator("[data-field=address]").first).to_contain_text("滨河路", timeout=20_000)
    await expect(trainee.locator("[data-drill-say]")).to_have_value("")
    for page in (trainee, trainer):
        await expect(page.locator("[data-training]")).to_contain_text("TRAINING")
    await trainer.keyboard.press("p")
    await expect(trainer.locator("[data-run=gas_leak]")).to_have_attribute("data-state", "paused")
    await trainer.keyboard.press("i")
    await typed(trainer, "我妈妈摔倒了流血了")
    await trainer.keyboard.press("Enter")
    await expect(trainee.get_by_text("我妈妈摔倒了流血了").first).to_be_visible()
    await trainer.keyboard.press("p")
    await expect(trainer.locator("[data-run=gas_leak]")).to_have_attribute("data-state", "running")
    await trainee.keyboard.press("Escape")
    await trainee.keyboard.press("Alt+x")
    await expect(trainee.locator("[data-drill-say]")).to_have_count(0)
    await trainer.keyboard.press("x")
    await trainer.keyboard.press("x")
    sheet = trainer.locator("[data-sheet]")
    await expect(sheet).to_be_visible()
    await expect(sheet.locator("[data-check=address]")).to_have_attribute("data-right", "true")
    await expect(sheet.locator("[data-check=hand_over]")).to_have_attribute("data-right", "false")
    await expect(sheet.locator("[data-time=answer] dd")).not_to_have_text("—")
    await trainee.keyboard.press("Alt+t")
    await expect(trainee.locator("[data-sheet]")).to_be_visible()
    await expect(trainee.locator("[name=scenario]")).to_have_count(0)


async def test_what_is_printed_says_training_too(rooms: Rooms) -> None:
    await rooms.enters("trainee", "1101")
    trainer = await rooms.enters("trainer")
    await starts(trainer, "wages")
    await trainer.keyboard.press("x")
    await trainer.keyboard.press("x")
    await expect(trainer.locator("[data-sheet]")).to_be_visible()
    await trainer.emulate_media(media="print")
    await expect(trainer.locator("[data-training]")).to_be_visible()
    await expect(trainer.locator("[data-sheet]")).to_be_visible()
    await expect(trainer.locator("[name=scenario]")).to_be_hidden()


async def test_a_run_at_an_empty_seat_is_refused_in_words(rooms: Rooms) -> None:
    trainer = await rooms.enters("trainer")
    await trainer.keyboard.press("Alt+t")
    await expect(trainer.locator("[name=scenario] option")).to_have_count(17)
    await expect(trainer.get_by_text("还没有人就座")).to_be_visible()
    await trainer.keyboard.press("Control+Enter")
    await expect(trainer.locator("[data-said]")).to_contain_text("▲")
