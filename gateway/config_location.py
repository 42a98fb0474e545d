"""The part `[location]` of gateway.toml: the sources that tell where a caller is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from yarl import URL

from gateway.config_base import (
    ConfigError,
    DatumName,
    Name,
    Port,
    Seconds,
    Secret,
    Section,
    optional_secret,
)
from gateway.location.ali import HeaderPattern
from gateway.location.aliframe import checked_query
from gateway.location.alirecord import MAX_RECORD_BYTES, Answer, FieldKind
from gateway.location.angle import Notation
from gateway.location.numbering import CHINA

PATH_KEYS = {"places", "tiles", "geojson", "file", "cert_file", "key_file", "url_file"}
"""Keys whose values are paths."""
MAX_SOURCES = 16
"""Sources of one kind."""
MAX_FIELDS = 100
_COUNTRY = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")]
_HOST = Annotated[
    str, Field(pattern=r"^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$", max_length=253)
]


class Source(Section):
    """What every source has. `datum`: of its coordinates that name none; without it those are refused."""

    name: Name
    enabled: bool = True
    datum: DatumName | None = None


class Asked(Source):
    """`check_number`: a test line of the provider's that `intake110 check` may ask for; "": only that it
    answers is proved."""

    check_number: Annotated[str, Field(pattern=r"^\+?[0-9]{0,18}$")] = ""


class Tls(Section):
    """`ca_file`: the authority of the server; `cert_file` and `key_file`: our own certificate."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


class HeldConfig(Asked, Tls):
    url: str
    identity: Literal["tel", "sip", "msisdn"] = "tel"
    sip_domain: str = ""
    types: Annotated[tuple[Literal["any", "geodetic", "civic", "locationURI"], ...], Field(min_length=1)] = (
        "any",
    )
    exact: bool = False
    response_time: (
        Annotated[int, Field(ge=1, le=60_000)] | Literal["emergencyRouting", "emergencyDispatch"]
    ) = "emergencyDispatch"
    within_s: Seconds = 8.0
    connect_within_s: Seconds = 3.0

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        url = URL(value)
        if url.scheme not in ("https", "http") or not url.host or url.user or url.password:
            raise ValueError(
                "no address of a HELD server; write https://host/path, names and passwords stay out"
            )
        return value

    @model_validator(mode="after")
    def _sip_needs_its_domain(self) -> Self:
        if self.identity == "sip" and not self.sip_domain:
            raise ValueError('identity = "sip" needs sip_domain, the part behind the @')
        return self

    @model_validator(mode="after")
    def _waited_for_long_enough(self) -> Self:
        """A server may take its time to the end (RFC 5985, 6.1), and its answer must still find somebody."""
        told = self.response_time
        if isinstance(told, int) and told >= self.within_s * 1000:
            raise ValueError(
                f"response_time = {told} ms lets the server take longer than within_s = {self.within_s:g} s: "
                "raise within_s or lower response_time"
            )
        return self


class AliField(Section):
    """One field of a record: `location.alirecord.RecordField`."""

    kind: FieldKind
    start: Annotated[int, Field(ge=1, le=MAX_RECORD_BYTES)]
    length: Annotated[int, Field(ge=1, le=MAX_RECORD_BYTES)]
    name: str = ""
    notation: Notation = Notation.DEGREES
    decimals: Annotated[int, Field(ge=0, le=9)] = 0
    scale: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    codes: dict[str, str] = Field(default_factory=dict)
    block: str = "SubscriberInfo"
    pattern: str = "%Y%m%d%H%M%S"
    utc_offset_h: Annotated[float, Field(ge=-12, le=14)] = 0.0

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.kind in (FieldKind.CIVIC, FieldKind.TEXT) and not self.name:
            raise ValueError(
                f"a field of kind {self.kind.value!r} needs a name: a civic element as RD, or a label"
            )
        if self.kind is FieldKind.STATUS and (bad := sorted(set(self.codes.values()) - set(Answer))):
            raise ValueError(f"a status means one of {', '.join(Answer)}, not {bad[0]!r}")
        return self


