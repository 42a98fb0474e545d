"""A long SMS comes in parts, in any order, some twice, some never: put together here, or shown without what
did not come in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.desk.threads.model import Awaited, Message, Part, Thread
from gateway.desk.threads.signals import TextArrived

MAX_AWAITED = 4
"""Messages of one number that wait for parts; a fifth shows the oldest as it is."""
GAP = "[…]"
"""Stands in the text where a part is missing."""


def joined(thread: Thread, signal: TextArrived) -> tuple[Thread, list[Message]]:
    """The thread with this message or part, and the messages that are whole now (or are waited for no
    more)."""
    part = signal.part
    if part is None or part.of == 1:
        return thread, [_single(signal)]
    awaited = list(thread.awaited)
    known = next((each for each in awaited if (each.reference, each.of) == (part.reference, part.of)), None)
    out: list[Message] = []
    if known is not None and any(n == part.n for n, _, _ in known.parts):
        # another text under the same number: the provider's reference has come round
        awaited.remove(known)
        out.append(_as_it_is(known))
        known = None
    if known is not None:
        awaited.remove(known)
    now = _with(known, part, signal)
    if len(now.parts) == now.of:
        return replace(thread, awaited=tuple(awaited)), [*out, _as_it_is(now)]
    awaited.append(now)
    if len(awaited) > MAX_AWAITED:
        out.append(_as_it_is(awaited.pop(0)))
    return replace(thread, awaited=tuple(awaited)), out


def given_up(thread: Thread, at: datetime, within: timedelta) -> tuple[Thread, list[Message]]:
    """What has waited long enough for its parts, as it is; the oldest first."""
    late = [each for each in thread.awaited if at >= each.since + within]
    rest = tuple(each for each in thread.awaited if each not in late)
    return replace(thread, awaited=rest), [_as_it_is(each) for each in late]


def partial(awaited: Iterable[Awaited]) -> str:
    """What has come so far of messages that are not whole: danger in it is looked for at once."""
    return "\n".join(_text(each) for each in awaited)


def _single(signal: TextArrived) -> Message:
    return Message(
        message_id=signal.message_id, text=signal.text, sent_at=signal.sent_at, place=signal.place,
        attachments=signal.attachments,
    )  # fmt: skip


def _with(known: Awaited | None, part: Part, signal: TextArrived) -> Awaited:
    fresh = known or Awaited(reference=part.reference, of=part.of, since=signal.at, sent_at=signal.sent_at)
    got = sorted((*fresh.parts, (part.n, signal.message_id, signal.text)))
    return replace(fresh, parts=tuple(got), sent_at=min(fresh.sent_at, signal.sent_at))


def _as_it_is(awaited: Awaited) -> Message:
    there = {n for n, _, _ in awaited.parts}
    return Message(
        message_id=awaited.parts[0][1], text=_text(awaited), sent_at=awaited.sent_at,
        missing=tuple(n for n in range(1, awaited.of + 1) if n not in there),
    )  # fmt: skip


def _text(awaited: Awaited) -> str:
    texts = {n: text for n, _, text in awaited.parts}
    words, gap = [], False
    for n in range(1, awaited.of + 1):
        if n in texts:
            words.append(texts[n])
            gap = False
        elif not gap:
            words.append(GAP)
            gap = True
    return "".join(words)
