"""The pool's end of its processes: the loader that forks workers, and each worker's line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import structlog

from gateway.speech.languages import DEFAULT
from gateway.speech.recognizer import RecognizerError
from gateway.speech.worker import Messages

log = structlog.get_logger(__name__)

LOADED_WITHIN_S = 90.0
FORKED_WITHIN_S = 10.0
END_WITHIN_S = 4.0
"""A clean end of the loader; then it is killed."""
LAST_WORDS_S = 2.0
STDERR_BYTES = 2000
"""Of what a recognizer says in one go, so much is kept."""
ENDED_REMEMBERED = 64
"""Ends of workers that were told and not yet asked for."""
SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A process with threads cannot be forked safely, and one thread a recognizer is what the pool counts on."""


class Line(asyncio.Protocol):
    """One worker: its socket, and the process at the other end.

    `on_messages` gets what came in one go; `ended` is set when no more will come.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.on_messages: Callable[[list[tuple[int, bytes]]], None] = lambda _: None
        self.ended = asyncio.Event()
        self._process = os.pidfd_open(pid)
        self._messages = Messages()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, sock: socket.socket, pid: int) -> Line:
        _, line = await asyncio.get_running_loop().create_unix_connection(lambda: cls(pid), sock=sock)
        return line

    def write(self, data: bytes) -> None:
        """What a worker that died does not read any more is dropped: its end is seen by `ended`."""
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(data)

    def kill(self) -> None:
        """It has nothing to save. The descriptor names this very process, whatever its number is by now."""
        if self._process >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def close(self) -> None:
        """Ends the worker and the line."""
        self.kill()
        if self._transport is not None:
            self._transport.abort()
        if self._process >= 0:
            os.close(self._process)
            self._process = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self.on_messages(list(self._messages.feed(data)))
        except RecognizerError as error:
            log.error("recognizer speaks another language and is replaced", pid=self.pid, error=str(error))
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended.set()


class Loader:
    """The process that holds the models. Its death costs no worker; the next one wanted starts another.

    A model other than the default one that cannot be loaded, or ends the process that tries, is left out.
    """

    def __init__(self, engine: str, models: Mapping[str, Path]) -> None:
        self._engine, self._models = engine, dict(models)
        self.left_out: dict[str, str] = {}
        """By key: why this model does not hear."""
        self._process: asyncio.subprocess.Process | None = None
        self._asking: socket.socket | None = None
        self._answers: asyncio.Queue[int | None] = asyncio.Queue()
        self._codes: OrderedDict[int, int] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def leave_out(self, model: str, why: str) -> None:
        """This model shall not hear: nothing loads it from now on."""
        self.left_out[model] = why
        del self._models[model]

    async def fork(self) -> Line:
        """A new worker. Raises RecognizerError with what the models lack."""
        async with self._turn:
            if self._asking is None:
                await self._start()
            assert self._asking is not None
            ours, theirs = socket.socketpair()
            with theirs:
                pid = await self._ask(theirs)
            if pid is None:
                ours.close()
                await self._end()
                raise RecognizerError("the process that holds the speech models ended; it is started again")
            return await Line.open(ours, pid)

    async def _ask(self, line: socket.socket) -> int | None:
        assert self._asking is not None
        try:
            socket.send_fds(self._asking, [b"w"], [line.fileno()])
            return await asyncio.wait_for(self._answers.get(), FORKED_WITHIN_S)
        except (OSError, TimeoutError):
            return None

    def code(self, pid: int) -> int | None:
        """How this worker ended (negative: by that signal), when it is known."""
        return self._codes.pop(pid, None)

    async def close(self) -> None:
        """Returns when the loader and its workers have ended."""
        if self._asking is not None and self._process is not None:
            self._asking.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), END_WITHIN_S)
        await self._end()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _end(self) -> None:
        if self._asking is not None:
            self._asking.close()
            self._asking = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def _start(self) -> None:
        """Raises RecognizerError when the default model cannot be used."""
        while (broken := await self._load()) is not None:
            model, why = broken
            told = f"{self._models[model]}: no recognizer: {why}"
            if model == DEFAULT:
                raise RecognizerError(told)
            log.error("speech model is left out, the others go on", model=model, reason=told)
            self.leave_out(model, told)

    async def _load(self) -> tuple[str, str] | None:
        """None: it is ready; else the model that was being loaded when it failed, and why."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway.speech.loader", "--engine", self._engine,
                "--models", json.dumps({key: str(folder) for key, folder in self._models.items()}),
                stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **SINGLE_THREADED},
            )  # fmt: skip
        self._asking, model, why = ours.dup(), DEFAULT, ""
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            while (told := await _next(reader)).get("type") == "loading":
                model = told["model"]
        except TimeoutError:
            told, why = {}, f"the model did not load within {LOADED_WITHIN_S:.0f} s"
        except BaseException:
            writer.transport.abort()
            await self._end()
            raise
        if told.get("type") != "ready":
            writer.transport.abort()
            why = why or await last_words(process)
            await self._end()
            return model, why
        self._answers = asyncio.Queue()
        self._task(self._listen(reader, writer, self._answers))
        self._task(log_words(process))
        return None

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: asyncio.Queue[int | None]
    ) -> None:
        """What the loader tells, until it ends; then a fork that waits for it gets None."""
        try:
            while told := await reader.readline():
                message = json.loads(told)
                if message["type"] == "forked":
                    answers.put_nowait(message["pid"])
                elif message["type"] == "ended":
                    self._codes[message["pid"]] = message["code"]
                    while len(self._codes) > ENDED_REMEMBERED:
                        self._codes.popitem(last=False)
        except (ConnectionError, ValueError):
            pass
        finally:
            answers.put_nowait(None)
            writer.transport.abort()

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _next(reader: asyncio.StreamReader) -> dict[str, Any]:
    """What a loader says next while it loads; empty when it has ended. Raises TimeoutError."""
    told = await asyncio.wait_for(reader.readline(), LOADED_WITHIN_S)
    message: dict[str, Any] = json.loads(told) if told.endswith(b"\n") else {}
    return message


async def last_words(process: asyncio.subprocess.Process) -> str:
    """The end of what a dying loader wrote: libvosk tells its reason there alone."""
    assert process.stderr is not None
    with contextlib.suppress(TimeoutError):
        told = (await asyncio.wait_for(process.stderr.read(1 << 20), LAST_WORDS_S)).decode("utf-8", "replace")
        lines = [
            line.strip()
            for line in told.splitlines()
            if "ERROR" in line or "ASSERT" in line or line.startswith("worker:")
        ]
        return (
            " | ".join(lines or told.strip().splitlines()[-3:])[-STDERR_BYTES:] or "it ended without a word"
        )
    return "it ended without a word"


async def log_words(process: asyncio.subprocess.Process) -> None:
    """What a loader and its workers write on standard error goes into the log, so that the pipe never
    fills."""
    assert process.stderr is not None
    while told := await process.stderr.read(STDERR_BYTES):
        text = told.decode("utf-8", "replace").strip()
        if any(word in text for word in ("ERROR", "ASSERT", "worker:", "terminate")):
            log.warning("recognizer says", text=text)
