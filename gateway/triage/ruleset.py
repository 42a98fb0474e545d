"""Rule packs: what a police officer wrote in YAML, checked and compiled once.

A pack is refused as a whole, with file, line and cure, when a word, code or condition in it is wrong or
when one of its own examples does not come out as written; whatever was active stays active.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import cel
from pydantic import Field, model_validator

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.match import (
    Expression,
    Hit,
    Matcher,
    Prefilter,
    TermError,
    Words,
    mask,
    pattern_expression,
    sound_expression,
    sound_text,
    term_expression,
)
from gateway.triage.model import (
    AlarmClass,
    Context,
    Department,
    EmergencyPartner,
    FindingKind,
    Nature,
)
from gateway.triage.packfile import RulePackError, Source, Wire, content_hash, read_yaml, validate
from gateway.triage.scope import Scope, scope_of
from gateway.triage.wordgroups import Groups, expand

MAX_RULES = 20_000
"""Rules in one set. More is a mistake (a generated list); they are refused with this number."""
MAX_WHEN_CHARACTERS = 200
"""Length of a condition; it is also refused when it loops (a macro over a list) or nests deeper than
MAX_WHEN_DEPTH."""
MAX_WHEN_DEPTH = 8
PAST_WEIGHT = 0.75
"""What is told of the past weighs less: still a theft, no longer a danger."""
SOUNDS_WEIGHT = 0.35
"""What a word that only sounds alike may say: never enough for a verdict on its own."""


_SCOPES = frozenset({Scope.SAID, Scope.PAST})
_SCOPES_CIVIL = frozenset(Scope) - {Scope.INVENTED}
"""A civil wish is often a question or something not done (工资不发合法吗, won't repair): both count there."""


class Texts(Wire):
    """One sentence for the card in both languages."""

    zh: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class Examples(Wire):
    """Sentences on which a rule must and must not speak; tried whenever the pack is read."""

    match: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")


class Rule(Wire):
    """One rule as written. `any`: one of these words; `all`: and of each group one, within `reach`
    characters; `none`: and none of these within `reach`. `patterns` stand beside `any`. `weight` 0 to 1 is
    how much the rule alone says: 0.6 is enough for a verdict. `scope: any` counts words however they were
    meant."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{2,79}$")
    class_: AlarmClass = Field(alias="class")
    nature: Nature | None = None
    department: Department | None = None
    kind: FindingKind = FindingKind.MATTER
    priority: int = Field(default=3, ge=1, le=4)
    weight: float = Field(default=0.7, gt=0, le=1)
    partners: tuple[EmergencyPartner, ...] = ()
    any: tuple[str, ...] = ()
    all: tuple[str | tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    sounds_alike: tuple[str, ...] = ()
    reach: int = Field(default=30, ge=1, le=200)
    speaker: Leg = Leg.CALLER
    scope: str = Field(default="said", pattern="^(said|any)$")
    when: str | None = Field(default=None, max_length=MAX_WHEN_CHARACTERS)
    explanation: Texts
    next_question: Texts | None = None
    examples: Examples = Examples()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.any or self.all or self.patterns or self.sounds_alike or self.when):
            raise ValueError("the rule has no words and no condition; give it any, all, patterns or when")
        if self.class_ is AlarmClass.VALID_ALARM and self.nature in (None, Nature.NONE):
            raise ValueError("a valid_alarm rule needs its nature")
        if self.class_ is not AlarmClass.NON_POLICE and self.department is not None:
            raise ValueError("only a non_police rule names a department")
        if self.class_ is AlarmClass.NON_POLICE and self.nature not in (None, Nature.NONE):
            raise ValueError("a non_police rule has no nature; use class valid_alarm or unsure")
        return self


class Pack(Wire):
    """One file. `words`: groups that any rule of any file may use as `<name>`; `harmless`: words in which no
    danger is to be read (火锅, 打车); `duties`: what a department answers for."""

    rules: tuple[Rule, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    harmless: tuple[str, ...] = ()
    duties: dict[Department, Texts] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule ready to be tried. `matcher` is None for a rule that rests on its condition alone."""

    rule: Rule
    file: str
    line: int
    matcher: Matcher | None
    sounds: Words | None
    when: cel.Program | None

    def find(self, folded: str, masked: str) -> list[tuple[Hit, float]]:
        """Where the rule speaks in an utterance, each with its weight. Danger is not read into harmless
        words."""
        text = folded if self.rule.class_ is AlarmClass.NON_POLICE else masked
        hits = self.matcher.find(text, folded) if self.matcher else []
        if hits:
            return [
                (hit, self.rule.weight * (PAST_WEIGHT if hit.scope is Scope.PAST else 1.0)) for hit in hits
            ]
        heard = self._sounds_alike(text)
        return [(heard, min(SOUNDS_WEIGHT, self.rule.weight))] if heard else []

    def _sounds_alike(self, text: str) -> Hit | None:
        if self.sounds is None:
            return None
        syllables, origin = sound_text(text)
        for start, end, _ in self.sounds.places(syllables):
            first, last = origin[start + 1], origin[end - 2]
            if scope_of(text, first, last + 1) is Scope.SAID:
                return Hit(first, last + 1, Scope.SAID)
        return None

    def holds(self, variables: dict[str, Any]) -> bool:
        """Whether the condition is met; a rule without one always holds."""
        return self.when is None or self.when.execute(variables) is True


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All packs of a folder, compiled. Immutable; shared by every call."""

    rules: tuple[CompiledRule, ...]
    conditions: tuple[CompiledRule, ...]
    harmless: Words | None
    duties: dict[Department, Texts]
    pack_hash: str
    _text: Prefilter = field(repr=False)
    _sound: Prefilter = field(repr=False)
    _sounding: tuple[CompiledRule, ...] = field(repr=False)

    def candidates(self, folded: str) -> Iterable[CompiledRule]:
        """The few rules that can speak on `folded`, found in one pass; each is then tried."""
        chosen = {id(self.rules[index]): self.rules[index] for index in self._text.candidates(folded)}
        if self._sounding:
            for index in self._sound.candidates(sound_text(folded)[0]):
                chosen.setdefault(id(self._sounding[index]), self._sounding[index])
        return chosen.values()


def variables(context: Context, *, has_text: bool) -> dict[str, Any]:
    """What a condition may ask: the names of Context and `has_text`; a number that is not known is -1, a
    text empty."""
    return {
        "silent_ms": -1 if context.silent_ms is None else context.silent_ms,
        "repeat_calls_30d": -1 if context.repeat_calls_30d is None else context.repeat_calls_30d,
        "local_hour": -1 if context.local_hour is None else context.local_hour,
        "ended": context.ended,
        "speech_dead": context.speech_dead,
        "language": context.language or "",
        "has_text": has_text,
    }


def load_ruleset(folder: Path) -> Ruleset:
    """Every `*.yaml` of `folder` (not its sub-folders) as one set; raises RulePackError."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise RulePackError(
            file=str(folder), line=1, what="no rule packs (*.yaml) are here", cure="Point to conf/rules."
        )
    return build({path.name: path.read_bytes() for path in files})


