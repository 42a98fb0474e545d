"""What the configuration says of the dispatch core: whether anybody notices an alarm that it did not take."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.checks.line import Line, fail, ok, warn
from gateway.config import Config, ConfigError

NAME = "dispatch"


async def core(config: Config) -> AsyncIterator[Line]:
    try:
        key = config.dispatch.key()
    except ConfigError as error:
        yield fail(
            NAME, f"调度系统的密钥不能使用：{error}", f"the dispatch core's key cannot be used: {error}",
            "按提示改正 [dispatch]", "mend [dispatch] as told",
        )  # fmt: skip
        return
    within_s = config.dispatch.ack_within_s
    if within_s is None:
        yield warn(
            NAME, "未要求调度系统签收警情：一条警情没有送到，没有人会知道",
            "the dispatch core need not acknowledge an alarm: nobody would notice one that it did not take",
            "在 [dispatch] 写 ack_within_s = 15.0；没有调度系统的单位不必改",
            "write ack_within_s = 15.0 under [dispatch]; a site without a dispatch core leaves it",
        )  # fmt: skip
        return
    signed = ("，消息须带密钥", ", its messages carry a key") if key else ("", "")
    yield ok(
        NAME, f"每条警情须在 {within_s:g} 秒内签收{signed[0]}",
        f"each alarm must be acknowledged within {within_s:g} s{signed[1]}",
    )  # fmt: skip
