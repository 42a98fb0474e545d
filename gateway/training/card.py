"""What a finished model says of itself: CARD.toml and README beside its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.training.notices import NOTICES
from gateway.training.plan import Size

HEARD = {
    "zh": "espeak-ng's voice cmn-latn-pinyin and its variants",
    "en": "espeak-ng's voices en-us, en (British) and en-gb-x-rp and their variants",
}
WARNING_ZH = "演示模型：只用合成语音（espeak-ng）训练，听不懂真人说话。真实接警前必须换成正式模型。"
WARNING_EN = (
    "Demonstration model: trained on synthetic speech (espeak-ng) alone, it does not understand people. "
    "Replace it before any real call."
)
LOCALE = {"zh": "zh-CN", "en": "en"}
UNIT = {"zh": "character errors", "en": "word errors"}
WORDS_FROM = {
    "zh": "words and frequencies of jieba's dictionary (MIT), read by pypinyin (MIT)",
    "en": "word lists of SCOWL (Kevin Atkinson and others; free to use, change and sell with its notice)",
}


@dataclass(frozen=True, slots=True)
class Card:
    """Name, size and the figures of each step."""

    name: str
    size: Size
    report: dict[str, dict[str, Any]]

    def tested(self) -> str:
        """How it was tested, in a sentence."""
        exam, language = self.report["exam"], self.size.language
        free = f", {exam['free']['error_percent']} % on held-out free text" if "free" in exam else ""
        return (
            f"{UNIT[language]}: {exam['patterns']['error_percent']} % on {self.size.exam} sentences "
            f"of held-out patterns{free}, spoken by synthetic voices never trained on, telephone band, "
            "noise 6 to 35 dB below the voice"
        )

    def made_of(self) -> str:
        """What went in, in a sentence."""
        speech, wording = self.report["speech"], self.report["wording"]
        return (
            f"{speech['hours']} hours of {HEARD[self.size.language]}; {wording['lines']} lines of the "
            f"project's own text and its patterns (asr_models/text); {WORDS_FROM[self.size.language]}. "
            "espeak-ng (GPL-3.0) is a tool: its sound is not covered by its licence and is not kept"
        )

    def toml(self) -> str:
        """CARD.toml."""
        entries = {
            "name": self.name,
            "language": LOCALE[self.size.language],
            "sample_rate_hz": 8000,
            "synthetic_only": True,
            "zh": WARNING_ZH,
            "en": WARNING_EN,
            "tested": self.tested(),
            "made_of": self.made_of(),
            "made_by": f"scripts/train_demo_model --language {self.size.language} --seed {self.size.seed}",
            "seed": self.size.seed,
        }
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
        title = "# What this model is, read by `intake110 models list` and shown on the pages."
        return "\n".join([title, *lines]) + "\n"

    def readme(self) -> str:
        """README, for whoever finds the folder."""
        graph = self.report["graph"]
        return (
            f"{self.name}: {WARNING_EN}\n{WARNING_ZH}\n\n"
            f"Made by scripts/train_demo_model --language {self.size.language} --seed {self.size.seed} from\n"
            f"{self.made_of()}.\n\n"
            f"Tested: {self.tested()}.\nHuman voices: not measured; expect near-random words.\n\n"
            f"8 kHz; {graph['words']} words and [unk]; dynamic graph (HCLr + Gr), run-time grammars work.\n"
            "For real calls install an official model: asr_models/README.md says how.\n"
        )


def write_card(folder: Path, card: Card) -> None:
    """CARD.toml, README and the notices of others' words into the model's folder."""
    (folder / "CARD.toml").write_text(card.toml(), encoding="utf-8")
    (folder / "README").write_text(card.readme(), encoding="utf-8")
    (folder / "NOTICE").write_text(NOTICES[card.size.language], encoding="utf-8")