class AliConfig(Asked, Tls):
    host: str
    port: Port
    tls: bool = False
    query: str = "{sequence:06d}{number:<16}\r"
    position: Annotated[int, Field(ge=0, le=9_999)] = 1
    digits: Annotated[int, Field(ge=3, le=18)] | None = None
    encoding: Literal["ascii", "gb18030", "utf-8"] = "gb18030"
    count: Literal["bytes", "characters"] = "bytes"
    record_length: Annotated[int, Field(ge=1, le=MAX_RECORD_BYTES)] | None = None
    frame_start: str = "\x02"
    frame_end: str = "\x03"
    heartbeat: str = ""
    heartbeat_reply: str = ""
    heartbeat_every_s: Seconds = 30.0
    acknowledge: str = ""
    fields: Annotated[tuple[AliField, ...], Field(max_length=MAX_FIELDS)] = ()
    within_s: Seconds = 5.0
    connect_within_s: Seconds = 3.0

    _usable_query = field_validator("query")(checked_query)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if not self.frame_end and self.record_length is None:
            raise ValueError("records need frame_end or record_length: where does one end?")
        kinds = {field.kind for field in self.fields}
        if self.fields and not kinds & {FieldKind.LATITUDE, FieldKind.ADDRESS, FieldKind.CIVIC}:
            raise ValueError("no field says a place: latitude and longitude, address or civic")
        if (FieldKind.LATITUDE in kinds) != (FieldKind.LONGITUDE in kinds):
            raise ValueError("a position needs a latitude field and a longitude field")
        return self


class SubscribersConfig(Source):
    """A CSV file, or a database by `url_env` or `url_file` and a SELECT."""

    file: Path | None = None
    url_env: str | None = None
    url_file: Path | None = None
    select: str = ""
    within_s: Seconds = 3.0

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        sql = self.url_env is not None or self.url_file is not None
        if (self.file is not None) == sql:
            raise ValueError('write file = "…csv", or url_env (url_file) and select for a database')
        if sql and (
            not self.select.lstrip().lower().startswith(("select", "with")) or ":number" not in self.select
        ):
            raise ValueError(
                "select is one SELECT with :number: SELECT name, address FROM lines WHERE number = :number"
            )
        return self

    def url(self) -> str:
        """The database's address; it holds a password, so the file does not have it. Raises ConfigError."""
        try:
            return Secret(secret_env=self.url_env, secret_file=self.url_file).secret()
        except ConfigError as error:
            raise ConfigError(
                f"location.subscribers {self.name}: {str(error).replace('secret_', 'url_')}"
            ) from error


class CellsConfig(Section):
    file: Path
    datum: DatumName | None = None
    within_s: Seconds = 3.0


class MapConfig(Section):
    tiles: Path | None = None
    geojson: Path | None = None
    attribution: Annotated[str, Field(max_length=200)] = ""


class AmlConfig(Secret):
    def signed_with(self) -> str | None:
        """The secret with which phones, carriers and SMS gateways sign AML messages; None: none is taken
        without a machine's token."""
        return optional_secret(self, "location.aml.secret_")


class LocationConfig(Section):
    refresh_every_s: Annotated[float, Field(ge=0, le=3600)] = 30.0
    country_code: _COUNTRY = CHINA
    places: Path | None = None
    bodies_datum: DatumName | None = None
    reference_hosts: Annotated[tuple[_HOST, ...], Field(max_length=64)] = ()
    plain_http_hosts: Annotated[tuple[_HOST, ...], Field(max_length=64)] = ()
    references_within_s: Seconds = 8.0
    aml: AmlConfig = AmlConfig()
    held: Annotated[tuple[HeldConfig, ...], Field(max_length=MAX_SOURCES)] = ()
    ali: Annotated[tuple[AliConfig, ...], Field(max_length=MAX_SOURCES)] = ()
    subscribers: Annotated[tuple[SubscribersConfig, ...], Field(max_length=MAX_SOURCES)] = ()
    cells: CellsConfig | None = None
    map: MapConfig = MapConfig()

    @property
    def sources(self) -> bool:
        """Whether anybody is asked for a caller's place."""
        asked = (*self.held, *self.ali, *self.subscribers)
        return any(one.enabled for one in asked) or self.cells is not None or bool(self.reference_hosts)

    @model_validator(mode="after")
    def _distinct_names(self) -> Self:
        names = [source.name for source in (*self.held, *self.ali, *self.subscribers)]
        taken = [*names, "references", "cells"]
        twice = sorted({name for name in taken if taken.count(name) > 1})
        if twice:
            raise ValueError(
                f"two sources are called {twice[0]!r}; give each its own name: the card shows it"
            )
        return self

    @model_validator(mode="after")
    def _tls_or_said_so(self) -> Self:
        for held in self.held:
            url = URL(held.url)
            here = {str(url.host), f"{url.host}:{url.port}"}
            if url.scheme == "http" and not here & set(self.plain_http_hosts):
                raise ValueError(
                    f"held {held.name!r} is asked over http; use https, or write {url.host}:{url.port} into "
                    "plain_http_hosts"
                )
        return self


def checked_pattern(value: str) -> str:
    """Of an X-ALI header; empty: the default form."""
    if value:
        HeaderPattern(value)
    return value
