"""Histories of a desk: what people and the world may do to it, and what must hold after each of these steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update

from mailbot.adapters.store.rows import promise_from, ticket_from
from mailbot.adapters.store.schema import message, outbox, promise, ticket
from mailbot.core.desk import (
    Author,
    Decision,
    OutboxState,
    Outgoing,
    OutgoingKind,
    Promise,
    PromiseState,
    Ticket,
)
from mailbot.core.letters import iso
from mailbot.core.tokens import Token, TokenKind
from mailbot.loops.send import FIRST_WORDS
from mailbot.ports import Settled
from tests.core.simulated_desk import SIGNER, SimulatedDesk, mail, shipped

ENDS = (PromiseState.KEPT, PromiseState.COVERED, PromiseState.LATE, PromiseState.REPLACED)
INSIDE = "for our eyes alone"


@dataclass(frozen=True)
class Posted:
    """A mail that left, as far as people need it to answer."""

    outgoing: Outgoing
    message_id: str

    @property
    def reply_to(self) -> str:
        return f"help+{self.outgoing.reply_token}@lumen.example" if self.outgoing.reply_token else "help@lumen.example"


@dataclass
class SwiftDesk(SimulatedDesk):
    """A desk whose mails are settled without their bytes being written: thousands of steps in a minute."""

    posted: list[Posted] = field(default_factory=list)

    def send(self) -> None:
        now = self.clock.now()
        while rows := self.store.ready(now, 50):
            for row in rows:
                outgoing = row.outgoing
                first = outgoing.automatic and outgoing.name in FIRST_WORDS
                if first and (reason := self.sender._stopped(outgoing, self.setting)):
                    self.sender._drop(row, reason)
                    continue
                if self.refuse(outgoing):
                    self.store.settle(row, Settled(state=OutboxState.FAILED, reply="550 no such user"), now)
                    self.sender._tell(row, "550 no such user", _Final())
                    continue
                self.posted.append(Posted(outgoing, f"{outgoing.message_token or 'm'}.{row.id}@lumen.example"))
            with self.store._database.write() as connection:
                gone = outbox.c.id.in_([row.id for row in rows])
                waiting = outbox.c.state == OutboxState.READY.value
                sent = {"state": OutboxState.SENT.value, "due_at": None, "ended_at": now}
                connection.execute(update(outbox).where(gone, waiting).values(sent))


class _Final:
    state = OutboxState.FAILED


class Life:
    """One desk, the people around it, and the invariants. Every step ends with a tick, as the daemon's does."""

    def __init__(self) -> None:
        self.desk = SwiftDesk()
        self._ended: dict[str, Promise] = {}
        self._keys: set[str] = set()
        self._bodies: dict[int, str] = {}
        self._checked = 0

    def close(self) -> None:
        self.desk.close()

    # --- what people do -------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.desk.clock.now()

    def write(
        self, sender: str, text: str, *, to: str = "help@lumen.example", old: bool = False, **headers: str
    ) -> None:
        """A mail from outside."""
        at = self.now - timedelta(days=3) if old else self.now
        self.desk.receive(mail(sender, text, at=at, to=to, subject=headers.pop("Subject", "A matter"), **headers))
        self._settle()

    def follow(self, nth: int, text: str, *, sender: str | None = None, **headers: str) -> None:
        """Somebody answers one of the mails that customers got."""
        letters = [p for p in self.desk.posted if p.outgoing.kind is not OutgoingKind.NOTICE]
        if letters:
            one = letters[nth % len(letters)]
            self.write(
                sender or one.outgoing.to.address, text, to=one.reply_to, In_Reply_To=f"<{one.message_id}>", **headers
            )

    def answer(self, nth: int, text: str, *, sender: str | None = None, **headers: str) -> None:
        """Somebody answers one of the latest notices, most likely its agent."""
        notices = [p for p in self.desk.posted if p.outgoing.agent][-12:]
        if not notices:
            return
        one = notices[nth % len(notices)]
        before = len(self.desk.decisions)
        to, agent = one.reply_to, one.outgoing.to.address
        self.desk.receive(mail(sender or agent, text, at=self.now, to=to, subject="Re: notice", **headers))
        for decision in self.desk.decisions[before:]:
            spoke = decision.outcome in ("relayed", "told") and "/promise" not in text and decision.tickets
            if spoke and decision.tickets[0].priority >= 4 and not decision.tickets[0].their_turn and not _held(one):
                number = decision.tickets[0].number
                assert self.desk.promise(number) is None, f"#{number}: answered, and yet a time was told"
        self._settle()

    def bounce(self, nth: int) -> None:
        """A letter comes back for good."""
        letters = [p for p in self.desk.posted if p.outgoing.kind is not OutgoingKind.NOTICE and p.outgoing.ticket]
        if letters:
            self.desk.receive(_report(letters[nth % len(letters)], self.now))
            self._settle()

    def tie(self, sender: str, nth: int, other: int) -> None:
        """A mail that answers two at once."""
        letters = [p for p in self.desk.posted if p.outgoing.kind is not OutgoingKind.NOTICE]
        if letters:
            one, two = letters[nth % len(letters)], letters[other % len(letters)]
            ids = f"<{one.message_id}> <{two.message_id}>"
            self.write(sender, "It is all the same matter, is it not?", References=ids)

    def pass_time(self, span: timedelta) -> None:
        self.desk.pass_time(self.now + span)
        self._settle()

    def sleep(self, span: timedelta) -> None:
        """The daemon is down for so long."""
        self.desk.sleep_until(self.now + span)
        self._settle()

    def _settle(self) -> None:
        self.desk.tick()
        self.check()

    # --- what must hold -------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Every invariant of *Promises* in the design; AssertionError names the one that does not hold."""
        with self.desk.store._database.engine.connect() as connection:
            rows = connection.execute(select(ticket)).mappings().all()
            tickets = {t.number: t for t in map(ticket_from, rows)}
            merged = {row["number"] for row in rows if row["merged_into"] is not None}
            promises = [promise_from(row) for row in connection.execute(select(promise)).mappings()]
            letters = select(outbox.c.key, outbox.c.fields).where(outbox.c.kind != OutgoingKind.NOTICE.value)
            stated = {row.key: row.fields for row in connection.execute(letters)}
            authors = {row.id: row.author for row in connection.execute(select(message.c.id, message.c.author))}
        for number in tickets.keys() - merged:
            self._check_ticket(tickets[number], [p for p in promises if p.ticket == number and _open(p)])
        told = {p.stated_by: p for p in promises}
        for one in promises:
            self._check_promise(one, authors)
            assert one.stated_by in stated, f"{one.stated_by}: a promise that no mail states"
            assert stated[one.stated_by]["due"] == iso(one.due), f"{one.stated_by}: another time than promised"
        for key, fields in stated.items():
            if fields.get("due"):
                assert key in told, f"{key}: a mail states a time that is no promise"
        for decision in self.desk.decisions[self._checked :]:
            self._check_decision(decision)
        self._checked = len(self.desk.decisions)

    def _check_ticket(self, one: Ticket, open_promises: list[Promise]) -> None:
        assert len(open_promises) <= 1, f"#{one.number}: two open promises"
        paced = one.priority <= 3 or (one.priority == 4 and not one.answers)
        if one.unresolved and one.mute is None and paced:
            assert open_promises, f"#{one.number}: unresolved, may be written to, and nothing is promised"
        if not one.unresolved:
            assert not open_promises, f"#{one.number}: resolved, and a word is promised"

    def _check_promise(self, one: Promise, authors: dict[str, str]) -> None:
        if _open(one):
            assert one.id not in self._ended, f"{one.id}: ended and open again"
            assert one.due >= self.now, f"{one.id}: forgotten, due {one.due}"
            assert one.wake_at is not None, f"{one.id}: nobody will look at it"
            return
        assert one.state in ENDS
        assert self._ended.setdefault(one.id, one).state is one.state, f"{one.id}: ended twice"
        assert one.ended_at is not None
        if one.state is PromiseState.KEPT:
            assert authors[one.kept_by] in (Author.AGENT, Author.STRANGER), f"{one.id}: kept by no human word of ours"
            assert one.ended_at <= one.due, f"{one.id}: kept too late"

    def _check_decision(self, decision: Decision) -> None:
        one = decision.tickets[0] if decision.tickets else None
        for outgoing in decision.outgoing:
            assert outgoing.key not in self._keys, f"{outgoing.key}: decided twice, so that the second never leaves"
            self._keys.add(outgoing.key)
            if outgoing.kind is OutgoingKind.NOTICE:
                continue
            assert one is not None
            for other in decision.tickets[1:]:
                self._bodies.pop(other.number, None)  # this letter speaks of it as well
            assert outgoing.to.key == one.requester.key, f"{outgoing.key}: to somebody else"
            assert INSIDE not in str(outgoing.fields), f"{outgoing.key}: a note leaves the house"
            if outgoing.kind is OutgoingKind.LETTER:
                assert one.mute is None, f"{outgoing.key}: automatic, though {one.mute}"
            if outgoing.name in ("cover", "late"):
                body = _words(outgoing)
                assert self._bodies.get(one.number) != body, f"{outgoing.key}: the same empty words twice"
                self._bodies[one.number] = body
            else:
                self._bodies.pop(one.number, None)  # something else was said in between
        if decision.outcome in ("opened", "reopened"):
            assert any(o.agent for o in decision.outgoing), "a customer wrote, and nobody was told"


