from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.journal import chain
from gateway.journal.chain import (
    GENESIS,
    Entry,
    check_inclusion,
    erase,
    inclusion_proof,
    link,
    merkle_root,
    verify,
)
from gateway.ports import JournalRow

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def entries(count: int, first: int = 0) -> list[Entry]:
    return [
        Entry(
            at=START + timedelta(seconds=number),
            kind="call",
            key=f"hz-p1-{number}",
            type="CallSeized",
            version=1,
            payload=f'{{"n":{number},"name":"张"}}',
            salt=bytes([number % 256]) * 32,
        )
        for number in range(first, first + count)
    ]


def rows(count: int = 5) -> list[JournalRow]:
    return list(link(0, GENESIS, entries(count)))


def test_a_chain_verifies_from_its_start_and_from_any_row() -> None:
    chained = rows()
    assert verify(chained) is None
    assert verify(chained[2:], chained[1].seq, chained[1].hash) is None


def test_linking_goes_on_where_the_last_commit_ended() -> None:
    first = link(0, GENESIS, entries(3))
    second = link(first[-1].seq, first[-1].hash, entries(2, first=3))
    assert (*first, *second) == tuple(rows(5))


def test_a_row_is_the_same_whatever_zone_its_time_is_written_in() -> None:
    row = rows(1)[0]
    shifted = replace(row, at=row.at.astimezone(UTC).astimezone())
    assert chain.row_hash(shifted) == row.hash


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"payload": '{"n":9}'}, "payload was changed"),
        ({"salt": b"other"}, "payload was changed"),
        ({"at": START}, "time, type or owner"),
        ({"type": "CallEnded"}, "time, type or owner"),
        ({"version": 2}, "time, type or owner"),
        ({"key": "hz-p1-0"}, "time, type or owner"),
        ({"kind": "hall"}, "time, type or owner"),
        ({"payload": None}, "erased together"),
        ({"salt": None}, "erased together"),
        ({"previous": bytes(32)}, "does not follow"),
        ({"seq": 9}, "row 3 is missing"),
    ],
)
def test_any_change_is_found_at_its_row(change: dict[str, Any], reason: str) -> None:
    chained = rows()
    chained[2] = replace(chained[2], **change)
    fault = verify(chained)
    assert fault is not None
    assert fault.seq == 3
    assert reason in fault.reason


def test_a_removed_row_is_missed() -> None:
    chained = rows()
    del chained[2]
    fault = verify(chained)
    assert fault is not None
    assert fault.reason == "row 3 is missing: 4 follows"


def test_a_changed_commitment_does_not_help_the_forger() -> None:
    chained = rows()
    forged = '{"n":9}'
    chained[2] = replace(
        chained[2], payload=forged, commitment=chain.commitment(chained[2].salt or b"", forged)
    )
    assert verify(chained) is not None


def test_an_erased_row_says_nothing_and_the_chain_still_verifies() -> None:
    chained = rows()
    chained[2] = erase(chained[2])
    assert (chained[2].payload, chained[2].salt) == (None, None)
    assert verify(chained) is None


def test_fields_cannot_run_into_each_other() -> None:
    one = replace(entries(1)[0], key="ab", type="c")
    other = replace(entries(1)[0], key="a", type="bc")
    assert link(0, GENESIS, [one])[0].hash != link(0, GENESIS, [other])[0].hash


# ---- Merkle tree


def test_roots_agree_with_the_definition_of_rfc_6962() -> None:
    def mth(leaves: list[bytes]) -> bytes:
        if not leaves:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        split = 1
        while split * 2 < len(leaves):
            split *= 2
        return hashlib.sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()

    for size in range(20):
        leaves = [bytes([number]) for number in range(size)]
        assert merkle_root(leaves) == mth(leaves)


def test_the_published_test_vector_holds() -> None:
    leaves = [bytes.fromhex(text) for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )]  # fmt: skip
    assert merkle_root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(size=st.integers(1, 40), data=st.data())
def test_a_proof_shows_its_own_leaf_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, leaves), merkle_root(leaves)
    assert check_inclusion(leaves[index], index, size, proof, root)
    assert not check_inclusion(b"another", index, size, proof, root)
    assert not check_inclusion(leaves[index], index, size, (*proof, b"more"), root)
    assert not check_inclusion(leaves[index], size, size, proof, root)
    if proof:
        assert not check_inclusion(leaves[index], index, size, proof[:-1], root)


def test_a_proof_of_a_leaf_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError, match="no leaf 3 among 3"):
        inclusion_proof(3, [b"a", b"b", b"c"])
