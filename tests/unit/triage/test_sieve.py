from __future__ import annotations

from gateway.triage.match import Words
from gateway.triage.sieve import Sieve
from gateway.triage.terms import term_expression


def words(term: str) -> Words:
    return Words([term_expression(term)])


def test_only_words_whose_strings_all_stand_in_the_text_come_through() -> None:
    knife, fire, child = words("(拿|持)…(刀|斧)"), words("着火"), words("孩子…不见")
    sieve = Sieve([knife, fire, child])
    assert sieve.through("他手里拿着一把斧子") == {knife}
    assert sieve.through("孩子在家里着火了") == {fire}
    assert sieve.through("他拿着东西") == set()
    assert sieve.through("") == set()


def test_every_word_that_matches_comes_through() -> None:
    terms = ["救命", "(砸|踹)…门", "^喂，妈", "he has (a|the) knife", "(困|卡)在…(里|下)"]
    made = [words(term) for term in terms]
    sieve = Sieve(made)
    for text in ("救命啊", "他在砸我家的门", "喂，妈是我", "he has a knife", "人卡在车底下"):
        through = sieve.through(text)
        assert {one for one in made if one.places(text)} <= through
        assert through


def test_a_sieve_of_nothing_lets_nothing_through() -> None:
    assert Sieve([]).through("救命") == set()
