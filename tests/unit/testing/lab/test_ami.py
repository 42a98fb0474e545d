from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.testing.lab import LabAmi, free_port

EVENT = b"Event: UserEvent\r\nUserEvent: Alarm110\r\nANI: 110\r\n\r\n"


class Server:
    """Accepts one name, answers Ping, and tells one event after the login."""

    def __init__(self) -> None:
        self.port = free_port()
        self.hang_up = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        while line := await reader.readline():
            fields = {}
            while line.strip():
                key, _, value = line.decode().strip().partition(": ")
                fields[key] = value
                line = await reader.readline()
            if fields["Action"] == "Hang":
                break
            good = fields["Action"] != "Login" or fields["Secret"] == "right"
            head = f"Response: {'Success' if good else 'Error'}\r\nActionID: {fields['ActionID']}\r\n\r\n"
            writer.write(head.encode() + EVENT)
        writer.close()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", server.port)
    yield server.port
    listening.close()


async def test_event_that_came_before_the_waiter_is_not_missed(port: int) -> None:
    client = LabAmi()
    await client.connect(port, "lab", "right")
    await client.action("Ping")
    event = await client.wait(lambda e: e.get("UserEvent") == "Alarm110", seconds=1.0)
    assert event["ANI"] == "110"
    await client.close()


async def test_wrong_password_is_an_error(port: int) -> None:
    client = LabAmi()
    with pytest.raises(PermissionError):
        await client.connect(port, "lab", "wrong")
    await client.close()


async def test_lost_connection_fails_the_action_that_waits(port: int) -> None:
    client = LabAmi()
    await client.connect(port, "lab", "right")
    with pytest.raises(ConnectionError):
        await client.action("Hang")
    await client.close()


async def test_line_break_in_a_value_is_refused(port: int) -> None:
    client = LabAmi()
    await client.connect(port, "lab", "right")
    with pytest.raises(ValueError, match="line break"):
        await client.action("Setvar", Value="a\r\nAction: Logoff")
    await client.close()
