"""Chooses among the parts of a mail: which is its text, which its HTML, what is attached, what is a report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mailbot.core.intake.mime.choice import is_html, is_plain, with_line_ends
from mailbot.core.intake.mime.files import ENCLOSED, is_machinery, names_of
from mailbot.core.intake.mime.invitation import invitation
from mailbot.core.intake.mime.parts import Part, header_end, part_octets, part_text, walk
from mailbot.core.intake.mime.pieces import Piece, lay_out
from mailbot.core.intake.mime.plaintext import from_html, unflow
from mailbot.core.intake.mime.rtf import words_of
from mailbot.core.model.mail import Attachment, ReportPart

_REPORT_LENGTH = 200_000  # characters of a report part that are kept
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
        "text/rfc822-header",
        "message/global-headers",
    }
)
_NO_TEXT = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/javascript"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The text and the files of a mail; the fields are those of `Mail`."""

    text: str
    html: str | None
    from_html: bool
    attachments: tuple[Attachment, ...]
    report_parts: tuple[ReportPart, ...]
    defects: tuple[str, ...]


class _Gathering:
    """What was found while walking the parts."""

    def __init__(self, root: Part) -> None:
        self.numbers = {id(part): number for number, part in walk(root)}
        self.names = names_of(root)
        self.attachments: list[Attachment] = []
        self.reports: list[ReportPart] = []
        self.defects: dict[str, None] = {}
        self.other_text: str | None = None
        self.packed: list[Piece] = []


def body_of(root: Part) -> Body:
    """The body of a mail whose parts are within the limits of reading."""
    found = _Gathering(root)
    pieces = _gather(root, None, found, first=True, attached=False)
    if found.packed:
        pieces = _with_packed(pieces, found.packed)
    laid = lay_out(pieces, found.attachments)
    text = laid.text
    if not text.strip():
        calendars = (report.text for report in found.reports if report.type == "text/calendar")
        text = found.other_text or next(filter(None, map(invitation, calendars)), text)
    return Body(
        text=text,
        html=laid.html,
        from_html=laid.from_html,
        attachments=laid.attachments,
        report_parts=tuple(found.reports),
        defects=tuple(found.defects),
    )


def _gather(part: Part, parent: Part | None, found: _Gathering, *, first: bool, attached: bool) -> list[Piece]:
    for defect in part.defects:
        found.defects.setdefault(defect)
    if part.children:
        # RFC 2183 section 2.9: the disposition of a container applies to all it holds.
        attached = attached or part.disposition == "attachment"
        if (original := _original(part)) is not None:
            return _gather(original, part, found, first=True, attached=False)
        root = _root_of(part)
        each = [_gather(child, part, found, first=child is root, attached=attached) for child in part.children]
        if part.media_type == "multipart/alternative":
            return _best(each)
        return [piece for pieces in each for piece in pieces]
    if part.opened or part.opens:
        return _unwrapped(part, parent, found)
    return _leaf(part, parent, found, first=first, attached=attached)


def _unwrapped(part: Part, parent: Part | None, found: _Gathering) -> list[Piece]:
    """The pieces inside a wrapper, which is machinery itself; those of a winmail.dat wait for the mail's own words."""
    _attach(part, part.media_type, parent, found, placed=False, wrapper=True)
    each = [_gather(inside, None, found, first=True, attached=False) for inside in part.opened]
    pieces = [piece for pieces in each for piece in pieces]
    if not part.opens:
        return pieces
    found.packed += pieces
    return []


def _with_packed(pieces: list[Piece], packed: list[Piece]) -> list[Piece]:
    """The mail's own words with those of its winmail.dat, which are the same in another form or the only ones."""
    words = [piece for piece in packed if piece.picture is None and not piece.blank]
    pictures = [piece for piece in packed if piece.picture is not None]
    own = [piece for piece in pieces if piece.picture is None and not piece.blank]
    if not own:
        return [*words, *pieces, *pictures]
    if not words or any(piece.html for piece in own):
        return [*pieces, *pictures]
    both = Piece(plain="\n".join(piece.plain or "" for piece in own), html="\n".join(piece.source for piece in words))
    return [both, *(piece for piece in pieces if piece.picture is not None), *pictures]


def _best(alternatives: list[list[Piece]]) -> list[Piece]:
    """One piece of the alternatives (RFC 2046 section 5.1.4): the first that is plain text, the last that is HTML.

    Pictures between them stay with the HTML, which shows them in their places.
    """
    plain = html = None
    alone: list[Piece] = []
    for pieces in alternatives:
        if plain is None or not plain.strip():
            texts = [piece.plain for piece in pieces if piece.plain is not None]
            if texts and all(piece.plain is not None for piece in pieces if piece.picture is None):
                plain = "\n".join(texts)
        if any(piece.html for piece in pieces):
            html = "\n".join(piece.source for piece in pieces if piece.picture is None or piece.placed)
            alone += [piece for piece in pieces if piece.picture is not None and not piece.placed]
        elif not any(piece.plain for piece in pieces):
            alone += pieces
    return alone if plain is None and html is None else [Piece(plain=plain, html=html), *alone]


