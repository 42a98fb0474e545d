"""All listeners of a gateway as one: its own, and those on other machines as they are announced.

A tap goes to the listener with most room; both sides of a call to the same one where it has room, which
makes its text arrive in order. What was heard is told with numbers of the fleet's own, so that an
acknowledgement finds its way back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from gateway.clock import Clock, within
from gateway.speech.client import SpeechClient
from gateway.speech.control import Hello
from gateway.speech.languages import ACCURATE
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.remote import Found, RemoteLine
from gateway.speech.state import Hearer, SpeechState, Trouble

log = structlog.get_logger(__name__)

LOCAL = "local"
"""The name of the gateway's own listener."""
MAX_LISTENERS = 32
"""On other machines; more are named in the log, and not used."""
FIND_WITHIN_S = 5.0
"""After the start, listeners on other machines may come so late; only then a tap that none of them has is
taken for ended."""
ANOTHER_AFTER_S = 1.5
"""A listener that does not take a tap by then: the next one is asked."""
MAX_CALLS_REMEMBERED = 2_000
"""Calls of which is known who hears them; then the oldest is forgotten, and goes to whoever has room."""
MAX_ANNOUNCEMENT_BYTES = 16_384


@dataclass(slots=True, eq=False)
class _Member:
    """One listener. `leaving`: it said goodbye; no new taps, and forgotten once its line ends."""

    name: str
    client: SpeechClient
    line: RemoteLine | None = None
    leaving: bool = False


class _Numbered:
    """Hearer of one member: hands on, with the fleet's numbers."""

    def __init__(self, fleet: Fleet, member: _Member, hearer: Hearer) -> None:
        self._fleet, self._member = fleet, member
        self.tap_live, self.tap_ended = hearer.tap_live, hearer.tap_ended
        self.partial, self.first_index = hearer.partial, hearer.first_index
        self.leg_state, self.hole = hearer.leg_state, hearer.hole
        self.sounded = hearer.sounded
        self._segment = hearer.segment

    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None:
        self._segment(self._fleet.numbered(self._member.client, seq), call_id, segment, source)


