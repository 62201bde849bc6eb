"""Makes header values of outgoing mail from anybody's text, so that none of it can become a header of its own."""

from __future__ import annotations

import binascii
import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from mailbot.core.model.addresses import domain_key
from mailbot.core.model.reason import Reason, why
from mailbot.errors import NoAddress

_NAME_LENGTH = 120
_SUBJECT_LENGTH = 250
_FILE_NAME_BYTES = 150
_ADDRESS_BYTES = 320
_DOMAIN_LENGTH = 253  # octets as text (RFC 1035 section 2.3.4, less the length of the first and the last label)
_SHOWN = 120  # characters that are shown of an address that nobody can write to
_ID_LENGTH = 250
# Marks that turn text around, and characters without a width, can make one name look like another.
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_BODY_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u00a1-\U0010ffff-]+|\"(?:[^\"\\\x00-\x1f\x7f-\x9f]|\\[ -~])*\"")
_LABEL = r"[A-Za-z0-9_\u00a1-\U0010ffff-]{1,63}"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9A-Za-z:.]{{2,45}}\]")
_ENCODED_WORD = 75 - len("=?utf-8?q??=")  # what one encoded word may hold (RFC 2047 section 2)
_IN_Q = {c: c for c in string.ascii_letters + string.digits + "!*+-/"} | {" ": "_"}  # RFC 2047 section 5 (3)
_MESSAGE_ID = re.compile(r"[!-;=?-~]+")
_NEVER = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp", "Zs"})  # Unicode categories that no address holds


def one_line(value: str) -> str:
    """The text on one line: runs of control characters and spaces become one space, bidi marks are removed."""
    return " ".join(_INVISIBLE.sub("", _CONTROL.sub(" ", value)).split())


def clean_text(value: str) -> str:
    """A body with LF line ends and no control character but the tab; a lone surrogate becomes U+FFFD."""
    ends = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return _BODY_CONTROL.sub("\N{REPLACEMENT CHARACTER}", ends)


def unstructured(name: str, value: str) -> str:
    """The value of the header `name`: cut at 250 characters, folded, and encoded where it is not ASCII (RFC 2047)."""
    line = _cut(one_line(value), _SUBJECT_LENGTH)
    return _encoded(line, len(name) + 2) if _needs_encoding(line) else _fold(line, len(name) + 2)


def mailbox(name: str, addr: str) -> str:
    """A display name and an address that `address` returned, as one mailbox (RFC 5322 section 3.4)."""
    line = _cut(one_line(name), _NAME_LENGTH)
    if not line:
        return addr
    if _needs_encoding(line):
        shown = _encoded(line, 10)
    elif _ATOMS.fullmatch(line):
        shown = line
    else:
        shown = '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown}\r\n <{addr}>" if len(shown) + len(addr) > 60 else f"{shown} <{addr}>"


@lru_cache(maxsize=4096)
def address(value: str) -> str:
    """The address as it is written and submitted: an IDN domain in its ASCII form, the local part unchanged.

    Raises NoAddress if it is not one address (a control character, a second @, a blank, too long).
    """
    local, at, domain = value.strip(" ").rpartition("@")
    fits = len(value.encode("utf-8", "replace")) <= _ADDRESS_BYTES
    if not (at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise NoAddress(f"{one_line(value)[:80]!r} is not an address that a mail can be sent to")
    if any(unicodedata.category(c) in _NEVER for c in local + domain if not c.isascii()):
        raise NoAddress(f"{one_line(value)[:80]!r} holds a character that no address has")
    written = domain if domain.isascii() else _ascii_domain(domain)
    if len(written.rstrip(".")) > _DOMAIN_LENGTH:
        raise NoAddress(f"{one_line(value)[:80]!r} has a domain of {len(written)} characters, and none is that long")
    return f"{local}@{written}"


def no_address(value: str) -> Reason | None:
    """Why no letter can reach an address, through any server; None if one may."""
    try:
        address(value)
    except NoAddress:
        shown = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in value[:_SHOWN])
        return why("address.none", address=shown if len(value) <= _SHOWN else f"{shown}…")
    return None


def ids(values: Sequence[str], domain: str) -> str:
    """Message-IDs in angle brackets, one a line; what is not one is left out, and one without an @ becomes ours."""
    written = []
    for value in values:
        bare = value.strip().removeprefix("<").removesuffix(">")
        if bare and len(bare) <= _ID_LENGTH and _MESSAGE_ID.fullmatch(bare):
            written.append(f"<{bare}>" if "@" in bare else f"<{bare}@{domain}>")
    return "\r\n ".join(dict.fromkeys(written))


def file_name(value: str) -> str:
    """A name that is safe to show and to save: one line, no path, at most 150 bytes including its extension."""
    name = one_line(value).replace("/", "_").replace("\\", "_").strip(". ")
    if len(name.encode()) <= _FILE_NAME_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = _FILE_NAME_BYTES - len(ending.encode()) - len(dot)
    return stem.encode()[:room].decode(errors="ignore") + dot + ending


def parameter(name: str, value: str) -> str:
    """`; name="value"` for a MIME header (RFC 2231 section 4 where it is not ASCII); nothing for an empty value."""
    if not value:
        return ""
    if value.isascii():
        return f';\r\n {name}="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f";\r\n {name}*=utf-8''{quote(value, safe='')}"


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else line[: length - 1] + "…"


def _needs_encoding(line: str) -> bool:
    # What only looks like an encoded word must arrive as it was written.
    return not line.isascii() or "=?" in line


def _encoded(line: str, taken: int) -> str:
    """Encoded words (RFC 2047 section 2), in whichever encoding is shorter; none splits a character."""
    shown = [_IN_Q.get(c) or "".join(f"={byte:02X}" for byte in c.encode()) for c in line]
    by_q = sum(map(len, shown)) <= (len(line.encode()) + 2) // 3 * 4
    words, start, size, room = list[str](), 0, 0, _ENCODED_WORD - taken
    for at, char in enumerate(line):
        grown = size + (len(shown[at]) if by_q else len(char.encode()))
        if (grown if by_q else (grown + 2) // 3 * 4) > room:
            words.append("".join(shown[start:at]) if by_q else _in_b(line[start:at]))
            start, grown, room = at, grown - size, _ENCODED_WORD - 1
        size = grown
    words.append("".join(shown[start:]) if by_q else _in_b(line[start:]))
    return "\r\n ".join(f"=?utf-8?{'q' if by_q else 'b'}?{word}?=" for word in words)


def _in_b(text: str) -> str:
    return binascii.b2a_base64(text.encode(), newline=False).decode()


def _fold(line: str, taken: int) -> str:
    """Break at blanks so that lines stay within 78 where words allow it (RFC 5322 section 2.2.3)."""
    if taken + len(line) <= 78:
        return line
    lines, width = [""], taken
    for word in line.split(" "):
        if lines[-1] and width + 1 + len(word) > 78:
            lines.append(word)
            width = 1 + len(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
            width += len(word) + 1
    return "\r\n ".join(lines)


def _ascii_domain(domain: str) -> str:
    """Each label as RFC 5891 writes it: by the rules of 2008, so that ß keeps its own domain."""
    written = domain_key(domain.replace("。", "."))
    if not written.isascii() or any(len(label) > 63 for label in written.split(".")):
        raise NoAddress(f"{one_line(domain)[:80]!r} is too long for a domain name")
    return written
