"""A provider of texts over HTTP: one JSON object by POST, made after a template, signed or with a token.

What may have gone out is never sent again under another id: every try of one text carries the same one, and
an answer that did not come is told as unknown.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from gateway.clock import Clock, within
from gateway.config_base import ConfigError
from gateway.location.numbering import CHINA, forms, national
from gateway.ports_text import Outcome, Receipt, TextMessage

MAX_ANSWER_BYTES = 65_536
"""A longer answer counts as unreadable; what its status says still holds."""
MAX_REASON_CHARS = 200
MAX_ID_CHARS = 128
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Before the second try, the third, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSenderSettings:
    """`fields`: the template, `{to}`, `{text}` and `{message_id}` in its strings filled in; `number`: how the
    phone is written. `accepted_field`: a provider that answers 200 to everything says there whether it took
    the text. Names of fields in answers are dotted: `data.id`."""

    url: str
    fields: Mapping[str, Any]
    auth: str = "bearer"
    number: str = "national"
    country_code: str = CHINA
    id_header: str = "Idempotency-Key"
    signature_header: str = "X-Signature"
    timestamp_header: str = "X-Timestamp"
    accepted_field: str | None = None
    accepted_value: str = "0"
    provider_id_field: str = "id"
    reason_field: str = "reason"
    within_s: float = 5.0
    """One try; with its pauses a text ends within `tries` of these and a few seconds."""
    connect_within_s: float = 3.0
    tries: int = 3
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class HttpTextSender:
    """Implements `gateway.ports_text.TextSender`. `secret` gives the token or key at each use: an
    exchanged file counts at once."""

    settings: HttpSenderSettings
    secret: Callable[[], str]
    clock: Clock
    _session: aiohttp.ClientSession | None = field(default=None)

    async def send(self, message: TextMessage) -> Receipt:
        """Try as often as configured while that makes sense; the last answer counts."""
        receipt = await self._try(message)
        maybe_out = receipt.outcome is Outcome.UNKNOWN
        for pause_s in PAUSES_S[: self.settings.tries - 1]:
            if not receipt.again:
                return receipt
            await self.clock.sleep(pause_s)
            receipt = await self._try(message)
            maybe_out |= receipt.outcome is Outcome.UNKNOWN
        if maybe_out and receipt.outcome is Outcome.FAILED:
            return Receipt(outcome=Outcome.UNKNOWN, reason=receipt.reason)
        return receipt

    async def answers(self) -> int:
        """The status of a bare look at the provider's address, nothing sent. Raises OSError,
        aiohttp.ClientError, TimeoutError."""
        url = URL(self.settings.url)
        async with self._client().get(url, allow_redirects=False, ssl=self._tls()) as response:
            return response.status

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _try(self, message: TextMessage) -> Receipt:
        host = URL(self.settings.url).host
        try:
            return await within(self.clock, self.settings.within_s, self._posted(message))
        except TimeoutError:
            return _unknown(f"{host}: no answer within {self.settings.within_s:g} s")
        except aiohttp.ClientConnectorError as error:
            return Receipt(outcome=Outcome.FAILED, reason=_cut(f"{host} is not reached: {error.os_error}"))
        except (aiohttp.ClientError, OSError) as error:
            return _unknown(f"{host}: the link broke before the answer ({type(error).__name__})")

    async def _posted(self, message: TextMessage) -> Receipt:
        told, body = self.settings, self._body(message)
        try:
            headers = {**self._proof(body), told.id_header: message.message_id}
        except ConfigError as error:
            return Receipt(
                outcome=Outcome.FAILED, reason=_cut(f"the sender's secret cannot be read: {error}")
            )
        headers["Content-Type"] = "application/json"
        async with self._client().post(
            told.url, data=body, headers=headers, allow_redirects=False, ssl=self._tls()
        ) as response:
            raw = await response.content.read(MAX_ANSWER_BYTES + 1)
            return self._read(response.status, raw)

    def _body(self, message: TextMessage) -> bytes:
        values = {
            "to": self._number(message.number),
            "text": message.text,
            "message_id": message.message_id,
        }
        return json.dumps(_filled(self.settings.fields, values), ensure_ascii=False).encode()

    def _number(self, number: str) -> str:
        if self.settings.number == "as_told":
            return number
        at_home = national(number, self.settings.country_code)
        if self.settings.number == "national" or not at_home:
            return at_home or number
        return forms(at_home, self.settings.country_code)[1]

    def _proof(self, body: bytes) -> dict[str, str]:
        secret = self.secret()
        if self.settings.auth == "bearer":
            return {"Authorization": f"Bearer {secret}"}
        stamp = str(int(self.clock.now().timestamp()))
        signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {self.settings.timestamp_header: stamp, self.settings.signature_header: signed}

    def _read(self, status: int, raw: bytes) -> Receipt:
        """What an answer means. A body nobody can read changes nothing of what its status says."""
        answer = _json(raw)
        told = _cut(str(_at(answer, self.settings.reason_field) or f"HTTP {status}"))
        if status in (429, 503):
            return Receipt(outcome=Outcome.FAILED, reason=told)
        if status >= 500:
            return _unknown(told)
        if not 200 <= status < 300:
            return Receipt(outcome=Outcome.REFUSED, reason=told)
        where = self.settings.accepted_field
        if where is not None and str(_at(answer, where)) != self.settings.accepted_value:
            return Receipt(outcome=Outcome.REFUSED, reason=told)
        given = _at(answer, self.settings.provider_id_field)
        return Receipt(
            outcome=Outcome.ACCEPTED, provider_id=None if given is None else str(given)[:MAX_ID_CHARS]
        )

    def _tls(self) -> ssl.SSLContext | bool:
        return self.settings.tls or True

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.settings.connect_within_s),
                trust_env=False,
            )
        return self._session


def _unknown(reason: str) -> Receipt:
    return Receipt(outcome=Outcome.UNKNOWN, reason=_cut(reason))


def _cut(text: str) -> str:
    return text[:MAX_REASON_CHARS]


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, str):
        return template.format_map(values)
    if isinstance(template, Mapping):
        return {name: _filled(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    return template


def _json(raw: bytes) -> Any:
    if len(raw) > MAX_ANSWER_BYTES:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _at(answer: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer if isinstance(answer, str | int | float | bool) else None
