"""[together] of gateway.toml: when many calls count as a surge, and when calls look like a flood."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.config_base import Section

Count = Annotated[int, Field(ge=2, le=10_000)]
Span = Annotated[float, Field(ge=5, le=86_400)]


class FloodConfig(Section):
    one_ring_s: Annotated[float, Field(ge=1, le=60)] = 6.0
    one_ring_calls: Count = 4
    one_ring_within_s: Span = 600.0
    same_number_calls: Count = 10
    same_number_within_s: Span = 1800.0
    range_numbers: Count = 8
    range_within_s: Span = 120.0
    source_calls: Count = 40
    source_within_s: Span = 60.0
    short_share: Annotated[float, Field(gt=0, le=1)] = 0.6
    over_after_s: Span = 900.0
    reserved_seats: Annotated[int, Field(ge=0, le=1_000)] = 2
    rank_in_queue: bool = False


class TogetherConfig(Section):
    surge_calls: Count = 5
    surge_within_s: Span = 300.0
    flood: FloodConfig = FloodConfig()
