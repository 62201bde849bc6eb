"""What a ticket is looked at for, beside when; and reminders to agents counted apart from covers to the customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

LOOKED_AT = sa.text("look_at IS NOT NULL")
# Why the desk is silent, where agents are not reminded of it: what was counted there were covers.
NOT_REMINDED = "'marked', 'robot', 'undeliverable', 'list', 'spam', 'ignored', 'other'"


def upgrade() -> None:
    """Tell by the state what each ticket is looked at for, and by the silence what was counted."""
    op.drop_index("ix_ticket_check_in_at", "ticket")
    op.execute("ALTER TABLE ticket RENAME COLUMN check_in_at TO look_at")
    op.add_column("ticket", sa.Column("look_for", sa.Text(), nullable=True))
    op.add_column("ticket", sa.Column("reminders", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_ticket_look_at", "ticket", ["look_at", "number"], sqlite_where=LOOKED_AT, postgresql_where=LOOKED_AT
    )
    op.execute(
        "UPDATE ticket SET look_for = CASE state WHEN 'spam' THEN 'tell-heap' WHEN 'resolved' THEN 'check-in' "
        "ELSE 'remind-agents' END WHERE look_at IS NOT NULL"
    )
    op.execute("UPDATE ticket SET reminders = covers WHERE mute IS NOT NULL")
    op.execute(f"UPDATE ticket SET covers = 0 WHERE mute NOT IN ({NOT_REMINDED})")  # NULL is not in it, nor out of it
