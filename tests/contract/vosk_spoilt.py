"""Models spoilt in every way that is known: the rows of vosk_table.py that are about a model's files."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

GARBAGE = random.Random(1).randbytes(5000)


def without(name: str) -> Callable[[Path], None]:
    return lambda model: (model / name).unlink()


def holding(name: str, data: bytes) -> Callable[[Path], None]:
    def spoil(model: Path) -> None:
        (model / name).unlink(missing_ok=True)
        (model / name).write_bytes(data)

    return spoil


def cut(name: str, share: float) -> Callable[[Path], None]:
    def spoil(model: Path) -> None:
        data = (model / name).read_bytes()
        holding(name, data[: int(len(data) * share)])(model)

    return spoil


def swapped(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def spoil(model: Path) -> None:
        holding(name, (model / name).read_bytes().replace(old, new))(model)

    return spoil


def short_words(model: Path) -> None:
    """Whole lines, and #0 at the end, but half of the words are missing."""
    lines = (model / "graph/words.txt").read_bytes().splitlines(keepends=True)
    holding("graph/words.txt", b"".join([*lines[: len(lines) // 100], b"#0 205\n"]))(model)


def upsample_off(model: Path) -> None:
    swapped("conf/mfcc.conf", b"sample-frequency=8000", b"sample-frequency=16000")(model)
    swapped("conf/mfcc.conf", b"--allow-upsample=true\n", b"")(model)


def static_graph(model: Path) -> None:
    """A small HCLG beside the dynamic graph: libvosk then uses it alone. It hears silence for ever."""
    transitions = range(1, 3)
    arcs = b"".join(struct.pack("<iifi", tid, 0, 1.0, 0) for tid in transitions)
    header = struct.pack("<i", 2125659606)
    for name in (b"const", b"standard"):
        header += struct.pack("<i", len(name)) + name
    header += struct.pack("<iiQqqq", 2, 0, 0, 0, 1, len(transitions))
    state = struct.pack("<fIIII", 0.0, 0, len(transitions), 0, len(transitions))
    holding("graph/HCLG.fst", header + state + arcs)(model)


SPOILT: dict[str, Callable[[Path], None]] = {
    "folder is missing": shutil.rmtree,
    "folder is empty": lambda model: (shutil.rmtree(model), model.mkdir(), None)[-1],
    "folder is a file": lambda model: (shutil.rmtree(model), model.write_bytes(b""), None)[-1],
    "final.mdl is missing": without("am/final.mdl"),
    "final.mdl is empty": holding("am/final.mdl", b""),
    "final.mdl is garbage": holding("am/final.mdl", GARBAGE),
    "final.mdl is cut short": cut("am/final.mdl", 0.7),
    "HCLr.fst is missing": without("graph/HCLr.fst"),
    "HCLr.fst is garbage": holding("graph/HCLr.fst", GARBAGE),
    "HCLr.fst is cut short": cut("graph/HCLr.fst", 0.5),
    "Gr.fst is missing": without("graph/Gr.fst"),
    "Gr.fst is garbage": holding("graph/Gr.fst", GARBAGE),
    "Gr.fst is cut short": cut("graph/Gr.fst", 0.7),
    "HCLG.fst is garbage": holding("graph/HCLG.fst", GARBAGE),
    "words.txt is missing": without("graph/words.txt"),
    "words.txt is shorter than the graph's ids": short_words,
    "mfcc.conf is missing": without("conf/mfcc.conf"),
    "model.conf is missing": without("conf/model.conf"),
    "model.conf has an unknown option": holding("conf/model.conf", b"--no-such-option=1\n"),
    "word_boundary.int is bad": holding("graph/phones/word_boundary.int", b"1 nonword\n2 somewhere\n"),
    "mfcc dimensions do not match the network": swapped("conf/mfcc.conf", b"num-ceps=64", b"num-ceps=13"),
}  # fmt: skip
