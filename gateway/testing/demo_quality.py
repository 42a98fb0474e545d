"""The quality watch of the invented gateway: weeks of invented verdicts, counted as real ones are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from aiohttp import web

from gateway.journal.codec import encode
from gateway.reports import drift
from gateway.reports.judged import JudgedCall, Judgement, RuleSpoke, disagreement
from gateway.reports.quality import (
    Counts,
    Every,
    Key,
    PackFigures,
    counts,
    figures,
    rule_figures,
    sums,
    total,
)
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, Scene, stamp
from gateway.triage.model import AlarmClass, Department, Nature

DAYS = 91
CALLS_A_DAY = 60
_NATURES = (
    Nature.TRAFFIC_ACCIDENT, Nature.THEFT, Nature.FRAUD, Nature.FIGHT, Nature.NOISE, Nature.PERSON_IN_DANGER,
    Nature.ROBBERY, Nature.MISSING_PERSON, Nature.DOMESTIC_VIOLENCE, Nature.FIRE, Nature.LOST_PROPERTY,
)  # fmt: skip
"""Frequent ones first, as a city's calls are."""
_DEPARTMENTS = tuple(Department)
SILENT = ("zh.kidnapping.taken", "zh.gambling.table", "zh.fire.smoke", "en.noise.party", "zh.market.price")
PACKS = ("3f" * 32, "c8" * 32)
"""The invented site's rules before and since their last change."""
CHANGED_DAYS_AGO = 12
UNSURE = Judgement(alarm_class=AlarmClass.UNSURE)


def alarm(nature: Nature) -> Judgement:
    return Judgement(alarm_class=AlarmClass.VALID_ALARM, nature=nature)


def civil(department: Department) -> Judgement:
    return Judgement(alarm_class=AlarmClass.NON_POLICE, department=department)


class DemoQuality:
    """Answers of /api/v1/quality. The drawn numbers are the same at every start."""

    def __init__(self, scene: Scene, calls: dict[str, DemoCall]) -> None:
        self.today = datetime.now(UTC).date()
        self.by_pack: dict[str, dict[str, Counts]] = {} if scene == "nothing" else _weeks(self.today, scene)
        self.days = {day: made for days in self.by_pack.values() for day, made in days.items()}
        self.disputed = [] if scene == "nothing" else _disputed(calls)
        self.labelled: dict[str, Json] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/quality", self._figures),
            web.get("/api/v1/quality/rules", self._rules),
            web.get("/api/v1/quality/disagreements", self._disagreements),
        ]

    def waiting(self) -> Json:
        waits = Counter(one["about"] for one in self.disputed if one["call_id"] not in self.labelled)
        return dict(waits)

    def _span(self, request: web.Request) -> tuple[date, dict[str, Counts]]:
        since = self.today - timedelta(days=int(request.query["days"]) - 1)
        days = self.by_pack[request.query["pack"]] if "pack" in request.query else self.days
        return since, {day: made for day, made in days.items() if day >= since.isoformat()}

    def _packs(self, since: date) -> list[PackFigures]:
        found = []
        for at, (pack, days) in enumerate(self.by_pack.items()):
            seen = {day: made for day, made in days.items() if day >= since.isoformat()}
            if seen:
                found.append(PackFigures(
                    pack_hash=pack, since=min(seen), until=max(seen), sums=sums(total(seen)), version=at + 1,
                    active=at == len(self.by_pack) - 1,
                ))  # fmt: skip
        return found[::-1]

    async def _figures(self, request: web.Request) -> web.Response:
        since, shown = self._span(request)
        every = Every(request.query.get("every", "day"))
        return web.json_response({
            "since": since.isoformat(), "until": self.today.isoformat(), "every": every,
            **encode(figures(shown, every)),
            "bands": [encode(band) for band in drift.bands(self.days, self.today)],
            "waiting": self.waiting(), "pack": request.query.get("pack"),
            "packs": [encode(one) for one in self._packs(since)],
        })  # fmt: skip

    async def _rules(self, request: web.Request) -> web.Response:
        since, shown = self._span(request)
        fired: dict[str, str] = {}
        for day in sorted(self.days):
            fired |= {rule: day for of, rule, _ in self.days[day] if of == "rule"}
        known = {*fired, *SILENT} if self.days else set()
        items = rule_figures(total(shown), fired, known)
        return web.json_response({
            "since": since.isoformat(), "until": self.today.isoformat(),
            "items": [encode(one) for one in items],
            "silent": [one.rule_id for one in items if one.active and not one.fired],
        })  # fmt: skip

    async def _disagreements(self, request: web.Request) -> web.Response:
        items = [one for one in self.disputed if one["call_id"] not in self.labelled]
        return web.json_response({"items": items, "next": None, "waiting": self.waiting()})


