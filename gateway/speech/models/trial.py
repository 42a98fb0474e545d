"""A model tried for real in a process of its own: libvosk tells a fault on standard error alone, and may
abort or hang over it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gateway.clock import Clock, SystemClock, within
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.recognizer import VOSK, EngineModule, Final, RecognizerError

TRY_WITHIN_S = 180.0
"""A large model on a slow disk takes a minute to load; one that takes longer is of no use in an emergency."""
SILENCE_MS = 2000
TOLD_CHARS = 600
"""Of what a child that failed has printed, so much is told."""
_CURE = "mend the option that is named in conf/, or fetch the model again"
_OURS, _THEIRS = "trial: ", ("ERROR", "ASSERT", "terminate called")
_PLACE = re.compile(r"^(?:ERROR|ASSERTION_FAILED) \(VoskAPI:.*?:\d+\) ")
"""Where in libvosk's source a fault was seen: nothing for an administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What loading cost. `rss_bytes`: what the process grew by, a worker holds it once."""

    load_ms: int
    rss_bytes: int
    silence_text: str
    """What the model heard in silence: nothing, if it is worth anything."""


async def try_out(model: Path, *, clock: Clock, engine: str = VOSK, within_s: float = TRY_WITHIN_S) -> Trial:
    """Load the model in a child and let it hear silence. Raises RecognizerError with the child's words."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, engine, str(model),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        said, complained = await within(clock, within_s, child.communicate())
    except TimeoutError as error:
        raise RecognizerError(
            f"{model}: no answer within {within_s:g} s; it is too large or hangs"
        ) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode == 0:
        return Trial(**json.loads(said))
    code = child.returncode or 0
    how = f"kills the recognizer ({signal.Signals(-code).name})" if code < 0 else "cannot be used"
    raise RecognizerError(f"{model}: {how}: {reasons(complained)}; {_CURE}")


def reasons(complained: bytes) -> str:
    """Why a dying child died, from what it printed; libvosk's traces and remarks are left out."""
    lines = [line.strip() for line in complained.decode("utf-8", "replace").splitlines() if line.strip()]
    theirs = [_PLACE.sub("", line) for line in lines if any(word in line for word in _THEIRS)]
    ours = [line.removeprefix(_OURS) for line in lines if line.startswith(_OURS)]
    others = [line for line in lines if not line.startswith("LOG (")]
    told = "; ".join(dict.fromkeys(theirs or ours or others[-3:]))
    return told[:TOLD_CHARS] or "it ended without a word"


def main(engine: str, model: Path) -> int:
    """The child: prints a Trial, or the reason on standard error."""
    clock = SystemClock()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        module = cast(EngineModule, importlib.import_module(engine))
        before, began = _rss_bytes(), clock.monotonic()
        made = module.make(model)
        loaded = clock.monotonic()
        ear = made.open(0)
        heard = [*ear.hear(bytes(SILENCE_MS * BYTES_PER_MS)), *ear.finish()]
    except Exception as error:  # noqa: BLE001 - a child's main
        sys.stderr.write(f"{_OURS}{error}\n")
        return 1
    trial = {
        "load_ms": round((loaded - began) * 1000),
        "rss_bytes": max(0, _rss_bytes() - before),
        "silence_text": "".join(w.text for item in heard if isinstance(item, Final) for w in item.words),
    }
    out.write(json.dumps(trial))
    out.flush()
    return 0


def _rss_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1], Path(sys.argv[2]))
    sys.stderr.flush()
    os._exit(code)  # libvosk's own clean-up may abort at a normal exit
