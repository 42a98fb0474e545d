"""Open work orders are counted and found without looking through years of closed ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.create_index(
        "orders_open", "orders", ["department", "state", "overdue"], sqlite_where=OPEN, postgresql_where=OPEN
    )
