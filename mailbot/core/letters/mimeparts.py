"""Writes the parts of an outgoing mail: texts, files, and their containers (RFC 2045, RFC 2046, RFC 2387)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from hashlib import sha256

from mailbot.core.sending import header_values
from mailbot.core.sending.files import File

_ASCII = bytes(range(128))
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,100}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,100}")
_LONGEST = 998  # RFC 5322 section 2.1.1
_MAIL_TYPES = ("message/rfc822", "message/global")


def mark_of(key: str) -> str:
    """What is in all boundaries of one mail but in nothing that it carries: made from the key of its row."""
    return sha256(key.encode()).hexdigest()[:24]


def head(fields: Sequence[tuple[str, str]]) -> bytes:
    """Header lines, each with its line end."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()


def text_part(subtype: str, words: str) -> bytes:
    """A body, with its header."""
    data = header_values.clean_text(words).encode().replace(b"\n", b"\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    # Mostly ASCII stays readable on the wire; other scripts would triple in quoted-printable.
    if len(data.translate(None, _ASCII)) * 4 <= len(data):
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
    else:
        encoding, body = "base64", _base64(data)
    fields = [("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding)]
    return head(fields) + b"\r\n" + body


def file_part(file: File, mark: str, *, within: bool = False) -> bytes:
    """A file, with its header; if it is `within` the words, it is shown where its Content-ID is (RFC 2392)."""
    type_, encoding, body = file.type, "base64", b""
    shown = header_values.file_name(file.name)
    if not _TYPE.fullmatch(type_):
        type_ = "application/octet-stream"
    if type_ in _MAIL_TYPES and _as_it_is(file.data, mark):
        type_, encoding, body = "message/rfc822", "7bit", file.data
    elif type_.startswith(("multipart/", "message/")):
        # RFC 2046 sections 5.1 and 5.2: neither may be base64, so what cannot stay as it is travels as opaque bytes.
        type_ = "application/octet-stream"
    said = "".join(f"; {name}={_quoted(value)}" for name, value in file.parameters)
    name = header_values.parameter("name", shown) if shown.isascii() else ""  # for clients that look only here
    disposition = "inline" if within else "attachment"
    fields = [
        ("Content-Type", type_ + said + name),
        ("Content-Disposition", disposition + header_values.parameter("filename", shown)),
        ("Content-Transfer-Encoding", encoding),
    ]
    if within and file.cid:
        fields.append(("Content-ID", f"<{file.cid}>"))
    return head(fields) + b"\r\n" + (body or _base64(file.data))


def multipart(subtype: str, parts: Sequence[bytes], mark: str) -> bytes:
    """The parts in one container, with its header."""
    # "=_" occurs in no quoted-printable and no base64 (RFC 2045 section 6.7), so no content can close a part early;
    # a mail that is enclosed unencoded does not hold the mark.
    boundary = f"=_{subtype[:3]}_{mark}"
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    kind = '; type="text/html"' if subtype == "related" else ""  # RFC 2387 section 3.1
    fields = head([("Content-Type", f'multipart/{subtype}{kind};\r\n boundary="{boundary}"')])
    return fields + b"\r\n" + body + line + b"--\r\n"


def _as_it_is(data: bytes, mark: str) -> bool:
    """Whether a mail can be enclosed byte for byte and survive any route: RFC 2046 section 5.2.1 allows no encoding."""
    if not data.isascii() or b"\0" in data or mark.encode() in data:
        return False
    lines = data.split(b"\r\n")
    return all(len(line) <= _LONGEST and b"\n" not in line and b"\r" not in line for line in lines)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "").replace('"', "") + '"'


def _base64(data: bytes) -> bytes:
    lines = (binascii.b2a_base64(data[at : at + 57], newline=False) for at in range(0, len(data), 57))
    return b"".join(line + b"\r\n" for line in lines)
