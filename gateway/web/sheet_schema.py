"""What people say to have a call sheet printed."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from gateway.web.schema import Incoming, Line


class SheetRequest(Incoming):
    """`purpose`: what the paper is for; it is journaled and stands on the paper."""

    request_id: UUID
    purpose: Line


class SheetQuery(Incoming):
    """The language of the paper; usual: the browser's."""

    lang: Literal["zh-CN", "en"] | None = None
