"""What made a promise and who, apart: the agent in whose name it was made has a column of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. What is no letter's name in `made_by` is the id of an agent, whose letter the key tells."""
    op.add_column("promise", sa.Column("agent", sa.Text(), nullable=True))
    op.execute(
        "UPDATE promise SET agent = made_by, "
        "made_by = CASE WHEN stated_by LIKE 'relay:%' THEN 'relay' ELSE 'update' END "
        "WHERE made_by NOT IN ('ack', 'update', 'cover', 'late', 'nudge', 'desk')"
    )
