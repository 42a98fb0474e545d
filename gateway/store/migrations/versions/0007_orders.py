"""Work orders as lists need them, what departments sent that fits no order, whose department a user is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("department", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("call_id", KEY),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("orders_by_time", "orders", ["opened_at", "order_id"])
    op.create_index("orders_of_department", "orders", ["department", "opened_at", "order_id"])
    op.create_index("orders_of_call", "orders", ["call_id"])
    op.create_table(
        "order_asides",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("route", KEY, nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("order_id", sa.Text()),
        sa.Column("code", KEY, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("order_asides_by_time", "order_asides", ["at"])
    op.add_column("users", sa.Column("department", KEY))
