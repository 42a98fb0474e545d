"""The process that loads the models once and forks recognizers from it, so that they share the memory.

`python -m gateway.speech.loader --engine MODULE --models '{"": DIR, "en": DIR}'` has a Unix socket as its
standard input. It says {"type": "loading", "model": KEY} before each model, for one that cannot be used may
end this process, and {"type": "ready"} when all are loaded; each message that comes with a descriptor is a
worker wanted: the descriptor is the worker's line, the answer its process number. It tells which of its
workers ended and how, and ends when its input does. It has no threads, so a fork is safe; the lines of other
workers are not among what a worker inherits.

Why fork, measured with vosk 0.3.45 and the demonstration model at 40 legs (proportional set size; two
workers, then eight): one process with threads 282 and 279 MB, fork after load 293 and 307 MB, processes that
each load 320 and 521 MB. All three decode equally fast per core. So a fork holds as many legs as threads do,
and an assertion in Kaldi ends one worker, not all of them. With a model of gigabytes separate loading costs
that much a worker.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from gateway.speech import worker
from gateway.speech.recognizer import Engine, EngineModule

END_WITHIN_S = 2.0
"""How long workers may take to end when the pool is gone; then they are killed."""


class Loader:
    """`control` is the pool; `hear` is what a forked worker does with its line."""

    def __init__(self, control: socket.socket, hear: Callable[[socket.socket], None]) -> None:
        self._control, self._hear = control, hear
        self._workers: set[int] = set()
        self._gone = False
        self._woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)

    def run(self) -> None:
        """Until the pool is gone, however it went: a killed one is also noticed by a word it did not read
        (the line is reset) or can no longer be told (it is broken), and workers must end then all the
        same."""
        try:
            self._serve()
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self._end()

    def _serve(self) -> None:
        self.say({"type": "ready", "pid": os.getpid()})
        while True:
            ready = self._wait(None)
            if self._woken in ready:
                self._reap()
            if self._control.fileno() in ready:
                asked, lines, _, _ = socket.recv_fds(self._control, 1, 16)
                if not asked:
                    return
                for line in lines:
                    self._fork(socket.socket(fileno=line))

    def _wait(self, seconds: float | None, *, control: bool = True) -> list[int]:
        """The descriptors that are ready, the one that tells of a worker's end read empty."""
        watched = [self._control.fileno(), self._woken] if control else [self._woken]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._woken in ready:
            os.read(self._woken, 512)
        return list(ready)

    def _end(self) -> None:
        """Workers end when their lines do; one that hangs is killed."""
        self._gone = True
        left = round(END_WITHIN_S / 0.1)
        while self._workers and left:
            self._wait(0.1, control=False)
            self._reap()
            left -= 1
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def say(self, message: dict[str, Any]) -> None:
        _say(self._control, message)

    def _fork(self, line: socket.socket) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_worker(line)
        line.close()
        self._workers.add(pid)
        self.say({"type": "forked", "pid": pid})

    def _be_worker(self, line: socket.socket) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            self._hear(line)
            code = 0
        except (BrokenPipeError, ConnectionResetError):
            code = 0
        except Exception as error:  # noqa: BLE001 - worker main
            complain(error)
        finally:
            sys.stderr.flush()
            os._exit(code)  # libvosk's own clean-up may abort at a normal exit

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._workers.discard(pid)
            if not self._gone:
                self.say({"type": "ended", "pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def complain(error: Exception) -> None:
    sys.stderr.write(f"worker: {type(error).__name__}: {error}\n")


def load(engine: str, models: Mapping[str, str], begins: Callable[[str], None]) -> dict[str, Engine]:
    """Every model by its key; `begins` is told before each. Raises RecognizerError, ModelError."""
    module = cast(EngineModule, importlib.import_module(engine))
    engines: dict[str, Engine] = {}
    for key, folder in models.items():
        begins(key)
        engines[key] = module.make(Path(folder))
    gc.collect()
    gc.freeze()  # a collection would write into every page, and unshare it
    return engines


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", required=True)
    parser.add_argument("--models", required=True, type=json.loads)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; this ends when its input does
    os.dup2(2, 1)  # what a library prints goes to the log
    control = socket.socket(fileno=0)
    try:
        engines = load(
            arguments.engine, arguments.models, lambda key: _say(control, {"type": "loading", "model": key})
        )
        Loader(control, lambda line: worker.run(line, engines)).run()
    except (BrokenPipeError, ConnectionResetError):
        return 0
    except Exception as error:  # noqa: BLE001 - loader main
        complain(error)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
