"""The sender of texts, and the page that callers are sent a link to: whether both answer. No text is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from gateway import settings
from gateway.checks.line import Line, fail, ok, warn
from gateway.clock import Clock, within
from gateway.config import Config, ConfigError

NAME = "texts"
PAGE_WITHIN_S = 5.0


async def texts(config: Config, clock: Clock) -> AsyncIterator[Line]:
    async for line in _page(config, clock):
        yield line
    told = config.texts.sender
    if told is None:
        yield ok(
            f"{NAME}.sender", "未配置短信通道：不能向来电人发送链接",
            "no sender of texts is configured: callers cannot be sent a link",
        )  # fmt: skip
        return
    try:
        sender = settings.text_sender(config, clock)
        told.secret()
    except ConfigError as error:
        yield fail(
            f"{NAME}.sender", f"短信通道不能使用：{error}", f"the sender cannot be used: {error}",
            "按提示改正 [texts.sender]", "mend [texts.sender] as told",
        )  # fmt: skip
        return
    if sender is None:
        return
    try:
        status = await within(clock, told.within_s, sender.answers())
    except (OSError, aiohttp.ClientError, TimeoutError) as error:
        yield fail(
            f"{NAME}.sender", f"短信通道不应答：{error or type(error).__name__}",
            f"the sender does not answer: {error or type(error).__name__}",
            "检查地址、端口、证书和防火墙，或问对方",
            "look at its address, port, certificate and the firewall, or ask the provider",
        )  # fmt: skip
        return
    finally:
        await sender.close()
    yield ok(
        f"{NAME}.sender", f"短信通道应答（HTTP {status}）；没有发送短信，密钥未经对方验证",
        f"the sender answers (HTTP {status}); no text was sent, so the secret is not proved",
    )  # fmt: skip
    if told.plain_http:
        yield warn(
            f"{NAME}.tls", "短信内容不加密传送", "texts and their secret go out without TLS",
            "使用 https 地址", "use an https address",
        )  # fmt: skip


async def _page(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """The page as a phone reaches it: by its public address, through whatever stands in front."""
    share, name = config.texts.share, f"{NAME}.share"
    if share is None:
        return
    if config.texts.sender is None:
        yield warn(
            name, "已配置来电人页面，但没有短信通道：不能发送链接",
            "a page for callers is configured, but no sender of texts: no link is sent",
            "配置 [texts.sender]", "configure [texts.sender]",
        )  # fmt: skip
    url = f"{share.public_url}/s/style.css"
    try:
        status, kind = await within(clock, PAGE_WITHIN_S, _look(url))
    except (OSError, aiohttp.ClientError, TimeoutError) as error:
        status, kind = 0, str(error) or type(error).__name__
    if (status, kind) == (200, "text/css"):
        yield ok(
            name,
            f"来电人页面可由 {share.public_url} 打开",
            f"the callers' page answers at {share.public_url}",
        )
        return
    yield warn(
        name, f"来电人页面不能由 {share.public_url} 打开（{status or kind}）",
        f"the callers' page does not answer at {share.public_url} ({status or kind})",
        "网关须在运行；检查 TLS 代理是否放行 /s/（conf/proxy/callers.conf）与域名解析",
        "the gateway must run; look whether the TLS proxy lets /s/ through (conf/proxy/callers.conf)",
    )  # fmt: skip


async def _look(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
        return answer.status, answer.content_type
