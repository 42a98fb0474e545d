"""Who may sign in, and who is signed in. Outside the journal: no call hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, update
from sqlalchemy.exc import IntegrityError

from gateway.store import tables
from gateway.store.rows import insert, made, selected


class UserExists(Exception):
    """A user of that name is already there: choose another name, or change that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """`roles`: codes of DESIGN, space separated. `language`: zh-CN or en. `department`: whose orders a user
    with the role of that name sees."""

    username: str
    display_name: str
    password_hash: str
    roles: str
    language: str
    disabled: bool
    created_at: datetime
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One signed-in browser. The token itself is only in its cookie: a stolen database opens no session."""

    token_hash: str
    username: str
    position: str | None
    created_at: datetime
    seen_at: datetime


def add_user(connection: Connection, user: UserRow) -> None:
    try:
        insert(connection, tables.users, [user])
    except IntegrityError as error:
        raise UserExists(user.username) from error


def list_users(connection: Connection) -> Sequence[UserRow]:
    return made(
        UserRow, connection.execute(selected(tables.users, UserRow).order_by(tables.users.c.username))
    )


def user(connection: Connection, username: str) -> UserRow | None:
    query = selected(tables.users, UserRow).where(tables.users.c.username == username)
    return next(iter(made(UserRow, connection.execute(query))), None)


def set_password(connection: Connection, username: str, password_hash: str) -> bool:
    """Signs the user out everywhere. False: no such user."""
    return _change(connection, username, password_hash=password_hash)


def set_disabled(connection: Connection, username: str, disabled: bool) -> bool:
    """Signs the user out everywhere. False: no such user."""
    return _change(connection, username, disabled=disabled)


def _change(connection: Connection, username: str, **values: object) -> bool:
    users = tables.users
    connection.execute(delete(tables.sessions).where(tables.sessions.c.username == username))
    return (
        connection.execute(update(users).where(users.c.username == username).values(**values)).rowcount == 1
    )


def set_language(connection: Connection, username: str, language: str) -> None:
    users = tables.users
    connection.execute(update(users).where(users.c.username == username).values(language=language))


# ---- sessions


def add_session(connection: Connection, session: SessionRow) -> None:
    insert(connection, tables.sessions, [session])


def signed_in(connection: Connection, token_hash: str) -> tuple[SessionRow, UserRow] | None:
    """The session of a token with its user, if that one may still sign in."""
    query = selected(tables.sessions, SessionRow).where(tables.sessions.c.token_hash == token_hash)
    for session in made(SessionRow, connection.execute(query)):
        who = user(connection, session.username)
        if who is not None and not who.disabled:
            return session, who
    return None


def touch_session(connection: Connection, token_hash: str, seen_at: datetime) -> None:
    sessions = tables.sessions
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=seen_at))


def set_position(connection: Connection, token_hash: str, position: str | None) -> None:
    """One browser at one position: others that had it, or this user elsewhere, have none."""
    sessions = tables.sessions
    if position is not None:
        connection.execute(
            update(sessions)
            .where(sessions.c.position == position, sessions.c.token_hash != token_hash)
            .values(position=None)
        )
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(position=position))


def end_session(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == token_hash))


def drop_stale_sessions(connection: Connection, seen_before: datetime, made_before: datetime) -> int:
    sessions = tables.sessions.c
    stale = or_(sessions.seen_at < seen_before, sessions.created_at < made_before)
    return connection.execute(delete(tables.sessions).where(stale)).rowcount
