"""The rule workshop of the invented gateway: real rulebook and real triage on a small pack, in memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.calls.requests import Refused
from gateway.desk.board import assessment_json
from gateway.journal.codec import encode
from gateway.rulebook import signals
from gateway.rulebook.content import changed_files, content_of, taken_over
from gateway.rulebook.model import BackTest, Content, Rulebook
from gateway.rulebook.reducer import owed, reduce
from gateway.speech.model import Leg
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp
from gateway.triage.engine import Triage, problems, read_sources
from gateway.triage.model import AlarmClass, Assessment, Context, Utterance, VetoCode
from gateway.triage.problem import RulePackError
from gateway.web.roles import Permission
from gateway.web.rulebook import draft_json, pack_json

Sources = Mapping[str, bytes]
PACK = Path(__file__).with_name("demo_pack")
VETO_TEXTS: Mapping[VetoCode, tuple[str, ...]] = {
    VetoCode.WEAPON: ("有人拿刀冲过来", "他持刀"),
    VetoCode.INJURY: ("我受伤了",),
    VetoCode.FIRE: ("楼下着火了",),
    VetoCode.CHILD: ("孩子不见了",),
    VetoCode.SUICIDE: ("他不想活了",),
    VetoCode.CONFINED: ("我被锁在车里",),
    VetoCode.CANNOT_SPEAK: ("我不方便说话",),
    VetoCode.THREAT_TO_LIFE: ("救命",),
}
ALARMS = ("我的手机被偷了", "楼上太吵了睡不着", "两辆车追尾了", "家里进了小偷")
OTHERS = ("路灯坏了好几天", "老板拖欠工资三个月", "小区停水了", "不好意思打错了")
"""The invented site's own corpus."""


@cache
def shipped() -> dict[str, bytes]:
    return read_sources(PACK)