def _original(part: Part) -> Part | None:
    """The mail that a spam filter wrapped in a report of its own, which nobody wrote (SpamAssassin's report_safe)."""
    return next((child for child in part.children if child.opened and child.media_type == "message/rfc822"), None)


def _root_of(part: Part) -> Part:
    """The first part of a container; in a related one, the part that it names as its start (RFC 2387 3.2)."""
    start = part.content[1].get("start", "").strip().strip("<>") if part.media_type == "multipart/related" else ""
    return next((child for child in part.children if start and child.cid == start), part.children[0])


def _leaf(part: Part, parent: Part | None, found: _Gathering, *, first: bool, attached: bool) -> list[Piece]:
    kind = part.media_type
    if part.contains and not attached and part.payload.strip():
        return [_body_piece(part, kind, found)]  # a container without a boundary: its words are still words
    if kind in ("text/plain", "text/html") and not attached and _is_body(part, parent, first=first):
        return [_body_piece(part, kind, found)]
    if kind in _REPORTS:
        _report(part, kind, parent, found)
        return []
    if kind in ENCLOSED and parent is not None and parent.media_type == "multipart/report":
        data = part_octets(part)
        found.reports.append(ReportPart(type=kind, text=_latin_lines(data[: header_end(data)]), in_report=True))
    elif kind == "text/calendar":
        _report(part, kind, parent, found)
    elif found.other_text is None and not attached and part.disposition != "attachment" and _is_other_text(kind):
        found.other_text = _words_of_other(part, kind)
    return _attach(part, kind, parent, found, placed=not attached and part.disposition != "attachment")


def _is_other_text(kind: str) -> bool:
    """Text of a type that is shown only if a mail has no other: enriched text, Markdown, a private type."""
    if kind == "application/rtf":
        return True
    return kind.startswith("text/") and kind not in ("text/plain", "text/html") and kind not in _NO_TEXT


def _words_of_other(part: Part, kind: str) -> str:
    if kind in ("text/rtf", "application/rtf"):
        words, is_html_ = words_of(part_octets(part))
        return from_html(words) if is_html_ else words
    return part_text(part)[0]


def _is_body(part: Part, parent: Part | None, *, first: bool) -> bool:
    """RFC 8621 section 4.1.4: a named text is read as body only if it comes first in its container."""
    if part.disposition == "attachment":
        return False
    if parent is None or first:
        return True
    return parent.media_type != "multipart/related" and part.filename is None


def _body_piece(part: Part, kind: str, found: _Gathering) -> Piece:
    text, fitted = part_text(part)
    if not fitted:
        found.defects.setdefault(f"charset: {part.content[1].get('charset', '')[:40]!r} does not fit the text")
    if kind == "text/html":
        return Piece(plain=text) if is_plain(text) else Piece(html=with_line_ends(text))
    if is_html(text):
        return Piece(html=text)
    params = part.content[1]
    if params.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=params.get("delsp", "").lower() == "yes")
    return Piece(plain=text)


def _report(part: Part, kind: str, parent: Part | None, found: _Gathering) -> None:
    enclosing = "multipart/alternative" if kind == "text/calendar" else "multipart/report"
    text = part_text(part)[0][:_REPORT_LENGTH]
    found.reports.append(ReportPart(type=kind, text=text, in_report=parent is None or parent.media_type == enclosing))


def _latin_lines(data: bytes) -> str:
    text = data[:_REPORT_LENGTH].decode("utf-8", "replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attach(
    part: Part, kind: str, parent: Part | None, found: _Gathering, *, placed: bool, wrapper: bool = False
) -> list[Piece]:
    """Add a part as an attachment; a picture is a piece of the body, too, as it may be between the words."""
    data = part_octets(part)
    number = found.numbers[id(part)]
    name = found.names[number]
    machinery = wrapper or is_machinery(part, name, data)
    if parent is not None and parent.media_type == "multipart/alternative" and part.filename is None:
        machinery = machinery or _is_other_text(kind)
    found.attachments.append(
        Attachment(
            name=name,
            type=kind,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            index=number,
            machinery=machinery,
            cid=part.cid,
        )
    )
    if not kind.startswith("image/") or machinery:
        return []
    related = parent is not None and parent.media_type == "multipart/related"  # its place there means nothing
    return [Piece(picture=len(found.attachments) - 1, placed=placed and not related)]
