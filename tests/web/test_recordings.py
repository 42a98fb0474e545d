from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gateway.web.recordings import CACHED_PEAKS, OPEN_FOR, peaks_of
from gateway.web.schema import Peaks

from .site import POST, Client, Site, a_call

CALL = a_call().call_id
PART = f"/api/v1/calls/{CALL}/recordings/0x7f/mix"


def write_wav(path: Path, seconds: float = 1.0) -> np.ndarray:
    """A tone that grows from silence to full, 8 kHz mono as the PBX records."""
    frames = int(8000 * seconds)
    wave = np.linspace(0, 0.9, frames) * np.sin(np.arange(frames) * 0.5)
    soundfile.write(path, wave, 8000, subtype="PCM_16")
    return wave


async def with_recording(site: Site, roles: str = "call_taker") -> Client:
    write_wav(site.settings.archive / "mix.wav")
    await site.put_call(a_call(1, ended=True, archive=site.settings.archive))
    return await site.signed_in(roles)


async def open_it(client: Client, recording_id: str = "0x7f") -> None:
    body = {
        "request_id": str(uuid.uuid4()), "type": "OpenRecording", "expected_rev": None,
        "data": {"recording_id": recording_id, "purpose": "复核"},
    }  # fmt: skip
    assert (await client.post(f"/api/v1/calls/{CALL}/requests", json=body, headers=POST)).status == 200


async def code(client: Client, path: str = PART) -> tuple[int, str]:
    answered = await client.get(path)
    return answered.status, (await answered.json())["error"]["code"]


async def test_nobody_listens_without_having_opened_the_recording_but_its_shape_is_shown(site: Site) -> None:
    client = await with_recording(site)
    assert await code(client) == (403, "open_recording_first")
    assert (await client.get(f"{PART}/peaks")).status == 200
    await open_it(client)
    assert (await client.get(PART)).status == 200


async def test_sound_is_sought_by_range(site: Site) -> None:
    client = await with_recording(site)
    await open_it(client)
    whole = await client.get(PART)
    data = await whole.read()
    assert data == (site.settings.archive / "mix.wav").read_bytes()
    assert whole.headers["Content-Type"] == "audio/wav"
    part = await client.get(PART, headers={"Range": "bytes=100-199"})
    assert part.status == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert await part.read() == data[100:200]


async def test_an_opening_holds_for_one_person_one_recording_and_ten_minutes(site: Site) -> None:
    client = await with_recording(site)
    await open_it(client, "another")
    assert (await code(client))[1] == "open_recording_first"
    await open_it(client)
    assert (await code(await site.signed_in()))[1] == "open_recording_first"
    await site.clock.advance(OPEN_FOR.total_seconds() - 1)
    assert (await client.get(PART)).status == 200
    await site.clock.advance(2)
    assert (await code(client))[1] == "open_recording_first"


async def test_what_was_refused_opens_nothing(site: Site) -> None:
    from gateway.runtime.answers import Refused

    client = await with_recording(site)
    site.answer = Refused(code="not_saved", text="")
    with pytest.raises(AssertionError):
        await open_it(client)
    assert (await code(client))[1] == "open_recording_first"


async def test_nothing_outside_the_archive_is_served(site: Site, tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav")
    session = a_call(1, archive=site.settings.archive)
    (stored,) = session.recordings
    for path in (str(tmp_path / "secret.wav"), "../secret.wav", "/etc/passwd"):
        outside = replace(stored, files=(replace(stored.files[0], path=path),))
        await site.put_call(replace(session, recordings=(outside,), rev=session.rev + 1))
        client = await site.signed_in()
        await open_it(client)
        assert await code(client) == (404, "recording_not_stored")


async def test_a_recording_that_is_not_there_is_told(site: Site) -> None:
    client = await with_recording(site)
    await open_it(client)
    assert await code(client, PART.replace("mix", "rx")) == (404, "recording_not_stored")
    assert await code(client, PART.replace("0x7f", "0x80")) == (404, "not_found")
    (site.settings.archive / "mix.wav").unlink()
    assert await code(client) == (404, "recording_not_stored")


async def test_a_recording_may_lie_under_a_path_within_the_archive(site: Site) -> None:
    session = a_call(1, archive=site.settings.archive)
    (stored,) = session.recordings
    (site.settings.archive / "2026").mkdir()
    write_wav(site.settings.archive / "2026" / "mix.wav")
    relative = replace(stored, files=(replace(stored.files[0], path="2026/mix.wav"),))
    await site.put_call(replace(session, recordings=(relative,)))
    client = await site.signed_in()
    await open_it(client)
    assert (await client.get(PART)).status == 200


# ---- peaks


async def test_peaks_show_where_it_is_loud(site: Site) -> None:
    client = await with_recording(site)
    await open_it(client)
    body = await (await client.get(f"{PART}/peaks?n=10")).json()
    shown = Peaks.model_validate(body)
    highs = [high for _, high in shown.peaks]
    assert (shown.seconds, len(highs)) == (1.0, 10)
    assert highs == sorted(highs)
    assert 0.85 < highs[-1] <= 0.9


@pytest.mark.parametrize("n", ["9", "100000", "x"])
async def test_a_number_of_peaks_out_of_reason_is_refused(site: Site, n: str) -> None:
    client = await with_recording(site)
    await open_it(client)
    assert (await client.get(f"{PART}/peaks?n={n}")).status == 422


def test_peaks_are_the_extremes_of_each_span_across_block_borders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, 0.5)
    monkeypatch.setattr("gateway.web.recordings.BLOCK_FRAMES", 333)
    wave, _ = soundfile.read(path, dtype="float32")
    spans = (np.arange(len(wave)) * 70) // len(wave)
    expected = [(wave[spans == span].min(), wave[spans == span].max()) for span in range(70)]
    found = peaks_of(path, 70)["peaks"]
    assert np.allclose(found, np.minimum(np.maximum(expected, [-1, 0]), [0, 1]), atol=1e-4)


def test_peaks_are_kept_beside_the_file_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path)
    first = peaks_of(path, CACHED_PEAKS)
    kept = tmp_path / "a.wav.peaks.json"
    assert kept.is_file()
    kept.write_text('{"seconds":1,"peaks":[]}')
    assert peaks_of(path, CACHED_PEAKS)["peaks"] == []
    kept.write_text("{broken")
    assert peaks_of(path, CACHED_PEAKS) == first


async def test_a_file_that_is_no_sound_is_told(site: Site) -> None:
    client = await with_recording(site)
    (site.settings.archive / "mix.wav").write_bytes(b"RIFF of nothing")
    await open_it(client)
    assert await code(client, f"{PART}/peaks") == (404, "recording_not_stored")
