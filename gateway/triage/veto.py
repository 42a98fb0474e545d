"""The safety veto: danger words that forbid the verdict "non-police", apart from the rule packs.

It runs on every hypothesis, partial ones too, of both sides, and can only raise. Denials (没有人受伤) and
the past are understood (`doubt`), but in doubt it fires. A call-taker asks about dangers all day long, so of
their words only those count that state one (`call_taker` of a list: 救护车马上到).

The lists hold thousands of words; one pass over the text (`sieve`) tells which few of them can be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.doubt import LOOKED_AT_EN, silenced
from gateway.triage.match import MASK, Place, Words
from gateway.triage.model import Utterance, Veto, VetoCode
from gateway.triage.packfile import Source, Wire, content_hash, read_folder, read_yaml, validate
from gateway.triage.problem import Mark, Report, Said
from gateway.triage.register import READ_CHARACTERS, is_letter
from gateway.triage.scope import LOOKED_AT_AFTER, STATED, Scope, scope_of
from gateway.triage.sieve import Sieve
from gateway.triage.terms import MAX_REACH, TermError, term_expression
from gateway.triage.wordgroups import Groups, expand
from gateway.triage.words import span_of, times

WORDS_FILE = "words.yaml"
"""Groups of words that all eight lists may use. The packs' groups are not seen here: nobody who edits a pack
changes what a veto means."""

WINDOW = 2_000
"""Characters of a long text that are looked through at once; what stands around them is seen too."""
BEFORE = LOOKED_AT_EN + MAX_REACH
"""Characters before a word that can silence it: how it was meant, and a harmless word around it."""
AFTER = MAX_REACH + LOOKED_AT_AFTER
"""Characters from the beginning of a word on that can change whether it fires."""

_BREATHS = str.maketrans(dict.fromkeys("…—、；：~", "，"))
"""Signs that a writer sets where somebody pauses; all are a comma here."""


class VetoExamples(Wire):
    """Sentences on which a list must fire and must stay quiet; tried whenever it is read."""

    must: tuple[str, ...]
    must_not: tuple[str, ...]


class VetoWords(Wire):
    """`words.yaml` of the veto lists: groups for all of them, and words in which none reads a danger."""

    words: dict[str, tuple[str, ...]]
    harmless: tuple[str, ...] = ()


class VetoFile(Wire):
    """One list as written, or a part of one: files of the same code are one list. `words`: groups that the
    file uses as `<name>`, beside the common ones of `words.yaml`; `always`: fires however it was meant, save
    when denied or made up, and in letters to an office too; `harmless`: the list reads no danger into these.
    `examples` are tried on the whole list."""

    code: VetoCode
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    caller: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    call_taker: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    examples: VetoExamples | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoList:
    """One code's words, compiled each for itself, so that none hides another."""

    code: VetoCode
    caller: frozenset[Words]
    always: frozenset[Words]
    call_taker: frozenset[Words]
    harmless: frozenset[Words]

    @property
    def words(self) -> frozenset[Words]:
        return self.caller | self.always | self.call_taker | self.harmless

    def find(
        self, said: str, speaker: Leg, able: Set[Words], *, letter: bool = False, since: int = 0
    ) -> tuple[int, int] | None:
        """The first place from character `since` on where the list fires, or None. Of its words only those in
        `able` can be there. In a letter to an office only what is said outright (`always`) fires."""
        covered = _covered(said, self.harmless & able)
        if speaker is Leg.CALL_TAKER:
            return _first(covered, since, self.call_taker & able, _not_stated)
        outright = _first(covered, since, self.always & able, _told_of if letter else _denied)
        return outright or (None if letter else _first(covered, since, self.caller & able, _plain))


def _said(text: str) -> str:
    """Text in the spelling of the lists, of the same length."""
    return fold(text).translate(_BREATHS)


def _covered(text: str, harmless: frozenset[Words]) -> str:
    """`text` in which no danger is read into harmless words."""
    places = [place for words in harmless for place in words.places(text, len(text))]
    if not places:
        return text
    chars = list(text)
    for start, end, _ in places:
        chars[start:end] = MASK * (end - start)
    return "".join(chars)


