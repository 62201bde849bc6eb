"""Tries mails without a desk: what would be made of each, and which ticket each would join."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailbot.adapters.ids import StoreIds
from mailbot.adapters.logs import set_up_logs
from mailbot.adapters.mailfiles import mails_of
from mailbot.adapters.store.sql_store import open_store
from mailbot.app.live import open_or_shipped
from mailbot.loops.dry_run import Replay, explain, settle_merges


def explain_files(files: Sequence[Path], site: Path | None) -> Iterator[dict[str, Any]]:
    """What the desk makes of each file, as if it were the first mail ever; nothing is stored or sent."""
    set_up_logs("error", "text")
    live, inbox = open_or_shipped(site)
    now = datetime.now(UTC)
    for file in files:
        yield {"file": str(file), **explain(file.read_bytes(), live.current(), inbox=inbox, now=now)}


def replay_files(paths: Sequence[Path], site: Path | None) -> Iterator[dict[str, Any]]:
    """Play mails (files, folders, mboxes) through a throw-away store, in order; which ticket each one joined."""
    set_up_logs("error", "text")
    live, inbox = open_or_shipped(site)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/replay.db")
        try:
            replay = Replay(store, StoreIds(store.numbers), live.current(), inbox=inbox)
            rows = [{"file": name, **replay.play(raw, datetime.now(UTC))} for name, raw in mails_of(paths)]
        finally:
            store.close()
    yield from settle_merges(rows)
