"""What our mail server said of the sender of a mail, kept with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of mails of before nothing is known."""
    op.add_column("message", sa.Column("standing", sa.Text(), nullable=True))
