"""The collector of cycles rests while much is made."""

from __future__ import annotations

import gc

import pytest

from gateway.runtime.collector import uncollected, without_collector


def test_it_rests_while_something_is_made_and_looks_again_afterwards() -> None:
    assert uncollected(lambda given: (given, gc.isenabled()), "packs") == ("packs", False)
    assert gc.isenabled()


def test_where_it_rested_before_it_goes_on_resting_until_the_outer_one_ends() -> None:
    with without_collector():
        uncollected(str, 1)
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_looks_again_though_nothing_was_made() -> None:
    with pytest.raises(ValueError, match="not a pack"), without_collector():
        raise ValueError("not a pack")
    assert gc.isenabled()
