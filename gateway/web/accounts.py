"""Accounts as an administrator makes and changes them: checked names, roles and passwords."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from gateway.clock import Clock
from gateway.ids import SITE_NAME
from gateway.store import users
from gateway.store.database import Database
from gateway.store.users import UserExists, UserRow
from gateway.web.auth import hash_password
from gateway.web.roles import ROLES

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
DEPARTMENT = re.compile(rf"{SITE_NAME[:-1]}\Z")
PASSWORD_MIN_CHARS = 10
LANGUAGES = ("zh-CN", "en")


class AccountError(Exception):
    """The account cannot be made or changed; the message says why and what to write instead."""


async def create_user(
    database: Database,
    *,
    username: str,
    password: str,
    roles: Sequence[str],
    clock: Clock,
    display_name: str = "",
    language: str = "zh-CN",
    department: str | None = None,
) -> UserRow:
    """A new account that may sign in at once."""
    if not USERNAME.match(username):
        raise AccountError(f"user name {username!r}: small letters, digits and . _ - only, at most 64")
    if not roles or (unknown := sorted(set(roles) - ROLES.keys())):
        wrong = f"no role {unknown[0]!r}" if roles else "a user needs a role"
        raise AccountError(f"{wrong}; roles are {', '.join(ROLES)}")
    if ("department" in roles) != (department is not None):
        raise AccountError(
            "the role department and a department go together: --role department --department NAME"
        )
    if department is not None and not DEPARTMENT.match(department):
        raise AccountError(f"department {department!r}: named as in the directory, with a-z, 0-9 and _")
    if language not in LANGUAGES:
        raise AccountError(f"no language {language!r}; one of {', '.join(LANGUAGES)}")
    row = UserRow(
        username=username, display_name=display_name or username, password_hash=await _hashed(password),
        roles=" ".join(dict.fromkeys(roles)), language=language, disabled=False, created_at=clock.now(),
        department=department,
    )  # fmt: skip
    try:
        await database.write(users.add_user, row)
    except UserExists as error:
        raise AccountError(
            f"there is already a user {username!r}: change it, or choose another name"
        ) from error
    return row


async def change_password(database: Database, username: str, password: str) -> None:
    """Signs the user out everywhere."""
    if not await database.write(users.set_password, username, await _hashed(password)):
        raise AccountError(f"there is no user {username!r}")


async def set_disabled(database: Database, username: str, disabled: bool) -> None:
    """A disabled user is signed out at once and stays out; what it did stays under its name."""
    if not await database.write(users.set_disabled, username, disabled):
        raise AccountError(f"there is no user {username!r}")


async def _hashed(password: str) -> str:
    if len(password) < PASSWORD_MIN_CHARS:
        raise AccountError(f"a password needs at least {PASSWORD_MIN_CHARS} characters")
    return await asyncio.to_thread(hash_password, password)
