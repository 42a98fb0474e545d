"""Detectors of floods: what is seen when, and whom nothing may lower."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.calls.together import FloodKind
from gateway.desk.incidents.flood import MAX_FLOODS, Floods, FloodSeen, reduce
from gateway.desk.incidents.shield import MAX_KEYS, Arrival, FloodLimits, Shield
from gateway.dispatch.site_events import FloodStep

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PRANK = "13800131234"
LIMITS = FloodLimits()


class Hall:
    """A shield and what it said."""

    def __init__(self) -> None:
        self.shield = Shield("hz", LIMITS)
        self.seen: list[FloodSeen] = []
        self.calls = 0

    def ring(
        self, at_s: float, number: str | None, *, source: str = "10.0.0.1", lasts_s: float | None = None,
        answered: bool = False,
    ) -> Arrival:  # fmt: skip
        self.calls += 1
        arrival = Arrival(
            call_id=f"c{self.calls}", at=NOON + timedelta(seconds=at_s), number=number, source=source,
            trunk="p1/trunk",
        )  # fmt: skip
        self.seen += self.shield.arrived(arrival)
        if lasts_s is not None:
            end = arrival.at + timedelta(seconds=lasts_s)
            self.seen += self.shield.ended(arrival.call_id, end, answered=answered)
        return arrival

    def kinds(self) -> list[FloodKind]:
        return [each.kind for each in self.seen if not each.over]


def test_one_ring_calls_are_seen_at_the_fourth_and_all_later_ones_are_suspected() -> None:
    hall = Hall()
    for number in range(4):
        assert hall.kinds() == []
        assert hall.shield.suspicion(hall.ring(27.0 * number, PRANK, lasts_s=2)) is None or number == 3
    assert hall.kinds() == [FloodKind.ONE_RING]
    suspicion = hall.shield.suspicion(hall.ring(120, PRANK))
    assert suspicion is not None
    assert (suspicion.kind, suspicion.key) == (FloodKind.ONE_RING, PRANK)


def test_one_number_again_and_again_is_seen_however_its_calls_went() -> None:
    hall = Hall()
    for number in range(LIMITS.same_number_calls):
        hall.ring(100.0 * number, PRANK, lasts_s=60, answered=True)
    assert hall.kinds() == [FloodKind.SAME_NUMBER]


def test_numbers_of_one_range_that_hang_up_at_once_are_seen() -> None:
    hall = Hall()
    for number in range(LIMITS.range_numbers):
        hall.ring(2.0 * number, f"1380013{number:04}", lasts_s=1)
    assert hall.kinds() == [FloodKind.PREFIX]
    assert hall.shield.suspicion(hall.ring(20, "13800139999")) is not None
    assert hall.shield.suspicion(hall.ring(20, "13900139999")) is None


def test_a_block_of_numbers_whose_callers_wait_for_us_is_a_factory_on_fire() -> None:
    hall = Hall()
    for number in range(LIMITS.range_numbers + 4):
        hall.ring(5.0 * number, f"057188{number:04}", lasts_s=60, answered=True)
    assert hall.kinds() == []


def test_rotating_numbers_from_one_address_are_seen_within_seconds() -> None:
    """Twenty a second, each from another range."""
    hall = Hall()
    first = None
    for number in range(200):
        hall.ring(number / 20, f"1{30 + number % 60}{number:04}0000", lasts_s=0.4)
        if first is None and hall.seen:
            first = number / 20
    assert first is not None
    assert first <= 3.0
    assert hall.kinds() == [FloodKind.SOURCE]
    clean = hall.ring(10, "13911112222", source="10.0.0.2")
    assert hall.shield.suspicion(clean) is None, "the same trunk alone is no reason"


def test_many_calls_of_people_who_speak_are_no_flood() -> None:
    """A big crash: eighty callers in a minute over one trunk, who stay on the line."""
    hall = Hall()
    for number in range(80):
        hall.ring(number * 0.7, f"1{30 + number}0000{number:04}", lasts_s=45, answered=True)
    assert hall.seen == []


def test_words_of_danger_clear_the_number_at_once_and_for_good() -> None:
    hall = Hall()
    for number in range(5):
        arrival = hall.ring(27.0 * number, PRANK, lasts_s=None if number == 4 else 2)
    assert hall.shield.suspicion(arrival) is not None
    over = hall.shield.spoke_of_danger(arrival.call_id, arrival.at)
    assert [(each.kind, each.over) for each in over] == [(FloodKind.ONE_RING, True)]
    assert hall.shield.suspicion(arrival) is None
    for number in range(20):
        assert hall.shield.suspicion(hall.ring(200.0 + number, PRANK, lasts_s=1)) is None


def test_who_waited_for_us_in_vain_is_never_suspected() -> None:
    hall = Hall()
    hall.ring(0, PRANK, lasts_s=40)
    for number in range(12):
        arrival = hall.ring(60.0 + number, PRANK, lasts_s=1)
    assert hall.shield.suspicion(arrival) is None


def test_who_rings_a_little_longer_than_one_ring_is_not_protected_by_that() -> None:
    """A flooder who waits seven seconds each time would else never be seen."""
    hall = Hall()
    for number in range(LIMITS.same_number_calls):
        arrival = hall.ring(20.0 * number, PRANK, lasts_s=7)
    assert hall.kinds() == [FloodKind.SAME_NUMBER]
    assert hall.shield.suspicion(arrival) is not None


def test_a_few_short_waits_are_no_flood() -> None:
    """Somebody who hangs up after ten seconds, and tries again, is no one-ring caller."""
    hall = Hall()
    for number in range(LIMITS.same_number_calls - 1):
        hall.ring(20.0 * number, PRANK, lasts_s=10)
    assert hall.seen == []


def test_a_number_with_a_history_is_never_suspected_within_a_flooded_range_either() -> None:
    hall = Hall()
    victim = "13800137777"
    hall.shield.protect(victim)
    for number in range(LIMITS.range_numbers):
        hall.ring(2.0 * number, f"1380013{number:04}", lasts_s=1)
    assert hall.shield.suspicion(hall.ring(20, victim)) is None


def test_a_flood_is_over_after_a_quiet_time_and_told_with_its_figures() -> None:
    hall = Hall()
    for number in range(6):
        hall.ring(20.0 * number, PRANK, lasts_s=2)
    assert hall.shield.time_passed(NOON + timedelta(seconds=200)) != ()
    over = hall.shield.time_passed(NOON + timedelta(seconds=100 + LIMITS.over_after_s))
    assert [(each.over, each.calls, each.numbers) for each in over] == [(True, 6, 1)]
    assert hall.shield.floods() == ()


def test_memory_stays_bounded_whatever_rings() -> None:
    hall = Hall()
    for number in range(3 * MAX_KEYS):
        hall.ring(number / 1000, f"1{number:010}", source=f"10.{number % 250}.0.1", lasts_s=0.1)
    assert len(hall.shield._windows) <= MAX_KEYS


# ---- the floods as state


def seen(
    kind: FloodKind = FloodKind.ONE_RING, calls: int = 4, *, key: str = PRANK, over: bool = False
) -> FloodSeen:
    return FloodSeen(
        site="hz", at=NOON, kind=kind, key=key, since=NOON, calls=calls, numbers=1, per_minute=2.0, over=over
    )


def test_a_flood_is_told_when_it_begins_doubles_and_ends() -> None:
    floods, told = Floods(site="hz"), []
    for calls, over in ((4, False), (5, False), (8, False), (9, True)):
        floods, events = reduce(floods, seen(calls=calls, over=over))
        told += [event.step for event in events]
    assert told == [FloodStep.BEGAN, FloodStep.GREW, FloodStep.ENDED]
    assert (floods.now, [each.calls for each in floods.past]) == ((), [9])


def test_floods_beyond_the_limit_are_counted() -> None:
    floods = Floods(site="hz")
    for number in range(MAX_FLOODS + 3):
        floods, _ = reduce(floods, seen(key=f"{number}"))
    assert (len(floods.now), floods.beyond) == (MAX_FLOODS, 3)
