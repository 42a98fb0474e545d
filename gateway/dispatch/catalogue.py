"""The one table of what is published: name, data type, version, topic level, expiry, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.calls import events as call
from gateway.calls import handing_events as moved
from gateway.calls.dispatched import DispatchChange
from gateway.calls.entered import RecordEntered, RecordLink
from gateway.calls.linked import IncidentLink
from gateway.calls.quieted import CallerSign, SilencePromptChange, SilentAlarmChange
from gateway.calls.shared import CallerShared, ShareLinkChange
from gateway.calls.tasked import CallBackTaskChange
from gateway.calls.texted import TextCallChange, TextMessageChange
from gateway.dispatch import order_events as orders
from gateway.dispatch import plan_events as plans
from gateway.dispatch import site_events as site

STALE_AFTER_S = 30
"""How long a desk's or a queue's state is worth delivering: an older one misleads, the newer one is on its
way.
"""


class Level(StrEnum):
    """Whose topic an event goes to: one call's, the site's, or that of the department which has an order.
    Those of site and departments are numbered by the site alone."""

    CALL = "call"
    SITE = "site"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of event. `noun` and `version` stand in topic, type and schema; a changed meaning is a new
    version.
    """

    noun: str
    data: type
    level: Level
    en: str
    zh: str
    version: int = 1
    i3: bool = False
    """A NENA i3 LogEventType (NENA-STA-010.3, without the suffix LogEvent); else ours."""
    expiry_s: int | None = None
    """MQTT message expiry: a subscriber that was away longer does not get it. None: kept until delivered."""

    @property
    def name(self) -> str:
        return f"{self.noun}.v{self.version}"

    @property
    def type(self) -> str:
        """CloudEvents `type`."""
        return f"org.intake110.{self.name}"

    @property
    def schema_id(self) -> str:
        """CloudEvents `dataschema`, and the `$id` of the shipped JSON Schema."""
        return f"urn:intake110:schema:{self.noun}:v{self.version}"


def _i3(noun: str, data: type, en: str, zh: str) -> Entry:
    return Entry(noun=noun, data=data, level=Level.CALL, en=en, zh=zh, i3=True)


def _ours(noun: str, data: type, en: str, zh: str) -> Entry:
    return Entry(noun=noun, data=data, level=Level.CALL, en=en, zh=zh)


def _site(noun: str, data: type, en: str, zh: str, expiry_s: int | None = None) -> Entry:
    return Entry(noun=noun, data=data, level=Level.SITE, en=en, zh=zh, i3=True, expiry_s=expiry_s)


