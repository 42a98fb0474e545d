"""[texts] of gateway.toml: through whom texts (SMS) are sent."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator
from yarl import URL

from gateway.config_base import Seconds, Secret, Section

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


class TextsConfig(Section):
    """Without a sender no text leaves, and the keys that would send one say so."""

    sender: SenderConfig | None = None
