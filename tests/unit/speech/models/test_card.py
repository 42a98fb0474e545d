from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.speech.models import ModelError, check
from gateway.speech.models.trial import try_out
from gateway.speech.recognizer import RecognizerError

DEMO = Path(__file__).parents[4] / "asr_models/demo-cn"


def test_demonstration_model_says_that_it_hears_synthetic_voices_only() -> None:
    card = check(DEMO)
    assert (card.name, card.sample_rate_hz, card.takes_telephone_rate, card.dynamic_graph) == (
        "demo-cn",
        8000,
        True,
        True,
    )
    assert card.synthetic_only
    assert "真人" in card.note_zh
    assert card.model_id.startswith("vosk:demo-cn:")


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, data: bytes) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return do


def cut(name: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:1_000_000])

    return do


def rate(value: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        file = folder / "conf/mfcc.conf"
        file.write_text(file.read_text().replace("sample-frequency=8000", f"sample-frequency={value}"))

    return do


def cut_words(folder: Path) -> None:
    words = folder / "graph/words.txt"
    words.write_bytes(words.read_bytes()[:100_002])


SEEN = [
    (remove("am/final.mdl"), "am/final.mdl is missing"),
    (write("am/final.mdl", b""), "am/final.mdl is empty"),
    (write("am/final.mdl", b"<html>404"), "am/final.mdl is no Kaldi model"),
    (remove("conf/mfcc.conf"), "conf/mfcc.conf (or conf/fbank.conf) is missing"),
    (remove("conf/model.conf"), "conf/model.conf is missing"),
    (remove("graph/Gr.fst"), "graph/Gr.fst is missing"),
    (rate("0"), "sample-frequency=0 is no rate"),
    (rate("nan"), "sample-frequency=nan is no rate"),
    (rate("-8000"), "sample-frequency=-8000 is no rate"),
    (rate("fast"), "sample-frequency=fast is no rate"),
    (cut_words, "graph/words.txt"),
    (write("graph/words.txt", b"\xff\xfe"), "not a word and its number"),
    (write("graph/words.txt", b"<eps> 0\n[unk] 1\n#0 99999999\n"), "names no word"),
    (remove("graph/words.txt"), "graph/words.txt is missing, and the graph carries no words itself"),
    (write("graph/HCLr.fst", b"\0" * 5000), "graph/HCLr.fst is no graph that can be used"),
    (cut("graph/Gr.fst"), "graph/Gr.fst is no graph that can be used (it is cut short"),
    (cut("am/final.mdl"), "am/final.mdl is cut short"),
    (write("graph/phones/word_boundary.int", b"1 nonword\n2\n"), "graph/phones/word_boundary.int:2"),
    (write("CARD.toml", b"name = "), "CARD.toml cannot be read"),
]


@pytest.mark.parametrize(("spoil", "told"), SEEN, ids=[told for _, told in SEEN])
def test_fault_is_named_with_its_cure_before_anything_loads(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(DEMO, folder)
    spoil(folder)
    with pytest.raises(ModelError) as caught:
        check(folder)
    assert told in str(caught.value)
    assert str(folder) in str(caught.value)


def test_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        check(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="is a file, not a folder"):
        check(tmp_path / "file")


def unknown_option(folder: Path) -> None:
    (folder / "conf/model.conf").write_bytes(b"--no-such-option=1\n")


def other_dimensions(folder: Path) -> None:
    (folder / "conf/mfcc.conf").write_bytes(b"--sample-frequency=8000\n--num-ceps=13\n")


def stopping_options(folder: Path) -> None:
    with (folder / "conf/model.conf").open("a") as file:
        file.write("--frame-subsampling-factor=0\n")


def dividing_options(folder: Path) -> None:
    with (folder / "conf/mfcc.conf").open("a") as file:
        file.write("--frame-shift=0\n")


HIDDEN = [
    (unknown_option, "Invalid option --no-such-option=1"),
    (stopping_options, r"\(SIGABRT\): Assertion failed: .*frame_subsampling_factor > 0"),
    (dividing_options, r"\(SIGFPE\): it ended without a word"),
    (other_dimensions, "got 13 but network expects 64"),
]


@pytest.mark.parametrize(("spoil", "told"), HIDDEN, ids=[told for _, told in HIDDEN])
async def test_fault_only_vosk_can_see_ends_a_child_and_is_told(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(DEMO, folder)
    spoil(folder)
    check(folder)
    with pytest.raises(RecognizerError, match=told + ".*or fetch the model again"):
        await try_out(folder, clock=SystemClock())


async def test_model_that_hangs_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RecognizerError, match=r"no answer within 0\.05 s"):
        await try_out(DEMO, clock=SystemClock(), within_s=0.05)


async def test_demonstration_model_loads_and_hears_silence() -> None:
    trial = await try_out(DEMO, clock=SystemClock())
    assert trial.silence_text == ""
    assert 1_000_000 < trial.rss_bytes < 200_000_000
    assert trial.load_ms > 0
