"""The calendar files of agents, read again only when they have changed."""

from __future__ import annotations

from pathlib import Path

import structlog

from mailbot.core.language.calendar import MOST_CHARACTERS

log = structlog.get_logger("mailbot.calendars")


class CalendarFile:
    """One file. Calling it gives its text; None while it cannot be read, which is logged once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._text: str | None = None

    def __call__(self) -> str | None:
        """The text, at most a little more than a calendar may have."""
        try:
            stat = self._path.stat()
            if self._seen != (stat.st_mtime_ns, stat.st_size):
                with self._path.open("rb") as file:
                    self._text = file.read(MOST_CHARACTERS + 1).decode("utf-8", "replace")
                self._seen = (stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            if self._text is not None or self._seen is None:
                log.warning("calendar", file=str(self._path), error=error.strerror)
            self._seen, self._text = (0, 0), None
        return self._text
