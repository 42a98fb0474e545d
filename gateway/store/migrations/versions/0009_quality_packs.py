"""Counts of the quality watch by the pack that judged. They are counted anew from the journal: nothing is
lost with the old ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("quality_counts")
    op.create_table(
        "quality_counts",
        sa.Column("day", KEY, nullable=False),
        sa.Column("pack", KEY, nullable=False),
        sa.Column("measure", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("other", KEY, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "pack", "measure", "key", "other"),
    )
    op.create_index("quality_counts_of", "quality_counts", ["measure", "other", "key", "day"])
