"""The wall over the HTTP API: one answer of counts and times, without telephone numbers and names; no place
is finer than a district."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from gateway.triage.model import Nature
from gateway.web.schema import Outgoing

LinkState = Literal["up", "degraded", "down"]


class Counted(Outgoing):
    """How many, and since when the oldest; null: none."""

    count: int
    since: AwareDatetime | None


class WallTexts(Counted):
    """Text calls that nobody has yet. `late`: of them, beyond the promised time; `claimed`: those that
    somebody has; `left`: of these, callers who have waited as long for an answer."""

    late: int
    claimed: int
    left: int


class WallSeats(Outgoing):
    """Positions by state; `idle` is free."""

    of: int
    idle: int
    ringing: int
    busy: int
    wrap_up: int
    paused: int
    unreachable: int


class WallCallBacks(Counted):
    """Callers who hung up unanswered and are to be rung back."""

    overdue: int


class WallUnsigned(Counted):
    """Instructions that nobody signed, by age: within 30, 60, 120, 180 s, and older."""

    within: list[int]
    older: int


class WallSilentAlarms(Counted):
    """Silent alarms that stand; `unseen`: nobody at the card has said that they saw it."""

    unseen: int


class WallDistrict(Outgoing):
    district: str
    calls: int


class WallDistricts(Outgoing):
    """Live calls by district; `unknown`: the place is not known yet."""

    items: list[WallDistrict]
    beyond: int
    unknown: int


class WallArchive(Counted):
    """Recordings that wait for the archive, since the end of their calls; `late`: some for over 10 min."""

    running: int
    late: bool


class WallFlood(Outgoing):
    kind: str
    since: AwareDatetime
    calls: int
    numbers: int


class WallFloods(Outgoing):
    items: list[WallFlood]
    beyond: int


class WallSurge(Outgoing):
    """Many calls that tell of one incident."""

    since: AwareDatetime
    calls: int
    nature: Nature | None
    district: str | None


class WallSurges(Outgoing):
    items: list[WallSurge]
    beyond: int


class WallPlan(Outgoing):
    code: str
    title_zh: str
    title_en: str
    major: bool
    started_at: AwareDatetime
    done: int
    items: int


class WallPlans(Outgoing):
    items: list[WallPlan]
    beyond: int


class WallLink(Outgoing):
    """`name` as on the health page; `good`: of the canary, its last call that went well."""

    name: str
    state: LinkState
    since: AwareDatetime
    good: AwareDatetime | None


class WallSpeech(Outgoing):
    """`unheard`: sides of live calls that become no text; `behind`: those that are late; `set_aside`: those
    to be written down later; `lost`: listeners that are gone; `demo_languages`: whose model understands
    synthetic voices only."""

    state: LinkState
    since: AwareDatetime
    unheard: int
    behind: int
    set_aside: int
    lost: list[WallLink]
    demo_languages: list[str]


class Within(Outgoing):
    """`calls` within `s` seconds."""

    s: int
    calls: int


class WallClasses(Outgoing):
    """`none`: not judged (yet)."""

    valid_alarm: int
    non_police: int
    unsure: int
    none: int


class WallNature(Outgoing):
    """Today, and yesterday until the same time."""

    nature: Nature
    calls: int
    before: int


class WallSigned(Outgoing):
    """Instructions issued today: signed within so many seconds, later, and not yet."""

    within: list[Within]
    later: int
    not_yet: int


class WallOrders(Outgoing):
    """Work orders that are open now."""

    open: int
    overdue: int
    returned: int


class WallDay(Outgoing):
    """The site's day so far. `at`: as read from the store, null: not yet; `fault_since`: it cannot be read
    since then and stands as it was. Classes and natures: a person's word (`decided`) before the machine's.
    `answered` are calls (no records) that a call-taker answered; `within`: of them, counted from the seizure
    of the line. `handed`: hand-overs of which it is known how they went; `came_back`: nobody took them, or
    they were given back. `unrecorded`: recordings that are missing or wrong."""

    at: AwareDatetime | None
    fault_since: AwareDatetime | None
    calls: int
    calls_before: int
    rang: int
    answered: int
    within: list[Within]
    abandoned: int
    decided: int
    classes: WallClasses
    handed: int
    came_back: int
    unrecorded: int
    natures: list[WallNature]
    signed: WallSigned
    orders: WallOrders


class WallChart(Outgoing):
    """Calls in each of the last 60 whole minutes, the oldest first, until `until`. `low`, `middle`, `high`:
    these `quantiles` of the same minutes (and 7 around each) of the last 7 days; null while fewer than 3
    `days` are known."""

    until: AwareDatetime
    calls: list[int]
    days: int
    low: list[float] | None
    middle: list[float] | None
    high: list[float] | None
    quantiles: list[float]


class WallShown(Outgoing):
    """`waiting`, `talking`, `held`: spoken calls; `texts`: written ones. `saving` false: new things are not
    on the disk at this moment. `speech` null: it is switched off."""

    at: AwareDatetime
    site: str
    saving: bool
    waiting: Counted
    texts: WallTexts
    talking: int
    held: int
    seats: WallSeats
    call_backs: WallCallBacks
    unacknowledged: Counted
    unsigned: WallUnsigned
    silent_alarms: WallSilentAlarms
    districts: WallDistricts
    archive: WallArchive
    floods: WallFloods
    surges: WallSurges
    plans: WallPlans
    speech: WallSpeech | None
    links: list[WallLink]
    day: WallDay
    chart: WallChart | None
