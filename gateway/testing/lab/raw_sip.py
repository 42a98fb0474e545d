"""People who write their own SIP: a caller with any headers a test wants, a desk that holds and refers."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from gateway.testing.lab.pbx import CARRIER, DESKS, LabPbx

ANSWER_SECONDS = 10.0
"""A PBX that has not answered by then has not understood."""
KEPT_MESSAGES = 100
"""Messages of the PBX that wait to be looked at; more are dropped, as UDP drops them."""

_SDP = (
    "v=0\r\no=- 1 {version} IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na={direction}\r\n"
)


class _Party(asyncio.DatagramProtocol):
    """One dialog over UDP. Answers wait in `_answers`, requests of the PBX in `_requests`."""

    def __init__(self, pbx: LabPbx, address: tuple[str, int]) -> None:
        self._target = ("127.0.0.1", pbx.sip_port)
        self._address = address
        self._answers: asyncio.Queue[str] = asyncio.Queue(KEPT_MESSAGES)
        self._requests: asyncio.Queue[str] = asyncio.Queue(KEPT_MESSAGES)
        self._sequence = itertools.count(1)
        self.call_id = secrets.token_hex(8)
        """The SIP Call-ID of the dialog; of a desk, once it has answered, in its header alone."""
        self._call_id = f"Call-ID: {self.call_id}"
        self._from = self._to = ""
        self._uri = "sip:110@127.0.0.1"
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=self._address)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        text = data.decode("utf-8", "replace")
        if text.startswith(("BYE ", "NOTIFY ", "OPTIONS ", "UPDATE ")):
            self._reply(text, "200 OK")
        waiting = self._answers if text.startswith("SIP/2.0") else self._requests
        if not waiting.full():
            waiting.put_nowait(text)

    async def bye(self) -> None:
        """Hang up."""
        self._request("BYE")
        await self._final()

    async def _final(self) -> str:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                answer = await self._answers.get()
                if not answer.startswith("SIP/2.0 1"):
                    return answer

    def _request(
        self, method: str, headers: Sequence[str] = (), body: str = "", *, sequence: int | None = None
    ) -> None:
        host, port = self._own()
        lines = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(6)};rport",
            self._from,
            self._to,
            self._call_id,
            f"CSeq: {sequence or next(self._sequence)} {method}",
            f"Contact: <sip:party@{host}:{port}>",
            "Max-Forwards: 70",
            *headers,
        ]
        self._send(lines, body)

    def _reply(self, request: str, status: str, body: str = "") -> None:
        """Answer a request of the PBX with its own Via, From, To, Call-ID and CSeq."""
        host, port = self._own()
        copied = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*$", request.replace("\r", ""), re.MULTILINE)
        lines = [f"SIP/2.0 {status}", *copied, f"Contact: <sip:party@{host}:{port}>"]
        if body:
            lines.append("Content-Type: application/sdp")
        self._send(lines, body)

    def _send(self, lines: Sequence[str], body: str) -> None:
        content = body.encode()
        text = "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""])
        if self._transport:
            self._transport.sendto(text.encode() + content, self._target)

    def _sdp(self, direction: str = "sendrecv", version: int = 1) -> str:
        host, port = self._own()
        return _SDP.format(host=host, port=port, direction=direction, version=version)

    def _own(self) -> tuple[str, int]:
        if self._transport is None:
            raise RuntimeError("use it with async with")
        host, port = self._transport.get_extra_info("sockname")
        return str(host), int(port)


class RawCaller(_Party):
    """`async with RawCaller(pbx) as caller: status = await caller.ring([…])`, then `await caller.bye()`."""

    def __init__(self, pbx: LabPbx) -> None:
        super().__init__(pbx, (CARRIER, 0))

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
        self._uri = f"sip:{dialled}@127.0.0.1"
        kind, body = "application/sdp", self._sdp()
        if bodies:
            parts = [("Content-Type: application/sdp", body), *bodies]
            body = "".join(f"--b110\r\n{head}\r\n\r\n{text}\r\n" for head, text in parts) + "--b110--\r\n"
            kind = "multipart/mixed;boundary=b110"
        self._request("INVITE", [*headers, f"Content-Type: {kind}"], body)
        answer = await self._final()
        to = re.search(r"^To:.*$", answer, re.MULTILINE | re.IGNORECASE)
        self._to = to.group(0).strip() if to else self._to
        self._request("ACK", sequence=1)
        return int(answer.split(" ", 2)[1])


class RawDesk(_Party):
    """A desk phone that takes one call, in place of the city's phones: it can hold, resume and refer."""

    def __init__(self, pbx: LabPbx) -> None:
        super().__init__(pbx, (DESKS, pbx.city_port))

    async def answer(self) -> None:
        """Wait for the PBX's INVITE and take the call."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while not (invite := await self._requests.get()).startswith("INVITE "):
                pass
        tag = secrets.token_hex(4)
        invite = re.sub(r"^(To:[^\r\n]*)", rf"\1;tag={tag}", invite, count=1, flags=re.MULTILINE)
        self._reply(invite, "180 Ringing")
        self._reply(invite, "200 OK", self._sdp())
        fields = dict(
            re.findall(r"^(From|To|Call-ID|Contact): *(.*)$", invite.replace("\r", ""), re.MULTILINE)
        )
        self._from, self._to = f"From: {fields['To']}", f"To: {fields['From']}"
        self._call_id = f"Call-ID: {fields['Call-ID']}"
        self._uri = fields["Contact"].strip("<>")

    async def hold(self) -> None:
        """The caller hears music."""
        await self._offer("sendonly", 2)

    async def resume(self) -> None:
        await self._offer("sendrecv", 3)

    async def refer(self, number: str) -> None:
        """Transfer the caller to `number`, blind, as a phone's own key does it."""
        self._request(
            "REFER", [f"Refer-To: <sip:{number}@127.0.0.1>", f"Referred-By: {self._from[6:].split(';')[0]}"]
        )
        await self._final()

    async def gone(self) -> None:
        """The PBX hung up."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while not (await self._requests.get()).startswith("BYE "):
                pass

    async def _offer(self, direction: str, version: int) -> None:
        sequence = next(self._sequence)
        body = self._sdp(direction, version)
        self._request("INVITE", ["Content-Type: application/sdp"], body, sequence=sequence)
        await self._final()
        self._request("ACK", sequence=sequence)
