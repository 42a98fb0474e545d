"""Who ends while the rules are still being made ready ends in order."""

from __future__ import annotations

import subprocess
import sys

ENDS_AT_ONCE = """
from threading import Event
from pydantic import TypeAdapter
from gateway import oversight
from gateway.triage.engine import Triage

begun = Event()

def slow(value):
    begun.set()
    return sum(range(2_000_000)) and value

class Made:
    def warm(self):
        # In the middle of native code that asks Python: torn off there, the process aborts.
        from typing import Annotated
        from pydantic import BeforeValidator
        for _ in range(3):
            TypeAdapter(Annotated[int, BeforeValidator(slow)]).validate_python(1)
        print("ready", flush=True)

Triage.build = lambda sources, seen: Made()
oversight._built({})
begun.wait()
"""


def test_an_end_while_the_rules_are_made_ready_is_no_abort() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS_AT_ONCE], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ready"), done.stderr
