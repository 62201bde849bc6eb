"""An index of the automatic letters by their time: the breaker counts a week of them, not all that ever were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.create_index(
        "ix_outbox_counted",
        "outbox",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("limit_address IS NOT NULL"),
        postgresql_where=sa.text("limit_address IS NOT NULL"),
    )
