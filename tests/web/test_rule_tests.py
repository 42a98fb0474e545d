"""Back-tests and the shadow over HTTP, on the real store, engine and child process."""

from __future__ import annotations

import uuid
from dataclasses import replace

from gateway.calls.model import Disposition
from gateway.speech.model import Leg
from gateway.testing.veto_sentences import sentences
from gateway.triage.corpus import Text
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.triage.tried_on import Corpora, case_of
from gateway.web import rule_test_schema

from .rule_workshop import API, MORE, Workshop, workshop
from .site import NOON, a_call, said

__all__ = ["workshop"]
ALARM = {"class": "valid_alarm"}


async def test_a_back_test_over_stored_calls_and_corpora_shows_its_matrices_and_flips(
    workshop: Workshop,
) -> None:
    fight, lamp = a_call(1, ended=True), a_call(2, ended=True)
    civil = Disposition(
        alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, department=Department.PUBLIC_HOTLINE_12345,
        note="", by="wang", at=NOON,
    )  # fmt: skip
    await workshop.site.put_call(fight, segments=(said(0, "建国路88号楼下有人打架"),))
    await workshop.site.put_call(replace(lamp, disposition=civil), segments=(said(0, "小区路灯坏了"),))
    await workshop.site.put_call(a_call(3, ended=True))  # nothing was said
    await workshop.site.put_call(a_call(4), segments=(said(0, "还在说"),))  # not over
    workshop.material.tried_on = Corpora(
        cases=(
            case_of(Text(name="c1", turns=((Leg.CALLER, "楼下有人打架"),), gold={"class": "valid_alarm"})),
        ),
        vetoes=sentences(),
    )
    draft_id = await workshop.open()
    await workshop.really_tested(draft_id)
    test = (await workshop.draft(draft_id))["test"]
    assert (test["calls"], test["texts"], test["missed"], test["vetoes_missed"], test["valid"]) == (
        2, 3, 0, 0, True,
    )  # fmt: skip
    told = await workshop.get(f"/drafts/{draft_id}/test")
    rule_test_schema.BackTestShown.model_validate(told)
    (flip,) = told["flips"]
    assert (flip["call_id"], flip["text"], flip["source"]) == (lamp.call_id, "小区路灯坏了", "person")
    assert (flip["active"]["class"], flip["draft"]["class"]) == ("unsure", "non_police")
    assert {(cell["truth"], cell["said"], cell["active"], cell["draft"]) for cell in told["classes"]} == {
        ("valid_alarm", "valid_alarm", 1, 1), ("non_police", "unsure", 1, 0),
        ("non_police", "non_police", 0, 1),
    }  # fmt: skip
    assert (await workshop.ask("SubmitDraft", draft_id=draft_id))["outcome"] == "accepted"
    client = await workshop.client()
    assert (await client.get(f"{API}/drafts/{uuid.uuid4()}/test")).status == 404


async def test_a_draft_that_would_miss_an_alarm_is_stopped_and_the_call_is_named(workshop: Workshop) -> None:
    call = a_call(1, ended=True)
    await workshop.site.put_call(call, segments=(said(0, "建国路88号楼下有人打架"),))
    workshop.material.tried_on = Corpora(vetoes=sentences())
    worse = MORE.replace("any: [打架]", "any: [斗殴]").replace(
        "[楼下有人打架], not: [路灯坏了]", "[斗殴], not: []"
    )
    worse = worse.replace("路灯不亮]", "路灯不亮, 打架]").replace("not: [楼下有人打架]", "not: []")
    draft_id = await workshop.open(worse)
    await workshop.really_tested(draft_id)
    assert (await workshop.ask("SubmitDraft", draft_id=draft_id))["error"]["code"] == "missed_alarms"
    (flip,) = (await workshop.get(f"/drafts/{draft_id}/test"))["flips"]
    assert (flip["call_id"], flip["missed"]) == (call.call_id, True)
    assert "建国路88号" not in flip["text"]
    assert "打架" in flip["text"]


async def test_what_the_shadow_says_is_counted_by_call_with_the_calls_that_flip(workshop: Workshop) -> None:
    assert (await workshop.get("/shadow"))["pack"] is None
    draft_id = await workshop.approved()
    await workshop.ask("StartShadow", "rule_approver", draft_id=draft_id)
    for number, text in ((1, "小区路灯坏了"), (2, "楼下有人打架")):
        call = a_call(number, ended=True)
        await workshop.site.put_call(call, segments=(said(0, text),))
        await workshop.made.shadow._compare(call.call_id)
        await workshop.made.shadow._compare(call.call_id)  # judged again: one row
    told = await workshop.get("/shadow")
    rule_test_schema.ShadowShown.model_validate(told)
    assert (told["draft_id"], told["calls"], told["flipped"]) == (draft_id, 2, 1)
    (flip,) = told["flips"]
    assert (flip["text"], flip["active"]["class"], flip["shadow"]["class"]) == (
        "小区路灯坏了", "unsure", "non_police",
    )  # fmt: skip
    classes = [line for line in told["agreement"] if line["what"] == "class"]
    assert [(line["active"], line["shadow"], line["calls"]) for line in classes] == [
        ("unsure", "non_police", 1), ("valid_alarm", "valid_alarm", 1),
    ]  # fmt: skip
