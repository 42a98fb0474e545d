"""Words that belong together under one name, written once and used by many rules.

A pack gives them under `words:` (家人: [老公, 老婆]); in a rule `<家人>…打` stands for any of them. A group
may be made of others. They are put in when the pack is read, so a rule costs the same as if it were written
out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from gateway.triage.problem import Said, shown
from gateway.triage.terms import TermError

MAX_EXPANDED = 20_000
"""Characters of one word with its groups put in; a longer one is refused."""
MAX_SET_CHARACTERS = 3_000_000
"""Characters of all words of a set with their groups put in; what goes beyond is refused, not compiled."""
MAX_DEPTH = 6
"""Groups made of groups made of groups: no deeper, so that none can hold itself."""
_NAME = re.compile(r"<([^<>|…()]{1,30})>")

Groups = Mapping[str, Sequence[str]]


def expand(term: str, groups: Groups, depth: int = 0) -> str:
    """`term` with every `<name>` replaced by the group's words; raises TermError for a name nobody gave."""
    if "<" not in term:
        return term
    if depth > MAX_DEPTH:
        raise TermError(
            f"“{shown(term)}”的词组互相包含", f"“{shown(term)}” is made of groups that hold one another"
        )

    def put_in(name: re.Match[str]) -> str:
        if (words := groups.get(name[1])) is None:
            near = difflib.get_close_matches(name[1], groups, n=1, cutoff=0.3)
            hint = Said(f"；是不是<{near[0]}>", f"; did you mean <{near[0]}>") if near else Said("", "")
            raise TermError(
                f"没有词组<{name[1]}>{hint.zh}", f"there is no group of words <{name[1]}>{hint.en}"
            )
        return "(" + "|".join(expand(word, groups, depth + 1) for word in words) + ")"

    expanded = _NAME.sub(put_in, term)
    if len(expanded) > MAX_EXPANDED:
        raise TermError(
            f"“{shown(term)}”放入词组后有{len(expanded)}个字；最多{MAX_EXPANDED}",
            f"“{shown(term)}” has {len(expanded)} characters with its groups; at most {MAX_EXPANDED}",
        )
    return expanded


class Spelling:
    """The groups of a set, and how many characters its words may still have with them put in."""

    def __init__(self, groups: Groups, characters: int = MAX_SET_CHARACTERS) -> None:
        self.groups, self._limit, self._left = groups, characters, characters

    def spelt(self, term: str) -> str:
        """`term` with its groups put in; raises TermError, also when the set has too many characters."""
        if self._left <= 0:
            raise TermError(
                f"整套规则的词放入词组后超过{self._limit}个字，不再读",
                f"the words of the set have more than {self._limit} characters with their groups",
            )
        made = expand(term, self.groups)
        self._left -= len(made)
        return made
