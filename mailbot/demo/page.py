"""Lays out the mails of a demo as one page to read: each ticket's correspondence as a conversation over time.

The page needs no script and fetches nothing. Everything that came by mail is escaped, and control characters are
removed: a page made from mail is as dangerous as its most hostile mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mailbot.adapters.store.views.lists import TicketPage
from mailbot.adapters.terminal import clean
from mailbot.core.intake.newtext import ANSWER_MARK, new_text
from mailbot.core.intake.read import ReadLimits, read
from mailbot.core.letters.compose import answer_subject
from mailbot.core.model.mail import Mail
from mailbot.core.model.message import Author, Message
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.verbs.parse import Asked, parse_reply
from mailbot.demo.style import STYLE
from mailbot.ports import OutboxRow

NAME = "index.html"
_LINE = 60  # characters; a longer line was broken by a mail client, and the next one continues it
_LEVELS = {
    1: "the whole thing is failing",
    2: "money",
    3: "a real problem",
    4: "a difficulty in using it",
    5: "feedback",
}
_ENDS = {
    PromiseState.OPEN: "still open",
    PromiseState.KEPT: "kept {at}, by a person",
    PromiseState.COVERED: "covered by the desk {at}",
    PromiseState.LATE: "late, {at}",
    PromiseState.REPLACED: "replaced {at}",
}
_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaf:
    """One mail of the demo: its file, what it says, and what the desk knows of it (incoming or outgoing)."""

    file: str
    mail: Mail
    message: Message | None = None
    row: OutboxRow | None = None

    @property
    def inside(self) -> bool:
        """Whether the customer never sees it."""
        if self.row is not None:
            return self.row.outgoing.kind is OutgoingKind.NOTICE
        return self.message is not None and self.message.agent is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Readers:
    """Who reads the page: the zone of its times, and the names of the people in it."""

    zone: ZoneInfo
    names: Mapping[str, str]

    def who(self, address: str) -> str:
        return escape(clean(self.names.get(address.casefold(), address)))

    def at(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(self.zone):%a %H:%M}"


def write_page(folder: Path, pages: Iterable[TicketPage], zone: ZoneInfo, names: Mapping[str, str]) -> Path:
    """Write `index.html` beside the mails (`*.eml`) of `folder`, in the order of their names; its path.

    `names` maps folded addresses to names. Mails without a ticket are listed at the end.
    """
    readers = _Readers(zone=zone, names=names)
    leaves = list(_leaves(folder))
    told: set[str] = set()
    sections: list[str] = []
    links: list[str] = []
    for page in sorted(pages, key=lambda p: p.ticket.number):
        mine = _of_ticket(leaves, page)
        told |= {leaf.file for leaf in mine}
        sections.append(_section(page, mine, readers))
        links.append(_link(page, readers))
    rest = [leaf for leaf in leaves if leaf.file not in told]
    if rest:
        files = "".join(f"<li>{_file(leaf.file, clean(leaf.mail.subject) or leaf.file)}</li>" for leaf in rest)
        sections.append(f'<section id="rest"><h2>Of no ticket</h2><ul class="rest">{files}</ul></section>')
    head = _HEAD.format(title="A day at the desk", style=STYLE)
    intro = (
        f"<header><h1>A day at the desk</h1><p>{len(leaves)} mails, as they went. Times are the desk&rsquo;s "
        f"({escape(zone.key)}); a letter tells them in its reader&rsquo;s own zone.</p><ol>{''.join(links)}</ol></header>"
    )
    path = folder / NAME
    path.write_text(f"{head}{intro}\n<main>\n{''.join(sections)}</main>\n</body>\n</html>\n", encoding="utf-8")
    return path


def _leaves(folder: Path) -> Iterable[_Leaf]:
    for path in sorted(folder.glob("*.eml")):
        mail = read(path.read_bytes(), ReadLimits())
        if isinstance(mail, Mail):
            yield _Leaf(file=path.name, mail=mail)


def _of_ticket(leaves: Sequence[_Leaf], page: TicketPage) -> list[_Leaf]:
    """The mails of one ticket in their order, each with what the desk stored of it."""
    messages = {m.message_id: m for m in page.messages if m.message_id}
    rows = {o.message_id: o for o in page.outgoing if o.message_id}
    found = []
    for leaf in leaves:
        own = leaf.mail.message_id or ""
        message, row = messages.get(own), rows.get(own)
        if message is not None or row is not None:
            found.append(_Leaf(file=leaf.file, mail=leaf.mail, message=message, row=row))
    return found


def _link(page: TicketPage, readers: _Readers) -> str:
    ticket = page.ticket
    return (
        f'<li><a href="#t{ticket.number}"><b>#{ticket.number}</b> <bdi>{escape(clean(ticket.subject))}</bdi></a> '
        f"<span>{readers.who(ticket.requester.address)}</span></li>"
    )


def _section(page: TicketPage, leaves: Sequence[_Leaf], readers: _Readers) -> str:
    ticket = page.ticket
    facts = [
        f"priority {ticket.priority}: {_LEVELS.get(ticket.priority, '') if ticket.sure else 'not sure'}"
        + (f", urgency {ticket.urgency}" if ticket.urgency else ""),
        ticket.state.value,
        f"with {readers.names.get(_agent(page)) or ticket.assignee}" if ticket.assignee else "with nobody",
    ]
    rows: list[str] = []
    promises = {p.id: p for p in page.promises}
    at = 0
    while at < len(leaves):
        until = at + 1
        while until < len(leaves) and leaves[until].inside:
            until += 1
        first = 0 if leaves[at].inside else 1
        said = _said(leaves[at], page, promises, readers) if first else ""
        lane = "".join(_grouped(leaves[at + first : until], readers))
        rows.append(f'<div class="row"><div class="talk">{said}</div><div class="inside">{lane}</div></div>\n')
        at = until
    return (
        f'<section id="t{ticket.number}">\n<h2><b>#{ticket.number}</b> <bdi>{escape(clean(ticket.subject))}</bdi></h2>\n'
        f'<p class="facts">{readers.who(ticket.requester.address)} · {escape(clean(" · ".join(facts)))}</p>\n'
        f'<div class="row lanes"><div class="talk"><span>the customer</span><span>the desk</span></div>'
        f'<div class="inside">among the agents</div></div>\n{"".join(rows)}</section>\n'
    )


def _agent(page: TicketPage) -> str:
    """The folded address of the agent who has the ticket, as far as a mail shows it; else an empty text."""
    has = page.ticket.assignee
    return next((m.from_.key for m in page.messages if m.agent == has and m.author is Author.AGENT), "")


def _said(leaf: _Leaf, page: TicketPage, promises: Mapping[str, Promise], readers: _Readers) -> str:
    """One mail between the customer and the desk."""
    if leaf.row is not None:
        return _letter(leaf, leaf.row, page, promises, readers)
    fresh = new_text(leaf.mail)
    machine = leaf.message is not None and leaf.message.author is Author.MACHINE
    whose = "a mail system" if machine else readers.who(leaf.mail.from_[0].address if leaf.mail.from_ else "somebody")
    label = f"<i>{escape(clean(leaf.message.note))}</i>" if machine and leaf.message and leaf.message.note else ""
    kind = "machine" if machine else "customer"
    return _card(kind, whose, label, leaf, fresh or leaf.mail.text, page, "", readers)


def _letter(leaf: _Leaf, row: OutboxRow, page: TicketPage, promises: Mapping[str, Promise], readers: _Readers) -> str:
    human = row.outgoing.kind is OutgoingKind.RELAY
    whose = escape(clean(row.outgoing.fields.get("agent_name") or "")) if human else "the desk"
    label = "" if human else f"<i>{escape(row.outgoing.name.replace('-', ' '))}, automatic</i>"
    promise = promises.get(row.outgoing.promise or "")
    told = ""
    if promise is not None:
        ended = _ENDS[promise.state].format(at=readers.at(promise.ended_at))
        told = (
            f'<p class="promise {promise.state.value}"><b>Promised: an answer by {readers.at(promise.due)}</b>'
            f"<span>{escape(ended)}</span></p>"
        )
    return _card("relay" if human else "letter", whose, label, leaf, new_text(leaf.mail), page, told, readers)


def _card(
    kind: str, whose: str, label: str, leaf: _Leaf, words: str, page: TicketPage, told: str, readers: _Readers
) -> str:
    quoted = leaf.mail.text if leaf.row is None and len(leaf.mail.text) > len(words) + 80 else ""
    folded = f"<details><summary>quoted text</summary><pre>{_text(quoted)}</pre></details>" if quoted else ""
    subject = " ".join(leaf.mail.subject.split())
    new = answer_subject(subject) != answer_subject(page.ticket.subject)  # otherwise it is above the ticket already
    heading = f'<h3 dir="auto">{escape(clean(subject))}</h3>' if new else ""
    return (
        f'<article class="{kind}"><header><b>{whose}</b>{label}{_when(leaf, readers)}</header>'
        f"{heading}{_paragraphs(words)}{told}{folded}</article>"
    )


def _grouped(leaves: Sequence[_Leaf], readers: _Readers) -> Iterable[str]:
    """The agents' column: a notice to several of them is one line, a reply shows its verbs."""
    at = 0
    while at < len(leaves):
        first = leaves[at]
        same = [leaf for leaf in leaves[at:] if first.row and leaf.row and _cause(leaf.row) == _cause(first.row)]
        if first.row is not None:
            yield _notice(first, [leaf.row.outgoing.to.address for leaf in same if leaf.row], readers)
        else:
            yield _reply(first, readers)
        at += 1
        while at < len(leaves) and leaves[at] in same:
            at += 1


