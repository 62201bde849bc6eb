"""Who referred to a Message-ID, and which mail it is: an id that merely stands in References leads its sender alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew. Of an id that was only referred to, the ticket's customer counts as who did."""
    op.rename_table("ref", "ref_before")
    op.drop_index("ix_ref_ticket", "ref_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ref_before RENAME CONSTRAINT pk_ref TO pk_ref_before")
    op.create_table(
        "ref",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_ref_ticket")),
        sa.PrimaryKeyConstraint("message_id", "sender", "ticket", name=op.f("pk_ref")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO ref (message_id, sender, ticket, message) "
        "SELECT r.message_id, CASE WHEN r.mentioned THEN t.requester ELSE '' END, r.ticket, "
        "CASE WHEN r.mentioned THEN NULL ELSE "
        "(SELECT min(m.id) FROM message AS m WHERE m.ticket = r.ticket AND m.message_id = r.message_id) END "
        "FROM ref_before AS r JOIN ticket AS t ON t.number = r.ticket"
    )
    op.drop_table("ref_before")
    op.create_index("ix_ref_ticket", "ref", ["ticket"])
