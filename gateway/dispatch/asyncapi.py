"""The written contract: JSON Schemas and an AsyncAPI 3.0 document, made from the catalogue and its types.

The files under `schemas/` are shipped; `stale` tells which of them no longer say what the types say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from gateway.dispatch import dispatch_contract, encode, order_contract, text_contract
from gateway.dispatch.catalogue import CATALOGUE, Entry, Level
from gateway.dispatch.dispatch_contract import DispatchReply, DispatchReport
from gateway.dispatch.examples import BY_NOUN, CALL_ID, SITE
from gateway.dispatch.forms import (
    AmlMessage,
    Announcement,
    CardState,
    GatewayStatus,
    ListenerStatus,
    MapMarker,
    PartialText,
)
from gateway.dispatch.order_contract import OrderAsked, OrderReply
from gateway.dispatch.text_contract import TextAnswer, TextIn, TextReply, TextReported
from gateway.journal.codec import from_text

FOLDER = Path(__file__).parent / "schemas"
CONTRACT_VERSION = "1.0.0"
DIALECT = "http://json-schema.org/draft-07/schema#"
"""What an AsyncAPI 3.0 schema object extends."""


EXAMPLES = {**order_contract.EXAMPLES, **dispatch_contract.EXAMPLES, **text_contract.EXAMPLES}
"""One for each message that is no event, where it has one."""

_INBOUND: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("AmlMessage", AmlMessage, "110/{site}/in/aml"),
    ("UnitMarker", MapMarker, "110/{site}/in/units"),
    ("CameraMarker", MapMarker, "110/{site}/in/cameras"),
    ("OrderAsked", OrderAsked, "110/{site}/in/orders"),
    ("DispatchReport", DispatchReport, "110/{site}/in/dispatch"),
    ("TextIn", TextIn, "110/{site}/in/texts"),
    ("TextReported", TextReported, "110/{site}/in/text-reports"),
)
"""What the gateway takes: name, form, address."""

_STATES: tuple[tuple[str, type[BaseModel], str, str, Mapping[str, Any]], ...] = (
    ("CardState", CardState, "110/{site}/calls/{callId}/card", "card", {"qos": 1, "retain": True}),
    (
        "Announcement",
        Announcement,
        "110/{site}/departments/{department}/announcements/{callId}",
        "announcement",
        {"qos": 1, "retain": True},
    ),
    (
        "GatewayStatus",
        GatewayStatus,
        "110/{site}/gateways/{gatewayId}/status",
        "status",
        {"qos": 1, "retain": True},
    ),
    (
        "ListenerStatus",
        ListenerStatus,
        "110/{site}/listeners/{listenerId}/status",
        "status",
        {"qos": 1, "retain": True},
    ),
    ("PartialText", PartialText, "110/{site}/calls/{callId}/partial/{speaker}", "partial", {"qos": 0}),
    ("OrderReply", OrderReply, "110/{site}/orders/{department}/replies", "replies", {"qos": 1}),
    ("DispatchReply", DispatchReply, "110/{site}/dispatch/replies", "replies", {"qos": 1}),
    ("TextReply", TextReply, "110/{site}/texts/replies", "replies", {"qos": 1}),
    (
        "TextAnswer",
        TextAnswer,
        "110/{site}/texts/{provider}/answers",
        "answers",
        {"qos": 1, "messageExpiryInterval": 900},
    ),
)
"""Messages that are no events: name, form, address, what they are called in operations, MQTT binding."""

_PARAMETERS = {
    "site": "Name of the site (110 centre).",
    "callId": "Id of the call, the same in every event of it.",
    "gatewayId": "Name of the gateway within its site.",
    "listenerId": "Name of a listener on another machine, within its site.",
    "speaker": "caller or call_taker.",
    "provider": "Name of a text provider or app, as in its messages.",
    "department": "Name of a department in the site's directory.",
}

_ENVELOPE: Mapping[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, structured JSON. `callseq` counts within the call, `siteseq` within the"
    " site, both without holes; `inferred`: learnt afterwards; `truncated`: a longer text was cut.",
    "required": [
        "specversion", "id", "source", "type", "time", "datacontenttype", "dataschema", "siteseq",
        "inferred", "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "format": "uri-reference", "pattern": "^/110/[a-z0-9_]+$"},
        "type": {"type": "string", "pattern": r"^org\.intake110\.[A-Za-z]+\.v[0-9]+$"},
        "time": {"type": "string", "format": "date-time", "pattern": "Z$"},
        "subject": {"type": "string", "minLength": 1, "description": "The call_id; none for the site."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "callseq": {"type": "integer", "minimum": 1},
        "siteseq": {"type": "integer", "minimum": 1},
        "inferred": {"type": "boolean"},
        "truncated": {"const": True},
        "data": {"type": "object"},
    },
    "dependencies": {"subject": ["callseq"], "callseq": ["subject"]},
}  # fmt: skip


# ---- JSON Schemas


def data_schema(entry: Entry) -> dict[str, Any]:
    """The JSON Schema of an event's `data`, on its own."""
    schema = TypeAdapter(entry.data).json_schema(mode="serialization", ref_template="#/definitions/{model}")
    return {"$schema": DIALECT, "$id": entry.schema_id, **_draft7(schema), "title": entry.noun}


