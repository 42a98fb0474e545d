"""The quality watch: what was said of ended calls, counts by day, how far the journal was followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
DIFFERENT = sa.text("grade IS NOT NULL")
TAUGHT = sa.text("taught")


def upgrade() -> None:
    op.create_table(
        "judged_calls",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("seized_at", MOMENT, nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("pairs", KEY, nullable=False),
        sa.Column("labelled", sa.Boolean(), nullable=False),
        sa.Column("taught", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index(
        "judged_calls_different", "judged_calls", ["grade", "seized_at", "call_id"],
        sqlite_where=DIFFERENT, postgresql_where=DIFFERENT,
    )  # fmt: skip
    op.create_index(
        "judged_calls_taught", "judged_calls", ["seized_at", "call_id"],
        sqlite_where=TAUGHT, postgresql_where=TAUGHT,
    )  # fmt: skip
    op.create_table(
        "quality_counts",
        sa.Column("day", KEY, nullable=False),
        sa.Column("measure", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("other", KEY, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "measure", "key", "other"),
    )
    op.create_index("quality_counts_of", "quality_counts", ["measure", "other", "key", "day"])
    op.create_table(
        "quality_followed",
        sa.Column("counting", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("counting"),
    )