def _weeks(today: date, scene: Scene) -> dict[str, dict[str, Counts]]:
    """By the pack that judged, the first one first, then by day."""
    chance = np.random.default_rng(110)
    made: dict[str, dict[str, Counts]] = {pack: {} for pack in PACKS}
    for back in range(DAYS - 1, -1, -1):
        day = (today - timedelta(days=back)).isoformat()
        counted: Counter[Key] = Counter()
        for number in range(CALLS_A_DAY):
            counted.update(counts(_call(chance, day, number, doubtful=scene == "disaster" and back == 0)))
        made[PACKS[back < CHANGED_DAYS_AGO]][day] = counted
    return made


def _call(chance: np.random.Generator, day: str, number: int, *, doubtful: bool) -> JudgedCall:
    true = _true(chance)
    said = _verdict(chance, true)
    if doubtful and chance.random() < 0.5:
        said = UNSURE
    rules = [_rule(chance, said)] if said.alarm_class is not AlarmClass.UNSURE else []
    return JudgedCall(
        call_id=f"{day}-{number}", day=day, seized_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
        verdict=said, pack_hash="demo", rules=tuple(rules), opinion=_opinion(chance, true),
        disposition=true if chance.random() < 0.9 else None,
    )  # fmt: skip


def _true(chance: np.random.Generator) -> Judgement:
    if chance.random() < 0.45:
        return civil(_DEPARTMENTS[int(chance.integers(len(_DEPARTMENTS)))])
    return alarm(_NATURES[min(int(chance.exponential(2.5)), len(_NATURES) - 1)])


def _verdict(chance: np.random.Generator, true: Judgement) -> Judgement:
    luck = chance.random()
    if luck < 0.12:
        return UNSURE
    if luck < 0.15 and true.alarm_class is AlarmClass.NON_POLICE:
        return alarm(Nature.NOISE)
    if luck < 0.1205:
        return civil(Department.PUBLIC_HOTLINE_12345)
    if luck < 0.18 and true.alarm_class is AlarmClass.VALID_ALARM:
        return alarm(_NATURES[int(chance.integers(len(_NATURES)))])
    return true


def _opinion(chance: np.random.Generator, true: Judgement) -> Judgement | None:
    return true if chance.random() < 0.7 else None


def _rule(chance: np.random.Generator, said: Judgement) -> RuleSpoke:
    of = said.nature.value if said.alarm_class is AlarmClass.VALID_ALARM else str(said.department)
    return RuleSpoke(
        rule_id=f"zh.{of.replace('_', '-')}.{int(chance.integers(1, 4))}", alarm_class=said.alarm_class,
        nature=said.nature, department=said.department,
    )  # fmt: skip


def _disputed(calls: dict[str, DemoCall]) -> list[Json]:
    """Ended calls of the scene on which somebody says otherwise, turn about."""
    ended = [call for call in calls.values() if call.summary["state"] == "ENDED" and call.segments]
    return [_dispute(call, number) for number, call in enumerate(ended[:8])]


def _dispute(call: DemoCall, number: int) -> Json:
    story = call.story
    alarmed = story.alarm_class == "valid_alarm"
    own = alarm(Nature(story.nature)) if alarmed else civil(Department(story.department or _DEPARTMENTS[-1]))
    other = civil(Department.PUBLIC_HOTLINE_12345) if alarmed else alarm(Nature.NOISE)
    rules, model, person = [(other, own, own), (own, other, own), (own, None, other)][number % 3]
    told = JudgedCall(
        call_id=call.summary["call_id"], day="", seized_at=call.seized_at, verdict=rules, pack_hash="demo",
        opinion=model, disposition=person,
    )  # fmt: skip
    found = disagreement(told)
    assert found is not None
    return {
        "call_id": told.call_id, "seized_at": stamp(call.seized_at), "about": found.about,
        "pairs": [f"{one}-{two}" for one, two in found.pairs], "rules": _said(rules), "model": _said(model),
        "person": _said(person), "label": None, "score": 0.91 if model else None, "raised": False,
        "pack_hash": "demo", "rule_ids": ["zh.noise.neighbours"],
    }  # fmt: skip


def _said(one: Judgement | None) -> Any:
    if one is None:
        return None
    return {"class": one.alarm_class, "nature": one.nature, "department": one.department}
