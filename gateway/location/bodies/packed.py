"""Bodies that are packed on their way: gzip and deflate (RFC 1952, 1950), by their header or as a file."""

from __future__ import annotations

import zlib

from gateway.location.bodies.gather import Gather

MAX_UNPACKED_BYTES = 1_048_576
"""As large as a body may be that is not packed; what unpacks to more is a bomb and is refused."""
GZIP = b"\x1f\x8b"
"""What a gzip file begins with."""
_ANY_FORM = 47
"""zlib's window for gzip and zlib alike, whichever the first bytes say; raw deflate has no first bytes."""


def known(coding: str) -> bool:
    return coding in ("gzip", "x-gzip", "deflate")


def unpacked(data: bytes, gather: Gather, where: str) -> bytes | None:
    """What was packed; as much as there is, with a fault, when it was cut; None when it cannot be read."""
    unpacker = zlib.decompressobj(wbits=_ANY_FORM if _has_a_head(data) else -zlib.MAX_WBITS)
    try:
        found = unpacker.decompress(data, MAX_UNPACKED_BYTES + 1)
        if not found and not unpacker.eof:
            raise zlib.error("it ends before its content begins")
    except zlib.error as error:
        gather.fault(f"not packed as it says (gzip, deflate): {error}", where)
        return None
    if len(found) > MAX_UNPACKED_BYTES:
        gather.fault(f"a body that unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: it is not read", where)
        return None
    if not unpacker.eof:
        gather.fault("a packed body that was cut: what came is read", where)
    return found


def _has_a_head(data: bytes) -> bool:
    return data.startswith(GZIP) or (data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0)
