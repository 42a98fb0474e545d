"""Whose each text is that was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sent_texts",
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("family", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("provider_id", KEY),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("sent_texts_by_provider", "sent_texts", ["provider_id"])
    op.create_index("sent_texts_by_time", "sent_texts", ["at"])
