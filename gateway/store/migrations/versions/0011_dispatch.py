"""Reports of the dispatch core that fit no call yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "dispatch_asides",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("dispatch_asides_by_time", "dispatch_asides", ["at"])
    op.create_index("dispatch_asides_of", "dispatch_asides", ["call_id"])
