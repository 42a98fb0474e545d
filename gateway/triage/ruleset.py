# ruff: noqa: E501 (a sentence in two languages is read more easily in one line)
"""Rule packs: what a police officer wrote in YAML, and the compiled rules that are tried on what is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.conditions import Program
from gateway.triage.index import Index
from gateway.triage.match import MASK, NEVER, Hit, Matcher, Words
from gateway.triage.model import (
    AlarmClass,
    Context,
    Department,
    EmergencyPartner,
    FindingKind,
    Nature,
)
from gateway.triage.packfile import Wire
from gateway.triage.scope import STATED, Scope, scope_of
from gateway.triage.sounding import Sounds
from gateway.triage.wordgroups import Groups, expand

MAX_WHEN_CHARACTERS = 200
"""Length of a condition."""
MAX_TERMS = 500
"""Words in one list of a rule, and examples of one kind; a longer list is refused with this number."""
MAX_TERM_CHARACTERS = 1_000
"""Length of one word, pattern or example."""
PAST_WEIGHT = 0.75
"""What is told of the past weighs less: still a theft, no longer a danger."""
SOUNDS_WEIGHT = 0.35
"""What a word that only sounds alike may say: never enough for a verdict on its own."""

Term = Annotated[str, Field(max_length=MAX_TERM_CHARACTERS)]
Terms = Annotated[tuple[Term, ...], Field(max_length=MAX_TERMS)]


def _scopes(written: object) -> object:
    """`said` is what is usual for the class, `any` every way; else a list."""
    if written == "said":
        return None
    return list(Scope) if written == "any" else written


Scopes = Annotated[tuple[Scope, ...] | None, BeforeValidator(_scopes)]


class Texts(Wire):
    """One sentence for the card in both languages."""

    zh: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class Examples(Wire):
    """Sentences on which a rule must and must not speak; tried whenever the pack is read."""

    match: Terms = ()
    not_: Terms = Field(default=(), alias="not")


class Rule(Wire):
    """One rule as written. `any`: one of these words; `all`: and of each group one, within `distance`
    characters; `none`: and none of these within `distance`. `patterns` stand beside `any`. `weight` 0 to 1 is
    how much the rule alone says: 0.6 is enough for a verdict. `scope`: how words must be meant to count."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{2,79}$")
    class_: AlarmClass = Field(alias="class")
    nature: Nature | None = None
    department: Department | None = None
    kind: FindingKind = FindingKind.MATTER
    priority: int = Field(default=3, ge=1, le=4)
    weight: float = Field(default=0.7, gt=0, le=1)
    partners: tuple[EmergencyPartner, ...] = ()
    any: Terms = ()
    all: Annotated[tuple[Term | Terms, ...], Field(max_length=MAX_TERMS)] = ()
    none: Terms = ()
    patterns: Terms = ()
    sounds_alike: Terms = ()
    distance: int = Field(default=30, ge=1, le=200)
    speaker: Leg = Leg.CALLER
    scope: Scopes = None
    when: str | None = Field(default=None, max_length=MAX_WHEN_CHARACTERS)
    explanation: Texts
    next_question: Texts | None = None
    examples: Examples = Examples()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.any or self.all or self.patterns or self.sounds_alike or self.when):
            raise _unfit("规则没有词也没有条件；请写any、all、patterns或when",
                         "the rule has no words and no condition; give it any, all, patterns or when")  # fmt: skip
        if self.class_ is AlarmClass.VALID_ALARM and self.nature in (None, Nature.NONE):
            raise _unfit("valid_alarm的规则要写nature（警情类别）", "a valid_alarm rule needs its nature")
        if self.class_ is not AlarmClass.NON_POLICE and self.department is not None:
            raise _unfit(
                "只有non_police的规则写department（部门）", "only a non_police rule names a department"
            )
        if self.class_ is AlarmClass.NON_POLICE and self.nature not in (None, Nature.NONE):
            raise _unfit("non_police的规则不写nature；请用valid_alarm或unsure",
                         "a non_police rule has no nature; use class valid_alarm or unsure")  # fmt: skip
        return self


