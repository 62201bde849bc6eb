"""Reads one TOML file that an admin wrote, and says in which line it cannot be read."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mailbot.adapters.rulefiles.table import TableReader
from mailbot.config.toml_source import Problem

MAX_FILE = 2 * 1024 * 1024  # bytes; 10,000 plain rules fit
_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$|\s*\(at end of document\)$")


def read_toml(path: Path, shown: str) -> tuple[tuple[TableReader, dict[str, Any]] | None, Problem | None]:
    """The document with a reader that knows its places, or the one problem that prevents reading it."""

    def failed(message: str, line: int = 0, column: int = 0) -> tuple[None, Problem]:
        return None, Problem(file=shown, line=line, column=column, message=message)

    raw = read_plain(path, MAX_FILE)
    if isinstance(raw, str):
        return failed(raw)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        return failed(f"is not UTF-8: byte 0x{raw[error.start]:02x}; save it as UTF-8", line, column)
    try:
        document = tomllib.loads(text)
    except RecursionError:
        return failed("is nested too deeply")
    except ValueError as error:
        return failed(*_syntax(text, str(error)))
    return (TableReader(shown, text), document), None


def read_plain(path: Path, most: int) -> bytes | str:
    """The bytes of a file, or why they are not available. Only plain files are opened: a pipe would never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "cannot be read: it is no plain file"
        with path.open("rb") as opened:
            raw = opened.read(most + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return raw if len(raw) <= most else f"is larger than {most // 1024} KB"


def _syntax(text: str, message: str) -> tuple[str, int, int]:
    at = _AT.search(message)
    if at is not None and at.group(1):
        line, column = int(at.group(1)), int(at.group(2))
    else:
        lines = text.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    return f"is no valid TOML: {_AT.sub('', message)}", line, column
