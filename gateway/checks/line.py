"""What a check says: one line, good or bad, in two languages, with the cure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    """The gateway works; something of it is missing, weak or not proved."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding. `name` is dotted, its first parts name the family: `pbx.pbx1.tap`."""

    name: str
    state: State
    zh: str
    en: str
    cure_zh: str = ""
    cure_en: str = ""

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def cure(self, language: Language) -> str:
        return self.cure_zh if language == "zh" else self.cure_en

    def json(self, language: Language) -> dict[str, str]:
        return {
            "name": self.name,
            "state": self.state.value,
            "text": self.text(language),
            "cure": self.cure(language),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Checks that build on each other: they run in order; families run beside each other."""

    name: str
    run: Callable[[], AsyncIterator[Line]]


def ok(name: str, zh: str, en: str) -> Line:
    return Line(name=name, state=State.OK, zh=zh, en=en)


def warn(name: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Line:
    return Line(name=name, state=State.WARN, zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en)


def fail(name: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Line:
    return Line(name=name, state=State.FAIL, zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en)
