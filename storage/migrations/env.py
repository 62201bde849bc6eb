"""Runs the migrations on the connection that mailbot hands over."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit(
        "mailbot runs its migrations itself, when a store is opened: see mailbot/adapters/store/migrations.py"
    )

context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
