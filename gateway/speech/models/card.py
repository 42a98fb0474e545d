"""Is this folder a model that can hear a telephone? Looked at before any worker starts, file by file, with
the cure.

Layout: vosk-api src/model.cc, "v2". Libvosk itself says only "Failed to create a model", and hears
nothing, silently, when the words' list does not fit the graph.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.speech.models.graph import Graph, GraphError, read

RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000)
"""Rates that may reach libvosk: 0 hangs it for ever, NaN aborts the process."""

CARD_FILE = "CARD.toml"
MAX_TEXT_BYTES = 64 * 1024 * 1024
"""A words' list or a configuration longer than this is not one, and is not read."""


class ModelError(Exception):
    """The speech model cannot be used. The message lists every fault with its cure, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known of a model before it is loaded. `synthetic_only`: understands no people; pages say so."""

    folder: Path
    name: str
    model_id: str
    sample_rate_hz: int
    takes_telephone_rate: bool
    words: int
    dynamic_graph: bool
    language: str = ""
    synthetic_only: bool = False
    note_zh: str = ""
    note_en: str = ""


def check(folder: Path) -> ModelCard:
    """The model's card. Raises ModelError with every fault that can be seen without loading it."""
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ModelError(
            f"{folder}: {kind}; unpack a Vosk model there, or write the right folder as speech.model"
        )
    faults = [*_missing(folder), *_broken(folder)]
    if faults:
        raise ModelError("\n".join(f"{folder}: {fault}" for fault in faults))
    options = _options(_features(folder))
    card = _card(folder)
    rate = round(float(options.get("sample-frequency", "16000")))
    return ModelCard(
        folder=folder,
        name=str(card.get("name", folder.resolve().name)),
        model_id=_model_id(folder, card),
        sample_rate_hz=rate,
        takes_telephone_rate=rate == 8000 or options.get("allow-upsample", "false") == "true",
        words=_count_words(folder),
        dynamic_graph=not (folder / "graph/HCLG.fst").exists(),
        language=str(card.get("language", "")),
        synthetic_only=bool(card.get("synthetic_only", False)),
        note_zh=str(card.get("zh", "")),
        note_en=str(card.get("en", "")),
    )


def check_all(folders: Mapping[str, Path], *, needed: str) -> tuple[dict[str, ModelCard], dict[str, str]]:
    """The cards of those that can be used, by key, and why the others cannot. Raises ModelError when the one
    that is needed cannot."""
    cards, faults = {}, {}
    for key, folder in folders.items():
        try:
            cards[key] = check(folder)
        except ModelError as error:
            if key == needed:
                raise
            faults[key] = str(error)
    return cards, faults


def _count_words(folder: Path) -> int:
    """Official small models keep their words in the graph itself."""
    inside = read(_words_graph(folder)).words
    if inside is not None:
        return inside
    return sum(1 for line in _lines(folder / "graph/words.txt") if line and line[0] not in "<#[")


def _missing(folder: Path) -> Iterator[str]:
    needed = ["am/final.mdl", "conf/model.conf"]
    if not (folder / "graph/HCLG.fst").exists():
        needed += ["graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int"]
    for name in needed:
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing; unpack the model again (does this folder hold am/, conf/, graph/?)"
        elif path.stat().st_size == 0:
            yield f"{name} is empty; unpack the model again"
    if not (folder / "conf/mfcc.conf").is_file() and not (folder / "conf/fbank.conf").is_file():
        yield "conf/mfcc.conf (or conf/fbank.conf) is missing; unpack the model again"


def _broken(folder: Path) -> Iterator[str]:
    features = _features(folder)
    if features.is_file():
        yield from _broken_rate(features)
    acoustic = folder / "am/final.mdl"
    if acoustic.is_file() and acoustic.stat().st_size:
        yield from _broken_acoustics(acoustic)
    yield from _broken_graphs(folder)
    yield from _broken_times(folder / "graph/phones/word_boundary.int")
    try:
        _card(folder)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        yield f"{CARD_FILE} cannot be read ({error}); mend it or remove it"


def _broken_rate(features: Path) -> Iterator[str]:
    told = _options(features).get("sample-frequency", "16000")
    try:
        rate = float(told)
    except ValueError:
        rate = 0.0
    if rate not in RATES_HZ:
        known = ", ".join(map(str, RATES_HZ))
        yield f"conf/{features.name}: sample-frequency={told} is no rate of sound; known are {known}"