class DemoRules:
    """One invented site's rulebook. `slow`: back-tests wait until a test calls `finish_tests`."""

    def __init__(self, calls: dict[str, DemoCall], reader: Callable[[], tuple[str, list[str]]]) -> None:
        """`reader`: name and permissions of whoever sits at the pages."""
        self.calls, self.reader = calls, reader
        self.packs: dict[str, dict[str, bytes]] = {}
        self.reports: dict[str, Json] = {}
        self.told: list[Json] = []
        self.book = Rulebook(site="demo")
        self.slow = False
        self._take(signals.PackSeeded(site="demo", at=datetime.now(UTC), content=self._keep(shipped())))

    def routes(self) -> list[web.RouteDef]:
        rules = "/api/v1/rules"
        return [
            web.get(rules, self._book),
            web.get(rules + "/packs/{pack}", self._pack),
            web.get(rules + "/packs/{pack}/file", self._file),
            web.get(rules + "/packs/{pack}/tree", self._tree),
            web.post(rules + "/validate", self._validate),
            web.post(rules + "/try", self._try),
            web.post(rules + "/requests", self._request),
            web.get(rules + "/drafts/{id}/backtest", self._backtest),
            web.get(rules + "/drafts/{id}/shadow", self._shadow),
            web.get(rules + "/history", self._history),
        ]

    def write_as(self, who: str, file: str, before: str, after: str) -> None:
        """Somebody at another desk changes the newest draft."""
        draft = self.book.drafts[-1]
        files = dict(self.packs[draft.content.hash])
        files[file] = files[file].decode().replace(before, after).encode()
        self._ask(
            signals.EditDraft,
            who,
            draft_id=draft.draft_id,
            base=draft.base,
            content=self._keep(files),
            changed=changed_files(self.packs[draft.base], files),
        )

    def finish_tests(self) -> None:
        for run in owed(self.book):
            report = self._report(self.packs[run.base], self.packs[run.hash])
            summary = BackTest(
                run_id=run.run_id,
                hash=run.hash,
                base=run.base,
                at=datetime.now(UTC),
                by=run.by,
                **report.pop("figures"),
            )
            self.reports[run.draft_id] = {**report, "summary": encode(summary)}
            now = datetime.now(UTC)
            self._take(signals.BackTested(site="demo", at=now, draft_id=run.draft_id, summary=summary))

    def _keep(self, sources: Sources) -> Content:
        content = content_of(sources)
        self.packs[content.hash] = dict(sources)
        return content

    def _take(self, signal: signals.RulebookSignal) -> Any:
        outcome = reduce(self.book, signal)
        self.book = outcome.state
        if not isinstance(outcome.answer, Refused):
            data = encode(signal)
            self.told.append({
                "seq": len(self.told) + 1, "at": stamp(signal.at), "type": type(signal).__name__,
                "actor": data.get("actor"), "draft_id": data.get("draft_id"), "data": data,
            })  # fmt: skip
        return outcome.answer

    def _ask(self, kind: Any, who: str, **data: Any) -> Any:
        request_id = f"r{len(self.told)}"
        return self._take(kind(site="demo", at=datetime.now(UTC), request_id=request_id, actor=who, **data))

    # ---- what pages read

    async def _book(self, request: web.Request) -> web.Response:
        book, (who, may), now = self.book, self.reader(), datetime.now(UTC)
        permissions = frozenset(Permission(name) for name in may)
        drafts = [draft_json(book, one, who, permissions, now, lambda run_id: 0.4) for one in book.drafts]
        refused = None if Permission.APPROVE_RULES in permissions else "forbidden"
        refused = refused or (None if book.previous else "no_previous")
        return web.json_response({
            "rev": book.rev, "active": pack_json(book.active), "previous": pack_json(book.previous),
            "running": _active(book), "stack": [pack_json(one) for one in book.stack], "drafts": drafts,
            "shadow": book.shadow.draft_id if book.shadow else None, "fault": None,
            "folder": {"hash": book.folder, "differs": False},
            "roll_back": {"type": "RollBack", "refused": refused, "text": None},
        })  # fmt: skip

    async def _pack(self, request: web.Request) -> web.Response:
        name = request.match_info["pack"]
        files = [{"name": file, "size_bytes": len(text)} for file, text in self.packs[name].items()]
        return web.json_response({"hash": name, "files": files})

    async def _file(self, request: web.Request) -> web.Response:
        name, file = request.match_info["pack"], request.query["name"]
        return web.json_response({"name": file, "hash": name, "text": self.packs[name][file].decode()})

    async def _tree(self, request: web.Request) -> web.Response:
        triage = Triage.build(self.packs[request.match_info["pack"]])
        rules = [
            {"id": one.rule.id, "fired": 97 // (place + 1)} for place, one in enumerate(triage.rules.rules)
        ]
        return web.json_response({"rules": rules})

    async def _validate(self, request: web.Request) -> web.Response:
        found = problems(await self._written(request, "base"))
        return web.json_response({"problems": [encode(one) for one in found]})

    async def _written(self, request: web.Request, name: str) -> dict[str, bytes]:
        body = await request.json()
        return self.packs[body[name]] | {file: text.encode() for file, text in body["files"].items()}

    async def _try(self, request: web.Request) -> web.Response:
        body, sources = await request.json(), await self._written(request, "pack")
        try:
            draft = Triage.build(sources)
        except RulePackError as error:
            return _refused(Refused(code="unusable_pack", text=str(error)))
        said = _utterances(self._said(body))
        same = content_of(sources).hash == _active(self.book)
        active = None if same else Triage.build(self.packs[_active(self.book)]).assess(said, Context())
        found = draft.assess(said, Context())
        return web.json_response({
            "hash": content_of(sources).hash, "utterances": [encode(one) for one in said],
            "assessment": assessment_json(found), "active": assessment_json(active) if active else None,
            "flipped": active is not None and _said(active) != _said(found), "took_ms": 0.5,
        })  # fmt: skip

    def _said(self, body: Json) -> list[tuple[str, str]]:
        turns = self.calls[body["call_id"]].segments if "call_id" in body else body["turns"]
        return [(turn["speaker"], turn["text"]) for turn in turns]

    async def _history(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self.told[::-1], "next": None})

    async def _backtest(self, request: web.Request) -> web.Response:
        return web.json_response(self.reports[request.match_info["id"]])

    async def _shadow(self, request: web.Request) -> web.Response:
        draft = self.book.draft(request.match_info["id"])
        assert draft is not None
        report = self._report(self.packs[draft.base], self.packs[draft.content.hash], calls_only=True)
        flips, calls = report["flips"], report["figures"]["calls"]
        to = [tuple(flip[side]["class"] == "valid_alarm" for side in ("old", "new")) for flip in flips]
        return web.json_response({
            "since": stamp(draft.shadow_since) if draft.shadow_since else None, "calls": calls,
            "same": calls - len(flips), "more_alarms": to.count((False, True)),
            "fewer_alarms": to.count((True, False)), "classes": report["pairs"], "flips": flips,
        })  # fmt: skip

    # ---- what people ask

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.json()
        data, kind = body["data"], getattr(signals, body["type"])
        if body["type"] in ("OpenDraft", "EditDraft"):
            draft = self.book.draft(data["draft_id"])
            if draft is not None and data.pop("expected_hash", None) not in (None, draft.content.hash):
                return _refused(Refused(code="stale_rev", text="这份草稿刚被别人改过"))
            base = draft.base if draft else data.pop("origin")
            own = self.packs[draft.content.hash if draft else base]
            if data.pop("take_over", False):
                own, _ = taken_over(self.packs[base], own, self.packs[_active(self.book)])
                base = _active(self.book)
            files = {name: text.encode() for name, text in data.pop("files", {}).items()}
            written = {**own, **files}
            changed = changed_files(self.packs[base], written)
            data |= {"base": base, "content": self._keep(written), "changed": changed}
        answer = self._ask(kind, self.reader()[0], **data)
        if isinstance(answer, Refused):
            return _refused(answer)
        if not self.slow:
            self.finish_tests()
        told = {"rev": answer.rev, "draft_id": data.get("draft_id"), "hash": None, "conflicts": []}
        return web.json_response({"outcome": "accepted", **told})

    # ---- a small back-test

    def _report(self, base: Sources, draft: Sources, *, calls_only: bool = False) -> Json:
        began = time.perf_counter()
        old, new = Triage.build(base), Triage.build(draft)
        judged = [_judged(old, new, *text) for text in self._texts(calls_only=calls_only)]
        covers = [_cover(new, code, texts) for code, texts in VETO_TEXTS.items()]
        flips = [one for one in judged if one["old"] != one["new"]]
        missed = [one for one in judged if one["new"]["class"] == "non_police" and _alarm(one["truth"])]
        right = sum(one["new"]["class"] == one["truth"]["class"] for one in judged)
        calls = sum(one["call_id"] is not None for one in judged)
        return {
            "figures": {
                "calls": calls, "texts": len(judged) - calls, "missed": len(missed), "flipped": len(flips),
                "vetoes": sum(one["sentences"] for one in covers),
                "vetoes_missed": sum(len(one["missed"]) for one in covers),
                "agreement": round(right / len(judged), 4) if judged else 1.0,
            },
            "classes": _counts((one["new"]["class"], one["truth"]["class"]) for one in judged),
            "natures": _counts(
                (one["new"]["nature"], one["truth"]["nature"]) for one in judged if _alarm(one["truth"])
            ),
            "departments": [], "flips": flips, "missed": missed, "vetoes": covers,
            "pairs": _counts((one["old"]["class"], one["new"]["class"]) for one in judged),
            "seconds": time.perf_counter() - began,
        }  # fmt: skip

    def _texts(self, *, calls_only: bool) -> list[tuple[str, str | None, str, Json]]:
        stored = [
            (call.summary["call_id"], call.summary["call_id"], _words(call), _truth(call))
            for call in self.calls.values()
            if call.summary["state"] == "ENDED" and call.segments
        ]
        own: list[tuple[str, str | None, str, Json]] = [
            (text, None, text, {"class": true, "nature": "none", "department": None})
            for true, texts in (("valid_alarm", ALARMS), ("non_police", OTHERS))
            for text in texts
        ]
        return stored if calls_only else stored + own


