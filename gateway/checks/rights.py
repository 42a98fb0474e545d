"""Whether the manager account may do what was just tried, and the cure."""

from __future__ import annotations

from gateway.checks.line import Line, fail, ok
from gateway.checks.talk import Talk
from gateway.pbx.account import WRITE_RIGHTS
from gateway.pbx.inventory import DENIED
from gateway.pbx.protocol import ActionAnswer


def right(name: str, talk: Talk, action: str, answer: ActionAnswer) -> Line:
    wanted = WRITE_RIGHTS.get(action, "call")
    line, user = f"{name}.right.{action}", talk.config.username
    if answer.ok:
        return ok(
            line,
            f"{action} 已执行（write 权限 {wanted}）",
            f"{action} was carried out (write right {wanted})",
        )
    if answer.message == DENIED:
        return fail(
            line,
            f"交换机拒绝 {action}",
            f"the PBX refuses {action}",
            f"在 manager.conf 的 [{user}] 的 write 中加 {wanted}，然后 manager reload",
            talk.config.cure_for_right(action),
        )
    return fail(
        line,
        f"{action} 未成功：{answer.message}",
        f"{action} failed: {answer.message}",
        "看 Asterisk 的日志",
        "look at Asterisk's log",
    )


def reading(name: str, talk: Talk, wanted: str, *, came: bool) -> Line:
    """Whether events of a class reach us."""
    line, user = f"{name}.read.{wanted}", talk.config.username
    if came:
        return ok(line, f"{wanted} 类事件会到达", f"events of class {wanted} arrive")
    return fail(
        line,
        f"{wanted} 类事件没有到达",
        f"no event of class {wanted} arrived",
        f"在 manager.conf 的 [{user}] 的 read 中加 {wanted}（agent、dtmf、cdr 也要），然后 manager reload",
        f"add `{wanted}` to `read` of [{user}] in manager.conf (agent, dtmf and cdr belong there too), "
        "then `manager reload`",
    )
