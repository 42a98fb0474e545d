"""What every part of the configuration is made of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.ids import SITE_NAME

Name = Annotated[str, Field(pattern=SITE_NAME)]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
DatumName = Literal["WGS-84", "GCJ-02", "CGCS2000"]


class ConfigError(Exception):
    """The configuration cannot be used: the message says which file, which key, and what to write instead."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """Mixed into sections that need a secret."""

    secret_file: Path | None = None
    secret_env: str | None = None

    def secret(self) -> str:
        """The secret itself; asked for at use, so that it stands in no printed configuration."""
        if self.secret_file is not None:
            try:
                return self.secret_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(
                    f"secret_file {self.secret_file}: cannot be read ({error.strerror}); create it, mode 0600"
                ) from error
        if self.secret_env is not None:
            value = os.environ.get(self.secret_env)
            if not value:
                raise ConfigError(
                    f"secret_env {self.secret_env}: the environment variable is empty; set it before starting"
                )
            return value
        raise ConfigError('no secret: write secret_file = "…" or secret_env = "…"')


def optional_secret(kept: Secret, prefix: str) -> str | None:
    """The secret, or None where none is configured; `prefix` names the section in a fault."""
    if kept.secret_file is None and kept.secret_env is None:
        return None
    try:
        return kept.secret()
    except ConfigError as error:
        raise ConfigError(f"{prefix}{str(error).removeprefix('secret_')}") from error


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"
