"""What an admin says of a customer, for rules to ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nobody has a tag so far."""
    op.create_table(
        "customer_tags",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_customer_tags")),
    )
