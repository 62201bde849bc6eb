"""Which addresses have shown that they are their owner's. Who was answered before this counts as confirmed by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
ANSWERED = """
    INSERT INTO confirmed (address, how, at)
    SELECT t.requester, 'person', MIN(t.first_word_at)
    FROM ticket AS t LEFT JOIN customer AS c ON c.address = t.requester
    WHERE t.answers > 0 AND t.first_word_at IS NOT NULL AND c.undeliverable IS NULL
    GROUP BY t.requester
"""


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "confirmed",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_confirmed")),
    )
    op.execute(sa.text(ANSWERED))
