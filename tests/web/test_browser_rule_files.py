"""Whole files of a rule pack on the workshop's page: a new one, another name, one less, by keys."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import Open
from .test_browser_rules import opened

RULE = """\
  - id: zh.local.dam
    class: valid_alarm
    nature: person_in_danger
    priority: 2
    weight: 0.8
    any: [大坝漫水]
    explanation: {zh: 大坝漫水, en: Water over the dam}
    examples: {match: [大坝漫水了], not: [大坝很高]}"""


async def saved(page: Page, note: str) -> None:
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-check]")).to_contain_text("没有错误")
    await page.keyboard.press("Control+s")
    await page.locator("[name=step-words]").fill(note)
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=draft]")).to_contain_text(note)


async def test_a_new_file_begins_with_a_rule_is_checked_as_it_is_written_and_saved(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await page.keyboard.press("Shift+F")
    name = page.locator("[name=file-name]")
    for wrong, words in (("本地", "小写字母"), ("zh-alarms", "已有这个文件")):
        await name.fill(wrong)
        await expect(page.locator("[data-files] [role=alert]")).to_contain_text(words)
    await name.fill("zh-local")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-files]")).to_be_hidden()
    await expect(page.locator("[data-node='zh.local.first']")).to_have_attribute("aria-current", "true")
    await expect(page.locator("[data-waits]")).to_contain_text("有错误")
    await page.locator("[name=rule]").fill(RULE)
    await saved(page, "汛期")
    (draft,) = api.rules.book.drafts
    assert draft.changed == ("zh-local.yaml",)
    assert RULE in api.rules.packs[draft.content.hash]["zh-local.yaml"].decode()


async def test_a_file_gets_another_name_and_another_goes(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await page.keyboard.press("Shift+F")
    await page.locator("[data-file='zh-others.yaml']").get_by_role("button", name="改名").click()
    await page.locator("[name=file-name]").fill("zh-civil.yaml")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-file='zh-civil.yaml']")).to_contain_text("新文件")
    gone = page.locator("[data-file='zh-others.yaml']")
    await expect(gone).to_contain_text("将删除")
    await page.locator("[data-file='veto/weapon.yaml']").get_by_role("button", name="删除").click()
    await expect(page.locator("[data-file='veto/weapon.yaml']")).to_contain_text("将删除")
    await page.locator("[data-file='veto/weapon.yaml']").get_by_role("button", name="还原").click()
    await expect(page.locator("[data-file='veto/weapon.yaml']")).not_to_contain_text("将删除")
    await page.keyboard.press("Escape")
    await page.keyboard.press("d")
    await expect(page.locator("[data-diff]")).to_have_text(re.compile("由 zh-others.yaml 改名"))
    await saved(page, "改名")
    (draft,) = api.rules.book.drafts
    assert draft.changed == ("zh-civil.yaml", "zh-others.yaml")
    assert "zh-others.yaml" not in api.rules.packs[draft.content.hash]


async def test_what_was_taken_out_and_not_saved_outlives_the_page(open_page: Open) -> None:
    page = await opened(open_page)
    await page.keyboard.press("Shift+F")
    await page.locator("[data-file='zh-others.yaml']").get_by_role("button", name="删除").click()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.locator("[data-notice]")).to_contain_text("上次没有保存的字还在")
    await page.keyboard.press("Shift+F")
    await expect(page.locator("[data-file='zh-others.yaml']")).to_contain_text("将删除")
