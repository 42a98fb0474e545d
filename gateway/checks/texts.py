"""The sender of texts: its secret, and whether it answers. No text is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from gateway import settings
from gateway.checks.line import Line, fail, ok, warn
from gateway.clock import Clock, within
from gateway.config import Config, ConfigError

NAME = "texts"


async def texts(config: Config, clock: Clock) -> AsyncIterator[Line]:
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
