"""What the submission server is known to refuse: a state of the server, which all processes of the desk share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "submission",
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("next_try", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("side", name=op.f("pk_submission")),
    )
