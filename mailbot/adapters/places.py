"""Whether the desk can write where it must, whether others can read there, and whether there is room: for `check`."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.config import Config

FULL = 100_000_000  # bytes that are left: below this nothing should be taken in any more
SCARCE = 1_000_000_000
_SQLITE = "sqlite:///"
_AHEAD = 3600  # seconds: a file from another machine may be a little ahead


@dataclass(kw_only=True, slots=True)
class Found:
    """What one part of a check came to: what is wrong, what is unwise, and what is simply so."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


def check_places(config: Config, database_url: str) -> Found:
    """Tries each place by writing there; leaves nothing behind. Never raises."""
    found = Found()
    folders: dict[Path, str] = {}
    database = database_file(database_url)
    if database is not None:
        folders[database.parent] = "store.url"
    folders.setdefault(config.desk.secret_file.parent, "desk.secret_file")
    for where, server in [("smtp", config.smtp), *((f"inbox[{box.name}]", box) for box in config.inboxes)]:
        if server.refresh_token_file is not None:
            folders.setdefault(server.refresh_token_file.parent, f"{where}.refresh_token_file")
    found.problems += [problem for folder, key in folders.items() for problem in folder_problems(folder, key)]
    if database is not None and not found.problems:
        found.problems += _not_written(database)
    found.notes += _modes(config, database, folders)
    if not found.problems:
        for folder, key in list(folders.items())[:1]:
            _room(folder, key, found)
    return found


def database_file(url: str) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL, and for one in memory."""
    path = url.removeprefix(_SQLITE).partition("?")[0]
    return Path(path) if url.startswith(_SQLITE) and path != ":memory:" else None


def folder_problems(folder: Path, key: str) -> list[str]:
    """Why files cannot be made in a folder, with what to do; by trying it."""
    try:
        if not folder.exists():
            return [f"{key}: there is no folder {folder}; make it, or name another place"]
        if not folder.is_dir():
            return [f"{key}: {folder} is not a folder"]
        with tempfile.NamedTemporaryFile(prefix=".mailbot-check-", dir=folder) as file:
            file.write(b"room for a word\n")
            file.flush()
    except OSError as error:
        return [f"{key}: nothing can be written in {folder}: {error.strerror or error}{_advice(folder, error)}"]
    return []


def _not_written(database: Path) -> list[str]:
    """The database's own files: one left behind by root keeps the service out."""
    problems = []
    for path in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
        try:
            if path.exists():
                with path.open("r+b"):
                    pass
        except OSError as error:
            problems.append(f"store.url: {path} cannot be written: {error.strerror or error}{_advice(path, error)}")
    return problems


def _advice(path: Path, error: OSError) -> str:
    """What mends it; where it may be a question of rights, who we are and whose it is."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "; make room there, nothing can be taken in until then"
    if error.errno == errno.EROFS:
        return "; its disk is mounted read-only"
    me = _name(os.geteuid())
    nearest = next((each for each in (path, *path.parents) if _owner(each) is not None), path)
    uid = _owner(nearest)
    if uid is not None and uid != os.geteuid():
        return f" ({nearest} belongs to {_name(uid)}, and this runs as {me}): chown -R {me} {nearest}"
    if uid is not None and not os.access(nearest, os.W_OK):
        return f" (this runs as {me}, whose it is): chmod u+rwX {nearest}, unless its disk is mounted read-only"
    return f" (this runs as {me})"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _modes(config: Config, database: Path | None, folders: dict[Path, str]) -> Iterator[str]:
    """What others may read or change, and a root who finds everything in order that the service may not touch."""
    if database is not None and (mode := _mode(database)) is not None and mode & 0o077:
        yield f"store.url: {database} holds customers' mail and can be read by others; chmod 600 it"
    for folder, key in folders.items():
        mode = _mode(folder)
        if mode is not None and mode & 0o002 and not mode & stat.S_ISVTX:
            yield f"{key}: anybody can write in {folder}; chmod 700 it"
    config_file = config.site / "config.toml"
    mode = _mode(config_file)
    if mode is not None and mode & 0o002:
        yield f"{config_file}: anybody can change it; chmod 644 it"
    owners = {owner for path in (database, *folders) if path is not None and (owner := _owner(path)) is not None}
    if os.geteuid() == 0 and 0 in owners:
        yield (
            "store: this check runs as root, and files of the desk belong to root: if the service runs as another user, "
            f"chown -R that user {', '.join(str(folder) for folder in folders if _owner(folder) == 0) or database}, and "
            "check as that user"
        )
    written = _written(config_file)
    if written is not None and written > time.time() + _AHEAD:
        yield f"clock: {config_file} was written later than it is now; set this machine's clock right"


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _written(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _room(folder: Path, key: str, found: Found) -> None:
    try:
        left = shutil.disk_usage(folder).free
    except OSError:
        return
    room = f"{left / 1e9:.1f} GB" if left >= SCARCE else f"{left / 1e6:.0f} MB"
    if left < FULL:
        found.problems.append(f"{key}: the disk of {folder} has {room} left; make room, or no mail can be taken in")
    elif left < SCARCE:
        found.notes.append(f"{key}: the disk of {folder} has {room} left; make room in time")
    else:
        found.facts.append(f"{room} of disk left")
