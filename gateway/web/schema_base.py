"""What all bodies of the HTTP API share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Incoming(BaseModel):
    """A body from outside: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outgoing(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
