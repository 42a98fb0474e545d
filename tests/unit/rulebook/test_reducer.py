"""A draft's way to the active pack, and back: who may do what, and what stands before each step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.calls.answers import Accepted, Refused
from gateway.dispatch.site_events import RulePackStep
from gateway.rulebook.model import MAX_AUTHORS, MAX_DRAFTS, MAX_NOTE_CHARS, MAX_STACK, DraftStatus
from gateway.rulebook.reducer import owed
from gateway.rulebook.signals import (
    ActivateDraft,
    ApproveDraft,
    BackTested,
    BackTestFailed,
    EditDraft,
    InstallOpinion,
    OpenDraft,
    OpinionSeeded,
    PackFailed,
    PackSeeded,
    RollBack,
    SendBackDraft,
    StartBackTest,
    StartShadow,
    StopShadow,
    SubmitDraft,
    WithdrawDraft,
)
from gateway.testing.veto_sentences import covered
from gateway.triage.backtest import Coverage
from gateway.triage.model import VetoCode

from .conftest import NOON, Desk, code, content

REASON = "夜里有三起漏警"


def test_the_first_pack_is_version_1_and_a_second_seed_changes_nothing(desk: Desk) -> None:
    active = desk.book.active
    assert active is not None
    assert (active.version, active.content, desk.book.folder) == (1, content("first"), "first-hash")
    before = desk.book
    desk.take(PackSeeded(site="demo", at=NOON, content=content("other")))
    assert desk.book is before


def test_a_draft_goes_its_whole_way(desk: Desk) -> None:
    desk.ready()
    assert code(desk.ask(StartShadow, "li", draft_id="d1")) == "accepted"
    assert desk.book.shadow is not None
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1")) == "accepted"
    active = desk.book.active
    assert active is not None
    assert (active.version, active.content.hash, active.authors) == (2, "d1-hash", ("wang",))
    assert (desk.book.drafts, desk.book.shadow) == ((), None)
    assert [event.step.value for event in desk.told] == [
        "seeded", "draft_opened", "test_started", "tested", "submitted", "approved", "shadow_started",
        "activated",
    ]  # fmt: skip
    assert (desk.told[-1].by, desk.told[-1].version, desk.told[-1].pack_hash) == ("li", 2, "d1-rules")


def test_nothing_is_submitted_without_a_back_test_of_exactly_this_content(desk: Desk) -> None:
    desk.open()
    assert code(desk.ask(SubmitDraft, draft_id="d1")) == "not_tested"
    desk.test()
    desk.ask(EditDraft, draft_id="d1", base="first-hash", content=content("d1b"), changed=("zh-order.yaml",))
    assert desk.draft().test is None
    assert code(desk.ask(SubmitDraft, draft_id="d1")) == "not_tested"
    desk.test()
    assert code(desk.ask(SubmitDraft, draft_id="d1")) == "accepted"


def test_a_missed_alarm_or_a_quiet_veto_stops_a_draft(desk: Desk) -> None:
    desk.open()
    desk.test(missed=2)
    answer = desk.ask(SubmitDraft, draft_id="d1")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.text.startswith("2 alarms")) == ("missed_alarms", True)


FIRE = VetoCode.FIRE


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (covered({FIRE: 2}), "fire fires on 2 of 3 (active 3)"),
        ((*covered()[1:],), "weapon fires on 0 of 0 (active 0)"),
        (
            (Coverage(code=FIRE, sentences=3, fired=3, missed=0, active=4), *covered()[3:], *covered()[:2]),
            "of 3 (active 4)",
        ),
        ((), "weapon fires on 0 of 0 (active 0); injury"),
    ],
    ids=["a sentence missed", "no sentence of a code", "lower than the active pack", "an older test"],
)
def test_a_veto_code_that_is_not_wholly_covered_stops_a_draft_by_name(
    desk: Desk, codes: tuple[Coverage, ...], words: str
) -> None:
    desk.open()
    desk.test(veto_codes=codes)
    answer = desk.ask(SubmitDraft, draft_id="d1")
    assert isinstance(answer, Refused)
    assert (answer.code, words in answer.text) == ("veto_uncovered", True)


def test_who_wrote_in_a_draft_does_not_approve_it(desk: Desk) -> None:
    desk.open()
    desk.ask(
        EditDraft, "chen", draft_id="d1", base="first-hash", content=content("x"), changed=("zh-order.yaml",)
    )
    desk.test()
    desk.ask(SubmitDraft, draft_id="d1")
    assert [code(desk.approve(actor=who)) for who in ("wang", "chen")] == ["own_draft", "own_draft"]
    assert desk.draft().status is DraftStatus.SUBMITTED
    assert code(desk.approve(actor="li")) == "accepted"
    assert desk.draft().status is DraftStatus.APPROVED


def test_a_draft_that_touches_the_veto_needs_two_persons_beside_its_authors(desk: Desk) -> None:
    desk.open(changed=("veto/fire.yaml",))
    desk.test()
    desk.ask(SubmitDraft, draft_id="d1")
    assert code(desk.approve(actor="li")) == "accepted"
    assert desk.draft().status is DraftStatus.SUBMITTED
    assert code(desk.approve(actor="li")) == "already_approved"
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1", reason=REASON)) == "wrong_status"
    assert code(desk.approve(actor="zhao")) == "accepted"
    assert desk.draft().status is DraftStatus.APPROVED


def test_an_approver_approves_what_he_read(desk: Desk) -> None:
    desk.open()
    desk.test()
    desk.ask(SubmitDraft, draft_id="d1")
    assert code(desk.ask(ApproveDraft, "li", draft_id="d1", hash="another")) == "stale_rev"


def test_sent_back_with_a_reason_it_is_open_to_its_authors_again_and_no_approval_is_left(desk: Desk) -> None:
    desk.ready()
    assert code(desk.ask(SendBackDraft, "li", draft_id="d1", reason=" ")) == "reason_needed"
    assert code(desk.ask(SendBackDraft, "li", draft_id="d1", reason=REASON)) == "accepted"
    draft = desk.draft()
    assert (draft.status, draft.sent_back, draft.approvals) == (DraftStatus.SENT_BACK, REASON, ())
    assert code(desk.ask(SubmitDraft, draft_id="d1")) == "accepted"
    assert desk.draft().sent_back is None


def test_without_a_shadow_run_activating_needs_a_reason(desk: Desk) -> None:
    desk.ready()
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1")) == "no_shadow"
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1", reason=REASON)) == "accepted"
    assert desk.told[-1].reason == REASON


def test_one_draft_runs_in_shadow_at_a_time(desk: Desk) -> None:
    desk.ready("d1")
    desk.ready("d2")
    assert code(desk.ask(StartShadow, "li", draft_id="d1")) == "accepted"
    assert code(desk.ask(StartShadow, "li", draft_id="d2")) == "shadow_taken"
    assert code(desk.ask(StopShadow, "li", draft_id="d1")) == "accepted"
    assert code(desk.ask(StartShadow, "li", draft_id="d2")) == "accepted"
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1")) == "accepted"  # it has run in shadow


def test_a_draft_on_an_older_pack_is_refused_until_it_has_taken_the_newer_one_over(desk: Desk) -> None:
    desk.ready("d1")
    desk.ready("d2")
    desk.ask(ActivateDraft, "li", draft_id="d1", reason=REASON)
    assert code(desk.ask(ActivateDraft, "li", draft_id="d2", reason=REASON)) == "stale_base"
    assert code(desk.ask(StartBackTest, draft_id="d2")) == "stale_base"
    desk.ask(SendBackDraft, "li", draft_id="d2", reason="base")
    desk.ask(EditDraft, draft_id="d2", base="d1-hash", content=content("m"), changed=("zh-crime.yaml",))
    desk.test("d2")
    assert code(desk.ask(SubmitDraft, draft_id="d2")) == "accepted"


def test_a_draft_that_changes_nothing_is_not_submitted(desk: Desk) -> None:
    desk.open()
    desk.ask(EditDraft, draft_id="d1", base="first-hash", content=content("first"), changed=())
    assert code(desk.ask(SubmitDraft, draft_id="d1")) == "unchanged"


def test_rolling_back_leads_to_the_pack_before_and_then_no_further(desk: Desk) -> None:
    assert code(desk.ask(RollBack, "li")) == "no_previous"
    desk.ready()
    desk.ask(ActivateDraft, "li", draft_id="d1", reason=REASON)
    assert code(desk.ask(RollBack, "li", reason=REASON)) == "accepted"
    active = desk.book.active
    assert active is not None
    assert (active.version, active.content.hash) == (1, "first-hash")
    assert (desk.told[-1].step, desk.told[-1].hash) == (RulePackStep.ROLLED_BACK, "first-hash")
    assert code(desk.ask(RollBack, "li")) == "no_previous"
    desk.ready("d3")
    desk.ask(ActivateDraft, "li", draft_id="d3", reason=REASON)
    assert desk.book.active is not None
    assert desk.book.active.version == 3  # a number is given once


def test_a_back_test_is_owed_until_its_own_outcome_comes(desk: Desk) -> None:
    desk.open()
    desk.ask(StartBackTest, draft_id="d1")
    (effect,) = owed(desk.book)
    assert (effect.hash, effect.base, effect.by) == ("d1-hash", "first-hash", "wang")
    assert code(desk.ask(StartBackTest, draft_id="d1")) == "already_testing"
    desk.take(BackTestFailed(site="demo", at=NOON, draft_id="d1", run_id="another", reason="?"))
    assert owed(desk.book) == {effect}
    desk.take(BackTestFailed(site="demo", at=NOON, draft_id="d1", run_id=effect.run_id, reason="no corpus"))
    assert (owed(desk.book), desk.draft().test_fault) == (frozenset(), "no corpus")


def test_a_back_test_of_a_content_that_has_changed_meanwhile_counts_nothing(desk: Desk) -> None:
    desk.open()
    desk.test()
    earned = desk.draft().test
    assert earned is not None
    desk.ask(StartBackTest, draft_id="d1")
    (effect,) = owed(desk.book)
    desk.ask(EditDraft, draft_id="d1", base="first-hash", content=content("d1b"), changed=("a.yaml",))
    late = replace(earned, run_id=effect.run_id)
    before = desk.book
    desk.take(BackTested(site="demo", at=NOON, draft_id="d1", summary=late))
    assert (desk.book, owed(desk.book)) == (before, frozenset())


def test_a_note_alone_takes_no_back_test_away_and_nothing_new_is_no_change(desk: Desk) -> None:
    desk.open()
    desk.test()
    same = {"draft_id": "d1", "base": "first-hash", "content": content("d1"), "changed": ("zh-crime.yaml",)}
    desk.ask(EditDraft, note="元宵灯会", **same)
    assert (desk.draft().note, desk.draft().test is None) == ("元宵灯会", False)
    rev = desk.book.rev
    assert desk.ask(EditDraft, note="元宵灯会", **same) == Accepted(rev=rev)


def test_stale_sight_long_words_and_unknown_drafts_are_refused(desk: Desk) -> None:
    desk.open()
    rev = desk.book.rev
    assert code(desk.ask(WithdrawDraft, draft_id="d1", expected_rev=rev - 1)) == "stale_rev"
    assert code(desk.ask(RollBack, reason="长" * (MAX_NOTE_CHARS + 1))) == "invalid"
    assert code(desk.ask(WithdrawDraft, draft_id="d1", expected_rev=rev)) == "accepted"
    assert code(desk.ask(WithdrawDraft, draft_id="d1")) == "unknown_draft"


def test_limits_are_refused_with_their_number(desk: Desk) -> None:
    for number in range(MAX_DRAFTS):
        desk.open(f"d{number}")
    more = desk.ask(OpenDraft, draft_id="more", base="first-hash", content=content("m"), changed=(), note="")
    assert code(more) == "limit"
    answers = [
        desk.ask(
            EditDraft, f"author{number}", draft_id="d0", base="first-hash", content=content(f"n{number}"),
            changed=("a.yaml",),
        )
        for number in range(MAX_AUTHORS)
    ]  # fmt: skip
    assert [code(answer) for answer in answers] == ["accepted"] * (MAX_AUTHORS - 1) + ["limit"]
    taken = desk.ask(OpenDraft, draft_id="d0", base="first-hash", content=content("m"), changed=(), note="")
    assert code(taken) == "invalid"


def test_the_way_back_is_bounded(desk: Desk) -> None:
    for number in range(MAX_STACK + 3):
        desk.ready(f"d{number}")
        desk.ask(ActivateDraft, "li", draft_id=f"d{number}", reason=REASON)
    assert (len(desk.book.stack), desk.book.versions) == (MAX_STACK, MAX_STACK + 4)


def test_before_there_is_a_pack_nothing_is_begun() -> None:
    desk = Desk()
    answer = desk.ask(OpenDraft, draft_id="d", base="", content=content("d"), changed=(), note="")
    assert code(answer) == "no_pack"


def test_a_pack_that_cannot_be_used_is_told_and_what_the_folder_brought_is_remembered(desk: Desk) -> None:
    desk.take(PackFailed(site="demo", at=NOON, hash="first-hash", reason="line 3", instead=None))
    assert (desk.told[-1].step, desk.told[-1].reason) == (RulePackStep.UNUSABLE, "line 3")
    desk.ask(
        OpenDraft, draft_id="f", base="first-hash", content=content("folder"), changed=("a.yaml",), note="",
        from_folder=True,
    )  # fmt: skip
    assert (desk.book.folder, desk.told[-1].step) == ("folder-hash", RulePackStep.IMPORTED)


def test_a_second_opinion_is_seeded_once_and_another_one_voids_what_was_tested_beside_it(desk: Desk) -> None:
    desk.take(OpinionSeeded(site="demo", at=NOON, hash="m1", name="first", examples=300))
    desk.take(OpinionSeeded(site="demo", at=NOON, hash="m2", name="other", examples=300))
    assert desk.book.opinion is not None
    assert (desk.book.opinion.hash, desk.book.opinion_folder) == ("m1", "m1")
    desk.ready()
    model = {"hash": "m2", "name": "second", "examples": 400, "folder": "m1"}
    assert code(desk.ask(InstallOpinion, "li", reason="新的一年", **model)) == "accepted"
    assert (desk.book.opinion.hash, desk.book.opinion.by) == ("m2", "li")
    assert (desk.told[-1].step, desk.told[-1].hash) == (RulePackStep.OPINION, "m2")
    assert desk.draft().test is None
    assert code(desk.ask(ActivateDraft, "li", draft_id="d1", reason=REASON)) == "not_tested"
    assert code(desk.ask(InstallOpinion, "li", **model)) == "same_opinion"
    told = len(desk.told)
    assert code(desk.ask(InstallOpinion, "li", **{**model, "folder": "m3"})) == "accepted"
    assert (desk.book.opinion_folder, len(desk.told)) == ("m3", told)
