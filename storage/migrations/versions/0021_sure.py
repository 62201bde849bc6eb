"""Whether a rule or a person said of what kind a ticket is; of the tickets before, it counts as said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("ticket", sa.Column("sure", sa.Boolean(), nullable=False, server_default=sa.true()))
