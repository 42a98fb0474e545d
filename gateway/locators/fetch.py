"""Fetching from servers that tell where callers are, and from no others.

Whoever rings can send a reference. So it is fetched from configured hosts only, which is checked again at
every redirect; the answer's size, its time and the number of hops are limited.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from gateway.clock import Clock, within
from gateway.location.locator import LocatorFailed
from gateway.locators import tlsfault

MAX_BODY_BYTES = 1_048_576
"""A longer answer is cut off and refused."""
MAX_HOPS = 3
"""Redirects that are followed."""
MAX_URI_CHARS = 2_048
_PORTS = {"https": 443, "http": 80}


class Refused(LocatorFailed):
    """A reference that is not fetched: what is wrong with it, and where such hosts are configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Where may be fetched from: `name` (the scheme's own port) or `name:port`. `plain`: those of them that
    may be asked without TLS.
    """

    allowed: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()

    def allow(self, uri: str) -> bool:
        try:
            self.checked(uri)
        except Refused:
            return False
        return True

    def checked(self, uri: str) -> URL:
        """The address as it will be fetched. Raises Refused."""
        told = uri[:120]
        if len(uri) > MAX_URI_CHARS:
            raise Refused(f"a reference of {len(uri)} characters; at most {MAX_URI_CHARS} are fetched")
        if not uri.isascii() or "\\" in uri or any(letter <= " " or letter == "\x7f" for letter in uri):
            raise Refused(f"{told!r}: blanks, backslashes or other letters than ASCII in a reference")
        try:
            url = URL(uri)
            host, port = url.host, url.port
        except ValueError as error:
            raise Refused(f"{told!r} is no address: {error}") from None
        if url.scheme not in _PORTS or not host:
            raise Refused(f"{told!r}: only https references are fetched, not {url.scheme or 'none'}:")
        if url.user is not None or url.password is not None:
            raise Refused(f"{url.host}: a reference with a name or password in it is not fetched")
        names = {key(host, port, url.scheme), f"{_name(host)}:{port}"}
        host = _name(host)
        if not names & self.allowed:
            raise Refused(f"{host}:{port} is not among location.reference_hosts: not fetched")
        if url.scheme == "http" and not names & self.plain:
            raise Refused(
                f"{host}:{port}: http without TLS; allow it in location.plain_http_hosts, or use https"
            )
        return url.with_fragment(None)


def key(host: str, port: int | None, scheme: str) -> str:
    """A host as the configuration writes it: with its port unless that is the scheme's own."""
    name = _name(host)
    return name if port in (None, _PORTS.get(scheme)) else f"{name}:{port}"


def _name(host: str) -> str:
    name = host.lower().removesuffix(".")
    return f"[{name}]" if ":" in name else name


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str | None


@dataclass(slots=True)
class Fetcher:
    """One client for all of them; its connections are kept alive and closed by `close`.

    `tls`: by host, where a server wants our certificate or has its own authority.
    """

    clock: Clock
    hosts: Hosts
    connect_within_s: float = 3.0
    tls: Mapping[str, ssl.SSLContext] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    async def fetch(
        self,
        uri: str,
        *,
        within_s: float,
        post: bytes | None = None,
        content_type: str = "",
        accept: str = "",
    ) -> Answer:
        """GET, or POST where there is something to post. Raises LocatorFailed, in time."""
        url = self.hosts.checked(uri)
        try:
            return await within(self.clock, within_s, self._hops(url, post, content_type, accept))
        except TimeoutError:
            raise LocatorFailed(f"{url.host}:{url.port}: no answer within {within_s:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            words = tlsfault.told(error, over_tls=url.scheme == "https")
            raise LocatorFailed(f"{url.host}:{url.port}: {words}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _hops(self, url: URL, post: bytes | None, content_type: str, accept: str) -> Answer:
        for _ in range(MAX_HOPS + 1):
            headers = {"Accept": accept, "Accept-Encoding": "identity"}
            if post is not None:
                headers["Content-Type"] = content_type
            method = "GET" if post is None else "POST"
            async with self._client().request(
                method, url, data=post, headers=headers, allow_redirects=False, ssl=self._tls(url)
            ) as response:
                if response.status not in (301, 302, 303, 307, 308):
                    return Answer(response.status, await self._body(response), response.content_type)
                url = self._next(url, response.headers.get("Location", ""))
                if response.status == 303:
                    post = None
        raise LocatorFailed(f"{url.host}: more than {MAX_HOPS} redirects")

    def _next(self, url: URL, told: str) -> URL:
        """Where it is sent on to, checked as if it had come with the call."""
        if not told:
            raise LocatorFailed(f"{url.host}: a redirect that does not say where to")
        if not told.isascii() or "\\" in told or len(told) > MAX_URI_CHARS:
            raise Refused(f"{url.host}: a redirect to no address: {told[:80]!r}")
        try:
            target = url.join(URL(told))
        except ValueError:
            raise Refused(f"{url.host}: a redirect to no address: {told[:80]!r}") from None
        if url.scheme == "https" and target.scheme == "http":
            raise Refused(f"{url.host}: a redirect from https to http is not followed")
        return self.hosts.checked(str(target))

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        if response.headers.get("Content-Encoding", "identity") not in ("", "identity"):
            raise LocatorFailed(f"{response.url.host}: a compressed answer that was not asked for")
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise LocatorFailed(f"{response.url.host}: an answer of more than {MAX_BODY_BYTES} bytes")
        return bytes(body)

    def _tls(self, url: URL) -> ssl.SSLContext | bool:
        return self.tls.get(key(url.host or "", url.port, url.scheme), True)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.connect_within_s),
                trust_env=False,
                auto_decompress=False,
            )
        return self._session
