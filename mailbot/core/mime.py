"""Take the raw bytes of a mail apart into MIME parts, within limits, and decode what a part carries."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageDefect
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Policy, compat32
from typing import Any

from mailbot.core.charset import to_text
from mailbot.core.headers import octets, parameters

_BASE64_JUNK = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_PADDED_END = re.compile(rb"=[ \t]*(?:\r\n|\r|\n)+(?=[^\s])")
# A boundary at the start of a line instead of in a folded one: to the parser the header would end there.
_UNFOLDED_BOUNDARY = re.compile(
    rb"(?im)((?:^|\r)content-type:[ \t]*multipart/[a-z]{1,20};[ \t]{0,8}(?:\r\n|\r|\n))(?=boundary=)"
)
_ACTS_AS_BOUNDARY = re.compile(
    rb"(?im)(?:^|\r)--([^\s\"\\][^\r\n\"\\]{0,198}?)[ \t]*(?:\r\n|\r|\n)content-[a-z-]{1,30}:"
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
_CHUNK = 262_144  # bytes given to the parser at a time: its lines are not all in memory twice
_TOKEN = re.compile(r"[!-~]+/[!-~]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLimits:
    """What a mail may weigh before it is refused unread: bytes in all and in its header, parts, and their nesting."""

    size: int = 40_000_000
    header: int = 1_000_000
    parts: int = 1_000
    depth: int = 30


class TooMuch(Exception):
    """A mail goes beyond a limit; the message says which."""


class Part(Message):
    """A part whose MIME headers are read once, in linear time.

    To the parser a part of type message/* is a plain leaf: what it carries stays the bytes that came, so that
    nothing inside a forwarded mail or a report is mistaken for this mail's own, and its hash is that of the bytes.
    """

    depth = 0
    count: list[int]  # of all parts of the mail: one list that they share
    limits: ReadLimits

    _payload: Any  # not by get_payload(), which decodes raw bytes by a charset that may not be declared
    _content: tuple[str, dict[str, str]] | None = None
    _disposition: tuple[str, dict[str, str]] | None = None

    def raw_value(self, name: str) -> str:
        """The first value of a header as it was parsed; an empty string where there is none."""
        wanted = name.lower()
        return next((str(value) for key, value in self.raw_items() if key.lower() == wanted), "")

    @property
    def content(self) -> tuple[str, dict[str, str]]:
        """Media type in lower case and the parameters (RFC 2045 section 5.2: text/plain where it cannot be read)."""
        if self._content is None:
            kind, params = parameters(self.raw_value("content-type"))
            self._content = (kind if _TOKEN.fullmatch(kind) else self._fallback(kind), params)
        return self._content

    def _fallback(self, kind: str) -> str:
        # "Content-Type: text" and "multipart" are seen; anything else is what the container says (RFC 2046 5.1.5).
        return {"multipart": "multipart/mixed", "html": "text/html"}.get(kind, self.get_default_type())

    @property
    def media_type(self) -> str:
        """The media type, also of message/* parts."""
        return self.content[0]

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or an empty string (RFC 2183)."""
        return self._disposed()[0]

    @property
    def filename(self) -> str | None:
        """The name that the sender gave, decoded and not to be trusted; None where there is none."""
        name = self._disposed()[1].get("filename") or self.content[1].get("name") or ""
        return name.replace("\0", "").strip() or None

    def _disposed(self) -> tuple[str, dict[str, str]]:
        if self._disposition is None:
            self._disposition = parameters(self.raw_value("content-disposition"))
        return self._disposition

    def raw_payload(self) -> bytes:
        """What a leaf carries as it came, before its transfer encoding is undone; nothing for a container."""
        return octets(self._payload) if isinstance(self._payload, str) else b""

    # What the feed parser asks.

    def get_content_type(self) -> str:
        """As the parser must see it: message/* are leaves."""
        kind = self.media_type
        return "application/octet-stream" if kind.startswith("message/") else kind

    def get_content_maintype(self) -> str:
        """As the parser must see it."""
        return self.get_content_type().partition("/")[0]

    def get_content_subtype(self) -> str:
        """As the parser must see it."""
        return self.get_content_type().partition("/")[2]

    def get_boundary(self, failobj: Any = None) -> Any:
        """RFC 2046 section 5.1.1; trailing blanks are no part of it."""
        return self.content[1].get("boundary", "").rstrip() or failobj

    def attach(self, payload: Any) -> None:
        """Take a child in; raises TooMuch beyond the limits."""
        payload.depth = self.depth + 1
        self.count[0] += 1
        if self.count[0] > self.limits.parts:
            raise TooMuch(f"more than {self.limits.parts} parts")
        if payload.depth > self.limits.depth:
            raise TooMuch(f"parts nested more than {self.limits.depth} deep")
        super().attach(payload)


def take_apart(raw: bytes, limits: ReadLimits) -> Part:
    """The tree of parts. Raises TooMuch beyond the limits, before the costly work is done."""
    if len(raw) > limits.size:
        raise TooMuch(f"{len(raw):,} bytes, more than {limits.size:,}")
    raw = _UNFOLDED_BOUNDARY.sub(rb"\1\t", _with_whole_header(_without_lead(raw)))
    if header_end(raw) > limits.header:
        raise TooMuch(f"a header of more than {limits.header:,} bytes")
    root = _parsed(raw, limits)
    if root.media_type.startswith("multipart/") and not root.is_multipart():
        _rescue_parts(root, limits)
    return root


def _rescue_parts(root: Part, limits: ReadLimits) -> None:
    """Where the declared boundary is not the one in use (RFC 2046 section 5.1.1): the first line that acts as one."""
    found = _ACTS_AS_BOUNDARY.search(root.raw_payload())
    if found is None:
        return
    head = b"Content-Type: " + root.media_type.encode() + b'; boundary="' + found.group(1) + b'"\n\n'
    again = _parsed(head + root.raw_payload(), limits)
    if again.is_multipart():
        root.set_payload(again.get_payload())


def _parsed(raw: bytes, limits: ReadLimits) -> Part:
    count = [0]

    def make(policy: Policy[Any] = compat32) -> Part:
        part = Part(policy)
        part.count, part.limits = count, limits
        return part

    parser = BytesFeedParser(make)
    for start in range(0, len(raw), _CHUNK):
        parser.feed(raw[start : start + _CHUNK])
    return parser.close()


def header_end(raw: bytes) -> int:
    """Where the first blank line begins, or the length of it all; one look at the bytes."""
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
    """With lines mended at which the parser would take the header to end before fields that are needed.

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
    """The parts depth first, with their numbers: the root is 0. What a message/* part carries is not entered."""
    stack = [part]
    number = 0
    while stack:
        here = stack.pop()
        yield number, here
        number += 1
        if here.is_multipart():
            stack.extend(reversed(here.get_payload()))  # type: ignore[arg-type]  # a list of parts, as asked


def part_octets(part: Part) -> bytes:
    """What a leaf carries, its transfer encoding undone (RFC 2045 section 6); never raises."""
    data = part.raw_payload()
    encoding = parameters(part.raw_value("content-transfer-encoding"))[0]
    try:
        if encoding == "base64":
            return _base64(data)
        if encoding == "quoted-printable":
            return quopri.decodestring(data)
        if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return _uuencoded(data)
    except (binascii.Error, ValueError):
        pass
    return data


def part_text(part: Part) -> tuple[str, bool]:
    """The text of a leaf with LF ends, and whether its declared charset fitted."""
    data, declared = part_octets(part), part.content[1].get("charset")
    if declared is None and part.media_type == "text/html" and (said := _META_CHARSET.search(data[:4_096])):
        declared = said.group(1).decode("ascii")
    text, fitted = to_text(data, declared)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, fitted


def defects_of(part: Part) -> tuple[str, ...]:
    """What the parser found wrong, by name."""
    return tuple(type(defect).__name__ for defect in part.defects if isinstance(defect, MessageDefect))


def _base64(data: bytes) -> bytes:
    end = _PADDED_END.search(data)
    if end is None:
        return _base64_run(data)
    # Lists append a footer behind the last padded line as plain text; some mailers join two encoded runs.
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
