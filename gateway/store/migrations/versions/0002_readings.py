"""Segments of the second pass stand beside the live ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY_COLUMNS = ["call_id", "speaker", "reading", "index"]


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("segments", sa.Column("reading", KEY, nullable=False, server_default="live"))
        op.drop_constraint("segments_pkey", "segments", type_="primary")
        op.create_primary_key("segments_pkey", "segments", KEY_COLUMNS)
    else:
        _anew()


def _anew() -> None:
    """SQLite cannot change a key: the table is made anew and its rows are copied."""
    op.rename_table("segments", "segments_0001")
    op.drop_index("segments_by_time")
    op.create_table(
        "segments",
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("speaker", KEY, nullable=False),
        sa.Column("reading", KEY, nullable=False, server_default="live"),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY_COLUMNS),
    )
    op.create_index("segments_by_time", "segments", ["call_id", "started_ms"])
    op.execute(
        'INSERT INTO segments (call_id, speaker, reading, "index", started_ms, text, payload) '
        "SELECT call_id, speaker, 'live', \"index\", started_ms, text, payload FROM segments_0001"
    )
    op.drop_table("segments_0001")
