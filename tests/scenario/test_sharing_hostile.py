"""What phones may send that is no text, no place and no picture: told in clear words, nothing is taken."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.testing.memory_share import a_picture

from .sharing_scene import EN, PLACE, Hall, give, said, write


async def test_ten_clicks_send_one_text_and_one_picture(hall: Hall) -> None:
    phone = await hall.opened()
    once = "n" * 32
    await asyncio.gather(*(write(phone, "help", once) for _ in range(10)))
    await asyncio.gather(*(give(phone, a_picture()) for _ in range(10)))
    share = await hall.share()
    assert (share.texts, share.pictures) == (1, 1)
    await write(phone, "help", "m" * 32)
    assert (await hall.share()).texts == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"", "Write something"), (b"text=%20%0A", "Write something"), (b"text=" + b"x" * 1001, "too long"),
     (b"text=" + b"x" * 20_000, "too long"), (b"\xff\xfe", "not taken"),
     (b"&".join([b"a=1"] * 9), "not taken")],
)  # fmt: skip
async def test_a_text_that_cannot_be_taken_says_why(hall: Hall, body: bytes, told: str) -> None:
    phone = await hall.opened()
    headers = {**EN, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await phone.post("/s/text", data=body, headers=headers)
    assert answer.status == 422
    assert told in await said(answer)
    assert (await hall.share()).texts == 0


async def test_what_was_written_is_shown_as_words_alone(hall: Hall) -> None:
    phone = await hall.opened()
    page = await said(await write(phone, "<script>alert(1)</script>" + "x" * 1000))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "told",
    [{}, [], {**PLACE, "latitude": 91}, {**PLACE, "radius_m": -1}, {**PLACE, "radius_m": 1e9},
     {**PLACE, "longitude": "x"}, {**PLACE, "latitude": None}, {**PLACE, "age_s": float("nan")}],
)  # fmt: skip
async def test_a_place_that_is_none_is_not_taken(hall: Hall, told: Any) -> None:
    phone = await hall.opened()
    assert (await phone.post("/s/position", json=told)).status == 422
    assert (await hall.share()).positions == 0


async def test_positions_that_come_too_fast_are_dropped(hall: Hall) -> None:
    phone = await hall.opened()
    for _ in range(5):
        assert (await phone.post("/s/position", json=PLACE)).status == 204
    assert (await hall.share()).positions == 1
    await hall.whole.pass_time(3)
    await phone.post("/s/position", json=PLACE)
    assert (await hall.share()).positions == 2


@pytest.mark.parametrize(
    ("files", "told"),
    [((b"",), "Choose a picture"), ((b"<html>" * 9,), "no picture"),
     ((b"\x00\x00\x00\x18ftypheic" + b"x" * 99,), "HEIC"), ((a_picture()[:300],), "incomplete"),
     ((b"\xff\xd8\xff" + b"x" * 99,), "incomplete"), ((b"\xff\xd8\xff" + b"x" * (12 << 20),), "too large")],
)  # fmt: skip
async def test_a_file_that_is_no_usable_picture_says_why(hall: Hall, files: Any, told: str) -> None:
    phone = await hall.opened()
    answer = await give(phone, *files)
    assert answer.status == 422
    assert told in await said(answer)
    assert (await hall.share()).pictures == 0
    assert not list(hall.archive.rglob("*.*"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"x", "text/plain"), (b"", "multipart/form-data"),
     (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
     (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--", "multipart/form-data; boundary=b")],
)  # fmt: skip
async def test_a_form_that_is_none_is_not_taken(hall: Hall, body: bytes, kind: str) -> None:
    phone = await hall.opened()
    answer = await phone.post("/s/picture", data=body, headers={**EN, "Content-Type": kind})
    assert answer.status == 422


async def test_pictures_are_limited_and_those_before_a_bad_one_are_kept(hall: Hall) -> None:
    phone = await hall.opened()
    hues = [f"#{n * 18:02x}4080" for n in range(14)]
    await give(phone, a_picture(colour=hues[0]), a_picture("PNG", colour=hues[1]), b"nonsense")
    assert (await hall.share()).pictures == 2
    for hue in hues[2:12]:
        await give(phone, a_picture(colour=hue))
    answer = await give(phone, a_picture(colour=hues[13]))
    assert "No more can be sent" in await said(answer)
    assert (await hall.share()).pictures == 12
