"""What kills, hangs or fools vosk 0.3.45, row by row, each in a process of its own.

`python vosk_table.py MODEL WORK` prints one JSON object: for each row what raw vosk does, and what our port
does with the same thing. Every half of a row runs in a fork with a time limit, two at a time; the forks share
what was imported, so the whole table takes seconds. The expectations stand in test_vosk_table.py.
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import shutil
import signal
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import vosk
from vosk_spoilt import SPOILT, static_graph, swapped, upsample_off

from gateway.speech import wav
from gateway.speech.recognizer import Final, joined
from gateway.speech.vosk_worker import VoskEngine, make

LIMIT_S = {"raw": 60.0, "port": 60.0}
"""For what is over in half a second on an idle machine."""
HANGS, HANGS_S = "rate is 0, told by the caller", 3.0
"""What hangs raw vosk for ever is watched for so long."""
VOICES = Path(__file__).parents[1] / "data/speech"

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
Row = tuple[Callable[[Path], Any], Callable[[Path], Any]]


def sound(name: str = "wage") -> bytes:
    return wav.read(VOICES / f"{name}.wav")[0] + bytes(16 * 1500)


# ---- raw vosk


def heard(recognizer: Any, pcm: bytes, size: int = 1600) -> str:
    """The text of everything, utterances parted by |."""
    texts = []
    for at in range(0, len(pcm), size):
        if recognizer.AcceptWaveform(pcm[at : at + size]):
            texts.append(json.loads(recognizer.Result())["text"])
    texts.append(json.loads(recognizer.FinalResult())["text"])
    return "|".join(text.replace(" ", "") for text in texts if text)


def raw(model: Path, rate: Any = 8000.0, *grammar: str) -> Any:
    return vosk.KaldiRecognizer(vosk.Model(str(model)), rate, *grammar)


def raw_text(model: Path) -> str:
    return heard(raw(model), sound())


def raw_words(model: Path) -> str:
    recognizer = raw(model)
    recognizer.SetWords(True)
    recognizer.AcceptWaveform(sound())
    words = json.loads(recognizer.FinalResult()).get("result", [])
    return json.dumps([word["word"] for word in words])


def raw_rate(rate: Any) -> Callable[[Path], str]:
    return lambda model: heard(raw(model, rate), sound())


def raw_grammar(grammar: str) -> Callable[[Path], str]:
    return lambda model: heard(raw(model, 8000.0, grammar), sound())


def raw_set_grammar(grammar: str, *, running: bool) -> Callable[[Path], str]:
    def run(model: Path) -> str:
        recognizer = raw(model)
        if running:
            recognizer.AcceptWaveform(sound()[:8000])
        recognizer.SetGrammar(grammar)
        return heard(recognizer, sound())

    return run


def raw_taking(data: Any) -> Callable[[Path], str]:
    def run(model: Path) -> str:
        recognizer = raw(model)
        recognizer.AcceptWaveform(data)
        return heard(recognizer, sound())

    return run


def raw_odd(model: Path) -> str:
    return heard(raw(model), sound(), size=1601)


def raw_finals(model: Path) -> str:
    recognizer = raw(model)
    return json.dumps([json.loads(recognizer.FinalResult()) for _ in range(3)])


def raw_again(model: Path) -> str:
    recognizer = raw(model)
    recognizer.SetWords(True)
    recognizer.AcceptWaveform(sound())
    recognizer.FinalResult()
    recognizer.AcceptWaveform(sound())
    start = json.loads(recognizer.FinalResult())["result"][0]["start"]
    return "counts on" if start > len(sound()) / 16000 else "counts anew"


def raw_reset(model: Path) -> str:
    recognizer = raw(model)
    recognizer.AcceptWaveform(sound("fight")[: 16 * 1200])
    recognizer.Reset()
    return heard(recognizer, bytes(16 * 3000))


def raw_no_alternatives(model: Path) -> str:
    recognizer = raw(model)
    recognizer.SetMaxAlternatives(-1)
    recognizer.AcceptWaveform(sound())
    return str(recognizer.FinalResult())


def raw_deleted(model: Path) -> str:
    loaded = vosk.Model(str(model))
    recognizers = [vosk.KaldiRecognizer(loaded, 8000.0) for _ in range(3)]
    del loaded
    return "|".join(heard(recognizer, sound()) for recognizer in recognizers)


def raw_pieces(model: Path) -> str:
    sizes = (160, 1600, 5000, len(sound()))
    return "|".join(sorted({heard(raw(model), sound(), size) for size in sizes}))


def raw_sound(pcm: bytes) -> Callable[[Path], str]:
    return lambda model: heard(raw(model), pcm)


# ---- the port


def port_text(model: Path, pcm: bytes | None = None) -> str:
    return through(make(model), sound() if pcm is None else pcm)


def through(engine: VoskEngine, pcm: bytes, size: int = 1600) -> str:
    ear = engine.open(0)
    items = [item for at in range(0, len(pcm), size) for item in ear.hear(pcm[at : at + size])]
    finals = [item for item in [*items, *ear.finish()] if isinstance(item, Final)]
    return "|".join(text for final in finals if (text := joined(final.words)))


def port_taking(data: Any) -> Callable[[Path], str]:
    """What it refuses leaves the ear as it was."""

    def run(model: Path) -> str:
        engine = make(model)
        ear = engine.open(0)
        try:
            ear.hear(data)
            said = "taken"
        except (TypeError, ValueError) as error:
            said = type(error).__name__
        finals = [item for item in [*ear.hear(sound()), *ear.finish()] if isinstance(item, Final)]
        return f"{said}: {''.join(joined(final.words) for final in finals)}"

    return run


def port_rate(rate_hz: int) -> Callable[[Path], str]:
    """A recording of that rate on disk, as `transcribe` reads it."""

    def run(model: Path) -> str:
        samples = np.frombuffer(sound(), np.int16).astype(np.float32)
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setparams((1, 2, rate_hz, 0, "NONE", ""))
            out.writeframes(soxr.resample(samples, 8000, rate_hz).astype(np.int16).tobytes())
        path = WORK / f"{rate_hz}.wav"
        path.write_bytes(file.getvalue())
        return port_text(model, wav.read(path)[0])

    return run


def port_again(model: Path) -> str:
    """A leg has its own ear; one after the other on the same model."""
    engine = make(model)
    return "|".join(through(engine, sound()) for _ in range(2))


def port_deleted(model: Path) -> str:
    engine = make(model)
    ears = [engine.open(0) for _ in range(3)]
    del engine
    texts = []
    for ear in ears:
        finals = [item for item in [*ear.hear(sound()), *ear.finish()] if isinstance(item, Final)]
        texts.append("".join(joined(final.words) for final in finals))
    return "|".join(texts)


def port_pieces(model: Path) -> str:
    engine = make(model)
    return "|".join(sorted({through(engine, sound(), size) for size in (160, 1600, 5000, len(sound()))}))


def port_after_cut(model: Path) -> str:
    """A leg that ends in the middle of a word, and silence through the next ear."""
    engine = make(model)
    through(engine, sound("fight")[: 16 * 1200])
    return through(engine, bytes(16 * 3000))


def noise() -> bytes:
    return np.random.default_rng(4).normal(0, 600, 8000 * 10).astype(np.int16).tobytes()


HEADER = (VOICES / "wage.wav").read_bytes()[:44]
GRAMMAR = '["老板 拖欠 工资"]'
ESCAPED = json.dumps(["老板 拖欠 工资"])
"""The same for any reader of JSON but libvosk, which knows no escapes."""

BAD_RATES: dict[str, tuple[Any, bytes]] = {
    "rate is 0": (0.0, b"0"),
    "rate is negative": (-8000.0, b"-8000"),
    "rate is NaN": (math.nan, b"nan"),
    "rate is a string": ("8000", b"fast"),
}
TAKEN: dict[str, Any] = {
    "empty bytes": b"",
    "one byte": b"\x01",
    "bytearray": bytearray(320),
    "memoryview": memoryview(bytes(320)),
    "string": "sound",
    "None": None,
}


def rows() -> Iterator[tuple[str, Callable[[Path], None] | None, Row]]:
    for name, spoil in SPOILT.items():
        yield name, spoil, (raw_words if "shorter" in name else raw_text, port_text)
    for name, (rate, told) in BAD_RATES.items():
        yield f"{name}, told by the caller", None, (raw_rate(rate), port_text)
        spoil = swapped("conf/mfcc.conf", b"sample-frequency=8000", b"sample-frequency=" + told)
        yield f"{name}, told by the model", spoil, (raw_text, port_text)
    yield "rate is 44100 and really is", None, (raw_rate(44100.0), port_rate(44100))
    yield "8 kHz sound declared as 16 kHz", None, (raw_rate(16000.0), port_rate(16000))
    yield "rate below the model's, without allow-upsample", upsample_off, (raw_text, port_text)
    for grammar in ("[]", "{}", "null", "", "[broken", "[1,2]", '["报警",3]', '["没有这词"]'):
        yield f"grammar {grammar} at the beginning", None, (raw_grammar(grammar), port_text)
    yield "grammar of known words", None, (raw_grammar(GRAMMAR), port_text)
    yield "grammar with escapes", None, (raw_grammar(ESCAPED), port_text)
    for grammar in ("[]", "{}", "null", "", "[broken"):
        yield (
            f"grammar {grammar} set before sound",
            None,
            (raw_set_grammar(grammar, running=False), port_text),
        )
    yield "grammar set while running", None, (raw_set_grammar(GRAMMAR, running=True), port_text)
    yield "grammar on a static graph", static_graph, (raw_grammar(GRAMMAR), port_text)
    for name, data in TAKEN.items():
        yield f"sound is {name}", None, (raw_taking(data), port_taking(data))
    yield "odd byte counts", None, (raw_odd, port_taking(sound()[:1601]))
    yield "WAV header as sound", None, (raw_sound(HEADER + sound()), lambda m: port_text(m, HEADER + sound()))
    yield "final result without sound, three times", None, (raw_finals, lambda m: port_text(m, b""))
    yield "SetMaxAlternatives(-1)", None, (raw_no_alternatives, port_text)
    yield "digital silence", None, (raw_sound(bytes(16 * 12000)), lambda m: port_text(m, bytes(16 * 12000)))
    yield "white noise", None, (raw_sound(noise()), lambda m: port_text(m, noise()))
    yield "model deleted while recognizers live", None, (raw_deleted, port_deleted)
    yield "used again after FinalResult", None, (raw_again, port_again)
    yield "Reset in the middle of an utterance", None, (raw_reset, port_after_cut)
    yield "pieces of any size", None, (raw_pieces, port_pieces)


# ---- the runner


def run_one(half: Callable[[Path], Any], model: Path, out: Path) -> None:
    """In the fork: the outcome as JSON, what the library said beside it; libvosk's end is not waited for."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(out.with_suffix(".err"), os.O_WRONLY | os.O_CREAT, 0o600), 2)
    try:
        outcome = {"how": "gave", "told": str(half(model))}
    except Exception as error:
        outcome = {"how": type(error).__name__, "told": str(error)}
    out.write_text(json.dumps(outcome))
    os._exit(0)