def example(entry: Entry) -> dict[str, Any]:
    """One whole invented event, as it leaves."""
    address = ("call", CALL_ID) if entry.level is Level.CALL else ("hall", SITE)
    event = BY_NOUN[entry.noun]
    [row] = encode.outbox_rows([event], address, 6, 1041, event.occurred_at, site=SITE)
    envelope: dict[str, Any] = from_text(row.payload.decode())
    return envelope


def _draft7(schema: Any) -> Any:
    """Pydantic writes the 2020-12 dialect; fixed lists and definitions are called otherwise in draft 7."""
    if isinstance(schema, list):
        return [_draft7(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {"$defs": "definitions", "prefixItems": "items"}
    return {renamed.get(key, key): _draft7(value) for key, value in schema.items()}


# ---- AsyncAPI


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: every channel, message and schema of the gateway."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for entry in CATALOGUE:
        _add(channels, operations, entry.noun, _address(entry), entry.en, {"qos": 1, **_expiry(entry)})
        messages[entry.noun] = _event_message(entry)
    for name, model, address, _, binding in _STATES:
        _add(channels, operations, name, address, _first_paragraph(model), binding)
        messages[name] = _plain_message(name, model)
    for name, model, address in _INBOUND:
        _add(channels, operations, name, address, _first_paragraph(model), {"qos": 1}, action="receive")
        messages[name] = _plain_message(name, model)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:intake110:events",
        "info": _info(),
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {"host": "broker.example:8883", "protocol": "secure-mqtt", "protocolVersion": "5"}
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": _component_schemas()},
    }


def _info() -> dict[str, Any]:
    return {
        "title": "intake110 events",
        "version": CONTRACT_VERSION,
        "description": "What a 110 emergency-call intake gateway tells a dispatch core over MQTT 5. Delivery"
        " is at least once: the same `id` twice is the same event. The order is `siteseq` within a site and"
        " `callseq` within a call; a hole in either is a lost event. Machine findings are advice only.",
        "license": {"name": "Apache-2.0"},
    }


def _add(
    channels: dict[str, Any],
    operations: dict[str, Any],
    name: str,
    address: str,
    summary: str,
    binding: Mapping[str, Any],
    action: Literal["send", "receive"] = "send",
) -> None:
    channels[name] = {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {
            parameter: {"description": told}
            for parameter, told in _PARAMETERS.items()
            if f"{{{parameter}}}" in address
        },
    }
    operations[f"{action}{name}"] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "bindings": {"mqtt": {**binding, "bindingVersion": "0.2.0"}},
    }


def _plain_message(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """A message that is no event, with its example where it has one."""
    message: dict[str, Any] = {
        "name": name,
        "title": name,
        "contentType": encode.JSON_TYPE,
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
    }
    if (shown := EXAMPLES.get(model)) is not None:
        message["examples"] = [{"name": name, "payload": shown}]
    return message


def _event_message(entry: Entry) -> dict[str, Any]:
    own = {
        "type": {"const": entry.type},
        "dataschema": {"const": entry.schema_id},
        "data": {"$ref": f"#/components/schemas/{entry.data.__name__}"},
    }
    return {
        "name": entry.type,
        "title": entry.noun,
        "summary": entry.en,
        "description": entry.zh,
        "contentType": "application/cloudevents+json",
        "tags": [{"name": "NENA i3" if entry.i3 else "intake110"}],
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"type": "object", "properties": own}]
        },
        "examples": [{"name": entry.noun, "payload": example(entry)}],
    }


def _component_schemas() -> dict[str, Any]:
    types: list[type] = [*(entry.data for entry in CATALOGUE), *(model for _, model, *_ in _STATES)]
    types += dict.fromkeys(model for _, model, _ in _INBOUND)
    _, schema = TypeAdapter.json_schemas(
        [(cls, "serialization", TypeAdapter(cls)) for cls in types],
        ref_template="#/components/schemas/{model}",
    )
    return {"CloudEvent": dict(_ENVELOPE), **_draft7(schema["$defs"])}


def _address(entry: Entry) -> str:
    if entry.level is Level.CALL:
        return f"110/{{site}}/calls/{{callId}}/events/{entry.name}"
    if entry.level is Level.DEPARTMENT:
        return f"110/{{site}}/orders/{{department}}/events/{entry.name}"
    return f"110/{{site}}/events/{entry.name}"


def _expiry(entry: Entry) -> Mapping[str, Any]:
    return {} if entry.expiry_s is None else {"messageExpiryInterval": entry.expiry_s}


def _first_paragraph(model: type) -> str:
    return " ".join((model.__doc__ or "").partition("\n\n")[0].split())


# ---- the shipped files


def files() -> dict[str, str]:
    """File name to text of everything that is shipped."""
    made = {f"{entry.name}.json": data_schema(entry) for entry in CATALOGUE}
    made["cloudevent.json"] = {"$schema": DIALECT, "$id": "urn:intake110:schema:CloudEvent:v1", **_ENVELOPE}
    made["asyncapi.json"] = document()
    return {name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for name, schema in made.items()}


def stale(folder: Path = FOLDER) -> list[str]:
    """Names of shipped files that are missing, outdated or no longer made."""
    made = files()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def write(folder: Path = FOLDER) -> list[str]:
    """Bring the shipped files up to date; gives the names of those that changed."""
    changed = stale(folder)
    made = files()
    folder.mkdir(exist_ok=True)
    for name in changed:
        if name in made:
            (folder / name).write_text(made[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed
