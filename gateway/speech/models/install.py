"""A model comes into the folder of models: fetched, its checksum compared, unpacked, checked, tried, and only
then moved to its name, in one step. What fails leaves nothing behind but a partial download to go on from.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.clock import Clock
from gateway.speech.models.card import CARD_FILE, ModelCard, ModelError, check
from gateway.speech.models.fetch import fetch, fetch_note
from gateway.speech.models.trial import Trial, try_out
from gateway.speech.models.unpack import unpack

DOWNLOADS, WORK = ".downloads", ".installing-"
"""Beside the models; names with a dot are no models."""
ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
MAX_DEPTH = 3
"""Folders around the model inside an archive."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_SHA256 = re.compile(r"\b[0-9a-fA-F]{64}\b")

OnProgress = Callable[[str, int, int | None], None]
"""What is done (fetch, compare, unpack), bytes done, bytes in all when they are known."""


class InstallError(Exception):
    """The model was not installed. The message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A model of the Vosk project, as its site lists it."""

    name: str
    language: str
    mb: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """`verified`: the checksum was compared with one that somebody gave; else it is only what came."""

    card: ModelCard
    trial: Trial
    source: str
    sha256: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`source`: a file, an address, or the name of an official model under the address `base`."""

    source: str
    into: Path
    base: str | None = None
    sha256: str | None = None
    name: str | None = None
    language: str | None = None
    replace: bool = False


@lru_cache(maxsize=1)
def _official_file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "official.toml").read_text(encoding="utf-8"))


def official_site() -> str:
    """Where the Vosk project lists its models."""
    return str(_official_file()["site"])


def official() -> dict[str, Official]:
    """The models that can be installed by name."""
    told = _official_file().items()
    return {name: Official(name=name, **about) for name, about in told if isinstance(about, dict)}


async def install(wish: Wish, *, clock: Clock, on_progress: OnProgress) -> Installed:
    """Raises InstallError, FetchError, UnpackError, ModelError, RecognizerError, OSError: nothing is then
    installed, and a model that was there is as it was."""
    url = _address(wish)
    with _alone(wish.into):
        return await _install(wish, url, clock, on_progress)


@contextlib.contextmanager
def _alone(into: Path) -> Iterator[None]:
    """One installation a folder at a time; what a killed one left half unpacked is removed."""
    (into / DOWNLOADS).mkdir(parents=True, exist_ok=True)
    with (into / DOWNLOADS / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InstallError(
                f"{into}: another installation is under way there; wait for its end"
            ) from error
        for left in into.glob(f"{WORK}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


async def _install(wish: Wish, url: str | None, clock: Clock, on_progress: OnProgress) -> Installed:
    archive_name = Path(urllib.parse.urlsplit(url).path if url else wish.source).name
    name = wish.name or _stem(archive_name)
    if not _NAME.match(name):
        raise InstallError(f"{name!r} cannot be a folder's name; give one with --name")
    target = wish.into / name
    if target.exists() and not wish.replace:
        raise InstallError(f"{target} is there already; --replace puts the new model in its place")
    told = _told_sha256(wish.sha256)
    archive = wish.into / DOWNLOADS / archive_name if url else Path(wish.source)
    if url:
        if not archive.exists():
            fetch(url, archive, lambda done, whole: on_progress("fetch", done, whole))
        told = told or _told_sha256(fetch_note(url + ".sha256"), archive_name)
    elif (beside := archive.with_name(archive.name + ".sha256")).is_file():
        told = told or _told_sha256(beside.read_text(encoding="utf-8", errors="replace"), archive_name)
    found = _digest(archive, on_progress)
    if told and found != told:
        if url:
            archive.unlink()
        raise InstallError(
            f"{archive_name}: its SHA-256 is {found} and {told} was told. It is damaged, or not what "
            "you think; fetch it again, from a place that you trust"
        )
    card, trial = await _put(wish, archive, target, found, clock, on_progress)
    if url:
        archive.unlink()
    return Installed(
        card=card, trial=trial, source=url or wish.source, sha256=found, verified=told is not None
    )


def _address(wish: Wish) -> str | None:
    """The address to fetch from; None for a file. Raises InstallError when the source is nothing known."""
    if urllib.parse.urlsplit(wish.source).scheme in ("http", "https"):
        return wish.source
    if Path(wish.source).is_file():
        return None
    if wish.source not in official():
        raise InstallError(
            f"{wish.source}: no file, no http(s) address, and no official model that is known by name; "
            f"known are {', '.join(official())}. Any other model: give the archive's file or address"
        )
    if not wish.base:
        raise InstallError(
            f"{wish.source}: say from where with --from ADDRESS (or INTAKE110_MODELS_FROM): the folder that "
            f"holds {wish.source}.zip, on your own mirror or on {official_site()}"
        )
    return f"{wish.base.rstrip('/')}/{wish.source}.zip"


def _stem(archive_name: str) -> str:
    ending = next((ending for ending in ENDINGS if archive_name.lower().endswith(ending)), "")
    return archive_name[: len(archive_name) - len(ending)]


def _told_sha256(text: str | None, name: str | None = None) -> str | None:
    """The checksum in `text`: the argument itself, or a `.sha256` file as sha256sum writes it."""
    if text is None:
        return None
    lines = text.splitlines()
    if name is not None and len(lines) > 1:
        lines = [line for line in lines if name in line]
    found = _SHA256.search("\n".join(lines))
    if found is None and name is None:
        raise InstallError(f"--sha256 {text!r}: a SHA-256 is 64 hexadecimal digits")
    return found[0].lower() if found else None


def _digest(archive: Path, on_progress: OnProgress) -> str:
    digest, done, whole = hashlib.sha256(), 0, archive.stat().st_size
    with archive.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            done += len(block)
            on_progress("compare", done, whole)
    return digest.hexdigest()


async def _put(
    wish: Wish, archive: Path, target: Path, sha256: str, clock: Clock, on_progress: OnProgress
) -> tuple[ModelCard, Trial]:
    """Unpacked, checked and tried beside its place, then moved there. The folder beside is always removed."""
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=wish.into))
    try:
        unpacked = work / "unpacked"
        unpacked.mkdir()
        unpack(archive, unpacked, lambda done, whole: on_progress("unpack", done, whole))
        found = _model_in(unpacked, archive)
        _write_card(found, target.name, wish, sha256)
        ready = work / ".ready" / target.name
        ready.parent.mkdir()
        found.rename(ready)
        check(ready)
        trial = await try_out(ready, clock=clock)
        _into_place(ready, target, work)
    except ModelError as error:
        raise ModelError(str(error).replace(str(work), archive.name)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return check(target), trial


def _model_in(work: Path, archive: Path) -> Path:
    """The folder of the model inside what was unpacked."""
    places = [work]
    for _ in range(MAX_DEPTH + 1):
        found = [place for place in places if (place / "am").is_dir() or (place / "conf").is_dir()]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(sorted(place.name for place in found))
            raise InstallError(f"{archive.name}: several models ({names}); unpack it yourself, one a folder")
        places = [inner for place in places for inner in place.iterdir() if inner.is_dir()]
    raise InstallError(
        f"{archive.name}: not a Vosk model (no folder in it holds am/, conf/ and graph/); "
        "is it the archive of another program?"
    )


def _write_card(folder: Path, name: str, wish: Wish, sha256: str) -> None:
    """A model that brings no card gets one: where it came from, and its language when that is known."""
    card = folder / CARD_FILE
    if card.exists():
        return
    known = official().get(_stem(Path(urllib.parse.urlsplit(wish.source).path).name)) or official().get(name)
    language = wish.language or (known.language if known else _guessed(name))
    about = {"name": name, "language": language, "source": wish.source, "archive_sha256": sha256}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items() if value]
    card.write_text("# Written by intake110 models install.\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _guessed(name: str) -> str:
    """Official names carry the language: vosk-model-small-cn-0.22."""
    parts = name.lower().split("-")
    if "cn" in parts or "zh" in parts:
        return "zh-CN"
    return "en-US" if "en" in parts else ""


def _into_place(ready: Path, target: Path, work: Path) -> None:
    """One rename; a model that is replaced is put back when it fails."""
    ready.chmod(0o755)
    if not target.exists():
        ready.rename(target)
        return
    old = work / ".old"
    target.rename(old)
    try:
        ready.rename(target)
    except OSError:
        os.rename(old, target)
        raise
