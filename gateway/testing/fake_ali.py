"""A provider's ALI database that is not there: answers queries over TCP in a configured layout.

python -m gateway.testing.fake_ali --port 9110 --subscribers subscribers.csv
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import ssl
import string
from collections.abc import Mapping
from pathlib import Path

from gateway.location.aliframe import Framing
from gateway.location.alirecord import SHIPPED, RecordLayout
from gateway.location.numbering import national

SHIPPED_QUERY = "{sequence:06d}{number:<16}\r"
MAX_HELD_BYTES = 4_096
"""What a client may send without ending a query; then it is cut off."""
EXAMPLE = {
    "status": "R", "ClassOfService": "R", "datum": "W", "latitude": "+31.230417", "longitude": "+121.473701",
    "uncertainty": "35", "confidence": "90", "time": "20260105080000", "provider": "演示固网",
    "Name": "王小明", "address": "京海市东城区建国路88号3单元502室",
}  # fmt: skip


def written(values: Mapping[str, str], layout: RecordLayout) -> bytes:
    """A record: each field by its label (its name, else its kind), cut or filled with blanks."""
    end = max(field.start + field.length - 1 for field in layout.fields)
    if not layout.in_bytes:
        letters = [" "] * (layout.length or end)
        for field in layout.fields:
            value = values.get(field.label, "")[: field.length].ljust(field.length)
            letters[field.start - 1 : field.start - 1 + field.length] = value
        return "".join(letters).encode(layout.encoding, "replace")
    record = bytearray(b" " * (layout.length or end))
    for field in layout.fields:
        value = values.get(field.label, "")
        while len(encoded := value.encode(layout.encoding, "replace")) > field.length:
            value = value[:-1]
        first = field.start - 1
        record[first : first + field.length] = encoded.ljust(field.length)
    return bytes(record)


class FakeAli:
    """One listening provider. `records`: values by national number; a number that is not there is not found.

    `answer` may be replaced: it is given number and sequence and returns the bytes to send, or None to stay
    silent.
    """

    def __init__(
        self,
        records: Mapping[str, Mapping[str, str]],
        *,
        layout: RecordLayout = SHIPPED,
        framing: Framing | None = None,
        query: str = SHIPPED_QUERY,
    ) -> None:
        self.records, self.layout, self.framing = dict(records), layout, framing or Framing()
        self.answer = self.answer_of
        self.connections = 0
        self.asked: list[str] = []
        self.came = asyncio.Event()
        """Set at every query."""
        self.other: list[bytes] = []
        """What came that is no query: heartbeats, acknowledgements."""
        self._query = _pattern(query)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(
        self, host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = await asyncio.start_server(self._serve, host, port or self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.drop()
            await asyncio.gather(*self._serving, return_exceptions=True)
            await self._server.wait_closed()

    def drop(self) -> None:
        """Break every link."""
        for writer in self._writers:
            writer.transport.abort()

    def say(self, data: bytes) -> None:
        """To everyone who is connected, unasked."""
        for writer in self._writers:
            writer.write(data)

    def framed(self, record: bytes) -> bytes:
        return self.framing.start + record + self.framing.end

    def answer_of(self, number: str, sequence: str) -> bytes | None:
        values = self.records.get(number, {"status": "N"})
        return self.framed(written({**values, "number": number, "sequence": sequence}, self.layout))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if (task := asyncio.current_task()) is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        self._writers.add(writer)
        held = ""
        try:
            while data := await reader.read(MAX_HELD_BYTES):
                held += data.decode("latin-1")
                held = self._take(held, writer)
                if len(held) > MAX_HELD_BYTES:
                    break
        except OSError:
            pass  # the client is gone
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def _take(self, held: str, writer: asyncio.StreamWriter) -> str:
        while match := self._query.search(held):
            if before := held[: match.start()]:
                self.other.append(before.encode("latin-1"))
            held = held[match.end() :]
            groups = match.groupdict()
            number = national(groups["number"])
            self.asked.append(number)
            self.came.set()
            answer = self.answer(number, groups.get("sequence") or "")
            if answer is not None:
                writer.write(answer)
        return held


def _pattern(template: str) -> re.Pattern[str]:
    """What reads a query made from the template: a field has its format's width, or is digits."""
    parts = []
    for literal, name, spec, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            width = re.search(r"(\d+)", (spec or "").lstrip("0<>^"))
            parts.append(f"(?P<{name}>.{{{width[1]}}})" if width else f"(?P<{name}>[0-9]+)")
    return re.compile("".join(parts), re.DOTALL)


def _records(path: Path | None) -> dict[str, Mapping[str, str]]:
    if path is None:
        return {"02161234567": EXAMPLE}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {national(row["number"]): {**EXAMPLE, **_labels(row)} for row in rows}


def _labels(row: Mapping[str, str]) -> dict[str, str]:
    letters = {"WGS-84": "W", "GCJ-02": "G", "CGCS2000": "C"}
    return {
        "latitude": row.get("latitude", ""),
        "longitude": row.get("longitude", ""),
        "datum": letters.get(row.get("datum", ""), ""),
        "Name": row.get("name", ""),
        "address": row.get("address", ""),
    }


async def _main() -> None:
    parser = argparse.ArgumentParser(description="A pretended ALI provider in the shipped layout.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9110)
    parser.add_argument("--subscribers", type=Path, help="CSV: number,name,address,latitude,longitude,datum")
    told = parser.parse_args()
    fake = FakeAli(_records(told.subscribers))
    await fake.start(told.host, told.port)
    print(f"{len(fake.records)} numbers at {told.host}:{fake.port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
