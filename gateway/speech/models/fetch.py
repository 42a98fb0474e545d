"""A file from a web address, whole or not at all: a broken download goes on where it stopped.

Beside the partial file lies what the server said of it (ETag, Last-Modified). The next request asks for
the rest with `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2): a server whose file has changed sends the
whole, and so does one that knows no ranges.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

BLOCK_BYTES = 256 * 1024
READ_WITHIN_S = 30.0
"""A server that is silent for so long is gone; what came is kept."""
ATTEMPTS = 10
"""Requests in a row, each of which brought something; then the download is given up, and kept."""
MAX_BYTES = 20 * 1024**3
"""No model is larger; more is refused before and while it comes."""
MAX_NOTE_BYTES = 64 * 1024
"""A checksum's file is one line."""

OnProgress = Callable[[int, int | None], None]
"""Bytes there, and bytes in all when the server told them."""


class FetchError(Exception):
    """The file could not be fetched. The message says why, and how to go on."""


class Cut(Exception):
    """The connection ended before the file did; what came is kept."""


def fetch(url: str, target: Path, on_progress: OnProgress) -> None:
    """Download `url` to `target`, going on from `target`.part if it is there. Raises FetchError."""
    part, note = (target.with_name(target.name + ending) for ending in (".part", ".part.json"))
    target.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(ATTEMPTS):
        before = _size(part)
        try:
            _go_on(url, part, note, on_progress)
            break
        except Cut as cut:
            if _size(part) <= before:
                raise FetchError(
                    f"{url}: the connection broke ({cut}); {_size(part):,} bytes are kept: run the same "
                    "command again, it goes on from there"
                ) from cut
    else:
        raise FetchError(
            f"{url}: the connection broke {ATTEMPTS} times; {_size(part):,} bytes are kept: run the same "
            "command again, it goes on from there"
        )
    part.rename(target)
    note.unlink(missing_ok=True)


def fetch_note(url: str) -> str | None:
    """A small text (a checksum beside a file); None when there is none."""
    try:
        with urllib.request.urlopen(_request(url, {}), timeout=READ_WITHIN_S) as answer:
            told: bytes = answer.read(MAX_NOTE_BYTES)
            return told.decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None


def _go_on(url: str, part: Path, note: Path, on_progress: OnProgress) -> None:
    have, headers = _so_far(url, part, note)
    with _open(url, headers, have) as answer:
        if answer is None:
            return  # all of it is there already
        start = have if answer.status == http.client.PARTIAL_CONTENT else 0
        whole = _told_length(url, answer, start)
        _room_for(part, whole, start)
        note.write_text(json.dumps({"url": url, "size": whole, **_marks(answer.headers)}))
        with part.open("r+b" if start else "wb") as out:
            out.seek(start)
            out.truncate()
            got = _copy(url, answer, out, start, whole, on_progress)
    if whole is not None and got != whole:
        raise Cut(f"{got:,} of {whole:,} bytes")


def _so_far(url: str, part: Path, note: Path) -> tuple[int, dict[str, str]]:
    """Bytes that may stay, and the headers that ask for the rest; nothing stays without a mark to compare."""
    try:
        told = json.loads(note.read_text())
        mark = str(told.get("etag") or told.get("last_modified") or "")
        have = _size(part) if told.get("url") == url else 0
    except (OSError, ValueError, AttributeError):
        return 0, {}
    return (have, {"Range": f"bytes={have}-", "If-Range": mark}) if have and mark else (0, {})


class _Nothing:
    """In place of an answer: the server says that there is no more."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _open(url: str, headers: dict[str, str], have: int) -> Any:
    try:
        return urllib.request.urlopen(_request(url, headers), timeout=READ_WITHIN_S)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            if (error.headers.get("Content-Range") or "") == f"bytes */{have}":
                return _Nothing()
            return _open(url, {}, 0)
        raise FetchError(
            f"{url}: the server answers {error.code} {error.reason}; {_cure(error.code)}"
        ) from error
    except (urllib.error.URLError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        host = urllib.parse.urlsplit(url).hostname
        raise FetchError(
            f"{url}: {host} cannot be reached ({reason}); look at the network, the name and https_proxy, or "
            "fetch the file elsewhere and install it from disk: intake110 models install FILE"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise Cut(str(error) or type(error).__name__) from error


def _request(url: str, headers: Mapping[str, str]) -> urllib.request.Request:
    return urllib.request.Request(url, headers={"User-Agent": "intake110", **headers})


def _cure(code: int) -> str:
    if code in (404, 410):
        return "there is no such file: look at the address"
    if code in (401, 403, 407):
        return "it wants a sign-in: fetch the file yourself and install it from disk"
    return "try again later"


def _told_length(url: str, answer: Any, start: int) -> int | None:
    """The whole file's length. A page in place of an archive, or another part than asked for, is refused."""
    if answer.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise FetchError(f"{url}: a page came, not an archive; is there a sign-in before the network?")
    if start:
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range") or "")
        if told is None or int(told[1]) != start:
            raise FetchError(
                f"{url}: the server sends another part than was asked for; remove the .part file"
            )
        return None if told[2] == "*" else int(told[2])
    length = answer.headers.get("Content-Length")
    return int(length) if length and length.isdigit() else None


def _marks(headers: Any) -> dict[str, str]:
    """A weak ETag compares for nothing (RFC 9110, 13.1.5)."""
    etag, modified = headers.get("ETag") or "", headers.get("Last-Modified") or ""
    marks = {} if not etag or etag.startswith("W/") else {"etag": etag}
    return marks | ({"last_modified": modified} if modified else {})


def _room_for(part: Path, whole: int | None, start: int) -> None:
    if whole is None:
        return
    if whole > MAX_BYTES:
        raise FetchError(f"{whole:,} bytes are no speech model (at most {MAX_BYTES:,})")
    free = shutil.disk_usage(part.parent).free
    if whole - start > free:
        raise FetchError(
            f"{part.parent}: {whole - start:,} bytes are to come and {free:,} are free; make room, or choose "
            "another folder with --into"
        )


def _copy(
    url: str, answer: Any, out: BinaryIO, start: int, whole: int | None, on_progress: OnProgress
) -> int:
    """Bytes in the file at the end of the answer, or at the break: then Cut is raised by the caller."""
    got = start
    while True:
        on_progress(got, whole)
        try:
            block = answer.read(BLOCK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise Cut(str(error) or type(error).__name__) from error
        if not block:
            return got
        got += len(block)
        if got > MAX_BYTES:
            raise FetchError(f"{url}: more than {MAX_BYTES:,} bytes; that is no speech model")
        out.write(block)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
