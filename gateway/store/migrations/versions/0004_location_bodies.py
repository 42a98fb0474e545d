"""Location bodies are kept as they came, and calls are found by the Call-ID of their INVITE."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
UNMATCHED = sa.text("call_id IS NULL")


def upgrade() -> None:
    op.add_column("calls", sa.Column("sip_call_id", sa.Text(), nullable=True))
    op.create_index("calls_by_sip_call_id", "calls", ["sip_call_id"])
    op.create_table(
        "location_bodies",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("route", KEY, nullable=False),
        sa.Column("key_kind", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("call_id", KEY, nullable=True),
        sa.Column("matched_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("location_bodies_by_key", "location_bodies", ["key_kind", "key", "received_at"])
    op.create_index("location_bodies_of", "location_bodies", ["call_id"])
    op.create_index("location_bodies_by_time", "location_bodies", ["received_at"])
    op.create_index(
        "location_bodies_waiting", "location_bodies", ["received_at"],
        sqlite_where=UNMATCHED, postgresql_where=UNMATCHED,
    )  # fmt: skip
