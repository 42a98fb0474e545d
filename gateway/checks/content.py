"""Rule packs and speech models: each is loaded as the gateway would load it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

from gateway.checks.line import Family, Line, fail, ok, warn
from gateway.checks.packs import active_pack
from gateway.checks.runner import in_thread
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.speech.models import ModelCard, ModelError, check
from gateway.speech.models.trial import try_out
from gateway.speech.recognizer import RecognizerError
from gateway.triage import classifier
from gateway.triage.engine import Triage
from gateway.triage.problem import RulePackError

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
            f"规则包不能使用：{error.zh if isinstance(error, RulePackError) else error}",
            f"the rule packs cannot be used: {error}",
            "按提示改正该文件，再执行 intake110 rules check",
            "mend that file as told, then: intake110 rules check",
        )
        if (stored := await active_pack(config)) is not None:
            yield stored
        return
    count = len(triage.rules.rules)
    yield ok(
        "rules",
        f"{folder} 的 {count} 条规则和安全否决词表已载入",
        f"{count} rules and the safety veto lists of {folder} load",
    )
    if (stored := await active_pack(config)) is not None:
        yield stored
    if (model_folder := config.triage.second_opinion) is not None:
        yield await in_thread(lambda: _second_opinion(model_folder))


def _second_opinion(folder: Path) -> Line:
    try:
        model = classifier.load(folder)
    except classifier.ModelFileError as error:
        return warn(
            "rules", f"第二意见模型不可用，仅由规则研判：{error.path}：{error.what}",
            f"the model of the second opinion cannot be used, rules judge alone: {error.path}: {error.what}",
            "用 intake110 rules train 重新训练，或从 gateway.toml 中去掉", error.cure,
        )  # fmt: skip
    told = model.card["examples"]
    return ok(
        "rules", f"第二意见模型 {model.name} 已载入，由 {told['learnt']} 个来电训练",
        f"the second opinion {model.name} loads, taught with {told['learnt']} calls",
    )  # fmt: skip


def models(config: Config, *, engine: str = ENGINE) -> Iterator[Family]:
    """One for each configured model: the default one ("model"), those of other languages ("model.en"), the
    accurate one ("model.accurate"). The listener goes on without any but the default one."""
    speech = config.speech
    if not speech.enabled:
        yield Family(name="model", run=_switched_off)
        return
    yield Family(name="model", run=partial(model, "model", speech.model, "speech.model", engine=engine))
    for tag, folder in speech.languages.items():
        key = f"speech.languages.{tag}"
        yield Family(name=f"model.{tag}", run=partial(model, f"model.{tag}", folder, key, engine=engine))
    if speech.accurate_model is not None:
        key, folder = "speech.accurate_model", speech.accurate_model
        yield Family(name="model.accurate", run=partial(model, "model.accurate", folder, key, engine=engine))


async def _switched_off() -> AsyncIterator[Line]:
    yield warn(
        "model",
        "语音识别已关闭：没有文字，研判为不确定",
        "speech is switched off: no text, and every verdict is unsure",
        "设 speech.enabled = true",
        "set speech.enabled = true",
    )


async def model(
    name: str, folder: Path, key: str, *, engine: str = ENGINE, within_s: float = LOAD_WITHIN_S
) -> AsyncIterator[Line]:
    """Files first, then loaded in a child process: a broken model may end the process that loads it.
    `key`: what it is called in gateway.toml."""
    try:
        card = await in_thread(lambda: check(folder))
    except ModelError as error:
        for fault in str(error).splitlines():
            yield fail(
                name,
                f"语音模型不能使用：{fault}",
                f"the speech model cannot be used: {fault}",
                f"重新解压模型，或改 {key}",
                f"unpack the model again, or change {key}",
            )
        return
    fault_told = await _load(card, engine, within_s)
    if fault_told is None:
        yield _loaded(name, card)
    else:
        yield fail(
            name,
            f"{card.name} 不能载入：{fault_told}",
            f"{card.name} does not load: {fault_told}",
            f"换一个模型（{key}），或检查内存",
            f"use another model ({key}), or look at the memory",
        )


def _loaded(name: str, card: ModelCard) -> Line:
    if card.synthetic_only:
        return warn(
            name,
            f"{card.name} 已载入，但它是演示模型，只听得懂合成语音",
            f"{card.name} loads, but it is the demonstration model and hears synthetic voices only",
            "正式使用前换成真实的模型（asr_models/README.md）",
            "before real use put a real model in its place (asr_models/README.md)",
        )
    if not card.takes_telephone_rate:
        return ok(
            name,
            f"{card.name} 已载入（{card.sample_rate_hz} Hz，电话声先重采样）",
            f"{card.name} loads ({card.sample_rate_hz} Hz: telephone sound is resampled)",
        )
    return ok(name, f"{card.name} 已载入", f"{card.name} loads")


async def _load(card: ModelCard, engine: str, within_s: float) -> str | None:
    """None when it can be loaded; else why not."""
    try:
        await try_out(card.folder, clock=SystemClock(), engine=engine, within_s=within_s)
    except RecognizerError as error:
        return str(error)
    return None
