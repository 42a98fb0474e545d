"""Our port against everything that is known to kill, hang or fool vosk; beside it what raw vosk does.

The rows and how they are run: vosk_table.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WHOLE_TABLE_S = 600
TEXT = "老板拖欠工资"

NO_MODEL, NO_RECOGNIZER = "Failed to create a model", "Failed to create a recognizer"
FAILS = {
    "folder is missing": (NO_MODEL, "does not exist; unpack a Vosk model there"),
    "folder is empty": (NO_MODEL, "am/final.mdl is missing; unpack the model again"),
    "folder is a file": (NO_MODEL, "is a file, not a folder"),
    "final.mdl is missing": (NO_MODEL, "am/final.mdl is missing"),
    "final.mdl is empty": (NO_MODEL, "am/final.mdl is empty"),
    "final.mdl is garbage": (NO_MODEL, "am/final.mdl is no Kaldi model"),
    "final.mdl is cut short": (NO_MODEL, "am/final.mdl is cut short"),
    "HCLr.fst is missing": (NO_RECOGNIZER, "graph/HCLr.fst is missing"),
    "HCLr.fst is garbage": (NO_RECOGNIZER, "graph/HCLr.fst is no graph that can be used"),
    "HCLr.fst is cut short": (NO_RECOGNIZER, "graph/HCLr.fst is no graph that can be used (it is cut short"),
    "Gr.fst is missing": (NO_RECOGNIZER, "graph/Gr.fst is missing"),
    "Gr.fst is garbage": (NO_RECOGNIZER, "graph/Gr.fst is no graph that can be used"),
    "Gr.fst is cut short": (NO_RECOGNIZER, "graph/Gr.fst is no graph that can be used (it is cut short"),
    "HCLG.fst is garbage": (NO_MODEL, "graph/HCLG.fst is no graph that can be used"),
    "words.txt is missing": (NO_MODEL, "graph/words.txt is missing, and the graph carries no words itself"),
    "mfcc.conf is missing": (NO_MODEL, "conf/mfcc.conf (or conf/fbank.conf) is missing"),
    "model.conf is missing": (NO_MODEL, "conf/model.conf is missing"),
    "word_boundary.int is bad": (NO_MODEL, "graph/phones/word_boundary.int:2: not a phone's number"),
    "rate is a string, told by the model": (NO_MODEL, "sample-frequency=fast is no rate of sound"),
}
"""Raw vosk's exception says nothing; ours, before anything loads, names the file and the cure."""

ONLY_LOADING_TELLS = {
    "model.conf has an unknown option": (NO_MODEL, "Invalid option --no-such-option=1"),
    "mfcc dimensions do not match the network": (NO_RECOGNIZER, "got 13 but network expects 64"),
}
"""A worker (or `models check`'s child) loads the model, fails, and the reason is on its standard error."""

DIES = {
    "rate is 0, told by the model": ("dies", "sample-frequency=0 is no rate of sound"),
    "rate is negative, told by the model": ("dies", "sample-frequency=-8000 is no rate of sound"),
    "rate is NaN, told by the model": ("dies", "sample-frequency=nan is no rate of sound"),
}
SURVIVES = {
    "rate is 0, told by the caller": "hangs",
    "rate is negative, told by the caller": "dies",
    "rate is NaN, told by the caller": "dies",
    "rate is a string, told by the caller": "TypeError",
    "grammar set while running": "dies",
    **{f"grammar {bad} at the beginning": "dies" for bad in ("[]", "{}", "null", "", "[broken")},
    **{f"grammar {bad} set before sound": "dies" for bad in ("{}", "null", "", "[broken")},
    "grammar [1,2] at the beginning": "Exception",
    'grammar ["报警",3] at the beginning': "Exception",
    "rate below the model's, without allow-upsample": "Exception",
}
"""How raw vosk ends. Behind our port nobody tells a running recognizer a rate or a grammar: text goes on."""

DEAF = (
    "rate is 44100 and really is",
    "8 kHz sound declared as 16 kHz",
    'grammar ["没有这词"] at the beginning',
    "grammar with escapes",
    "SetMaxAlternatives(-1)",
)
"""Raw vosk says something else in all calm; the port says what was said."""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, str]]]:
    command = [
        sys.executable,
        HERE / "vosk_table.py",
        ROOT / "asr_models/demo-cn",
        tmp_path_factory.mktemp("table"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=WHOLE_TABLE_S, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, dict[str, str]]] = json.loads(done.stdout)
    return found


Table = dict[str, dict[str, dict[str, str]]]


@pytest.mark.parametrize("row", FAILS)
def test_broken_model_is_refused_with_its_cure_before_it_loads(table: Table, row: str) -> None:
    theirs, ours = FAILS[row]
    assert (table[row]["raw"]["how"], table[row]["raw"]["told"]) == ("Exception", theirs)
    assert table[row]["port"]["how"] == "ModelError"
    assert ours in table[row]["port"]["told"]


