"""What all sources share that are asked by the caller's number."""

from __future__ import annotations

from typing import Protocol

from gateway.location.locator import Asked
from gateway.location.model import Datum, LocationSource
from gateway.location.numbering import national


class NumberSettings(Protocol):
    """The part of a source's settings by which it is known and asked."""

    @property
    def name(self) -> str: ...

    @property
    def datum(self) -> Datum | None: ...

    @property
    def country_code(self) -> str: ...


class ByNumber:
    """The part of `Locator` that is the same for all of them. `mark`: what stands on the card."""

    mark = LocationSource.ALI

    def __init__(self, settings: NumberSettings) -> None:
        self._asked_as = settings

    @property
    def name(self) -> str:
        return self._asked_as.name

    @property
    def source(self) -> LocationSource:
        return self.mark

    @property
    def datum(self) -> Datum | None:
        return self._asked_as.datum

    def concerns(self, asked: Asked) -> bool:
        return bool(asked.ani and national(asked.ani, self._asked_as.country_code))
