"""Indexes by which an agent's last mails are found, and what they said of their signature."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BY_AN_AGENT = sa.text("agent IS NOT NULL")
IS_SIGNATURE = sa.text("what = 'signature'")


def upgrade() -> None:
    """Add both; they hold few rows."""
    op.create_index(
        "ix_message_agent_received_at",
        "message",
        ["agent", "received_at"],
        sqlite_where=BY_AN_AGENT,
        postgresql_where=BY_AN_AGENT,
    )
    op.create_index(
        "ix_event_signature", "event", ["by", "id"], sqlite_where=IS_SIGNATURE, postgresql_where=IS_SIGNATURE
    )
