"""What a person is shown of a mail that was put aside, without reading it as mail."""

from __future__ import annotations

from dataclasses import asdict
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Any

from mailbot.adapters.store.views.quarantine import QuarantinedMail

_HEAD = 64_000  # bytes of the header block that are looked at
_VALUE = 300
_LINES = 40
_NAMED = (b"from", b"to", b"subject", b"date", b"message-id")


def shown(found: QuarantinedMail, raw: bytes) -> dict[str, Any]:
    """What a person is told of such a mail: the well-known headers, then the first lines as they are.

    It is not parsed: whatever put it aside would meet it again here. Header values are unfolded and cut.
    """
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    head = head[:_HEAD]
    told = {name.decode().title().replace("Id", "ID"): _value(head, name) for name in _NAMED}
    lines = body[: _LINES * 1000].split(b"\n")
    return {
        **asdict(found),
        "headers": {name: value for name, value in told.items() if value},
        "header_lines": head.count(b"\n") + 1,
        "text": "\n".join(_text(line) for line in lines[:_LINES]).strip(),
        "more": max(len(body) - sum(len(line) + 1 for line in lines[:_LINES]), 0),
    }


def _value(head: bytes, name: bytes) -> str:
    """The first value of a header on one line, its encoded words decoded (RFC 2047)."""
    lines = head.split(b"\n")
    at = next((i for i, line in enumerate(lines) if line.lower().startswith(name + b":")), None)
    if at is None:
        return ""
    value = lines[at][len(name) + 1 :]
    for line in lines[at + 1 : at + 10]:
        if not line.startswith((b" ", b"\t")):
            break
        value += line
    plain = _text(value.strip())
    try:
        parts = decode_header(plain)
        plain = "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", "replace") for part, charset in parts
        )
    except (HeaderParseError, LookupError, ValueError):
        pass
    return " ".join(plain.split())


def _text(line: bytes) -> str:
    return line[:_VALUE].decode("utf-8", "replace") + ("…" if len(line) > _VALUE else "")
