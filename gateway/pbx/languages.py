"""In which language a call of one PBX is heard: by its number or trunk, or by a key the caller pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagePlan:
    """Language tags. `by_line`: by the dialled number or the trunk's endpoint; the number decides first.
    `by_key`: one key of a telephone each."""

    by_line: Mapping[str, str] = field(default_factory=dict)
    by_key: Mapping[str, str] = field(default_factory=dict)

    def of_call(self, dialed: str | None, line: str) -> str | None:
        """The language a call begins with; None: nothing is said of its number or trunk."""
        return self.by_line.get(dialed or "") or self.by_line.get(endpoint_of(line))

    def of_key(self, key: str) -> str | None:
        """The language that a caller chooses with this key."""
        return self.by_key.get(key)


def endpoint_of(line: str) -> str:
    """`PJSIP/trunk-0000002a` came by the endpoint `trunk`."""
    return line.partition("/")[2].rpartition("-")[0]
