"""The tables about the agents themselves: who is away, and what calls them beside their mail."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from mailbot.adapters.store.columns import BIG_ID, Key, Moment, Words
from mailbot.adapters.store.schema import metadata, partial

absence = Table(
    "absence",
    metadata,
    Column("agent", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("told_by", Text, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("key", Key, nullable=False),
    Column("ticket", BigInteger, ForeignKey("ticket.number"), index=True),
    Column("agent", Key, nullable=False),
    Column("words", Words, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("last_reply", Words),
    UniqueConstraint("key"),
)
partial("ix_alert_due_at", alert.c.due_at, where=alert.c.due_at.is_not(None))
