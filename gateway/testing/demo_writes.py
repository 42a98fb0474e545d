"""What people write on the invented gateway's calls, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.testing.demo_hearing import Json
from gateway.testing.demo_places import asked_again, led_by, marked, taken_back
from gateway.testing.demo_scene import DemoCall, add_event, stamp

if TYPE_CHECKING:
    from gateway.testing.demo_api import DemoApi


def part_of(body: Json) -> str:
    return f"field:{body['data']['name']}" if "name" in body["data"] else "disposition"


def refusal(api: DemoApi, call: DemoCall, body: Json) -> tuple[str, str] | None:
    """(code, message) where somebody was first."""
    done = call.summary["finished"]
    if body["type"] == "FinishCall" and done:
        return "already_finished", f"已由他人办结，未再改动。办结人： {done['by']}"
    seen, wrote = body["expected_rev"], api.others.get((call.summary["call_id"], part_of(body)), -1)
    if seen is not None and wrote > seen:
        return "written_before", "这一项刚由他人填写，两者都在，请选一个。"
    return None


def colleague(api: DemoApi, call_id: str, name: str, value: str) -> None:
    """A colleague writes a field of a card."""
    call = api.calls[call_id]
    call.rev += 1
    api.others[call_id, f"field:{name}"] = call.rev
    put(api, call, name, value, "li")
    call.summary["rev"] = call.rev
    api.push("call", dict(call.summary))


def put(api: DemoApi, call: DemoCall, name: str, value: str, by: str) -> None:
    call.fields[name] = vouched(call.fields.get(name, []), value, by)
    fields = {name: call.fields[name]}
    api.push("card", {"call_id": call.summary["call_id"], "rev": call.rev, "fields": fields})


def vouched(values: list[Json], text: str, by: str) -> list[Json]:
    """A person's word leads; the machine's value it confirms keeps its evidence."""
    twin = next((v for v in values if v["value"] == text), None)
    empty = dict.fromkeys(("confidence", "speaker", "started_ms", "ended_ms", "segment_index"))
    first = {**(twin or {"value": text, "source": "person", **empty}), "confirmed_by": by}
    return [first, *(v for v in values if v["value"] != text and v["source"] != "person")]


def write(api: DemoApi, call: DemoCall, kind: str, data: Json) -> None:
    now = stamp(datetime.now(UTC))
    match kind:
        case "SetDisposition" | "FinishCall":
            decided = {"class": data["class"], "nature": data["nature"]}
            call.summary["disposition"] = decided
            if kind == "FinishCall":
                call.summary["finished"] = {"by": api.username, "at": now}
                put(api, call, "summary", data["note"], api.username)
            add_event(call, "DispositionSet", 0, {**decided, "by": "demo"})
        case "ReopenCall":
            call.summary["finished"] = None
        case "MarkAsked":
            call.summary["asked"] = [*call.summary["asked"], data["question"]]
        case "PassCard":
            call.summary["keeper"] = data["to"]
        case "RefreshLocation":
            call.where = asked_again(call.where, now)
        case "SetPosition":
            chosen = data.get("location_id")
            call.where = led_by(call.where, chosen) if chosen else marked(call.where, data, now, api.username)
        case "WithdrawPosition":
            call.where = taken_back(call.where, data["location_id"])
        case "LabelCall":
            api.quality.labelled[call.summary["call_id"]] = data
        case "OpenRecording":
            api.opened.add(call.summary["call_id"])
        case _:
            put(api, call, data["name"], data["value"], api.username)
