"""What every recognizer must do behind the port: the fake, and real vosk with the demonstration model.

Vosk's part runs here in the test's own process: nothing in it may abort or hang.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import Leg, Word
from gateway.speech.offline import transcribe
from gateway.speech.recognizer import Ear, Engine, Final, Partial, RecognizerError, joined
from gateway.testing import fake_recognizer

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "asr_models/demo-cn"
VOICES = ROOT / "tests/data/speech"
TEXTS: dict[str, list[str]] = json.loads((VOICES / "texts.json").read_text())


def voice(name: str) -> bytes:
    return wav.read(VOICES / f"{name}.wav")[0] + bytes(1500 * BYTES_PER_MS)


@dataclass(frozen=True)
class Case:
    make: Callable[[Path], Engine]
    model: Path
    sound: bytes
    texts: list[str]


@pytest.fixture(scope="module", params=["fake", "vosk"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    if request.param == "fake":
        sound = (
            fake_recognizer.say("你好我要报警") + fake_recognizer.pause(700) + fake_recognizer.say("有人打架")
        )
        sound += fake_recognizer.pause(1500)
        return Case(
            fake_recognizer.make, tmp_path_factory.mktemp("model"), sound, ["你好我要报警", "有人打架"]
        )
    from gateway.speech.vosk_worker import make

    return Case(make, DEMO, voice("fight"), TEXTS["fight"])


@pytest.fixture(scope="module")
def engine(case: Case) -> Engine:
    return case.make(case.model)


def hear(ear: Ear, sound: bytes, size: int = 1600) -> tuple[list[Final], list[Partial]]:
    heard = [item for at in range(0, len(sound), size) for item in ear.hear(sound[at : at + size])]
    heard += ear.finish()
    return [i for i in heard if isinstance(i, Final) and i.words], [
        i for i in heard if isinstance(i, Partial)
    ]


def texts(finals: list[Final]) -> list[str]:
    return [joined(final.words) for final in finals]


def test_utterances_parted_by_a_pause_become_finals(case: Case, engine: Engine) -> None:
    finals, partials = hear(engine.open(0), case.sound)
    assert texts(finals) == case.texts
    assert partials


@pytest.mark.parametrize("size", [320, 640, 6400, 64000])
def test_text_does_not_depend_on_the_size_of_the_pieces(case: Case, engine: Engine, size: int) -> None:
    assert texts(hear(engine.open(0), case.sound, size)[0]) == case.texts


def test_word_times_lie_on_the_calls_line(case: Case, engine: Engine) -> None:
    (first, *_), _ = hear(engine.open(0), case.sound)
    (later, *_), _ = hear(engine.open(60_000), case.sound)
    assert [w.started_ms - 60_000 for w in later.words] == [w.started_ms for w in first.words]
    assert all(0 <= w.started_ms < w.ended_ms <= len(case.sound) // BYTES_PER_MS for w in first.words)
    assert all(0 <= w.confidence <= 1 for w in first.words)


def test_partial_text_comes_only_when_it_changed_and_at_most_five_times_a_second(
    case: Case, engine: Engine
) -> None:
    _, partials = hear(engine.open(0), case.sound)
    assert all(a.text != b.text for a, b in itertools.pairwise(partials) if a.started_ms == b.started_ms)
    if case.make is not fake_recognizer.make:
        assert all(
            b.ended_ms - a.ended_ms >= 200
            for a, b in itertools.pairwise(partials)
            if b.started_ms == a.started_ms
        )


def test_silence_and_an_empty_leg_say_nothing(engine: Engine) -> None:
    assert hear(engine.open(0), bytes(12_000 * BYTES_PER_MS)) == ([], [])
    assert hear(engine.open(0), b"") == ([], [])


@pytest.mark.parametrize("bad", [bytearray(320), memoryview(bytes(320)), "sound", None, b"abc"])
def test_what_is_not_whole_samples_is_refused_and_the_ear_goes_on(
    case: Case, engine: Engine, bad: object
) -> None:
    ear = engine.open(0)
    with pytest.raises((TypeError, ValueError)):
        ear.hear(bad)  # type: ignore[arg-type]
    assert texts(hear(ear, case.sound)[0]) == case.texts


def test_two_legs_of_one_engine_do_not_disturb_each_other(case: Case, engine: Engine) -> None:
    one, two = engine.open(0), engine.open(0)
    found: dict[int, list[Final]] = {1: [], 2: []}
    for at in range(0, len(case.sound), 1600):
        for number, ear in ((1, one), (2, two)):
            found[number] += [
                i for i in ear.hear(case.sound[at : at + 1600]) if isinstance(i, Final) and i.words
            ]
    assert texts(found[1]) == texts(found[2]) == case.texts


def test_model_that_is_not_there_is_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="none") as caught:
        case.make(tmp_path / "none")
    assert isinstance(caught.value, RecognizerError) or type(caught.value).__name__ == "ModelError"


# ---- vosk alone


@pytest.mark.parametrize("name", sorted(TEXTS))
async def test_demonstration_model_hears_the_invented_voices_through_a_worker(name: str) -> None:
    segments = await transcribe([(Leg.CALLER, voice(name))], model=DEMO, clock=SystemClock())
    assert [segment.text for segment in segments] == TEXTS[name]
    assert [segment.index for segment in segments] == list(range(len(TEXTS[name])))
    assert all(segment.model_id.startswith("vosk:demo-cn:") for segment in segments)


def test_pause_brings_no_word_that_nobody_said_into_partial_text() -> None:
    from gateway.speech.vosk_worker import make

    _, partials = hear(make(DEMO).open(0), voice("wage"))
    assert partials[-1].text == "老板拖欠工资"


async def test_noise_and_dial_tones_say_nothing() -> None:
    import numpy as np

    chance = np.random.default_rng(4)
    noise = chance.normal(0, 600, 8000 * 20).astype(np.int16).tobytes()
    seconds = np.arange(8000 * 10) / 8000
    tone = (np.sin(2 * np.pi * 450 * seconds) * 8000 * (seconds % 5 < 1)).astype(np.int16).tobytes()
    assert (
        await transcribe([(Leg.CALLER, noise), (Leg.CALL_TAKER, tone)], model=DEMO, clock=SystemClock()) == []
    )


def test_unknown_sounds_stand_as_empty_words_and_lower_the_confidence() -> None:
    from gateway.speech.vosk_worker import VoskEar

    class Fixed:
        def AcceptWaveform(self, pcm: bytes) -> bool:
            return True

        def Result(self) -> str:
            return json.dumps(
                {
                    "result": [
                        {"word": "[unk]", "start": 0.1, "end": 0.2, "conf": 1.0},
                        {"word": "go", "start": 0.2, "end": 0.4, "conf": 1.2},
                        {"word": "home", "start": 0.4, "end": 0.5, "conf": 0.5},
                    ]
                }
            )

    (final,) = VoskEar(Fixed(), 1000, resample_to_hz=None).hear(b"\x00\x10" * 800)
    assert isinstance(final, Final)
    assert joined(final.words) == "go home"
    assert final.words[0] == Word(text="", started_ms=1100, ended_ms=1200, confidence=0.0)
    assert [w.confidence for w in final.words] == [0.0, 1.0, 0.5]


def test_model_of_another_rate_gets_its_own_rate() -> None:
    from gateway.speech.vosk_worker import VoskEar

    class Counts:
        taken = 0

        def AcceptWaveform(self, pcm: bytes) -> bool:
            self.taken += len(pcm)
            return False

        def PartialResult(self) -> str:
            return '{"partial": ""}'

        def FinalResult(self) -> str:
            return '{"text": ""}'

    counts = Counts()
    ear = VoskEar(counts, 0, resample_to_hz=16000)
    sound = bytes(random.Random(1).randbytes(16000))
    hear(ear, sound)
    assert counts.taken == 32000


async def test_a_short_word_between_long_silences_is_not_swallowed() -> None:
    """One syllable, 对, twice, with five seconds of nothing before and between: answers to questions."""
    nothing = bytes(5000 * BYTES_PER_MS)
    said = nothing + voice("yes") + nothing + voice("yes")
    segments = await transcribe([(Leg.CALLER, said)], model=DEMO, clock=SystemClock())
    assert [segment.text for segment in segments] == TEXTS["yes"] * 2


async def test_words_after_silence_that_nobody_listened_to_stand_where_they_were_said() -> None:
    """The recognizer is given a fraction of the silence; the call's line has all of it."""
    pause_ms = 60_000
    (near,) = await transcribe([(Leg.CALLER, voice("yes"))], model=DEMO, clock=SystemClock())
    said = voice("yes") + bytes(pause_ms * BYTES_PER_MS) + voice("yes")
    first, later = await transcribe([(Leg.CALLER, said)], model=DEMO, clock=SystemClock())
    away_ms = pause_ms + len(voice("yes")) // BYTES_PER_MS
    assert first.words == near.words
    assert abs(later.started_ms - near.started_ms - away_ms) <= 60
    assert abs(later.ended_ms - near.ended_ms - away_ms) <= 60


@pytest.mark.parametrize(("hiss", "quieter_db"), [(10, 12), (30, 12), (60, 12), (60, 20)])
async def test_a_short_word_in_the_hiss_of_a_line_is_not_swallowed(hiss: float, quieter_db: float) -> None:
    """The line's own noise is left unheard between utterances (hush.py); a word of one syllable, said 12 or
    20 dB more quietly than usual, is not."""
    import numpy as np

    said = np.frombuffer(voice("yes"), np.int16) * 10 ** (-quieter_db / 20)
    nothing = np.zeros(5000 * BYTES_PER_MS // 2)
    leg = np.concatenate([nothing, said, nothing, said])
    leg += np.random.default_rng(3).normal(0, hiss, len(leg))
    pcm = np.rint(leg).astype(np.int16).tobytes()
    segments = await transcribe([(Leg.CALLER, pcm)], model=DEMO, clock=SystemClock())
    assert [segment.text for segment in segments] == TEXTS["yes"] * 2
