"""The hall as the configuration names it: positions and what they are called."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from gateway.config_base import Section

Extension = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]


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
