"""Response plans: read as the gateway reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import Config
from gateway.desk.plans.plan_file import PlanError, read_plans
from gateway.runtime.plan_desk import texts

NAME = "plans"


async def plans(config: Config) -> AsyncIterator[Line]:
    folder = config.plans.folder
    try:
        found = await in_thread(lambda: read_plans(texts(folder)))
    except (OSError, UnicodeDecodeError, PlanError) as error:
        for told in str(error).splitlines():
            yield fail(
                NAME, f"预案 {folder} 不能使用：{told}", f"the plans in {folder} cannot be used: {told}",
                "按该行提示改正（conf/plans/README.md）；改正前网关沿用原有预案",
                "mend that line (conf/plans/README.md); until then the plans read before stay in use",
            )  # fmt: skip
        return
    if not found:
        yield warn(
            NAME, f"{folder} 中没有预案，不会提示任何预案", f"no plans in {folder}: none is suggested",
            "参照随附的 conf/plans 编写", "write some after the shipped conf/plans",
        )  # fmt: skip
        return
    by_hand = sum(1 for plan in found if not plan.suggest)
    yield ok(
        NAME, f"{folder} 的 {len(found)} 个预案已载入，其中 {by_hand} 个只能手动选择",
        f"{len(found)} plans of {folder} load, {by_hand} of them chosen by hand only",
    )  # fmt: skip
