from gateway.runtime.hub import Hub


async def test_every_subscription_hears_the_news() -> None:
    hub = Hub()
    one, two = hub.subscribe(), hub.subscribe()
    hub.publish("call", "c1", {"state": "QUEUED"})
    for subscription in (one, two):
        push = await subscription.next(1)
        assert push is not None
        assert (push.kind, push.call_id, push.data) == ("call", "c1", {"state": "QUEUED"})


async def test_a_slow_page_is_let_go_and_the_others_go_on() -> None:
    hub = Hub()
    slow, quick = hub.subscribe(limit=2), hub.subscribe(limit=100)
    for number in range(5):
        hub.publish("call", None, {"n": number})
    assert slow.dropped
    assert not quick.dropped
    assert hub.watchers == 1
    assert [push.data["n"] async for push in slow] == [0, 1]


async def test_a_closed_subscription_ends_and_hears_no_more() -> None:
    hub = Hub()
    subscription = hub.subscribe()
    subscription.close()
    hub.publish("call", None, {})
    assert [push async for push in subscription] == []
    assert hub.watchers == 0
