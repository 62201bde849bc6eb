"""When to ask whether it still holds, the time that an agent named in prose, and the ledger of goodwill."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add them; tickets that were resolved before are not asked after."""
    op.add_column("promise", sa.Column("said", MOMENT, nullable=True))
    op.add_column("ticket", sa.Column("check_in_at", MOMENT, nullable=True))
    op.create_index(
        "ix_ticket_check_in_at",
        "ticket",
        ["check_in_at", "number"],
        unique=False,
        sqlite_where=sa.text("check_in_at IS NOT NULL"),
        postgresql_where=sa.text("check_in_at IS NOT NULL"),
    )
    op.create_table(
        "goodwill",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goodwill")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_goodwill_ticket")),
    )
    op.create_index("ix_goodwill_agent_at", "goodwill", ["agent", "at"], unique=False)
    op.create_index("ix_goodwill_ticket", "goodwill", ["ticket"], unique=False)
