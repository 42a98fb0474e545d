"""The hall as the configuration names it: positions and their names, who works with it and by what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from gateway.config_base import Name, Port, Seconds, Secret, Section
from gateway.desk.orders.terms import Deadlines, hours, within_of

Extension = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]


CodeWord = Annotated[str, Field(min_length=2, max_length=40)]


class PositionConfig(Section):
    """One position: the phone's extension, as the queues know it, and what people call the seat."""

    extension: Extension
    name: Annotated[str, Field(max_length=40)] = ""
    pbx: str = ""
    """Where the phone is registered; needed only where two PBXs have the same extension."""


class DeskConfig(Section):
    """Without positions here, every member of the PBX's queues is one."""

    call_back_within_s: Annotated[float, Field(ge=10, le=86_400)] = 180.0
    """So soon a caller who hung up before anybody answered is to be rung back."""
    positions: Annotated[tuple[PositionConfig, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [position.extension for position in self.positions]
        twice = sorted({each for each in named if named.count(each) > 1})
        if twice:
            raise ValueError(f"two [[desk.positions]] have the extension {twice[0]!r}; a phone stands at one")
        return self


class QuietConfig(Section):
    """Callers who cannot speak. `code_words`: what they may say instead, agreed within the site or by a
    campaign; whoever says one raises a silent alarm."""

    code_words: Annotated[tuple[CodeWord, ...], Field(max_length=200)] = ()


class OrdersConfig(Section):
    """Work orders. `…_within`: "3 working days" and the like, and stands before the hours of the clock.
    `key_files`: what each department's messages over MQTT must carry."""

    accept_within_h: Annotated[float, Field(gt=0, le=24 * 365)] = 2.0
    answer_within_h: Annotated[float, Field(gt=0, le=24 * 365)] = 120.0
    accept_within: str | None = None
    answer_within: str | None = None
    key_files: dict[Name, Path] = Field(default_factory=dict)

    @field_validator("accept_within", "answer_within")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        if text is not None:
            within_of(text)
        return text

    def usual(self) -> Deadlines:
        """The deadlines of a department whose entry in the directory names none."""
        accept, answer = self.accept_within, self.answer_within
        return Deadlines(
            accept=within_of(accept) if accept else hours(self.accept_within_h),
            answer=within_of(answer) if answer else hours(self.answer_within_h),
        )

    def keys(self) -> dict[str, str]:
        return {
            name: Secret(secret_file=file).secret() for name, file in self.key_files.items()
        }  # fmt: skip


class DispatchConfig(Secret):
    """The dispatch core. `ack_within_s`: how soon it acknowledges an alarm; None: none does here."""

    ack_within_s: Seconds | None = None

    def key(self) -> str | None:
        """What its messages must carry."""
        return None if self.secret_file is None and self.secret_env is None else self.secret()


class TrainingConfig(Section):
    """`intake110 training`. `state_dir` None: `training` below the gateway's; nothing of it is the hall's."""

    folder: Path = Path("conf/training")
    state_dir: Path | None = None
    host: str = "127.0.0.1"
    port: Port = 8120


class PlansConfig(Section):
    folder: Path = Path("conf/plans")


class DirectoryConfig(Section):
    """`calendar`: holidays and duty phones; None: calendar.toml beside `file`, if it is there."""

    file: Path = Path("conf/departments.toml")
    calendar: Path | None = None

    @property
    def calendar_file(self) -> Path:
        return self.calendar or self.file.with_name("calendar.toml")