def _unfit(zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("pack", "{en}", {"zh": zh, "en": en})


class Pack(Wire):
    """One file beside its rules. `words`: groups that any rule of any file may use as `<name>`; `harmless`:
    words in which no danger is to be read (火锅, 打车); `duties`: what a department answers for."""

    words: dict[str, tuple[Term, ...]] = Field(default_factory=dict)
    harmless: tuple[Term, ...] = ()
    duties: dict[Department, Texts] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule ready to be tried. `matcher` is None for a rule that has no words, `sounds` for one that knows
    none by their sound."""

    rule: Rule
    file: str
    line: int
    matcher: Matcher | None
    sounds: Sounds | None
    when: Program | None

    @property
    def civil(self) -> bool:
        """Whether it speaks for a civil wish: then harmless words (打车) are its words too."""
        return self.rule.class_ is AlarmClass.NON_POLICE

    def weight(self, hit: Hit) -> float:
        """What the rule says by one place."""
        return self.weight_of(hit.scope)

    def weight_of(self, scope: Scope) -> float:
        """What the rule says by words that were meant so."""
        return self.rule.weight * (PAST_WEIGHT if scope is Scope.PAST else 1.0)

    @property
    def sound_weight(self) -> float:
        return min(SOUNDS_WEIGHT, self.rule.weight)

    def find(self, folded: str, masked: str) -> list[tuple[Hit, float]]:
        """Where the rule speaks in a whole utterance, each with its weight: its words, or without them the
        first that sounds like one. Danger is not read into harmless words."""
        hits = self.matcher.find(folded if self.civil else masked, folded) if self.matcher else []
        if hits or self.sounds is None:
            return [(hit, self.weight(hit)) for hit in hits]
        heard = self.heard([place[1:] for place in self.sounds.find(folded)], folded, masked)
        return [(heard, self.sound_weight)] if heard else []

    def holds(self, variables: dict[str, Any]) -> bool:
        """Whether the condition is met; a rule without one always holds. One that cannot be computed (a
        division by a number that is zero now) is not met."""
        if self.when is None:
            return True
        try:
            return self.when.execute(variables) is True
        except CANNOT_BE_COMPUTED:
            return False

    def heard(self, places: Iterable[tuple[int, int]], folded: str, masked: str) -> Hit | None:
        """The first of the places (start, end) where a word sounds alike that was said and not harmless."""
        text = folded if self.civil else masked
        for start, end in sorted(places):
            if MASK not in text[start:end] and scope_of(text, start, end) in STATED:
                return Hit(start, end, Scope.SAID)
        return None


class Side:
    """The rules for what one side of the call says, ready to be looked for together. Immutable."""

    __slots__ = ("ahead", "furthest", "harmless", "index", "reaches", "rules", "sounds")

    def __init__(self, rules: Sequence[CompiledRule], harmless: Words | None) -> None:
        never = Words([NEVER])
        cover = harmless.longest + 1 if harmless else 0
        words = [rule.matcher.words if rule.matcher else never for rule in rules]
        beside = [rule.matcher.every if rule.matcher else () for rule in rules]
        self.rules = tuple(rules)
        self.harmless = harmless
        self.index = Index([*words, harmless or never], [*beside, ()])
        """The words of every rule, and last the harmless ones."""
        self.ahead = [*((rule.matcher.looks_ahead if rule.matcher else 0) + cover for rule in rules), cover]
        """Of each, how many characters after the beginning of a place can change what is found there."""
        self.reaches = [
            *(rule.matcher.words.longest + rule.rule.distance if rule.matcher else 0 for rule in rules),
            cover,
        ]
        """Of each, how far apart its words can stand."""
        self.furthest = max(self.ahead)
        self.sounds = Sounds(
            [(fold(word), number) for number, rule in enumerate(rules) for word in rule.rule.sounds_alike]
        )


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All packs of a folder, compiled. Immutable; shared by every call."""

    rules: tuple[CompiledRule, ...]
    conditions: tuple[CompiledRule, ...]
    harmless: Words | None
    duties: dict[Department, Texts]
    groups: Groups
    pack_hash: str
    sides: dict[Leg, Side] = field(repr=False)

    @property
    def words(self) -> list[Words]:
        """Everything that is looked for."""
        made = [words for rule in self.rules for words in (rule.matcher.all_words if rule.matcher else ())]
        return made if self.harmless is None else [*made, self.harmless]

    def spelt(self, terms: Iterable[str]) -> list[str]:
        """Words of a rule with their groups put in."""
        return [fold(expand(term, self.groups)) for term in terms]


CANNOT_BE_COMPUTED = (ArithmeticError, RuntimeError, TypeError, ValueError)
"""What the library of conditions raises, at reading and at computing."""


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
        "location_kind": context.location_kind or "",
        "has_text": has_text,
    }
