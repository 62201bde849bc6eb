"""Says behind each problem of a config on which line of the file its key stands, or the section that lacks it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mailbot.config.toml_source import Source

_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_NAMED_BY = ("name", "id")


def with_lines(problems: Sequence[str], text: str, data: Mapping[str, Any]) -> list[str]:
    """`smtp.port: must be at most 65535 (line 31)`; a problem whose key stands nowhere is left as it is."""
    source = Source(text)
    return [f"{problem}{_line(problem.partition(': ')[0], source, data)}" for problem in problems]


def _line(key: str, source: Source, data: Mapping[str, Any]) -> str:
    path: list[str | int] = []
    found: Any = data
    for name, index in _STEP.findall(key):
        step: str | int | None = name or _number(index, found)
        if step is None:
            break
        path.append(step)
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            found = None
    if not path or path[0] not in data:
        return ""
    return f" (line {source.place(tuple(path))[0]})"


def _number(index: str, tables: object) -> int | None:
    """Which of the tables is called so; `#2` is the second."""
    if index.startswith("#") and index[1:].isdigit():
        return int(index[1:]) - 1
    listed = tables if isinstance(tables, list) else []
    return next(
        (n for n, table in enumerate(listed) if isinstance(table, dict) and index in map(table.get, _NAMED_BY)), None
    )
