"""Rule packs beside the active one: what they say of the same calls, and of what was said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
SIDES = ("active", "shadow")


def upgrade() -> None:
    op.create_table(
        "shadow_verdicts",
        sa.Column("pack", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("base", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(
            sa.Column(f"{side}_{what}", KEY, nullable=False)
            for side in SIDES
            for what in ("class", "nature", "department")
        ),
        sa.Column("flipped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pack", "call_id"),
    )
    op.create_index("shadow_verdicts_flipped", "shadow_verdicts", ["pack", "flipped", "at"])
    op.create_table(
        "back_tests",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("back_tests_of", "back_tests", ["draft_id", "at"])
