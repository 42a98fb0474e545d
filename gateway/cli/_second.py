"""The second opinion as a command without a gateway judges beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli._gateway import fail
from gateway.triage.classifier import Classifier, ModelFileError, load

SHIPPED = Path("conf/second_opinion")
"""Taught with our own invented calls: a site replaces it with what its people decided."""
Second = Annotated[
    str,
    typer.Option(
        "--second-opinion",
        help=f"Folder of a model that `rules train` made; {SHIPPED} by itself; none: rules only.",
    ),
]


def model_of(wanted: str, *, as_json: bool) -> Classifier | None:
    """The model that a gateway of the shipped configuration has, unless told otherwise; ends the command when
    it cannot be used."""
    if wanted == "none" or (not wanted and not SHIPPED.is_dir()):
        return None
    try:
        return load(Path(wanted) if wanted else SHIPPED)
    except ModelFileError as error:
        fail(str(error), as_json=as_json)
