"""Since when the desk watches a mailbox, and whether it was given new UIDs: what lay in it before is not taken up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add both. Of a mailbox that is watched already, the time is not known."""
    op.add_column("mailbox", sa.Column("since", MOMENT, nullable=True))
    op.add_column("mailbox", sa.Column("renewed", sa.Boolean(), nullable=False, server_default=sa.false()))
