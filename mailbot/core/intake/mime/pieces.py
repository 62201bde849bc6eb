"""Lays out the pieces of a mail's body as one text: which form of each is read, and where its pictures are."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailbot.core.intake.mime.armour import without_armour
from mailbot.core.intake.mime.choice import Reads, which
from mailbot.core.intake.mime.pictures import SIGNATURE_PICTURE, in_signature, mark, marked, shown_in
from mailbot.core.intake.mime.plaintext import from_html
from mailbot.core.model.mail import Attachment

_MARKS: Final = 200  # pictures that leave a mark


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One stretch of the body: plain text, HTML, both if they are alternatives, or a picture between others.

    `picture` is its index among the attachments; `placed` says that its sender did not call it a mere attachment,
    `reads_html` that its words are read from the HTML, `differs` that the HTML holds both since they say different
    things.
    """

    plain: str | None = None
    html: str | None = None
    picture: int | None = None
    placed: bool = False
    reads_html: bool = False
    differs: bool = False

    @property
    def source(self) -> str:
        """The piece as HTML; a picture is named by its index until it is known how it can be shown."""
        if self.picture is not None:
            return f'<img src="cid:{_place(self.picture)}">'
        if self.html is None:
            return f"<pre>{html.escape(self.plain or '')}</pre>"
        return self.html

    @property
    def blank(self) -> bool:
        """Whether it has no words."""
        return not (self.plain or "").strip() and not (self.html or "").strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class LaidOut:
    """The text of a body, its HTML with all pieces in order, whether the text was read from it, and the files."""

    text: str
    html: str | None
    from_html: bool
    attachments: tuple[Attachment, ...]


def lay_out(pieces: Sequence[Piece], attachments: Sequence[Attachment]) -> LaidOut:
    """Choose the form of each piece that says everything, put marks in place of pictures, and find the machinery."""
    pieces = [_decided(piece) if piece.html else piece for piece in pieces]
    if not attachments:
        return _words(pieces)
    pieces = _between(pieces)
    source = "\n".join(piece.source for piece in pieces) if any(piece.html for piece in pieces) else ""
    known = list(attachments)
    for place, attachment in enumerate(known):
        if source and f'cid:{_place(place)}"' in source:
            cid = attachment.cid or _place(place)
            known[place] = replace(attachment, cid=cid)
            source = source.replace(f'cid:{_place(place)}"', f'cid:{html.escape(cid)}"')
    shows = shown_in(source)
    known = _without_signatures(known, source, shows)
    pieces = [_shows_more(piece, known) for piece in pieces] if shows else pieces
    marks = _Marks(known)
    text, read = _text(pieces, marks, shows)
    if not text.strip():
        text = "\n".join(marks.of_place(place) for place in range(len(known)) if marks.is_picture(place))
    return LaidOut(text=text, html=source or None, from_html=read, attachments=tuple(marks.attachments))


def _words(pieces: Sequence[Piece]) -> LaidOut:
    """The body of a mail without attachments."""
    texts = [_said(piece) for piece in pieces]
    source = "\n".join(piece.source for piece in pieces) if any(piece.html for piece in pieces) else None
    return LaidOut(
        text="\n".join(texts),
        html=source,
        from_html=any(piece.reads_html or piece.differs for piece in pieces),
        attachments=(),
    )


def _said(piece: Piece, marks: Mapping[str, str] | None = None) -> str:
    """The words of a piece in the form that is read."""
    return without_armour(from_html(piece.html or "", marks) if piece.reads_html else piece.plain or "")


