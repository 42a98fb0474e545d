"""Which models hear a leg."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.speech.languages import Languages, NoModel

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


@pytest.mark.parametrize(
    ("language", "default", "lacking"),
    [
        ("", "zh", None),
        ("auto", "zh", None),
        ("zh-CN", "zh", None),
        ("yue", "zh", None),
        ("en-GB", "zh", "the model for en is left out: cut short"),
        ("en", "", "the model for en is left out: cut short"),
        ("fr", "zh", "there is no model for fr"),
        ("fr", "", None),
    ],
)
def test_a_language_lacks_its_model_when_that_is_left_out_or_the_default_is_known_to_hear_another(
    language: str, default: str, lacking: str | None
) -> None:
    some = Languages(
        model_ids={"": "vosk:a", "yue": "vosk:hk"}, default_language=default, left_out={"en": "cut short"}
    )
    assert some.lacking(language) == lacking


def test_the_second_pass_needs_the_accurate_model_or_the_languages_own() -> None:
    assert THREE.review_keys("") == ("accurate",)
    assert THREE.review_keys("en") == ("en",)
    with pytest.raises(NoModel, match="no accurate model"):
        Languages(model_ids={"": "vosk:cn"}).review_keys("")
    with pytest.raises(NoModel, match="accurate model is left out: gone"):
        Languages(model_ids={"": "vosk:cn"}, left_out={"accurate": "gone"}).review_keys("")
