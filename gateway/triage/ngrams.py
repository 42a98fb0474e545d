"""Words as numbers for the second opinion: pieces of what was said, hashed.

Pieces are one to three Chinese characters in a row, and one or two words of other scripts; figures are left
out, so that no telephone number is learnt. A piece's number is CRC-32 of its UTF-8, modulo `BUCKETS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gateway.text.fold import fold

KIND = "han1-3+word1-2/crc32/2^18/1"
"""Names how pieces are made; a model made otherwise is refused."""
BUCKETS = 1 << 18
MAX_CHARS = 5_000
"""Of one utterance; what is longer is not looked at to its end."""
Pieces = NDArray[np.int32]
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]+")


def pieces(text: str) -> Pieces:
    """The numbers of the pieces of one utterance, each once, ascending."""
    found = {crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS for piece in _pieces(text)}
    return np.array(sorted(found), dtype=np.int32)


def _pieces(text: str) -> Iterator[str]:
    words: list[str] = []
    for run in _RUNS.findall(fold(text[:MAX_CHARS]).lower()):
        if "\u3400" <= run[0] <= "\u9fff":
            for size in (1, 2, 3):
                yield from (run[at : at + size] for at in range(len(run) - size + 1))
        else:
            words.append(run)
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
