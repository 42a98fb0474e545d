"""One group of signals, reduced onto a copy of memory: either all of it is committed, or it never
happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.calls.effects import Effect, SetTimer
from gateway.journal.chain import Entry, link
from gateway.journal.codec import Codec, encode_lean, to_text
from gateway.ports import AggregateRow, AnswerRow, Commit, Head, OutboxRow, TimerRow
from gateway.runtime.answers import Accepted, Answer, Refused, Request
from gateway.runtime.book import Address, Book, Change, Live, Machine, Moved

MAX_TELL_DEPTH = 4
"""How far one signal may move other aggregates in one commit; a longer chain is a fault of the program."""

Encode = Callable[[Sequence[Any], Address, int, int, datetime], Sequence[OutboxRow]]
"""(events, whose, sequence number before the first, site sequence before the first, now) to outbox rows."""


class TellsTooDeep(Exception):
    """Aggregates tell each other in circles: more than MAX_TELL_DEPTH steps for one signal."""


class NotLoaded(Exception):
    """An aggregate is told something that memory does not hold: read it from the store, then draft the group
    again (`Draft` touches nothing outside itself)."""

    def __init__(self, address: Address) -> None:
        super().__init__(f"{address[0]} {address[1]}")
        self.address = address


@dataclass(slots=True, kw_only=True)
class Draft:
    """Collects what a group of signals changes; nothing outside it is touched. Salts come from the edge."""

    book: Book
    head: Head
    machine_of: Callable[[Any], Machine]
    machines: Mapping[str, Machine]
    encode: Encode
    codec: Codec
    salt: Callable[[], bytes]
    now: datetime
    loaded: Mapping[Address, Live] = field(default_factory=dict)
    """Closed aggregates that late signals name, read from the store for this group."""
    absent: frozenset[Address] = frozenset()
    """Aggregates that are told something and that the store does not have either."""
    overlay: dict[Address, Live] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    answers: dict[str, tuple[Request, Answer]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    owes: dict[Address, tuple[frozenset[Effect], frozenset[Effect]]] = field(default_factory=dict)
    """What each aggregate owed before and owes after, once the group is taken."""

    def look(self, address: Address) -> Live | None:
        """The aggregate as this draft has it."""
        return self.overlay.get(address) or self._before(address)

    def _before(self, address: Address) -> Live | None:
        return self.book.get(address) or self.loaded.get(address)

    def take(self, signal: Any, depth: int = 0) -> None:
        """Reduce one signal, and what it tells others, in order. Raises NotLoaded for a tell to what the
        store may have."""
        if depth > MAX_TELL_DEPTH:
            raise TellsTooDeep(f"{type(signal).__name__} sets off more than {MAX_TELL_DEPTH} further steps")
        if isinstance(signal, Request) and signal.request_id in self.answers:
            return
        machine = self.machine_of(signal)
        address = (machine.kind, machine.key(signal))
        live = self.look(address)
        if depth and live is None and address not in self.absent:
            raise NotLoaded(address)
        moved = machine.move(live, signal)
        if isinstance(signal, Request):
            answer = moved.answer or Refused(code="unknown_call", text=f"no call {address[1]}")
            self.answers[signal.request_id] = (signal, answer)
            if not isinstance(answer, Accepted):
                return
        if moved.after is None and not moved.tells and not isinstance(signal, Request):
            return  # a duplicate or a stranger: nothing happened, nothing is written
        self._journal(address, signal)
        if moved.after is not None:
            self._change(machine, address, signal, moved)
        for tell in moved.tells:
            self.take(tell, depth + 1)

    def commit(self) -> Commit:
        """All rows of the group, chained behind the head."""
        own = [
            machine.rows([c for c in self.changes if c.address[0] == kind], self.now)
            for kind, machine in self.machines.items()
        ]
        return Commit(
            journal=link(self.head.journal_seq, self.head.journal_hash, self.entries),
            aggregates=tuple(self._aggregate_row(address, live) for address, live in self.overlay.items()),
            calls=tuple(row for rows in own for row in rows.calls),
            orders=tuple(row for rows in own for row in rows.orders),
            segments=tuple(row for rows in own for row in rows.segments),
            card_fields=tuple(row for rows in own for row in rows.card_fields),
            assessments=tuple(row for rows in own for row in rows.assessments),
            incidents=tuple(row for rows in own for row in rows.incidents),
            plans=tuple(row for rows in own for row in rows.plans),
            texts=tuple(row for rows in own for row in rows.texts),
            text_states=tuple(row for rows in own for row in rows.text_states),
            instructions=tuple(row for rows in own for row in rows.instructions),
            erased=tuple(row for rows in own for row in rows.erased),
            outbox=tuple(self.outbox),
            answers=tuple(_answer_row(request, answer) for request, answer in self.answers.values()),
            timers=tuple(row for address in self.overlay for row in self._timers(address)),
        )

    def owed_newly(self) -> frozenset[Effect]:
        """What the world owes after this group that it did not owe before. Timers are rows of the commit."""
        newly: set[Effect] = set()
        for address in self.overlay:
            before, after = self._owed(address)
            newly |= after - before
        return frozenset(effect for effect in newly if not isinstance(effect, SetTimer))

    def _owed(self, address: Address) -> tuple[frozenset[Effect], frozenset[Effect]]:
        if address not in self.owes:
            machine, before = self.machines[address[0]], self._before(address)
            owed = machine.owed(before.state) if before else frozenset[Effect]()
            self.owes[address] = owed, machine.owed(self.overlay[address].state)
        return self.owes[address]

    def _timers(self, address: Address) -> list[TimerRow]:
        """Timers set, moved or no longer owed since the last commit, by their names."""
        before, after = (
            {effect.name: effect for effect in owed if isinstance(effect, SetTimer)}
            for owed in self._owed(address)
        )
        changed = [
            _timer_row(one, one.due_at) for name, one in sorted(after.items()) if before.get(name) != one
        ]
        return changed + [_timer_row(one, None) for name, one in sorted(before.items()) if name not in after]

    def _journal(self, address: Address, signal: Any) -> None:
        name, version, payload = self.codec.dump(signal)
        self.entries.append(
            Entry(
                at=signal.at,
                kind=address[0],
                key=address[1],
                type=name,
                version=version,
                payload=payload,
                salt=self.salt(),
            )
        )

    def _change(self, machine: Machine, address: Address, signal: Any, moved: Moved) -> None:
        assert moved.after is not None
        events = moved.events
        after, seq = machine.numbered(moved.after, len(events))
        if events:
            self.outbox.extend(
                self.encode(events, address, seq, self.head.site_seq + len(self.outbox), self.now)
            )
        self.overlay[address] = after
        self.changes.append(
            Change(
                address=address, signal=signal, after=after, events=events, card_fields=moved.card_fields,
                before=moved.erased,
            )
        )  # fmt: skip

    def _aggregate_row(self, address: Address, live: Live) -> AggregateRow:
        machine = self.machines[address[0]]
        return AggregateRow(
            kind=address[0], key=address[1], rev=machine.rev(live.state), closed=machine.closed(live.state),
            state=to_text(encode_lean(live.state)), changed_at=self.now,
        )  # fmt: skip


def _timer_row(timer: SetTimer, due_at: datetime | None) -> TimerRow:
    return TimerRow(kind=timer.kind, key=timer.key, name=timer.name, due_at=due_at)


def _answer_row(request: Request, answer: Answer) -> AnswerRow:
    refused = answer if isinstance(answer, Refused) else None
    return AnswerRow(
        request_id=request.request_id,
        actor=request.actor,
        at=request.at,
        outcome="refused" if refused else "accepted",
        rev=answer.rev if isinstance(answer, Accepted) else None,
        code=refused.code if refused else None,
        text=refused.text if refused else None,
    )
