"""Records of training runs: one JSON file each, in the training's own folder. No table of the hall's store
knows of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = 5_000
"""Records; of more the oldest are deleted."""


class FiledRuns:
    """Implements `gateway.runtime.drill.desk.Shelf`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, record: Mapping[str, Any]) -> None:
        """Whole or not at all: a stop in the middle leaves the record before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{record['run_id']}.json"
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, file)
        for old in sorted(self._folder.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)

    def all(self) -> list[dict[str, Any]]:
        """Oldest first: a run's id begins with its time. One that cannot be read is left out."""
        found = []
        for file in sorted(self._folder.glob("*.json")):
            try:
                found.append(json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                continue
        return found