def _open(one: Promise) -> bool:
    return one.state is PromiseState.OPEN


def _held(one: Posted) -> bool:
    return one.outgoing.name in ("crossed", "confirm")


def _words(outgoing: Outgoing) -> str:
    """The letter without its times, which always differ."""
    fields = {**outgoing.fields, "due": "2026-01-01T00:00:00+00:00", "promised": "2026-01-01T00:00:00+00:00"}
    templates = shipped().templates
    return templates.render(outgoing.name, language=outgoing.language, inbox="support", zone="UTC", fields=fields).text


def _report(letter: Posted, now: datetime) -> bytes:
    assert letter.outgoing.ticket is not None
    token = SIGNER.sign(Token(kind=TokenKind.BOUNCE, ticket=letter.outgoing.ticket))
    body = (
        "--cut\nContent-Type: text/plain\n\nIt could not be delivered.\n\n--cut\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.lumen.example\n\n"
        f"Final-Recipient: rfc822; {letter.outgoing.to.address}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--cut\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter.message_id}>\n\n--cut--\n"
    )
    return mail(
        "MAILER-DAEMON@mx.lumen.example",
        body,
        at=now,
        to=f"help+{token}@lumen.example",
        subject="Undelivered Mail Returned to Sender",
        Return_Path="<>",
        Auto_Submitted="auto-replied",
        MIME_Version="1.0",
        Content_Type='multipart/report; report-type=delivery-status; boundary="cut"',
    )
