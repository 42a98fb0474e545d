# ruff: noqa: E501 (a sentence in two languages is read more easily in one line)
"""Rule packs: what a police officer wrote in YAML, and the compiled rules that are tried on what is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

import cel
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.match import Hit, Matcher, Prefilter, Words, sound_text
from gateway.triage.model import (
    AlarmClass,
    Context,
    Department,
    EmergencyPartner,
    FindingKind,
    Nature,
)
from gateway.triage.packfile import Wire
from gateway.triage.scope import Scope, scope_of
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


class Texts(Wire):
    """One sentence for the card in both languages."""

    zh: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class Examples(Wire):
    """Sentences on which a rule must and must not speak; tried whenever the pack is read."""

    match: Terms = ()
    not_: Terms = Field(default=(), alias="not")


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
    any: Terms = ()
    all: Annotated[tuple[Term | Terms, ...], Field(max_length=MAX_TERMS)] = ()
    none: Terms = ()
    patterns: Terms = ()
    sounds_alike: Terms = ()
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
    groups: Groups
    pack_hash: str
    _text: Prefilter = field(repr=False)
    _sound: Prefilter = field(repr=False)
    _sounding: tuple[CompiledRule, ...] = field(repr=False)

    def spelt(self, terms: Iterable[str]) -> list[str]:
        """Words of a rule with their groups put in."""
        return [fold(expand(term, self.groups)) for term in terms]

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
