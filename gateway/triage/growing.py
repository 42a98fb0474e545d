"""What rules find in one utterance while it is still being said.

Text that continues what was read before costs only its new characters and the few before them on which they
can still bear: nothing here looks back further than `MAX_REACH` and the rule's own distance. However the text
comes in pieces, what is found is what the whole text gives.

What was found at a place is settled once so much was said after it that nothing can change it; until then
the place is looked at again with every piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.text.fold import fold
from gateway.triage.index import Seen
from gateway.triage.match import HITS_OF_A_RULE, MASK, MAX_HITS, Hit, Place, Words
from gateway.triage.ruleset import CompiledRule, Side
from gateway.triage.scope import LOOKED_AT_AFTER

PIECE = 512
"""Characters read at once; a longer piece is read in several."""
READ_ON = 300
"""Characters between two places worth a look that are read over rather than begun again after."""


@dataclass(slots=True)
class _Found:
    """What one rule found so far: `kept` for good, with the `looked` places it cost; `now` with what may
    still change. Nothing before `settled` is looked at again."""

    settled: int = 0
    looked: int = 0
    kept: dict[str, Hit] = field(default_factory=dict)
    now: dict[str, Hit] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return len(self.kept) == HITS_OF_A_RULE or self.looked == MAX_HITS


class Growing:
    """The text of one utterance of one side, and what its rules found in it so far."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._cover = side.harmless.longest + 1 if side.harmless else 0
        self._begin()

    def _begin(self) -> None:
        self._text = self._folded = self._masked = ""
        self._covered = 0
        """Characters whose covering is settled."""
        self._seen = Seen({}, {})
        self._rules: dict[int, _Found] = {}
        self._sounds: dict[int, list[tuple[int, int]]] = {}
        self._heard: dict[int, Hit] = {}

    @property
    def text(self) -> str:
        return self._text

    @property
    def unsettled(self) -> int:
        """Places that are looked at again when the text grows."""
        return sum(map(len, self._seen.places.values())) + sum(map(len, self._sounds.values()))

    def grow(self, text: str) -> None:
        """`text` is everything said so far. When it does not continue what was read, it is read anew."""
        if not text.startswith(self._text):
            self._begin()
        new = fold(text[len(self._text) :])
        self._text = text
        for start in range(0, len(new), PIECE):
            self._read(new[start : start + PIECE])

    def found(self) -> list[tuple[CompiledRule, Hit, float]]:
        """Every rule that speaks, in the order of the packs, with its places and their weight."""
        made: list[tuple[CompiledRule, Hit, float]] = []
        for number in sorted(self._rules.keys() | self._sounds.keys() | self._heard.keys()):
            rule = self._side.rules[number]
            state = self._rules.get(number)
            if state is not None and state.now:
                made += [(rule, hit, rule.weight(hit)) for hit in state.now.values()]
            elif (heard := self._first_sound(number)) is not None:
                made.append((rule, heard, rule.sound_weight))
        return made

    def _read(self, piece: str) -> None:
        known = len(self._folded)
        self._folded += piece
        self._masked += piece
        self._side.index.read(self._folded, known, self._seen)
        due = self._due(known)
        self._cover_harmless(due.pop(len(self._side.rules), []))
        for number in sorted(due):
            self._look(number, due[number])
        self._tidy()
        for number, start, end in self._side.sounds.find(self._folded, known):
            if number not in self._heard:
                self._sounds.setdefault(number, []).append((start, end))
        self._settle_sounds()

    def _due(self, known: int) -> dict[int, list[int] | None]:
        """The rules to look at, each with the places of what it needs; None when it can be anywhere."""
        due: dict[int, list[int] | None] = {}
        index, reaches = self._side.index, self._side.reaches
        for which, places in self._seen.places.items():
            trigger = index.triggers[which]
            number = trigger.words
            if index.able(trigger, self._seen, places[0], reaches[number]):
                before = due.get(number)
                due[number] = places if before is None else before + places
        if index.sure:
            start = max(0, known - self._side.furthest - 2)
            text, covered = self._folded[start:], self._masked[start:]
            able = {*index.anywhere(text), *(index.anywhere(covered) if covered != text else ())}
            for number in index.sure:
                if number in able:
                    due[number] = None
                elif number in self._rules:
                    self._rules[number].now = dict(self._rules[number].kept)
        return due

    def _cover_harmless(self, places: list[int] | None) -> None:
        """Cover the harmless words in what is not settled yet."""
        harmless, begin, length = self._side.harmless, self._covered, len(self._folded)
        if harmless is None:
            return
        if places != []:
            chars = list(self._folded[begin:])
            for place in _places(harmless, self._folded, places, begin):
                chars[place.start - begin : place.end - begin] = MASK * (place.end - place.start)
                if place.start + self._cover <= length:
                    self._covered = place.end
            self._masked = self._masked[:begin] + "".join(chars)
        self._covered = max(self._covered, length - self._cover)

    def _look(self, number: int, places: list[int] | None) -> None:
        """Try one rule where it can be."""
        rule = self._side.rules[number]
        state = self._rules.setdefault(number, _Found())
        if rule.matcher is None or state.done:
            return
        text = self._folded if rule.civil else self._masked
        sure = len(text) - self._side.ahead[number]
        looked = state.looked
        state.now = dict(state.kept)
        for place in _places(rule.matcher.words, text, places, state.settled):
            if looked == MAX_HITS or len(state.now) == HITS_OF_A_RULE:
                break
            looked += 1
            hit = rule.matcher.meant(place, text, self._folded)
            said = text[place.start : place.end]
            if place.start <= sure:
                state.settled, state.looked = place.end, looked
                if hit is not None:
                    state.kept.setdefault(said, hit)
            if hit is not None:
                state.now.setdefault(said, hit)
        state.settled = max(state.settled, sure)

    def _tidy(self) -> None:
        """Forget places that nothing can be made of any more."""
        index, side, length = self._side.index, self._side, len(self._folded)
        gone: list[int] = []
        for which, places in self._seen.places.items():
            number = index.triggers[which].words
            since = length - side.ahead[number]
            if number == len(side.rules):
                since = max(since, self._covered - 1)
            elif (state := self._rules.get(number)) is not None:
                since = length if state.done else max(since, state.settled - 1)
            if places[0] <= since:
                places[:] = [place for place in places if place > since]
                if not places:
                    gone.append(which)
        for which in gone:
            del self._seen.places[which]

    def _first_sound(self, number: int) -> Hit | None:
        """The first place where a rule's word sounds alike, settled or not."""
        if (heard := self._heard.get(number)) is not None:
            return heard
        places = self._sounds.get(number, ())
        return self._side.rules[number].heard(places, self._folded, self._masked)

    def _settle_sounds(self) -> None:
        sure = len(self._folded) - self._side.sounds.longest - LOOKED_AT_AFTER - self._cover
        for number, places in list(self._sounds.items()):
            known = [place for place in places if place[0] <= sure]
            if known and (hit := self._side.rules[number].heard(known, self._folded, self._masked)):
                self._heard[number] = hit
            self._sounds[number] = [place for place in places if place[0] > sure]
            if number in self._heard or not self._sounds[number]:
                del self._sounds[number]


def _places(words: Words, text: str, ends: list[int] | None, start: int) -> Iterator[Place]:
    """Places of `words` from `start` on, one after the other. `ends` are last characters of strings of which
    each place holds one; only around them is looked. None: anywhere."""
    if ends is None:
        yield from words.between(text, start, len(text))
        return
    longest, waiting = words.longest, sorted(ends)
    while waiting:
        low, high = waiting[0] - longest + 1, waiting[0] + longest
        together = 1
        while together < len(waiting) and waiting[together] - longest <= high + READ_ON:
            high = waiting[together] + longest
            together += 1
        last = waiting[together - 1]
        for place in words.between(text, max(low, start, 0), min(high, len(text))):
            start = place.end
            yield place
            if last < start:
                break
        del waiting[:together]
