"""One action of AMI, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiAction:
    name: str
    fields: Mapping[str, str]
    variables: tuple[str, ...] = ()
    """Channel variables (name=value) that an Originate sets."""

    @property
    def wire(self) -> dict[str, str | Sequence[str]]:
        """What is sent beside the action's name."""
        return {**self.fields, "Variable": self.variables} if self.variables else dict(self.fields)
