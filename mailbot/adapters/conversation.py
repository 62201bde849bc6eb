"""Lays out the mails of tickets as one page to read: a conversation over time, and beside it what passed among the agents.

The page needs no script and fetches nothing. Everything that came by mail is escaped, and control characters are
removed: a page made from mail is as dangerous as its most hostile mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from html import escape
from itertools import pairwise
from urllib.parse import quote

from mailbot.adapters.conversation_style import STYLE
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
from mailbot.ports import OutboxRow

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
class Leaf:
    """One mail: what it says, and what the desk knows of it (incoming or outgoing). `file`: where it lies beside the page.

    `words` are what it adds, `text` is all of it.
    """

    at: datetime | None
    sender: str | None
    subject: str
    words: str
    text: str
    file: str | None = None
    message: Message | None = None
    row: OutboxRow | None = None

    @property
    def inside(self) -> bool:
        """Whether the customer never sees it."""
        if self.row is not None:
            return self.row.outgoing.kind is OutgoingKind.NOTICE
        return self.message is not None and self.message.agent is not None

    def heading(self, names: Mapping[str, str]) -> str:
        """Who wrote what to whom, on one line."""
        if self.row is not None:
            out = self.row.outgoing
            kind = "relay" if out.kind is OutgoingKind.RELAY else f"{out.name}, automatic"
            return f"{kind} to {names.get(out.to.address.casefold(), out.to.address)} ({self.row.state.value})"
        who = names.get((self.sender or "").casefold(), self.sender or "somebody")
        held = ", held back" if self.message is not None and self.message.waits else ""
        return f"from {who}{held}: {' '.join(self.subject.split())}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """Who reads the page: the zone of its times and how they are written, and the names of people by folded address."""

    zone: tzinfo
    names: Mapping[str, str]
    clock: str = "%a %d %b %Y %H:%M"

    def who(self, address: str) -> str:
        """A name, or the address, as HTML."""
        return escape(clean(self.names.get(address.casefold(), address)))

    def at(self, moment: datetime | None) -> str:
        """A moment on their clock."""
        return "" if moment is None else moment.astimezone(self.zone).strftime(self.clock)


def document(title: str, head: str, sections: Iterable[str]) -> str:
    """The page. `head` and the sections are HTML."""
    top = _HEAD.format(title=escape(clean(title)), style=STYLE)
    return f"{top}{head}\n<main>\n{''.join(sections)}</main>\n</body>\n</html>\n"


def page_of(page: TicketPage, zone: tzinfo, names: Mapping[str, str]) -> str:
    """One ticket as a page. `names` maps folded addresses to the names of agents; customers have those of their mails."""
    theirs = {m.from_.key: m.from_.name for m in page.messages if m.from_.name and m.agent is None}
    number = page.ticket.number
    return document(
        f"#{number} {page.ticket.subject}",
        "",
        [section(page, leaves_of(page), Readers(zone=zone, names={**theirs, **names}))],
    )


def leaf_of(mail: Mail, file: str | None = None) -> Leaf:
    """A mail as it was read."""
    return Leaf(
        file=file,
        at=mail.date,
        sender=mail.from_[0].address if mail.from_ else None,
        subject=mail.subject,
        words=new_text(mail),
        text=mail.text,
    )


def leaves_of(page: TicketPage) -> list[Leaf]:
    """All mails of a ticket, from what the desk keeps of them, in their order. Of what was not sent there is no text."""
    found = [
        Leaf(at=m.received_at, sender=m.from_.address, subject=m.subject, words=m.new_text, text=m.text, message=m)
        for m in page.messages
    ]
    for row in page.outgoing:
        mail = read(row.raw, ReadLimits()) if row.raw is not None else None
        if isinstance(mail, Mail):
            found.append(replace(leaf_of(mail), at=row.created_at, row=row))
        else:
            words = f"({row.outgoing.name}: {row.state.value})"
            found.append(
                Leaf(at=row.created_at, sender=None, subject=row.outgoing.subject, words=words, text=words, row=row)
            )
    return sorted(found, key=lambda leaf: (leaf.at is not None, leaf.at))


def section(page: TicketPage, leaves: Sequence[Leaf], readers: Readers) -> str:
    """One ticket as HTML: the customer and the desk in one lane, what passed among the agents in the other."""
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


def _said(leaf: Leaf, page: TicketPage, promises: Mapping[str, Promise], readers: Readers) -> str:
    """One mail between the customer and the desk."""
    if leaf.row is not None:
        return _letter(leaf, leaf.row, page, promises, readers)
    machine = leaf.message is not None and leaf.message.author is Author.MACHINE
    whose = "a mail system" if machine else readers.who(leaf.sender or "somebody")
    label = f"<i>{escape(clean(leaf.message.note))}</i>" if machine and leaf.message and leaf.message.note else ""
    kind = "machine" if machine else "customer"
    return _card(kind, whose, label, leaf, leaf.words or leaf.text, page, "", readers)


def _letter(leaf: Leaf, row: OutboxRow, page: TicketPage, promises: Mapping[str, Promise], readers: Readers) -> str:
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
    return _card("relay" if human else "letter", whose, label, leaf, leaf.words, page, told, readers)


def _card(
    kind: str, whose: str, label: str, leaf: Leaf, words: str, page: TicketPage, told: str, readers: Readers
) -> str:
    quoted = leaf.text if leaf.row is None and len(leaf.text) > len(words) + 80 else ""
    folded = f"<details><summary>quoted text</summary><pre>{_text(quoted)}</pre></details>" if quoted else ""
    subject = " ".join(leaf.subject.split())
    new = answer_subject(subject) != answer_subject(page.ticket.subject)  # otherwise it is above the ticket already
    heading = f'<h3 dir="auto">{escape(clean(subject))}</h3>' if new else ""
    return (
        f'<article class="{kind}"><header><b>{whose}</b>{label}{_when(leaf, readers)}</header>'
        f"{heading}{_paragraphs(words)}{told}{folded}</article>"
    )


def _grouped(leaves: Sequence[Leaf], readers: Readers) -> Iterable[str]:
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


def _notice(leaf: Leaf, to: Sequence[str], readers: Readers) -> str:
    name = leaf.row.outgoing.name if leaf.row is not None else ""
    people = " and ".join(readers.who(address).split()[0] for address in dict.fromkeys(to))
    body = leaf.text.replace(ANSWER_MARK, "").strip()
    return (
        f'<details class="notice"><summary>{_when(leaf, readers)}<b>{escape(name)}</b> to {people}</summary>'
        f'<h3 dir="auto">{escape(clean(leaf.subject))}</h3><pre>{_text(body)}</pre></details>'
    )


def _reply(leaf: Leaf, readers: Readers) -> str:
    message = leaf.message
    asked = parse_reply(leaf.words)
    verbs = [f"/{v.name}" for v in asked.verbs] if isinstance(asked, Asked) else []
    shown = "".join(f"<code>{escape(v)}</code>" for v in verbs)
    held = ""
    if message is not None and message.waits:
        held = (
            f'<em class="held">held back: {"somebody had answered" if message.held == "crossed" else "not proven"}</em>'
        )
    whose = readers.who(leaf.sender or "somebody").split()[0]
    return (
        f'<details class="reply"><summary>{_when(leaf, readers)}<b>{whose}</b> replies {shown}{held}</summary>'
        f"<pre>{_text(leaf.words)}</pre></details>"
    )


def _when(leaf: Leaf, readers: Readers) -> str:
    at = readers.at(leaf.at) or "?"
    if leaf.file is None:
        return f'<span class="when">{at}</span>'
    return f'<a class="when" href="{quote(leaf.file)}" title="the mail itself">{at}</a>'


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
