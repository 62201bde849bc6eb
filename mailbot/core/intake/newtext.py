"""Finds what a mail adds: its text without quotes and without signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mailbot.core.intake.mime.armour import without_armour
from mailbot.core.intake.mime.pictures import mark
from mailbot.core.intake.quotes.foreign import Foreign
from mailbot.core.intake.quotes.forward import Forwarded, forwarded, is_forward_subject
from mailbot.core.intake.quotes.headers import unglued
from mailbot.core.intake.quotes.html import has_quote_structure, html_text
from mailbot.core.intake.quotes.lines import ATTRIBUTION_LINE, CUT_LINE, is_quoted, shared_line
from mailbot.core.intake.quotes.scan import Scan, scan
from mailbot.core.intake.quotes.signoff import sign_off
from mailbot.core.model.mail import Mail

__all__ = ["ANSWER_ABOVE", "ANSWER_MARK", "Forwarded", "forwarded", "new_text", "sign_off"]

#: The sign that survives clients, quoting and wrapping; words in any language may follow it.
ANSWER_MARK: Final = "##^^##"

#: The marker line of the desk's own notices, in English.
ANSWER_ABOVE: Final = f"{ANSWER_MARK} Write above this line"

TEXT_CAP: Final = 400_000  # characters of text that are looked at; anything beyond is left out of the new text


def new_text(mail: Mail, foreign: Foreign | None = None) -> str:
    """What this mail adds, with LF line ends and without outer blank lines; empty if it adds nothing.

    Quotes, the lines that introduce them, and signatures are left out. Quotes with answers between them stay, and so
    does everything that is in doubt. For a mail with plain text the result consists of whole lines of it, in order (one
    that holds an "On … wrote:" as well is cut there; the header of a forwarded mail that Yahoo wrote into one line is
    told field by field). `foreign`: what somebody outside the conversation wrote stays as well. Never raises.
    """
    forward = is_forward_subject(mail.subject)
    plain = _new(mail.text, forward=forward, foreign=foreign)
    if mail.html is None or not mail.html.strip():
        return _join(plain)
    from_html = mail.from_html or mail.content_type == "text/html" or not mail.text.strip()
    # HTML that begins with plain text says more than that text, and so does HTML with pictures of its own; otherwise
    # the text has already been read from it.
    unsaid = mail.html.startswith("<pre>") or any(sign not in mail.text for sign in _marks(mail).values())
    structured = unsaid or not mail.text.strip() or has_quote_structure(mail.html)
    if not structured or (plain.cut and not from_html):
        return _join(plain)
    if from_html:
        by_structure = _unsigned(
            _new(without_armour(html_text(mail.html, _marks(mail))), forward=forward, foreign=foreign)
        )
        return _join(by_structure if by_structure.lines or by_structure.cut else plain)
    by_structure = _unsigned(_new(html_text(mail.html, links=False), forward=forward, foreign=foreign))
    return _join(_upto(plain, by_structure) if by_structure.cut else plain)


def _marks(mail: Mail) -> dict[str, str]:
    """What stands in for the pictures that the HTML shows."""
    return {each.cid.lower(): mark(each.picture, each.name) for each in mail.attachments if each.cid and each.picture}


def _unsigned(found: Scan) -> Scan:
    """Without the signs of structure that a forwarded mail's own quotes left behind."""
    lines = [line.lstrip(CUT_LINE + ATTRIBUTION_LINE) for line in found.lines if line.strip() != CUT_LINE]
    return Scan(lines=lines, cut=found.cut)


def _upto(plain: Scan, by_structure: Scan) -> Scan:
    """The lines of the plain text up to the last word that the structure of the HTML shows to be new.

    If the plain text begins with other words, the two parts differ, and all of it stays.
    """
    wanted = "".join("".join(by_structure.lines).split())
    kept: list[str] = []
    for line in plain.lines:
        bare = "".join(line.split())
        if not wanted.startswith(bare):
            return plain
        kept.append(line)
        wanted = wanted[len(bare) :]
        if not wanted:
            return Scan(lines=kept, cut=True)
    return plain


def _new(text: str, *, forward: bool, foreign: Foreign | None) -> Scan:
    """Scan a text. Lines that a client glued together are split for it, and joined again if both halves stay."""
    lines: list[str] = []
    glued: dict[tuple[str, ...], str] = {}
    for line in text[:TEXT_CAP].replace("\r\n", "\n").split("\n"):
        pieces = tuple(shared_line(line) or unglued(line) or ()) if "-" in line or ":" in line else ()
        if pieces:
            glued[pieces] = line
        lines += pieces or (line,)
    found = _above_marker(lines, forward=forward, foreign=foreign)
    return Scan(lines=_whole(found.lines, glued), cut=found.cut) if glued else found


def _whole(lines: Sequence[str], glued: dict[tuple[str, ...], str]) -> list[str]:
    """The lines, with split ones joined again if all their pieces stayed."""
    whole: list[str] = []
    counts = {len(pieces) for pieces in glued}
    index = 0
    while index < len(lines):
        count = next((count for count in counts if tuple(lines[index : index + count]) in glued), 0)
        whole.append(glued[tuple(lines[index : index + count])] if count else lines[index])
        index += count or 1
    return whole


def _above_marker(lines: Sequence[str], *, forward: bool, foreign: Foreign | None) -> Scan:
    """Scan the lines, taking the desk's own marker line into account."""
    marked = next((index for index, line in enumerate(lines) if ANSWER_MARK in line), None)
    if marked is None:
        return scan(lines, forward=forward, foreign=foreign)
    above = scan(lines, end=marked)
    return above if above.lines else Scan(lines=_below(lines, marked), cut=True)


def _below(lines: Sequence[str], marked: int) -> list[str]:
    """The answer of somebody who writes below the whole quote, which then has marks and ends with a blank line."""
    if not is_quoted(lines[marked]):
        return []
    last = max(index for index, line in enumerate(lines) if is_quoted(line))
    if last + 1 >= len(lines) or lines[last + 1].strip():
        return []
    return scan(lines[last + 1 :]).lines


def _join(found: Scan) -> str:
    return "\n".join(found.lines)
