"""The recipe: from texts and espeak-ng to a model's folder, step by step, each kept and not made twice.

speech -> frames -> ear -> wording -> graph -> model -> exam. What a step makes lies in the working folder
beside a note of what it was made from; a step whose note still fits is passed over, so an interrupted run
goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gateway.training import children
from gateway.training.assemble import write_decoding, write_ear, write_graph
from gateway.training.ears import read_network
from gateway.training.languages import LANGUAGES, Language, Sources
from gateway.training.plan import Size
from gateway.training.shards import read_shards

STEPS = ("speech", "frames", "ear", "wording", "graph", "model", "exam")

Tell = Callable[[str, float], None]
"""Step and how much of it is done, 0 to 1."""


@dataclass(frozen=True)
class Kitchen:
    """Where a model is made: texts, tools, the working folder, the size, whom progress is told."""

    sources: Sources
    voice: Mapping[str, str]
    work: Path
    size: Size
    tell: Tell

    @property
    def language(self) -> Language:
        """The language that the size names."""
        return LANGUAGES[self.size.language](self.sources)

    @property
    def model(self) -> Path:
        """The model's folder while it is being made."""
        return self.work / "model"

    def told(self) -> list[str | Path]:
        """What the voices' process is told of the sources."""
        words: list[str | Path] = ["--texts", self.sources.texts]
        return words + (["--dictionary", self.sources.dictionary] if self.sources.dictionary else [])


def make(kitchen: Kitchen) -> dict[str, Any]:
    """All steps; figures of each by its name. Raises StepError, VoiceError, PatternError, CacheError."""
    kitchen.work.mkdir(parents=True, exist_ok=True)
    size = asdict(kitchen.size)
    sound = {key: size[key] for key in ("language", "seed", "shards", "clips")}
    taught = {**sound, **{key: size[key] for key in ("steps", "hidden", "waist", "mfcc")}}
    worded = {"language": size["language"], "amounts": size["amounts"], "texts": _digest(kitchen.sources)}
    steps: list[tuple[str, Callable[[Kitchen], dict[str, Any]], dict[str, Any]]] = [
        ("speech", speech, sound),
        ("frames", frames, {**sound, "mfcc": size["mfcc"]}),
        ("ear", ear, taught),
        ("wording", wording, worded),
        ("graph", graph, worded),
        ("model", model, {**taught, **worded, "decoding": size["decoding"]}),
        ("exam", exam, {**taught, **worded, "decoding": size["decoding"], "exam": size["exam"]}),
    ]
    return {name: _once(kitchen, name, step, made_from) for name, step, made_from in steps}


def _once(
    kitchen: Kitchen, name: str, step: Callable[[Kitchen], dict[str, Any]], made_from: dict[str, Any]
) -> dict[str, Any]:
    note = kitchen.work / f"{name}.json"
    wanted = json.loads(json.dumps(made_from))
    if note.exists():
        kept: dict[str, Any] = json.loads(note.read_text())
        if kept["made_from"] == wanted:
            kitchen.tell(name, 1.0)
            report: dict[str, Any] = kept["report"]
            return report
        note.unlink()
    kitchen.tell(name, 0.0)
    begun = time.monotonic()
    report = step(kitchen)
    report["seconds"] = round(time.monotonic() - begun)
    note.write_text(json.dumps({"made_from": wanted, "report": report}, ensure_ascii=False, indent=1))
    kitchen.tell(name, 1.0)
    return report


