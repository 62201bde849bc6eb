"""The index of words, by which mail is found. The words of old mail are filled in later, while the desk works.

Here old mails only get their numbers, the newest -1 and the oldest the least, so that the newest are filled in first and
all of them come after what is taken in from now on. To split their words takes minutes for a million mails, and nobody's mail
waits for that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SIGNS = "!#$%&()*+,-./:;<=>?@[]^_`{|}~"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "search",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_search_message")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search")),
        sa.UniqueConstraint("message", name=op.f("uq_search_message")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # Words come split and folded: whatever is not a space is part of one. Neither their text nor their order is kept.
        op.execute(
            f"CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', detail = 'none', columnsize = 0, "
            f"tokenize = \"ascii tokenchars '{SIGNS}'\")"
        )
    else:
        op.execute("CREATE TABLE search_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL)")
        # What waits to be sorted in is read by every search, so it is kept small.
        op.execute(
            "CREATE INDEX ix_search_words_words ON search_words USING gin (words) WITH (gin_pending_list_limit = 1024)"
        )
    op.execute(
        "INSERT INTO search (number, message) "
        "SELECT -row_number() OVER (ORDER BY received_at DESC, id DESC), id FROM message "
        "WHERE ticket IS NOT NULL OR held IS NOT NULL"
    )
