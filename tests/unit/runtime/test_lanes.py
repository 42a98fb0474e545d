import asyncio

from gateway.runtime.lanes import Lanes


async def test_people_come_first_then_the_pbx_then_adapters() -> None:
    lanes: Lanes[str] = Lanes()
    await lanes.put_adapter("adapter")
    await lanes.put_pbx("pbx")
    lanes.offer_people("person")
    assert await lanes.take(10) == ["person", "pbx", "adapter"]


async def test_a_full_lane_refuses_people_and_makes_the_pbx_and_adapters_wait() -> None:
    lanes: Lanes[int] = Lanes(people_limit=1, pbx_limit=1, adapter_limit=1)
    assert lanes.offer_people(1)
    assert not lanes.offer_people(2)
    await lanes.put_pbx(3)
    await lanes.put_adapter(5)
    waiting = [asyncio.ensure_future(lanes.put_pbx(4)), asyncio.ensure_future(lanes.put_adapter(6))]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    assert await lanes.take(10) == [1, 3, 5]
    await asyncio.gather(*waiting)
    assert await lanes.take(10) == [4, 6]


async def test_a_group_is_no_larger_than_asked_and_the_rest_stays() -> None:
    lanes: Lanes[int] = Lanes()
    for number in range(5):
        await lanes.put_pbx(number)
    assert await lanes.take(3) == [0, 1, 2]
    assert await lanes.take(3) == [3, 4]
    assert lanes.waiting == 0


async def test_take_waits_for_something() -> None:
    lanes: Lanes[int] = Lanes()
    taking = asyncio.ensure_future(lanes.take(1))
    await asyncio.sleep(0)
    assert not taking.done()
    await lanes.put_pbx(7)
    assert await taking == [7]


async def test_closed_lanes_give_what_waits_and_then_nothing() -> None:
    lanes: Lanes[int] = Lanes()
    await lanes.put_pbx(1)
    lanes.close()
    assert await lanes.take(10) == [1]
    assert await lanes.take(10) == []
