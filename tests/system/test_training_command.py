"""`intake110 training` as a process: it says where it is, serves its pages, and ends when it is told to."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

pytestmark = pytest.mark.system
CONF = Path(__file__).parents[2] / "conf"
WITHIN_S = 90.0


async def test_the_training_starts_with_fresh_people_and_ends_cleanly(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(
        f'[site]\nname = "hz"\n[gateway]\nstate_dir = "state"\n[triage]\nrules = "{CONF / "rules"}"\n'
        f'[training]\nfolder = "{CONF / "training"}"\n[directory]\nfile = "{CONF / "departments.toml"}"\n',
        encoding="utf-8",
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.cli", "training", "-c", str(tmp_path / "gateway.toml"), "--port", "0",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(WITHIN_S):
            while not said or "(call_taker)" not in said[-1]:
                line = (await process.stderr.readline()).decode()
                assert line, said
                said.append(line)
        told = next(line for line in said if "演练 TRAINING" in line)
        url = told.partition("pages: ")[2].strip()
        async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v1/session") as answer:
            assert (answer.status, answer.headers["X-Intake110-Training"]) == (401, "1")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(WITHIN_S):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (tmp_path / "state" / "training" / "training.db").exists()
