"""Watches every link, keeps the health register current, and tells pages and the broker when one changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from gateway.calls.model import TEST_MARK, CallSession, CallState
from gateway.clock import Clock
from gateway.desk.board import stamp
from gateway.ports import OutboxRow
from gateway.runtime.health import Fault, Health, Service, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.listeners import down_fault, late_fault, left_out_fault, listener_fault
from gateway.runtime.unheard import fault_of, unheard

LOOK_EVERY_S = 2.0
"""How often figures are read afresh."""
WAITING_DEGRADED = 1_000
"""Events that wait for the broker, from which on the outbox counts as degraded."""

UP, DEGRADED, DOWN = ServiceState.UP, ServiceState.DEGRADED, ServiceState.DOWN


class LinkNews(Protocol):
    """What a link says of itself: `reason` and `cure` are sentences."""

    @property
    def reason(self) -> str | None: ...

    @property
    def cure(self) -> str | None: ...


class BrokerNews(LinkNews, Protocol):
    @property
    def connected(self) -> bool: ...


class Backlog(Protocol):
    @property
    def waiting(self) -> int: ...


def fault(zh: str, news: LinkNews) -> Fault:
    """The general sentence in Chinese, the exact one in English, with its cure."""
    reason, cure = news.reason or "", news.cure or ""
    return Fault(fault_zh=f"{zh}：{reason}", fault_en=reason, cure_zh=cure, cure_en=cure)


class SpeechNews(Protocol):
    """`gateway.speech.state.SpeechState`: how the ears are. `trouble` is a word of
    `gateway.speech.state.Trouble`."""

    @property
    def trouble(self) -> str: ...

    @property
    def up(self) -> bool: ...

    @property
    def reason(self) -> str: ...

    @property
    def model_id(self) -> str | None: ...

    @property
    def workers(self) -> int: ...

    @property
    def behind(self) -> int: ...

    @property
    def set_aside(self) -> int: ...

    @property
    def live(self) -> frozenset[str]: ...

    @property
    def left_out(self) -> Mapping[str, str]:
        """Models that are configured and do not hear, and why."""
        ...

    @property
    def complete(self) -> bool:
        """Whether every listener has had its time to tell what it hears."""
        ...


class ListenerNews(SpeechNews, Protocol):
    """How one of several listeners is."""

    @property
    def legs(self) -> int: ...


def _late(news: SpeechNews) -> Fault:
    """More legs than the machine can hear; callers go first."""
    zh = f"通话路数超过本机识别能力：{news.behind} 路文字迟到"
    en = f"more legs than the machine can follow: the text of {news.behind} is late"
    if news.set_aside:
        zh += f"，其中 {news.set_aside} 路接警员语音先录音、后转写，报警人优先"
        en += f"; callers first, {news.set_aside} call-takers' legs are transcribed later from their sound"
    return Fault(
        fault_zh=f"{zh}；研判为不确定", fault_en=en,
        cure_zh="增加监听机或处理器核心", cure_en="add a listener, or cores",
    )  # fmt: skip


class Status:
    def __init__(
        self, health: Health, hub: Hub, intake: Intake, relay: Backlog, clock: Clock, version: str
    ) -> None:
        self._health, self._hub, self._intake, self._relay = health, hub, intake, relay
        self._clock, self._version, self._started_at = clock, version, clock.now()
        self._parked, self._last_parked = 0, ""
        self._ears: SpeechNews | None = None
        self.on_look: Callable[[], None] = lambda: None
        """Others whose figures are read afresh at the same time."""
        health.on_change = self._changed

    def expect(self, *names: str) -> None:
        """These links will report; until they do they count as down."""
        for name in names:
            self._health.set(name, DOWN, Fault(fault_zh="尚未连接", fault_en="not connected yet"))

    # ---- what links report

    def saving(self, ok: bool) -> None:
        """The loop can, or cannot, commit."""
        self._hub.publish("saving", None, {"ok": ok, "since": stamp(self._clock.now())})
        self._health.set(
            "database",
            UP if ok else DOWN,
            None
            if ok
            else Fault(
                fault_zh="数据库不应答，信号保留在内存中重试",
                fault_en="the database does not answer; signals are kept and tried again",
                cure_zh="检查数据库与磁盘",
                cure_en="look at the database and the disk",
            ),
        )

    def broker(self, news: BrokerNews) -> None:
        self._health.set(
            "broker",
            UP if news.connected else DOWN,
            None if news.connected else fault("消息总线断开，事件在发件箱等待", news),
        )

    def pbx(self, name: str, state: str, news: LinkNews) -> None:
        """`state`: up, degraded or down."""
        kind = ServiceState(state)
        self._health.set(
            f"pbx:{name}", kind, None if kind is UP else fault("交换机链路异常，通话不受影响", news)
        )

    def speech(self, news: SpeechNews) -> None:
        self._ears = news
        self._tell_ears(news)

    def _tell_ears(self, news: SpeechNews) -> None:
        """How the ears are, and whether a side of a call is without text although they are well."""
        counts, state, told = unheard(self._calls()), DEGRADED, None
        if not news.up:
            state, told = DOWN, down_fault(news.trouble, news.reason)
        elif counts:  # no text is worse than late text
            told = fault_of(counts)
        elif news.behind > 0:
            told = _late(news)
        elif news.left_out:
            told = left_out_fault(news.left_out)
        else:
            state = UP
        self._health.set(
            "speech", state, told,
            model=news.model_id, workers=news.workers, live=len(news.live), behind=news.behind,
            set_aside=news.set_aside,
            unheard=counts.total(), left_out=len(news.left_out),
        )  # fmt: skip

    def _calls(self) -> Iterator[CallSession]:
        return (live.state for live in self._intake.book.of_kind("call").values())

    def listener(self, name: str, news: ListenerNews | None) -> None:
        """One of several listeners; None: it has left for good."""
        service = f"speech:{name}"
        if news is None:
            self._health.forget(service)
            return
        state, told = UP, None
        if not news.up:
            state, told = DOWN, listener_fault(news)
        elif news.behind > 0:
            state, told = DEGRADED, late_fault(news.behind)
        elif news.left_out:
            state, told = DEGRADED, left_out_fault(news.left_out)
        self._health.set(
            service, state, told, model=news.model_id, workers=news.workers, live=len(news.live),
            legs=news.legs, behind=news.behind,
        )  # fmt: skip

    def parked(self, row: OutboxRow, reason: str) -> None:
        """The broker refuses this event for good; the others go on."""
        self._parked += 1
        self._last_parked = f"{row.event_id}: {reason}"

    # ---- what is looked at

    async def watch(self) -> None:
        """For ever."""
        while True:
            self._look()
            await self._clock.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        if self._ears is not None:
            self._tell_ears(self._ears)
        self.on_look()
        waiting = self._relay.waiting
        told = None
        if waiting >= WAITING_DEGRADED:
            told = Fault(
                fault_zh=f"{waiting} 个事件等待发送", fault_en=f"{waiting} events wait for the broker"
            )
        elif self._parked:
            told = Fault(
                fault_zh=f"{self._parked} 个事件被消息总线拒收：{self._last_parked}",
                cure_zh="检查账号权限与消息大小限制",
                fault_en=f"the broker refuses {self._parked} events: {self._last_parked}",
                cure_en="look at the account's rights and the broker's size limit",
            )
        self._health.set("outbox", DEGRADED if told else UP, told, waiting=waiting, parked=self._parked)
        if self._intake.saving:
            self._health.set("database", UP)

    def body(self) -> dict[str, Any]:
        """The health page: every link, and a few counts."""
        book = self._intake.book
        return {
            "state": self._health.state.value,
            "services": [service.json() for service in self._health.services],
            "version": self._version,
            "started_at": stamp(self._started_at),
            "counts": {
                "live_calls": book.count("call", lambda call: _counts(call, *_LIVE)),
                "queued": book.count("call", lambda call: _counts(call, CallState.QUEUED, CallState.RINGING)),
                "outbox_waiting": self._relay.waiting,
                "journal_seq": self._intake.journal_seq,
            },
        }

    def _changed(self, service: Service) -> None:
        self._hub.publish("service", None, service.json())


_LIVE = tuple(state for state in CallState if state is not CallState.ENDED)


def _counts(call: CallSession, *states: CallState) -> bool:
    """A call that only tests the line is counted nowhere."""
    return call.state in states and TEST_MARK not in call.marks
