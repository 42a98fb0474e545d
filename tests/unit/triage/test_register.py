from __future__ import annotations

import pytest

from gateway.text.fold import fold
from gateway.triage.register import LEAST_CHARACTERS, is_letter

LETTERS = (
    "尊敬的市长：您好！我是本市一名普通职工，单位从去年起就没有缴过医保，多次反映都没有结果。",
    "关于东门菜市场门口占道经营的投诉。每天早上道路都被堵死，居民出行困难，希望城管局尽快整治。",
    "请问领导，我们村的自来水工程为什么至今没有通水？村民多次反映，村委会一直推诿，望政府落实。",
)
CALLS = (
    "喂，你们快来，楼下有两帮人打起来了，有人拿着棍子，已经有人躺地上了，在东门菜市场门口这里。",
    "我要投诉，我们楼上天天半夜放音乐，吵得孩子睡不着，我上去敲门他还推我，你们派人来看看行不行。",
    "尊敬的领导您好",
    "",
)


@pytest.mark.parametrize("text", LETTERS)
def test_a_letter_to_an_office_is_known(text: str) -> None:
    assert is_letter(fold(text))


@pytest.mark.parametrize("text", CALLS)
def test_a_call_for_help_or_a_few_words_are_no_letter(text: str) -> None:
    assert not is_letter(fold(text))


def test_a_text_shorter_than_any_letter_is_not_looked_at() -> None:
    assert not is_letter("尊敬的局长，居民希望政府解决。"[:LEAST_CHARACTERS])
