"""Whom a notice tells, and of whom: by this those that are too many wait to be told together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOTICE = sa.text("gather_for IS NOT NULL")
GATHERING = sa.text("state = 'gathering'")


def upgrade() -> None:
    """Add the columns and their indexes; notices of before count for nothing."""
    op.add_column("outbox", sa.Column("gather_for", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("gather_of", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("gather_as", sa.Text(), nullable=True))
    for column in ("gather_of", "ticket", "gather_as"):
        op.create_index(
            f"ix_outbox_{column}_gathered",
            "outbox",
            ["gather_for", column, "created_at"],
            sqlite_where=NOTICE,
            postgresql_where=NOTICE,
        )
    op.create_index(
        "ix_outbox_gathering", "outbox", ["gather_for", "id"], sqlite_where=GATHERING, postgresql_where=GATHERING
    )