def _active(book: Rulebook) -> str:
    assert book.active is not None
    return book.active.content.hash


def _utterances(turns: list[tuple[str, str]]) -> list[Utterance]:
    counts: Counter[str] = Counter()
    said = []
    for number, (speaker, text) in enumerate(turns):
        said.append(
            Utterance(
                segment_index=counts[speaker], speaker=Leg(speaker), text=text, started_ms=number * 2000,
                ended_ms=number * 2000 + 1500,
            )
        )  # fmt: skip
        counts[speaker] += 1
    return said


def _words(call: DemoCall) -> str:
    return "，".join(said["text"] for said in call.segments if said["speaker"] == "caller")


def _truth(call: DemoCall) -> Json:
    story = call.story
    return {"class": story.alarm_class, "nature": story.nature, "department": story.department}


def _alarm(said: Json) -> bool:
    return bool(said["class"] == AlarmClass.VALID_ALARM)


def _said(one: Assessment) -> Json:
    return {"class": one.alarm_class, "nature": one.nature, "department": one.department}


def _judged(old: Triage, new: Triage, name: str, call_id: str | None, text: str, truth: Json) -> Json:
    said = _utterances([("caller", text)])
    before, after = _said(old.assess(said, Context())), _said(new.assess(said, Context()))
    better = None if before["class"] == after["class"] else after["class"] == truth["class"]
    return {
        "id": name, "call_id": call_id, "text": text, "old": before, "new": after, "truth": truth,
        "better": better,
    }  # fmt: skip


def _cover(triage: Triage, code: VetoCode, texts: tuple[str, ...]) -> Json:
    quiet = [
        text
        for text in texts
        if code not in {veto.code for veto in triage.vetoes(_utterances([("caller", text)])[0])}
    ]
    return {"code": code, "sentences": len(texts), "missed": quiet}


def _counts(pairs: Any) -> list[Json]:
    return [{"said": said, "true": true, "calls": n} for (said, true), n in Counter(pairs).items()]


def _refused(refusal: Refused) -> web.Response:
    body = {"error": {"code": refusal.code, "message": refusal.text, "field": None}}
    return web.json_response(body, status=409)