def build(sources: dict[str, bytes]) -> Ruleset:
    """Compile packs given as file name to content; raises RulePackError."""
    packs = {name: (read_yaml(name, content)) for name, content in sorted(sources.items())}
    models = {name: validate(Pack, source) for name, source in packs.items()}
    groups = _groups(packs, models)
    harmless_terms = [
        _term(packs[name], ("harmless", index), term, groups)
        for name, pack in models.items()
        for index, term in enumerate(pack.harmless)
    ]
    harmless = Words(harmless_terms) if harmless_terms else None
    compiled = [
        _compile(packs[name], index, rule, groups)
        for name, pack in models.items()
        for index, rule in enumerate(pack.rules)
    ]
    _unique(compiled)
    _check_examples(compiled, harmless)
    worded = tuple(rule for rule in compiled if rule.matcher is not None)
    sounding = tuple(rule for rule in compiled if rule.sounds is not None)
    return Ruleset(
        worded,
        tuple(rule for rule in compiled if rule.matcher is None and rule.sounds is None),
        harmless,
        {department: texts for pack in models.values() for department, texts in pack.duties.items()},
        content_hash(sources),
        Prefilter([rule.matcher.words for rule in worded if rule.matcher]),
        Prefilter([rule.sounds for rule in sounding if rule.sounds]),
        sounding,
    )


