"""The peer: what anybody would write in an afternoon. panoramisk and aiomqtt, five moments of each call,
nothing kept.

`python -m gateway.testing.bench.bare AMI_PORT AMI_SECRET MQTT_PORT MQTT_PASSWORD`
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

TOPIC = "110/bare/calls/{call}/events/{moment}"


async def main(ami_port: int, ami_secret: str, mqtt_port: int, mqtt_password: str) -> None:
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
                    await client.publish(
                        TOPIC.format(call=event.uniqueid, moment=moment), json.dumps(told), qos=1
                    )

            return tell

        for moment, event in MOMENTS.items():
            manager.register_event(event.decode(), follow(moment))
        await manager.connect()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # aiomqtt counts its pending messages aloud
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
