"""Splits a mail into its tree of parts by its boundary lines, looking at each byte once a level and copying none twice.

It reads a mail, even a broken one, just as the standard library's feed parser does, with the same names for defects;
but it finds a body by searching for the next boundary, instead of passing every line around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailbot.core.intake.mime.headers import parameters
from mailbot.core.model.reason import Reason, why

_NEWLINE = rb"(?:\r\n|\r|\n)"
# A field with its folded lines (RFC 5322 section 2.2.3); the quantifiers never give back what they took.
_FIELD = re.compile(rb"([!-9;-~]++):[ \t]*+([^\r\n]*+(?:" + _NEWLINE + rb"[ \t][^\r\n]*+)*+)(?:" + _NEWLINE + rb"|\Z)")
_HEADER_LINE = re.compile(rb"From |[!-9;-~]*+:|[\t ]")
_LINE = re.compile(rb"([^\r\n]*+)(?:" + _NEWLINE + rb"|\Z)")
_BEHIND_BOUNDARY = re.compile(rb"(--)?+[ \t]*+(?:" + _NEWLINE + rb"|\Z)")
_TOKEN = re.compile(r"[!-~][!-.0-~]*+/[!-~]+")
_IDENTITY = ("7bit", "8bit", "binary")  # RFC 2045 section 6.4: the encodings allowed for a container


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLimits:
    """The size of mail beyond which it is refused unread: bytes in all and in its header, parts, and their nesting."""

    size: int = 40_000_000
    header: int = 1_000_000
    parts: int = 1_000
    depth: int = 30


class TooMuch(Exception):
    """A mail exceeds a limit; `reason` says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Part:
    """A part: its MIME headers, read once and in linear time, and what it holds.

    A part of type message/* is a plain leaf: its content stays the bytes that came, so that nothing inside a
    forwarded mail or a report is mistaken for this mail's own, and its hash is that of the bytes.
    """

    __slots__ = (
        "_content",
        "_disposition",
        "_first",
        "children",
        "defects",
        "fallback",
        "fields",
        "opened",
        "opens",
        "payload",
    )

    def __init__(self, fallback: str = "text/plain") -> None:
        self.fields: list[tuple[str, str]] = []  # names and values as they came, foreign bytes as surrogate escapes
        self.children: list[Part] = []
        self.payload = b""  # what a leaf carries as it came, before its transfer encoding is decoded
        self.defects: list[str] = []  # what is wrong, by name
        self.opened: list[Part] = []  # what was inside, if it is a wrapper
        self.opens = False  # whether it could be opened, even if nothing was inside
        self.fallback = fallback  # the media type if none is given
        self._first: dict[str, str] = {}
        self._content: tuple[str, Mapping[str, str]] | None = None
        self._disposition: tuple[str, Mapping[str, str]] | None = None

    def add_field(self, name: str, value: str) -> None:
        """Add a header; the first of a name counts."""
        self.fields.append((name, value))
        self._first.setdefault(name.lower(), value)

    def raw_value(self, name: str) -> str:
        """The first value of a header (its name in lower case) as it came; empty if there is none."""
        return self._first.get(name, "")

    @property
    def content(self) -> tuple[str, Mapping[str, str]]:
        """Media type in lower case and the parameters (RFC 2045 section 5.2: text/plain if it cannot be read)."""
        if self._content is None:
            kind, params = parameters(self.raw_value("content-type"))
            self._content = (kind if _TOKEN.fullmatch(kind) else self._meant(kind), params)
        return self._content

    def _meant(self, kind: str) -> str:
        # "Content-Type: text" and "multipart" occur; anything else is what the container says (RFC 2046 5.1.5).
        return {"multipart": "multipart/mixed", "html": "text/html"}.get(kind, self.fallback)

    @property
    def media_type(self) -> str:
        """The media type, in lower case."""
        return self.content[0]

    @property
    def contains(self) -> bool:
        """Whether its type says that it is a container."""
        return self.content[0].startswith("multipart/")

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or an empty string (RFC 2183)."""
        return self._disposed()[0]

    @property
    def filename(self) -> str | None:
        """The name that the sender gave, decoded and not to be trusted; None if there is none."""
        name = self._disposed()[1].get("filename") or self.content[1].get("name") or ""
        return name.replace("\0", "").strip() or None

    @property
    def cid(self) -> str | None:
        """The Content-ID without its brackets, by which HTML of the same mail shows the part (RFC 2392)."""
        return self.raw_value("content-id").strip().strip("<>").strip() or None

    def _disposed(self) -> tuple[str, Mapping[str, str]]:
        if self._disposition is None:
            self._disposition = parameters(self.raw_value("content-disposition"))
        return self._disposition

    @property
    def boundary(self) -> bytes:
        """What separates its parts (RFC 2046 section 5.1.1; without trailing blanks); empty if none is declared."""
        return self.content[1].get("boundary", "").rstrip().encode("utf-8", "replace")


class _Splitting:
    """A mail that is being split, with the count of its parts so far."""

    def __init__(self, raw: bytes, limits: ReadLimits) -> None:
        self.raw = raw
        self.limits = limits
        self.parts = 0

    def fill(self, part: Part, start: int, stop: int, depth: int) -> None:
        """Read the part in `raw[start:stop]`."""
        body, lead = _read_header(part, self.raw, start, stop)
        if not part.contains:
            part.payload = lead + self.raw[body:stop]
        elif not part.boundary:
            part.defects.append("NoBoundaryInMultipartDefect")
            part.payload = lead + self.raw[body:stop]
        else:
            if (part.raw_value("content-transfer-encoding").lower() or "8bit") not in _IDENTITY:
                part.defects.append("InvalidMultipartContentTransferEncodingDefect")
            self._fill_container(part, body, stop, depth, lead)

    def _fill_container(self, part: Part, start: int, stop: int, depth: int, lead: bytes) -> None:
        lines = _boundary_lines(self.raw, b"--" + part.boundary, start, stop)
        first = next(lines, None)
        if first is None or first[2]:
            part.defects.append("StartBoundaryNotFoundDefect")
            part.payload = lead + self.raw[start : stop if first is None else first[0]]
            return
        kind = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        begin = first[1]
        for here, behind, closes in lines:
            if here > begin:  # boundaries in a row, a closing one among them, enclose nothing
                self._add_child(part, begin, here, depth, kind)
                if closes:
                    return
            begin = behind
        self._add_child(part, begin, stop, depth, kind)
        part.defects.append("CloseBoundaryNotFoundDefect")

    def _add_child(self, part: Part, start: int, stop: int, depth: int, kind: str) -> None:
        self.parts += 1
        if self.parts > self.limits.parts:
            raise TooMuch(why("unreadable.parts", most=self.limits.parts))
        if depth + 1 > self.limits.depth:
            raise TooMuch(why("unreadable.depth", most=self.limits.depth))
        child = Part(kind)
        part.children.append(child)
        self.fill(child, start, stop, depth + 1)
        if not child.contains:  # RFC 2046 section 5.1.1: the line end before a boundary belongs to it
            child.payload = _without_line_end(child.payload)


def split(raw: bytes, limits: ReadLimits) -> Part:
    """The tree of parts. Raises TooMuch beyond the limits of parts and depth, before the costly work is done."""
    root = Part()
    _Splitting(raw, limits).fill(root, 0, len(raw), 0)
    if root.contains and not root.children:
        root.defects.append("MultipartInvariantViolationDefect")
    return root


def _boundary_lines(raw: bytes, separator: bytes, start: int, stop: int) -> Iterator[tuple[int, int, bool]]:
    """Each line that is the separator: where it begins, where the next line begins, and whether it closes."""
    at = raw.find(separator, start, stop)
    while at >= 0:
        behind = _BEHIND_BOUNDARY.match(raw, at + len(separator), stop)
        if behind is not None and (at == start or raw[at - 1] in b"\r\n"):
            yield at, behind.end(), behind.group(1) is not None
            at = behind.end()
        else:
            at += len(separator)
        at = raw.find(separator, at, stop)


def _read_header(part: Part, raw: bytes, start: int, stop: int) -> tuple[int, bytes]:
    """Read the header of a part; return where its body begins, and a line to be moved in front of it."""
    at = start
    while at < stop:
        if field := _FIELD.match(raw, at, stop):
            name, value = field.groups()
            part.add_field(name.decode("ascii"), value.decode("ascii", "surrogateescape"))
            at = field.end()
            continue
        line = _LINE.match(raw, at, stop)
        assert line is not None  # even nothing is a line
        if not line.group(1):
            return line.end(), b""
        if line.group(1).startswith(b"From "):
            if at != start and _ends_header(raw, line.end(), stop):
                rest = line.end()  # an mbox line at the end is the first line of the body
                following = _LINE.match(raw, rest, stop)
                if following is None or following.group(1):
                    part.defects.append("MissingHeaderBodySeparatorDefect")
                    return rest, raw[at:rest]
                return following.end(), raw[at:rest]
            if at != start:
                part.defects.append("MisplacedEnvelopeHeaderDefect")
        elif line.group(1)[0] in b" \t":
            part.defects.append("FirstHeaderLineIsContinuationDefect")
        elif line.group(1).startswith(b":"):
            part.defects.append("InvalidHeaderDefect")
        else:
            part.defects.append("MissingHeaderBodySeparatorDefect")
            return at, b""
        at = line.end()
    return stop, b""


def _ends_header(raw: bytes, at: int, stop: int) -> bool:
    """Whether no header line follows."""
    return at >= stop or not _HEADER_LINE.match(raw, at, stop)


def _without_line_end(data: bytes) -> bytes:
    if data.endswith(b"\r\n"):
        return data[:-2]
    return data[:-1] if data.endswith((b"\r", b"\n")) else data