def _groups(packs: dict[str, Source], models: dict[str, Pack]) -> Groups:
    """The groups of words of all files; a name may be given once."""
    made: dict[str, tuple[str, ...]] = {}
    for file, pack in models.items():
        for name, words in pack.words.items():
            if name in made:
                raise packs[file].error(("words", name), f"the group <{name}> is given twice", "Keep one.")
            made[name] = words
    return made


def _compile(source: Source, index: int, rule: Rule, groups: Groups) -> CompiledRule:
    at = ("rules", index)
    anchors = [_term(source, (*at, "any", i), term, groups) for i, term in enumerate(rule.any)]
    anchors += [_pattern(source, (*at, "patterns", i), text) for i, text in enumerate(rule.patterns)]
    every = [
        [
            _term(source, (*at, "all", i), term, groups)
            for term in ((group,) if isinstance(group, str) else group)
        ]
        for i, group in enumerate(rule.all)
    ]
    if not anchors and every:
        anchors, every = every[0], every[1:]
    none = [_term(source, (*at, "none", i), term, groups) for i, term in enumerate(rule.none)]
    scopes = _SCOPES_CIVIL if rule.class_ is AlarmClass.NON_POLICE else _SCOPES
    if rule.scope == "any":
        scopes = frozenset(Scope)
    matcher = (
        Matcher(
            words=Words(anchors),
            every=tuple(Words(group) for group in every),
            none=Words(none) if none else None,
            reach=rule.reach,
            scopes=scopes,
        )
        if anchors
        else None
    )
    sounds = Words([sound_expression(word) for word in rule.sounds_alike]) if rule.sounds_alike else None
    return CompiledRule(
        rule=rule,
        file=source.file,
        line=source.line(at),
        matcher=matcher,
        sounds=sounds,
        when=_condition(source, at, rule.when),
    )


def _term(source: Source, path: Sequence[str | int], term: str, groups: Groups) -> Expression:
    try:
        return term_expression(expand(term, groups))
    except TermError as error:
        raise source.error(path, str(error), "Mend the word.") from error


def _pattern(source: Source, path: Sequence[str | int], text: str) -> Expression:
    try:
        return pattern_expression(text)
    except TermError as error:
        raise source.error(path, str(error), "Mend the pattern (re2 syntax).") from error


def _condition(source: Source, at: Sequence[str | int], when: str | None) -> cel.Program | None:
    if when is None:
        return None
    path = (*at, "when")
    names = ", ".join(variables(Context(), has_text=True))
    cure = f"It may ask for {names}, and must be true or false."
    if "[" in when or "{" in when or when.count("(") > MAX_WHEN_DEPTH:
        raise source.error(path, "the condition is more than a plain comparison", cure)
    try:
        program = cel.compile(when)
        outcome = program.execute(variables(Context(), has_text=True))
    except (ValueError, RuntimeError, TypeError) as error:
        first = str(error).splitlines()[0]
        raise source.error(path, f"the condition “{when}” is not understood: {first}", cure) from error
    if not isinstance(outcome, bool):
        raise source.error(path, f"the condition “{when}” gives {outcome!r}", cure)
    return program


def _unique(rules: Sequence[CompiledRule]) -> None:
    if len(rules) > MAX_RULES:
        last = rules[MAX_RULES]
        raise RulePackError(
            file=last.file,
            line=last.line,
            what=f"{len(rules)} rules",
            cure=f"At most {MAX_RULES} make one set.",
        )
    seen: dict[str, CompiledRule] = {}
    for rule in rules:
        if (first := seen.setdefault(rule.rule.id, rule)) is not rule:
            what = f"the rule id “{rule.rule.id}” is already used in {first.file}, line {first.line}"
            raise RulePackError(file=rule.file, line=rule.line, what=what, cure="Give it another id.")


def _check_examples(rules: Sequence[CompiledRule], harmless: Words | None) -> None:
    for rule in rules:
        for wanted, texts in ((True, rule.rule.examples.match), (False, rule.rule.examples.not_)):
            for text in texts:
                folded = fold(text)
                if bool(rule.find(folded, mask(folded, harmless))) != wanted:
                    verb = "does not match its own example" if wanted else "matches what it must not"
                    raise RulePackError(
                        file=rule.file,
                        line=rule.line,
                        what=f"the rule “{rule.rule.id}” {verb}: “{text}”",
                        cure="Change the rule or the example.",
                    )
