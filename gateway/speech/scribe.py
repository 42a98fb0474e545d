"""From a leg's sound to numbered segments that are kept until the gateway has them for good.

Segments of a (call, leg) are numbered in the order they leave, whichever tap heard them; one is written to
the spool's journal before it is sent, and sent again at every new connection until it is acknowledged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.control import Segment, Transcribe
from gateway.speech.hotwords import HotWords
from gateway.speech.languages import Languages
from gateway.speech.level import Meter
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.pool import Pool
from gateway.speech.recognizer import Final, Partial, joined
from gateway.speech.spool import Kept, Spool
from gateway.speech.track import AFTERWARDS, LIVE_CALL_TAKER, LIVE_CALLER, Track
from gateway.speech.watch import Watch

if TYPE_CHECKING:
    from gateway.speech.taps import Tap

log = structlog.get_logger(__name__)

MAX_UNACKED = 10_000
"""Segments that wait for the gateway. At the limit recognition stops; the sound stays in the spool and is
heard later."""
MAX_LEGS_REMEMBERED = 20_000
"""Legs whose numbering is remembered; then the oldest is forgotten and the gateway's own `first_index`
counts."""
UNACKED_KEEP_S = 86_400


class Script:
    """One leg being written down: its sound, its place in the spool, its segments."""

    def __init__(
        self,
        scribe: Scribe,
        *,
        name: str,
        call_id: str,
        leg: Leg,
        base_ms: int,
        gap: bool,
        urgency: int,
        models: tuple[str, ...],
    ) -> None:
        self._scribe = scribe
        self.name, self.call_id, self.leg, self._gap = name, call_id, leg, gap
        self._on_done: Callable[[], None] | None = None
        self.tap_id: str | None = None
        self.job_id: str | None = None
        self.withheld: list[tuple[Final, int]] | None = None
        self.watch: Watch | None = None
        """Of a live tap."""
        self.meter: Meter | None = None
        """Of a live caller."""
        self.speaking = False
        """Words of an utterance have come that is not over yet."""
        self.foreign = False
        """Its language has no model here: the default one hears, its words are in doubt."""
        self.track = Track(
            name=name,
            sound=scribe.spool.sound(name),
            base_ms=base_ms,
            urgency=urgency,
            on_final=self._final,
            on_partial=self._partial,
            on_done=self._done,
            on_behind=self._behind,
            on_model=self._chosen,
        )
        self.track.hear_with(models)

    @property
    def gap(self) -> bool:
        """Whether what it says now is filled in afterwards, no live text."""
        return self._gap or self.track.aside

    def append(self, pcm: bytes) -> None:
        self.track.sound.append(pcm)
        if self.watch is not None:
            self.watch.sound(pcm)
        if self.meter is not None:
            self.meter.sound(pcm)
        self._scribe.pool.pump(self.track)

    def finish(self, on_done: Callable[[], None]) -> None:
        self._on_done = on_done
        self._scribe.pool.finish(self.track)

    def _final(self, final: Final, resume: int) -> None:
        self.speaking = False
        if self.watch is not None and joined(final.words):
            self.watch.text(final.words[-1].ended_ms)
        if self.withheld is not None:
            self.withheld.append((final, resume))
        else:
            self._scribe.written(self, final, resume)

    def _chosen(self, model: str) -> None:
        self._scribe.chosen(self, (model,))

    def _partial(self, partial: Partial) -> None:
        self.speaking = True
        if self.watch is not None:
            self.watch.text(partial.ended_ms)
        if not self.gap:
            text = self._scribe.hot_words.put_right_text(partial.text)
            self._scribe.on_partial(self, replace(partial, text=text))

    def _behind(self, behind: bool) -> None:
        self._scribe.on_behind(self, behind)

    def _done(self) -> None:
        for final, resume in self.withheld or ():
            self._scribe.written(self, final, resume)
        self._scribe.done(self)
        if self._on_done is not None:
            self._on_done()


class Scribe:
    def __init__(
        self,
        *,
        pool: Pool,
        spool: Spool,
        languages: Languages,
        clock: Clock,
        send: Callable[[Segment], None],
        on_partial: Callable[[Script, Partial], None],
        on_behind: Callable[[Script, bool], None],
    ) -> None:
        self.pool, self.spool = pool, spool
        self.languages, self._clock, self._send = languages, clock, send
        self.on_partial, self.on_behind = on_partial, on_behind
        self.hot_words = HotWords()
        self._seq = round(clock.now().timestamp() * 1_000_000)
        """Above every number an earlier listener of this folder gave."""
        self._unacked: dict[int, tuple[str, Segment]] = {}
        self._indexes: OrderedDict[tuple[str, Leg], int] = OrderedDict()
        self._scripts: set[Script] = set()
        self._jobs: set[str] = set()

    @property
    def behind(self) -> int:
        return sum(script.track.behind for script in self._scripts)

    @property
    def set_aside(self) -> int:
        return sum(script.track.aside for script in self._scripts)

    def begin(self, tap: Tap, base_ms: int) -> Script:
        """A live tap's first sound."""
        urgency = LIVE_CALLER if tap.leg is Leg.CALLER else LIVE_CALL_TAKER
        script = Script(
            self,
            name=f"{tap.tap_id}.{self._next_seq()}",
            call_id=tap.call_id,
            leg=tap.leg,
            base_ms=base_ms,
            gap=False,
            urgency=urgency,
            models=self.languages.keys(tap.language),
        )
        script.tap_id, script.watch = tap.tap_id, Watch(base_ms)
        script.meter = Meter(base_ms) if tap.leg is Leg.CALLER else None
        script.foreign = self.languages.lacking(tap.language) is not None
        self._start(script)
        return script

    def speak(self, script: Script, language: str) -> None:
        """From now on this leg is heard with that language."""
        models, script.foreign = self.languages.keys(language), self.languages.lacking(language) is not None
        self.pool.hear_with(script.track, *models)
        self.chosen(script, models)

    def again(self, script: Script, at: int) -> None:
        """A fresh recognizer hears this leg from that byte of its sound on."""
        script.speaking = False
        self.pool.again(script.track, at)

    def chosen(self, script: Script, models: tuple[str, ...]) -> None:
        """Who goes on hearing this leg, should this listener end."""
        self.spool.note(script.name, {"models": models})

    def remember(self, call_id: str, leg: Leg, first_index: int) -> None:
        """Segments of this leg are numbered from here on, or from where this listener already is."""
        key = (call_id, leg)
        self._indexes[key] = max(first_index, self._indexes.pop(key, 0))
        while len(self._indexes) > MAX_LEGS_REMEMBERED:
            self._indexes.popitem(last=False)

    def recover(self) -> int:
        """What an earlier listener left: its segments wait again, its unheard sound is heard. How many
        legs."""
        legs = 0
        for kept in self.spool.left():
            head = kept.head
            leg = Leg(head["leg"])
            self.remember(head["call_id"], leg, kept.next_index)
            if head.get("job") and kept.ended:
                self._jobs.add(head["job"])
            for line in kept.unacked:
                message = Segment(
                    seq=line["seq"],
                    call_id=head["call_id"],
                    segment=line["segment"],
                    source=head.get("job") or _tap_of(kept.tap_id),
                )
                self._unacked[message.seq] = (kept.tap_id, message)
                self._seq = max(self._seq, message.seq)
            if not kept.ended and not head.get("job"):
                self._hear_rest(kept, leg)
            legs += bool(kept.unacked) or not kept.ended
        return legs

    def _hear_rest(self, kept: Kept, leg: Leg) -> None:
        script = Script(
            self,
            name=kept.tap_id,
            call_id=kept.head["call_id"],
            leg=leg,
            base_ms=kept.head["base_ms"],
            gap=True,
            urgency=AFTERWARDS,
            models=self.languages.there(kept.models),
        )
        script.track.resume, script.track.whole = kept.resume, True
        self._scripts.add(script)
        self.pool.add(script.track)

    def fill(self, job: Transcribe, sound: bytes, on_done: Callable[[], None]) -> None:
        """Writes down spans of a recording. All segments of the job leave when it is done: asked again, it
        is not doubled. Raises NoModel."""
        if str(job.job_id) in self._jobs:
            on_done()
            return
        models = self.languages.fill_keys(job.language, job.model)
        self.remember(job.call_id, job.leg, job.first_index)
        spans = [(low, high) for low, high in job.ranges if high > low]
        left = len(spans)
        if not spans:
            on_done()

        def one_done() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._jobs.add(str(job.job_id))
                on_done()

        for low, high in spans:
            script = Script(
                self,
                name=f"{uuid4()}.{self._next_seq()}",
                call_id=job.call_id,
                leg=job.leg,
                base_ms=low,
                gap=True,
                urgency=AFTERWARDS,
                models=models,
            )
            script.job_id, script.withheld = str(job.job_id), []
            script.track.sound.append(_span(sound, low - job.base_ms, high - job.base_ms))
            self._start(script)
            script.finish(one_done)

    def _start(self, script: Script) -> None:
        self.spool.note(
            script.name,
            {
                "head": {
                    "call_id": script.call_id,
                    "leg": script.leg.value,
                    "base_ms": script.track.base_ms,
                    "job": script.job_id,
                    "models": script.track.choose or (script.track.model,),
                }
            },
        )
        self._scripts.add(script)
        self.pool.add(script.track)

    # ---- what was heard

    def written(self, script: Script, final: Final, resume: int) -> None:
        """Number it, keep it, send it. Silence and sounds that are no words make no segment."""
        words = self.hot_words.put_right(final.words)
        text = joined(words)
        if not text:
            return
        key = (script.call_id, script.leg)
        index = self._indexes.get(key, 0)
        self._indexes[key] = index + 1
        segment = TranscriptSegment(
            index=index,
            speaker=script.leg,
            started_ms=words[0].started_ms,
            ended_ms=words[-1].ended_ms,
            text=text,
            words=words,
            model_id=self.languages.model_ids[final.model],
            gap=script.gap,
        )
        source = script.job_id or _tap_of(script.name)
        message = Segment(seq=self._next_seq(), call_id=script.call_id, segment=segment, source=source)
        self.spool.note(script.name, {"seq": message.seq, "resume": resume, "segment": asdict(segment)})
        self._unacked[message.seq] = (script.name, message)
        self.pool.paused = len(self._unacked) >= MAX_UNACKED
        self._send(message)

    def done(self, script: Script) -> None:
        self.spool.note(script.name, {"done": True})
        script.track.sound.close()
        self._scripts.discard(script)

    def acked(self, seq: int) -> None:
        """The gateway has this one for good."""
        kept = self._unacked.pop(seq, None)
        if kept is None:
            return
        self.spool.note(kept[0], {"ack": seq})
        if self.pool.paused and len(self._unacked) < MAX_UNACKED:
            self.pool.paused = False
            self.pool.pump()

    def unacked(self) -> list[Segment]:
        """What a gateway that has just connected gets again, in order."""
        return [message for _, (_, message) in sorted(self._unacked.items())]

    def sweep(self) -> None:
        """Old sound goes; so does a segment that no gateway took for UNACKED_KEEP_S (seq: microseconds)."""
        oldest = round((self._clock.now().timestamp() - UNACKED_KEEP_S) * 1_000_000)
        for seq in [seq for seq in self._unacked if seq < oldest]:
            log.error(
                "segment that no gateway took is dropped", after_s=UNACKED_KEEP_S, leg=self._unacked[seq][0]
            )
            self.acked(seq)
        busy = {script.name for script in self._scripts} | {name for name, _ in self._unacked.values()}
        removed = self.spool.sweep(busy, self._clock.now().timestamp())
        if removed:
            log.info("old sound removed from the spool", legs=len(removed))

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq


def _tap_of(name: str) -> str:
    """A leg in the spool is called `<tap>.<number>`."""
    return name.partition(".")[0]


def _span(sound: bytes, low_ms: int, high_ms: int) -> bytes:
    return sound[max(0, low_ms) * BYTES_PER_MS : max(0, high_ms) * BYTES_PER_MS]
