"""What is wrong with a set of packs, told for the person who mends it: where, what, and what to do, in both
languages.

Everything that reads packs puts what it finds into one `Report` and goes on, so that a person sees every
fault of every file at once and not the first only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

MAX_PROBLEMS = 200
"""Problems told of one set, errors before warnings; the rest is counted in a last one."""
SHOWN_CHARACTERS = 60
"""Of a word or value of a pack that is quoted in a sentence; the rest is cut off."""


class Severity(StrEnum):
    """An error refuses the whole set; a warning says that a rule may not do what its writer thinks."""

    ERROR = "error"
    WARNING = "warning"


class Said(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault. `line` and `column` count from 1; `column` is None when only the line is known; `rule_id`
    when it is the fault of one rule."""

    file: str
    line: int
    column: int | None = None
    severity: Severity = Severity.ERROR
    rule_id: str | None = None
    what_zh: str
    what_en: str
    cure_zh: str
    cure_en: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.what_en}. {self.cure_en}"

    @property
    def zh(self) -> str:
        """The same in Chinese."""
        return f"{self.file} 第{self.line}行：{self.what_zh}。{self.cure_zh}"


class RulePackError(Exception):
    """The rule packs cannot be used. `problems` are all their errors, in the order of files and lines;
    `file`, `line`, `what` and `cure` are those of the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        self.file, self.line, self.what, self.cure = (first.file, first.line, first.what_en, first.cure_en)
        more = len(problems) - 1
        self.zh = first.zh + (f"（另有{more}处）" if more else "")
        super().__init__(f"{first} (and {more} more)" if more else str(first))


class Mark(NamedTuple):
    """Where a value stands in its file, both from 1."""

    line: int
    column: int | None = None


@dataclass
class Report:
    """Collects problems while packs are read; at most MAX_PROBLEMS of each severity are kept."""

    kept: dict[Severity, list[Problem]] = field(default_factory=lambda: {one: [] for one in Severity})
    counts: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))

    def error(self, file: str, mark: Mark, what: Said, cure: Said, rule_id: str | None = None) -> None:
        self._tell(Severity.ERROR, file, mark, what, cure, rule_id)

    def warn(self, file: str, mark: Mark, what: Said, cure: Said, rule_id: str | None = None) -> None:
        self._tell(Severity.WARNING, file, mark, what, cure, rule_id)

    def _tell(
        self, severity: Severity, file: str, mark: Mark, what: Said, cure: Said, rule_id: str | None
    ) -> None:
        self.counts[severity] += 1
        if len(self.kept[severity]) < MAX_PROBLEMS:
            self.kept[severity].append(
                Problem(
                    file=file,
                    line=mark.line,
                    column=mark.column,
                    severity=severity,
                    rule_id=rule_id,
                    what_zh=what.zh,
                    what_en=what.en,
                    cure_zh=cure.zh,
                    cure_en=cure.en,
                )
            )

    def take(self, other: Report) -> None:
        """What another report holds, as if it had been told here."""
        for severity, problems in other.kept.items():
            self.counts[severity] += other.counts[severity]
            room = MAX_PROBLEMS - len(self.kept[severity])
            self.kept[severity] += problems[: max(0, room)]

    @property
    def refused(self) -> bool:
        return self.counts[Severity.ERROR] > 0

    def told(self) -> tuple[Problem, ...]:
        """All problems, errors first, each kind in the order of files and lines; the uncounted rest as a
        last one."""
        ordered = [
            problem
            for severity in Severity
            for problem in sorted(self.kept[severity], key=lambda one: (one.file, one.line, one.column or 0))
        ]
        shown, rest = ordered[:MAX_PROBLEMS], sum(self.counts.values()) - MAX_PROBLEMS
        if rest > 0:
            last = shown[-1]
            shown.append(
                Problem(
                    file=last.file,
                    line=last.line,
                    severity=last.severity,
                    what_zh=f"还有{rest}处问题没有列出",
                    what_en=f"{rest} more problems are not listed",
                    cure_zh="先改好上面列出的，再检查一次。",
                    cure_en="Mend those listed, then check again.",
                )
            )
        return tuple(shown)

    def refuse(self) -> None:
        """Raise RulePackError with every error when there is one."""
        if self.refused:
            raise RulePackError(tuple(one for one in self.told() if one.severity is Severity.ERROR))


def shown(value: object) -> str:
    """A value of a pack as a sentence quotes it, cut to SHOWN_CHARACTERS."""
    text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
