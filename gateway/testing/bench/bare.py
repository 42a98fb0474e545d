"""The peer: what anybody would write in an afternoon. panoramisk and aiomqtt, nothing kept.

Two of them: `bare` tells five moments of each call, `every` forwards each AMI event as one message.

`python -m gateway.testing.bench.bare bare|every AMI_PORT AMI_SECRET MQTT_PORT MQTT_PASSWORD`
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any

import aiomqtt
from panoramisk import Manager

from gateway.testing.bench.stream import CALLER, MOMENTS

TOPIC = "110/{site}/calls/{call}/events/{moment}"

NAMES = {event.decode(): moment for moment, event in MOMENTS.items()}


async def main(site: str, ami_port: int, ami_secret: str, mqtt_port: int, mqtt_password: str) -> None:
    manager = Manager(
        host="127.0.0.1", port=ami_port, username="intake110", secret=ami_secret, encoding="utf8"
    )
    async with aiomqtt.Client(
        "127.0.0.1",
        mqtt_port,
        username="gateway",
        password=mqtt_password,
        protocol=aiomqtt.ProtocolVersion.V5,
        max_inflight_messages=100,
    ) as client:

        def follow(moment: str) -> Any:
            async def tell(_: Any, event: Any) -> None:
                if event.channel.startswith(CALLER.decode()):
                    told = {"moment": moment, "call": event.uniqueid, "number": event.calleridnum}
                    topic = TOPIC.format(site=site, call=event.uniqueid, moment=moment)
                    await client.publish(topic, json.dumps(told), qos=1)

            return tell

        async def forward(_: Any, event: Any) -> None:
            """A moment of the caller's leg under its name, everything else under the event's."""
            ours = event.channel.startswith(CALLER.decode())
            moment = NAMES.get(event.event, event.event) if ours else event.event
            topic = TOPIC.format(site=site, call=event.uniqueid or "none", moment=moment)
            await client.publish(topic, json.dumps(dict(event)), qos=1)

        if site == "every":
            manager.register_event("*", forward)
        else:
            for moment, event in MOMENTS.items():
                manager.register_event(event.decode(), follow(moment))
        await manager.connect()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # aiomqtt counts its pending messages aloud
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]))
