"""What the wall shows of this moment: plain JSON values, counts and times only. No telephone number, no name,
no word of a call and no place finer than a district goes through here: nothing has to be masked later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gateway.calls.model import TEST_MARK, CallSession, CallState, Medium, RecordingStatus
from gateway.calls.task import CallBackTask
from gateway.calls.text import TextCall
from gateway.desk.dispatched import BUCKETS_S, ack_state
from gateway.desk.hall import HallState
from gateway.desk.incidents.flood import Floods
from gateway.desk.incidents.model import Incident
from gateway.desk.plans.model import PlanRun
from gateway.desk.positions import presence
from gateway.desk.stamp import stamp

MAX_LINES = 12
"""Floods, surges, plans, districts and lost listeners that the wall gets, the first of each; further ones are
counted (`beyond`)."""
RECORDING_LATE = timedelta(minutes=10)
"""A recording that is not in the archive so long after its call is told."""

WAITING = (CallState.SEIZED, CallState.QUEUED, CallState.RINGING)
SEATS = ("idle", "ringing", "busy", "wrap_up", "paused", "unreachable")


def real(sessions: Iterable[CallSession]) -> list[CallSession]:
    """Without calls that only test the line, and without what we rang for another."""
    return [each for each in sessions if TEST_MARK not in each.marks and not each.outgoing]


def live_json(
    calls: Sequence[CallSession], hall: HallState, positions: Iterable[str], now: datetime
) -> dict[str, Any]:
    """Calls, desks and what is owed. `calls`: those in memory, as `real` leaves them; `positions`: the
    configured ones, none: every member of the queues is one."""
    spoken = [each for each in calls if each.medium is not Medium.TEXT]
    return {
        "waiting": _counted(each.queued_at or each.seized_at for each in spoken if each.state in WAITING),
        "texts": _texts(calls, now),
        "talking": sum(each.state is CallState.ANSWERED for each in spoken),
        "held": sum(each.state in (CallState.HELD, CallState.TRANSFERRING) for each in spoken),
        "seats": _seats(hall, positions),
        "call_backs": _call_backs(calls),
        "unacknowledged": _unacknowledged(calls),
        "unsigned": _unsigned(calls, now),
        "silent_alarms": _silent_alarms(calls),
        "districts": _districts(calls),
        "archive": _archive(calls, now),
    }


def _texts(calls: Iterable[CallSession], now: datetime) -> dict[str, Any]:
    """Text calls, which wait by minutes where spoken ones wait by seconds. `late`: nobody had them in time,
    as the site promises it; `left`: somebody has them and let the caller wait as long for an answer."""
    open_ = [each.text for each in calls if each.text is not None and each.state is not CallState.ENDED]
    late = sum(each.due_at is not None and now >= each.due_at for each in open_)
    held = [each for each in open_ if each.claimed_by is not None]
    left = sum(_unanswered(each, now) > timedelta(seconds=each.within_s) for each in held)
    counted = _counted(each.waiting_since for each in open_ if each.waiting_since is not None)
    return {**counted, "late": late, "claimed": len(held), "left": left}


def _unanswered(text: TextCall, now: datetime) -> timedelta:
    """How long the caller's newest message has had no answer."""
    heard, wrote = text.heard_at, text.wrote_at
    return now - heard if heard is not None and (wrote is None or heard > wrote) else timedelta()


def _counted(since: Iterable[datetime]) -> dict[str, Any]:
    """How many, and since when the oldest."""
    times = list(since)
    return {"count": len(times), "since": stamp(min(times, default=None))}


def _seats(hall: HallState, positions: Iterable[str]) -> dict[str, int]:
    known = list(positions) or [desk.agent for desk in hall.desks]
    found = Counter(presence(hall, each) for each in dict.fromkeys(known))
    return {"of": found.total(), **{name: found[name] for name in SEATS}}


def _call_backs(calls: Iterable[CallSession]) -> dict[str, Any]:
    tasks: list[CallBackTask] = [each.task for each in calls if each.task is not None and each.task.open]
    overdue = sum(task.overdue_at is not None for task in tasks)
    return {**_counted(task.since for task in tasks), "overdue": overdue}


def _unacknowledged(calls: Iterable[CallSession]) -> dict[str, Any]:
    alarms = [each.dispatch.alarm for each in calls]
    return _counted(each.since for each in alarms if each and ack_state(each) == "missing" and not each.left)


