"""Machine configuration: read once at start from `gateway.toml`, never written. Unknown keys are refused.

Secrets do not stand in the file: a key `…_file` names a file that holds one, `…_env` an environment variable.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    IPvAnyNetwork,
    ValidationError,
    field_validator,
    model_validator,
)

from gateway.calls.text import TEXT_PBX
from gateway.config_base import ConfigError as ConfigError
from gateway.config_base import DatumName, Log, Name, Port, Seconds, Section, optional_secret
from gateway.config_base import Secret as Secret
from gateway.config_desk import (
    DeskConfig,
    DirectoryConfig,
    DispatchConfig,
    OrdersConfig,
    PlansConfig,
    QuietConfig,
    TrainingConfig,
)
from gateway.config_location import PATH_KEYS as LOCATION_PATHS
from gateway.config_location import LocationConfig, checked_pattern
from gateway.config_texts import TextsConfig
from gateway.config_together import TogetherConfig
from gateway.ids import MANUAL_PBX
from gateway.speech.languages import TAG

MAX_INCLUDES = 32
"""Files a configuration may pull in; more is a mistake or a circle, and is refused."""

Language = Annotated[str, Field(pattern=TAG)]


class Site(Section):
    name: Name = "site"
    timezone: str = "Asia/Shanghai"
    title_zh: str = "110 接警网关"
    title_en: str = "110 intake"
    demo: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"no such time zone {value!r}; write one like Asia/Shanghai") from error
        return value


class Gateway(Section):
    id: Name = "gw1"
    state_dir: Path = Path("var")
    stop_within_s: Seconds = 5.0


class StoreConfig(Section):
    url: str | None = None
    url_env: str | None = None


class Mqtt(Secret):
    host: str = "127.0.0.1"
    port: Port = 1883
    username: str | None = None
    tls: bool = False
    ca_file: Path | None = None
    keepalive_s: Annotated[int, Field(ge=2, le=3600)] = 10
    publish_within_s: Seconds = 5.0

    def password(self) -> str | None:
        return None if self.secret_file is None and self.secret_env is None else self.secret()


class Recordings(Section):
    """Where the PBX writes (`pbx`) and where the same folder is seen from here (`local`)."""

    pbx: str
    local: Path


def _no_records(name: str) -> str:
    if name == MANUAL_PBX:
        raise ValueError(f"{name} stands in the ids of records without a call: choose another name")
    return name


class PbxConfig(Secret):
    name: Annotated[Name, AfterValidator(_no_records)]
    host: str = "127.0.0.1"
    port: Port = 5038
    username: str = "intake110"
    tap_address: str = "127.0.0.1"
    recordings: tuple[Recordings, ...] = ()
    cel_csv: Path | None = None
    cdr_csv: Path | None = None
    intake_contexts: tuple[str, ...] = ("intake110-trunk", "from-trunk")
    intake_numbers: tuple[str, ...] = ("110",)
    department_contexts: tuple[str, ...] = (
        "intake110-targets",
        "intake110-hand-over",
        "intake110-desks",
        "intake110-rooms",
        "departments",
    )
    test_callers: tuple[str, ...] = ()
    desk_phones: Annotated[str, Field(pattern=r"^[A-Za-z]+/[A-Za-z0-9_.@/-]*\{\}[A-Za-z0-9_.@/-]*$")] = (
        "PJSIP/{}"
    )
    xali_datum: DatumName | Literal["none"] = "WGS-84"
    xali_pattern: str = ""
    languages: dict[str, Language] = Field(default_factory=dict)
    language_keys: dict[Annotated[str, Field(pattern=r"^[0-9*#]$")], Language] = Field(default_factory=dict)
    connect_within_s: Seconds = 5.0
    action_within_s: Seconds = 5.0
    ping_every_s: Seconds = 5.0

    _usable_pattern = field_validator("xali_pattern")(checked_pattern)


class Speech(Section):
    enabled: bool = True
    model: Path = Path("asr_models/demo-cn")
    languages: dict[Annotated[str, Field(pattern=TAG)], Path] = Field(default_factory=dict)
    accurate_model: Path | None = None
    second_pass: Literal["local", "cluster"] = "local"
    listener_host: str = "0.0.0.0"
    listener_port: Port = 9092
    local: bool = True
    listeners_secret_file: Path | None = None
    listeners_secret_env: str | None = None
    control_port: Port = 9093
    legs: Annotated[int, Field(ge=0, le=10_000)] = 0
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    hot_words: tuple[Path, ...] = ()
    spool_max_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 2048

    @property
    def own(self) -> bool:
        """Whether this gateway hears by itself."""
        return self.enabled and self.local

    @property
    def shared(self) -> bool:
        """Whether listeners on other machines are used at all."""
        return self.listeners_secret_file is not None or self.listeners_secret_env is not None

    def listeners_secret(self) -> str | None:
        """What this gateway and its listeners on other machines know; None: there are none."""
        if not self.shared:
            return None
        kept = Secret(secret_file=self.listeners_secret_file, secret_env=self.listeners_secret_env)
        try:
            return kept.secret()
        except ConfigError as error:
            raise ConfigError(f"speech.listeners_{error}") from error


class CanaryConfig(Section):
    enabled: bool = False
    pbx: str = ""
    endpoint: str = "trunk"
    dial: str = "110"
    number: str = ""
    sound: str = "intake110-canary"
    says: str = "建国路八十八号有人打架快派警察来"
    verdict: Literal["valid_alarm", "non_police", "unsure"] = "valid_alarm"
    every_min: Annotated[float, Field(ge=1, le=1440)] = 30.0
    within_s: Annotated[float, Field(ge=10, le=600)] = 90.0


class TriageConfig(Section):
    rules: Path = Path("conf/rules")
    second_opinion: Path | None = None


class Archive(Section):
    folder: Path = Path("var/archive")
    settle_within_s: Seconds = 10.0


class Web(Section):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 8110
    behind_tls: bool = False
    session_idle_min: Annotated[int, Field(ge=1, le=1440)] = 60
    session_max_h: Annotated[int, Field(ge=1, le=72)] = 14
    metrics_from: tuple[IPvAnyNetwork, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    machine_token_file: Path | None = None
    machine_token_env: str | None = None

    def machine_token(self) -> str | None:
        """What machines show that hand in location bodies; None: they sign in."""
        kept = Secret(secret_file=self.machine_token_file, secret_env=self.machine_token_env)
        return optional_secret(kept, "web.machine_token_")


class Config(Section):
    """The whole of gateway.toml. Relative paths count from the folder of the file they stand in."""

    include: tuple[str, ...] = ()
    site: Site = Site()
    gateway: Gateway = Gateway()
    store: StoreConfig = StoreConfig()
    mqtt: Mqtt = Mqtt()
    pbx: tuple[PbxConfig, ...] = ()
    speech: Speech = Speech()
    canary: CanaryConfig = CanaryConfig()
    triage: TriageConfig = TriageConfig()
    location: LocationConfig = LocationConfig()
    orders: OrdersConfig = OrdersConfig()
    dispatch: DispatchConfig = DispatchConfig()
    together: TogetherConfig = TogetherConfig()
    directory: DirectoryConfig = DirectoryConfig()
    plans: PlansConfig = PlansConfig()
    training: TrainingConfig = TrainingConfig()
    archive: Archive = Archive()
    web: Web = Web()
    desk: DeskConfig = DeskConfig()
    quiet: QuietConfig = QuietConfig()
    texts: TextsConfig = TextsConfig()
    log: Log = Log()

    @model_validator(mode="after")
    def _distinct_pbxs(self) -> Self:
        names = [pbx.name for pbx in self.pbx]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two [[pbx]] are called {twice[0]!r}; give each its own name: call ids rest on it"
            )
        if TEXT_PBX in names:
            raise ValueError(f"a [[pbx]] is called {TEXT_PBX!r}, which stands for text calls; rename it")
        return self

    @model_validator(mode="after")
    def _canary_has_its_pbx(self) -> Self:
        canary, names = self.canary, [pbx.name for pbx in self.pbx]
        if canary.enabled and not canary.number:
            raise ValueError("[canary] has no number; write the caller number that marks its calls")
        if canary.enabled and (canary.pbx or (names or [""])[0]) not in names:
            raise ValueError(
                f"[canary] rings from pbx {canary.pbx!r}, which is no [[pbx]]; known: {', '.join(names)}"
            )
        return self

    def store_url(self) -> str:
        """The database: store.url_env, store.url, else SQLite in the state folder."""
        if self.store.url_env:
            url = os.environ.get(self.store.url_env)
            if not url:
                raise ConfigError(f"store.url_env: the environment variable {self.store.url_env} is empty")
            return url
        return self.store.url or f"sqlite:///{self.gateway.state_dir / 'intake110.db'}"


def load(path: Path) -> Config:
    """Read, merge the includes (later files win), check. Raises ConfigError with every fault, one a line."""
    merged, origins = _read_all(path)
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        faults = [_fault(dict(item), origins) for item in error.errors()]
        raise ConfigError("\n".join(faults)) from error


def _read_all(path: Path) -> tuple[dict[str, Any], list[tuple[Path, str]]]:
    merged: dict[str, Any] = {}
    origins: list[tuple[Path, str]] = []
    waiting = [path]
    while waiting:
        file = waiting.pop(0)
        if len(origins) >= MAX_INCLUDES:
            raise ConfigError(f"{path}: more than {MAX_INCLUDES} files are included; is there a circle?")
        try:
            text = file.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: not TOML: {error}") from error
        origins.append((file, text))
        waiting.extend(
            sorted(match for pattern in data.get("include", ()) for match in file.parent.glob(pattern))
        )
        _merge(merged, _anchored(data, file.parent.resolve()))
    return merged, origins


_PATH_KEYS = {
    "state_dir",
    "secret_file",
    "listeners_secret_file",
    "machine_token_file",
    "places",
    "ca_file",
    "local",
    "cel_csv",
    "cdr_csv",
    "model",
    "accurate_model",
    "rules",
    "second_opinion",
    "folder",
    "file",
    "calendar",
    *LOCATION_PATHS,
}
_PATH_LISTS = {"hot_words"}
_PATH_TABLES = {("speech", "languages"), ("orders", "key_files"), ("texts", "key_files")}
"""(section, table) of tables whose values are all paths."""


def _anchored(data: Mapping[str, Any], folder: Path, section: str = "") -> dict[str, Any]:
    """Relative paths made absolute from the folder of the file in which they stand."""
    anchored: dict[str, Any] = {}
    for key, value in data.items():
        if (section, key) in _PATH_TABLES and isinstance(value, Mapping):
            anchored[key] = {name: os.path.normpath(folder / str(path)) for name, path in value.items()}
        elif isinstance(value, Mapping):
            anchored[key] = _anchored(value, folder, key)
        elif key in _PATH_LISTS and isinstance(value, list):
            anchored[key] = [os.path.normpath(folder / str(path)) for path in value]
        elif isinstance(value, list):
            anchored[key] = [_anchored(item, folder) if isinstance(item, Mapping) else item for item in value]
        elif key in _PATH_KEYS and isinstance(value, str):
            anchored[key] = os.path.normpath(folder / value)
        else:
            anchored[key] = value
    return anchored


def _merge(into: dict[str, Any], data: Mapping[str, Any]) -> None:
    for key, value in data.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list):
            into[key] = [*into[key], *value]
        else:
            into[key] = value


def _fault(error: dict[str, Any], origins: Iterable[tuple[Path, str]]) -> str:
    where = [str(part) for part in error["loc"] if not isinstance(part, int)]
    key = ".".join(where)
    place = _place(where[-1] if where else "", origins)
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(sorted(known))}"
        return f"{place}: unknown key {key!r}{hint}"
    given = "" if error["type"] == "missing" else f" (found {error['input']!r})"
    return f"{place}: {key}: {error['msg'].removeprefix('Value error, ')}{given}"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = next(
            (a for a in (annotation, *arguments) if isinstance(a, type) and issubclass(a, BaseModel)), model
        )
    return list(model.model_fields)


def _place(key: str, origins: Iterable[tuple[Path, str]]) -> str:
    """File and line in which the key stands, as near as the text tells."""
    files = list(origins)
    for file, text in files:
        for number, line in enumerate(text.splitlines(), 1):
            stripped = line.strip().lstrip("[").rstrip("]")
            if stripped == key or stripped.split("=")[0].strip() == key:
                return f"{file}:{number}"
    return str(files[0][0]) if files else "gateway.toml"
