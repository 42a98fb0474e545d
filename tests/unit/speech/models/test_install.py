from __future__ import annotations

import fcntl
import hashlib
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gateway.clock import SystemClock
from gateway.speech.models import ModelError, check
from gateway.speech.models.fetch import FetchError
from gateway.speech.models.install import Installed, InstallError, Wish, install, official
from gateway.speech.models.unpack import UnpackError
from gateway.speech.recognizer import RecognizerError

DEMO = Path(__file__).parents[4] / "asr_models/demo-cn"


async def put(source: str | Path, into: Path, **wishes: Any) -> Installed:
    wish = Wish(source=str(source), into=into, **wishes)
    return await install(wish, clock=SystemClock(), on_progress=lambda what, done, whole: None)


def card(folder: Path) -> str:
    return (folder / "CARD.toml").read_text()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def nothing_in(folder: Path) -> bool:
    return not folder.exists() or all(path.name == ".downloads" for path in folder.iterdir())


@pytest.mark.parametrize("name", ["good.zip", "good.tar.gz"])
async def test_archive_becomes_a_model_that_was_tried(archives: Path, tmp_path: Path, name: str) -> None:
    done = await put(archives / name, tmp_path / "models", sha256=sha256(archives / name).upper())
    assert done.verified
    assert done.card.folder == tmp_path / "models/good"
    assert done.trial.silence_text == ""
    assert done.trial.rss_bytes > 1_000_000
    assert left(tmp_path / "models") == [".downloads", "good"]
    assert (archives / name).exists()


async def test_archive_without_a_folder_around_the_model_is_installed_too(tmp_path: Path) -> None:
    flat = shutil.make_archive(str(tmp_path / "flat"), "tar", DEMO)
    done = await put(flat, tmp_path / "models")
    assert done.card.folder == tmp_path / "models/flat"
    assert left(tmp_path / "models") == [".downloads", "flat"]


async def test_model_without_a_card_gets_one_that_says_where_it_came_from(
    archives: Path, tmp_path: Path
) -> None:
    shutil.copy(archives / "good.zip", tmp_path / "vosk-model-small-cn-9.zip")
    done = await put(tmp_path / "vosk-model-small-cn-9.zip", tmp_path / "models")
    assert (done.card.name, done.card.language) == ("vosk-model-small-cn-9", "zh-CN")
    assert done.sha256 in card(done.card.folder)
    assert not done.card.synthetic_only


async def test_without_a_checksum_it_is_said_that_none_was_compared(archives: Path, tmp_path: Path) -> None:
    done = await put(archives / "good.zip", tmp_path)
    assert not done.verified
    assert done.sha256 == sha256(archives / "good.zip")


@pytest.mark.parametrize("right", [True, False])
async def test_checksum_beside_the_file_is_compared(archives: Path, tmp_path: Path, right: bool) -> None:
    shutil.copy(archives / "good.zip", tmp_path / "m.zip")
    told = sha256(tmp_path / "m.zip") if right else "0" * 64
    (tmp_path / "m.zip.sha256").write_text(f"{'1' * 64}  other.zip\n{told} *m.zip\n")
    if right:
        assert (await put(tmp_path / "m.zip", tmp_path / "models")).verified
    else:
        with pytest.raises(InstallError, match=f"{'0' * 64} was told. It is damaged, or not what you think"):
            await put(tmp_path / "m.zip", tmp_path / "models")
        assert nothing_in(tmp_path / "models")


async def test_download_with_a_checksum_beside_it_is_installed_and_leaves_nothing_over(
    archives: Path, tmp_path: Path, server: Any
) -> None:
    server.files["/m.zip"] = (archives / "good.zip").read_bytes()
    server.files["/m.zip.sha256"] = sha256(archives / "good.zip").encode()
    done = await put(server.url + "/m.zip", tmp_path)
    assert done.verified
    assert left(tmp_path) == [".downloads", "m"]
    assert left(tmp_path / ".downloads") == []


async def test_download_that_is_not_what_was_told_is_thrown_away(
    archives: Path, tmp_path: Path, server: Any
) -> None:
    server.files["/m.zip"] = (archives / "good.zip").read_bytes()
    with pytest.raises(InstallError, match="fetch it again"):
        await put(server.url + "/m.zip", tmp_path, sha256="0" * 64)
    assert nothing_in(tmp_path)
    assert left(tmp_path / ".downloads") == []


