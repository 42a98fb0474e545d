"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OPEN = sa.text("NOT closed")
LIVE = sa.text("ended_at IS NULL")
WAITING = sa.text("NOT sent AND parked IS NULL")


def upgrade() -> None:
    """Long on purpose: a list of tables, frozen as they were first made, with nothing to decide in it."""
    op.create_table(
        "aggregates",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    op.create_index(
        "aggregates_open", "aggregates", ["kind", "key"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "answers",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_table(
        "assessments",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("assessments_of", "assessments", ["call_id", "id"])
    op.create_table(
        "attempts",
        sa.Column("key", KEY, nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "calls",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("pbx", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("seized_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ani", sa.Text(), nullable=True),
        sa.Column("dialed", sa.Text(), nullable=True),
        sa.Column("end_reason", KEY, nullable=True),
        sa.Column("alarm_class", KEY, nullable=True),
        sa.Column("nature", KEY, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("department", KEY, nullable=True),
        sa.Column("agents", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index("calls_by_ani", "calls", ["ani", "seized_at"])
    op.create_index("calls_by_time", "calls", ["seized_at", "call_id"])
    op.create_index("calls_live", "calls", ["seized_at"], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        "card_fields",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "name"),
    )
    op.create_table(
        "documents",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", KEY, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "version"),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("journal_of", "journal", ["kind", "key", "seq"])
    op.create_table(
        "outbox",
        sa.Column("site_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_id", KEY, nullable=True),
        sa.Column("call_seq", sa.BigInteger(), nullable=True),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("topic", KEY, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("expiry_s", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("parked", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site_seq"),
    )
    op.create_index("outbox_of", "outbox", ["call_id", "call_seq"])
    op.create_index("outbox_waiting", "outbox", ["site_seq"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "segments",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("speaker", KEY, nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "speaker", "index"),
    )
    op.create_index("segments_by_time", "segments", ["call_id", "started_ms"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("username", KEY, nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("sessions_of", "sessions", ["username"])
    op.create_table(
        "timers",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "name"),
    )
    op.create_index("timers_due", "timers", ["due_at"])
    op.create_table(
        "users",
        sa.Column("username", KEY, nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("language", KEY, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("username"),
    )
