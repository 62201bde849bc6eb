"""Parses the raw bytes of a mail within limits, mending broken ones, and decodes what a part carries."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator

from mailbot.core.intake.mime.charset import to_text
from mailbot.core.intake.mime.headers import parameters
from mailbot.core.intake.mime.tree import Part, ReadLimits, TooMuch, split
from mailbot.core.model.reason import why

__all__ = ["Part", "ReadLimits", "TooMuch", "header_end", "part_octets", "part_text", "take_apart", "walk"]

_BASE64_JUNK = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_PADDED_BREAK = re.compile(rb"=[ \t]{1,200}(\r\n|\r|\n)")  # RFC 2045 section 6.7 (3): trailing blanks are not text
_PADDED_END = re.compile(rb"=[ \t]*+[\r\n]++(?=[^\s])")
# A boundary at the start of a line instead of in a folded one: there the parser would take the header to end.
_UNFOLDED_BOUNDARY = re.compile(
    rb"(?im)((?:^|\r)content-type:[ \t]*multipart/[a-z]{1,20};[ \t]{0,8}(?:\r\n|\r|\n))(?=boundary=)"
)
_ACTS_AS_BOUNDARY = re.compile(
    rb"(?im)(?:^|\r)--([^\s\"\\][^\r\n\"\\]{0,198}?)[ \t]{0,200}(?:\r\n|\r|\n)content-[a-z-]{1,30}:"
)
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,500}:|[ \t]|From (?![ \t]{0,100}:)")
_SPACED_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]{1,100}:")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|content-type|content-transfer-encoding|mime-version|received|return-path"
    rb"|reply-to|references|in-reply-to)[ \t]{0,100}:",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(
    rb"<meta\b[^<>]{0,200}?charset[ \t]{0,9}=[ \t\"']{0,9}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)


def take_apart(raw: bytes, limits: ReadLimits) -> Part:
    """The tree of parts. Raises TooMuch beyond the limits, before the costly work is done."""
    if len(raw) > limits.size:
        raise TooMuch(why("unreadable.size", size=f"{len(raw):,}", most=f"{limits.size:,}"))
    raw = _with_whole_header(_without_lead(raw))
    if b"\nboundary=" in (folded := raw.lower()) or b"\rboundary=" in folded:
        raw = _UNFOLDED_BOUNDARY.sub(rb"\1\t", raw)
    if header_end(raw) > limits.header:
        raise TooMuch(why("unreadable.header", most=f"{limits.header:,}"))
    root = split(raw, limits)
    if root.contains and not root.children:
        _rescue_parts(root, limits)
    return root


def _rescue_parts(root: Part, limits: ReadLimits) -> None:
    """Use the first line that acts as a boundary if the declared one is not in use (RFC 2046 section 5.1.1)."""
    found = _ACTS_AS_BOUNDARY.search(root.payload)
    if found is None:
        return
    head = b"Content-Type: " + root.media_type.encode() + b'; boundary="' + found.group(1) + b'"\n\n'
    root.children = split(head + root.payload, limits).children


def header_end(raw: bytes) -> int:
    """Where the first blank line begins, or the length of the whole; one look at the bytes."""
    found = re.search(rb"(?:\r\n|\r(?!\n)|\n)(?=\r|\n)", raw)
    return found.start() if found else len(raw)


def _without_lead(raw: bytes) -> bytes:
    """Without what some stores put before the header: a byte order mark, blank lines, a quoted mbox line."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw[:1] in b"\r\n":
        raw = raw.lstrip(b"\r\n")
    if raw.startswith(b">From "):
        raw = raw[raw.find(b"\n") + 1 :]
    return raw


def _with_whole_header(raw: bytes) -> bytes:
    """Mend the lines at which the parser would take the header to end before fields that are needed.

    A blank before the colon is obsolete syntax (RFC 5322 section 4.5); any other such line was broken by a relay.
    """
    end = header_end(raw)
    lines = raw[:end].splitlines(keepends=True)
    broken = [place for place, line in enumerate(lines) if not _HEADER_LINE.match(line)]
    if not broken:
        return raw
    last = max((place for place, line in enumerate(lines) if _KNOWN_FIELD.match(line)), default=-1)
    for place in broken:
        if place <= last:
            spaced = _SPACED_FIELD.match(lines[place])
            lines[place] = spaced.group(1) + lines[place][spaced.end() - 1 :] if spaced else b" " + lines[place]
    return b"".join(lines) + raw[end:]


def walk(part: Part) -> Iterator[tuple[int, Part]]:
    """The parts depth first, with their numbers: the root is 0. The content of a message/* part is not entered.

    What was inside wrappers comes last, so that all other numbers are the same whether or not they can be opened.
    """
    number = 0
    waiting = [part]
    while waiting:
        stack = [waiting.pop(0)]
        while stack:
            here = stack.pop()
            yield number, here
            number += 1
            waiting.extend(here.opened)
            stack.extend(reversed(here.children))


def part_octets(part: Part) -> bytes:
    """What a leaf carries, its transfer encoding decoded (RFC 2045 section 6); never raises."""
    data = part.payload
    encoding = parameters(part.raw_value("content-transfer-encoding"))[0]
    try:
        if encoding == "base64":
            return _base64(data)
        if encoding == "quoted-printable":
            return quopri.decodestring(_PADDED_BREAK.sub(rb"=\1", data))
        if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return _uuencoded(data)
    except (binascii.Error, ValueError):
        pass
    return data


def part_text(part: Part) -> tuple[str, bool]:
    """The text of a leaf with LF line ends, and whether its declared charset fitted."""
    data, declared = part_octets(part), part.content[1].get("charset")
    if declared is None and part.media_type == "text/html" and (said := _META_CHARSET.search(data[:4_096])):
        declared = said.group(1).decode("ascii")
    text, fitted = to_text(data, declared)
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text, fitted


def _base64(data: bytes) -> bytes:
    end = _PADDED_END.search(data)
    if end is None:
        return _base64_run(data)
    # Lists append a plain-text footer after the last padded line; some mailers join two encoded runs.
    rest = data[end.end() :]
    if set(rest) <= set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"):
        return _base64_run(data[: end.start() + 1]) + _base64_run(rest)
    return _base64_run(data[: end.start() + 1]) + b"\n" + rest


def _base64_run(data: bytes) -> bytes:
    clean = data.translate(None, _BASE64_JUNK).rstrip(b"=").replace(b"=", b"")
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _uuencoded(data: bytes) -> bytes:
    out = bytearray()
    begun = False
    for line in data.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
        elif line.strip() == b"end":
            break
        else:
            try:
                out += binascii.a2b_uu(line)
            except binascii.Error:
                # Broken encoders: the length says how many characters count.
                count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
                try:
                    out += binascii.a2b_uu(line[: count + 1])
                except binascii.Error:
                    continue
    return bytes(out) if begun else data
