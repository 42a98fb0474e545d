"""Calls together with others: suggestions computed, surges and floods looked at, the last hour remembered.

Nothing here links, lowers for good, or answers anything: it compares and counts, and tells the loop.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog

from gateway.calls.effects import Effect, SuggestTogether
from gateway.calls.linked import PairCompared, SuggestionsMade
from gateway.calls.model import TEST_MARK
from gateway.calls.signals import CallSignal
from gateway.calls.together import Suggestion
from gateway.clock import Clock
from gateway.desk.incidents.effects import FindMatches
from gateway.desk.incidents.model import Incident, Matched
from gateway.desk.incidents.signals import CallsMatched, IncidentLooked
from gateway.desk.incidents.suggest import WITHIN_S, best, compare, linked, may_match, turned
from gateway.desk.incidents.telling import telling_words
from gateway.desk.incidents.told import Told, told
from gateway.ports import Store, StoreUnavailable
from gateway.runtime.book import Change, Live
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.perform import Handler
from gateway.runtime.shielding import Past, Shielding, TogetherSettings
from gateway.speech.model import Leg

log = structlog.get_logger(__name__)

MAX_RECENT = 3_000
"""Calls of the last hour that others are compared with; with more the oldest are left out."""
MAX_CANDIDATES = 80
"""Calls that one is compared with: the newest that may be at the same place."""
LOOK_EVERY_S = 5.0
"""How often surges and floods are looked at for their end."""
REST_AFTER = timedelta(hours=6)
"""An incident of which nothing was heard for so long leaves memory; it comes back by itself."""
REMEMBERED = timedelta(seconds=WITHIN_S)


class Together:
    """One of each. `past` None: nothing is known of the time before the start."""

    def __init__(
        self, settings: TogetherSettings, *, intake: Intake, store: Store, hub: Hub, clock: Clock, site: str,
        past: Past | None = None,
    ) -> None:  # fmt: skip
        self._intake, self._store, self._hub, self._clock, self._past = intake, store, hub, clock, past
        self.shielding = Shielding(settings, intake=intake, clock=clock, site=site, past=past)
        self._recent: OrderedDict[str, Live] = OrderedDict()
        self._told: dict[str, tuple[Live, Told]] = {}

    @property
    def handlers(self) -> Mapping[type[Effect], Handler]:
        return {SuggestTogether: self.suggest, FindMatches: self.find_matches}

    @property
    def parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What must run for ever, by name."""
        return {"flood shield": self.shielding.run, "together": self.watch}

    async def load(self) -> None:
        """The last hour as the store has it; arrivals of it fill the detectors' windows again."""
        if self._past is None:
            return
        try:
            calls = await self._past.recent(self._clock.now() - REMEMBERED, MAX_RECENT)
        except StoreUnavailable as error:
            log.warning("the last hour could not be read, suggestions begin anew", error=str(error))
            return
        for session, card in calls:
            self._remember(Live(state=session, card=card))
            self.shielding.remember(session)

    # ---- after each commit

    def committed(self, changes: Sequence[Change]) -> None:
        """Never waits."""
        for change in changes:
            kind = change.address[0]
            if kind == "call":
                self._remember(change.after)
                self.shielding.committed(change.after.state)
            elif kind == "incident":
                incident: Incident = change.after.state
                self._hub.publish("incident", None, incident_news(incident))
            elif kind == "flood":
                self._hub.publish("flood", None, {"floods": len(change.after.state.now)})

    def _remember(self, live: Live) -> None:
        call_id = live.state.call_id
        if TEST_MARK in live.state.marks:
            return
        self._recent[call_id] = live
        if len(self._recent) > MAX_RECENT:
            gone, _ = self._recent.popitem(last=False)
            self._told.pop(gone, None)

    # ---- looked at from time to time

    async def watch(self) -> None:
        """For ever."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Once: surges and floods that may be over, incidents that may rest, the hour that is past."""
        now = self._clock.now()
        await self.shielding.look()
        for incident_id, live in self._intake.book.of_kind("incident").items():
            rest = live.state.touched_at < now - REST_AFTER
            if live.state.surge_since is not None or rest:
                await self._intake.offer(IncidentLooked(incident_id=incident_id, at=now, rest=rest))
        for call_id, one in list(self._recent.items()):
            if one.state.seized_at < now - REMEMBERED and one.state.closed:
                del self._recent[call_id]
                self._told.pop(call_id, None)

    # ---- suggestions

    async def suggest(self, effect: SuggestTogether) -> Iterable[Any]:
        """The call compared with those that may be at the same place; they hear of it, too."""
        live = self._intake.book.get(("call", effect.call_id))
        if live is None:
            return ()
        rows = await self._store.segments(effect.call_id)
        words = telling_words(row.text for row in rows if row.speaker == Leg.CALLER)
        one = replace(self._told_by(live), words=frozenset(words))
        others = self.around(one) or await self._long_ago(one)
        compared = [(other, compare(one, other)) for other in others]
        now, made = self._clock.now(), best((o, m) for o, m in compared if m and not linked(one, o))
        answer: list[Any] = [
            SuggestionsMade(call_id=effect.call_id, at=now, basis=effect.basis, suggestions=made, words=words)
        ]
        answer += self._pairs(one, compared, now)
        if one.incident is None:
            incident_of = {other.call_id: other.incident for other in others}
            strong = {incident_of[each.call_id] for each in made if each.strong} - {None}
            match = Matched(call_id=one.call_id, seized_at=one.seized_at)
            answer += [CallsMatched(incident_id=found, at=now, matched=(match,)) for found in strong if found]
        return answer

    def _pairs(
        self, one: Told, compared: Iterable[tuple[Told, Suggestion | None]], now: datetime
    ) -> Iterator[CallSignal]:
        """What open calls must hear of this one: that something speaks for the pair, or no more does. Those
        that were not compared now and still know of it, too."""
        made = {other.call_id: suggestion for other, suggestion in compared}
        for live in self._intake.book.of_kind("call").values():
            call_id = live.state.call_id
            known = next((s for s in live.state.together.suggestions if s.call_id == one.call_id), None)
            if call_id == one.call_id or (known is None and made.get(call_id) is None):
                continue
            other = self._told_by(live)
            pair = made[call_id] if call_id in made else compare(one, other)
            told = None if pair is None or linked(one, other) else turned(pair, one)
            if told != known:
                yield PairCompared(call_id=call_id, at=now, other=one.call_id, suggestion=told)

    async def find_matches(self, effect: FindMatches) -> Iterable[Any]:
        """Open calls that nobody linked and that very likely tell of the incident."""
        live = self._intake.book.get(("incident", effect.incident_id))
        if live is None:
            return ()
        incident: Incident = live.state
        members = [self._told_by(found) for each in incident.members if (found := self._live(each.call_id))]
        matched = []
        for call_id in list(self._recent):
            found = self._live(call_id)
            if found is None or found.state.together.incident is not None:
                continue
            one = self._told_by(found)
            made = (compare(one, member) for member in members)
            if any(each is not None and each.strong for each in made):
                matched.append(Matched(call_id=one.call_id, seized_at=one.seized_at))
        return (
            CallsMatched(
                incident_id=effect.incident_id, at=self._clock.now(), matched=tuple(matched),
                compared=effect.links,
            ),
        )  # fmt: skip

    def around(self, one: Told) -> list[Told]:
        """Calls of the same hour that may be at the same place, the newest first."""
        found: list[Told] = []
        for call_id in reversed(self._recent):
            if call_id == one.call_id or (live := self._live(call_id)) is None:
                continue
            if abs((live.state.seized_at - one.seized_at).total_seconds()) > WITHIN_S:
                continue
            other = self._told_by(live)
            if may_match(one, other):
                found.append(other)
            if len(found) >= MAX_CANDIDATES:
                break
        return found

    async def _long_ago(self, one: Told) -> list[Told]:
        """For a record that is entered afterwards: the calls of its own hour, out of the store."""
        if self._past is None or one.seized_at > self._clock.now() - REMEMBERED:
            return []
        low, high = one.seized_at - REMEMBERED, one.seized_at + REMEMBERED
        try:
            calls = await self._past.recent(low, MAX_RECENT, high)
        except StoreUnavailable as error:
            log.warning("a record was compared with nothing, its hour could not be read", error=str(error))
            return []
        past = (told(session, card) for session, card in reversed(calls) if TEST_MARK not in session.marks)
        found = (each for each in past if each.call_id != one.call_id and may_match(one, each))
        return list(islice(found, MAX_CANDIDATES))

    def _live(self, call_id: str) -> Live | None:
        return self._intake.book.get(("call", call_id)) or self._recent.get(call_id)

    def _told_by(self, live: Live) -> Told:
        known = self._told.get(live.state.call_id)
        if known is not None and known[0] is live:
            return known[1]
        made = told(live.state, live.card)
        if live.state.call_id in self._recent:
            self._told[live.state.call_id] = (live, made)
        return made


def incident_news(incident: Incident) -> dict[str, Any]:
    """Enough for a page to know whether it must fetch: nothing of what was said."""
    return {
        "incident_id": incident.incident_id, "rev": incident.rev, "over": incident.over,
        "calls": [member.call_id for member in incident.members],
        "surge": incident.surge_since is not None, "facts": incident.facts_told,
    }  # fmt: skip
