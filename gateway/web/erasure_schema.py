"""What people say to have a call erased, and what is told of it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from gateway.web.schema import Incoming, Line


class ErasureRequest(Incoming):
    """`ground`: the decision or the law that demands it; it is journaled and stays."""

    request_id: UUID
    ground: Line


class ErasureDone(BaseModel):
    """`outcome`: "asked" by the first person, whose word destroys nothing yet; "erased" by a second one.
    `files_left`: files of the archive that could not be deleted. `kept_elsewhere`: what of the call lives
    on in records of their own: incident, orders, text_thread."""

    outcome: Literal["asked", "erased"]
    rev: int
    files_left: list[str]
    kept_elsewhere: list[Literal["incident", "orders", "text_thread"]]
