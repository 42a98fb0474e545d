from __future__ import annotations

from gateway.triage.leading import ORDER, ranked
from gateway.triage.model import AlarmClass, Finding, FindingKind, Nature, Span


def told(nature: Nature, kind: FindingKind = FindingKind.MATTER) -> Finding:
    return Finding(
        rule_id=f"r.{nature}",
        alarm_class=AlarmClass.VALID_ALARM,
        nature=nature,
        department=None,
        priority=3,
        partners=(),
        segment_index=0,
        speaker=None,
        span=Span(start=0, end=1),
        quote="…",
        started_ms=0,
        ended_ms=1,
        explanation_zh="…",
        explanation_en="…",
        weight=0.8,
        kind=kind,
    )


def leader(scores: dict[Nature, float], stood: Nature | None = None) -> Nature:
    return ranked(scores, [told(nature) for nature in scores], stood)[0][0]


def test_every_nature_has_its_place() -> None:
    assert set(ORDER) == set(Nature) - {Nature.NONE}


def test_what_was_done_leads_over_how_it_was_done() -> None:
    assert leader({Nature.FIGHT: 0.9, Nature.ROBBERY: 0.85}) is Nature.ROBBERY
    assert leader({Nature.PERSON_IN_DANGER: 0.9, Nature.TRAFFIC_ACCIDENT: 0.85}) is Nature.TRAFFIC_ACCIDENT


def test_one_stray_word_does_not_lead_over_a_story_told_at_length() -> None:
    assert leader({Nature.THEFT: 0.96, Nature.ROBBERY: 0.6}) is Nature.THEFT


def test_words_of_a_file_lead_only_alone() -> None:
    scores = {Nature.OTHER_CRIME: 0.9, Nature.THEFT: 0.6}
    findings = [told(Nature.OTHER_CRIME, FindingKind.CASE), told(Nature.THEFT)]
    assert ranked(scores, findings, None)[0][0] is Nature.THEFT
    assert ranked({Nature.OTHER_CRIME: 0.9}, findings[:1], None)[0][0] is Nature.OTHER_CRIME


def test_the_nature_on_the_card_stays_until_clearly_more_speaks_for_another() -> None:
    like = {Nature.NOISE: 0.8, Nature.FIGHT: 0.82}
    assert leader(like) is Nature.FIGHT
    assert leader(like, stood=Nature.NOISE) is Nature.NOISE
    assert leader({Nature.NOISE: 0.8, Nature.FIGHT: 0.9}, stood=Nature.NOISE) is Nature.FIGHT


def test_nothing_said_ranks_nothing() -> None:
    assert ranked({}, [], None) == []