def _between(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with only those pictures that are between words; the others are files below the mail."""
    last = max((place for place, piece in enumerate(pieces) if piece.picture is None and not piece.blank), default=-1)
    return [piece for place, piece in enumerate(pieces) if piece.picture is None or (piece.placed and place < last)]


def _without_signatures(known: list[Attachment], source: str, shows: Mapping[str, bool]) -> list[Attachment]:
    """The attachments, with those counted as machinery that HTML shows in a signature, or as mere spacers."""
    if not shows:
        return known
    signed = in_signature(source)
    return [
        replace(each, machinery=True)
        if each.cid
        and each.type.startswith("image/")
        and ((each.cid.lower() in signed and each.size <= SIGNATURE_PICTURE) or shows.get(each.cid.lower()))
        else each
        for each in known
    ]


def _text(pieces: Sequence[Piece], marks: _Marks, shows: Mapping[str, bool]) -> tuple[str, bool]:
    texts: list[str] = []
    for piece in pieces:
        if piece.picture is not None:
            texts.append(marks.of_place(piece.picture))
        elif piece.reads_html:
            for cid in shown_in(piece.html or "") if shows else ():
                marks.of_cid(cid)
            texts.append(_said(piece, marks.by_cid))
        else:
            texts.append(marked(_said(piece), marks.for_plain))
            for cid in shown_in(piece.html or "") if piece.differs else ():
                marks.of_cid(cid)
    return "\n".join(texts), any(piece.reads_html or piece.differs for piece in pieces)


def _decided(piece: Piece) -> Piece:
    """A piece with HTML, and whether that is read; if the two say different things, one is put below the other."""
    plain, source = piece.plain, piece.html or ""
    reads = Reads.HTML if plain is None or not plain.strip() else which(plain, source)
    if reads is Reads.BOTH:
        return Piece(plain=plain, html=f"<pre>{html.escape(plain or '')}</pre>\n{source}", differs=True)
    return replace(piece, reads_html=reads is Reads.HTML and bool(source.strip()))


def _shows_more(piece: Piece, known: Sequence[Attachment]) -> Piece:
    """A piece whose HTML says more after all: it shows a picture that the plain text does not mention."""
    if not piece.html or piece.reads_html or piece.plain is None:
        return piece
    marks = _Marks(list(known))
    marked(piece.plain, marks.for_plain)
    silent = [
        place
        for cid in shown_in(piece.html)
        if (place := marks.place_of(cid)) is not None
        and marks.is_picture(place)
        and not marks.attachments[place].picture
    ]
    return replace(piece, differs=True) if silent else piece


def _place(number: int) -> str:
    """How a picture without a Content-ID is named in the HTML."""
    return f"part-{number}@mail"


class _Marks:
    """The marks of pictures, numbered in the order of the text."""

    def __init__(self, attachments: list[Attachment]) -> None:
        self.attachments = attachments
        self.by_cid: dict[str, str] = {}
        self._places = {each.cid.lower(): place for place, each in enumerate(attachments) if each.cid}
        self._places |= {_place(place): place for place in range(len(attachments))}
        self._names = {
            each.name: place for place, each in enumerate(attachments) if each.name and self.is_picture(place)
        }
        self._count = 0

    def is_picture(self, place: int) -> bool:
        """Whether an attachment is a picture that somebody sent to be seen."""
        each = self.attachments[place]
        return each.type.startswith("image/") and not each.machinery

    def place_of(self, cid: str) -> int | None:
        """The index among the attachments of the one with a Content-ID (lower case)."""
        return self._places.get(cid)

    def of_place(self, place: int) -> str:
        """The mark of a picture; empty for machinery and beyond the limit."""
        each = self.attachments[place]
        if not self.is_picture(place):
            return ""
        if not each.picture:
            if self._count >= _MARKS:
                return ""
            self._count += 1
            each = self.attachments[place] = replace(each, picture=self._count)
        return mark(each.picture, each.name)

    def of_cid(self, cid: str) -> str | None:
        """The mark of the picture with that Content-ID (lower case); empty for machinery, None if there is none."""
        place = self._places.get(cid)
        if place is None:
            return None
        if not self.attachments[place].type.startswith("image/"):
            return None
        self.by_cid[cid] = self.of_place(place)
        return self.by_cid[cid]

    def for_plain(self, cid: str, name: str) -> str | None:
        """What replaces a picture's note in plain text."""
        if cid:
            return self.of_cid(cid)
        place = self._names.get(name)
        return None if place is None else self.of_place(place)
