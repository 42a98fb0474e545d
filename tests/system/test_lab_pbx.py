"""The laboratory itself: services start, die and come back as tests and demonstration need it."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import asyncpg
import pytest

from gateway.testing.lab import (
    SCENES,
    Cache,
    CallPlan,
    City,
    LabBroker,
    LabPbx,
    LabPostgres,
    lab_browser,
    until,
)

pytestmark = pytest.mark.system


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may pass: pytest's own is closed to them."""
    with tempfile.TemporaryDirectory(prefix="intake110-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_pbx_and_city_start_without_a_complaint_in_the_log(pbx: LabPbx, city: City) -> None:
    for log in (pbx.log, city.log):
        lines = log.read_text().splitlines()
        assert [line for line in lines if " ERROR[" in line or " WARNING[" in line] == []


async def test_gateway_account_can_do_its_work_and_nothing_else(pbx: LabPbx) -> None:
    client = await pbx.ami()
    await client.close()
    shown = await pbx.cli(f"manager show user {pbx.ami_user}")
    read = next(line for line in shown.splitlines() if "read perm" in line).split(":")[1].strip()
    write = next(line for line in shown.splitlines() if "write perm" in line).split(":")[1].strip()
    assert set(read.split(",")) == {"system", "call", "agent", "user", "dtmf", "cdr"}
    assert set(write.split(",")) == {"call", "agent", "user", "reporting", "originate"}


async def test_killed_pbx_comes_back_on_its_ports_and_takes_the_next_call(pbx: LabPbx, city: City) -> None:
    before = await city.call(CallPlan(caller="13800130051", stay_s=60.0))
    await before.answered()
    await pbx.kill()
    await pbx.start()
    after = await city.call(CallPlan(caller="13800130052", stay_s=0.5))
    await after.answered()
    await after.ended()
    assert len(list(pbx.recording_dir.glob("*-mix.wav"))) == 2


@pytest.mark.skipif(os.getuid() != 0, reason="an ordinary user's PBX is what every other test has")
async def test_roots_pbx_runs_as_an_ordinary_user_and_records(open_folder: Path, cache: Cache) -> None:
    async with (
        LabPbx("nobodys", open_folder, cache=cache, as_user="nobody") as pbx,
        City(pbx, cache=cache) as city,
    ):
        assert os.stat(f"/proc/{pbx.service.pid}").st_uid == pwd.getpwnam("nobody").pw_uid
        await (await city.call(CallPlan(caller="13800130053", stay_s=0.5))).ended()
        await until(lambda: len(list(pbx.recording_dir.glob("*.wav"))) == 3)


async def test_two_pbxs_run_side_by_side_with_uniqueids_of_their_own(
    pbx: LabPbx, tmp_path: Path, cache: Cache
) -> None:
    async with LabPbx("other", tmp_path / "other", cache=cache) as other:
        assert "labpbx" in await pbx.cli("core show settings")
        assert "other" in await other.cli("core show settings")
        assert pbx.ami_port != other.ami_port


async def test_broker_lets_each_role_do_its_part_only(tmp_path: Path, cache: Cache) -> None:
    async with LabBroker(tmp_path, cache=cache) as broker:

        def client(user: str, password: str | None = None) -> aiomqtt.Client:
            return aiomqtt.Client(
                broker.host,
                broker.port,
                username=user,
                password=password or broker.users[user],
                protocol=aiomqtt.ProtocolVersion.V5,
            )

        async with client("gateway") as gateway, client("dispatch") as dispatch, client("reader") as reader:
            await dispatch.subscribe("110/#", qos=1)
            await gateway.subscribe("110/+/in/#", qos=1)
            await reader.publish("110/demo/in/ack", "refused", qos=1)
            await gateway.publish("110/demo/calls/c1/events/CallStart.v1", "one", qos=1)
            await dispatch.publish("110/demo/in/ack", "two", qos=1)
            async with asyncio.timeout(5):
                heard = [await anext(dispatch.messages), await anext(dispatch.messages)]
                answer = await anext(gateway.messages)
            assert [message.payload for message in heard] == [b"one", b"two"]
            assert answer.payload == b"two"
        with pytest.raises(aiomqtt.MqttError):
            async with client("gateway", "wrong"):
                pass


async def test_postgres_keeps_what_was_committed_through_a_kill(cache: Cache) -> None:
    async with LabPostgres(cache=cache) as postgres:
        url = postgres.url.replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        await connection.execute("create table kept (n int)")
        await connection.execute("insert into kept values (110)")
        await postgres.kill()
        await connection.close(timeout=1)
        await postgres.start()
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select n from kept") == 110
        await connection.close()


async def test_browser_draws_chinese_text(cache: Cache, tmp_path: Path) -> None:
    from playwright.async_api import async_playwright

    browser = lab_browser(cache)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=browser.path, args=list(browser.args), env=browser.env
        )
        page = await chromium.new_page()
        await page.set_content(
            "<meta charset=utf-8><span id=a>接警</span><span id=b>\U000fffff\U000fffff</span>"
        )
        drawn, missing = [await page.locator(name).screenshot() for name in ("#a", "#b")]
        await chromium.close()
    assert drawn != missing


async def test_every_demo_caller_has_a_voice_that_lasts_as_long_as_the_call(cache: Cache) -> None:
    plans = [await asyncio.to_thread(scene.plan, cache) for scene in SCENES]
    assert all(8.0 <= plan.stay_s <= 20.0 for plan in plans)
    assert all(plan.caller_wav and plan.caller_wav.exists() for plan in plans)


async def test_service_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom gateway.testing.lab import LabBroker\n"
        "async def main():\n    broker = LabBroker(Path(sys.argv[1]))\n    await broker.start()\n"
        "    print(broker.service.pid, flush=True)\n    await asyncio.Event().wait()\nasyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    watch = os.pidfd_open(child)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(watch, gone.set)
    async with asyncio.timeout(5):
        await gone.wait()
    asyncio.get_running_loop().remove_reader(watch)
    os.close(watch)
