from __future__ import annotations

import struct
from pathlib import Path

import pytest

from gateway.speech.models.graph import GraphError, read


def text(value: str) -> bytes:
    return struct.pack("<i", len(value.encode())) + value.encode()


def symbols(*words: str) -> bytes:
    table = struct.pack("<i", 2125658996) + text("words") + struct.pack("<qq", len(words), len(words))
    return table + b"".join(text(word) + struct.pack("<q", number) for number, word in enumerate(words))


def graph(
    kind: str = "const",
    *,
    words: tuple[str, ...] = (),
    outputs: tuple[int, ...] = (3, 7, 1),
    version: int = 2,
    arcs_told: int | None = None,
) -> bytes:
    told = len(outputs) if arcs_told is None else arcs_told
    data = struct.pack("<i", 2125659606) + text(kind) + text("standard")
    data += struct.pack("<iiQqqq", version, 2 if words else 0, 0, 0, 1, told)
    data += symbols(*words) if words else b""
    pad = -len(data) % 16 if version == 1 else 0
    data += bytes(pad) + struct.pack("<fIIII", 0.0, 0, len(outputs), 0, 0)
    data += bytes(-len(data) % 16 if version == 1 else 0)
    return data + b"".join(struct.pack("<iifi", 1, output, 0.5, 0) for output in outputs)


def test_highest_word_is_read_from_the_arcs_aligned_or_not(tmp_path: Path) -> None:
    for version in (1, 2):
        (tmp_path / "g.fst").write_bytes(graph(version=version))
        assert read(tmp_path / "g.fst").highest_word == 7
    (tmp_path / "g.fst").write_bytes(graph(outputs=()))
    assert read(tmp_path / "g.fst").highest_word == 0


def test_graph_that_carries_its_words_tells_how_many(tmp_path: Path) -> None:
    (tmp_path / "g.fst").write_bytes(graph(words=("<eps>", "报警", "打架")))
    found = read(tmp_path / "g.fst")
    assert (found.kind, found.words, found.highest_word) == ("const", 3, 7)


def test_look_ahead_graph_is_looked_into_and_other_kinds_are_left_to_vosk(tmp_path: Path) -> None:
    outer = graph("olabel_lookahead", outputs=())[:-20]
    (tmp_path / "g.fst").write_bytes(outer + struct.pack("<i", 446681434) + graph())
    assert read(tmp_path / "g.fst").kind == "olabel_lookahead"
    (tmp_path / "g.fst").write_bytes(outer + b"none" + graph())
    with pytest.raises(GraphError, match="inner graph is missing"):
        read(tmp_path / "g.fst")
    (tmp_path / "g.fst").write_bytes(graph("ngram", words=("a", "b")))
    found = read(tmp_path / "g.fst")
    assert (found.words, found.highest_word) == (2, None)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "cut short"),
        (b"<html>404", "does not begin as a graph does"),
        (graph()[:30], "cut short"),
        (graph()[:-1], "it is cut short: "),
        (graph(arcs_told=-1), "cut short"),
        (struct.pack("<ii", 2125659606, 1 << 30), "header is damaged"),
        (graph(words=("a",)).replace(struct.pack("<i", 2125658996), b"none"), "list of words is damaged"),
    ],
)
def test_damaged_graph_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "g.fst").write_bytes(data)
    with pytest.raises(GraphError, match=told):
        read(tmp_path / "g.fst")
