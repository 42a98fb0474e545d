"""A verdict in the names of a gold file: class, nature, address, people_injured and so on.

What `intake110 rules test` writes, as JSON or as one row of a CSV, and what is compared with a gold file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.triage.model import Assessment, Extracted

FURTHER = (
    "people", "vehicle", "suspect", "direction", "loss", "goods", "time", "name", "relationship", "children",
    "language",
)  # fmt: skip
"""Extracted fields that a gold file has not; each is written as the list of its values."""
COLUMNS = (
    *("id", "class", "category", "department", "priority"),
    *("address", "address_normalised", "people_injured", "weapon", "plates", "phones", "vetoes"),
    *FURTHER,
)
"""The columns of a CSV; several values of one field are joined by `;`."""


def written(name: str, one: Assessment) -> dict[str, Any]:
    """The verdict as one JSON object; `address.text` is as it was said."""
    values: dict[str, list[Extracted]] = {}
    for value in one.extracted:
        values.setdefault(value.field, []).append(value)
    places = sorted(values.get("address_text", ()), key=lambda value: -value.confidence)
    weapons = sorted(values.get("weapon", ()), key=lambda value: (-value.confidence, value.started_ms))
    injured = [int(value.value) for value in values.get("people_injured", ())]
    return {
        "id": name,
        "class": one.alarm_class.value,
        "nature": one.nature.value,
        "priority": one.priority,
        "department": one.department.value if one.department else None,
        "address": {
            "text": next((place.quote.strip("，,、 ") for place in places), None),
            "normalised": next((place.value for place in places), None),
        },
        "people_injured": max(injured, default=None),
        "weapon": next((weapon.value for weapon in weapons), None),
        "plates": _texts(values.get("plate", ())),
        "phones": _texts(values.get("phone", ())),
        "vetoes": [veto.code.value for veto in one.vetoes],
        **{field: _texts(values.get(field, ())) for field in FURTHER},
        "findings": [
            {
                "rule": found.rule_id,
                "quote": found.quote,
                "further": [passage.quote for passage in found.further],
                "weight": found.weight,
            }
            for found in one.findings
        ],
    }


def row(told: dict[str, Any]) -> list[str]:
    """What `written` gives as one row under COLUMNS."""
    flat = {
        **told,
        "category": told["nature"],
        "address": told["address"]["text"],
        "address_normalised": told["address"]["normalised"],
    }
    return [_cell(flat[column]) for column in COLUMNS]


def _texts(found: Sequence[Extracted]) -> list[str]:
    return list(dict.fromkeys(value.value for value in found))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(str(one) for one in value) if isinstance(value, list) else str(value)
