"""A city's places put where the gateway reads them: checked as a whole first, put there as a whole, or not at
all.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.location.model import Datum
from gateway.location.places import files, neutral, shapes, tables
from gateway.location.places.model import Fault, PlacesError, PlaceSet

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The set as it stands now, the files that came, and features of a foreign file that nobody can name."""

    places: PlaceSet
    files: tuple[str, ...]
    left_out: int = 0


def install(
    sources: Sequence[Path],
    into: Path,
    *,
    datum: Datum | None = None,
    kind: str = "",
    say: Say = lambda _: None,
) -> Installed:
    """Puts a folder in place of the set in `into`, or single files beside the others there.

    `datum`: the frame of files that do not say it; `kind`: what single files hold whose name does not say it.
    Raises PlacesError, and then `into` is as it was.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    whole = len(sources) == 1 and sources[0].is_dir()
    stage = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        if into.is_dir() and not whole:
            shutil.copytree(into, stage, dirs_exist_ok=True)
        came, left_out = _gathered(sources, stage, datum, kind, say)
        places = files.read(stage, say=say)
        stage.chmod(0o755)
        _exchange(stage, into)
        return Installed(places=places, files=tuple(came), left_out=left_out)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _exchange(stage: Path, into: Path) -> None:
    """Two renames: whoever reads between them finds no folder, and never half of one."""
    if not into.exists():
        stage.rename(into)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{into.name}-old-", dir=into.parent))
    into.rename(old / into.name)
    try:
        stage.rename(into)
    except OSError:
        (old / into.name).rename(into)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _gathered(
    sources: Sequence[Path], stage: Path, datum: Datum | None, kind: str, say: Say
) -> tuple[list[str], int]:
    came: list[str] = []
    left_out = 0
    for source in _each(sources):
        say(f"copying {source.name}")
        if source.suffix.lower() == ".toml" or source.name == "README.md":
            shutil.copyfile(source, stage / source.name)
            continue
        if not source.is_file():
            raise PlacesError([Fault(str(source), "", "there is no such file", "Look at the path")])
        known = files.kind_of(source.name) or kind
        if known:
            name = source.name if files.kind_of(source.name) else f"{known}-{source.name}"
            made = {name: _tagged(source, datum)}
        else:
            made, without = _foreign(source, datum)
            left_out += without
        for name, text in made.items():
            (stage / name).write_bytes(text)
            came.append(name)
    return came, left_out


def _each(sources: Sequence[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            wanted = (*files.ENDINGS, ".toml")
            yield from sorted(one for one in source.iterdir() if one.suffix.lower() in wanted)
            yield from (one for one in [source / "README.md"] if one.is_file())
        else:
            yield source


def _tagged(source: Path, datum: Datum | None) -> bytes:
    """The file with its frame written into it, when it does not say it and the caller does."""
    raw = source.read_bytes()
    text = raw.decode("utf-8-sig", "surrogateescape")
    if datum is None:
        return raw
    if source.suffix.lower() == ".csv":
        table = tables.TABLES.get(files.kind_of(source.name))
        stated = re.match(r'["\s]*#\s*datum\s*:', text, re.IGNORECASE)
        return raw if stated or (table and not table.placed) else f"# datum: {datum.value}\n".encode() + raw
    if re.search(r'"datum"\s*:', text):
        return raw
    return re.sub(r"\{", f'{{"datum": "{datum.value}", ', text, count=1).encode("utf-8", "surrogateescape")


def _foreign(source: Path, datum: Datum | None) -> tuple[dict[str, bytes], int]:
    """A GeoJSON file whose name tells no kind: what its features are tells it."""
    faults: list[Fault] = []

    def report(where: str, what: str, cure: str) -> None:
        faults.append(Fault(source.name, where, what, cure))

    if source.suffix.lower() == ".csv":
        report("", "its name tells no kind", f"Say --kind: one of {', '.join(tables.TABLES)}")
        raise PlacesError(faults)
    try:
        text = _tagged(source, datum).decode("utf-8-sig")
        stated, features = shapes.read(text, report)
    except (UnicodeDecodeError, json.JSONDecodeError):
        report("", "is not UTF-8", "Export it again as GeoJSON in UTF-8")
        raise PlacesError(faults) from None
    if stated is None:
        raise PlacesError(faults)
    lists = neutral.sorted_out(features)
    stem = re.sub(r"\W+", "-", source.stem).strip("-").lower() or "import"
    made = {name: text.encode() for name, text in neutral.written(lists, stated, stem)}
    if not made:
        report("", "holds nothing with a name and a use", "See conf/places/README.md: highway, amenity …")
        raise PlacesError(faults)
    return made, lists.left_out
