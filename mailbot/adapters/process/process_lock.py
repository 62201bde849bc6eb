"""Which processes of this machine are still alive: each keeps a file locked, which the system unlocks when it ends.

Process ids are not used: they are reused, and mean something else in every container.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import structlog

try:
    import fcntl
except ImportError:  # a system without such locks: there only time tells that a process is gone
    fcntl = None  # type: ignore[assignment]  # the module as a whole is what is missing

log = structlog.get_logger("mailbot")


class FileProcessLock:
    """Implements `ports.ProcessLock` with locked files in a folder that all processes of one site share.

    Locks our own file at once. If the folder is not writable, no process is known to be gone, and that is logged.
    """

    def __init__(self, folder: Path, holder: str) -> None:
        self._folder = folder
        self._own = self._path(holder)
        self._descriptor = -1
        if fcntl is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._own, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            log.warning("no lock", file=str(self._own), reason=str(error))

    def gone(self, holder: str) -> bool:
        """Whether its file is here and nobody has it locked; the file is removed then."""
        path = self._path(holder)
        if fcntl is None or path == self._own:
            return False
        try:
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def close(self) -> None:
        """Unlock our own file."""
        if self._descriptor >= 0:
            with suppress(OSError):
                self._own.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def _path(self, holder: str) -> Path:
        """A file named by the last, unique part of the holder's name; only its letters and digits are kept."""
        word = "".join(c for c in holder.rpartition(":")[2] if c.isascii() and c.isalnum())
        return self._folder / f"{word}.lock"
