"""Of which domain a notice tells: many senders of one domain crowd its reader as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NOTICE = sa.text("gather_for IS NOT NULL")


def upgrade() -> None:
    """Add the column and its index; notices of before count for nothing."""
    op.add_column("outbox", sa.Column("gather_domain", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbox_gather_domain_gathered",
        "outbox",
        ["gather_for", "gather_domain", "created_at"],
        sqlite_where=NOTICE,
        postgresql_where=NOTICE,
    )
