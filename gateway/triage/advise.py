# ruff: noqa: E501 (a sentence in two languages is read more easily in one line)
"""Warnings about packs that can be used but may not do what their writer thinks: rules that contradict or
repeat one another, that can never speak, or that nobody can try."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.text.fold import fold
from gateway.text.sounds import sounds
from gateway.triage.match import MASK, mask
from gateway.triage.model import AlarmClass
from gateway.triage.problem import Mark, Report, Said, shown
from gateway.triage.ruleset import CompiledRule, Rule, Ruleset

MAX_SAMPLES = 64
"""Ways to read one word with its brackets that are tried; a word with more is not judged."""
ENOUGH = 0.6
"""Weight that is a verdict by itself (verdict.ALARM, verdict.CIVIL)."""
_INNERMOST = re.compile(r"\(([^()]*)\)")
_WORDS = tuple[frozenset[str], ...]


def advise(rules: Ruleset, report: Report) -> None:
    """Put every warning about `rules` into `report`."""
    compiled = [*rules.rules, *rules.conditions]
    for one in compiled:
        _examples(one, report)
        _unreachable(one, rules, report)
        _sounds(one, rules, report)
    _alike(compiled, report)
    _words_that_contradict(compiled, report)


def _warn(rule: CompiledRule, report: Report, what: Said, cure: Said) -> None:
    report.warn(rule.file, Mark(rule.line), what, cure, rule.rule.id)


def _examples(one: CompiledRule, report: Report) -> None:
    if one.matcher is None and one.sounds is None:
        return  # a condition alone has no words to try
    missing = [
        key
        for key, texts in (("match", one.rule.examples.match), ("not", one.rule.examples.not_))
        if not texts
    ]
    if missing:
        names = "、".join(missing)
        what = Said(f"规则没有例句（{names}）", f"the rule has no examples ({', '.join(missing)})")
        cure = Said("请写几句应匹配和不应匹配的话。", "Write sentences it must and must not match.")
        _warn(one, report, what, cure)


def _unreachable(one: CompiledRule, rules: Ruleset, report: Report) -> None:
    """Words that forbid themselves: whatever matches them holds a word of `none`, or is covered as
    harmless."""
    rule = one.rule
    if one.matcher is None or rule.patterns or not (samples := _samples(rules.spelt(_anchors(rule)))):
        return
    none = one.matcher.none
    if none is not None and all(none.places(text, 1) for text in samples):
        what = Said(
            "规则的词全被它自己的none排除，永远不会匹配",
            "its own none forbids all its words: it never speaks",
        )
        _warn(one, report, what, Said("请删去none中的那个词。", "Remove that word from none."))
    elif rule.class_ is not AlarmClass.NON_POLICE and all(
        MASK in mask(text, rules.harmless) for text in samples
    ):
        covered = [text for text in samples if not one.matcher.words.places(mask(text, rules.harmless), 1)]
        if len(covered) == len(samples):
            what = Said(
                "规则的词全被harmless（无害词）遮盖，永远不会匹配",
                "harmless covers all its words: it never speaks",
            )
            _warn(one, report, what, Said("请从harmless中删去那个词。", "Remove that word from harmless."))


def _sounds(one: CompiledRule, rules: Ruleset, report: Report) -> None:
    heard: dict[tuple[str, ...], str] = {}
    for word in one.rule.sounds_alike:
        folded = fold(word)
        first = heard.setdefault(sounds(folded), word)
        if first != word:
            what = Said(
                f"sounds_alike的“{word}”与“{first}”读音相同",
                f"“{word}” of sounds_alike sounds as “{first}” does",
            )
            _warn(one, report, what, Said("删去其中一个。", "Remove one of them."))
        if len(folded) < 2:
            what = Said(
                f"sounds_alike的“{word}”只有一个字，同音的太多",
                f"“{word}” of sounds_alike has one character: too many sound so",
            )
            _warn(one, report, what, Said("请写两个字以上的词。", "Write a word of two characters or more."))
        if one.rule.class_ is not AlarmClass.NON_POLICE and set(mask(folded, rules.harmless)) == {MASK}:
            what = Said(
                f"sounds_alike的“{word}”被harmless遮盖，永远不会匹配",
                f"harmless covers “{word}” of sounds_alike: it never speaks",
            )
            _warn(one, report, what, Said("请从harmless中删去那个词。", "Remove that word from harmless."))


def _alike(rules: Iterable[CompiledRule], report: Report) -> None:
    """Rules with the same words: contradictory, or one too many."""
    whole: dict[object, CompiledRule] = {}
    anchors: dict[object, CompiledRule] = {}
    for one in rules:
        rule = one.rule
        if not (words := frozenset(_anchors(rule)) | frozenset(rule.patterns)):
            continue
        short = (words, rule.speaker, rule.scope)
        long = (short, _groups(rule), frozenset(map(fold, rule.none)), rule.distance, rule.when)
        first, near = whole.setdefault(long, one), anchors.setdefault(short, one)
        if first is not one:
            _same(one, first, report)
        elif near is not one and _outcome(near.rule) != _outcome(rule):
            what = Said(f"any与规则“{near.rule.id}”（{near.file} 第{near.line}行）完全相同，结论不同",
                        f"its any is that of the rule “{near.rule.id}” ({near.file}, line {near.line}), with another outcome")  # fmt: skip
            cure = Said(
                "请看all、none和when能否把两条规则分开。",
                "See whether all, none and when keep the two apart.",
            )
            _warn(one, report, what, cure)


def _same(one: CompiledRule, first: CompiledRule, report: Report) -> None:
    place = Said(
        f"规则“{first.rule.id}”（{first.file} 第{first.line}行）",
        f"the rule “{first.rule.id}” ({first.file}, line {first.line})",
    )
    if _outcome(one.rule) != _outcome(first.rule):
        what = Said(
            f"与{place.zh}的词完全相同，但类别、警情或部门不同",
            f"it contradicts {place.en}: the same words, another class, nature or department",
        )
        _warn(one, report, what, Said("只保留一条，或把词分开。", "Keep one, or tell their words apart."))
    else:
        what = Said(f"与{place.zh}完全相同", f"it says the same as {place.en}")
        _warn(one, report, what, Said("只保留一条。", "Keep one of them."))


def _words_that_contradict(rules: Iterable[CompiledRule], report: Report) -> None:
    """One word that alone makes a valid alarm by one rule and a non-police request by another."""
    seen: dict[tuple[str, str], CompiledRule] = {}
    for one in rules:
        rule = one.rule
        if rule.weight < ENOUGH or rule.class_ is AlarmClass.UNSURE or rule.all or rule.none or rule.when:
            continue
        for word in rule.any:
            first = seen.setdefault((fold(word), rule.speaker), one)
            if first.rule.class_ is not rule.class_:
                what = Said(f"“{shown(word)}”在规则“{first.rule.id}”（{first.file} 第{first.line}行）里结论相反",
                            f"“{shown(word)}” means the opposite in the rule “{first.rule.id}” ({first.file}, line {first.line})")  # fmt: skip
                _warn(
                    one, report, what, Said("请从一条规则里删去这个词。", "Remove the word from one of them.")
                )


def _outcome(rule: Rule) -> tuple[object, ...]:
    return rule.class_, rule.nature, rule.department


def _groups(rule: Rule) -> frozenset[_WORDS]:
    return frozenset(
        (frozenset(map(fold, (group,) if isinstance(group, str) else group)),) for group in rule.all
    )


def _anchors(rule: Rule) -> tuple[str, ...]:
    """The words a match begins with: `any`, or without one (and without patterns) the first of `all`."""
    if rule.any or rule.patterns or not rule.all:
        return tuple(map(fold, rule.any))
    first = rule.all[0]
    return tuple(map(fold, (first,) if isinstance(first, str) else first))


def _samples(terms: Iterable[str]) -> list[str]:
    """Every way to say these words, gaps left empty; nothing when there are too many to try."""
    made: list[str] = []
    for term in terms:
        for text in _readings(term):
            made.append(text)
            if len(made) > MAX_SAMPLES:
                return []
    return made


def _readings(term: str) -> Iterator[str]:
    waiting = [term]
    while waiting:
        text = waiting.pop()
        if (group := _INNERMOST.search(text)) is None:
            yield from (part.strip("^$").replace("…", "") for part in text.split("|"))
            continue
        for choice in group[1].split("|"):
            waiting.append(text[: group.start()] + choice + text[group.end() :])
