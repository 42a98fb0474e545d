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

from gateway.calls.answers import Refused
from gateway.desk.board import assessment_json
from gateway.journal.codec import encode
from gateway.rulebook import signals
from gateway.rulebook.content import changed_files, content_of, taken_over
from gateway.rulebook.model import BackTest, Content, Rulebook
from gateway.rulebook.reducer import owed, reduce
from gateway.speech.model import Leg
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp
from gateway.testing.veto_sentences import sentences
from gateway.triage.backtest import (
    Case,
    Flip,
    Result,
    Said,
    Source,
    Tally,
    judgement,
    quiet_on,
    said,
    said_by,
)
from gateway.triage.engine import Triage, problems, read_sources
from gateway.triage.model import AlarmClass, Context, Department, Nature, Utterance
from gateway.triage.problem import RulePackError
from gateway.web.roles import Permission
from gateway.web.rule_desk import with_files
from gateway.web.rulebook import Reader, draft_json, pack_json

Sources = Mapping[str, bytes]
PACK = Path(__file__).with_name("demo_pack")
ALARMS = ("我的手机被偷了", "楼上太吵了睡不着", "两辆车追尾了", "家里进了小偷")
OTHERS = ("路灯坏了好几天", "老板拖欠工资三个月", "小区停水了", "不好意思打错了")
"""The invented site's own corpus."""
FIGURES = (
    "calls",
    "texts",
    "missed",
    "vetoes",
    "vetoes_missed",
    "flipped",
    "agreement",
    "caught",
    "veto_codes",
)


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
            web.get(rules + "/drafts/{id}/test", self._backtest),
            web.get(rules + "/shadow", self._shadow),
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
            now = datetime.now(UTC)
            result = self._tested(self.packs[run.base], self.packs[run.hash])
            told = {name: getattr(result, name) for name in FIGURES}
            summary = BackTest(run_id=run.run_id, hash=run.hash, base=run.base, at=now, by=run.by, **told)
            self.reports[run.draft_id] = {
                **encode(result), "run_id": run.run_id, "at": stamp(now), "flips_kept": len(result.flips),
                "flips": [self._flip(flip) for flip in result.flips],
            }  # fmt: skip
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
        reader = Reader(name=who, may=permissions)
        drafts = [draft_json(book, one, reader, now, lambda run_id: 0.4) for one in book.drafts]
        refused = None if Permission.APPROVE_RULES in permissions else "forbidden"
        refused = refused or (None if book.previous else "no_previous")
        return web.json_response({
            "rev": book.rev, "active": pack_json(book.active), "previous": pack_json(book.previous),
            "running": _active(book), "stack": [pack_json(one) for one in book.stack], "drafts": drafts,
            "shadow": book.shadow.draft_id if book.shadow else None, "fault": None,
            "folder": {"hash": book.folder, "differs": False},
            "roll_back": {"type": "RollBack", "refused": refused, "text_zh": None, "text_en": None},
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
        return with_files(self.packs[body[name]], body["files"])

    async def _try(self, request: web.Request) -> web.Response:
        body, sources = await request.json(), await self._written(request, "pack")
        try:
            draft = Triage.build(sources)
        except RulePackError as error:
            return _refused(Refused(code="unusable_pack", text=str(error)))
        spoken = _utterances(self._said(body))
        same = content_of(sources).hash == _active(self.book)
        active = None if same else Triage.build(self.packs[_active(self.book)]).assess(spoken, Context())
        found = draft.assess(spoken, Context())
        return web.json_response({
            "hash": content_of(sources).hash, "utterances": [encode(one) for one in spoken],
            "assessment": assessment_json(found), "active": assessment_json(active) if active else None,
            "flipped": active is not None and said(active) != said(found), "took_ms": 0.5,
        })  # fmt: skip

    def _said(self, body: Json) -> list[tuple[str, str]]:
        if "call_id" in body:
            return self._of(self.calls[body["call_id"]])
        return [(turn["speaker"], turn["text"]) for turn in body["turns"]]

    async def _history(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self.told[::-1], "next": None})

    async def _backtest(self, request: web.Request) -> web.Response:
        return web.json_response(self.reports[request.match_info["id"]])

    async def _shadow(self, request: web.Request) -> web.Response:
        active, pack = self.packs[_active(self.book)], request.query["pack"]
        old, new = Triage.build(active), Triage.build(self.packs[pack])
        both = [(case, said_by(old, case), said_by(new, case)) for case in self._cases() if case.call_id]
        classes = Counter((before.alarm_class, after.alarm_class) for _, before, after in both)
        now = stamp(datetime.now(UTC))
        flips = [
            {"call_id": case.call_id, "at": now, "text": _text(case), "active": _codes(before),
             "shadow": _codes(after)}
            for case, before, after in both
            if before != after
        ]  # fmt: skip
        return web.json_response({
            "pack": pack, "since": now, "calls": len(both), "flipped": len(flips), "left_out": 0, "failed": 0,
            "agreement": [
                {"what": "class", "active": before, "shadow": after, "calls": calls}
                for (before, after), calls in classes.items()
            ],
            "flips": flips,
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
            written = with_files(own, data.pop("files", {}))
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

    def _tested(self, base: Sources, draft: Sources) -> Result:
        old, new, tally = Triage.build(base), Triage.build(draft), Tally()
        began = time.perf_counter()
        for case in self._cases():
            tally.add(case, said_by(old, case), said_by(new, case))
        for sentence in sentences():
            tally.heard(sentence, quiet_on(old, sentence), quiet_on(new, sentence))
        took_ms = (time.perf_counter() - began) * 1000
        return tally.result(took_ms / 2, took_ms / 2)

    def _cases(self) -> list[Case]:
        stored = [
            Case(
                name=name, call_id=name, source=Source.PERSON, utterances=tuple(_utterances(self._of(call))),
                truth=judgement(
                    AlarmClass(call.story.alarm_class), Nature(call.story.nature),
                    Department(call.story.department) if call.story.department else None,
                ),
            )
            for name, call in self.calls.items()
            if call.summary["state"] == "ENDED" and call.segments
        ]  # fmt: skip
        own = [
            Case(
                name=text, source=Source.CORPUS, utterances=tuple(_utterances([("caller", text)])),
                truth=judgement(true, Nature.NONE, None),
            )
            for true, texts in ((AlarmClass.VALID_ALARM, ALARMS), (AlarmClass.NON_POLICE, OTHERS))
            for text in texts
        ]  # fmt: skip
        return stored + own

    def _of(self, call: DemoCall) -> list[tuple[str, str]]:
        return [(said["speaker"], said["text"]) for said in call.segments]

    def _flip(self, flip: Flip) -> Json:
        text = flip.text
        if flip.call_id:
            text = " / ".join(said for _, said in self._of(self.calls[flip.call_id]))
        told = {"active": _codes(flip.active), "draft": _codes(flip.draft)}
        return {**encode(flip), **told, "text": text, "truth": _codes(flip.truth) if flip.truth else None}


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


def _text(case: Case) -> str:
    return " / ".join(one.text for one in case.utterances)


def _codes(said: Said) -> Json:
    told = encode(said)
    return {"class": told.pop("alarm_class"), **told}


def _refused(refusal: Refused) -> web.Response:
    body = {"error": {"code": refusal.code, "message": refusal.text, "field": None}}
    return web.json_response(body, status=409)
