"""The tables: the truth about the database, which the migrations must add up to.

Partial indexes keep the cost of finding the next thing to do constant, however much the tables hold: what is finished
leaves the index, because the column that says when to look again (`open_at`, `due_at`) is then NULL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    true,
)

from mailbot.adapters.store.columns import BIG_ID, Key, Moment, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_PARTIAL: list[tuple[str, tuple[Column[Any], ...], ColumnElement[bool], bool]] = []


def partial(name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> None:
    """Remember an index of some of the rows, for `add_partial_indexes`."""
    _PARTIAL.append((name, columns, where, unique))


def add_partial_indexes() -> None:
    """Make the partial indexes known to `metadata`, once: for whoever compares it with a database or creates one.

    That loads SQLAlchemy's dialect of PostgreSQL, which takes 2 MB and 50 ms that a desk on SQLite does not have to pay.
    """
    while _PARTIAL:
        name, columns, where, unique = _PARTIAL.pop(0)
        Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


mailbox = Table(
    "mailbox",
    metadata,
    Column("name", Key, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("since", Moment),  # the first baseline
    Column("renewed", Boolean, nullable=False, server_default=false()),  # another UIDVALIDITY since then
)

inbound = Table(
    "inbound",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("mailbox", Key, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("open_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("holder", Text),
    Column("token", Text),
    Column("received_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("size", BigInteger, nullable=False),
    Column("oversize", Boolean, nullable=False),
    Column("outcome", Text),
    Column("reason", Words),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
)
partial(
    "ix_inbound_waiting", inbound.c.received_at, inbound.c.id, inbound.c.open_at, where=inbound.c.open_at.is_not(None)
)

inbound_raw = Table(
    "inbound_raw",
    metadata,
    Column("inbound", BIG_ID, ForeignKey("inbound.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
)

customer = Table(
    "customer",
    metadata,
    Column("address", Key, primary_key=True),
    Column("name", Words),
    Column("first_seen", Moment, nullable=False),
    Column("undeliverable", Words),
)

# Apart from `customer`: what confirms an address says nothing new about its owner, and a failed delivery undoes it.
confirmed = Table(
    "confirmed",
    metadata,
    Column("address", Key, primary_key=True),
    Column("how", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Apart from `customer`, so that somebody can be tagged who has not written yet and is still a first contact.
customer_tags = Table(
    "customer_tags",
    metadata,
    Column("address", Key, primary_key=True),
    Column("tags", JSON, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    Column("number", BIG_ID, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("merged_into", BigInteger),
    Column("inbox", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("requester", Key, nullable=False),
    Column("requester_name", Words),
    Column("requester_address", Words, nullable=False),
    Column("participants", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("waiting_for", Words),
    Column("waiting_until", Moment),
    Column("priority", Integer, nullable=False),
    Column("sure", Boolean, nullable=False, server_default=true()),
    Column("urgency", Integer, nullable=False),
    Column("category", Words),
    Column("why", Words, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("assignee", Words),
    Column("taken_at", Moment),
    Column("language", Text, nullable=False),
    Column("utc_offset", Integer),
    Column("zone_name", Text),
    Column("mute", Text),
    Column("mute_reason", Words),
    Column("answers", Integer, nullable=False),
    Column("last_answer_by", Words),
    Column("covers", Integer, nullable=False),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("plan", Words),
    Column("workaround", Words),
    Column("eta", Words),
    Column("eta_at", Moment),
    Column("promised", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("thread", JSON, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("first_word_at", Moment),
    Column("last_word_at", Moment),
    Column("resolved_at", Moment),
    Column("look_at", Moment),
    Column("look_for", Text),  # where `look_at` is set, and only there
)
_MERGED = ticket.c.merged_into.is_not(None)
partial("ix_ticket_merged_into", ticket.c.merged_into, where=_MERGED)
Index("ix_ticket_requester_opened_at", ticket.c.requester, ticket.c.opened_at)
IS_LOOKED_AT = ticket.c.look_at.is_not(None)
partial("ix_ticket_look_at", ticket.c.look_at, ticket.c.number, where=IS_LOOKED_AT)

IS_UNRESOLVED = ticket.c.state != literal_column("'resolved'")
partial("ix_ticket_assignee", ticket.c.assignee, where=IS_UNRESOLVED)

message = Table(
    "message",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("ticket.number")),
    Column("inbound", BigInteger),
    Column("content_key", Key, nullable=False),
    Column("message_id", Words),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("agent", Words),
    Column("from_name", Words),
    Column("from_address", Words, nullable=False),
    Column("to", JSON, nullable=False),
    Column("subject", Words, nullable=False),
    Column("date", Moment),
    Column("received_at", Moment, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("held", Words),
    Column("note", Words, nullable=False),
    Column("new_text", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("alike", Text),
    Column("weighed", JSON(none_as_null=True)),
    Column("standing", Text),
    UniqueConstraint("content_key"),
)
Index("ix_message_ticket_received_at", message.c.ticket, message.c.received_at)
_BY_AN_AGENT = message.c.agent.is_not(None)
partial("ix_message_agent_received_at", message.c.agent, message.c.received_at, where=_BY_AN_AGENT)
_FINDS_OTHERS = message.c.alike.is_not(None)
partial("ix_message_alike", message.c.received_at, message.c.alike, where=_FINDS_OTHERS)

# In SQLite the words themselves are in a virtual table, which SQLAlchemy does not know: see `adapters.store.search`.
search = Table(
    "search",
    metadata,
    Column("number", BIG_ID, primary_key=True),  # below zero for mail from before there was an index
    Column("message", Text, ForeignKey("message.id"), nullable=False),
    UniqueConstraint("message"),
)

ref = Table(
    "ref",
    metadata,
    Column("message_id", Key, primary_key=True),
    Column("sender", Key, primary_key=True),  # who merely referred to it; empty if the ticket has the mail itself
    Column("ticket", BigInteger, ForeignKey("ticket.number"), primary_key=True, index=True),
    Column("message", Text),
    sqlite_with_rowid=False,
)

promise = Table(
    "promise",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("ticket.number"), nullable=False, index=True),
    Column("to", Words, nullable=False),
    Column("to_key", Key, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("agent", Words),
    Column("due", Moment, nullable=False),
    Column("wake_at", Moment),
    Column("stated_by", Words, nullable=False),
    Column("reminded", Integer, nullable=False),
    Column("ended_at", Moment),
    Column("kept_by", Text),
    Column("said", Moment),
)
PROMISE_IS_OPEN = promise.c.state == literal_column("'open'")
"""Written out, not as a parameter: only then do both databases see that the partial indexes apply."""
partial("uq_promise_open", promise.c.ticket, unique=True, where=PROMISE_IS_OPEN)
partial("ix_promise_wake_at", promise.c.wake_at, promise.c.ticket, where=PROMISE_IS_OPEN)
Index("ix_promise_to_key_ended_at", promise.c.to_key, promise.c.ended_at)

goodwill = Table(
    "goodwill",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("ticket.number"), nullable=False, index=True),
    Column("customer", Key, nullable=False),
    Column("agent", Key, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("approved_by", Words),
)
Index("ix_goodwill_agent_at", goodwill.c.agent, goodwill.c.at)

event = Table(
    "event",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("ticket.number")),
    Column("at", Moment, nullable=False),
    Column("code", Words, nullable=False),
    Column("args", JSON, nullable=False),
    Column("by", Words, nullable=False),
)
Index("ix_event_ticket_id", event.c.ticket, event.c.id)
# literally, so that SQLite sees that the index fits
IS_SIGNATURE = event.c.code == literal_column("'event.signature.asked'")
partial("ix_event_signature", event.c.by, event.c.id, where=IS_SIGNATURE)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("key", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("ticket", BigInteger, ForeignKey("ticket.number"), index=True),
    Column("inbox", Text, nullable=False),
    Column("to_name", Words),
    Column("to_address", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("subject", Words, nullable=False),
    Column("in_reply_to", Words),
    Column("references", JSON, nullable=False),
    Column("reply_token", Text),
    Column("message_token", Text),
    Column("agent", Words),
    Column("promise", Text),
    Column("attach", JSON, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("holder", Text),
    Column("message_id", Words),
    Column("created_at", Moment, nullable=False),
    Column("first_tried_at", Moment),
    Column("ended_at", Moment),
    Column("told", Boolean, nullable=False),
    Column("last_reply", Words),
    Column("limit_address", Key),
    Column("limit_domain", Key),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column(
        "gather_for", Key
    ),  # of a notice: its reader, the sender whom it is about, how it counts (`core.sending.crowds`)
    Column("gather_of", Key),
    Column("gather_as", Text),
    Column("gather_domain", Key),
    UniqueConstraint("key"),
)
_WAITS = outbox.c.due_at.is_not(None)
partial(
    "ix_outbox_waiting", outbox.c.rank, outbox.c.created_at, outbox.c.id, outbox.c.due_at, outbox.c.state, where=_WAITS
)
_COUNTED = outbox.c.limit_address.is_not(None)
partial("ix_outbox_counted", outbox.c.created_at, where=_COUNTED)
for _column in (outbox.c.limit_address, outbox.c.limit_domain):
    partial(f"ix_outbox_{_column.name}", _column, outbox.c.created_at, where=_column.is_not(None))

_NOTICE = outbox.c.gather_for.is_not(None)
for _columns in (
    (outbox.c.gather_for, outbox.c.gather_of, outbox.c.created_at),
    (outbox.c.gather_for, outbox.c.ticket, outbox.c.created_at),
    (outbox.c.gather_for, outbox.c.gather_as, outbox.c.created_at),
    (outbox.c.gather_for, outbox.c.gather_domain, outbox.c.created_at),
):
    partial(f"ix_outbox_{_columns[1].name}_gathered", *_columns, where=_NOTICE)
IS_GATHERING = outbox.c.state == literal_column("'gathering'")
partial("ix_outbox_gathering", outbox.c.gather_for, outbox.c.id, where=IS_GATHERING)

outbox_raw = Table(
    "outbox_raw",
    metadata,
    Column("outbox", BIG_ID, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("side", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("reply", Words, nullable=False),
    Column("in_a_row", Integer, nullable=False),
    Column("next_try", Moment),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Key, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("fence", BigInteger, nullable=False),
)
