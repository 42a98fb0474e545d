"""Which fix leads, and why."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.exact import expired, registered
from gateway.location.model import Datum, Element, Location, LocationSource
from gateway.location.select import SENTENCES, Reason, select

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def fix(name: str, source: LocationSource, radius: float | None = None, **more: Any) -> Location:
    age_s = more.pop("age_s", 0)
    place = {"latitude": 31.0, "longitude": 121.0, "datum": Datum.WGS_84, **more}
    return Location(
        location_id=name,
        source=source,
        obtained_at=NOW - timedelta(seconds=age_s),
        uncertainty_m=radius,
        **place,
    )


def address(name: str, source: LocationSource, **more: Any) -> Location:
    return fix(name, source, latitude=None, longitude=None, datum=None, **more)


PIDF, ALI, AML = LocationSource.PIDF, LocationSource.ALI, LocationSource.AML
HELD, SPEECH, PERSON = LocationSource.HELD, LocationSource.SPEECH, LocationSource.PERSON

ALI_500 = fix("ali", ALI, 500)
PIDF_50 = fix("pidf", PIDF, 50)
VAGUE = fix("vague", PIDF)
CELL = fix("cell", HELD, 3000, method="Cell")
GNSS = fix("gnss", AML, 12, method="GNSS")
HEARD = address("heard", SPEECH, address="人民大道")
FOUND = fix("found", SPEECH, 80, address="人民大道200号")
HOUSE = address("house", PIDF, civic=(("A3", "某区"), ("RD", "人民大道"), ("HNO", "200号")))
ROAD = address("road", PIDF, civic=(("RD", "人民大道"),))
ENTERED = address("entered", PERSON, address="人民大道200号", age_s=60)


@pytest.mark.parametrize(
    ("fixes", "leading", "reason"),
    [
        ((ALI_500,), "ali", Reason.ONLY_ONE),
        ((fix("gone", AML, 5, expires_at=NOW),), "gone", Reason.ONLY_ONE),
        ((ALI_500, PIDF_50), "pidf", Reason.SMALLEST_AREA),
        ((VAGUE, ALI_500), "ali", Reason.SMALLEST_AREA),
        ((ALI_500, HEARD), "ali", Reason.SMALLEST_AREA),
        ((ALI_500, HOUSE), "house", Reason.CIVIC_EXACT),
        ((ALI_500, ROAD), "ali", Reason.SMALLEST_AREA),
        ((GNSS, HOUSE), "gnss", Reason.FRESH_DEVICE_FIX),
        ((fix("old", AML, 12, method="GNSS", age_s=600), HOUSE), "house", Reason.CIVIC_EXACT),
        ((fix("wide", AML, 900, method="GNSS"), PIDF_50), "pidf", Reason.SMALLEST_AREA),
        ((ALI_500, FOUND), "ali", Reason.MEASURED_BEFORE_SPOKEN),
        ((CELL, FOUND), "found", Reason.SPOKEN_BEFORE_COARSE),
        ((GNSS, ENTERED), "entered", Reason.PERSON),
        ((fix("old", HELD, 50, age_s=300), fix("new", HELD, 52)), "new", Reason.NEWER),
        ((fix("old", ALI, 50, age_s=9), fix("new", ALI, 50)), "new", Reason.NEWER),
        ((fix("sure", ALI, 50), fix("less", ALI, 50, confidence_percent=60.0)), "sure", Reason.SMALLEST_AREA),
        ((fix("sure", ALI, 50, confidence_percent=99.0), ALI_500), "sure", Reason.SMALLEST_AREA),
        ((fix("95", ALI, 50), fix("99", ALI, 50, confidence_percent=99.0)), "99", Reason.MORE_CONFIDENT),
        (
            (
                fix("person", PIDF, 50, element=Element.PERSON),
                fix("device", PIDF, 50, element=Element.DEVICE),
            ),
            "device",
            Reason.DEVICE_BEFORE_PERSON,
        ),
        ((fix("held", HELD, 50), PIDF_50), "held", Reason.TRUSTED_SOURCE),
        ((PIDF_50, fix("wider", PIDF, 53)), "pidf", Reason.SMALLEST_AREA),
        ((PIDF_50, fix("twin", PIDF, 50)), "pidf", Reason.EQUAL),
        ((fix("gone", AML, 5, method="GNSS", expires_at=NOW), ALI_500), "ali", Reason.EXPIRED_LAST),
    ],
)
def test_the_leading_fix_and_the_reason(fixes: tuple[Location, ...], leading: str, reason: Reason) -> None:
    found = select(fixes, at=NOW)
    assert (found.leading.location_id, found.reason) == (leading, reason)


def test_a_mobiles_registered_address_leads_only_where_nothing_else_is_known() -> None:
    """It is where the bill goes. A fixed line's is where the caller is."""
    home = address("home", ALI, civic=(("RD", "某路"), ("HNO", "8号")))
    found = select((home, CELL), at=NOW, mobile=True)
    assert (found.leading, found.reason) == (CELL, Reason.REGISTERED_LAST)
    assert select((home, CELL), at=NOW).leading is home
    assert select((home,), at=NOW, mobile=True).leading is home
    sector = fix("sector", ALI, 800, method="Cell", address="某基站")
    assert select((home, sector), at=NOW, mobile=True).leading is sector


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(sentence.zh and sentence.en for sentence in SENTENCES.values())
    assert select((ALI_500,), at=NOW).sentence.zh == "仅此一个位置"


