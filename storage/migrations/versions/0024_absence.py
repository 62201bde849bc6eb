"""Who of the agents is away, the open tickets of an agent, and what calls people beside their mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("due_at IS NOT NULL")
OPEN = sa.text("state != 'resolved'")


def upgrade() -> None:
    """Add the tables and the indexes."""
    op.create_table(
        "absence",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_absence")),
    )
    op.create_table(
        "alert",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_alert_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_key")),
    )
    op.create_index("ix_alert_ticket", "alert", ["ticket"])
    op.create_index("ix_alert_due_at", "alert", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_ticket_assignee", "ticket", ["assignee"], sqlite_where=OPEN, postgresql_where=OPEN)
