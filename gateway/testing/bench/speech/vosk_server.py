"""A stand-in for vosk-server's websocket server, made for this benchmark alone.

As the original (alphacep/vosk-server, websocket/asr_server.py) works: one model for all, a recognizer a
connection, a pool of as many threads as cores; every message is one hop into the pool and one reply back,
a partial result, or a result at the end of an utterance; {"eof": 1} brings the last. Its clients wait for
each reply. Compression is off: a PBX does not ask for it, and it would only slow this side down.

`python -m gateway.testing.bench.speech.vosk_server MODEL` prints its port.
"""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import vosk
from websockets.asyncio.server import ServerConnection, serve

from gateway.speech.worker import NICE

RATE = 8000.0


def _chunk(recognizer: Any, message: str | bytes) -> tuple[str, bool]:
    if isinstance(message, str):
        return recognizer.FinalResult(), True
    if recognizer.AcceptWaveform(message):
        return recognizer.Result(), False
    return recognizer.PartialResult(), False


async def main(folder: str) -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(folder)
    pool = ThreadPoolExecutor(os.cpu_count() or 1)

    async def recognize(connection: ServerConnection) -> None:
        recognizer = vosk.KaldiRecognizer(model, RATE)
        recognizer.SetWords(True)
        async for message in connection:
            reply, last = await asyncio.get_running_loop().run_in_executor(pool, _chunk, recognizer, message)
            await connection.send(reply)
            if last:
                break

    async with serve(recognize, "127.0.0.1", 0, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    os.nice(NICE)
    asyncio.run(main(sys.argv[1]))
