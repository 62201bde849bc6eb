"""What the demo shows: the correspondence as it happens, every mail as a file, and the table at the end."""

from __future__ import annotations

import email
import email.policy
import re
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from email.header import decode_header, make_header
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.adapters.store.views.lists import DeskLists
from mailbot.core.model.decision import Decision
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.ticket import Ticket
from mailbot.demo.page import write_page
from mailbot.demo.smtpd import Transaction
from mailbot.ports import Clock, OutboxRow, Settled

_UNSAFE = re.compile(r"[^a-z0-9]+")
_COLOURS = {
    "in": "cyan",
    "decide": "yellow",
    "letter": "green",
    "relay": "bold green",
    "notice": "dim",
    "promise": "magenta",
}


class Show:
    """Prints on stdout. Its methods are called from the servers', the worker's and the main thread."""

    def __init__(self, folder: Path, zone: ZoneInfo, clock: Clock, names: Mapping[str, str]) -> None:
        self.folder = folder
        self._zone = zone
        self._clock = clock
        self._names = dict(names)
        self._console = Console(
            file=sys.stdout, highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 132
        )
        self._lock = threading.Lock()
        self._count = 0

    # --- as it happens -------------------------------------------------------------------------------------------

    def submitted(self, transaction: Transaction) -> None:
        """A mail went over SMTP: save it as a file, and show what people send."""
        mail = email.message_from_bytes(transaction.data, policy=email.policy.compat32)
        with self._lock:
            self._count += 1
            name = mail_name(self._count, transaction)
            (self.folder / name).write_bytes(transaction.data)
        if mail.get("X-Mailbot-Loop") is None:
            who = self._who(transaction.sender) if transaction.sender else "a mail system"
            self._line("in", f"{who} writes", _subject(mail["Subject"]))

    def decided(self, decision: Decision) -> None:
        """The desk decided something."""
        ticket = decision.tickets[0] if decision.tickets else None
        about = f"#{ticket.number}" if ticket else "—"
        match decision.outcome:
            case "opened" if ticket:
                what = f"priority {ticket.priority}{'' if ticket.sure else '?'}" + (
                    f", urgency {ticket.urgency}" if ticket.urgency else ""
                )
                self._line("decide", f"{about} opened", f"{what}: {shown_reason(ticket.why)}" if ticket.why else what)
            case "covered" | "late" | "reminded" as outcome:
                self._line("promise", f"{about} {outcome}", self._times(decision))
            case "relayed" | "told" | "done" if ticket and not ticket.unresolved:
                self._line("decide", f"{about} resolved", self._reason(decision))
            case outcome:
                self._line("decide", f"{about} {outcome}", self._reason(decision))

    def settled(self, row: OutboxRow, settled: Settled) -> None:
        """A mail of the desk went out, or did not."""
        outgoing = row.outgoing
        kind = outgoing.kind.value
        words = f"{outgoing.name} to {self._who(outgoing.to.address)}"
        due = outgoing.fields.get("due")
        if due and kind != "notice":
            moment = datetime.fromisoformat(str(due)).astimezone(self._zone)
            words += f", next word by {moment:%a %H:%M}"
        if settled.state is not OutboxState.SENT:
            words += f": {settled.state.value}, {settled.reply}"
        self._line(kind, f"#{outgoing.ticket or '—'} {kind}", words)

    def _times(self, decision: Decision) -> str:
        due = [p.due.astimezone(self._zone) for p in decision.promises]
        told = f"the word promised for {due[0]:%a %H:%M}" if due else self._reason(decision)
        return f"{told}, next by {due[1]:%a %H:%M}" if len(due) > 1 else told

    def _reason(self, decision: Decision) -> str:
        return "" if decision.reason is None else shown_reason(decision.reason, self._moment)

    def _moment(self, iso: str) -> str:
        return f"{datetime.fromisoformat(iso).astimezone(self._zone):%a %H:%M}"

    def _line(self, kind: str, what: str, detail: str) -> None:
        now = self._clock.now().astimezone(self._zone)
        text = Text(f"{now:%a %H:%M}  ", style="dim")
        text.append(f"{what:<22.22}", style=_COLOURS[kind])
        text.append(f"{detail}" if len(detail) < 110 else detail[:109] + "…")
        with self._lock:
            self._console.print(text)

    def _who(self, address: str) -> str:
        return self._names.get(address.casefold(), address)

    # --- at the end ----------------------------------------------------------------------------------------------

    def summary(self, lists: DeskLists, *, sent_in: int, now: datetime, problem: str) -> int:
        """The tables and the last line; 0 if nothing was lost and no promise forgotten."""
        tickets = sorted(lists.tickets(limit=1000), key=lambda t: t.number)
        pages = {t.number: lists.ticket(t.number) for t in tickets}
        promises = [p for page in pages.values() if page for p in page.promises]
        self._console.print()
        self._console.print(_ticket_table(tickets, self._names))
        self._console.print()
        self._console.print(_promise_table(promises, self._zone))
        totals = lists.totals()
        states = Counter(p.state for p in promises)
        out = sum(n for (_, state), n in totals.outbox.items() if state == OutboxState.SENT.value)
        lost = sent_in - totals.inbound.get("done", 0)
        lost += sum(
            n
            for (_, state), n in totals.outbox.items()
            if state not in (OutboxState.SENT.value, OutboxState.DROPPED.value, OutboxState.TOLD.value)
        )
        forgotten = [p for p in promises if p.state is PromiseState.OPEN and p.due < now]
        silent = [t for t in tickets if t.unresolved and t.mute is None and t.priority < 4 and not _open(promises, t)]
        page = write_page(self.folder, [p for p in pages.values() if p], self._zone, self._names)
        self._console.print(
            f"\nevery mail is in {self.folder}\nto read them as conversations: {page.resolve().as_uri()}"
        )
        for trouble in (
            problem,
            f"promises forgotten: {len(forgotten)}" if forgotten else "",
            f"unresolved without a promise: {', '.join(f'#{t.number}' for t in silent)}" if silent else "",
        ):
            if trouble:
                self._console.print(trouble, style="bold red")
        self._console.print(
            f"in {sent_in} · out {out} · promises kept {states[PromiseState.KEPT]}, "
            f"covered {states[PromiseState.COVERED]}, late {states[PromiseState.LATE]}, "
            f"open {states[PromiseState.OPEN]} · lost {lost}"
        )
        return 1 if lost or forgotten or silent or problem else 0


