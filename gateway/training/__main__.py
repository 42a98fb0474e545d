"""`scripts/train_demo_model`: makes a demonstration model from nothing but PyPI and Debian packages."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.testing.lab.cache import Cache, CacheError
from gateway.training.card import Card, write_card
from gateway.training.children import StepError
from gateway.training.languages import Sources
from gateway.training.patterns import PatternError
from gateway.training.plan import size_for
from gateway.training.recipe import STEPS, Kitchen, keep, make
from gateway.training.tools import english_words, voice_environment

ROOT = Path(__file__).parents[2]
NAMES = {"zh": "demo-cn", "en": "demo-en"}
EXAMPLES = """examples:
  scripts/train_demo_model --language zh                      under an hour on two cores
  scripts/train_demo_model --language en --out /tmp/demo-en   kept elsewhere
  scripts/train_demo_model --language zh --clips 60 --steps 50 --out /tmp/try   a quick try of every step

An interrupted run goes on where it stopped. New text in asr_models/text makes the words anew, not the ear.
The same seed on the same kind of machine makes the same model."""


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/train_demo_model",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--language", choices=sorted(NAMES), required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, help="the model's folder (default: asr_models/demo-cn or demo-en)"
    )
    parser.add_argument(
        "--work", type=Path, help="where steps are kept (default: beside the services' cache)"
    )
    parser.add_argument("--clips", type=int, help="clips of speech in each shard (a measure of its time)")
    parser.add_argument("--steps", type=int, help="batches that teach the ear (a measure of its time)")
    parser.add_argument(
        "--json", action="store_true", help="figures of every step as JSON on standard output"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one model; 1 when a step failed, its reason and cure on stderr."""
    options = _arguments(arguments)
    out: Path = options.out or ROOT / "asr_models" / NAMES[options.language]
    console = Console(stderr=True)
    cache = Cache()
    begun = time.monotonic()
    columns = TextColumn("{task.description:>8}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %")
    try:
        dictionary = english_words(cache) if options.language == "en" else None
        size = size_for(options.language, options.seed, options.clips, options.steps)
        work = options.work or cache.root / "training" / f"{options.language}-{options.seed}"
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            tasks = {step: progress.add_task(step, total=1.0, start=False) for step in STEPS}

            def tell(step: str, done: float) -> None:
                progress.start_task(tasks[step])
                progress.update(tasks[step], completed=done)

            sources = Sources(ROOT / "asr_models/text", dictionary)
            kitchen = Kitchen(sources, voice_environment(cache), work, size, tell)
            report = make(kitchen)
        write_card(kitchen.model, Card(out.name, size, report))
        keep(kitchen, out)
    except (StepError, PatternError, CacheError, OSError) as error:
        console.print(f"scripts/train_demo_model: {error}", style="red", highlight=False)
        return 1
    whole = {"model": str(out), "minutes": round((time.monotonic() - begun) / 60, 1), "steps": report}
    if options.json:
        print(json.dumps(whole, ensure_ascii=False))
    else:
        console.print(
            f"{out}: {report['exam']['patterns']['error_percent']} % errors, {whole['minutes']} minutes"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
