"""OpenFst's binary files, written by hand: a const FST, and an `olabel_lookahead` FST around one.

No program of OpenFst is needed, nor a library of it (which must never share a process with vosk's own).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

MAGIC, LOOKAHEAD_MAGIC = 2125659606, 446681434
EXPANDED, ACCEPTOR, TRANSDUCER = 1, 1 << 16, 1 << 17
INPUT_SORTED, OUTPUT_SORTED = 1 << 28, 1 << 30
STATE = np.dtype([("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("in_eps", "<u4"), ("out_eps", "<u4")])
ARC = np.dtype([("input", "<i4"), ("output", "<i4"), ("cost", "<f4"), ("to", "<i4")])

Arc = tuple[int, int, float, int]
"""Input label, output label, cost, where to; label 0 is nothing (epsilon)."""


@dataclass
class Fst:
    """States are numbers from 0; 0 is the start."""

    arcs: list[list[Arc]] = field(default_factory=list)
    finals: dict[int, float] = field(default_factory=dict)

    def state(self) -> int:
        """A new state."""
        self.arcs.append([])
        return len(self.arcs) - 1

    def arc(self, begin: int, arc: Arc) -> None:
        """One way out of a state."""
        self.arcs[begin].append(arc)


def const(fst: Fst, by: str) -> bytes:
    """The file of a const FST, arcs sorted by their `input` (an acceptor) or `output` labels."""
    key = 0 if by == "input" else 1
    ordered = [sorted(arcs, key=lambda arc: (arc[key], arc[1 - key], arc[3])) for arcs in fst.arcs]
    counts = np.array([len(arcs) for arcs in ordered])
    arcs = np.array([arc for arcs in ordered for arc in arcs], ARC)
    states = np.zeros(len(ordered), STATE)
    states["final"] = np.inf
    for state, cost in fst.finals.items():
        states["final"][state] = cost
    states["arcs"], states["first"] = counts, np.cumsum(counts) - counts
    states["in_eps"] = [sum(arc[0] == 0 for arc in arcs) for arcs in ordered]
    states["out_eps"] = [sum(arc[1] == 0 for arc in arcs) for arcs in ordered]
    header = _header("const", 2, _properties(key), len(states), len(arcs))
    return header + states.tobytes() + arcs.tobytes()


def _properties(key: int) -> int:
    return EXPANDED | (
        (ACCEPTOR | INPUT_SORTED | OUTPUT_SORTED) if key == 0 else (TRANSDUCER | OUTPUT_SORTED)
    )


def _header(kind: str, version: int, properties: int, states: int, arcs: int) -> bytes:
    head = struct.pack("<i", MAGIC) + _string(kind) + _string("standard")
    return head + struct.pack("<iiQqqq", version, 0, properties, 0, states, arcs)


def _string(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()


Interval = tuple[int, int]


def look_ahead(fst: Fst, reached: Sequence[Sequence[Interval]], final_label: int) -> bytes:
    """An `olabel_lookahead` FST: with each state the intervals of words that can still come from it.

    Layout: header, magic, the const FST, flags (add-on: yes, for input: no, for output: yes), then
    LabelReachableData: for input (no), keep relabelling (no), the label that stands for "may end here",
    and of each state the intervals (begin, end not included) and how many labels they hold.
    """
    if len(reached) != len(fst.arcs):
        raise ValueError(f"{len(fst.arcs)} states, but intervals of {len(reached)}")
    inner = const(fst, "output")
    count = sum(len(arcs) for arcs in fst.arcs)
    out = bytearray(_header("olabel_lookahead", 1, _properties(1), len(fst.arcs), count))
    out += struct.pack("<i", LOOKAHEAD_MAGIC) + inner
    out += b"\1\0\1" + b"\0\0" + struct.pack("<iq", final_label, len(reached))
    for intervals in reached:
        out += struct.pack("<q", len(intervals))
        for begin, end in intervals:
            out += struct.pack("<ii", begin, end)
        out += struct.pack("<i", sum(end - begin for begin, end in intervals))
    return bytes(out)
