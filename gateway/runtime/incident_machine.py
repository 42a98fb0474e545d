"""What incidents and floods bring to the loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.calls.effects import Effect
from gateway.desk.incidents import flood, reducer
from gateway.desk.incidents.flood import Floods, FloodSignal
from gateway.desk.incidents.model import Incident, SurgeLimits
from gateway.desk.incidents.signals import IncidentSignal
from gateway.ports import Commit, IncidentRow
from gateway.runtime.book import Change, Live, Moved
from gateway.runtime.machines import answer_of


class IncidentMachine:
    """Calls that people linked; its events are numbered by the site alone."""

    kind = "incident"
    state_type: type = Incident
    signals: type = IncidentSignal

    def __init__(self, limits: SurgeLimits | None = None) -> None:
        self._limits = limits or SurgeLimits()

    def key(self, signal: IncidentSignal) -> str:
        return signal.incident_id

    def begins(self, signal: IncidentSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: IncidentSignal) -> Moved:
        before: Incident | None = live.state if live else None
        done = reducer.reduce(before, signal, self._limits)
        answer = answer_of(done.answer)
        if done.state is None or (done.state is before and not done.events):
            return Moved(after=None, answer=answer, tells=done.tells)
        return Moved(after=Live(state=done.state), events=done.events, tells=done.tells, answer=answer)

    def owed(self, state: Incident) -> frozenset[Effect]:
        return frozenset[Effect](reducer.owed(state))

    def closed(self, state: Incident) -> bool:
        return reducer.closed(state)

    def rev(self, state: Incident) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        newest: dict[str, Incident] = {change.address[1]: change.after.state for change in changes}
        return Commit(incidents=tuple(_row(incident) for incident in newest.values()))


def _row(incident: Incident) -> IncidentRow:
    return IncidentRow(
        incident_id=incident.incident_id, title=incident.title, opened_at=incident.opened_at,
        touched_at=incident.touched_at, calls=len(incident.members), over=incident.over,
        surge_since=incident.surge_since,
    )  # fmt: skip


class FloodMachine:
    """The floods of one site."""

    kind = "flood"
    state_type: type = Floods
    signals: type = FloodSignal

    def __init__(self, site: str) -> None:
        self._site = site

    def key(self, signal: FloodSignal) -> str:
        return self._site

    def begins(self, signal: FloodSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: FloodSignal) -> Moved:
        before = live.state if live else Floods(site=self._site)
        after, events = flood.reduce(before, signal)
        return Moved(after=None) if after is before else Moved(after=Live(state=after), events=events)

    def owed(self, state: Floods) -> frozenset[Effect]:
        return frozenset()

    def closed(self, state: Floods) -> bool:
        return False

    def rev(self, state: Floods) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        return Commit()