def _unsigned(calls: Iterable[CallSession], now: datetime) -> dict[str, Any]:
    """Instructions that nobody signed yet, by their age: within each of BUCKETS_S, and older."""
    issued = [
        one.issued_at
        for each in calls
        for one in each.dispatch.instructions
        if one.unsigned and not one.left and one.issued_at is not None
    ]
    buckets = [0] * (len(BUCKETS_S) + 1)
    for at in issued:
        age = (now - at).total_seconds()
        buckets[next((n for n, s in enumerate(BUCKETS_S) if age <= s), len(BUCKETS_S))] += 1
    return {**_counted(issued), "within": buckets[:-1], "older": buckets[-1]}


def _silent_alarms(calls: Iterable[CallSession]) -> dict[str, Any]:
    standing = [(each, alarm) for each in calls if (alarm := each.quiet.alarm) is not None and alarm.stands]
    raised = [each.seized_at + timedelta(milliseconds=alarm.at_ms) for each, alarm in standing]
    return {**_counted(raised), "unseen": sum(alarm.seen_by is None for _, alarm in standing)}


def _districts(calls: Iterable[CallSession]) -> dict[str, Any]:
    """Live calls by district; `unknown`: nobody knows it yet."""
    found = Counter(
        described.district if (described := each.locating.description) else None
        for each in calls
        if each.state is not CallState.ENDED
    )
    unknown = sum(found.pop(each, 0) for each in (None, ""))
    lines = sorted(((count, name) for name, count in found.items()), key=lambda one: (-one[0], one[1] or ""))
    return {
        "items": [{"district": name, "calls": count} for count, name in lines[:MAX_LINES]],
        "beyond": sum(count for count, _ in lines[MAX_LINES:]),
        "unknown": unknown,
    }


def _archive(calls: Iterable[CallSession], now: datetime) -> dict[str, Any]:
    """Recordings: those that run, and those that wait for the archive since their call ended."""
    running = sum(one.status is RecordingStatus.RUNNING for each in calls for one in each.recordings)
    waiting = [
        each.ended_at
        for each in calls
        for one in each.recordings
        if one.status is RecordingStatus.STOPPED and each.ended_at is not None
    ]
    late = any(now - ended > RECORDING_LATE for ended in waiting)
    return {**_counted(waiting), "running": running, "late": late}


# ---- what many calls make


def floods_json(floods: Floods | None) -> dict[str, Any]:
    """Without the number, range or trunk that floods: the board names it to whom it concerns."""
    now = sorted(floods.now if floods else (), key=lambda each: each.since)
    lines = [
        {"kind": each.kind.value, "since": stamp(each.since), "calls": each.calls, "numbers": each.numbers}
        for each in now[:MAX_LINES]
    ]
    return {"items": lines, "beyond": len(now) - len(lines) + (floods.beyond if floods else 0)}


def surges_json(incidents: Iterable[Incident], calls: Iterable[CallSession]) -> dict[str, Any]:
    """Many calls that tell of one incident: of what nature, in which district. Titles are written by people
    and may hold addresses, so they stay away."""
    surging = sorted(
        (each for each in incidents if each.surge_since is not None and not each.over),
        key=lambda each: (each.surge_since or each.opened_at, each.incident_id),
    )
    known = {str(each.call_id): each for each in calls}
    lines = [_surge(each, known) for each in surging[:MAX_LINES]]
    return {"items": lines, "beyond": len(surging) - len(lines)}


def _surge(incident: Incident, calls: Mapping[str, CallSession]) -> dict[str, Any]:
    linked = [calls[each.call_id] for each in incident.members if each.call_id in calls]
    natures = Counter(each.triage.nature.value for each in linked if each.triage is not None)
    districts = Counter(
        described.district for each in linked if (described := each.locating.description) is not None
    )
    told = {each.call_id for each in incident.members} | {each.call_id for each in incident.matched}
    return {
        "since": stamp(incident.surge_since),
        "calls": len(told),
        "nature": _most(natures),
        "district": _most(districts),
    }


def _most(found: Counter[Any]) -> str | None:
    return str(found.most_common(1)[0][0]) if found and found.most_common(1)[0][0] else None


def plans_json(runs: Sequence[PlanRun]) -> dict[str, Any]:
    """Runs that are not over, the major ones first; titles are those of the site's files."""
    ordered = sorted(runs, key=lambda run: (not run.plan.major, run.started_at, run.run_id))
    lines = [
        {
            "code": run.plan.code, "title_zh": run.plan.title.zh, "title_en": run.plan.title.en,
            "major": run.plan.major, "started_at": stamp(run.started_at), "done": len(run.ticks),
            "items": len(run.plan.items),
        }
        for run in ordered[:MAX_LINES]
    ]  # fmt: skip
    return {"items": lines, "beyond": len(ordered) - len(lines)}
