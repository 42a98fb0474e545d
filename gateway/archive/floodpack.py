"""The evidence of a flood as one ZIP file: calls, figures, the journal's own rows, and a hash of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from gateway.ports import JournalRow

README = """Evidence of a suspected flood on 110 lines. 疑似恶意占用110线路的证据。

calls.csv      every call: number as the network asserted it, times (UTC), SIP address, Call-ID, how it ended,
               SHA-256 of its recordings. 每通来电:号码、时间(UTC)、SIP来源与Call-ID、结束方式、录音哈希。
figures.json   counts by number, SIP address, kind and hour. 按号码、来源、类型、小时的统计。
journal.jsonl  rows of the gateway's hash-chained journal about these calls; each row's hash covers the one
               before it in the whole journal, which proves that none was changed. 哈希链日志原文。
manifest.json  SHA-256 of each file above. 各文件哈希。

A suspicion is a machine's finding, not a verdict: every one of these calls was answered by people or stayed
in the queue; none was dropped. Calls marked cleared are no part of it.
机器疑似，非定论；标注 cleared 的来电不属于恶意占线。
"""
COLUMNS = (
    "call_id", "pbx", "line", "seized_at", "answered_at", "ended_at", "lasted_s", "number", "number_source",
    "anonymous", "dialed", "sip_address", "sip_call_id", "end_reason", "kind", "key", "cleared",
    "recording_sha256",
)  # fmt: skip


class Call(Protocol):
    """`gateway.store.floods.FloodCall`."""

    @property
    def call_id(self) -> str: ...
    @property
    def seized_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def number(self) -> str | None: ...
    @property
    def sip_address(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def cleared(self) -> str | None: ...
    @property
    def sha256(self) -> tuple[str, ...]: ...


def figures(calls: Sequence[Call], since: datetime, until: datetime) -> dict[str, Any]:
    """Counts of the calls that were not cleared; numbers and addresses by how often they came."""
    counted = [call for call in calls if call.cleared is None]
    return {
        "since": _stamp(since),
        "until": _stamp(until),
        "calls": len(counted),
        "cleared": len(calls) - len(counted),
        "numbers": len({call.number for call in counted if call.number}),
        "by_kind": _ranked(call.kind for call in counted),
        "by_number": _ranked(call.number or "withheld" for call in counted),
        "by_sip_address": _ranked(call.sip_address or "unknown" for call in counted),
        "by_hour": dict(sorted(Counter(f"{call.seized_at:%Y-%m-%dT%H}Z" for call in counted).items())),
        "first": _stamp(min((call.seized_at for call in counted), default=None)),
        "last": _stamp(max((call.seized_at for call in counted), default=None)),
    }


def _ranked(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(
    path: Path, calls: Sequence[Call], journal: Iterable[JournalRow], told: Mapping[str, Any]
) -> dict[str, str]:
    """Writes the ZIP beside itself first, then under its name. Gives the SHA-256 of each file and, as
    `pack`, of the whole."""
    files = {
        "README.txt": README.encode(),
        "calls.csv": _table(calls),
        "figures.json": _json(told),
        "journal.jsonl": b"".join(_row(row) for row in journal),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["manifest.json"] = _json({"sha256": hashes})
    unfinished = path.with_name(path.name + ".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    unfinished.replace(path)
    return {**hashes, "pack": hashlib.sha256(path.read_bytes()).hexdigest()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _table(calls: Sequence[Call]) -> bytes:
    """With a byte order mark: office programs then read Chinese. A cell never begins as a formula does."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for call in calls:
        lasted = None if call.ended_at is None else round((call.ended_at - call.seized_at).total_seconds(), 3)
        known = {"lasted_s": lasted, "recording_sha256": " ".join(call.sha256)}
        values = (known[name] if name in known else getattr(call, name) for name in COLUMNS)
        writer.writerow([_cell(value) for value in values])
    return b"\xef\xbb\xbf" + text.getvalue().encode(errors="replace")


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return _stamp(value) or ""
    told = "" if value is None else str(value)
    return f"'{told}" if told[:1] in ("=", "+", "-", "@", "\t") else told


def _row(row: JournalRow) -> bytes:
    told = {
        "seq": row.seq, "at": _stamp(row.at), "kind": row.kind, "key": row.key, "type": row.type,
        "version": row.version, "payload": row.payload, "salt": row.salt.hex() if row.salt else None,
        "commitment": row.commitment.hex(), "previous": row.previous.hex(), "hash": row.hash.hex(),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n"
