"""After a gap: what CEL, CDR and the recording folder know of calls that we did not see. Blocks on files: in
a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from gateway.calls.handing import move_of
from gateway.calls.model import CallSession, EndReason
from gateway.calls.signals import CallEnded, CallSeized, CallSignal, PartyJoined, RecordingStarted
from gateway.ids import CallId, call_id, call_of
from gateway.pbx import cdr, cel
from gateway.pbx.shape import PbxShape

MARGIN = timedelta(minutes=10)
"""Looked at before the gap too: clocks differ, and a row is written when something ends."""
MAX_FILE_BYTES = 256 * 1024 * 1024
"""Read from the end of a CEL or CDR file; what lies before is older than any gap we fill."""


class Found(Protocol):
    """A recording on the disk: its call's unique id, the mixed file as the PBX names it, when it was written
    last."""

    @property
    def uniqueid(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def modified_at(self) -> datetime: ...

    @property
    def leg(self) -> str:
        """Of a call that we made: the leg that dialled; else ""."""
        ...


RecordedSince = Callable[[datetime], Sequence[Found]]
"""All recordings of this PBX that were written since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSources:
    """What there is to ask, for one PBX; a source that is not configured knows nothing."""

    site: str
    pbx: str
    shape: PbxShape
    cel_csv: Path | None
    cdr_csv: Path | None
    recorded_since: RecordedSince

    def fill(
        self,
        *,
        since: datetime,
        open_calls: Sequence[CallSession],
        known: frozenset[str],
        live: frozenset[str],
        at: datetime,
    ) -> list[CallSignal]:
        """The story of the gap, in order, everything marked inferred.

        `open_calls`: calls not ended, as we know them. `known`: ids of calls the store has. `live`:
        uniqueids that live now.
        """
        begun = min((session.seized_at for session in open_calls), default=since)
        since = min(begun, since) - MARGIN
        rows = [row for row in cel.read_rows(_tail(self.cel_csv))[0] if row.at >= since]
        gap = cel.fill(
            rows,
            open_calls,
            known=frozenset(map(CallId, known)),
            site=self.site,
            pbx=self.pbx,
            shape=self.shape,
            at=at,
        )
        ids = {session.call_id: session.uniqueid for session in open_calls}
        ids |= {signal.call_id: signal.uniqueid for signal in gap.signals if isinstance(signal, CallSeized)}
        recorded = [found for found in self.recorded_since(since) if found.uniqueid not in live]
        signals = self._recordings(recorded, gap.signals, open_calls, known, at)
        gone = {call: ids[call] for call in gap.unknown if call in ids and ids[call] not in live}
        return [
            *sorted([*gap.signals, *signals], key=lambda signal: signal.when),
            *self._ends(gone, recorded, at),
        ]

    def _ends(self, gone: Mapping[CallId, str], recorded: Sequence[Found], at: datetime) -> list[CallSignal]:
        """Calls whose end CEL does not have: CDR may know when; LOST says that no source knows how."""
        if not gone:
            return []
        by_cdr = cdr.ends(_tail(self.cdr_csv))
        by_file = {found.uniqueid: found.modified_at for found in recorded}
        return [
            CallEnded(
                call_id=call, at=at, source_at=by_cdr.get(uniqueid) or by_file.get(uniqueid), inferred=True,
                reason=None if uniqueid in by_cdr else EndReason.LOST,
            )
            for call, uniqueid in gone.items()
        ]  # fmt: skip

    def _recordings(
        self,
        recorded: Sequence[Found],
        story: Sequence[CallSignal],
        open_calls: Sequence[CallSession],
        known: frozenset[str],
        at: datetime,
    ) -> list[CallSignal]:
        """Recordings of calls that we did not see begin; one that no other source knows makes the call
        itself."""
        seen = {signal.call_id: signal.when for signal in story if isinstance(signal, CallSeized)}
        seen |= _answers(story)
        ours = {session.call_id: session for session in open_calls}
        signals: list[CallSignal] = []
        for found in recorded:
            name = call_id(self.site, self.pbx, found.uniqueid)
            if name in seen or (name in ours and not ours[name].recordings):
                signals.append(self._recorder(name, found, at, seen.get(name)))
            elif name not in known and name not in ours:
                signals += self._call_of(name, found, at)
        return signals

    def _recorder(
        self, name: CallId, found: Found, at: datetime, begun: datetime | None = None
    ) -> RecordingStarted:
        """`begun`: when CEL says that the call began; nothing of a call comes before that."""
        return RecordingStarted(
            call_id=name,
            at=at,
            source_at=begun or _born(found),
            inferred=True,
            recording_id=f"found-{found.uniqueid}",
            file=found.file,
        )

    def _call_of(self, name: CallId, found: Found, at: datetime) -> list[CallSignal]:
        """Only its recording tells of this call: when it began by its id, when it ended by its last write; of
        one that we made, for which call."""
        made: dict[str, Any] = {}
        if (own := move_of(found.leg)) is not None:
            about = call_of(self.site, self.pbx, own[1])
            made = {"outgoing": True, "callback_of": about, "callback_move": own[0]}
        return [
            CallSeized(
                call_id=name,
                at=at,
                source_at=_born(found),
                inferred=True,
                site=self.site,
                pbx=self.pbx,
                uniqueid=found.uniqueid,
                linkedid=found.uniqueid,
                line=f"unknown-{found.uniqueid}",
                **made,
            ),
            self._recorder(name, found, at),
            CallEnded(call_id=name, at=at, source_at=found.modified_at, inferred=True, reason=EndReason.LOST),
        ]


def _answers(story: Sequence[CallSignal]) -> dict[CallId, datetime]:
    """When calls that we made were answered: from then on they are recorded, not from their first ring."""
    ours = {each.call_id for each in story if isinstance(each, CallSeized) and each.outgoing}
    answered = [each for each in story if isinstance(each, PartyJoined) and each.call_id in ours]
    return {each.call_id: each.when for each in reversed(answered)}


def _born(found: Found) -> datetime:
    """A unique id holds the second in which its leg began (`<systemname>-<seconds>.<count>`)."""
    seconds = found.uniqueid.rpartition("-")[2].partition(".")[0]
    if seconds.isascii() and seconds.isdigit() and len(seconds) == 10:
        return min(datetime.fromtimestamp(int(seconds), UTC), found.modified_at)
    return found.modified_at


def _tail(file: Path | None) -> str:
    """The end of a file that may grow or be missing; its first line may be cut, and does not fit then."""
    if file is None:
        return ""
    try:
        with file.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - MAX_FILE_BYTES))
            return handle.read().decode("utf-8", "replace")
    except OSError:
        return ""