def _first(
    text: str, since: int, words: frozenset[Words], silent: Callable[[str, Place], bool]
) -> tuple[int, int] | None:
    """The first place of any of these words that is not silent."""
    loud = (
        next((place for place in one.places(text, since=since) if not silent(text, place)), None)
        for one in words
    )
    return min(((place.start, place.end) for place in loud if place is not None), default=None)


def _plain(text: str, place: Place) -> bool:
    return silenced(text, place.start, place.end, denied=place.denied, bold=False)


def _denied(text: str, place: Place) -> bool:
    return silenced(text, place.start, place.end, denied=place.denied, bold=True)


def _told_of(text: str, place: Place) -> bool:
    """A letter asks after dangers too (煤气漏了怎么办)."""
    asked = scope_of(text, place.start, place.end) is Scope.ASKED
    return asked or silenced(text, place.start, place.end, denied=place.denied, bold=False)


def _not_stated(text: str, place: Place) -> bool:
    """A call-taker asks, warns and denies; only what they state counts."""
    return place.denied or scope_of(text, place.start, place.end) not in STATED


@dataclass(frozen=True, slots=True)
class VetoLists:
    """All eight lists. Immutable."""

    lists: tuple[VetoList, ...]
    list_hash: str
    _sieve: Sieve = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sieve", Sieve(self.words))

    @property
    def words(self) -> list[Words]:
        return list(dict.fromkeys(words for one in self.lists for words in one.words))

    def find(self, utterance: Utterance, *, partial: bool = False, before: str = "") -> tuple[Veto, ...]:
        """The vetoes that fire on one utterance, at most one a code. Only where it can differ from what was
        looked through `before` (the hypothesis before this one) is it read."""
        text = utterance.text
        letter = is_letter(fold(text[:READ_CHARACTERS]))
        found: dict[VetoCode, tuple[int, int]] = {}
        for first in range(_settled(before, text, letter=letter), len(text), WINDOW):
            start, stop = max(0, first - BEFORE), first + WINDOW + AFTER
            # a mark that no text holds stands where the window cuts it: neither its beginning nor its end
            part = MASK * (start > 0) + _said(text[start:stop]) + MASK * (stop < len(text))
            shift = start - (start > 0)
            able = self._sieve.through(part)
            for one in self.lists:
                if one.code not in found and (
                    span := one.find(part, utterance.speaker, able, letter=letter, since=first - shift)
                ):
                    found[one.code] = (span[0] + shift, span[1] + shift)
        return tuple(self._veto(code, utterance, span, partial=partial) for code, span in found.items())

    def _veto(self, code: VetoCode, utterance: Utterance, span: tuple[int, int], *, partial: bool) -> Veto:
        started, ended = times(utterance, *span)
        return Veto(
            code=code,
            segment_index=utterance.segment_index,
            speaker=utterance.speaker,
            span=span_of(span),
            quote=utterance.text[span[0] : span[1]],
            started_ms=started,
            ended_ms=ended,
            list_hash=self.list_hash,
            partial=partial,
        )


def _settled(before: str, text: str, *, letter: bool) -> int:
    """The character from which on something can fire that did not `before`."""
    if text.startswith(before):
        return max(0, len(before) - AFTER)
    if not letter and is_letter(fold(before[:READ_CHARACTERS])):
        return 0
    low, high = 0, min(len(before), len(text))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[:middle] == text[:middle] else (low, middle - 1)
    return max(0, low - AFTER)


def load_vetoes(folder: Path) -> VetoLists:
    """The lists of `folder`, none missing; raises RulePackError with all their faults."""
    report = Report()
    lists = compile_vetoes(read_folder(folder), report)
    report.refuse()
    return lists


