from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import argon2
import pytest
from typer.testing import CliRunner

from gateway.cli.users import app
from gateway.web import accounts, auth
from gateway.web.accounts import AccountError

from .site import POST, Site


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


async def create(site: Site, **change: Any) -> None:
    account = {"username": "wang", "password": "0123456789", "roles": ["call_taker"], "clock": site.clock}
    await accounts.create_user(site.store.database, **{**account, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "Wang Wu"}, "small letters"),
        ({"username": "王"}, "small letters"),
        ({"roles": ["emperor"]}, "no role 'emperor'; roles are call_taker"),
        ({"roles": []}, "needs a role"),
        ({"password": "short"}, "at least 10"),
        ({"language": "tlh"}, "no language"),
        ({"roles": ["department"]}, "--role department --department NAME"),
        ({"department": "labour_bureau"}, "--role department --department NAME"),
        ({"roles": ["department"], "department": "劳动局"}, "as in the directory"),
    ],
)
async def test_an_account_that_makes_no_sense_is_refused_with_the_cure(
    site: Site, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(AccountError, match=words):
        await create(site, **change)


async def test_a_name_is_given_once(site: Site) -> None:
    await create(site)
    with pytest.raises(AccountError, match="already a user 'wang'"):
        await create(site)


async def test_a_changed_password_is_the_one_that_holds(site: Site) -> None:
    await create(site)
    await accounts.change_password(site.store.database, "wang", "another-password")
    client = await site.open_client()
    for password, status in (("0123456789", 401), ("another-password", 200)):
        body = {"username": "wang", "password": password}
        assert (await client.post("/api/v1/session", json=body, headers=POST)).status == status
    with pytest.raises(AccountError, match="no user 'li'"):
        await accounts.change_password(site.store.database, "li", "another-password")


# ---- the command line


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    file = tmp_path / "gateway.toml"
    file.write_text('[gateway]\nstate_dir = "state"\n', encoding="utf-8")
    return str(file)


def run(configuration: str, *arguments: str, text: str | None = None) -> Any:
    return CliRunner().invoke(app, [*arguments, "-c", configuration], input=text, catch_exceptions=True)


def test_users_are_added_listed_and_disabled(configuration: str) -> None:
    added = run(
        configuration, "add", "wang", "--role", "call_taker", "--name", "王警官", "--generate", "--json"
    )
    assert added.exit_code == 0, added.output
    assert len(json.loads(added.output)["password"]) >= accounts.PASSWORD_MIN_CHARS
    assert run(configuration, "disable", "wang").exit_code == 0
    (row,) = json.loads(run(configuration, "list", "--json").output)
    assert row == {
        "username": "wang", "display_name": "王警官", "roles": ["call_taker"], "language": "zh-CN",
        "department": None, "disabled": True,
    }  # fmt: skip
    assert "(disabled)" in run(configuration, "list").output
    assert run(configuration, "disable", "wang", "--undo").exit_code == 0
    assert json.loads(run(configuration, "list", "--json").output)[0]["disabled"] is False


def test_a_password_can_be_given_without_appearing_on_the_command_line(configuration: str) -> None:
    added = run(
        configuration,
        "add",
        "li",
        "--role",
        "auditor",
        "--role",
        "supervisor",
        "--password-stdin",
        text="0123456789\n",
    )
    assert added.output == "added li\n"
    changed = run(configuration, "passwd", "li", text="abcdefghij\nabcdefghij\n")
    assert changed.exit_code == 0
    assert "abcdefghij" not in changed.output


def test_a_department_user_is_bound_to_its_department(configuration: str) -> None:
    words = ("add", "labour1", "--role", "department", "--department", "labour_bureau", "--generate")
    assert run(configuration, *words).exit_code == 0
    (row,) = json.loads(run(configuration, "list", "--json").output)
    assert (row["roles"], row["department"]) == (["department"], "labour_bureau")


def test_what_cannot_be_done_is_told(configuration: str) -> None:
    failed = run(configuration, "passwd", "nobody", "--generate")
    assert failed.exit_code != 0
    assert str(failed.exception) == "there is no user 'nobody'"
