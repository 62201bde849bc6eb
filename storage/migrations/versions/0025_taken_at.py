"""Since when whoever has a ticket has it; of the tickets before, nobody noted it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the column."""
    op.add_column("ticket", sa.Column("taken_at", MOMENT, nullable=True))
