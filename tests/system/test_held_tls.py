"""Location servers over real TLS: their authority, our certificate, and who gets to see it."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway import settings
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.testing.fake_held import FakeHeld, answer, reference

pytestmark = pytest.mark.system

ASKED = Asked(call_id="c1", ani="+8613800000000")


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, a server `localhost` and a client, and an authority that signed nobody."""
    folder = tmp_path_factory.mktemp("tls")
    for name in ("ca", "stranger"):
        request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        openssl(folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.pem")
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\n")
    (folder / "client.ext").write_text("extendedKeyUsage=clientAuth\n")
    for name in ("server", "client"):
        request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"]
        openssl(folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signed = ["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2"]
        openssl(folder, *signed, "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder


def server_side(certificates: Path, *, wants_ours: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.pem"))
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED if wants_ours else ssl.CERT_OPTIONAL
    return context


@pytest.fixture
async def lis(certificates: Path) -> AsyncIterator[FakeHeld]:
    """A server that wants a certificate."""
    fake = FakeHeld({"13800000000": answer(31.2, 121.4, 50)})
    await fake.start(tls=server_side(certificates, wants_ours=True))
    yield fake
    await fake.stop()


def sources(fake: FakeHeld, certificates: Path, *hosts: str, **files: str) -> list[Locator]:
    held = {"name": "lis", "url": f"https://localhost:{fake.port}/held"}
    held |= {key: str(certificates / name) for key, name in files.items()}
    told = {"held": [held], "reference_hosts": list(hosts)}
    return settings.locators(Config.model_validate({"location": told}), SystemClock())


OURS = {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key"}


async def test_a_server_that_wants_our_certificate_gets_it(lis: FakeHeld, certificates: Path) -> None:
    held, references = sources(lis, certificates, **OURS)
    lis.references["x"] = answer(31.2, 121.4, 50)
    assert (await held.locate(ASKED)).locations
    asked = Asked(call_id="c1", uri=f"https://localhost:{lis.port}/ref/x")
    assert references.concerns(asked)
    assert (await references.locate(asked)).locations
    await held.close()
    await references.close()


@pytest.mark.parametrize(
    "files",
    [{"ca_file": "ca.pem"}, {**OURS, "ca_file": "stranger.pem"}, {}],
    ids=["without our certificate", "signed by a stranger", "an authority of no system"],
)
async def test_a_server_that_is_not_proved_or_does_not_know_us_tells_nothing(
    lis: FakeHeld, certificates: Path, files: dict[str, str]
) -> None:
    held, references = sources(lis, certificates, **files)
    with pytest.raises(LocatorFailed):
        await held.locate(ASKED)
    assert lis.requests == []
    await held.close()
    await references.close()


async def test_our_certificate_is_not_shown_to_another_server_that_it_refers_to(
    lis: FakeHeld, certificates: Path
) -> None:
    shown: list[object] = []
    other = FakeHeld({})

    async def looks(request):  # type: ignore[no-untyped-def]
        shown.append(request.transport.get_extra_info("peercert"))
        raise AssertionError("it was reached although its authority is none of the system's")

    other.handler = looks
    await other.start(tls=server_side(certificates, wants_ours=False))
    host = f"localhost:{other.port}"
    lis.answers["13800000000"] = reference(f"https://{host}/ref/x")
    held, references = sources(lis, certificates, host, **OURS)
    reading = await held.locate(ASKED)
    assert "certificate" in reading.faults[0].what.lower()
    assert shown == []
    await held.close()
    await references.close()
    await other.stop()
