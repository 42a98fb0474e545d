"""Messages of text calls, and how it stands with each answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "text_messages",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("speaker", KEY, nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "speaker", "index"),
    )
    op.create_index("text_messages_by_time", "text_messages", ["call_id", "sent_at"])
    op.create_table(
        "text_states",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "index"),
    )
