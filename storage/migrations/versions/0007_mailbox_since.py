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
    """Add both. A mailbox that is watched already has been since its first mail came in."""
    op.add_column("mailbox", sa.Column("since", MOMENT, nullable=True))
    op.add_column("mailbox", sa.Column("renewed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE mailbox SET since = (SELECT min(received_at) FROM inbound WHERE inbound.mailbox = mailbox.name)")
