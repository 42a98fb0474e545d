"""A provider's ALI database over real TLS: their authority, our certificate, and which will not do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import settings
from gateway.checks import location as checks
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.location.locator import Asked, LocatorFailed
from gateway.locators.ali import AliProvider
from gateway.testing.fake_ali import EXAMPLE, FakeAli

from .certificates import server_side

pytestmark = pytest.mark.system

NUMBER = "02161234567"
OURS = {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key"}


def configured(port: int, certificates: Path, files: dict[str, str]) -> Config:
    told = {key: str(certificates / name) for key, name in files.items()}
    one = {"name": "fixed", "host": "localhost", "port": port, "tls": True, "connect_within_s": 2.0, **told}
    return Config.model_validate({"location": {"ali": [one]}})


def provider(port: int, certificates: Path, files: dict[str, str]) -> AliProvider:
    (made,) = settings.locators(configured(port, certificates, files), SystemClock())
    assert isinstance(made, AliProvider)
    return made


@pytest.mark.parametrize("wants_ours", [True, False])
async def test_a_provider_that_is_proved_and_knows_us_answers(certificates: Path, wants_ours: bool) -> None:
    fake = FakeAli({NUMBER: EXAMPLE})
    await fake.start(tls=server_side(certificates, wants_ours=wants_ours))
    link = provider(fake.port, certificates, OURS if wants_ours else {"ca_file": "ca.pem"})
    await link.connected()
    assert (await link.locate(Asked(call_id="c1", ani=NUMBER))).locations
    await link.close()
    await fake.stop()


CASES: list[Any] = [
    pytest.param("server", {}, "name that authority as ca_file", id="an authority of no system"),
    pytest.param("server", {**OURS, "ca_file": "stranger.pem"}, "name that authority", id="a stranger"),
    pytest.param("elsewhere", OURS, "certificate is for another name", id="another name"),
    pytest.param("expired", OURS, "certificate has expired", id="expired"),
    pytest.param("server", {"ca_file": "ca.pem"}, "may want a certificate of ours", id="without ours"),
]


@pytest.mark.parametrize(("name", "files", "told"), CASES)
async def test_what_will_not_do_is_said_in_words_and_no_number_leaves(
    certificates: Path, name: str, files: dict[str, str], told: str
) -> None:
    fake = FakeAli({NUMBER: EXAMPLE})
    await fake.start(tls=server_side(certificates, wants_ours=True, name=name))
    link = provider(fake.port, certificates, files)
    with pytest.raises(LocatorFailed, match=told):
        await link.connected()
    assert fake.asked == []
    await link.close()
    await fake.stop()


@pytest.mark.parametrize(("name", "files", "told"), CASES)
async def test_the_check_names_what_is_to_be_mended(
    certificates: Path, name: str, files: dict[str, str], told: str
) -> None:
    fake = FakeAli({NUMBER: EXAMPLE})
    await fake.start(tls=server_side(certificates, wants_ours=True, name=name))
    lines = [line async for line in checks.sources(configured(fake.port, certificates, files), SystemClock())]
    assert [line.state for line in lines] == ["fail"]
    assert told in lines[0].en
    await fake.stop()


async def test_a_provider_without_tls_where_tls_is_configured_says_so(certificates: Path) -> None:
    fake = FakeAli({NUMBER: EXAMPLE})
    await fake.start()
    link = provider(fake.port, certificates, OURS)
    with pytest.raises(LocatorFailed, match=r"no link within 2 s"):
        await link.connected()
    await link.close()
    await fake.stop()
