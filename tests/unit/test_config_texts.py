"""[texts.sender]: what a provider cannot be asked with is refused at the start, with the cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.config_texts import SenderConfig, ShareConfig, TextsConfig

GOOD: dict[str, Any] = {"url": "https://sms.example.cn/send", "secret_env": "SMS"}


def test_nothing_is_sent_without_a_section() -> None:
    assert TextsConfig().sender is None


def test_an_address_and_a_secret_are_enough() -> None:
    made = SenderConfig(**GOOD)
    assert made.fields == {"to": "{to}", "text": "{text}", "message_id": "{message_id}"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"url": "http://sms.example.cn/send"}, "plain_http"),
        ({"url": "https://user:pw@sms.example.cn/send"}, "without name or password"),
        ({"url": "sms.example.cn"}, "https://host/path"),
        ({"secret_env": None}, "secret_file"),
        ({"fields": {"to": "{to}"}}, "{text}"),
        ({"fields": {"to": "{to}", "text": ["{text}", {"x": "{who}"}]}}, "{who}"),
        ({"fields": {"to": "{to.__class__}", "text": "{text}"}}, "bare name"),
        ({"fields": {"to": "{to", "text": "{text}"}}, "doubled"),
    ],
)
def test_a_fault_says_how_to_mend_it(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told.replace("{", r"\{").replace("}", r"\}")):
        SenderConfig(**{**GOOD, **wrong})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"public_url": "http://110.example.cn"}, "https alone"),
        ({"public_url": "110.example.cn"}, "a phone can open"),
        ({"public_url": "https://110.example.cn?x=1"}, "a phone can open"),
        ({"valid_min": 0}, "greater than"),
        ({"text_zh": "打开 {url}"}, r"\{minutes\}"),
        ({"text_en": "{url} {minutes} {token}"}, "no other braces"),
    ],
)
def test_a_page_that_no_phone_could_use_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ShareConfig(**{"public_url": "https://110.example.cn", **wrong})


def test_a_public_address_ends_without_a_slash() -> None:
    assert ShareConfig(public_url="https://110.example.cn/").public_url == "https://110.example.cn"


def test_keys_of_providers_are_read_from_their_files(tmp_path: Path) -> None:
    file = tmp_path / "app.key"
    file.write_text("open sesame\n")
    file.chmod(0o600)
    assert TextsConfig(key_files={"police_app": file}).keys() == {"police_app": "open sesame"}
    with pytest.raises(ValidationError):
        TextsConfig(key_files={"Police App": file})
