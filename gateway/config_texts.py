"""[texts] of gateway.toml: through whom texts (SMS) are sent."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator
from yarl import URL

from gateway.config_base import Port, Seconds, Secret, Section

PLACEHOLDERS = frozenset({"to", "text", "message_id"})
USUAL: Mapping[str, JsonValue] = {"to": "{to}", "text": "{text}", "message_id": "{message_id}"}
Dotted = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class SenderConfig(Secret):
    """A provider that takes a text as one JSON object by POST; its secret: a file or the environment."""

    url: str
    auth: Literal["bearer", "hmac"] = "bearer"
    fields: dict[str, JsonValue] = Field(default_factory=lambda: dict(USUAL))
    number: Literal["national", "e164", "as_told"] = "national"
    id_header: Header = "Idempotency-Key"
    signature_header: Header = "X-Signature"
    timestamp_header: Header = "X-Timestamp"
    accepted_field: Dotted | None = None
    accepted_value: str = "0"
    provider_id_field: Dotted = "id"
    reason_field: Dotted = "reason"
    within_s: Annotated[float, Field(gt=0, le=30)] = 5.0
    connect_within_s: Seconds = 3.0
    tries: Annotated[int, Field(ge=1, le=5)] = 3
    plain_http: bool = False
    ca_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        url = URL(value)
        if url.scheme not in ("https", "http") or not url.host or url.user or url.password:
            raise ValueError("no address of a provider; write https://host/path, without name or password")
        return value

    @field_validator("fields")
    @classmethod
    def _usable_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        found = set(_placeholders(value))
        if unknown := sorted(found - PLACEHOLDERS):
            raise ValueError(f"unknown placeholder {{{unknown[0]}}}; known: {{to}}, {{text}}, {{message_id}}")
        if missing := sorted({"to", "text"} - found):
            raise ValueError(f"no field carries {{{missing[0]}}}; a provider needs number and text")
        return value

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.secret_file is None and self.secret_env is None:
            raise ValueError('a sender needs secret_file = "…" or secret_env = "…"')
        if URL(self.url).scheme == "http" and not self.plain_http:
            raise ValueError("the provider is asked over http; use https, or write plain_http = true")
        return self


def _placeholders(value: JsonValue) -> list[str]:
    if isinstance(value, dict):
        return [name for item in value.values() for name in _placeholders(item)]
    if isinstance(value, list):
        return [name for item in value for name in _placeholders(item)]
    if not isinstance(value, str):
        return []
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError as error:
        raise ValueError(f"{value!r}: {error}; braces that are meant are doubled") from error
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or not name.isidentifier()):
            raise ValueError(f"{value!r}: a placeholder is a bare name as {{text}}")
    return [name for _, name, _, _ in parts if name is not None]


class ShareConfig(Section):
    """The page behind the link that a caller is sent: a listener of its own, behind a TLS proxy."""

    public_url: str
    host: str = "127.0.0.1"
    port: Port = 8120
    behind_proxy: bool = True
    valid_min: Annotated[float, Field(ge=1, le=240)] = 30.0
    text_zh: Annotated[str, Field(max_length=300)] = ""
    text_en: Annotated[str, Field(max_length=300)] = ""

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        url = URL(value)
        if url.scheme not in ("https", "http") or not url.host or url.query_string or url.user:
            raise ValueError("no address that a phone can open; write https://110.example.cn")
        if url.scheme == "http" and url.host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("phones tell their position over https alone; put a TLS proxy in front")
        return value.rstrip("/")

    @field_validator("text_zh", "text_en")
    @classmethod
    def _has_its_link(cls, value: str) -> str:
        if value and set(_placeholders(value)) != {"url", "minutes"}:
            raise ValueError("the text of a link has {url} and {minutes} in it, and no other braces")
        return value


class TextsConfig(Section):
    """Without a sender no text leaves, and the keys that would send one say so; without a share page no link
    is sent."""

    answer_within_s: Annotated[float, Field(ge=10, le=86_400)] = 180.0
    """So soon somebody has a text call."""
    sender: SenderConfig | None = None
    share: ShareConfig | None = None
    key_files: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,31}$")], Path] = Field(
        default_factory=dict
    )
    """What each provider's messages and reports must carry, and who fetches its answers must show."""

    def keys(self) -> dict[str, str]:
        return {
            name: Secret(secret_file=file).secret() for name, file in self.key_files.items()
        }  # fmt: skip