def _cause(row: OutboxRow) -> str:
    """A notice's key without the agent at its end."""
    return row.outgoing.key.rpartition(":")[0]


def _notice(leaf: _Leaf, to: Sequence[str], readers: _Readers) -> str:
    name = leaf.row.outgoing.name if leaf.row is not None else ""
    people = " and ".join(readers.who(address).split()[0] for address in dict.fromkeys(to))
    body = leaf.mail.text.replace(ANSWER_MARK, "").strip()
    return (
        f'<details class="notice"><summary>{_when(leaf, readers)}<b>{escape(name)}</b> to {people}</summary>'
        f'<h3 dir="auto">{escape(clean(leaf.mail.subject))}</h3><pre>{_text(body)}</pre></details>'
    )


def _reply(leaf: _Leaf, readers: _Readers) -> str:
    message = leaf.message
    fresh = new_text(leaf.mail)
    asked = parse_reply(fresh)
    verbs = [f"/{v.name}" for v in asked.verbs] if isinstance(asked, Asked) else []
    shown = "".join(f"<code>{escape(v)}</code>" for v in verbs)
    held = ""
    if message is not None and message.waits:
        held = (
            f'<em class="held">held back: {"somebody had answered" if message.held == "crossed" else "not proven"}</em>'
        )
    whose = readers.who(leaf.mail.from_[0].address if leaf.mail.from_ else "somebody").split()[0]
    return (
        f'<details class="reply"><summary>{_when(leaf, readers)}<b>{whose}</b> replies {shown}{held}</summary>'
        f"<pre>{_text(fresh)}</pre></details>"
    )


def _when(leaf: _Leaf, readers: _Readers) -> str:
    at = readers.at(leaf.mail.date)
    return f'<a class="when" href="{quote(leaf.file)}" title="the mail itself">{at or "?"}</a>'


def _file(name: str, words: str) -> str:
    return f'<a href="{quote(name)}"><bdi>{escape(words)}</bdi></a>'


def _text(text: str) -> str:
    return f'<span dir="auto">{escape(clean(text))}</span>'


def _paragraphs(text: str) -> str:
    """Text as paragraphs; lines that a mail client broke are joined, short ones and those of a list stay lines."""
    blocks = [b for b in clean(text).strip().split("\n\n") if b.strip()]
    return "".join(f'<p dir="auto">{_flowed(block)}</p>' for block in blocks)


def _flowed(block: str) -> str:
    lines = [line.strip() for line in block.strip().split("\n")]
    out = escape(lines[0])
    for before, line in pairwise(lines):
        broken = len(before) >= _LINE and not line.startswith("- ")
        out += (" " if broken else "<br>") + escape(line)
    return out
