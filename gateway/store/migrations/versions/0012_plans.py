"""Runs of response plans, by call and incident."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "plan_runs",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("incident_id", KEY),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("plan_runs_of_call", "plan_runs", ["call_id"])
    op.create_index("plan_runs_of_incident", "plan_runs", ["incident_id"])
