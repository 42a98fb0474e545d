"""Names in one automaton, by their sound."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.places.model import Kind, Place
from gateway.location.places.names import Name, Names, plain


def names(*texts: str) -> Names:
    return Names(Name(plain(text), Place(text, Kind.POI, text), 1.0) for text in texts)


def heard(found: Names, text: str) -> list[tuple[str, float]]:
    return [(hit.name.text, round(hit.likeness, 2)) for hit in found.heard(plain(text))]


@pytest.mark.parametrize("text", ["柳塘路", "榴糖路", "牛塘路", "柳谈路", "流堂路"])
def test_sounds_that_many_speakers_do_not_tell_apart_are_found(text: str) -> None:
    ((name, likeness),) = heard(names("柳塘路"), f"我在{text}口")
    assert name == "柳塘路"
    assert (likeness == 1.0) == (text == "柳塘路")
    assert likeness >= 0.5


def test_the_same_tone_is_more_alike_than_another_one() -> None:
    ((_, same),) = heard(names("建国路"), "建帼路") or [("", 0.0)]
    ((_, other),) = heard(names("建国路"), "见过路")
    assert same > other


def test_two_syllables_are_too_few_to_go_by_sound() -> None:
    assert heard(names("一院"), "意愿") == []
    assert heard(names("一院"), "在一院") == [("一院", 1.0)]


def test_a_character_of_several_readings_is_found_by_each() -> None:
    assert heard(names("长乐园"), "常乐园")
    assert heard(names("长乐园"), "掌乐园")


def test_the_longest_name_counts_where_names_overlap() -> None:
    found = names("柳塘", "柳塘路", "柳塘路小学", "小学")
    assert heard(found, "柳塘路小学门口") == [("柳塘路小学", 1.0)]
    assert heard(found, "柳塘路的小学") == [("柳塘路", 1.0), ("小学", 1.0)]


def test_figures_and_numerals_are_the_same() -> None:
    assert heard(names("318国道"), "三幺八国道") == [("三一八国道", 1.0)]
    assert heard(names("第三中学"), "第３中学") == [("第三中学", 1.0)]


def test_latin_names_are_found_in_any_case() -> None:
    assert heard(names("People's Square"), "I am at people's square now") == [("people's square", 1.0)]


def test_without_names_nothing_is_heard() -> None:
    assert names().heard("柳塘路") == []


@given(
    st.lists(st.text(alphabet="柳塘路榴糖牛一院长乐18a ", min_size=1, max_size=6), max_size=6),
    st.text(max_size=30),
)
def test_what_is_heard_stands_in_the_text_and_never_overlaps(given: list[str], text: str) -> None:
    found = names(*given).heard(plain(text + "".join(given)))
    for hit in found:
        assert hit.end - hit.start == len(hit.name.text)
        assert 0.5 <= hit.likeness <= 1.0
    spans = sorted({(hit.start, hit.end) for hit in found})
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
