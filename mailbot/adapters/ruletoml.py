"""Reads one TOML file that an admin wrote, and says in which line it cannot be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from mailbot.adapters.rulesource import Problem
from mailbot.adapters.ruletable import TableReader

MAX_FILE = 2 * 1024 * 1024  # bytes; 10,000 plain rules fit
_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$|\s*\(at end of document\)$")


def read_toml(path: Path, shown: str) -> tuple[tuple[TableReader, dict[str, Any]] | None, Problem | None]:
    """The document with a reader that knows its places, or the one problem that keeps it from being read."""

    def failed(message: str, line: int = 0, column: int = 0) -> tuple[None, Problem]:
        return None, Problem(file=shown, line=line, column=column, message=message)

    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_FILE + 1)
    except OSError as error:
        return failed(f"cannot be read: {error.strerror}")
    if len(raw) > MAX_FILE:
        return failed(f"is larger than {MAX_FILE // 1024} KB")
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


def _syntax(text: str, message: str) -> tuple[str, int, int]:
    at = _AT.search(message)
    if at is not None and at.group(1):
        line, column = int(at.group(1)), int(at.group(2))
    else:
        lines = text.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    return f"is no valid TOML: {_AT.sub('', message)}", line, column
