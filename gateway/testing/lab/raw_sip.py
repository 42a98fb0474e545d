"""A caller who writes his own SIP: whatever headers and body a test wants, on the trunk's own address."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from gateway.testing.lab.pbx import CARRIER, LabPbx

ANSWER_SECONDS = 10.0
"""A PBX that has not given a final answer by then has not taken the call."""

_SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class RawCaller(asyncio.DatagramProtocol):
    """`async with RawCaller(pbx) as caller: status = await caller.ring([…])`, then `await caller.bye()`."""

    def __init__(self, pbx: LabPbx) -> None:
        self._target = ("127.0.0.1", pbx.sip_port)
        self._answers: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
        self._sequence = itertools.count(1)
        self._call_id = secrets.token_hex(8)
        self._from = self._to = ""
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(CARRIER, 0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        """Answers are kept; requests of the PBX (its BYE) are not answered."""
        text = data.decode("utf-8", "replace")
        if text.startswith("SIP/2.0") and not self._answers.full():
            self._answers.put_nowait(text)

    async def ring(
        self,
        headers: Sequence[str] = (),
        *,
        user: str = "13800130099",
        display: str = "",
        dialled: str = "110",
        bodies: Sequence[tuple[str, str]] = (),
    ) -> int:
        """INVITE, then ACK the final answer, whose status is returned. `bodies`: (headers, text) parts."""
        self._from = f"From: {display} <sip:{user}@{CARRIER}>;tag={secrets.token_hex(4)}"
        self._to = f"To: <sip:{dialled}@127.0.0.1>"
        host, port = self._own()
        sdp = _SDP.format(host=host, port=port)
        kind, body = "application/sdp", sdp
        if bodies:
            parts = [("Content-Type: application/sdp", sdp), *bodies]
            body = "".join(f"--b110\r\n{head}\r\n\r\n{text}\r\n" for head, text in parts) + "--b110--\r\n"
            kind = "multipart/mixed;boundary=b110"
        self._send("INVITE", dialled, [*headers, f"Content-Type: {kind}"], body)
        answer = await self._final()
        to = re.search(r"^To:.*$", answer, re.MULTILINE | re.IGNORECASE)
        self._to = to.group(0).strip() if to else self._to
        self._send("ACK", dialled, [], "", sequence=1)
        return int(answer.split(" ", 2)[1])

    async def bye(self) -> None:
        """Hang up."""
        self._send("BYE", "110", [], "")
        await self._final()

    async def _final(self) -> str:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                answer = await self._answers.get()
                if not answer.startswith("SIP/2.0 1"):
                    return answer

    def _send(
        self, method: str, dialled: str, headers: Sequence[str], body: str, *, sequence: int | None = None
    ) -> None:
        host, port = self._own()
        number = sequence or next(self._sequence)
        content = body.encode()
        lines = [
            f"{method} sip:{dialled}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(6)};rport",
            self._from,
            self._to,
            f"Call-ID: {self._call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{host}:{port}>",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(content)}",
        ]
        if self._transport:
            self._transport.sendto(("\r\n".join(lines) + "\r\n\r\n").encode() + content, self._target)

    def _own(self) -> tuple[str, int]:
        if self._transport is None:
            raise RuntimeError("use it with async with")
        host, port = self._transport.get_extra_info("sockname")
        return str(host), int(port)
