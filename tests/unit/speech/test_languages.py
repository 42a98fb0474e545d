"""Which models hear a leg."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.speech.languages import Languages

THREE = Languages(
    model_ids={"": "vosk:cn", "en": "vosk:en", "yue": "vosk:hk", "accurate": "vosk:large"},
    default_language="zh",
)


@pytest.mark.parametrize(
    ("language", "model", "keys"),
    [
        ("", "", ("",)),
        ("zh", "", ("",)),
        ("zh-CN", "", ("",)),
        ("en", "", ("en",)),
        ("en-GB", "", ("en",)),
        ("auto", "", ("", "en", "yue")),
        ("en", "accurate", ("accurate",)),
    ],
)
def test_language_or_model_names_who_hears(language: str, model: str, keys: tuple[str, ...]) -> None:
    with capture_logs() as logs:
        assert THREE.keys(language, model) == keys
    assert not logs


def test_language_without_a_model_is_heard_with_the_default_and_said_so() -> None:
    with capture_logs() as logs:
        assert THREE.keys("fr") == ("",)
    assert logs[0]["language"] == "fr"


def test_second_pass_without_a_model_of_its_own_keeps_the_language() -> None:
    two = Languages(model_ids={"": "vosk:cn", "en": "vosk:en"})
    assert two.keys("en", "accurate") == ("en",)


def test_with_one_model_there_is_nothing_to_decide() -> None:
    assert Languages(model_ids={"": "vosk:cn", "accurate": "vosk:large"}).keys("auto") == ("",)


def test_models_that_are_gone_after_a_restart_give_way_to_the_default() -> None:
    assert THREE.there(["", "en"]) == ("", "en")
    assert THREE.there(["fr"]) == ("",)
    assert THREE.others == {"en": "vosk:en", "yue": "vosk:hk"}
