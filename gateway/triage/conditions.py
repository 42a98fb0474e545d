"""The library of conditions (CEL), without the command line that its package loads at import: prompt, colours
and tables for a terminal cost more time than all the rest of a start.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cel import Program
else:
    Program = Any

__all__ = ["Program", "compiled"]


def _native() -> Any:
    """The compiled part alone, known as the package from now on: it cannot be loaded twice. The whole package
    where it is laid out otherwise or was loaded before."""
    if "cel" not in sys.modules:
        package = find_spec("cel")
        inner = PathFinder.find_spec("cel", package.submodule_search_locations) if package else None
        if inner is not None and inner.loader is not None:
            module = module_from_spec(inner)
            inner.loader.exec_module(module)
            sys.modules["cel"] = module
    return import_module("cel")


_CEL = _native()


def compiled(text: str) -> Program:
    """A condition ready to be asked; raises what the library raises for one that is none."""
    made: Program = _CEL.compile(text)
    return made
