"""The time zone of a ticket's customer as an agent said it; of the tickets before, nobody has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("ticket", sa.Column("zone_name", sa.Text(), nullable=True))