async def test_official_model_comes_from_the_address_that_was_given(
    archives: Path, tmp_path: Path, server: Any
) -> None:
    server.files["/vosk/vosk-model-small-cn-0.22.zip"] = (archives / "good.zip").read_bytes()
    done = await put("vosk-model-small-cn-0.22", tmp_path, base=server.url + "/vosk/")
    assert (done.card.name, done.card.language) == ("vosk-model-small-cn-0.22", "zh-CN")
    with pytest.raises(InstallError, match="say from where with --from ADDRESS"):
        await put("vosk-model-cn-0.22", tmp_path)


async def test_what_is_neither_file_nor_address_nor_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"no file, no http.*known are vosk-model-small-cn"):
        await put("vosk-modell-cn", tmp_path)
    (tmp_path / "a.zip").touch()
    with pytest.raises(InstallError, match="64 hexadecimal digits"):
        await put(tmp_path / "a.zip", tmp_path / "models", sha256="12ab")


async def test_model_that_is_there_is_not_overwritten_unless_asked(archives: Path, tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "good/mine").touch()
    with pytest.raises(InstallError, match="is there already; --replace"):
        await put(archives / "good.zip", tmp_path)
    assert (tmp_path / "good/mine").exists()
    await put(archives / "good.zip", tmp_path, replace=True)
    assert not (tmp_path / "good/mine").exists()
    assert check(tmp_path / "good").words == check(DEMO).words


def spoiled(archives: Path, folder: Path, name: str, data: bytes) -> Path:
    """good.zip with one file's content replaced."""
    with zipfile.ZipFile(archives / "good.zip") as old, zipfile.ZipFile(folder / "bad.zip", "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, data if info.filename == f"good/{name}" else old.read(info))
    return folder / "bad.zip"


async def test_broken_model_is_never_seen_and_the_old_one_stays(archives: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    await put(archives / "good.zip", models, name="bad")
    with pytest.raises(ModelError, match=r"bad\.zip.*am/final\.mdl is no Kaldi model"):
        await put(spoiled(archives, tmp_path, "am/final.mdl", b"<html>"), models, replace=True)
    with pytest.raises(RecognizerError, match="no-such-option"):
        await put(
            spoiled(archives, tmp_path, "conf/model.conf", b"--no-such-option=1\n"), models, replace=True
        )
    assert check(models / "bad").words == check(DEMO).words
    assert left(models) == [".downloads", "bad"]


async def test_what_is_no_model_or_several_is_told(tmp_path: Path) -> None:
    for names, told in (
        (["a/readme"], "not a Vosk model"),
        (["a/am/x", "b/am/x"], r"several models \(a, b\)"),
    ):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
            for name in names:
                packed.writestr(name, b"")
        with pytest.raises(InstallError, match=told):
            await put(tmp_path / "a.zip", tmp_path / "models")
    (tmp_path / "a.zip").write_bytes(b"<html>404")
    with pytest.raises(UnpackError, match="neither a zip nor a tar"):
        await put(tmp_path / "a.zip", tmp_path / "models")
    assert nothing_in(tmp_path / "models")


async def test_missing_file_on_the_server_leaves_nothing(tmp_path: Path, server: Any) -> None:
    with pytest.raises(FetchError, match="404"):
        await put(server.url + "/none.zip", tmp_path)
    assert nothing_in(tmp_path)


async def test_two_installations_at_a_time_are_refused_and_what_a_killed_one_left_is_removed(
    archives: Path, tmp_path: Path
) -> None:
    (tmp_path / ".installing-killed/good").mkdir(parents=True)
    (tmp_path / ".downloads").mkdir()
    with (tmp_path / ".downloads/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InstallError, match="another installation is under way"):
            await put(archives / "good.zip", tmp_path)
    await put(archives / "good.zip", tmp_path)
    assert left(tmp_path) == [".downloads", "good"]


def test_official_models_are_listed_with_language_and_size_and_no_invented_checksum() -> None:
    assert {known.language for known in official().values()} == {"zh-CN", "en-US"}
    assert all(known.mb > 30 and known.zh and known.en for known in official().values())
    assert official()["vosk-model-small-cn-0.22"].mb == 44