def compile_vetoes(sources: Mapping[str, bytes], report: Report, *, known: bool = False) -> VetoLists:
    """The lists given as file name to content; the faults of all files go to `report` under `veto/`. `known`:
    these contents were found in order before, so examples are not tried."""
    read = {name: read_yaml(f"veto/{name}", content, report) for name, content in sorted(sources.items())}
    words = read.pop(WORDS_FILE, None)
    common = validate(VetoWords, words, words.value) if words is not None else None
    covering = _words(words, "harmless", common.harmless, common.words) if words and common else frozenset()
    parts: dict[VetoCode, list[tuple[Source, VetoFile]]] = {}
    for source in read.values():
        if source is not None and (written := validate(VetoFile, source, source.value)) is not None:
            parts.setdefault(written.code, []).append((source, written))
    missing = ", ".join(code for code in VetoCode if code not in parts)
    if missing and sum(map(len, parts.values())) == len(read):  # of a file with faults those are told
        what = Said(
            f"缺少否决名单：{missing}", f"there must be a veto list of every code; missing: {missing}"
        )
        cure = Said("请放回随程序提供的名单。", "Put back the list that was shipped.")
        report.error("veto", Mark(1), what, cure)
    for files in parts.values():
        _check_whole(files)
    lists = (
        _compile(files, common or VetoWords(words={}), covering, known=known) for files in parts.values()
    )
    return VetoLists(tuple(lists), content_hash(sources))


def _check_whole(files: Sequence[tuple[Source, VetoFile]]) -> None:
    """A list without words, or one that nothing is tried on, is as good as none."""
    if any(file.caller for _, file in files) and any(file.examples for _, file in files):
        return
    source, file = files[0]
    what = Said(
        f"否决“{file.code}”没有来电人的话（caller）或没有例句（examples）",
        f"the veto “{file.code}” has no words of the caller or no examples",
    )
    source.error(("code",), what, Said("请放回随程序提供的名单。", "Put back the list that was shipped."))


def _compile(
    files: Sequence[tuple[Source, VetoFile]], common: VetoWords, covering: frozenset[Words], *, known: bool
) -> VetoList:
    """One code's list of all its `files`. `covering`: what is harmless in all lists."""

    def words(key: str, terms: Callable[[VetoFile], tuple[str, ...]]) -> frozenset[Words]:
        each = (_words(source, key, terms(file), {**common.words, **file.words}) for source, file in files)
        return frozenset[Words]().union(*each)

    made = VetoList(
        code=files[0][1].code,
        caller=words("caller", lambda file: file.caller),
        always=words("always", lambda file: file.always),
        call_taker=words("call_taker", lambda file: file.call_taker),
        harmless=covering | words("harmless", lambda file: file.harmless),
    )
    if not known:
        _check_examples(files, made)
    return made


def _check_examples(files: Sequence[tuple[Source, VetoFile]], made: VetoList) -> None:
    sieve = Sieve(list(made.words))
    for source, read in files:
        must, must_not = (read.examples.must, read.examples.must_not) if read.examples else ((), ())
        for key, wanted, texts in (("must", True, must), ("must_not", False, must_not)):
            for index, text in enumerate(texts):
                said = _said(text)
                if (made.find(said, Leg.CALLER, sieve.through(said)) is not None) != wanted:
                    source.error(("examples", key, index), *_failed(read.code, text, wanted=wanted))


def _failed(code: VetoCode, text: str, *, wanted: bool) -> tuple[Said, Said]:
    """What is wrong with an example, and the cure."""
    what = Said(
        f"否决“{code}”对例句“{text}”{'没有触发' if wanted else '触发了'}",
        f"the veto “{code}” {'stays quiet' if wanted else 'fires'} on its example “{text}”",
    )
    return what, Said("请改名单或例句。", "Change the list or the example.")


def _words(source: Source, key: str, terms: tuple[str, ...], groups: Groups) -> frozenset[Words]:
    made = []
    for index, term in enumerate(terms):
        try:
            made.append(Words([term_expression(expand(term, groups))]))
        except TermError as error:
            source.error((key, index), error.said, Said("请改这个词。", "Mend the word."))
    return frozenset(made)
