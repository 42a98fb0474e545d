from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from gateway.speech.models import fetch as fetching
from gateway.speech.models.fetch import FetchError, fetch, fetch_note

DATA = random.Random(1).randbytes(900_000)


def get(server: Any, target: Path, name: str = "/m.zip") -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    fetch(server.url + name, target, lambda done, whole: seen.append((done, whole)))
    return seen


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_comes_whole_and_progress_tells_bytes_and_length(server: Any, tmp_path: Path) -> None:
    server.files["/m.zip"] = DATA
    seen = get(server, tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA
    assert seen[0] == (0, len(DATA))
    assert seen[-1] == (len(DATA), len(DATA))
    assert left(tmp_path) == ["m.zip"]


def test_broken_download_goes_on_where_it_stopped(server: Any, tmp_path: Path) -> None:
    server.files["/m.zip"] = DATA
    server.cuts = [300_000, 0]
    with pytest.raises(FetchError, match="300,000 bytes are kept: run the same command again"):
        get(server, tmp_path / "m.zip")
    assert left(tmp_path) == ["m.zip.part", "m.zip.part.json"]
    get(server, tmp_path / "m.zip")
    assert server.asked == [("/m.zip", None), *[("/m.zip", "bytes=300000-")] * 2]
    assert (tmp_path / "m.zip").read_bytes() == DATA
    assert left(tmp_path) == ["m.zip"]


def test_connection_that_breaks_again_and_again_still_ends_with_the_whole_file(
    server: Any, tmp_path: Path
) -> None:
    server.files["/m.zip"] = DATA
    server.cuts = [250_000, 250_000, 250_000]
    get(server, tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA
    assert [asked for _, asked in server.asked] == [
        None,
        *(f"bytes={n}-" for n in (250_000, 500_000, 750_000)),
    ]


def test_file_that_changed_meanwhile_is_fetched_from_the_beginning(server: Any, tmp_path: Path) -> None:
    server.files["/m.zip"] = DATA
    server.cuts = [300_000, 0]
    with pytest.raises(FetchError):
        get(server, tmp_path / "m.zip")
    server.files["/m.zip"] = DATA[::-1]
    get(server, tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("lacking", ["ranges", "etag"])
def test_server_that_knows_no_ranges_or_marks_sends_the_whole_again(
    server: Any, tmp_path: Path, lacking: str
) -> None:
    server.files["/m.zip"] = DATA
    setattr(server, lacking, False)
    server.cuts = [600_000]
    get(server, tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA


def test_part_that_was_whole_already_is_taken_as_it_is(server: Any, tmp_path: Path) -> None:
    server.files["/m.zip"] = DATA
    server.cuts = [300_000, 0]
    with pytest.raises(FetchError):
        get(server, tmp_path / "m.zip")
    (tmp_path / "m.zip.part").write_bytes(DATA)
    get(server, tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA


def test_part_of_another_address_is_not_gone_on_with(server: Any, tmp_path: Path) -> None:
    server.files = {"/a/m.zip": DATA, "/b/m.zip": DATA[::-1]}
    server.cuts = [300_000, 0]
    with pytest.raises(FetchError):
        get(server, tmp_path / "m.zip", "/a/m.zip")
    get(server, tmp_path / "m.zip", "/b/m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA[::-1]


def test_file_that_is_not_there_is_told(server: Any, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"answers 404 .*look at the address"):
        get(server, tmp_path / "m.zip")


def test_page_in_place_of_an_archive_is_refused(server: Any, tmp_path: Path) -> None:
    server.files["/m.zip"] = b"<html>sign in"
    server.kind = "text/html; charset=utf-8"
    with pytest.raises(FetchError, match="a page came, not an archive"):
        get(server, tmp_path / "m.zip")


def test_host_that_cannot_be_reached_is_told_with_the_way_round_it(server: Any, tmp_path: Path) -> None:
    server.close()
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 cannot be reached .*models install FILE"):
        get(server, tmp_path / "m.zip")


def test_file_that_does_not_fit_on_the_disk_is_refused_before_it_comes(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/m.zip"] = DATA
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 899_999}))
    with pytest.raises(FetchError, match="900,000 bytes are to come and 899,999 are free; make room"):
        get(server, tmp_path / "m.zip")
    assert left(tmp_path) == []


def test_file_larger_than_any_model_is_refused(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/m.zip"] = DATA
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    with pytest.raises(FetchError, match="900,000 bytes are no speech model"):
        get(server, tmp_path / "m.zip")


def test_note_beside_a_file_is_text_or_nothing(server: Any) -> None:
    server.files["/m.zip.sha256"] = b"abc  m.zip\n"
    assert fetch_note(server.url + "/m.zip.sha256") == "abc  m.zip\n"
    assert fetch_note(server.url + "/none") is None
