"""What of a link sent to a caller stands on every line of the board."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from gateway.calls.share import LinkState


class ShareShown(BaseModel):
    """The newest link (`link` counts them), and what came over all of them. `state`: unsent failed,
    unknown may have gone out. `delivery`: what the provider reported; `fault`: why it did not go out."""

    model_config = ConfigDict(extra="forbid")

    link: int
    state: LinkState
    by: str
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    delivery: Literal["delivered", "failed", "expired"] | None
    fault: str | None
    texts: int
    pictures: int
    positions: int
