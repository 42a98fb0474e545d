"""Calls that rules judged and people decided on, as the loop would have committed them; and invented ones in
two easily told kinds, to teach a second opinion with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from gateway.calls.model import CallSession, CallState, Disposition, TriageSummary
from gateway.calls.signals import CallEnded, CallSignal, KeyPressed, LabelCall
from gateway.ids import CallId
from gateway.journal.chain import Entry, link
from gateway.journal.codec import Codec, encode, to_text
from gateway.ports import AggregateRow, Commit, SegmentRow, Store
from gateway.speech.model import Leg, Reading
from gateway.triage.learn import Example
from gateway.triage.model import AlarmClass, Department, Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ALARM, CIVIL = AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE


def a_call(number: int, said: AlarmClass = ALARM, person: AlarmClass | None = None) -> CallSession:
    at = NOON + timedelta(days=number)
    verdict = TriageSummary(
        alarm_class=said, nature=Nature.THEFT, priority=3, department=Department.LABOUR_BUREAU,
        pack_hash="p", segments=1,
    )  # fmt: skip
    return CallSession(
        call_id=CallId(f"hz-p1-{number}"), site="hz", pbx="p1", uniqueid=f"{number}", linkedid=f"{number}",
        line="l", seized_at=at, ended_at=at, state=CallState.ENDED, triage=verdict, closed=True,
        disposition=disposed(person) if person else None,
    )  # fmt: skip


def disposed(person: AlarmClass) -> Disposition:
    return Disposition(
        alarm_class=person, nature=Nature.THEFT, department=Department.LABOUR_BUREAU, note="", by="t", at=NOON
    )


async def commit(store: Store, session: CallSession, signal: type[CallSignal] = CallEnded) -> None:
    """The call, with a signal about it in the journal."""
    more: dict[str, Any] = {"key": "1"} if signal is KeyPressed else {}
    if signal is LabelCall:
        more = {"request_id": "r", "actor": "a", "alarm_class": ALARM, "nature": Nature.THEFT}
    told = signal(call_id=session.call_id, at=NOON, **more)
    name, version, payload = Codec([signal]).dump(told)
    head = await store.head()
    entry = Entry(
        at=NOON, kind="call", key=session.call_id, type=name, version=version, payload=payload,
        salt=b"s" * 32,
    )  # fmt: skip
    row = AggregateRow(
        kind="call", key=session.call_id, rev=1, closed=True, state=to_text(encode(session)), changed_at=NOON
    )
    await store.commit(Commit(journal=link(head.journal_seq, head.journal_hash, [entry]), aggregates=[row]))


async def say(store: Store, call_id: str, *said: tuple[int, Leg, str, Reading]) -> None:
    await store.commit(Commit(segments=[
        SegmentRow(
            call_id=call_id, speaker=leg, index=at, started_ms=at, text=text, payload="{}", reading=reading
        )
        for at, leg, text, reading in said
    ]))  # fmt: skip


_WHO = ("我邻居", "我同事", "我爸", "对面店主", "我表弟", "楼上住户")
_WHEN = ("刚才", "今天早上", "昨晚", "就在现在", "十分钟前")
_WHERE = ("小区里", "公司门口", "市场边上", "车站那边", "学校旁边", "河边")
_ALARMS = (
    ("被人抢走了背包，抢劫的往东跑了", Nature.ROBBERY),
    ("被骗子骗走了两万块钱，转账转过去的", Nature.FRAUD),
)
_CIVIL = (
    ("路灯坏了一个星期没人修，想报修", Department.URBAN_CONSTRUCTION),
    ("老板拖欠工资三个月不给，想投诉", Department.LABOUR_BUREAU),
)


def examples() -> Iterator[Example]:
    """360 calls of 180 groups, half of them alarms."""
    for at, (who, when, where) in enumerate(product(_WHO, _WHEN, _WHERE)):
        said, nature = _ALARMS[at % 2]
        asked, department = _CIVIL[at % 2]
        yield Example(
            name=f"a{at}", group=f"g{at}", turns=(f"{who}{when}在{where}{said}", "你们快来"),
            alarm_class=AlarmClass.VALID_ALARM, nature=nature,
        )  # fmt: skip
        yield Example(
            name=f"c{at}", group=f"g{at}", turns=(f"{who}{when}说{where}{asked}",),
            alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, department=department,
        )  # fmt: skip
