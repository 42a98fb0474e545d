"""Rule packs and the speech model: each is loaded as the gateway would load it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.speech.models import ModelCard, ModelError, check
from gateway.speech.models.trial import try_out
from gateway.speech.recognizer import RecognizerError
from gateway.triage.engine import Triage
from gateway.triage.packfile import RulePackError

LOAD_WITHIN_S = 15.0
"""A model on a slow disk takes long; the gateway itself waits longer than this check."""
ENGINE = "gateway.speech.vosk_worker"


async def rules(config: Config) -> AsyncIterator[Line]:
    folder = config.triage.rules
    try:
        triage = await in_thread(lambda: Triage.load(folder))
    except (RulePackError, OSError) as error:
        yield fail(
            "rules",
            f"规则包不能使用：{error}",
            f"the rule packs cannot be used: {error}",
            "按提示改正该文件，再执行 intake110 rules check",
            "mend that file as told, then: intake110 rules check",
        )
        return
    count = len(triage.rules.rules)
    yield ok(
        "rules",
        f"{folder} 的 {count} 条规则和安全否决词表已载入",
        f"{count} rules and the safety veto lists of {folder} load",
    )


async def model(
    config: Config, *, engine: str = ENGINE, within_s: float = LOAD_WITHIN_S
) -> AsyncIterator[Line]:
    """Files first, then loaded in a child process: a broken model may end the process that loads it."""
    if not config.speech.enabled:
        yield warn(
            "model",
            "语音识别已关闭：没有文字，研判为不确定",
            "speech is switched off: no text, and every verdict is unsure",
            "设 speech.enabled = true",
            "set speech.enabled = true",
        )
        return
    try:
        card = await in_thread(lambda: check(config.speech.model))
    except ModelError as error:
        for fault in str(error).splitlines():
            yield fail(
                "model",
                f"语音模型不能使用：{fault}",
                f"the speech model cannot be used: {fault}",
                "重新解压模型，或改 speech.model",
                "unpack the model again, or change speech.model",
            )
        return
    fault_told = await _load(card, engine, within_s)
    if fault_told is None:
        yield _loaded(card)
    else:
        yield fail(
            "model",
            f"{card.name} 不能载入：{fault_told}",
            f"{card.name} does not load: {fault_told}",
            "换一个模型，或检查内存",
            "use another model, or look at the memory",
        )


def _loaded(card: ModelCard) -> Line:
    if card.synthetic_only:
        return warn(
            "model",
            f"{card.name} 已载入，但它是演示模型，只听得懂合成语音",
            f"{card.name} loads, but it is the demonstration model and hears synthetic voices only",
            "正式使用前换成真实的中文模型（asr_models/README.md）",
            "before real use put a real Chinese model in its place (asr_models/README.md)",
        )
    if not card.takes_telephone_rate:
        return ok(
            "model",
            f"{card.name} 已载入（{card.sample_rate_hz} Hz，电话声先重采样）",
            f"{card.name} loads ({card.sample_rate_hz} Hz: telephone sound is resampled)",
        )
    return ok("model", f"{card.name} 已载入", f"{card.name} loads")


async def _load(card: ModelCard, engine: str, within_s: float) -> str | None:
    """None when it can be loaded; else why not."""
    try:
        await try_out(card.folder, clock=SystemClock(), engine=engine, within_s=within_s)
    except RecognizerError as error:
        return str(error)
    return None
