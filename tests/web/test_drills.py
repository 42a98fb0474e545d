"""The hall's own pages know no training: its routes lead nowhere there, and no answer says training."""

from __future__ import annotations

import pytest

from gateway.web import auth

from .site import POST, Site


@pytest.mark.parametrize("path", ["scenarios", "runs"])
async def test_the_hall_has_no_training(site: Site, path: str) -> None:
    answer = await (await site.signed_in("supervisor")).get(f"/api/v1/training/{path}", headers=POST)
    assert answer.status == 404
    assert "X-Intake110-Training" not in answer.headers


def test_who_is_in_the_training_stays_signed_in_in_the_hall(site: Site) -> None:
    assert auth.cookie_of(site.settings) == auth.COOKIE
    assert auth.TRAINING_COOKIE != auth.COOKIE
