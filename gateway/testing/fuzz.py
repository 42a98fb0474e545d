"""Throws broken bodies at the parsers: `python -m gateway.testing.fuzz body --inputs 1000000`.

Coverage-guided by atheris where it is installed; else by an engine of our own that mutates well-formed
bodies: bits, cuts, splices, exchanged numbers, tokens that parsers stumble over. What is held of every input:
nothing is raised, the answer can be written as JSON, it keeps its limits, and it comes in time.
"""

from __future__ import annotations

import importlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from gateway.testing.fuzz_targets import TARGETS

SLOW_S = 2.0
"""An input that takes more processor time is a finding: a border element may send a body at any time of a
call."""
HANGS_S = 120
"""libFuzzer counts by the wall clock: beyond this an input hangs, and is no victim of what else runs here."""
MAX_FINDINGS = 20
"""The run ends there: one fault found twenty times is enough."""
MAX_INPUT_BYTES = 65_536
"""Inputs grow by splicing; they are cut here."""
_REPORT_EVERY = 1_000
_TARGETS = "gateway.testing.fuzz_targets"

app = typer.Typer(add_completion=False)

_TOKENS = (
    b"<", b">", b"</", b"/>", b"&", b"&lt;", b"&#0;", b"&#x10FFFF;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"<?", b"?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n",
    b"\r\n\r\n", b"--b1", b"--b1--", b"NaN", b"INF", b"-0", b"1e308", b"1e-400", b"9" * 400, b",", b"95",
    b"\xef\xbc\x8c", b"-181", b"\xed\xa0\x80", b"\\ud800", b'"', b"'", b"{", b"}", b"[" * 50, b"\x80",
    b'xmlns="x"', b'srsName="', b" uom='x'", b"SIP/2.0", b"Geolocation: ", b"cid:", b'encoding="utf-16"',
    b"Content-Transfer-Encoding: base64\r\n", b"24:00:00", b"0000-00-00T00:00:00Z", b"<a>" * 60,
)  # fmt: skip
"""What parsers stumble over."""