class Running:
    def __init__(self, number: int, name: str, side: str, spoil: Any, half: Callable[[Path], Any]) -> None:
        self.key, self.out = (name, side), WORK / f"{number}-{side}.json"
        self.limit_s = HANGS_S if (name, side) == (HANGS, "raw") else LIMIT_S[side]
        model = MODEL
        if spoil is not None:
            model = WORK / f"{number}-{side}"
            shutil.copytree(MODEL, model, copy_function=lambda a, b: Path(b).symlink_to(Path(a).resolve()))
            spoil(model)
        self.began = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            run_one(half, model, self.out)

    def outcome(self) -> dict[str, str] | None:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0 and time.monotonic() - self.began <= self.limit_s:
            return None
        if pid == 0:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            return {"how": "hangs", "told": "", "said": self._said()}
        if os.WIFSIGNALED(status):
            return {"how": "dies", "told": signal.Signals(os.WTERMSIG(status)).name, "said": self._said()}
        return {**json.loads(self.out.read_text()), "said": self._said()}

    def _said(self) -> str:
        file = self.out.with_suffix(".err")
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""


def main() -> None:
    waiting = [
        (number, name, side, spoil, half)
        for number, (name, spoil, halves) in enumerate(rows())
        for side, half in zip(("raw", "port"), halves, strict=True)
    ]
    running: list[Running] = []
    found: dict[str, dict[str, Any]] = {}
    while waiting or running:
        while waiting and len(running) < 2:
            running.append(Running(*waiting.pop(0)))
        for one in list(running):
            if (outcome := one.outcome()) is not None:
                running.remove(one)
                name, side = one.key
                found.setdefault(name, {})[side] = outcome
        time.sleep(0.005)
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
