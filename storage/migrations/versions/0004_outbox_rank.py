"""Which outgoing mails come before others: customers' mails and urgent notices, then the other notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the mails that wait, notices come second."""
    op.add_column("outbox", sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE outbox SET rank = 1 WHERE kind = 'notice' AND due_at IS NOT NULL")
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["rank", "created_at", "id", "due_at", "state"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
