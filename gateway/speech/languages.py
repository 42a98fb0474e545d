"""Which models shall hear a leg: by its language, by a model's key, or several until they have decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The models of a listener. `model_ids`: key (DEFAULT, ACCURATE or a language tag) -> model_id."""

    model_ids: Mapping[str, str]
    default_language: str = ""
    """What the default model's card says it hears."""

    @property
    def others(self) -> dict[str, str]:
        """Language tag -> model_id, beside the default model."""
        return {key: name for key, name in self.model_ids.items() if key not in (DEFAULT, ACCURATE)}

    def keys(self, language: str, model: str = DEFAULT) -> tuple[str, ...]:
        """The models that hear; more than one: until one of them has won.

        A language that no model is for is heard with the default, and said so in the log; so is a second
        pass without a model of its own.
        """
        if model and model in self.model_ids:
            return (model,)
        if language == AUTO:
            return (DEFAULT, *self.others)
        main = language.split("-")[0]
        known = next((key for key in (language, main) if key in self.model_ids), DEFAULT)
        if language and not known and main != self._default_main:
            log.warning("no model for this language, the default one hears", language=language)
        return (known,)

    def review_keys(self, language: str) -> tuple[str, ...]:
        """The models of the second pass: the accurate one hears the default language alone."""
        keys = self.keys(language)
        return self.keys(language, ACCURATE) if keys[0] == DEFAULT else keys

    def there(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those that still exist; the default when none does."""
        return tuple(key for key in keys if key in self.model_ids) or (DEFAULT,)

    @property
    def _default_main(self) -> str:
        return self.default_language.split("-")[0]
