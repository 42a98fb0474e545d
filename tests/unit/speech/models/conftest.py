"""A small model to spoil, its archives, and a web server that behaves as badly as it is told."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[4] / "asr_models/demo-cn"


def linked(folder: Path) -> Path:
    """The demonstration model in hard links (or copies): a file is replaced, never written into."""
    try:
        shutil.copytree(DEMO, folder, copy_function=lambda a, b: Path(b).hardlink_to(a))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(DEMO, folder)
    return folder


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good.zip and good.tar.gz: the demonstration model, in a folder named `good`, without its card."""
    folder = tmp_path_factory.mktemp("archives")
    model = linked(folder / "good")
    (model / "CARD.toml").unlink()
    with zipfile.ZipFile(folder / "good.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for file in sorted(model.rglob("*")):
            packed.write(file, file.relative_to(folder))
    with tarfile.open(folder / "good.tar.gz", "w:gz", compresslevel=1) as tar:
        tar.add(model, "good")
    return folder


class Server:
    """Serves `files`; `cut` bytes into an answer it hangs up (once each), `ranges` off: it knows none."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cuts: list[int] = []
        self.ranges, self.kind, self.etag = True, "application/octet-stream", True
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                server.answer(self)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        data, asked = self.files.get(request.path), request.headers.get("Range")
        self.asked.append((request.path, asked))
        if data is None:
            request.send_error(404)
            return
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = 0
        if asked and self.ranges and request.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                request.send_response(416)
                request.send_header("Content-Range", f"bytes */{len(data)}")
                request.send_header("Content-Length", "0")
                request.end_headers()
                return
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if self.etag:
            request.send_header("ETag", etag)
        request.send_header("Content-Type", self.kind)
        request.send_header("Content-Length", str(len(data) - start))
        request.end_headers()
        body = data[start:]
        if self.cuts:
            body = body[: self.cuts.pop(0)]
            request.close_connection = True
        with contextlib.suppress(ConnectionError):  # whoever asked has seen enough
            request.wfile.write(body)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Server()
    yield made
    made.close()


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    return lambda name="model": linked(tmp_path / name)
