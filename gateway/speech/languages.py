"""Which models shall hear a leg: by its language, by a model's key, or several until they have decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

DEFAULT = ""
"""The key of the model that hears when nothing else is asked for."""
ACCURATE = "accurate"
"""The key of the model for the second pass over a whole recording."""
AUTO = "auto"
"""The language that is decided by listening."""
TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
"""A language tag (BCP 47) as configuration and messages write it: en, zh, yue, en-GB."""


class NoModel(Exception):
    """No model here can write this down: the message says which one is missing, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The models of a listener. `model_ids`: key (DEFAULT, ACCURATE or a language tag) -> model_id."""

    model_ids: Mapping[str, str]
    default_language: str = ""
    """What the default model's card says it hears."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Key -> why that model, though configured, cannot be used."""

    @property
    def others(self) -> dict[str, str]:
        """Language tag -> model_id, beside the default model."""
        return {key: name for key, name in self.model_ids.items() if key not in (DEFAULT, ACCURATE)}

    def keys(self, language: str, model: str = DEFAULT) -> tuple[str, ...]:
        """The models that hear; more than one: until one of them has won.

        A language that no model is for is heard with the default, and said so: it may be spoken otherwise
        than announced, and words that frighten count whoever wrote them. `lacking` tells that they are in
        doubt.
        """
        if model and model in self.model_ids:
            return (model,)
        if language == AUTO:
            return (DEFAULT, *self.others)
        main = _main(language)
        known = self._own(language)
        if language and not known and main != self._default_main:
            log.warning("no model for this language, the default one hears", language=language)
        return (known,)

    def lacking(self, language: str) -> str | None:
        """Why words of this language cannot be written down here, None: they can. A default model that does
        not tell its language is believed to hear whatever has no model of its own."""
        if not language or language == AUTO or self._own(language) != DEFAULT:
            return None
        for key in (language, _main(language)):
            if key in self.left_out:
                return f"the model for {key} is left out: {self.left_out[key]}"
        if self.default_language and _main(language) != self._default_main:
            return f"there is no model for {language}"
        return None

    def fill_keys(self, language: str, model: str = DEFAULT) -> tuple[str, ...]:
        """The models that fill a gap from a recording. Raises NoModel: other words fill no gap."""
        if (lacks := self.lacking(language)) is not None:
            raise NoModel(lacks)
        return self.keys(language, model)

    def review_keys(self, language: str) -> tuple[str, ...]:
        """The models of the second pass: the accurate one hears the default language alone. Raises NoModel:
        the model that heard it live would hear the same."""
        keys = self.fill_keys(language)
        if keys[0] != DEFAULT:
            return keys
        if ACCURATE in self.left_out:
            raise NoModel(f"the accurate model is left out: {self.left_out[ACCURATE]}")
        if ACCURATE not in self.model_ids:
            raise NoModel("this listener has no accurate model (speech.accurate_model)")
        return (ACCURATE,)

    def there(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those that still exist; the default when none does."""
        return tuple(key for key in keys if key in self.model_ids) or (DEFAULT,)

    def _own(self, language: str) -> str:
        """The key of this language's own model, else DEFAULT."""
        return next((key for key in (language, _main(language)) if key in self.model_ids), DEFAULT)

    @property
    def _default_main(self) -> str:
        return _main(self.default_language)


def _main(language: str) -> str:
    return language.split("-")[0]
