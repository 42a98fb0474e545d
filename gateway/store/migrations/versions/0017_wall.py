"""What the wall counts of a day: how soon calls were answered, what people decided, hand-overs, recordings
that are missing, instructions and their sign-off. Calls of before keep what is not known of them empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("calls", sa.Column("test", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("answer_ms", sa.BigInteger(), nullable=True))
    op.add_column("calls", sa.Column("decided_class", KEY, nullable=True))
    op.add_column("calls", sa.Column("decided_nature", KEY, nullable=True))
    for name in ("handed", "came_back", "unrecorded"):
        op.add_column("calls", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "instructions",
        sa.Column("call_id", KEY, primary_key=True),
        sa.Column("instruction_id", KEY, primary_key=True),
        sa.Column("issued_at", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
    )
    op.create_index("instructions_by_time", "instructions", ["issued_at"])
    op.drop_index("calls_part_of", "calls")
    part = sa.text("part_of IS NOT NULL")
    op.create_index("calls_part_of", "calls", ["part_of"], sqlite_where=part, postgresql_where=part)