@pytest.mark.parametrize("row", ONLY_LOADING_TELLS)
def test_fault_that_only_loading_shows_is_an_error_and_its_reason_stands_on_standard_error(
    table: Table, row: str
) -> None:
    theirs, reason = ONLY_LOADING_TELLS[row]
    assert (table[row]["raw"]["how"], table[row]["raw"]["told"]) == ("Exception", theirs)
    assert table[row]["port"]["how"] == "RecognizerError"
    assert "vosk cannot use this model" in table[row]["port"]["told"]
    assert reason in table[row]["port"]["said"]


def test_words_list_that_is_too_short_makes_vosk_silently_deaf_and_is_refused_by_us(table: Table) -> None:
    raw, port = (table["words.txt is shorter than the graph's ids"][side] for side in ("raw", "port"))
    assert raw["how"] == "gave"
    assert set(json.loads(raw["told"])) == {""}
    assert port["how"] == "ModelError"
    assert re.search(r"it ends at word \d+ and graph/Gr.fst uses \d+; such words", port["told"])


@pytest.mark.parametrize("row", DIES)
def test_model_that_kills_vosk_is_refused_before_it_loads(table: Table, row: str) -> None:
    theirs, ours = DIES[row]
    assert table[row]["raw"]["how"] == theirs
    assert table[row]["port"]["how"] == "ModelError"
    assert ours in table[row]["port"]["told"]


@pytest.mark.parametrize("row", SURVIVES)
def test_what_ends_raw_vosk_cannot_reach_it_through_the_port(table: Table, row: str) -> None:
    assert table[row]["raw"]["how"] == SURVIVES[row]
    assert (table[row]["port"]["how"], table[row]["port"]["told"]) == ("gave", TEXT)


@pytest.mark.parametrize("row", DEAF)
def test_what_fools_raw_vosk_does_not_fool_the_port(table: Table, row: str) -> None:
    assert table[row]["raw"]["how"] == "gave"
    assert table[row]["raw"]["told"] != TEXT
    assert (table[row]["port"]["how"], table[row]["port"]["told"]) == ("gave", TEXT)


TAKEN = {
    "sound is empty bytes": ("gave", f"taken: {TEXT}"),
    "sound is one byte": ("gave", f"ValueError: {TEXT}"),
    "odd byte counts": ("gave", f"ValueError: {TEXT}"),
    "sound is bytearray": ("TypeError", f"TypeError: {TEXT}"),
    "sound is memoryview": ("TypeError", f"TypeError: {TEXT}"),
    "sound is string": ("TypeError", f"TypeError: {TEXT}"),
    "sound is None": ("TypeError", f"TypeError: {TEXT}"),
}


@pytest.mark.parametrize("row", TAKEN)
def test_what_is_no_sound_is_refused_and_the_leg_goes_on(table: Table, row: str) -> None:
    theirs, ours = TAKEN[row]
    assert table[row]["raw"]["how"] == theirs
    assert (table[row]["port"]["how"], table[row]["port"]["told"]) == ("gave", ours)


def test_half_a_sample_turns_all_that_follows_into_noise_for_raw_vosk(table: Table) -> None:
    assert table["odd byte counts"]["raw"]["told"] != TEXT


SAME = {
    "WAV header as sound": (TEXT, TEXT),
    "grammar [] set before sound": (TEXT, TEXT),
    "digital silence": ("", ""),
    "white noise": ("", ""),
    "final result without sound, three times": ('[{"text": ""}, {"text": ""}, {"text": ""}]', ""),
    "model deleted while recognizers live": ("|".join([TEXT] * 3), "|".join([TEXT] * 3)),
    "pieces of any size": (TEXT, TEXT),
    "used again after FinalResult": ("counts on", f"{TEXT}|{TEXT}"),
    "grammar on a static graph": ("", ""),
}


@pytest.mark.parametrize("row", SAME)
def test_what_is_harmless_stays_so(table: Table, row: str) -> None:
    theirs, ours = SAME[row]
    assert (table[row]["raw"]["how"], table[row]["raw"]["told"]) == ("gave", theirs)
    assert (table[row]["port"]["how"], table[row]["port"]["told"]) == ("gave", ours)


def test_reset_lets_a_syllable_leak_and_our_legs_have_ears_of_their_own(table: Table) -> None:
    row = table["Reset in the middle of an utterance"]
    assert (row["raw"]["how"], row["port"]["told"]) == ("gave", "")
    assert len(row["raw"]["told"]) <= 2


def test_grammar_of_known_words_is_heard_with(table: Table) -> None:
    row = table["grammar of known words"]
    assert row["raw"]["told"].startswith("老板")
    assert row["port"]["told"] == TEXT


def test_grammar_on_a_static_graph_is_ignored_with_a_warning_only(table: Table) -> None:
    assert "WARNING" in table["grammar on a static graph"]["raw"]["said"]


def test_every_row_of_the_table_is_looked_at(table: Table) -> None:
    looked_at = {
        *FAILS, *ONLY_LOADING_TELLS, *DIES, *SURVIVES, *DEAF, *TAKEN, *SAME,
        "words.txt is shorter than the graph's ids", "grammar of known words",
        "Reset in the middle of an utterance",
    }  # fmt: skip
    assert set(table) == looked_at
