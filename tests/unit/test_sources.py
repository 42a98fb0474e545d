"""From `[location]` to the sources that are asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import settings
from gateway.config import Config, ConfigError, load
from gateway.location.alirecord import SHIPPED, FieldKind
from gateway.location.model import Datum
from gateway.locators.ali import AliProvider
from gateway.locators.held import HeldServer, References
from gateway.locators.sql import SubscriberSql
from gateway.locators.tables import CellTable, SubscriberTable
from gateway.sources import layout
from gateway.testing.clock import ManualClock

SHIPPED_FILE = Path(__file__).parents[2] / "conf/gateway.toml"


def config(folder: Path, text: str) -> Config:
    file = folder / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def examples() -> str:
    """The commented blocks of the shipped file, made real."""
    text = SHIPPED_FILE.read_text(encoding="utf-8")
    part = text[text.index("# [[location.held]]") : text.index("[location.map]")]
    lines = re.findall(r"^# (\[\[?location.*|[a-z_]+ = .*)$", part, flags=re.MULTILINE)
    return "\n".join(lines)


async def test_every_example_of_the_shipped_file_is_valid_and_makes_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = examples()
    text = re.sub(r"^(ca_file|cert_file|key_file) = .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r'^url_file = "[^"]*"', 'url_env = "BILLING"', text, flags=re.MULTILINE)
    monkeypatch.setenv("BILLING", f"sqlite:///{tmp_path / 'billing.db'}")
    told = config(tmp_path, text)
    made = settings.locators(told, ManualClock())
    assert [type(one) for one in made] == [
        HeldServer, AliProvider, SubscriberTable, SubscriberSql, CellTable, References,
    ]  # fmt: skip
    assert [one.name for one in made] == [
        "carrier_a",
        "fixed_net",
        "landlines",
        "billing",
        "cells",
        "references",
    ]
    assert made[1].datum is Datum.GCJ_02
    assert layout(told.location.ali[0]).fields[0].kind is FieldKind.STATUS
    assert told.location.subscribers[0].file == tmp_path / "subscribers.csv"
    for one in made:
        await one.close()


def test_nothing_configured_makes_no_sources(tmp_path: Path) -> None:
    assert settings.locators(config(tmp_path, ""), ManualClock()) == []


def test_a_source_that_is_switched_off_is_not_made(tmp_path: Path) -> None:
    told = config(tmp_path, '[[location.ali]]\nname = "a"\nenabled = false\nhost = "h"\nport = 1\n')
    assert settings.locators(told, ManualClock()) == []
    assert layout(told.location.ali[0]) is SHIPPED


def test_a_pbx_may_have_its_own_header_and_refuse_coordinates_without_a_datum(tmp_path: Path) -> None:
    pbx = '[[pbx]]\nname = "a"\nsecret_env = "S"\n'
    plain = config(tmp_path, pbx)
    shape = settings.shape(plain.pbx[0], plain)
    assert (shape.xali_datum, shape.xali_pattern) == (Datum.WGS_84, None)
    own = config(tmp_path, f"{pbx}xali_datum = 'none'\nxali_pattern = '(?P<lat>[0-9.]+)/(?P<lon>[0-9.]+)'\n")
    shape = settings.shape(own.pbx[0], own)
    assert shape.xali_datum is None
    assert shape.xali_pattern is not None
    assert shape.xali_pattern.values("31.2/121.4") == {"lat": "31.2", "lon": "121.4"}


HELD = '[[location.held]]\nname = "a"\n'
ALI = '[[location.ali]]\nname = "a"\nhost = "h"\nport = 1\n'
FIELD = f"{ALI}[[location.ali.fields]]\nstart = 1\nlength = 9\n"
LINES = '[[location.subscribers]]\nname = "a"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HELD + 'url = "ftp://x"', "no address of a HELD server"),
        (HELD + 'url = "http://x.cn/"', "held 'a' is asked over http; use https, or write x.cn:80"),
        (HELD + 'url = "https://u:p@x.cn/"', "names and passwords stay out"),
        (HELD + 'url = "https://x.cn"\nidentity = "sip"', "needs sip_domain"),
        (HELD + 'url = "https://x.cn"\nresponse_time = 8000', "raise within_s or lower response_time"),
        (ALI + 'query = "x"', "it does not say {number}"),
        (ALI + 'frame_end = ""', "where does one end?"),
        (FIELD + 'kind = "number"', "no field says a place"),
        (FIELD + 'kind = "latitude"', "needs a latitude field and a longitude field"),
        (FIELD + 'kind = "text"', "needs a name"),
        (FIELD + 'kind = "status"\ncodes = { "A" = "good" }', "a status means one of found"),
        (LINES, "or url_env (url_file) and select"),
        (LINES + 'file = "x"\nurl_env = "Y"', "or url_env (url_file) and select"),
        (LINES + 'url_env = "Y"\nselect = "DELETE FROM x"', "select is one SELECT with :number"),
        (LINES + 'file = "x"\n' + LINES + 'file = "y"', "two sources are called 'a'"),
        ('[location]\nreference_hosts = ["https://x.cn"]', "reference_hosts"),
        ("[location]\nreferense_hosts = []", "did you mean 'reference_hosts'?"),
        ('[[pbx]]\nname = "a"\nsecret_env = "S"\nxali_pattern = "("', "no regular expression (re2)"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_cure(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LINES + 'url_env = "NO_SUCH"\nselect = "SELECT :number"', "location.subscribers a: url_env NO_SUCH"),
        (
            LINES + 'url_file = "u"\nselect = "SELECT :number"',
            "no database address, or its driver is missing",
        ),
        (
            HELD + 'url = "https://x.cn"\nca_file = "none.pem"',
            "location.held a: ca_file, cert_file or key_file cannot",
        ),
    ],
)
def test_what_is_not_there_at_the_start_is_told_by_its_key(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "u").write_text("no address")
    with pytest.raises(ConfigError) as caught:
        settings.locators(config(tmp_path, text), ManualClock())
    assert told in str(caught.value)
