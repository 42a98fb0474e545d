"""The command line: one file a family, found here by name. Errors are told in one sentence with their cure."""

from __future__ import annotations

import importlib
import os
import sys

import typer

from gateway import __version__

FAMILIES = ("trace", "events", "rules", "models", "transcribe", "users", "listen", "serve", "check", "demo", "bench")
"""Each `gateway/cli/<family>.py` has `app`, a typer application; one with a single command is called by that name."""


def build() -> typer.Typer:
    """The whole command tree."""
    app = typer.Typer(name="intake110", no_args_is_help=True, add_completion=False, rich_markup_mode="rich",
                      context_settings={"help_option_names": ["-h", "--help"]}, help="110 emergency-call intake gateway.")  # fmt: skip

    @app.callback(invoke_without_command=True)
    def root(version: bool = typer.Option(False, "--version", help="Print the version and end.")) -> None:
        if version:
            typer.echo(f"intake110 {__version__}")
            raise typer.Exit

    for family in FAMILIES:
        module = importlib.import_module(f"gateway.cli.{family}")
        single = len(module.app.registered_commands) == 1 and module.app.registered_callback is None
        app.add_typer(module.app, name=None if single else family)
    return app


def main() -> None:
    """Entry point. The one place in the command line that catches what nobody expected."""
    try:
        build()()
    except Exception as error:
        if os.environ.get("INTAKE110_DEBUG"):
            raise
        told = str(error) or (type(error).__doc__ or repr(error)).splitlines()[0]
        sys.stderr.write(f"intake110: {told}\n")
        if not type(error).__module__.startswith("gateway."):
            sys.stderr.write(f"  ({type(error).__name__}; INTAKE110_DEBUG=1 shows where)\n")
        sys.exit(2 if type(error).__module__.startswith("gateway.") else 1)
