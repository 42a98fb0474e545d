from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import build
from gateway.speech.models import ModelError
from gateway.speech.models.install import InstallError

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "asr_models/demo-cn"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(build(["models"]), ["models", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "vosk-model-small-cn-9.tar.gz"
    with tarfile.open(file, "w:gz", compresslevel=1) as tar:
        for part in ("am", "conf", "graph"):
            tar.add(DEMO / part, f"m/{part}")
    return file


def test_list_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "demo-cn: usable (zh-CN, 8000 Hz, " in run("list")
    named = [json.loads(line)["name"] for line in run("list", "--json").splitlines()]
    assert "demo-cn" in named


def test_list_tells_what_cannot_be_used_and_why(tmp_path: Path) -> None:
    (tmp_path / "half/am").mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    (told,) = (json.loads(line) for line in run("list", "--in", str(tmp_path), "--json").splitlines())
    assert (told["usable"], "am/final.mdl is missing" in told["fault"]) == (False, True)
    assert "half: cannot be used" in run("list", "--in", str(tmp_path))
    with pytest.raises(ModelError, match="no such folder; name the folder of models with --in"):
        run("list", "--in", str(tmp_path / "none"))


def test_list_tells_copies_of_one_model_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("large", "small"):
        shutil.copytree(DEMO, tmp_path / name)
    named = [line.partition(": ")[0] for line in run("list", "--in", str(tmp_path)).splitlines()]
    assert {"large (demo-cn)", "small (demo-cn)"} <= set(named)


def test_check_says_rate_words_grammar_memory_and_load_time() -> None:
    told = run("check", str(DEMO))
    assert "8000 Hz" in told
    assert "grammar at run time" in told
    assert "MB of memory a worker" in told
    facts = json.loads(run("check", str(DEMO), "--json"))
    assert {"sample_rate_hz", "words", "dynamic_graph", "rss_bytes", "load_ms", "silence_text"} <= set(facts)
    assert facts["synthetic_only"] is True


def test_install_says_that_no_checksum_was_compared_or_that_one_was(archive: Path, tmp_path: Path) -> None:
    told = run("install", str(archive), "--into", str(tmp_path))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert f"sha256 {digest} (NOT CHECKED" in told
    assert f'model = "{tmp_path / "vosk-model-small-cn-9"}" under [speech]' in told
    facts = json.loads(
        run("install", str(archive), "--into", str(tmp_path), "--replace", "--sha256", digest, "--json")
    )
    assert (facts["verified"], facts["sha256"], facts["language"]) == (True, digest, "zh-CN")
    with pytest.raises(InstallError, match="--replace"):
        run("install", str(archive), "--into", str(tmp_path))


def test_install_without_a_name_lists_the_official_models() -> None:
    assert "vosk-model-small-cn-0.22" in run("install")
    assert json.loads(run("install", "--json").splitlines()[0])["language"] == "zh-CN"


def test_measure_counts_errors_and_tells_speed_and_confidence(tmp_path: Path) -> None:
    told = run("measure", str(DEMO), str(ROOT / "tests/data/speech"))
    assert "CER 0.00 % (0 substituted, 0 deleted, 0 inserted of 22; 3 of 3 without a fault)" in told
    assert "real-time factor" in told
    facts = json.loads(run("measure", str(DEMO), str(ROOT / "tests/data/speech"), "--json", "--limit", "1"))
    assert facts["cer"]["utterances"] == 1
    assert facts["corpus"].endswith("tests/data/speech")


def test_measure_tells_of_recordings_whose_words_are_not_there(tmp_path: Path) -> None:
    for name in ("a", "b"):
        shutil.copy(ROOT / "tests/data/speech/yes.wav", tmp_path / f"{name}.wav")
    (tmp_path / "a.txt").write_text("是的")
    facts = json.loads(run("measure", str(DEMO), str(tmp_path), "--json"))
    assert facts["cer"]["utterances"] == 1
    (fault,) = facts["faults"]
    assert fault.endswith("b.wav: its words are not told; write them to b.txt beside it")


def test_every_command_has_help_with_examples() -> None:
    for command in ("install", "list", "check", "measure"):
        assert "intake110 models" in run(command, "--help")
