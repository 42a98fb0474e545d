"""The journal's chain: each row holds the hash of the one before; payloads can be erased without breaking it.

    commitment = HMAC-SHA256(salt, payload)                      binds the payload, tells nothing about it
    hash       = SHA-256(previous, seq, at, kind, key, type, version, commitment), each length-prefixed

Lawful erasure destroys salt and payload: the row still verifies, no guess of its payload can be confirmed.
A Merkle tree (RFC 6962, 2.1) over row hashes proves one call's rows without showing strangers' ones.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway.ports import JournalRow

GENESIS = bytes(32)
"""What stands as the previous hash in row 1."""
SALT_BYTES = 32
"""Size of a fresh salt; the edge draws it, one per row."""
_LABEL = b"intake110 journal row 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row before it is chained: the aggregate's kind and key, the signal by codec, a salt from the edge."""

    at: datetime
    kind: str
    key: str
    type: str
    version: int
    payload: str
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first row that does not hold, and why."""

    seq: int
    reason: str


def commitment(salt: bytes, payload: str) -> bytes:
    return hmac.digest(salt, payload.encode(), "sha256")


def row_hash(row: JournalRow) -> bytes:
    """The hash a row must carry. Its payload is covered through the commitment alone."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (
        _LABEL, row.previous, row.seq.to_bytes(8, "big"), at.encode(), row.kind.encode(), row.key.encode(),
        row.type.encode(), row.version.to_bytes(4, "big"), row.commitment,
    )  # fmt: skip
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def link(seq: int, previous: bytes, entries: Iterable[Entry]) -> tuple[JournalRow, ...]:
    """Chain `entries` behind the row `seq` whose hash is `previous` (0 and GENESIS for an empty journal)."""
    rows: list[JournalRow] = []
    for entry in entries:
        seq += 1
        row = JournalRow(
            seq=seq, at=entry.at, kind=entry.kind, key=entry.key, type=entry.type, version=entry.version,
            payload=entry.payload, salt=entry.salt, commitment=commitment(entry.salt, entry.payload),
            previous=previous, hash=b"",
        )  # fmt: skip
        previous = row_hash(row)
        rows.append(replace(row, hash=previous))
    return tuple(rows)


def verify(rows: Iterable[JournalRow], seq: int = 0, previous: bytes = GENESIS) -> Fault | None:
    """Check rows that follow the row `seq` with hash `previous`; the first fault, or None when all hold."""
    for row in rows:
        seq += 1
        if reason := _reason(row, seq, previous):
            return Fault(seq=seq, reason=reason)
        previous = row.hash
    return None


def _reason(row: JournalRow, seq: int, previous: bytes) -> str | None:
    if row.seq != seq:
        return f"row {seq} is missing: {row.seq} follows"
    if row.previous != previous:
        return "it does not follow the row before it"
    if (row.payload is None) != (row.salt is None):
        return "payload and salt must be erased together"
    if row.payload is not None and commitment(row.salt or b"", row.payload) != row.commitment:
        return "the payload was changed"
    if row_hash(row) != row.hash:
        return "time, type or owner was changed"
    return None


def erase(row: JournalRow) -> JournalRow:
    """The row after lawful erasure: it still verifies, and what it said is gone."""
    return replace(row, payload=None, salt=None)


# ---- Merkle tree over row hashes (RFC 6962, 2.1)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """MTH(leaves); the root of nothing is SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [_leaf(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _raise(level)
    return level[0]


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The audit path of leaf `index`, lowest sibling first (RFC 6962, 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level, path = [_leaf(leaf) for leaf in leaves], []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _raise(level), index // 2
    return tuple(path)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows `leaf` at `index` in a tree of `size` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, steps = _leaf(leaf), size - 1, list(proof)
    while last > 0:
        if index % 2 == 1 or index < last:
            if not steps:
                return False
            sibling = steps.pop(0)
            node = _node(sibling, node) if index % 2 == 1 else _node(node, sibling)
        index, last = index // 2, last // 2
    return not steps and hmac.compare_digest(node, root)


def _raise(level: Sequence[bytes]) -> list[bytes]:
    """The level above; a lone last node goes up as it is (RFC 6962's split at the largest power of two)."""
    pairs = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