def _broken_acoustics(file: Path) -> Iterator[str]:
    """A binary network ends with the weights of its priors (Kaldi, nnet3/am-nnet-simple.cc)."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not data[:32].startswith((b"\0B<TransitionModel>", b"<TransitionModel>")):
            yield "am/final.mdl is no Kaldi model; the download was damaged, fetch it again"
        elif data[:2] == b"\0B" and data.find(b"<Nnet3>", 0) >= 0 and not _ends_whole(data):
            yield "am/final.mdl is cut short; the download was damaged, fetch it again"


def _ends_whole(data: mmap.mmap) -> bool:
    at = data.rfind(b"<Priors> ")
    if at < 0:
        return False
    kind, width = data[at + 9 : at + 12], data[at + 12 : at + 13]
    if kind not in (b"FV ", b"DV ") or width != b"\x04":
        return False
    (priors,) = struct.unpack_from("<i", data, at + 13)
    return bool(at + 17 + priors * (4 if kind == b"FV " else 8) <= len(data))


def _words_graph(folder: Path) -> Path:
    """The graph whose output is words."""
    static = folder / "graph/HCLG.fst"
    return static if static.exists() else folder / "graph/Gr.fst"


def _broken_graphs(folder: Path) -> Iterator[str]:
    words_graph = _words_graph(folder)
    names = [words_graph] if words_graph.name == "HCLG.fst" else [folder / "graph/HCLr.fst", words_graph]
    for path in names:
        if not path.is_file() or not path.stat().st_size:
            continue  # told already
        try:
            graph = read(path)
        except GraphError as error:
            yield f"graph/{path.name} is no graph that can be used ({error}); fetch the model again"
            continue
        if path == words_graph and graph.words is None:
            yield from _broken_words(folder / "graph/words.txt", graph, path.name)


def _broken_words(words: Path, graph: Graph, name: str) -> Iterator[str]:
    """`word id` a line: where an id of the graph has no word, text comes out empty, silently."""
    if not words.is_file():
        yield "graph/words.txt is missing, and the graph carries no words itself; unpack the model again"
        return
    highest, known = -1, 0
    for number, line in enumerate(_lines(words), 1):
        parts = line.split()
        if len(parts) != 2 or not parts[1].isdigit():
            yield f"graph/words.txt:{number}: not a word and its number; fetch the model again"
            return
        highest, known = max(highest, int(parts[1])), known + (parts[0][0] not in "<#[")
    if not known:
        yield "graph/words.txt names no word: all text would come out empty; fetch the model again"
    if graph.highest_word is not None and highest < graph.highest_word:
        yield (
            f"graph/words.txt: cut short, it ends at word {highest} and graph/{name} uses "
            f"{graph.highest_word}; such words would come out empty: fetch the model again"
        )


_PLACES = ("nonword", "begin", "end", "internal", "singleton")


def _broken_times(boundaries: Path) -> Iterator[str]:
    """`phone place` a line (Kaldi, lat/word-align-lattice.cc). The file may be missing: word times are then
    rough."""
    if not boundaries.is_file():
        return
    for number, line in enumerate(_lines(boundaries), 1):
        parts = line.split()
        if len(parts) != 2 or not parts[0].isdigit() or parts[1] not in _PLACES:
            yield (
                f"graph/phones/word_boundary.int:{number}: not a phone's number and one of "
                f"{', '.join(_PLACES)}; fetch the model again"
            )
            return


def _features(folder: Path) -> Path:
    mfcc = folder / "conf/mfcc.conf"
    return mfcc if mfcc.is_file() else folder / "conf/fbank.conf"


def _options(file: Path) -> dict[str, str]:
    """`--name=value` a line, `#` begins a remark (Kaldi, util/parse-options.cc)."""
    options: dict[str, str] = {}
    for line in _lines(file):
        name, _, value = line.split("#")[0].strip().removeprefix("--").partition("=")
        if name:
            options[name.strip()] = value.strip() or "true"
    return options


def _lines(file: Path) -> list[str]:
    if file.stat().st_size > MAX_TEXT_BYTES:
        raise ModelError(f"{file}: longer than {MAX_TEXT_BYTES} bytes; that is no file of a model")
    return file.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")


def _card(folder: Path) -> dict[str, Any]:
    file = folder / CARD_FILE
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _model_id(folder: Path, card: dict[str, Any]) -> str:
    """Name and the first of the acoustic model's digest: segments say what heard them, for good."""
    with (folder / "am/final.mdl").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"vosk:{card.get('name', folder.resolve().name)}:{digest[:12]}"
