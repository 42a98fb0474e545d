"""What CDR knows of a gap: when a caller's leg ended, where CEL is not written. Pure.

Columns (dialplans/cdr_custom.conf.example): uniqueid, linkedid, channel, destination channel, source,
destination,
context, last application, start, answer, end (seconds since 1970), duration, billed seconds, disposition,
sequence.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime

from gateway.ids import is_uniqueid

COLUMNS = 15
END = 10


def ends(text: str) -> dict[str, datetime]:
    """Uniqueid of a caller's leg to the end of its last record. Rows that do not fit are left out."""
    found: dict[str, datetime] = {}
    for fields in csv.reader(text.replace("\0", "").splitlines()):
        if len(fields) == COLUMNS and is_uniqueid(fields[0]) and (end := _time(fields[END])) is not None:
            found[fields[0]] = max(end, found.get(fields[0], end))
    return found


def _time(text: str) -> datetime | None:
    seconds, _, fraction = text.partition(".")
    if (
        not (seconds.isascii() and seconds.isdigit() and 0 < len(seconds) <= 11)
        or not (fraction + "0").isdigit()
    ):
        return None
    return datetime.fromtimestamp(float(f"{seconds}.{fraction or 0}"), UTC) if int(seconds) else None
