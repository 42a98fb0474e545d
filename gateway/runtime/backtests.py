"""Performs RunBackTest: the stored calls and the site's corpora, judged by draft and active pack in a process
of its own, with progress on the pages."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from gateway.clock import Clock
from gateway.journal.codec import decode, encode
from gateway.rulebook.content import Sources
from gateway.rulebook.effects import RunBackTest
from gateway.rulebook.model import BackTest
from gateway.rulebook.signals import BackTested, BackTestFailed, RulebookSignal
from gateway.runtime.backtest_child import packed
from gateway.runtime.hub import Hub
from gateway.runtime.packs import Packs, UnusablePack
from gateway.triage.backtest import Case, Result, Said, Tally, VetoCase
from gateway.triage.classifier import Files
from gateway.triage.model import VetoCode
from gateway.triage.tried_on import Corpora

log = structlog.get_logger(__name__)

MAX_CALLS = 20_000
"""Stored calls of one back-test: the newest. More are left out, which the result says."""
MAX_TEXTS = 50_000
"""Texts of corpora, and as many sentences of the veto corpus; more are left out, which the result says."""
AT_ONCE = 25
"""Cases of one batch: so often progress is told."""
LINE_LIMIT = 64 << 20
"""Bytes of one line between the two processes."""
ANSWER_WITHIN_S = 300.0
"""A batch, or compiling, that takes longer is given up, and the back-test with it."""
TOLD_EVERY_S = 0.5
"""Progress is told no more often."""


class BackTestError(Exception):
    """The back-test could not be done; the message says why."""


class Material(Protocol):
    """What a back-test is made on, and where its result is kept. Every method may raise StoreUnavailable."""

    async def calls(self, before: Any | None) -> tuple[Sequence[Case], Any | None]:
        """A page of ended calls, newest first, and where the next begins; None: that was the last."""
        ...

    async def corpora(self) -> Corpora: ...

    async def keep(self, run_id: str, draft_id: str, at: datetime, result: Result) -> None: ...


Quiet = tuple[Sequence[VetoCode], Sequence[VetoCode]]
"""Vetoes that stay quiet on a sentence, by the active pack and by the draft."""
Judged = tuple[list[tuple[Said, Said]], tuple[float, float], list[Quiet]]
"""(active, draft) of every case, milliseconds of both, what stays quiet on every sentence."""


class Bench(Protocol):
    """Both packs, ready to judge, beside the same model: `opinion` is its hash."""

    @property
    def opinion(self) -> str | None: ...

    async def judge(self, cases: Sequence[Case], vetoes: Sequence[VetoCase]) -> Judged: ...


@dataclass(slots=True)
class _Run:
    run_id: str
    draft_id: str
    tally: Tally = field(default_factory=Tally)
    done: int = 0
    of: int = 0
    ms: list[float] = field(default_factory=lambda: [0.0, 0.0])
    truncated: bool = False
    told_at: float = float("-inf")


class BackTests:
    """One at a time; further ones wait, and stay owed."""

    def __init__(
        self, *, packs: Packs, material: Material, hub: Hub, clock: Clock,
        opinion: Callable[[], Files | None] = lambda: None,
        bench: Callable[[Sources, Sources, Files | None], Any] | None = None,
    ) -> None:  # fmt: skip
        """`opinion`: the model beside the pack that judges. `bench`: (active, draft, model) to an
        asynchronous context that gives a Bench; None: a child process."""
        self._packs, self._material, self._hub, self._clock = packs, material, hub, clock
        self._opinion, self._bench = opinion, bench or child
        self._turn = asyncio.Lock()
        self._run: _Run | None = None

    def progress(self, run_id: str) -> float | None:
        """0 to 1; None: it has not begun, or is over."""
        run = self._run
        if run is None or run.run_id != run_id:
            return None
        return min(1.0, run.done / run.of) if run.of else 0.0

    async def perform(self, effect: RunBackTest) -> Iterable[RulebookSignal]:
        """Its outcome as a signal; nothing when the draft has changed meanwhile."""
        async with self._turn:
            if not self._wanted(effect):
                return ()
            self._run = _Run(effect.run_id, effect.draft_id)
            try:
                result = await self._result(effect, self._run)
            except (UnusablePack, BackTestError) as error:
                return self.failed(effect, error)
            finally:
                self._run = None
        if result is None:
            return ()
        at = self._clock.now()
        await self._material.keep(effect.run_id, effect.draft_id, at, result)
        return (
            BackTested(
                site=self._packs.book.site,
                at=at,
                draft_id=effect.draft_id,
                summary=_summary(effect, at, result),
            ),
        )

    def failed(self, effect: RunBackTest, error: Exception) -> Iterable[RulebookSignal]:
        """It is not tried again by itself: a person looks, and asks again."""
        log.error("a back-test failed", run_id=effect.run_id, reason=str(error))
        return (
            BackTestFailed(
                site=self._packs.book.site, at=self._clock.now(), draft_id=effect.draft_id,
                run_id=effect.run_id, reason=(str(error) or repr(error))[:500],
            ),
        )  # fmt: skip

    def _wanted(self, effect: RunBackTest) -> bool:
        draft = self._packs.book.draft(effect.draft_id)
        return draft is not None and draft.testing == effect.run_id

    async def _result(self, effect: RunBackTest, run: _Run) -> Result | None:
        active = await self._packs.sources(effect.base)
        draft = await self._packs.sources(effect.hash)
        corpora = await self._material.corpora()
        run.truncated = max(len(corpora.cases), len(corpora.vetoes)) > MAX_TEXTS
        async with self._bench(active, draft, self._opinion()) as bench:
            async for cases, vetoes in self._batches(corpora, run):
                if not self._wanted(effect):
                    return None
                said, spent, quiet = await bench.judge(cases, vetoes)
                self._add(run, cases, vetoes, said, spent, quiet)
            return run.tally.result(
                run.ms[1], run.ms[0], truncated=run.truncated, faults=corpora.faults, opinion=bench.opinion
            )

    async def _batches(
        self, corpora: Corpora, run: _Run
    ) -> AsyncIterator[tuple[Sequence[Case], Sequence[VetoCase]]]:
        """The corpora, then the stored calls page by page."""
        cases, vetoes = corpora.cases[:MAX_TEXTS], corpora.vetoes[:MAX_TEXTS]
        run.of = len(cases) + len(vetoes)
        for at in range(0, max(len(cases), len(vetoes)), AT_ONCE):
            yield cases[at : at + AT_ONCE], vetoes[at : at + AT_ONCE]
        before, taken = None, 0
        while taken < MAX_CALLS:
            page, before = await self._material.calls(before)
            page = page[: MAX_CALLS - taken]
            taken += len(page)
            run.of += len(page)
            for at in range(0, len(page), AT_ONCE):
                yield page[at : at + AT_ONCE], ()
            if before is None:
                return
        run.truncated = True

    def _add(
        self, run: _Run, cases: Sequence[Case], vetoes: Sequence[VetoCase],
        said: Sequence[tuple[Said, Said]], spent: tuple[float, float], quiet: Sequence[Quiet],
    ) -> None:  # fmt: skip
        for case, (active, draft) in zip(cases, said, strict=True):
            run.tally.add(case, active, draft)
        for sentence, codes in zip(vetoes, quiet, strict=True):
            run.tally.heard(sentence, *codes)
        run.ms = [run.ms[0] + spent[0], run.ms[1] + spent[1]]
        run.done += len(cases) + len(vetoes)
        if self._clock.monotonic() - run.told_at >= TOLD_EVERY_S:
            run.told_at = self._clock.monotonic()
            told = {"draft_id": run.draft_id, "run_id": run.run_id, "done": run.done, "of": run.of}
            self._hub.publish("rule_test", None, told)


def _summary(effect: RunBackTest, at: datetime, result: Result) -> BackTest:
    return BackTest(
        run_id=effect.run_id, hash=effect.hash, base=effect.base, at=at, by=effect.by, calls=result.calls,
        texts=result.texts, missed=result.missed, vetoes=result.vetoes, vetoes_missed=result.vetoes_missed,
        flipped=result.flipped, agreement=result.agreement, opinion=result.opinion, caught=result.caught,
        veto_codes=result.veto_codes,
    )  # fmt: skip


# ---- the child process


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.opinion: str | None = None

    async def judge(self, cases: Sequence[Case], vetoes: Sequence[VetoCase]) -> Judged:
        told = await self.ask(
            {"cases": [encode(one) for one in cases], "vetoes": [encode(one) for one in vetoes]}
        )
        said = [(decode(Said, active), decode(Said, draft)) for active, draft in told["said"]]
        quiet = [(_codes(active), _codes(draft)) for active, draft in told["quiet"]]
        return said, (told["ms"][0], told["ms"][1]), quiet

    async def ask(self, told: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                self._process.stdin.write(json.dumps(told).encode() + b"\n")
                await self._process.stdin.drain()
                line = await self._process.stdout.readline()
        except TimeoutError as error:
            raise BackTestError(f"judging a batch took more than {ANSWER_WITHIN_S:.0f} s") from error
        except (ConnectionError, ValueError) as error:
            raise BackTestError(f"the judging process broke off: {error}") from error
        if not line:
            raise BackTestError("the judging process ended before its work was done: see the log")
        answer: dict[str, Any] = json.loads(line)
        if "fault" in answer:
            raise BackTestError(str(answer["fault"]))
        return answer


def _codes(told: Sequence[str]) -> Sequence[VetoCode]:
    return [VetoCode(code) for code in told]


@asynccontextmanager
async def child(active: Sources, draft: Sources, opinion: Files | None) -> AsyncIterator[Bench]:
    """A process that has both packs compiled and the model read; it ends with the context, or with the
    gateway."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.runtime.backtest_child", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=LINE_LIMIT,
    )  # fmt: skip
    try:
        bench = _Child(process)
        told = {"active": packed(active), "draft": packed(draft)}
        ready = await bench.ask({**told, "opinion": packed(opinion) if opinion else None})
        bench.opinion = ready["opinion"]
        yield bench
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
