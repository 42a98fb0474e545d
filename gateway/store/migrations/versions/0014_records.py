"""Calls by medium; records without a call, and calls that are a part of another's record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("calls", sa.Column("medium", KEY, nullable=False, server_default="voice"))
    op.add_column("calls", sa.Column("part_of", KEY, nullable=True))
    op.add_column("calls", sa.Column("same_as", KEY, nullable=True))
    op.add_column("calls", sa.Column("sheet", sa.Text(), nullable=True))
    op.create_index("calls_part_of", "calls", ["part_of"])
    op.create_index("calls_by_sheet", "calls", ["sheet"])
