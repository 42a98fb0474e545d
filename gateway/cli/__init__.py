"""The command line: one file a family, found here by its name.
Errors are told in one sentence with their cure."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from gateway import __version__

_EXPECTED = 2
_UNEXPECTED = 1
"""Exit codes: a fault that we name with its cure, and one that nobody foresaw."""


def families() -> tuple[str, ...]:
    """Each `gateway/cli/<family>.py` has `app`; one with a single command is called by the family's name."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command tree. Only the family that is asked for is loaded; the others stand there with what their
    file says of itself, so that help comes at once."""
    app = typer.Typer(
        name="intake110",
        no_args_is_help=True,
        add_completion=False,
        help="110 emergency-call intake gateway.",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def root(version: bool = typer.Option(False, "--version", help="Print the version and end.")) -> None:
        if version:
            typer.echo(f"intake110 {__version__}")
            raise typer.Exit

    for family in families():
        if family not in arguments[:1]:
            app.command(family, help=about(family))(_not_asked_for)
            continue
        module = importlib.import_module(f"gateway.cli.{family}")
        single = len(module.app.registered_commands) == 1 and module.app.registered_callback is None
        app.add_typer(module.app, name=None if single else family)
    return app


def about(family: str) -> str:
    """The first paragraph of its file, after its own name."""
    source = Path(__path__[0], f"{family}.py").read_text(encoding="utf-8")
    told = _first_paragraph(ast.get_docstring(ast.parse(source)) or "")
    said = told.partition(": ")[2] or told
    return said[:1].upper() + said[1:]


def _not_asked_for() -> None:
    """Stands for a family in the list; another argument than the first never names one."""


def main() -> None:
    """Entry point. The one place in the command line that catches what nobody expected."""
    try:
        build(sys.argv[1:])()
    except Exception as error:
        if os.environ.get("INTAKE110_DEBUG"):
            raise
        foreseen = type(error).__module__.startswith("gateway.") or isinstance(error, OSError)
        sys.stderr.write(f"intake110: {_told(error)}\n")
        if not foreseen:
            sys.stderr.write(f"  ({type(error).__name__}; INTAKE110_DEBUG=1 shows where)\n")
        sys.exit(_EXPECTED if foreseen else _UNEXPECTED)


def _told(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) or _said_of(type(error)) or repr(error)


def _said_of(kind: type[Exception]) -> str:
    """The first paragraph of its docstring, which is its message."""
    return _first_paragraph(kind.__doc__ or "")


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split())