class Mutator:
    """Endless broken inputs from well-formed ones; the same seed gives the same inputs."""

    def __init__(self, seeds: Sequence[bytes], seed: int) -> None:
        self._seeds = list(seeds)
        self._random = random.Random(seed)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self.next()

    def next(self) -> bytes:
        data = bytearray(self._random.choice(self._seeds))
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 4, 8, 16))):
            data = self._random.choice(self._CHANGES)(self, data)
        return bytes(data[:MAX_INPUT_BYTES])

    def _place(self, data: bytearray) -> int:
        return self._random.randrange(len(data) + 1)

    def _flip(self, data: bytearray) -> bytearray:
        if data:
            data[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
        return data

    def _byte(self, data: bytearray) -> bytearray:
        at = self._place(data)
        data[at : at + self._random.randrange(2)] = bytes([self._random.randrange(256)])
        return data

    def _token(self, data: bytearray) -> bytearray:
        at = self._place(data)
        data[at : at + self._random.randrange(4)] = self._random.choice(_TOKENS)
        return data

    def _cut(self, data: bytearray) -> bytearray:
        one, other = sorted((self._place(data), self._place(data)))
        return data[:one] if self._random.random() < 0.3 else data[:one] + data[other:]

    def _repeat(self, data: bytearray) -> bytearray:
        one = self._place(data)
        other = min(len(data), one + self._random.randrange(1, 200))
        return data[:other] + data[one:other] * self._random.choice((1, 2, 40)) + data[other:]

    def _splice(self, data: bytearray) -> bytearray:
        other = self._random.choice(self._seeds)
        start = self._random.randrange(len(other))
        return data[: self._place(data)] + other[start:]

    def _within(self, data: bytearray) -> bytearray:
        at, other = self._place(data), self._random.choice(self._seeds)
        return data[:at] + other + data[at:]

    def _number(self, data: bytearray) -> bytearray:
        found = list(re.finditer(rb"[0-9.]{2,}", data))
        if found:
            match = self._random.choice(found)
            data[match.start() : match.end()] = self._random.choice(
                (b"-1", b"95", b"181", b"1e999", b"", b"NaN", b"0x1", b"31,2", b"1" * 50, b"0", b"360.0001")
            )
        return data

    def _element(self, data: bytearray) -> bytearray:
        """Renames, empties or doubles an element."""
        found = list(re.finditer(rb"<(/?)([A-Za-z:]+)", data))
        if found:
            match = self._random.choice(found)
            other = self._random.choice(found).group(2)
            data[match.start(2) : match.end(2)] = other
        return data

    _CHANGES = (_flip, _byte, _token, _token, _cut, _repeat, _splice, _within, _number, _number, _element)


@dataclass(slots=True)
class Report:
    """What a run did; `findings` empty is what everybody wants."""

    target: str
    engine: str
    inputs: int = 0
    seconds: float = 0.0
    inputs_per_s: float = 0.0
    slowest_ms: float = 0.0
    findings: list[dict[str, str]] = field(default_factory=list)

    def found(self, data: bytes, what: str, folder: Path | None) -> None:
        entry = {"what": what, "input_hex": data[:2_000].hex()}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{self.target}-{len(self.findings):03}.bin"
            file.write_bytes(data)
            entry["file"] = str(file)
        self.findings.append(entry)


def run(name: str, inputs: int, *, seed: int = 0, folder: Path | None = None,
        each: Callable[[int], Any] = lambda _: None) -> Report:  # fmt: skip
    """Our own engine: so many inputs, or until the findings are many."""
    target, seeds = TARGETS[name]
    report, began = Report(target=name, engine="own"), time.perf_counter()
    for data in Mutator(seeds(), seed):
        if report.inputs >= inputs or len(report.findings) >= MAX_FINDINGS:
            break
        started = time.process_time()
        try:
            target(data)
        except Exception as error:  # noqa: BLE001 - whatever is raised is what we look for
            report.found(data, f"{type(error).__name__}: {error}"[:300], folder)
        took = time.process_time() - started
        if took > SLOW_S:
            report.found(data, f"took {took:.1f} s", folder)
        report.slowest_ms = max(report.slowest_ms, round(took * 1000, 1))
        report.inputs += 1
        if report.inputs % _REPORT_EVERY == 0:
            each(_REPORT_EVERY)
    report.seconds = round(time.perf_counter() - began, 1)
    report.inputs_per_s = round(report.inputs / max(report.seconds, 0.001))
    return report


def run_atheris(name: str, inputs: int, folder: Path) -> None:
    """Coverage-guided; libFuzzer ends the process itself and writes what it found into the folder.

    Only our own parsers are watched, loaded anew for it: watching all of Python is slower.
    """
    import atheris

    for loaded in [known for known in sys.modules if known.startswith(("gateway.location", _TARGETS))]:
        del sys.modules[loaded]
    with atheris.instrument_imports(include=["gateway.location"]):
        watched = importlib.import_module(_TARGETS)
    target, seeds = watched.TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds()):
        (corpus / f"seed-{number:03}").write_bytes(data)

    def timed(data: bytes) -> None:
        started = time.process_time()
        target(data)
        if (took := time.process_time() - started) > SLOW_S:
            raise TimeoutError(f"took {took:.1f} s")

    options = [f"-runs={inputs}", f"-artifact_prefix={folder}/", f"-timeout={HANGS_S}", str(corpus)]
    atheris.Setup([sys.argv[0], *options], timed)
    atheris.Fuzz()


def _installed() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


@app.command(epilog="Examples:  scripts/fuzz body --inputs 1000000  ·  scripts/fuzz body --seed 7 --json")
def fuzz(
    target: str = typer.Argument("body", help=f"What is fuzzed: {', '.join(TARGETS)}."),
    inputs: int = typer.Option(100_000, "--inputs", min=1, help="How many inputs."),
    seed: int = typer.Option(0, "--seed", help="The same seed gives the same inputs (own engine)."),
    engine: str = typer.Option("auto", "--engine", help="auto, own, or atheris (pip install atheris)."),
    out: Path = typer.Option(None, "--out", help="A folder for inputs that were found."),
    as_json_object: bool = typer.Option(False, "--json", help="The report as one JSON object."),
) -> None:
    """Throw broken inputs at a parser. Ends with 1 when anything was found."""
    if target not in TARGETS:
        raise typer.BadParameter(f"no target {target!r}; there are {', '.join(TARGETS)}")
    if engine == "atheris" or (engine == "auto" and _installed()):
        run_atheris(target, inputs, out or Path("fuzz-findings"))
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"fuzz {target}", total=inputs)
        report = run(target, inputs, seed=seed, folder=out, each=lambda done: progress.advance(task, done))
    if as_json_object:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        typer.echo(
            f"{report.inputs:,} inputs in {report.seconds:,.0f} s ({report.inputs_per_s:,.0f}/s), slowest "
            f"{report.slowest_ms:.0f} ms, {len(report.findings)} findings"
        )
        for finding in report.findings:
            typer.echo(f"  {finding['what']}  {finding.get('file', finding['input_hex'][:80])}")
    raise typer.Exit(1 if report.findings else 0)


if __name__ == "__main__":
    app()