def test_the_newest_entry_of_a_person_leads_unless_another_was_chosen() -> None:
    newer = fix("newer", PERSON)
    assert select((ENTERED, newer, GNSS), at=NOW).leading is newer
    assert select((ENTERED, newer, GNSS), at=NOW, chosen="gnss").leading is GNSS
    assert select((ENTERED, newer, GNSS), at=NOW, chosen="gnss").reason is Reason.PERSON


def test_no_fix_no_leader() -> None:
    with pytest.raises(ValueError, match="no location"):
        select((), at=NOW)


@pytest.mark.parametrize(
    "faulty",
    [
        {"longitude": None},
        {"datum": None},
        {"latitude": 91.0},
        {"latitude": None, "longitude": None, "datum": None},
    ],
)
def test_a_fix_that_is_no_place_cannot_be_made(faulty: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|no such position"):
        fix("x", LocationSource.ALI, **faulty)


# ---- what holds for any fixes


@st.composite
def fixes(draw: st.DrawFn, sources: Any = st.sampled_from(LocationSource)) -> list[Location]:
    """Up to seven, of every kind, each with its own name."""
    made = []
    for number in range(draw(st.integers(1, 7))):
        placed = draw(st.booleans())
        civic = draw(st.lists(st.sampled_from([("A3", "某区"), ("RD", "某路"), ("HNO", "8号")]), unique=True))
        expiry = draw(st.none() | st.integers(-600, 600))
        made.append(
            Location(
                location_id=f"{number}",
                source=draw(sources),
                obtained_at=NOW - timedelta(seconds=draw(st.integers(-60, 4000))),
                latitude=31.0 if placed else None,
                longitude=121.0 if placed else None,
                datum=Datum.WGS_84 if placed else None,
                uncertainty_m=draw(st.none() | st.floats(0, 1e6)),
                confidence_percent=draw(st.floats(0.1, 100)),
                method=draw(st.sampled_from([None, "GNSS", "A-GPS", "Wifi", "Cell", "Manual"])),
                element=draw(st.none() | st.sampled_from(Element)),
                civic=tuple(civic),
                address=None if placed or civic else "某处",
                expires_at=None if expiry is None else NOW + timedelta(seconds=expiry),
            )
        )
    return made


@given(fixes(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_fixes_does_not_matter(
    some: list[Location], chance: random.Random, mobile: bool
) -> None:
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert select(shuffled, at=NOW, mobile=mobile) == select(some, at=NOW, mobile=mobile)


@given(fixes())
def test_one_that_does_not_lead_may_go_without_changing_the_leader(some: list[Location]) -> None:
    leading = select(some, at=NOW).leading
    for other in some:
        if other is not leading:
            assert select([fix for fix in some if fix is not other], at=NOW).leading is leading


@given(fixes(), fixes())
def test_a_fix_that_loses_to_the_leader_never_changes_it(some: list[Location], more: list[Location]) -> None:
    leading = select(some, at=NOW).leading
    new = [
        each
        for index, fix in enumerate(more)
        for each in [
            Location(**{**{n: getattr(fix, n) for n in fix.__slots__}, "location_id": f"new{index}"})
        ]
        if select((leading, each), at=NOW).leading is leading
    ]
    assert select([*some, *new], at=NOW).leading is leading


@given(fixes())
def test_a_persons_entry_always_leads(some: list[Location]) -> None:
    entered = [fix for fix in some if fix.source is PERSON]
    leading = select(some, at=NOW).leading
    assert (leading.source is PERSON) == bool(entered)
    assert select(some, at=NOW, chosen=some[-1].location_id).leading is some[-1]


@given(fixes(st.sampled_from([source for source in LocationSource if source is not PERSON])))
def test_an_expired_fix_never_leads_before_one_that_is_not(some: list[Location]) -> None:
    leading = select(some, at=NOW).leading
    assert not expired(leading, NOW) or all(expired(fix, NOW) for fix in some)


# ---- every source beside every other one

SHARED = LocationSource.SHARED
REGISTERED = address("registered", ALI, civic=(("RD", "某路"), ("HNO", "8号")))
SOURCES: tuple[tuple[str, Location], ...] = (
    ("person", ENTERED),
    ("fresh", fix("aml", AML, 12, method="GNSS")),
    ("fresh", fix("shared", SHARED, 30, method="GNSS", age_s=60)),
    ("fresh", fix("wifi", HELD, 150, method="802.11")),
    ("measured", address("wall", PIDF, civic=(("RD", "人民大道"), ("HNO", "200号")))),
    ("measured", fix("held", HELD, 90, method="OTDOA")),
    ("measured", fix("old", AML, 12, method="GNSS", age_s=200)),
    ("measured", fix("sector", ALI, 800, method="Cell", address="某基站")),
    ("spoken", FOUND),
    ("coarse", CELL),
    ("coarse", fix("anywhere", PIDF)),
    ("coarse", HEARD),
    ("expired", fix("gone", AML, 5, method="GNSS", expires_at=NOW)),
    ("registered", REGISTERED),
)
"""From the one that leads before all others to the one that a mobile's others all lead before."""
REASONS = {
    ("measured", "spoken"): Reason.MEASURED_BEFORE_SPOKEN,
    ("spoken", "coarse"): Reason.SPOKEN_BEFORE_COARSE,
    ("measured", "measured"): Reason.SMALLEST_AREA,
    ("measured", "coarse"): Reason.SMALLEST_AREA,
    ("fresh", "fresh"): Reason.SMALLEST_AREA,
    ("coarse", "coarse"): Reason.SMALLEST_AREA,
}


FINER = {("held", "old"): Reason.NEWER, ("anywhere", "heard"): Reason.TRUSTED_SOURCE}
"""Where age alone made the other area larger, and where neither has one."""


def pair_reason(first: tuple[str, Location], second: tuple[str, Location]) -> Reason:
    """What is told when the first leads before the second, by their places in the table."""
    kinds, names = (first[0], second[0]), (first[1].location_id, second[1].location_id)
    if names in FINER:
        return FINER[names]
    if first[0] == "person":
        return Reason.PERSON
    if second[0] in ("registered", "expired"):
        return Reason.REGISTERED_LAST if second[0] == "registered" else Reason.EXPIRED_LAST
    if first[0] == "fresh" != second[0]:
        return Reason.FRESH_DEVICE_FIX
    civic = first[1].location_id == "wall" and REASONS[kinds] is Reason.SMALLEST_AREA
    return Reason.CIVIC_EXACT if civic else REASONS[kinds]


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(a, b, id=f"{a[1].location_id}-{b[1].location_id}")
     for at, a in enumerate(SOURCES) for b in SOURCES[at + 1 :]],
)  # fmt: skip
def test_of_any_two_sources_of_a_mobile_the_one_higher_in_the_table_leads(
    first: tuple[str, Location], second: tuple[str, Location]
) -> None:
    for pair in ((first[1], second[1]), (second[1], first[1])):
        found = select(pair, at=NOW, mobile=True)
        assert found.leading is first[1]
        assert found.reason is pair_reason(first, second)


def test_the_table_holds_every_source_and_the_whole_of_it_is_led_by_its_first() -> None:
    assert {each.source for _, each in SOURCES} == set(LocationSource)
    for at in range(len(SOURCES)):
        assert select([each for _, each in SOURCES[at:]], at=NOW, mobile=True).leading is SOURCES[at][1]


@given(fixes())
def test_a_mobiles_registered_address_never_leads_before_another_fix(some: list[Location]) -> None:
    others = [fix for fix in some if not registered(fix)]
    leading = select([*some, REGISTERED], at=NOW, mobile=True).leading
    assert not registered(leading) or not others


def test_a_mobiles_registered_address_alone_is_told_for_what_it_is() -> None:
    alone = select((REGISTERED,), at=NOW, mobile=True)
    assert (alone.leading, alone.reason) == (REGISTERED, Reason.REGISTERED_LAST)
    assert "not where the phone is" in alone.sentence.en
    assert select((REGISTERED,), at=NOW).reason is Reason.ONLY_ONE
    assert select((REGISTERED,), at=NOW, chosen="registered", mobile=True).reason is Reason.PERSON


def test_a_fixed_lines_registered_address_is_where_the_caller_is() -> None:
    for other in (FOUND, HEARD, CELL):
        assert select((REGISTERED, other), at=NOW).leading is REGISTERED


@pytest.mark.parametrize(
    ("radius", "age_s", "leading"),
    [(1000, 0, "cell"), (1001, 0, "found"), (900, 60, "cell"), (900, 70, "found"), (None, 0, "found")],
)
def test_what_the_caller_names_leads_only_where_the_network_knows_no_better_than_a_kilometre(
    radius: float | None, age_s: int, leading: str
) -> None:
    cell = fix("cell", HELD, radius, method="Cell", age_s=age_s)
    assert select((cell, FOUND), at=NOW, mobile=True).leading.location_id == leading


def test_what_was_said_and_has_no_place_never_leads_before_what_has_one() -> None:
    for other in (CELL, ALI_500, FOUND):
        assert select((HEARD, other), at=NOW, mobile=True).leading is other
