"""A call's sheet is printed: asked for with a purpose and written down before the page is served."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.signals import CallRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSheet(CallRequest):
    """`purpose`: what the paper is for, as a person says it."""

    purpose: str
