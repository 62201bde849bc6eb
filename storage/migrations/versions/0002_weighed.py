"""What the rules were told of a mail, kept with it, and how mails alike are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; mails of before have neither, and are never counted as alike."""
    op.add_column("message", sa.Column("alike", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("weighed", sa.JSON(), nullable=True))
    op.create_index(
        "ix_message_alike",
        "message",
        ["received_at", "alike"],
        unique=False,
        sqlite_where=sa.text("alike IS NOT NULL"),
        postgresql_where=sa.text("alike IS NOT NULL"),
    )
