"""A provider's ALI database that is not there: answers queries over TCP in a configured layout."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.location.alirecord import RecordLayout


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
