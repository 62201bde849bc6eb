"""Log lines: readable on a terminal, JSON elsewhere, on stderr, without secrets."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.core.model.reason import Reason

_SECRET = ("password", "secret", "token", "authorization")


class _Patient:
    """stderr that never raises: if a disk is full or the reader gone, a line is lost, but not the thread that wrote it."""

    def write(self, text: str) -> int:
        """How much was written, or would have been."""
        with suppress(OSError, ValueError):
            return sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, as far as possible."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def set_up_logs(level: str, form: str) -> None:
    """Configure structlog for this process. `form`: `text`, `json`, or `auto` (text on a terminal)."""
    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    text = form == "text" or (form == "auto" and sys.stderr.isatty())
    # The renderer's own choice prints every local variable, passwords and mails among them.
    plain = structlog.dev.plain_traceback
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)
        if text
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            _shown if text else _told,
            *([] if text else [structlog.processors.format_exc_info]),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Patient())),
        cache_logger_on_first_use=False,
    )
    for name, quiet in (
        ("apscheduler", logging.ERROR),
        ("flufl.bounce", logging.CRITICAL),
        ("mailparser", logging.CRITICAL),
    ):
        logging.getLogger(name).setLevel(quiet)  # they report broken mail, which is an everyday event here


def _shown(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Reasons in words, for people."""
    for key, value in event.items():
        if isinstance(value, Reason):
            event[key] = shown_reason(value)
    return event


def _told(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Reasons as codes with arguments and words, for programs."""
    for key, value in event.items():
        if isinstance(value, Reason):
            event[key] = {**value.field, "words": shown_reason(value)}
    return event


def _without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _SECRET):
            event[key] = "…"
    return event