class Fleet:
    """Implements `gateway.runtime.hearing.Listener`. Without a `secret` no other machine's listener is used.

    `on_state`: how the ears are on the whole; `on_listener`: how one of them is, None: it is forgotten.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        site: str,
        gateway: str,
        local: SpeechClient | None,
        secret: str | None = None,
        on_state: Callable[[SpeechState], None] = lambda _: None,
        on_listener: Callable[[str, SpeechState | None], None] = lambda *_: None,
    ) -> None:
        self._clock, self._site, self._gateway, self._secret = clock, site, gateway, secret
        self._on_state, self.on_listener = on_state, on_listener
        self._members: dict[str, _Member] = {}
        self._hearer: Hearer | None = None
        self._receipts: dict[int, tuple[SpeechClient, int]] = {}
        self._next = count(1)
        self._homes: OrderedDict[str, str] = OrderedDict()
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._complete = secret is None
        self._refused: set[str] = set()
        self._hot_words: tuple[str, ...] | None = None
        if local is not None:
            self._add(_Member(LOCAL, local))

    # ---- its life

    async def start(self, hearer: Hearer) -> None:
        """Begins to keep the own listener, and those that are announced from now on."""
        self._hearer = hearer
        for member in self._members.values():
            await member.client.start(_Numbered(self, member, hearer))
        if not self._complete:
            self._background(self._look_back())
        self._tell()

    async def close(self, *, stop_listener: bool = True) -> None:
        """A clean stop ends the own listener too; those on other machines go on and wait."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(
            *self._tasks,
            *(m.client.close(stop_listener=stop_listener and m.line is None) for m in self._members.values()),
            return_exceptions=True,
        )

    async def _look_back(self) -> None:
        await self._clock.sleep(FIND_WITHIN_S)
        self._complete = True
        self._tell()

    @property
    def state(self) -> SpeechState:
        """All of them together."""
        up = [m.client.state for m in self._members.values() if m.client.state.up]
        if not up:
            reasons = "; ".join(f"{m.name}: {m.client.state.reason}" for m in self._members.values())
            return SpeechState(
                up=False,
                trouble=self._trouble(),
                reason=reasons or "no listener is known",
                complete=self._complete,
            )
        first = up[0]
        return SpeechState(
            up=True,
            port=first.port,
            model_id=first.model_id,
            languages={tag: model for state in reversed(up) for tag, model in state.languages.items()},
            accurate_id=next((state.accurate_id for state in up if state.accurate_id), None),
            left_out=_left_out(up),
            synthetic_only=any(state.synthetic_only for state in up),
            workers=sum(state.workers for state in up),
            behind=sum(state.behind for state in up),
            set_aside=sum(state.set_aside for state in up),
            legs=sum(state.legs for state in up),
            live=frozenset().union(*(state.live for state in up)),
            complete=self._complete,
        )

    def _trouble(self) -> Trouble:
        """Of the only listener; of several, who do not all fail for the same reason, that none is there."""
        found = {m.client.state.trouble for m in self._members.values()}
        return found.pop() if len(found) == 1 else "lost"

    # ---- what is announced

    def announced(self, name: str, payload: bytes) -> None:
        """A listener's retained state; empty: it has gone for good."""
        if self._secret is None:
            if name not in self._refused:
                self._refused.add(name)
                log.warning("listener is announced, and speech.listeners_secret_file is not set", name=name)
            return
        if not payload:
            self._leaves(name)
            return
        try:
            if len(payload) > MAX_ANNOUNCEMENT_BYTES:
                raise ValueError(f"{len(payload)} bytes")
            found = Found.model_validate_json(payload)
            if found.listener != name or name == LOCAL:
                raise ValueError(f"it calls itself {found.listener}")
        except (ValidationError, ValueError) as error:
            log.error("announcement of a listener cannot be read", name=name[:100], error=str(error)[:300])
            return
        self._comes(found)

    def _comes(self, found: Found) -> None:
        member = self._members.get(found.listener)
        if member is None:
            if found.reachable:
                self._meet(found)
        elif not found.reachable:
            self._background(member.client.doubt())
        elif member.line is not None:
            member.leaving, member.line.address = False, (found.host, found.control_port or 0)
            if not member.client.state.up:
                member.client.nudge()

    def _meet(self, found: Found) -> None:
        if sum(m.line is not None for m in self._members.values()) >= MAX_LISTENERS:
            log.error("too many listeners, this one is not used", name=found.listener, limit=MAX_LISTENERS)
            return
        assert self._secret is not None
        name = found.listener
        line = RemoteLine(
            found, secret=self._secret, site=self._site, gateway=self._gateway, clock=self._clock,
            admit=lambda hello: self._twin(name, hello),
        )  # fmt: skip
        member = _Member(name, SpeechClient(line, clock=self._clock), line)
        self._add(member)
        log.info("listener found", name=name, host=found.host, port=found.control_port)
        if self._hearer is not None:
            self._background(member.client.start(_Numbered(self, member, self._hearer)))

    def _twin(self, name: str, hello: Hello) -> str | None:
        """Two listeners with the same numbers would take each other's segments for their own."""
        for other in self._members.values():
            if other.name != name and other.client.state.up and other.client.state.origin == hello.origin:
                return (
                    f"it numbers segments as listener {other.name} does, so its state folder is a copy; "
                    "give it an empty one"
                )
        return None

    def _leaves(self, name: str) -> None:
        member = self._members.get(name)
        if member is not None and member.line is not None:
            member.leaving = True
            self._forget_if_gone(member)

    def _forget_if_gone(self, member: _Member) -> None:
        if member.leaving and not member.client.state.up and self._members.get(member.name) is member:
            del self._members[member.name]
            self.on_listener(member.name, None)
            self._background(member.client.close(stop_listener=False))
            log.info("listener has left", name=member.name)

    def _add(self, member: _Member) -> None:
        self._members[member.name] = member
        if self._hot_words is not None:
            member.client.set_hot_words(self._hot_words)
        member.client.on_state = lambda state: self._changed(member, state)

    def _changed(self, member: _Member, state: SpeechState) -> None:
        if self._members.get(member.name) is not member:
            return
        self.on_listener(member.name, state)
        self._forget_if_gone(member)
        self._news.set()
        self._tell()

    def _tell(self) -> None:
        self._on_state(self.state)

    # ---- what the loop asks

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, within_s: float, language: str = ""
    ) -> str | None:
        """The host:port for the PBX (without a host: this machine), None when no listener took the tap in
        time."""
        began = self._clock.monotonic()
        asked: set[str] = set()
        while (left := within_s - (self._clock.monotonic() - began)) > 0:
            order = [m for m in self._by_room(call_id, language) if m.name not in asked]
            if not order:
                if asked or not await self._somebody(left):
                    break
                continue
            member = order[0]
            asked.add(member.name)
            waited_ms = round((self._clock.monotonic() - began) * 1000)
            address = await member.client.announce(
                tap_id=tap_id, call_id=call_id, leg=leg, offset_ms=offset_ms + waited_ms, language=language,
                within_s=left if len(order) == 1 else min(left, ANOTHER_AFTER_S),
            )  # fmt: skip
            if address is not None:
                self._at_home(call_id, member.name)
                return address
            await member.client.revoke(tap_id)
        return None

    def _by_room(self, call_id: str, language: str) -> Iterator[_Member]:
        """Who may be asked, the best first: knows the language, hears the call already, has most room."""
        home = self._homes.get(call_id)

        def rank(member: _Member) -> tuple[bool, bool, int, str]:
            state = member.client.state
            room = 0 if state.behind else state.legs - member.client.load
            knows = not language or language == "auto" or language in state.languages
            return (not knows, not (member.name == home and room > 0), -room, member.name)

        able = [m for m in self._members.values() if m.client.state.up and not m.leaving]
        return iter(sorted(able, key=rank))

    async def _somebody(self, within_s: float) -> bool:
        """Whether anything changed by then."""
        self._news.clear()
        try:
            return await within(self._clock, within_s, self._news.wait())
        except TimeoutError:
            return False

    def _at_home(self, call_id: str, name: str) -> None:
        self._homes.pop(call_id, None)
        self._homes[call_id] = name
        if len(self._homes) > MAX_CALLS_REMEMBERED:
            self._homes.popitem(last=False)

    async def speak(self, tap_id: str, language: str) -> None:
        """From now on this leg is heard with that language."""
        for member in self._members.values():
            if member.client.has(tap_id):
                await member.client.speak(tap_id, language)

    def set_hot_words(self, words: Sequence[str]) -> None:
        """Hot words from now on; a listener that comes later is told too."""
        self._hot_words = tuple(words)
        for member in self._members.values():
            member.client.set_hot_words(words)

    async def revoke(self, tap_id: str) -> None:
        """This tap is not wanted any more."""
        for member in self._members.values():
            if member.client.has(tap_id):
                await member.client.revoke(tap_id)

    def numbered(self, client: SpeechClient, seq: int) -> int:
        """A number for a segment that came, by which it is acknowledged. They are as many as wait for the
        commit."""
        receipt = next(self._next)
        self._receipts[receipt] = (client, seq)
        return receipt

    async def ack(self, seq: int) -> None:
        """This segment is committed: the listener that sent it may forget it."""
        client, own = self._receipts.pop(seq, (None, 0))
        if client is not None:
            await client.ack(own)

    async def fill_gaps(self, *, path: Path, **job: Any) -> str | None:
        """Transcribe spans of a recording: by the own listener, which reads the file; without one, or when it
        cannot, by another, which is given the sound. Why not, or None."""
        failed: str | None = "no listener"
        for member in self._readers():
            failed = await member.client.fill_gaps(path=path, **job)
            if failed is None:
                return None
        return failed

    async def review(self, *, path: Path, **job: Any) -> tuple[TranscriptSegment, ...] | str:
        """One side of a whole recording through the accurate model, or why not; by whom as for gaps."""
        heard: tuple[TranscriptSegment, ...] | str = "no listener"
        for member in self._readers():
            heard = await member.client.review(path=path, **job)
            if not isinstance(heard, str):
                return heard
        return heard

    def _readers(self) -> list[_Member]:
        """Who may be asked to hear a recording, the own one first, then by room."""
        able = [m for m in self._members.values() if m.client.state.up and not m.leaving]
        return sorted(able, key=lambda m: (m.line is not None, m.client.load - m.client.state.legs))

    def _background(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _left_out(up: Sequence[SpeechState]) -> dict[str, str]:
    """Models that no listener has and one should have."""
    there = {tag for state in up for tag in state.languages}
    if any(state.accurate_id for state in up):
        there.add(ACCURATE)
    return {key: why for state in reversed(up) for key, why in state.left_out.items() if key not in there}
