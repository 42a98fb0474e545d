"""The rule workshop in a real Chromium, by keys: live checks, trying, the way of a draft and back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from gateway.rulebook.reducer import owed
from gateway.speech.model import Leg
from gateway.testing.demo_api import DemoApi
from gateway.testing.veto_sentences import sentences
from gateway.triage.corpus import Text
from gateway.triage.tried_on import Corpora, case_of
from gateway.web.routes import STATIC

from .conftest import SMALL, Open, Visit, typed
from .rule_workshop import Workshop, workshop
from .site import PASSWORD, a_call, said
from .test_browser import KEPT_IN_CHINESE, axe, labels

__all__ = ["workshop"]

COMPILED_WITHIN_MS = 60_000
"""The real veto lists are compiled with every check; the machine may be busy with other tests."""
GONE = "有人拿走了我的包"
"""A sentence on which no rule of the invented pack speaks, until a test writes one."""


async def opened(open_page: Open, api: DemoApi | None = None, path: str = "/rules") -> Page:
    page = await open_page(api or DemoApi("usual"), path)
    await expect(page.locator("[data-check]")).to_contain_text("没有错误")
    return page


async def rewrite(page: Page, before: str, after: str) -> None:
    """Somebody changes the rule that stands in the editor."""
    field = page.locator("[name=rule]")
    await field.fill((await field.input_value()).replace(before, after))


async def drafted(page: Page, note: str = "包被拿走也算偷") -> None:
    """A rule is changed and saved as a draft, by keys."""
    await page.locator("[data-group='n:theft']").click()
    await page.locator("[data-node='zh.theft.taken']").click()
    await rewrite(page, "- 家里进(了|)(小偷|贼)", "- 家里进(了|)(小偷|贼)\n      - 拿走了我的包")
    await expect(page.locator("[data-check]")).to_contain_text("没有错误")
    await page.keyboard.press("Control+s")
    await page.locator("[name=step-words]").fill(note)
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=draft]")).to_contain_text(note)
    await expect(page.locator("[data-next]")).to_contain_text("回测")


async def onward(page: Page, *, confirm: bool = True) -> None:
    """The key that moves a draft on, and yes to what it will do."""
    await expect(page.locator("[data-next]")).to_be_enabled()
    await page.keyboard.press("Control+Enter")
    if confirm:
        await expect(page.locator("[data-step-dialog]")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-step-dialog]")).to_be_hidden(timeout=COMPILED_WITHIN_MS)


async def as_somebody_else(page: Page, api: DemoApi, name: str = "li.fang") -> None:
    api.username = name
    await page.reload()
    await expect(page.locator("[data-check]")).to_contain_text("没有错误")


async def test_a_fault_is_told_at_its_line_while_one_writes_and_saving_waits(open_page: Open) -> None:
    page = await opened(open_page)
    await page.keyboard.press("i")
    await rewrite(page, "nature: robbery", "nature: robery")
    await expect(page.locator("[data-fault]")).to_contain_text("第 5 行")
    await expect(page.locator(".row.error .number")).to_have_text("▲5")
    await expect(page.locator("[data-waits]")).to_contain_text("有错误")
    await expect(page.locator("[name=rule]")).to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("F8")
    assert await page.evaluate("getSelection().toString()") == "    nature: robery"
    await rewrite(page, "nature: robery", "nature: robbery")
    await expect(page.locator("[data-fault]")).to_have_count(0)


async def test_an_example_that_fails_is_a_fault(open_page: Open) -> None:
    page = await opened(open_page)
    await rewrite(page, "not: [", "not: [有人拿刀抢劫, ")
    await expect(page.locator("[data-fault]").first).to_contain_text("有人拿刀抢劫")


async def test_the_rule_is_told_in_plain_words_as_it_is_written(open_page: Open) -> None:
    page = await opened(open_page)
    told = page.get_by_role("region", name="规则的意思")
    await expect(told).to_contain_text("报警人说到其中任一")
    await expect(told).to_contain_text("〔拿/持/举〕…〔刀/枪/棍〕")
    await expect(told).to_contain_text("有效警情 · 抢劫 · 优先 1")
    await rewrite(page, "priority: 1", "priority: 2\n    none: [演戏]")
    await expect(told).to_contain_text("优先 2")
    await expect(told).to_contain_text("没有说到")


async def test_a_new_line_begins_where_the_one_before_does(open_page: Open) -> None:
    page = await opened(open_page)
    await page.keyboard.press("i")
    await page.keyboard.press("Control+End")
    await page.keyboard.press("Enter")
    await typed(page, "x")
    assert (await page.locator("[name=rule]").input_value()).endswith("]\n      x")
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Control+z")
    assert not (await page.locator("[name=rule]").input_value()).endswith("x")


async def test_typed_words_are_judged_by_what_is_written_and_not_yet_saved(open_page: Open) -> None:
    page = await opened(open_page)
    await page.keyboard.press("c")
    await typed(page, GONE)
    await expect(page.locator("[data-tried]")).to_contain_text("存疑")
    await rewrite(page, "- 持(刀|枪)抢劫", "- 持(刀|枪)抢劫\n      - 拿走了我的包")
    await expect(page.locator("[data-tried]")).to_contain_text("抢劫")
    await expect(page.locator("[data-marked] .finding")).to_have_text("拿走了我的包")
    await expect(page.locator("[data-before]")).to_contain_text("正在生效的规则判为 存疑")
    await page.locator("[data-finding='zh.robbery.weapon']").click()
    await expect(page.locator("[data-node='zh.robbery.weapon']")).to_have_attribute("aria-current", "true")


async def test_a_stored_call_is_tried_and_heard_with_a_purpose(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await page.keyboard.press("o")
    await page.locator("[data-pick]").first.click()
    await expect(page.locator("[data-test] [data-segment]").first).to_be_visible()
    await expect(page.locator("[data-tried]")).to_be_visible()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("dialog")).to_contain_text("为什么听")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-at]")).not_to_contain_text("00:00 /")
    assert [asked["type"] for asked in api.requests] == ["OpenRecording"]


async def test_a_change_goes_its_way_by_keys_and_one_key_rolls_it_back(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await drafted(page)
    await onward(page, confirm=False)
    await expect(page.locator("[data-missed]")).to_contain_text("漏判的警情")
    await expect(page.locator("[data-missed] strong")).to_have_text("0")
    await page.keyboard.press("Escape")
    await onward(page)
    await expect(page.locator("[data-waits]")).to_contain_text("等另一个人批准")
    await expect(page.locator("[name=rule]")).not_to_be_editable()
    await as_somebody_else(page, api)
    await page.locator("[name=draft]").select_option(index=1)
    await expect(page.locator("[data-next]")).to_contain_text("批准")
    await onward(page)
    await expect(page.locator("[data-stop=approve]")).to_contain_text("1/1")
    await expect(page.locator("[data-stop=approve]")).to_contain_text("li.fang")
    await onward(page)
    await expect(page.locator("[data-stop=shadow]")).to_have_attribute("data-state", "now")
    await page.keyboard.press("m")
    await expect(page.locator("[data-shadow]")).to_contain_text("只计数")
    await onward(page)
    await expect(page.locator("[data-stop=active]")).to_contain_text("第 2 版")
    assert api.rules.book.active is not None
    assert api.rules.book.active.version == 2
    await page.keyboard.press("Shift+Z")
    await expect(page.locator("[data-step-dialog]")).to_contain_text("所有来电按第 1 版判")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-step-dialog]")).to_be_hidden()
    await expect(page.locator("[data-stop=active]")).to_contain_text("第 1 版")
    await page.keyboard.press("g")
    await expect(page.locator("[data-history-step]").first).to_contain_text("回退")


async def test_the_author_never_approves_and_a_veto_list_wants_two(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await page.locator("[data-node=injury]").click()
    await rewrite(page, "- (受|重)伤", "- (受|重)伤\n  - 骨折")
    await page.keyboard.press("Control+s")
    await page.locator("[name=step-words]").fill("骨折也是伤")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("要两个人批准，且都不是作者")).to_be_visible()
    await onward(page, confirm=False)
    await expect(page.locator("[data-next]")).to_contain_text("提交复核")
    await onward(page)
    for number, name in enumerate(("li.fang", "wang.qiang")):
        await expect(page.locator("[data-waits]")).to_contain_text("另一个人")
        await as_somebody_else(page, api, name)
        await page.locator("[name=draft]").select_option(index=1)
        await onward(page)
        await expect(page.locator("[data-stop=approve]")).to_contain_text(f"{number + 1}/2")
    await expect(page.locator("[data-next]")).to_contain_text("试运行")


async def test_a_draft_that_would_miss_an_alarm_does_not_go_on_and_the_call_is_named(open_page: Open) -> None:
    page = await opened(open_page)
    await page.locator("[data-group='d:urban_construction']").click()
    await page.locator("[data-node='zh.urban.lamp']").click()
    await rewrite(page, "- 路灯…(坏|不亮)", "- 路灯…(坏|不亮)\n      - 太吵了")
    await page.locator("[data-group='n:noise']").click()
    await page.locator("[data-node='zh.noise.neighbours']").click()
    await rewrite(
        page, "weight: 0.7\n    any: [太吵, 噪音, 大声放音乐]", "weight: 0.7\n    any: [噪音, 大声放音乐]"
    )
    await rewrite(page, "match: [楼上太吵了睡不着]", "match: [楼上有噪音]")
    await expect(page.locator("[data-check]")).to_contain_text("没有错误")
    await page.keyboard.press("Control+s")
    await page.locator("[name=step-words]").fill("吵闹不归警务")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-next]")).to_contain_text("回测")
    await onward(page, confirm=False)
    await expect(page.locator("[data-waits]")).to_contain_text("会漏判警情")
    await expect(page.locator("[data-missed] strong")).not_to_have_text("0")
    await expect(page.locator("[data-backtest]")).to_contain_text("楼上太吵了睡不着")
    await expect(page.locator("[data-flip]").first).to_contain_text("非警务求助")


async def test_when_somebody_else_changes_the_draft_nothing_written_is_lost(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await opened(open_page, api)
    await drafted(page)
    await rewrite(page, "weight: 0.8", "weight: 0.75")
    api.rules.write_as("li.fang", "zh-alarms.yaml", "weight: 0.85", "weight: 0.86")
    await page.keyboard.press("Control+s")
    await expect(page.locator("[data-notice]")).to_contain_text("li.fang刚改过这里")
    await expect(page.locator("[name=rule]")).to_have_value(re.compile("weight: 0.75"))
    await page.keyboard.press("Control+s")
    await expect(page.locator("[data-notice]")).to_have_count(0)
    draft = api.rules.book.drafts[-1]
    saved = api.rules.packs[draft.content.hash]["zh-alarms.yaml"].decode()
    assert "weight: 0.75" in saved
    assert "weight: 0.86" in saved
    assert draft.authors == ("demo", "li.fang")


async def test_what_was_not_saved_is_there_when_one_comes_back(open_page: Open) -> None:
    page = await opened(open_page)
    await rewrite(page, "priority: 1", "priority: 2")
    await expect(page.get_by_text("未保存")).to_be_visible()
    await page.reload()
    await expect(page.locator("[data-notice]")).to_contain_text("还在")
    await expect(page.locator("[name=rule]")).to_have_value(re.compile("priority: 2"))
    await page.keyboard.press("d")
    await expect(page.locator("[data-diff] .new")).to_contain_text("priority: 2")


async def test_nothing_is_thrown_away_without_saying_what(open_page: Open) -> None:
    page = await opened(open_page)
    await rewrite(page, "priority: 1", "priority: 2")
    await page.keyboard.press("Escape")
    await page.locator("[data-check]").click()
    await page.keyboard.press("Shift+D")
    await expect(page.locator("[data-step-dialog]")).to_contain_text("zh-alarms.yaml")
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("未保存")).to_be_visible()
    await page.keyboard.press("Shift+D")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("未保存")).to_have_count(0)


async def test_who_only_reads_rules_writes_nothing(open_page: Open) -> None:
    api = DemoApi("usual")
    for name in ("edit_rules", "approve_rules"):
        api.permissions.remove(name)
    page = await opened(open_page, api)
    await expect(page.locator("[name=rule]")).not_to_be_editable()
    await expect(page.locator("[data-roll-back]")).to_have_count(0)
    api.permissions.remove("see_rules")
    await page.reload()
    await expect(page.get_by_text("您的角色不看这一页")).to_be_visible()


async def sign_in(page: Page, name: str) -> None:
    await page.fill("[name=username]", name)
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=re.compile("^规则"))).to_be_visible()
    await page.keyboard.press("Shift+R")
    await expect(page.locator("[data-check]")).to_contain_text("没有错误", timeout=COMPILED_WITHIN_MS)


async def test_the_workshop_works_on_the_real_backend(workshop: Workshop, visit: Visit) -> None:
    site = workshop.site
    site.settings = replace(site.settings, static=STATIC)
    await site.add_user("li.fang", "rule_operator")
    await site.add_user("wang.qiang", "rule_approver")
    await site.put_call(a_call(1, ended=True), segments=(said(0, "楼下有人打架"),))
    gold = {"class": "valid_alarm", "nature": "fight"}
    fight = case_of(Text(name="c1", turns=((Leg.CALLER, "他们打起来了"),), gold=gold))
    workshop.material.tried_on = Corpora(cases=(fight,), vetoes=sentences())
    page = await visit(str((await site.open_client()).make_url("/")), "/")
    await expect(page.locator("[name=username]")).to_be_visible()
    await sign_in(page, "li.fang")
    await rewrite(page, "any: [打架]", "any: [打架, 打起来]")
    await page.locator("[name=words]").fill("他们打起来了")
    await expect(page.locator("[data-tried]")).to_contain_text("打架斗殴", timeout=COMPILED_WITHIN_MS)
    await expect(page.locator("[data-before]")).to_contain_text("存疑")
    await expect(page.locator("[data-check]")).to_contain_text("没有错误", timeout=COMPILED_WITHIN_MS)
    await page.keyboard.press("Control+s")
    await page.locator("[name=step-words]").fill("打起来也算打架")
    await page.keyboard.press("Enter")
    await onward(page, confirm=False)
    await expect(page.locator("[data-waits]")).to_contain_text("正在回测")
    (effect,) = owed(workshop.packs.book)
    for told in await workshop.made.back_tests.perform(effect):
        await workshop.intake.settled(told)
    await page.reload()
    await expect(page.locator("[data-missed] strong")).to_have_text("0")
    await expect(page.locator("[data-backtest] .matrix")).to_have_count(2)
    await expect(page.locator("[data-veto=fire]")).to_have_text(["1", "1", "0", "1"])
    await expect(page.locator("[data-flip]")).to_contain_text("他们打起来了")
    await onward(page)
    await expect(page.locator("[data-waits]")).to_contain_text("等另一个人批准")
    await page.keyboard.press("Shift+Q")
    await sign_in(page, "wang.qiang")
    await page.locator("[name=draft]").select_option(index=1)
    for state in ("批准", "试运行", "生效"):
        await expect(page.locator("[data-next]")).to_contain_text(state, timeout=COMPILED_WITHIN_MS)
        await onward(page)
    await expect(page.locator("[data-stop=active]")).to_contain_text("第 2 版", timeout=COMPILED_WITHIN_MS)
    await page.keyboard.press("Shift+Z")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-step-dialog]")).to_be_hidden(timeout=COMPILED_WITHIN_MS)
    await expect(page.locator("[data-stop=active]")).to_contain_text("第 1 版")
    await page.keyboard.press("g")
    await expect(page.locator("[data-history-step]").first).to_contain_text("回退")


VIEWS = {"active": "", "draft": "f", "difference": "d", "shadow": "m", "history": "g"}
"""Every view, by the key that shows it."""


async def open_view(open_page: Open, view: str) -> Page:
    page = await opened(open_page)
    if view != "active":
        await drafted(page)
        await onward(page, confirm=False)
        await expect(page.locator("[data-missed]")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.locator("[data-check]").click()
        await page.keyboard.press("c")
        await typed(page, GONE)
        await expect(page.locator("[data-tried]")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press(VIEWS[view])
    return page


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_speaks_both_languages(open_page: Open, view: str) -> None:
    page = await open_view(open_page, view)
    chinese = await labels(page)
    assert [label for label in chinese if re.search(r"[A-Za-z]{3}", KEPT_IN_CHINESE.sub("", label))] == []
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    english = await labels(page)
    assert [label for label in english if re.search(r"[\u4e00-\u9fff]", label)] == []


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_is_accessible_and_fits_the_smallest_screen(open_page: Open, view: str) -> None:
    page = await open_view(open_page, view)
    for theme in ("dark", "light"):
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert await axe(page) == []
        await page.keyboard.press("t")
    room = "(box => [box.scrollWidth, box.scrollHeight - box.clientHeight])(document.querySelector('main'))"
    assert (await page.evaluate(room))[0] <= SMALL["width"]
    assert (await page.evaluate(room))[1] <= 0
    steps = "(box => box.scrollWidth - box.clientWidth)(document.querySelector('.steps'))"
    assert await page.evaluate(steps) <= 0