def mail_name(count: int, transaction: Transaction) -> str:
    """`007-ben-to-help-re-our-shop-is-down.eml`."""
    mail = email.message_from_bytes(transaction.data, policy=email.policy.compat32)
    ends = [a.partition("@")[0].partition("+")[0] for a in (transaction.sender or "mailer", transaction.recipients[0])]
    words = _UNSAFE.sub("-", f"{ends[0]}-to-{ends[1]}-{_subject(mail['Subject'])}".lower()).strip("-")
    return f"{count:03d}-{words[:80]}.eml"


def _open(promises: list[Promise], ticket: Ticket) -> bool:
    return any(p.ticket == ticket.number and p.state is PromiseState.OPEN for p in promises)


def _subject(value: object) -> str:
    return str(make_header(decode_header(str(value or ""))))


def _ticket_table(tickets: list[Ticket], names: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("ticket", "customer", "P", "U", "state", "with", "lang", "subject"):
        table.add_column(name, no_wrap=True)
    for t in tickets:
        who = names.get(t.requester.key, t.requester.address)
        state = f"{t.state.value}" + (" (muted)" if t.mute else "")
        table.add_row(
            f"#{t.number}",
            who,
            f"{t.priority}{'' if t.sure else '?'}",
            str(t.urgency),
            state,
            t.assignee or "—",
            t.language,
            t.subject,
        )
    return table


def _promise_table(promises: list[Promise], zone: ZoneInfo) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("ticket", "promised", "by", "due", "ended as", "at"):
        table.add_column(name, no_wrap=True)
    for p in sorted(promises, key=lambda p: (p.ticket, p.made_at)):
        ended = f"{p.ended_at.astimezone(zone):%a %H:%M}" if p.ended_at else "—"
        colour = {PromiseState.KEPT: "green", PromiseState.COVERED: "yellow", PromiseState.LATE: "red"}.get(
            p.state, "dim"
        )
        table.add_row(
            f"#{p.ticket}",
            f"{p.made_at.astimezone(zone):%a %H:%M}",
            p.agent or p.made_by,
            f"{p.due.astimezone(zone):%a %H:%M}",
            Text(p.state.value, style=colour),
            ended,
        )
    return table
