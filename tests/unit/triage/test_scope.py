from __future__ import annotations

import pytest

from gateway.triage.scope import Scope, scope_of


@pytest.mark.parametrize(
    ("text", "word", "scope"),
    [
        ("有人受伤了", "受伤", Scope.SAID),
        ("没有人受伤", "受伤", Scope.DENIED),
        ("没受伤就是吓着了", "受伤", Scope.DENIED),
        ("打人倒没有", "打人", Scope.DENIED),
        ("有没有人受伤", "受伤", Scope.ASKED),
        ("他受伤了吗", "受伤", Scope.ASKED),
        ("城里让不让放炮", "放炮", Scope.ASKED),
        ("我们村能不能放炮", "放炮", Scope.ASKED),
        ("你们能不能打他一顿", "打他", Scope.SAID),
        ("他能不能打人", "打人", Scope.SAID),
        ("能不能救我孩子", "救我", Scope.SAID),
        ("如果有人受伤怎么办", "受伤", Scope.SUPPOSED),
        ("去年他受伤过", "受伤", Scope.PAST),
        ("去年没事现在他受伤了", "受伤", Scope.SAID),
        ("电视剧里有人受伤", "受伤", Scope.INVENTED),
        ("厨房吵得像打仗一样", "打仗", Scope.LIKENED),
        ("一地红水跟杀了人似的", "杀了人", Scope.LIKENED),
        ("急得我跳楼的心都有", "跳楼", Scope.LIKENED),
        ("我真想杀了他这是气话", "杀了他", Scope.LIKENED),
        ("好像有人打架", "打架", Scope.SAID),
        ("他跟我打架", "打架", Scope.SAID),
        ("闻着像着火", "着火", Scope.SAID),
        ("躺在那跟死了一样不动", "死了", Scope.SAID),
        ("地上有像血一样的东西", "血", Scope.SAID),
        ("他不停地打人", "打人", Scope.SAID),
        ("动不动就打人", "打人", Scope.SAID),
        ("别人打人", "打人", Scope.SAID),
        ("没钱但是他打人", "打人", Scope.SAID),
        ("nobody is hurt", "hurt", Scope.DENIED),
        ("he was hurt", "hurt", Scope.SAID),
        ("what if someone gets hurt", "hurt", Scope.SUPPOSED),
        ("last year he was hurt", "hurt", Scope.PAST),
        ("i don't know he is hurt", "hurt", Scope.SAID),
        ("the pan went off like a bomb", "bomb", Scope.LIKENED),
        ("it sounded like a bomb", "bomb", Scope.SAID),
        ("there is something like a knife", "knife", Scope.SAID),
    ],
)
def test_words_are_understood_as_they_were_meant(text: str, word: str, scope: Scope) -> None:
    start = text.index(word)
    assert scope_of(text, start, start + len(word)) is scope


@pytest.mark.parametrize(
    "text",
    ["听说楼上着火", "邻居说着火", "网上看到着火", "they say there is a fire", "my friend told me the fire"],
)
def test_what_others_said_is_hearsay(text: str) -> None:
    word = "fire" if "fire" in text else "着火"
    start = text.index(word)
    assert scope_of(text, start, start + len(word)) is Scope.HEARSAY


@pytest.mark.parametrize("text", ["有人说话着火", "他说着火"])
def test_the_callers_own_word_and_talk_is_no_hearsay(text: str) -> None:
    start = text.index("着火")
    assert scope_of(text, start, start + 2) is Scope.SAID
