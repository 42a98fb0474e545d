# ruff: noqa: E501 (a sentence in two languages is read more easily in one line)
"""From the files of a rule set to compiled rules, with every fault on the way told at once.

A set is refused as a whole when a word, code or condition in it is wrong or when one of its own examples
does not come out as written; whatever was active stays active.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.conditions import Program
from gateway.triage.conditions import compiled as compiled_condition
from gateway.triage.match import MEANT, Matcher, Words, mask
from gateway.triage.model import AlarmClass, Context, Department
from gateway.triage.packfile import Source, Steps, content_hash, read_yaml, validate
from gateway.triage.patterns import pattern_expression
from gateway.triage.problem import Mark, Report, Said, Severity, shown
from gateway.triage.ruleset import (
    CANNOT_BE_COMPUTED,
    MAX_TERMS,
    CompiledRule,
    Pack,
    Rule,
    Ruleset,
    Side,
    Texts,
    variables,
)
from gateway.triage.scope import Scope
from gateway.triage.sounding import Sounds
from gateway.triage.terms import Expression, TermError, term_expression
from gateway.triage.wordgroups import Groups, Spelling

MAX_RULES = 20_000
"""Rules in one set. More is a mistake (a generated list); they are refused with this number."""
MAX_SET_BYTES = 16 << 20
"""Size of all files together."""
MAX_WHEN_DEPTH = 8
"""Brackets within one another in a condition; it is also refused when it holds a list or a mapping."""

_TRIED = (
    Context(),
    Context(silent_ms=0, repeat_calls_30d=0, local_hour=0, language="zh", location_kind="none"),
    Context(silent_ms=600_000, repeat_calls_30d=500, local_hour=23, ended=True, speech_dead=True),
)
"""A condition is tried on these when it is read: it must be true or false on each."""
MEANT_CIVIL = frozenset(Scope) - {Scope.INVENTED}
"""A civil wish is often a question or something not done (工资不发合法吗, won't repair): both count there."""


def build(sources: Mapping[str, bytes]) -> Ruleset:
    """Compile packs given as file name to content; raises RulePackError with all their faults."""
    report = Report()
    rules = compile_packs(sources, report)
    report.refuse()
    return rules


def compile_packs(sources: Mapping[str, bytes], report: Report, *, known: bool = False) -> Ruleset:
    """Compile what can be compiled; the faults of all files go to `report`. `known`: these contents were
    found in order before, so examples are not tried and large words not compiled until they are needed."""
    if not sources:
        what = Said("没有规则包（*.yaml）", "no rule packs (*.yaml) are here")
        report.error("*.yaml", Mark(1), what, Said("请指向conf/rules文件夹。", "Point to conf/rules."))
    if (size := sum(map(len, sources.values()))) > MAX_SET_BYTES:
        what = Said(f"所有文件共{size}字节", f"the files have {size} bytes together")
        cure = Said(f"一套规则最多{MAX_SET_BYTES}字节。", f"At most {MAX_SET_BYTES} make one set.")
        report.error(min(sources), Mark(1), what, cure)
        sources = {}
    read = [read_yaml(name, content, report) for name, content in sorted(sources.items())]
    packs = [(source, _pack(source)) for source in read if source is not None]
    groups = Spelling(_groups(packs))
    written = _written([source for source, _ in packs], groups, report)
    harmless_terms = [
        expression
        for source, pack in packs
        for index, term in enumerate(pack.harmless)
        if (expression := _term(source, ("harmless", index), term, groups)) is not None
    ]
    harmless = Words(harmless_terms) if harmless_terms else None
    compiled = []
    for source, index, rule in written:
        faults = report.counts[Severity.ERROR]
        compiled.append(_compile(source, index, rule, groups))
        if known:
            continue
        for words in compiled[-1].matcher.all_words if compiled[-1].matcher else ():
            _understand(source, index, words, rule.id)
        if report.counts[Severity.ERROR] == faults:  # of words that cannot be read no example is tried
            _check_examples(source, index, compiled[-1], harmless)
    worded = tuple(rule for rule in compiled if rule.matcher is not None or rule.sounds is not None)
    duties: dict[Department, Texts] = {}
    for _, pack in packs:
        duties.update(pack.duties)
    return Ruleset(
        worded,
        tuple(rule for rule in compiled if rule.matcher is None and rule.sounds is None),
        harmless,
        duties,
        groups.groups,
        content_hash(sources),
        {leg: Side([rule for rule in worded if rule.rule.speaker is leg], harmless) for leg in Leg},
    )


def _pack(source: Source) -> Pack:
    """What a file holds beside its rules."""
    if not isinstance(source.value, dict):
        what = Said("文件不是由键组成的", "the file is not made of keys")
        source.error((), what, Said("最外层应是rules:、harmless:或duties:。", "It begins with rules:, harmless: or duties:."))  # fmt: skip
        return Pack()
    beside = {key: value for key, value in source.value.items() if key != "rules"}
    return validate(Pack, source, beside) or Pack()


def _groups(packs: Sequence[tuple[Source, Pack]]) -> Groups:
    """The groups of words of all files; a name may be given once."""
    made: dict[str, tuple[str, ...]] = {}
    for source, pack in packs:
        for name, words in pack.words.items():
            if name in made:
                what = Said(f"词组<{shown(name)}>写了两次", f"the group <{shown(name)}> is given twice")
                source.error(("words", name), what, Said("只保留一个。", "Keep one of them."))
            made.setdefault(name, words)
    return made


def _written(sources: Sequence[Source], groups: Spelling, report: Report) -> list[tuple[Source, int, Rule]]:
    """The rules that are written well, each with its file and number there; ids are unique."""
    listed = [(source, _rules(source)) for source in sources]
    if (count := sum(len(rules) for _, rules in listed)) > MAX_RULES:
        source = max(listed, key=lambda one: len(one[1]))[0]
        what = Said(f"一共{count}条规则", f"{count} rules")
        cure = Said(f"一套最多{MAX_RULES}条。", f"At most {MAX_RULES} make one set.")
        report.error(source.file, source.mark(("rules",)), what, cure)
        return []
    made: list[tuple[Source, int, Rule]] = []
    seen: dict[str, tuple[Source, int]] = {}
    for source, rules in listed:
        for index, value in enumerate(rules):
            name = value.get("id") if isinstance(value, dict) else None
            name = name if isinstance(name, str) else None
            rule = validate(Rule, source, value, ("rules", index), name and shown(name))
            if name is not None and (first := seen.setdefault(name, (source, index))) != (source, index):
                _twice(source, index, name, first)
            elif rule is not None:
                made.append((source, index, rule))
            elif isinstance(value, dict):
                _words_of_a_wrong_rule(source, index, value, groups)
    return made


def _words_of_a_wrong_rule(source: Source, index: int, value: Mapping[str, object], groups: Spelling) -> None:
    """A rule with a wrong code is not compiled, but its words are read, so that their faults are told
    too."""
    rule_id = shown(value.get("id", ""))
    for key in ("any", "none", "patterns", "all"):
        listed = value.get(key)
        for number, item in enumerate(listed[:MAX_TERMS] if isinstance(listed, list) else ()):
            at: Steps = ("rules", index, key, number)
            inner = item[:MAX_TERMS] if isinstance(item, list) else ()
            parts = [((*at, place), word) for place, word in enumerate(inner)] or [(at, item)]
            for path, word in parts:
                if isinstance(word, str) and key == "patterns":
                    _pattern(source, path, word, rule_id)
                elif isinstance(word, str):
                    _term(source, path, word, groups, rule_id)


def _rules(source: Source) -> list[object]:
    value = source.value.get("rules") if isinstance(source.value, dict) else None
    if value is None:
        return []
    if not isinstance(value, list):
        what = Said("rules应是一个列表", "rules should be a list")
        source.error(("rules",), what, Said("每条规则以“- id:”开头。", "Every rule begins with “- id:”."))
        return []
    return value


def _twice(source: Source, index: int, name: str, first: tuple[Source, int]) -> None:
    file, line = first[0].file, first[0].mark(("rules", first[1])).line
    what = Said(
        f"规则编号“{shown(name)}”在{file}第{line}行已经用过",
        f"the rule id “{shown(name)}” is already used in {file}, line {line}",
    )
    source.error(("rules", index, "id"), what, Said("请换一个编号。", "Give it another id."), shown(name))


def _compile(source: Source, index: int, rule: Rule, groups: Spelling) -> CompiledRule:
    at = ("rules", index)
    read = partial(_terms, source, groups, rule.id)
    anchors = read((*at, "any"), rule.any)
    for number, text in enumerate(rule.patterns):
        if (pattern := _pattern(source, (*at, "patterns", number), text, rule.id)) is not None:
            anchors.append(pattern)
    every = [
        read((*at, "all"), (group,), number) if isinstance(group, str) else read((*at, "all", number), group)
        for number, group in enumerate(rule.all)
    ]
    if not anchors and every:
        anchors, every = every[0], every[1:]
    words = Words(anchors) if anchors else None
    forbidden = read((*at, "none"), rule.none)
    scopes = MEANT_CIVIL if rule.class_ is AlarmClass.NON_POLICE else MEANT
    if rule.scope is not None:
        scopes = frozenset(rule.scope)
    matcher = (
        None
        if words is None
        else Matcher(
            words=words,
            every=tuple(Words(group) for group in every if group),
            none=Words(forbidden) if forbidden else None,
            distance=rule.distance,
            scopes=scopes,
        )
    )
    return CompiledRule(
        rule=rule,
        file=source.file,
        line=source.mark(at).line,
        matcher=matcher,
        sounds=Sounds([(fold(word), 0) for word in rule.sounds_alike]) if rule.sounds_alike else None,
        when=_condition(source, at, rule),
    )


def _understand(source: Source, index: int, words: Words, rule_id: str) -> None:
    """Words may be too many for re2 together."""
    try:
        words.understood()
    except TermError as error:
        cure = Said("请把规则拆成几条。", "Make several rules of it.")
        source.error(("rules", index), error.said, cure, rule_id)


def _terms(
    source: Source, groups: Spelling, rule_id: str, path: Steps, terms: Sequence[str], first: int = 0
) -> list[Expression]:
    read = [_term(source, (*path, first + index), term, groups, rule_id) for index, term in enumerate(terms)]
    return [one for one in read if one is not None]


def _term(
    source: Source, path: Steps, term: str, groups: Spelling, rule_id: str | None = None
) -> Expression | None:
    try:
        return term_expression(groups.spelt(term))
    except TermError as error:
        source.error(path, error.said, Said("请改这个词。", "Mend the word."), rule_id)
        return None


def _pattern(source: Source, path: Steps, text: str, rule_id: str) -> Expression | None:
    try:
        return pattern_expression(text)
    except TermError as error:
        source.error(path, error.said, Said("请按re2的语法改。", "Mend the pattern (re2 syntax)."), rule_id)
        return None


def _condition(source: Source, at: Steps, rule: Rule) -> Program | None:
    when = rule.when
    if when is None:
        return None
    names = ", ".join(variables(Context(), has_text=True))
    cure = Said(f"可以问：{names}；结果要是真或假。", f"It may ask for {names}, and must be true or false.")
    if "[" in when or "{" in when or when.count("(") > MAX_WHEN_DEPTH:
        what = Said("条件不只是简单的比较", "the condition is more than a plain comparison")
    else:
        try:
            program = compiled_condition(when)
            outcomes = [
                program.execute(variables(one, has_text=said)) for one in _TRIED for said in (True, False)
            ]
            odd = [outcome for outcome in outcomes if not isinstance(outcome, bool)]
            if not odd:
                return program
            what = Said(f"条件“{when}”的结果是{odd[0]!r}", f"the condition “{when}” gives {odd[0]!r}")
        except CANNOT_BE_COMPUTED as error:
            first = (str(error) or type(error).__name__).splitlines()[0]
            what = Said(f"条件“{when}”看不懂：{first}", f"the condition “{when}” is not understood: {first}")
    source.error((*at, "when"), what, cure, rule.id)
    return None


def _check_examples(source: Source, index: int, rule: CompiledRule, harmless: Words | None) -> None:
    """Every example of the rule must come out as written."""
    said = rule.rule
    for key, wanted, texts in (("match", True, said.examples.match), ("not", False, said.examples.not_)):
        for number, text in enumerate(texts):
            folded = fold(text)
            if bool(rule.find(folded, mask(folded, harmless))) == wanted:
                continue
            what = (
                Said(f"规则“{said.id}”没有匹配自己的例句“{text}”",
                     f"the rule “{said.id}” does not match its own example: “{text}”")
                if wanted
                else Said(f"规则“{said.id}”匹配了不该匹配的例句“{text}”",
                          f"the rule “{said.id}” matches what it must not: “{text}”")
            )  # fmt: skip
            cure = Said("请改规则或例句。", "Change the rule or the example.")
            source.error(("rules", index, "examples", key, number), what, cure, said.id)
