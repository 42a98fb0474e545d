"""When Python looks through its memory for cycles, it stops every thread: a tenth of a second for the rule
packs alone, on a busy machine a whole one."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

GivenT = TypeVar("GivenT")
MadeT = TypeVar("MadeT")


def uncollected(build: Callable[[GivenT], MadeT], given: GivenT) -> MadeT:
    """Compiling makes so many small things that the collector would look several times; it looks later."""
    with without_collector():
        return build(given)


@contextmanager
def without_collector() -> Iterator[None]:
    """The collector rests meanwhile; where it rested before it goes on resting."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
