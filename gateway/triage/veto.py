"""The safety veto: danger words that forbid the verdict "non-police", apart from the rule packs.

It runs on every hypothesis, partial ones too, of both sides, and can only raise. Denials (没有人受伤) and
the past are understood, but in doubt it fires. A call-taker asks about dangers all day long, so of their
words only those count that state one (`call_taker` of a list: 消防马上到).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.match import NEVER, Words, mask
from gateway.triage.model import Utterance, Veto, VetoCode
from gateway.triage.packfile import Source, Wire, content_hash, read_folder, read_yaml, validate
from gateway.triage.problem import Mark, Report, Said
from gateway.triage.register import is_letter
from gateway.triage.scope import Scope, scope_of
from gateway.triage.terms import TermError, term_expression
from gateway.triage.wordgroups import Groups, expand
from gateway.triage.words import span_of, times

WORDS_FILE = "words.yaml"
"""Groups of words that all eight lists may use. The packs' groups are not seen here: nobody who edits a pack
changes what a veto means."""

_QUIET = frozenset({Scope.DENIED, Scope.PAST, Scope.INVENTED, Scope.SUPPOSED})
"""Said so, these do not fire. A question does: 他会不会死啊 is fear, not curiosity."""
_QUIET_BOLD = frozenset({Scope.DENIED})
_QUIET_LETTER = _QUIET | {Scope.ASKED}


class VetoExamples(Wire):
    """Sentences on which a list must fire and must stay quiet; tried whenever it is read."""

    must: tuple[str, ...]
    must_not: tuple[str, ...]


class VetoWords(Wire):
    """`words.yaml` of the veto lists."""

    words: dict[str, tuple[str, ...]]


class VetoFile(Wire):
    """One list as written. `words`: groups that it uses as `<name>`, beside the common ones of `words.yaml`;
    `always`: fires however it was meant, save when denied, and in letters to an office
    too; `harmless`: no danger is read into these."""

    code: VetoCode
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    caller: tuple[str, ...]
    always: tuple[str, ...] = ()
    call_taker: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    examples: VetoExamples


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoList:
    """One code's words, compiled."""

    code: VetoCode
    caller: Words
    always: Words | None
    call_taker: Words | None
    harmless: Words | None

    def find(self, folded: str, speaker: Leg, *, letter: bool = False) -> tuple[int, int] | None:
        """The first place where the list fires in folded text, or None. In a letter to an office only what is
        said outright (`always`) fires."""
        text = mask(folded, self.harmless)
        if speaker is Leg.CALL_TAKER:
            return self._first(text, self.call_taker, frozenset(Scope) - {Scope.SAID})
        outright = self._first(text, self.always, _QUIET_LETTER if letter else _QUIET_BOLD)
        return outright or (None if letter else self._first(text, self.caller, _QUIET))

    @staticmethod
    def _first(text: str, words: Words | None, quiet: frozenset[Scope]) -> tuple[int, int] | None:
        if words is None:
            return None
        for start, end, denied in words.places(text):
            if (Scope.DENIED if denied else scope_of(text, start, end)) not in quiet:
                return start, end
        return None


@dataclass(frozen=True, slots=True)
class VetoLists:
    """All eight lists. Immutable."""

    lists: tuple[VetoList, ...]
    list_hash: str

    def find(self, utterance: Utterance, *, partial: bool = False) -> tuple[Veto, ...]:
        """The vetoes that fire on one utterance, at most one a code."""
        folded = fold(utterance.text)
        letter = is_letter(folded)
        found: list[Veto] = []
        for one in self.lists:
            if (span := one.find(folded, utterance.speaker, letter=letter)) is None:
                continue
            started, ended = times(utterance, *span)
            found.append(
                Veto(
                    code=one.code,
                    segment_index=utterance.segment_index,
                    speaker=utterance.speaker,
                    span=span_of(span),
                    quote=utterance.text[span[0] : span[1]],
                    started_ms=started,
                    ended_ms=ended,
                    list_hash=self.list_hash,
                    partial=partial,
                )
            )
        return tuple(found)


def load_vetoes(folder: Path) -> VetoLists:
    """The lists of `folder`, one a code and none missing; raises RulePackError with all their faults."""
    report = Report()
    lists = compile_vetoes(read_folder(folder), report)
    report.refuse()
    return lists


def compile_vetoes(sources: Mapping[str, bytes], report: Report) -> VetoLists:
    """The lists given as file name to content; the faults of all files go to `report` under `veto/`."""
    read = {name: read_yaml(f"veto/{name}", content, report) for name, content in sorted(sources.items())}
    words = read.pop(WORDS_FILE, None)
    common = validate(VetoWords, words, words.value) if words is not None else None
    lists: list[VetoList] = []
    codes: list[VetoCode] = []
    for source in read.values():
        if source is None:
            continue
        if isinstance(source.value, dict):
            codes += [code for code in VetoCode if code == source.value.get("code")]
        if (written := validate(VetoFile, source, source.value)) is not None:
            lists.append(_compile(source, written, common.words if common else {}))
    missing = ", ".join(code for code in VetoCode if code not in codes)
    twice = ", ".join(code for code in VetoCode if codes.count(code) > 1)
    if (missing or twice) and len(codes) == len(read):
        what = Said(
            f"每个否决代码要有且只有一个名单；缺少：{missing or '无'}；重复：{twice or '无'}",
            f"there must be one veto list a code; missing: {missing or 'none'}; twice: {twice or 'none'}",
        )
        cure = Said("请放回随程序提供的名单。", "Put back the list that was shipped.")
        report.error("veto", Mark(1), what, cure)
    return VetoLists(tuple(lists), content_hash(sources))


def _compile(source: Source, read: VetoFile, common: Groups) -> VetoList:
    groups = {**common, **read.words}
    made = VetoList(
        code=read.code,
        caller=_words(source, "caller", read.caller, groups) or Words([NEVER]),
        always=_words(source, "always", read.always, groups),
        call_taker=_words(source, "call_taker", read.call_taker, groups),
        harmless=_words(source, "harmless", read.harmless, groups),
    )
    for key, wanted, texts in (
        ("must", True, read.examples.must),
        ("must_not", False, read.examples.must_not),
    ):
        for index, text in enumerate(texts):
            if (made.find(fold(text), Leg.CALLER) is not None) != wanted:
                what = Said(
                    f"否决“{read.code}”对例句“{text}”{'没有触发' if wanted else '触发了'}",
                    f"the veto “{read.code}” {'stays quiet' if wanted else 'fires'} on its example “{text}”",
                )
                cure = Said("请改名单或例句。", "Change the list or the example.")
                source.error(("examples", key, index), what, cure)
    return made


def _words(source: Source, key: str, terms: tuple[str, ...], groups: Groups) -> Words | None:
    regexes = []
    for index, term in enumerate(terms):
        try:
            regexes.append(term_expression(expand(term, groups)))
        except TermError as error:
            source.error((key, index), error.said, Said("请改这个词。", "Mend the word."))
    return Words(regexes) if regexes else None
