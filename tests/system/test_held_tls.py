"""Location servers over real TLS: their authority, our certificate, and who gets to see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway import settings
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.testing.fake_held import FakeHeld, answer, reference

from .certificates import server_side

pytestmark = pytest.mark.system

ASKED = Asked(call_id="c1", ani="+8613800000000")


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


@pytest.mark.parametrize(
    ("name", "files", "told"),
    [
        ("elsewhere", OURS, "certificate is for another name"),
        ("expired", OURS, "certificate has expired"),
        ("server", {**OURS, "ca_file": "stranger.pem"}, "name that authority as ca_file"),
        ("server", {"ca_file": "ca.pem"}, "may want a certificate of ours"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said_in_words(
    certificates: Path, name: str, files: dict[str, str], told: str
) -> None:
    fake = FakeHeld({})
    await fake.start(tls=server_side(certificates, wants_ours=True, name=name))
    held, references = sources(fake, certificates, **files)
    with pytest.raises(LocatorFailed, match=told):
        await held.locate(ASKED)
    await held.close()
    await references.close()
    await fake.stop()
