"""The evidence of a flood, packed from a store that a whole gateway wrote."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.archive import floodpack
from gateway.cli.flood import BadMoment, app, moment
from gateway.testing.call_script import WholeGateway

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CONF = '[store]\nurl = "{url}"\n[mqtt]\nhost = "127.0.0.1"\n'


async def flooded(folder: Path) -> str:
    """Nine one-ring calls, one of them cleared by words of danger."""
    async with WholeGateway(folder) as site:
        for number in range(9):
            call = await site.caller("13800131234", source="203.0.113.9").rings()
            await site.advance(2)
            if number == 8:
                await call.is_answered()
                await call.says("救命，他拿着刀")
            await call.hangs_up()
            await site.quiet()
        return str(site.url)


def test_the_pack_lists_every_suspected_call_with_its_source_figures_and_hashes(tmp_path: Path) -> None:
    url = asyncio.run(flooded(tmp_path))
    conf = tmp_path / "gateway.toml"
    conf.write_text(CONF.format(url=url), encoding="utf-8")
    out = tmp_path / "flood.zip"
    arguments = ["pack", "--since", "2026-01-05T00:00+00:00", "--out", str(out), "-c", str(conf), "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["figures"]["by_number"] == {"13800131234": told["figures"]["calls"]}
    assert told["figures"]["by_sip_address"] == {"203.0.113.9": told["figures"]["calls"]}
    assert told["figures"]["cleared"] == 1
    with zipfile.ZipFile(out) as pack:
        manifest = json.loads(pack.read("manifest.json"))["sha256"]
        for name, digest in manifest.items():
            assert hashlib.sha256(pack.read(name)).hexdigest() == digest
        rows = list(csv.DictReader(io.StringIO(pack.read("calls.csv").decode("utf-8-sig"))))
        journal = [json.loads(line) for line in pack.read("journal.jsonl").splitlines()]
    assert len(rows) == told["figures"]["calls"] + 1
    assert {row["sip_address"] for row in rows} == {"203.0.113.9"}
    assert rows[0]["kind"] == "one_ring"
    assert {"CallSuspected", "FloodSeen", "CallerIdentified"} <= {row["type"] for row in journal}
    assert told["sha256"]["pack"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_a_time_is_a_span_back_or_has_its_zone() -> None:
    assert moment("6h", NOW) == NOW - timedelta(hours=6)
    assert moment("2026-01-05T08:00+08:00", NOW) == datetime(2026, 1, 5, tzinfo=UTC)
    for wrong in ("yesterday", "2026-01-05T08:00"):
        with pytest.raises(BadMoment, match="a time with its zone"):
            moment(wrong, NOW)


def test_a_folder_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    conf = tmp_path / "gateway.toml"
    conf.write_text(CONF.format(url="sqlite:////tmp/none.db"), encoding="utf-8")
    arguments = ["pack", "--since", "6h", "--out", str(tmp_path / "no" / "x.zip"), "-c", str(conf), "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "name a file in a folder that is there" in json.loads(done.stdout)["error"]


def test_a_number_never_becomes_a_formula_of_a_spreadsheet() -> None:
    assert floodpack._cell("+8613800131234") == "'+8613800131234"
    assert floodpack._cell("=cmd") == "'=cmd"
