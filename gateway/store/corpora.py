"""The folder of corpora beside the rule packs: what every draft is tried on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gateway.triage.tried_on import Corpora, read_corpora

MAX_CORPUS_BYTES = 64 << 20
"""Size of one corpus; a longer one is left out and told."""


def read_corpus_folder(folder: Path) -> Corpora:
    """Every `*.jsonl` and `*.csv` of a folder. A site without one has none, and no draft of its passes."""
    files: dict[str, bytes] = {}
    faults: list[str] = []
    for path in sorted((*folder.glob("*.jsonl"), *folder.glob("*.csv"))):
        if path.stat().st_size > MAX_CORPUS_BYTES:
            faults.append(f"{path.name}: longer than {MAX_CORPUS_BYTES} bytes; it is left out")
        else:
            files[path.name] = path.read_bytes()
    read = read_corpora(files)
    return replace(read, faults=(*faults, *read.faults))