def _digest(sources: Sources) -> str:
    """Of all texts: when one changes, the wording is made anew."""
    digest = hashlib.sha256()
    for path in sorted(sources.texts.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(sources.texts).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _shard_paths(kitchen: Kitchen) -> list[Path]:
    size = kitchen.size
    folder = kitchen.work / f"speech-{size.seed}-{size.clips}"
    return [folder / f"{number:02}.npz" for number in range(size.shards)]


def speech(kitchen: Kitchen) -> dict[str, Any]:
    """Shards of invented speech."""
    paths = _shard_paths(kitchen)
    paths[0].parent.mkdir(exist_ok=True)
    arguments = [kitchen.size.language, *kitchen.told(), "--count", str(kitchen.size.clips)]
    made = 0

    def count() -> None:
        nonlocal made
        made += 1
        kitchen.tell("speech", made / len(paths))

    children.make_shards(paths, arguments, kitchen.size.seed, kitchen.voice, count)
    samples = 0
    for path in paths:
        with np.load(path) as shard:
            samples += int(shard["lengths"].sum())
    return {"hours": round(samples / 8000 / 3600, 2)}


def frames(kitchen: Kitchen) -> dict[str, Any]:
    """MFCC and wanted answers of all shards, in two files."""
    language = kitchen.language
    taught = read_shards(_shard_paths(kitchen), language.phones, kitchen.size.mfcc, workers=2)
    np.save(kitchen.work / "frames.npy", taught.frames)
    np.save(kitchen.work / "labels.npy", taught.labels)
    return {"frames": len(taught.frames), "outputs": len(language.phones.pdfs)}


def ear(kitchen: Kitchen) -> dict[str, Any]:
    """The network, taught; kept as the layers that go into the model."""
    size = kitchen.size
    out = kitchen.work / "ear.npz"
    words: list[str | Path] = [out, kitchen.work, "--steps", str(size.steps), "--seed", str(size.seed)]
    words += ["--hidden", str(size.hidden), "--waist", str(size.waist)]
    words += ["--outputs", str(len(kitchen.language.phones.pdfs))]
    return children.follow("gateway.training.fit", words, lambda done: kitchen.tell("ear", done))


def wording(kitchen: Kitchen) -> dict[str, Any]:
    """The language model and how its words are read."""
    words: list[str | Path] = [kitchen.size.language, kitchen.work / "wording.pickle", *kitchen.told()]
    words += ["--amounts", json.dumps(asdict(kitchen.size.amounts))]
    report: dict[str, Any] = json.loads(children.run("gateway.training.wording", words, kitchen.voice))
    return report


def graph(kitchen: Kitchen) -> dict[str, Any]:
    """HCLr, Gr and the list of words."""
    with (kitchen.work / "wording.pickle").open("rb") as file:
        model, readings = pickle.load(file)
    return dict(write_graph(kitchen.model, kitchen.language.phones, readings, model))


def model(kitchen: Kitchen) -> dict[str, Any]:
    """The acoustic model and all settings."""
    phones = kitchen.language.phones
    labels = np.load(kitchen.work / "labels.npy")
    counts = np.bincount(labels, minlength=len(phones.pdfs))
    network = read_network(kitchen.work / "ear.npz")
    write_ear(kitchen.model, phones, kitchen.size.mfcc, network, counts)
    write_decoding(kitchen.model, phones, kitchen.size.decoding)
    return {"bytes": sum(path.stat().st_size for path in kitchen.model.rglob("*") if path.is_file())}


def exam(kitchen: Kitchen) -> dict[str, Any]:
    """Held-out patterns and free text, by voices that never taught, on a noisy line, heard by vosk."""
    size = kitchen.size
    patterns = kitchen.language.patterns().sentences(size.exam, size.seed + 77, held_out=True)
    papers = {"patterns": patterns, "free": kitchen.sources.held_out(size.language)}
    report: dict[str, Any] = {}
    for number, (name, texts) in enumerate(papers.items()):
        if texts:
            report[name] = _heard(kitchen, name, texts)
        kitchen.tell("exam", (number + 1) / len(papers))
    return report


def _heard(kitchen: Kitchen, name: str, texts: list[str]) -> dict[str, Any]:
    paper, test = kitchen.work / f"exam-{name}.txt", kitchen.work / f"exam-{name}.npz"
    paper.write_text("\n".join(texts), encoding="utf-8")
    children.run("gateway.training.exam", [kitchen.size.language, test, "--texts", paper], kitchen.voice)
    scored: dict[str, Any] = json.loads(children.run("gateway.training.score", [kitchen.model, test]))
    return {key: scored[key] for key in ("error_percent", "units", "times_real_time")}


def keep(kitchen: Kitchen, out: Path) -> None:
    """Put the finished model where it shall lie; what was there goes."""
    partial = out.with_name(f".{out.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(kitchen.model, partial)
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)
