"""The port behind which every source stands that must be asked for a place: HELD, a provider's ALI database,
the site's own tables of subscribers and cells, bodies that were handed in for a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gateway.location.model import BodyReading, Datum, LocationSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a source is told of a call. `ani`: the caller's number as the network gave it; `uri`: a reference
    that came with the call and is to be fetched; `cell`: MCC-MNC-LAC-CI where the carrier told it.
    """

    call_id: str
    ani: str | None = None
    sip_call_id: str | None = None
    uri: str | None = None
    cell: str | None = None


class LocatorFailed(Exception):
    """The source gave no answer: what happened, and what to do about it, in one sentence."""


class Locator(Protocol):
    """One source. `source` is its mark on the card, `name` its key in gateway.toml."""

    @property
    def name(self) -> str: ...

    @property
    def source(self) -> LocationSource: ...

    @property
    def datum(self) -> Datum | None:
        """That of its coordinates which name none (`fix.fixes` takes it); None: such coordinates are
        refused.
        """
        ...

    def concerns(self, asked: Asked) -> bool:
        """Whether it can be asked about this call at all; False costs nothing and is no failure."""
        ...

    async def locate(self, asked: Asked) -> BodyReading:
        """Everything it knows; a reading without locations when it knows nothing.

        Ends within the source's own time limit, whatever the other side does. Raises LocatorFailed.
        """
        ...

    async def close(self) -> None: ...
