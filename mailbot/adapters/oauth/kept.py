"""The refresh token of somebody who signed in: a file that nobody else may read, replaced whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog

from mailbot.errors import ConfigError

log = structlog.get_logger("mailbot.oauth")


def kept_token(path: Path) -> str:
    """Read at each call. Raises ConfigError if there is none yet."""
    try:
        found = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        found = ""
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "is not text"
        raise ConfigError([f"refresh_token_file: {path}: {words}"]) from None
    if not found:
        raise ConfigError(
            [f"refresh_token_file: nobody has signed in yet; `mailbot login` does that, and writes {path}"]
        )
    return found


def keep_token(path: Path, value: str) -> None:
    """Write it with mode 0600 from its first byte on; root writes it for whom the folder belongs to. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # two threads may do this at a time
    beside = Path(name)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as out:
            out.write(f"{value}\n")
            out.flush()
            os.fsync(out.fileno())
            if os.geteuid() == 0:  # who logs in by sudo would leave the daemon a file that it cannot read
                folder = path.parent.stat()
                os.fchown(out.fileno(), folder.st_uid, folder.st_gid)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


class Kept:
    """The file for one client. A newer token that cannot be written is held in memory as long as the file stays as it was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten: tuple[str, str] | None = None  # what the file held, and what takes its place

    def token(self) -> str:
        """See `kept_token`."""
        found, unwritten = kept_token(self._path), self._unwritten
        return unwritten[1] if unwritten is not None and unwritten[0] == found else found

    def keep_newer(self, value: str) -> None:
        """The endpoint gave another one (RFC 6749 section 6): the old one may end. A folder that cannot be written is said."""
        found = ""
        try:
            found = self._path.read_text(encoding="utf-8").strip()
            if found != value:
                keep_token(self._path, value)
        except (OSError, UnicodeDecodeError) as error:
            self._unwritten = (found, value)
            log.warning("sign-in", state="new refresh token not kept", file=str(self._path), reason=str(error))
        else:
            self._unwritten = None
