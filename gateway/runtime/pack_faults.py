"""What the health page says of rule packs."""

from __future__ import annotations

from gateway.runtime.health import Fault

FOLDER_DIFFERS = Fault(
    fault_zh="规则包文件夹与数据库中的规则不同，未自动采用",
    fault_en="the folder of rule packs differs from what the store has; it was not taken over",
    cure_zh="执行 intake110 rules diff --rules 查看，再用 intake110 rules import 建立草稿",
    cure_en="see intake110 rules diff --rules FOLDER, then make a draft of it: intake110 rules import",
)


def none_usable(reason: str) -> Fault:
    return Fault(
        fault_zh=f"没有可用的规则包，所有来电均判为不确定：{reason}",
        fault_en=f"no rule pack can be used, every verdict is unsure: {reason}",
        cure_zh="按提示改正规则包后重新启动，或导入可用的规则包",
        cure_en="mend the packs of the folder as told and start again",
    )


def another_judges(reason: str) -> Fault:
    return Fault(
        fault_zh=f"已启用的规则包无法使用，由先前可用的规则包研判：{reason}",
        fault_en=f"the active rule pack cannot be used, the last good one judges: {reason}",
        cure_zh="在规则工坊回退，或启用一个可用的草稿",
        cure_en="roll back, or activate a draft that can be used",
    )
