from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.speech.models import unpack as unpacking
from gateway.speech.models.unpack import UnpackError, unpack


def zipped(folder: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return folder / "a.zip"


def tarred(folder: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(folder / "a.tar.gz", "w:gz") as tar:
        for info, data in entries:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return folder / "a.tar.gz"


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, 0o6777
    return info


def put(archive: Path, folder: Path) -> dict[str, bytes]:
    into = folder / "into"
    into.mkdir()
    unpack(archive, into, lambda done, whole: None)
    return {str(p.relative_to(into)): p.read_bytes() for p in sorted(into.rglob("*")) if p.is_file()}


def test_zip_and_tar_give_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    (tmp_path / "t").mkdir()
    files = {"m/am/final.mdl": b"x" * 3_000_000, "m/conf/模型.conf": b""}
    assert put(zipped(tmp_path, *files.items()), tmp_path / "z") == files
    assert put(tarred(tmp_path, *((entry(n), d) for n, d in files.items())), tmp_path / "t") == files


def test_files_keep_no_rights_of_the_archive(tmp_path: Path) -> None:
    put(tarred(tmp_path, (entry("a"), b"x")), tmp_path)
    assert os.stat(tmp_path / "into/a").st_mode & 0o7111 == 0


NAMES = ["../out", "a/../../out", "/etc/passwd", "..\\out", "C:\\out", "C:out", "a/..", "x" * 300]


@pytest.mark.parametrize("name", NAMES)
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    for archive in (zipped(tmp_path, (name, b"x")), tarred(tmp_path, (entry(name), b"x"))):
        with pytest.raises(UnpackError, match=r"leads out of the folder|no name for a file"):
            put(archive, tmp_path)
        assert sorted(p.name for p in tmp_path.rglob("*")) == sorted(
            [*(p.name for p in tmp_path.glob("a.*")), "into"]
        )
        (tmp_path / "into").rmdir()


KINDS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(UnpackError, match="a link or a device"):
        put(tarred(tmp_path, (entry("m", kind, "/etc"), b"")), tmp_path)


def test_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("m")
    link.external_attr = 0o120777 << 16
    with pytest.raises(UnpackError, match="a link or a device"):
        put(zipped(tmp_path, (link, b"/etc")), tmp_path)


def half(archive: Path) -> Path:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    return archive


def test_half_an_archive_is_told(tmp_path: Path) -> None:
    noise = os.urandom(200_000)
    with pytest.raises(UnpackError, match="neither a zip nor a tar; half a file"):
        put(half(zipped(tmp_path, ("a", noise))), tmp_path)
    (tmp_path / "into").rmdir()
    with pytest.raises(UnpackError, match=r"damaged .*fetch it again"):
        put(half(tarred(tmp_path, (entry("a"), noise))), tmp_path)


def test_archive_with_a_flipped_byte_is_told(tmp_path: Path) -> None:
    archive = zipped(tmp_path, ("a", os.urandom(200_000)))
    data = bytearray(archive.read_bytes())
    data[100_000] ^= 1
    archive.write_bytes(data)
    with pytest.raises(UnpackError, match="damaged"):
        put(archive, tmp_path)


def test_encrypted_zip_and_a_file_twice_are_told(tmp_path: Path) -> None:
    archive = zipped(tmp_path, ("a", b"x"))
    data = archive.read_bytes().replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    archive.write_bytes(data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    with pytest.raises(UnpackError, match="encrypted"):
        put(archive, tmp_path)
    (tmp_path / "into").rmdir()
    with pytest.raises(UnpackError, match="damaged"):
        put(tarred(tmp_path, (entry("a"), b"x"), (entry("a"), b"y")), tmp_path)


LIMITS: list[tuple[str, int, str]] = [
    ("MAX_FILES", 1, "2 files; that is no speech model"),
    ("MAX_BYTES", 5, "6 bytes unpacked; that is no speech model"),
]


@pytest.mark.parametrize(("limit", "value", "told"), LIMITS)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_files_or_bytes_are_refused_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
    told: str,
    pack: Callable[..., Path],
) -> None:
    monkeypatch.setattr(unpacking, limit, value)
    names = [entry(n) if pack is tarred else n for n in ("a", "b")]
    with pytest.raises(UnpackError, match=told):
        put(pack(tmp_path, *((name, b"xyz") for name in names)), tmp_path)
    assert list((tmp_path / "into").iterdir()) == []


def test_full_disk_is_told_with_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 100}))
    with pytest.raises(UnpackError, match="3 bytes are to be unpacked and 100 are free; make room"):
        put(zipped(tmp_path, ("a", b"xyz")), tmp_path)


def test_disk_that_fills_up_while_unpacking_is_told(tmp_path: Path) -> None:
    archive = zipped(tmp_path, ("full", b"xyz"))
    into = tmp_path / "into"
    into.mkdir()
    (into / "full").symlink_to("/dev/full")
    with pytest.raises(UnpackError):
        unpack(archive, into, lambda done, whole: None)
