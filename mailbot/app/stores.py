"""The database of a desk, opened as its config says, or a line that says which key, which place, and what to do."""

from __future__ import annotations

from mailbot.adapters.places import database_file, folder_problems
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.app.safely import without_password
from mailbot.config import Config
from mailbot.errors import StoreDown


def store_of(config: Config) -> SqlStore:
    """Its tables are made or brought up to date. Raises StoreDown in words for whoever starts a desk, or ConfigError."""
    try:
        return open_store(config.database_url)
    except StoreDown as error:
        raise StoreDown(unusable(config, error), error.kind) from error


def unusable(config: Config, error: Exception) -> str:
    """Why the database cannot be used, without a password: the key, the place, and what mends it where that is known."""
    key = "store.url_env" if config.store.url_env else "store.url"
    path = database_file(config.database_url)
    words = without_password(" ".join(str(error).split()))
    if path is None:
        return f"{config.site / 'config.toml'}: {key}: the database cannot be used: {words}"
    said = folder_problems(path.parent, key) or [f"{key}: {path} cannot be used: {words}"]
    return f"{config.site / 'config.toml'}: {said[0]}"
