"""The invented demo callers: what they say, where they are, and what the product should make of it."""

from __future__ import annotations

import tomllib
import wave
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.speech.voice import Voice
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.plan import CallPlan, Circle
from gateway.testing.lab.speak import speak_wav

CALLER_TAIL_SECONDS = 1.5
"""A caller stays so long after the last word of either side."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Table):
    """Somebody says `text` from `at` on, in seconds since the desk answered."""

    who: Literal["caller", "call_taker"]
    at: float = Field(ge=0, le=60)
    text: str


class Expected(_Table):
    """What the product should say of the call (codes of the project)."""

    alarm_class: str
    nature: str
    department: str | None = None
    ending: Literal["COMPLETED", "ABANDONED"] = "COMPLETED"


class Scene(_Table):
    """One demo caller. `patient = false`: gives up in the queue after `stay_s`, no desk ever answers."""

    id: str
    title_zh: str
    title_en: str
    caller: str = Field(pattern=r"^1380013\d{4}$")
    x_ali: str | None = None
    place: Circle | None = None
    patient: bool = True
    stay_s: float | None = None
    caller_voice: Voice = Voice()
    call_taker_voice: Voice = Voice(variant="f2", speed=170, pitch=55)
    turns: tuple[Turn, ...] = ()
    expected: Expected

    def plan(self, cache: Cache) -> CallPlan:
        """Both sides spoken into files. Slow the first time: run it in a thread."""
        caller = self._wav("caller", self.caller_voice, cache)
        desk = self._wav("call_taker", self.call_taker_voice, cache)
        stay = (
            self.stay_s
            if self.stay_s is not None
            else max(_seconds(caller), _seconds(desk)) + CALLER_TAIL_SECONDS
        )
        return CallPlan(
            caller=self.caller,
            caller_wav=caller,
            desk_wav=desk,
            stay_s=stay,
            patient=self.patient,
            desk_answers=self.patient,
            headers={"X-ALI": self.x_ali} if self.x_ali else {},
            place=self.place,
        )

    def _wav(self, who: str, voice: Voice, cache: Cache) -> Path:
        """Without turns: a quiet room, as long as the caller stays."""
        turns = [(turn.at, turn.text) for turn in self.turns if turn.who == who]
        return speak_wav(turns, voice, cache, seconds=self.stay_s or 0.0)


def load_scenes(path: Path) -> tuple[Scene, ...]:
    """Raises pydantic.ValidationError, which names the scene's place in the file and the key."""
    tables: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["scene"]
    return tuple(Scene.model_validate(table) for table in tables)


def _seconds(wav: Path) -> float:
    with wave.open(str(wav)) as header:
        seconds: float = header.getnframes() / header.getframerate()
        return seconds


SCENES = load_scenes(Path(__file__).with_name("scenes.toml"))
