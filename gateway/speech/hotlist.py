"""Today's hot words: files that people edit, and what the rules listen for; told anew when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.speech.hotwords import MAX_WORDS, clean

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0
"""How soon a changed file counts."""
MAX_FILE_BYTES = 4 * 1024 * 1024
"""A longer file is no list of hot words, and is left out."""


class HotList:
    """`files` come first, so that names of the day are never cut; then `others` (rule words). `tell` gets the
    whole list whenever it differs. A file that cannot be read is named once, the others count."""

    def __init__(
        self,
        files: Sequence[Path],
        others: Callable[[], Iterable[str]],
        tell: Callable[[tuple[str, ...]], None],
        clock: Clock,
    ) -> None:
        self._files, self._others, self._tell, self._clock = files, others, tell, clock
        self._told: tuple[str, ...] | None = None
        self._faults: frozenset[str] = frozenset()

    async def run(self) -> None:
        """For ever."""
        while True:
            words, faults = await asyncio.to_thread(self._read)
            for fault in faults - self._faults:
                log.error("hot words are missing", reason=fault)
            self._faults = faults
            if words != self._told:
                self._told = words
                log.info("hot words", count=len(words))
                self._tell(words)
            await self._clock.sleep(LOOK_EVERY_S)

    def _read(self) -> tuple[tuple[str, ...], frozenset[str]]:
        lines: list[str] = []
        faults: set[str] = set()
        for file in self._files:
            try:
                lines += read(file)
            except HotWordsError as error:
                faults.add(str(error))
        return tuple(clean([*lines, *self._others()])), frozenset(faults)


class HotWordsError(Exception):
    """A list of hot words that cannot be used. The message says which file and how to mend it."""


def read(file: Path) -> list[str]:
    """The lines of a list, cleaned: one word a line, `#` begins a remark. Raises HotWordsError."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise HotWordsError(
                f"{file}: longer than {MAX_FILE_BYTES} bytes; at most {MAX_WORDS:,} words count"
            )
        return clean(file.read_text(encoding="utf-8").splitlines())
    except OSError as error:
        raise HotWordsError(f"{file}: cannot be read ({error.strerror}); mend speech.hot_words") from error
    except UnicodeDecodeError as error:
        raise HotWordsError(f"{file}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
