"""The `Store` port in memory: same rules as the databases, and it can be told to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.calls.erased import EraseCall
from gateway.journal.chain import GENESIS, erase
from gateway.ports import (
    AggregateRow,
    AnswerRow,
    AssessmentRow,
    AttemptRow,
    CallRow,
    CardFieldRow,
    Commit,
    FencedOut,
    Head,
    IncidentRow,
    InstructionRow,
    JournalRow,
    OrderRow,
    OutboxRow,
    PlanRow,
    SegmentRow,
    StoreUnavailable,
    TextRow,
    TextStateRow,
    TimerRow,
)


class MemoryStore:
    """Implements `gateway.ports.Store`; the tables are open to the test that looks."""

    def __init__(self) -> None:
        self.journal: dict[int, JournalRow] = {}
        self.aggregates: dict[tuple[str, str], AggregateRow] = {}
        self.calls: dict[str, CallRow] = {}
        self.orders: dict[str, OrderRow] = {}
        self.segment_rows: dict[tuple[str, str, str, int], SegmentRow] = {}
        self.fields: dict[tuple[str, str], CardFieldRow] = {}
        self.assessments: list[AssessmentRow] = []
        self.outbox: dict[int, OutboxRow] = {}
        self.sent: set[int] = set()
        self.parked: dict[int, str] = {}
        self.answers: dict[str, AnswerRow] = {}
        self.timers: dict[tuple[str, str, str], TimerRow] = {}
        self.attempt_rows: dict[str, AttemptRow] = {}
        self.incidents: dict[str, IncidentRow] = {}
        self.plans: dict[str, PlanRow] = {}
        self.texts: dict[tuple[str, str, int], TextRow] = {}
        self.text_states: dict[tuple[str, int], TextStateRow] = {}
        self.instructions: dict[tuple[str, str], InstructionRow] = {}
        self.commits = 0
        self._failures = 0

    def fail_next(self, count: int = 1) -> None:
        """The next `count` calls raise StoreUnavailable and change nothing."""
        self._failures = count

    def _answering(self) -> None:
        if self._failures:
            self._failures -= 1
            raise StoreUnavailable("told to fail by the test")

    async def head(self) -> Head:
        self._answering()
        last = max(self.journal, default=0)
        row = self.journal.get(last)
        return Head(
            journal_seq=last, journal_hash=row.hash if row else GENESIS, site_seq=max(self.outbox, default=0),
            at=row.at if row else None,
        )  # fmt: skip

    async def commit(self, commit: Commit) -> None:
        self._answering()
        if self._is_known(commit):
            return
        if any(row.seq in self.journal for row in commit.journal) or any(
            row.site_seq in self.outbox for row in commit.outbox
        ):
            raise FencedOut("another gateway has written this journal: this one must stop writing")
        self.commits += 1
        self.journal.update({row.seq: row for row in commit.journal})
        self.outbox.update({row.site_seq: row for row in commit.outbox})
        self.aggregates.update({(row.kind, row.key): row for row in commit.aggregates})
        self.calls.update({row.call_id: row for row in commit.calls})
        self.orders.update({row.order_id: row for row in commit.orders})
        self.fields.update({(row.call_id, row.name): row for row in commit.card_fields})
        self.incidents.update({row.incident_id: row for row in commit.incidents})
        self.plans.update({row.run_id: row for row in commit.plans})
        self.instructions.update({(row.call_id, row.instruction_id): row for row in commit.instructions})
        self.assessments.extend(commit.assessments)
        self.attempt_rows.update({row.key: row for row in commit.attempts})
        for segment in commit.segments:
            key = (segment.call_id, segment.speaker, segment.reading, segment.index)
            self.segment_rows.setdefault(key, segment)
        for answer in commit.answers:
            self.answers.setdefault(answer.request_id, answer)
        for text in commit.texts:
            self.texts.setdefault((text.call_id, text.speaker, text.index), text)
        self.text_states.update({(row.call_id, row.index): row for row in commit.text_states})
        self._set_timers(commit.timers)
        for erasure in commit.erased:
            self._erase(erasure.call_id)

    def _erase(self, call_id: str) -> None:
        for seq, row in self.journal.items():
            if (row.kind, row.key) == ("call", call_id) and row.type != EraseCall.__name__:
                self.journal[seq] = erase(row)
        for seq, event in self.outbox.items():
            if event.call_id == call_id:
                self.outbox[seq] = replace(event, payload=b"null")
                self.sent.add(seq)
        self.assessments = [row for row in self.assessments if row.call_id != call_id]
        tables: tuple[dict[Any, Any], ...] = (
            self.segment_rows, self.fields, self.texts, self.text_states, self.instructions,
        )  # fmt: skip
        for table in tables:
            for key in [key for key in table if key[0] == call_id]:
                del table[key]
        for key in [key for key, row in self.attempt_rows.items() if f"'{call_id}'" in row.effect]:
            del self.attempt_rows[key]

    def _is_known(self, commit: Commit) -> bool:
        if not commit.journal:
            return False
        stored = self.journal.get(commit.journal[-1].seq)
        return stored is not None and stored.hash == commit.journal[-1].hash

    def _set_timers(self, timers: Sequence[TimerRow]) -> None:
        for timer in timers:
            key = (timer.kind, timer.key, timer.name)
            if timer.due_at is None:
                self.timers.pop(key, None)
            else:
                self.timers[key] = timer

    async def open_aggregates(self) -> Sequence[AggregateRow]:
        self._answering()
        return [row for _, row in sorted(self.aggregates.items()) if not row.closed]

    async def aggregate(self, kind: str, key: str) -> AggregateRow | None:
        self._answering()
        return self.aggregates.get((kind, key))

    async def call_ids(self, pbx: str, since: datetime) -> frozenset[str]:
        self._answering()
        return frozenset(
            row.call_id for row in self.calls.values() if row.pbx == pbx and row.seized_at >= since
        )

    async def calls_of(self, ani: str, since: datetime, before: datetime) -> int:
        self._answering()
        return sum(
            row.ani == ani and since <= row.seized_at < before and row.part_of is row.same_as is None
            for row in self.calls.values()
        )

    async def segments(self, call_id: str) -> Sequence[SegmentRow]:
        self._answering()
        own = [row for row in self.segment_rows.values() if row.call_id == call_id]
        return sorted(own, key=lambda row: (row.started_ms, row.speaker, row.reading, row.index))

    async def card_fields(self, call_id: str) -> Sequence[CardFieldRow]:
        self._answering()
        return [row for _, row in sorted(self.fields.items()) if row.call_id == call_id]

    async def answer(self, request_id: str) -> AnswerRow | None:
        self._answering()
        return self.answers.get(request_id)

    async def timers_due(self, until: datetime, limit: int = 500) -> Sequence[TimerRow]:
        self._answering()
        due = [row for row in self.timers.values() if row.due_at is not None and row.due_at <= until]

        def order(row: TimerRow) -> Any:
            return (row.due_at, row.kind, row.key, row.name)

        return sorted(due, key=order)[:limit]

    async def attempts(self, key_prefix: str) -> Sequence[AttemptRow]:
        self._answering()
        return [row for key, row in sorted(self.attempt_rows.items()) if key.startswith(key_prefix)]

    async def outbox_pending(self, after_site_seq: int, limit: int = 100) -> Sequence[OutboxRow]:
        self._answering()
        done = self.sent | self.parked.keys()
        waiting = sorted(seq for seq in self.outbox if seq > after_site_seq and seq not in done)
        return [self.outbox[seq] for seq in waiting[:limit]]

    async def outbox_sent(self, site_seqs: Sequence[int]) -> None:
        self._answering()
        self.sent.update(site_seqs)

    async def outbox_park(self, site_seq: int, reason: str) -> None:
        self._answering()
        self.parked[site_seq] = reason

    async def close(self) -> None:
        return None
