"""The training over the HTTP API: bodies taken and given."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.runtime.drill.run import RunState
from gateway.web.schema import Incoming, Outgoing

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Position = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class StartRun(Incoming):
    """`position`: where the trainee sits."""

    scenario: Code
    position: Position
    speed: float = 1.0


class ChangeRun(Incoming):
    """Null: as it is."""

    paused: bool | None = None
    speed: float | None = None


class Inject(Incoming):
    """What happens now to the caller on the line, beside the script: one of the acts."""

    act: Literal["say", "key", "sound", "hang_up", "fix"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0.0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0.0
    radius_m: Annotated[float, Field(gt=0, le=100_000)] = 30.0


class Say(Incoming):
    """The trainee's own words to the caller."""

    text: Sentence


class Nothing(Incoming):
    pass


class ScenarioShown(Outgoing):
    code: str
    title_zh: str
    title_en: str
    brief_zh: str
    brief_en: str
    language: Literal["zh", "en"]
    calls: int


class SeatShown(Outgoing):
    """A position at which somebody sits."""

    position: str
    username: str
    display_name: str


class ScenarioList(Outgoing):
    """`fault`: why the newest files are not in use. `training`: always true."""

    training: Literal[True]
    items: list[ScenarioShown]
    seats: list[SeatShown]
    speeds: list[float]
    fault: str | None


class RunShown(Outgoing):
    """One run; `sheet` once it is over: times in seconds, each thing that was to be done and whether it was,
    what was asked. `call_id`: with whom the trainee speaks, or who rings."""

    training: Literal[True]
    run_id: str
    scenario: str
    title_zh: str
    title_en: str
    position: str
    trainee: str
    trainer: str
    speed: float
    state: RunState
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    script_s: float
    lived_s: float
    calls: int
    ringing: bool
    talking: bool
    call_id: str | None
    sheet: dict[str, Any] | None = None


class RunList(Outgoing):
    """Newest first. `progress`: by trainee."""

    training: Literal[True]
    items: list[RunShown]
    progress: dict[str, dict[str, Any]]