CATALOGUE: tuple[Entry, ...] = (
    _i3("CallStart", call.CallStart, "A caller took a 110 line.", "有人拨入110线路。"),
    _i3("CallStateChange", call.CallStateChange, "The call moved to another state.", "通话状态改变。"),
    _i3(
        "CallTransfer",
        call.CallTransfer,
        "A transfer began, succeeded, failed or was cancelled.",
        "转接开始、完成、失败或取消。",
    ),
    _i3("CallEnd", call.CallEnd, "The call is over; how and by whom.", "通话结束，含结束原因与挂断方。"),
    _i3("RecMediaStart", call.RecMediaStart, "The recorder of the PBX runs.", "交换机开始录音。"),
    _i3(
        "RecMediaEnd",
        call.RecMediaEnd,
        "The recording was measured and hashed.",
        "录音已核对时长并计算哈希。",
    ),
    _i3("RecordingFailed", call.RecordingFailed, "A recording is missing or unusable.", "录音缺失或不可用。"),
    _i3(
        "LocationResponse",
        call.LocationResponse,
        "A position or address came; which one leads, and why.",
        "收到位置，并说明以哪一个为准及其理由。",
    ),
    _i3(
        "LocationQuery",
        call.LocationQuery,
        "A location server or a reference was asked where the caller is.",
        "已向位置服务器或位置引用查询。",
    ),
    _i3(
        "AliLocationQuery",
        call.AliLocationQuery,
        "A register was asked by the caller's number.",
        "已按主叫号码查询登记信息。",
    ),
    _i3(
        "AliLocationResponse",
        call.AliLocationResponse,
        "How asking a register went.",
        "登记信息查询的结果。",
    ),
    _i3(
        "AdditionalDataResponse",
        call.AdditionalDataResponse,
        "Data about subscriber, provider, device or service came (RFC 7852).",
        "收到用户、运营商、终端或业务的附加信息（RFC 7852）。",
    ),
    _ours(
        "CallerIdentity",
        call.CallerIdentity,
        "The caller's number as the network asserts it.",
        "网络给出的主叫号码。",
    ),
    _ours(
        "LocationFault",
        call.LocationFault,
        "A location could not be read, or a source gave none.",
        "位置无法解析，或来源未给出位置。",
    ),
    _ours(
        "LocationFlag",
        call.LocationFlag,
        "Places contradict each other, the caller moves, or is outside the jurisdictions.",
        "位置互相矛盾、报警人在移动，或位置不在辖区内。",
    ),
    _ours(
        "LocationWithdrawal",
        call.LocationWithdrawal,
        "A person took back the place that a person had set or chosen.",
        "接警人员撤回了人工标注或选定的位置。",
    ),
    _ours(
        "LocationDescription",
        call.LocationDescription,
        "District, jurisdiction, standard address and junctions of the leading place.",
        "首选位置的区划、辖区、标准地址与邻近路口。",
    ),
    _ours(
        "SpeechStateChange",
        call.SpeechStateChange,
        "How one side is heard changed, or what nobody heard of it was filled in.",
        "某一方的语音识别状态改变，或漏听部分已补录。",
    ),
    _ours(
        "TranscriptSegment",
        call.TranscriptSegmentEvent,
        "What one side said, final text.",
        "一方说的一段话（定稿文本）。",
    ),
    _ours(
        "TranscriptReviewed",
        call.TranscriptReviewed,
        "One side of the recording was heard again, whole, by the accurate model.",
        "录音的一方已用高精度模型整段复听。",
    ),
    _ours(
        "TriageAssessed",
        call.TriageAssessedEvent,
        "Advice on class, nature and priority, with its evidence.",
        "对类别、性质、级别的建议及其依据。",
    ),
    _ours(
        "VetoRaised",
        call.VetoRaised,
        "Danger was heard; it can only raise the urgency.",
        "听到危险词，只会提高紧急程度。",
    ),
    _ours(
        "IncidentLink",
        IncidentLink,
        "A person linked the call with an incident, or took it out again.",
        "接警员把来电与事件关联，或取消关联。",
    ),
    _ours(
        "RecordEntered",
        RecordEntered,
        "A person wrote down what no PBX brought; late: afterwards.",
        "接警员补录或新建没有来电的警情；late 表示事后补录。",
    ),
    _ours(
        "RecordLink",
        RecordLink,
        "A record and a call of the PBX are the same, or not after all.",
        "人工记录与交换机来电认定为同一警情，或取消认定。",
    ),
    _ours("CardUpdate", call.CardUpdate, "Fields of the call card changed.", "接警单字段有变化。"),
    _ours(
        "DispositionSet", call.DispositionSet, "A person decided what the call was.", "接警员作出处置结论。"
    ),
    _ours(
        "WrapUpChange",
        call.WrapUpChange,
        "The card was finished, opened again, or passed to another position.",
        "接警单已办结、重新打开或移交其他席位。",
    ),
    _ours(
        "ReferralChange",
        moved.ReferralChange,
        "A hand-over went a step; asked: what it is about, before the target answers.",
        "转交有进展；提出时即告知对方来电概况（在其接听之前）。",
    ),
    _ours("CallBackChange", moved.CallBackChange, "A call-back went a step.", "回拨有进展。"),
    _ours(
        "CallBackTaskChange",
        CallBackTaskChange,
        "The call-back that an abandoned call left was opened, claimed, tried, is overdue, or is closed.",
        "未接即挂来电的回拨任务：建立、认领、已试、超时或已了结。",
    ),
    _ours(
        "SilentAlarmChange",
        SilentAlarmChange,
        "A caller who cannot speak raised a silent alarm; a person deals with it, or ended it.",
        "不便说话的报警人触发无声报警；有人在处理，或已由人解除。",
    ),
    _ours(
        "SilencePromptChange",
        SilencePromptChange,
        "The prompt to press 1 for a caller who cannot speak went a step.",
        "对不便说话者的按键提示有进展。",
    ),
    _ours(
        "CallerSign",
        CallerSign,
        "A sign of the caller that is no word: a key, knocks, talk begun or ended.",
        "报警人的非语言信号：按键、敲击、开始或停止出声。",
    ),
    _ours(
        "ShareLinkChange",
        ShareLinkChange,
        "The link by which a caller can share position, text and pictures was sent, opened, or is over.",
        "发给来电人的共享链接：已发送、已打开、已过期或已撤回。",
    ),
    _ours(
        "CallerShared",
        CallerShared,
        "The caller shared text or a picture over the link.",
        "来电人通过链接发来文字或照片。",
    ),
    _ours(
        "TextCallChange",
        TextCallChange,
        "A text call waits, was claimed, given back or passed on, or nobody has it in time.",
        "文字报警：等待、认领、退回、转给他人，或超时无人认领。",
    ),
    _ours(
        "TextMessageChange",
        TextMessageChange,
        "A message of a text call came or was written, or how its delivery stands.",
        "文字报警的消息：收到、写出，或送达状态有变化。",
    ),
    _ours(
        "SupervisionChange",
        moved.SupervisionChange,
        "A supervisor listens, whispers, joins or is called; or has left.",
        "班长监听、耳语、加入或被呼叫，或已离开。",
    ),
    _ours(
        "DispatchChange",
        DispatchChange,
        "The dispatch core has the alarm, an instruction went a step, or what should have come did not.",
        "指挥调度系统已收到警情、派警指令有进展，或应有的回执未到。",
    ),
    _ours(
        "UnexpectedSignal",
        call.UnexpectedSignal,
        "Something came that does not fit the call; nothing changed.",
        "收到与通话状态不符的信号，未作改变。",
    ),
    _site(
        "AgentStateChange",
        site.AgentStateChange,
        "A call-taker's desk changed its state.",
        "接警席状态改变。",
        STALE_AFTER_S,
    ),
    _site(
        "QueueStateChange",
        site.QueueStateChange,
        "Callers waiting in a queue.",
        "排队等待情况。",
        STALE_AFTER_S,
    ),
    _site(
        "ServiceStateChange",
        site.ServiceStateChange,
        "A link or service went up or down.",
        "链路或服务恢复或中断。",
    ),
    _site("KeepAliveFailure", site.KeepAliveFailure, "A partner does not answer.", "对端无应答。"),
    _site(
        "MalformedMessage",
        site.MalformedMessage,
        "A message that does not hang together was set aside.",
        "一条不合规的消息已被搁置。",
    ),
    Entry(
        noun="PlanChange",
        data=plans.PlanChange,
        level=Level.SITE,
        en="A response plan was started, an item of it ticked off or taken back, or it ended.",
        zh="预案已启动、某项已完成或撤回，或已结束。",
    ),
    Entry(
        noun="DispatchUnmatched",
        data=site.DispatchUnmatched,
        level=Level.SITE,
        en="A report of the dispatch core fits no call: set aside, given to it later, or forgotten.",
        zh="指挥调度系统的消息无法对应来电：已另存、已归入来电，或已过期删除。",
    ),
    Entry(
        noun="RulePackChange",
        data=site.RulePackChange,
        level=Level.SITE,
        en="A rule pack or a draft of one went a step: tested, approved, active, rolled back.",
        zh="规则包或其草稿有进展：已回测、已批准、已启用、已回退。",
    ),
    Entry(
        noun="WorkOrderChange",
        data=orders.WorkOrderChange,
        level=Level.SITE,
        en="A work order went a step; no personal data.",
        zh="工单有进展（不含个人信息）。",
    ),
    Entry(
        noun="WorkOrder",
        data=orders.WorkOrder,
        level=Level.DEPARTMENT,
        en="A work order as its department may see it, after a step of it.",
        zh="发给承办部门的工单及其进展。",
    ),
    Entry(
        noun="IncidentChange",
        data=site.IncidentChange,
        level=Level.SITE,
        en="Linked calls of one incident changed, one told a new fact, or many tell of it at once.",
        zh="同一事件的关联来电有变化、出现新情况，或大量来电反映同一事件。",
    ),
    Entry(
        noun="FloodSuspected",
        data=site.FloodSuspected,
        level=Level.SITE,
        en="Calls look like a flood that keeps lines busy; they are answered later, none is dropped.",
        zh="疑似恶意占线；这些来电靠后接听，一个也不丢弃。",
    ),
)

BY_TYPE: Mapping[type, Entry] = {entry.data: entry for entry in CATALOGUE}
BY_NOUN: Mapping[str, Entry] = {entry.noun: entry for entry in CATALOGUE}


class NotInCatalogue(KeyError):
    """An event type is published that the catalogue does not list: add it there, with its meaning."""


def entry_of(event: object) -> Entry:
    """The catalogue's line for an event. Raises NotInCatalogue."""
    try:
        return BY_TYPE[type(event)]
    except KeyError:
        raise NotInCatalogue(type(event).__name__) from None
