"""Lays out the mails of a demo as one page to read: each ticket's correspondence as a conversation over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mailbot.adapters.conversation import Leaf, Readers, document, leaf_of, section
from mailbot.adapters.store.views.lists import TicketPage
from mailbot.adapters.terminal import clean
from mailbot.core.intake.read import ReadLimits, read
from mailbot.core.model.mail import Mail

NAME = "index.html"


def write_page(folder: Path, pages: Iterable[TicketPage], zone: ZoneInfo, names: Mapping[str, str]) -> Path:
    """Write `index.html` beside the mails (`*.eml`) of `folder`, in the order of their names; its path.

    `names` maps folded addresses to names. Mails without a ticket are listed at the end.
    """
    readers = Readers(zone=zone, names=names, clock="%a %H:%M")
    leaves = list(_leaves(folder))
    told: set[str] = set()
    sections: list[str] = []
    links: list[str] = []
    for page in sorted(pages, key=lambda p: p.ticket.number):
        mine = _of_ticket(leaves, page)
        told |= {leaf.file for leaf in mine if leaf.file}
        sections.append(section(page, mine, readers))
        links.append(_link(page, readers))
    rest = [(file, leaf) for file, _, leaf in leaves if file not in told]
    if rest:
        files = "".join(f"<li>{_file(file, clean(leaf.subject) or file)}</li>" for file, leaf in rest)
        sections.append(f'<section id="rest"><h2>Of no ticket</h2><ul class="rest">{files}</ul></section>')
    intro = (
        f"<header><h1>A day at the desk</h1><p>{len(leaves)} mails, as they went. Times are the desk&rsquo;s "
        f"({escape(zone.key)}); a letter tells them in its reader&rsquo;s own zone.</p><ol>{''.join(links)}</ol></header>"
    )
    path = folder / NAME
    path.write_text(document("A day at the desk", intro, sections), encoding="utf-8")
    return path


def _leaves(folder: Path) -> Iterable[tuple[str, str, Leaf]]:
    """The mails of a folder: the name of the file, the Message-ID, and what it says."""
    for path in sorted(folder.glob("*.eml")):
        mail = read(path.read_bytes(), ReadLimits())
        if isinstance(mail, Mail):
            yield path.name, mail.message_id or "", leaf_of(mail, path.name)


def _of_ticket(leaves: Sequence[tuple[str, str, Leaf]], page: TicketPage) -> list[Leaf]:
    """The mails of one ticket in their order, each with what the desk stored of it."""
    messages = {m.message_id: m for m in page.messages if m.message_id}
    rows = {o.message_id: o for o in page.outgoing if o.message_id}
    return [
        replace(leaf, message=messages.get(id_), row=rows.get(id_))
        for _, id_, leaf in leaves
        if id_ in messages or id_ in rows
    ]


def _link(page: TicketPage, readers: Readers) -> str:
    ticket = page.ticket
    return (
        f'<li><a href="#t{ticket.number}"><b>#{ticket.number}</b> <bdi>{escape(clean(ticket.subject))}</bdi></a> '
        f"<span>{readers.who(ticket.requester.address)}</span></li>"
    )


def _file(name: str, words: str) -> str:
    return f'<a href="{quote(name)}"><bdi>{escape(words)}</bdi></a>'
