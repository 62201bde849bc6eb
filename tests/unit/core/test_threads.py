"""Threads as they really come: parents that never arrive, references cut short, ids rewritten on the way, any order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MARA, MONDAY, SimulatedDesk, mail, minutes

PEOPLE = ("Ben Okoro <ben@harbour.example>", "Jana Vogt <jana@vogt.example>", "Ada Lind <ada@lind.example>")


class SilentDesk(SimulatedDesk):
    """Decides and sends nothing: what becomes of mails is all that is asked of it."""

    def send(self) -> None:
        """Nothing leaves."""


@dataclass(frozen=True)
class Piece:
    """One mail of a thread: what it is called, and the ids that it refers to, oldest first."""

    thread: int
    own: str
    refers: tuple[str, ...]
    reply_to: str | None

    def raw(self, prefix: str) -> bytes:
        headers = {}
        if self.reply_to:
            headers["In_Reply_To"] = f"<{prefix}{self.reply_to}@x.example>"
        if self.refers:
            headers["References"] = " ".join(f"<{prefix}{name}@x.example>" for name in self.refers)
        return mail(
            PEOPLE[self.thread % len(PEOPLE)],
            f"Word {self.own} on the matter {self.thread}.",
            at=MONDAY,
            subject=f"Matter {self.thread}",
            message_id=f"{prefix}{self.own}@x.example",
            **headers,
        )

    @property
    def names(self) -> set[str]:
        return {self.own, *self.refers, *([self.reply_to] if self.reply_to else [])}


STYLES = ("full", "in-reply-to only", "cut to the last", "first and last", "references only")


@st.composite
def threads(draw):
    """Two or three threads, each a tree; some mails never arrive, and some arrive under another id than they were sent."""
    pieces = []
    for thread in range(draw(st.integers(2, 3))):
        names, above = [f"t{thread}m0"], {f"t{thread}m0": ()}
        for n in range(1, draw(st.integers(2, 5))):
            parent = draw(st.sampled_from(names))
            name = f"t{thread}m{n}"
            names.append(name)
            above[name] = (*above[parent], parent)
        for name in names:
            line = above[name]
            if line and draw(st.integers(0, 4)) == 0:
                continue  # it never comes in; others may refer to it
            style = draw(st.sampled_from(STYLES))
            refers = {
                "full": line, "in-reply-to only": (), "cut to the last": line[-1:], "first and last": (*line[:1], *line[-1:]),
                "references only": line,
            }[style]  # fmt: skip
            reply_to = line[-1] if line and style != "references only" else None
            # A server of theirs may give it another Message-ID than the one that their answers refer to.
            own = f"{name}-rewritten" if draw(st.integers(0, 5)) == 0 else name
            pieces.append(Piece(thread, own, tuple(dict.fromkeys(refers)), reply_to))
    return pieces


def tied(pieces):
    """Which mails belong together: those that name, or are named by, a common id, however far."""
    groups = []
    for piece in pieces:
        touching = [g for g in groups if g[0] & piece.names]
        names, members = set(piece.names), {piece.own}
        for group in touching:
            groups.remove(group)
            names |= group[0]
            members |= group[1]
        groups.append((names, members))
    return {frozenset(members) for _, members in groups}


def ended(desk, since, prefix):
    """The mails by the ticket in which they ended, merges followed."""
    decisions = desk.decisions[since:]
    into = {source: target for d in decisions for source, target in d.moves}
    by = {}
    for message in (m for d in decisions for m in d.messages):
        number = message.ticket
        while number in into:
            number = into[number]
        by.setdefault(number, set()).add(message.message_id.removeprefix(prefix).removesuffix("@x.example"))
    return {frozenset(members) for members in by.values()}


@pytest.fixture(scope="module")
def silent():
    desk = SilentDesk()
    yield desk
    desk.close()


_runs = [0]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(pieces=threads(), seed=st.integers(0, 999))
def test_whatever_the_order_the_same_mails_end_together(silent, pieces, seed):
    wanted, dice = tied(pieces), random.Random(seed)
    for _ in range(4):
        _runs[0] += 1
        prefix, since = f"r{_runs[0]}.", len(silent.decisions)
        order = list(pieces)
        dice.shuffle(order)
        for piece in order:
            silent.receive(piece.raw(prefix))
        assert ended(silent, since, prefix) == wanted, [p.own for p in order]
        silent.clock.at += timedelta(days=31)  # so that nobody has opened many tickets lately


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def relayed(desk):
    """A ticket with an ack and an agent's answer; both as they left."""
    desk.receive(mail(PEOPLE[0], "The export fails.", at=MONDAY, subject="Export", message_id="e1@harbour.example"))
    notice = desk.last("new", "mara")
    desk.receive(mail(f"{MARA.name} <{MARA.addresses[0]}>", "We look at it.", at=MONDAY, to=notice.reply_to))
    return desk.last("ack"), next(s for s in desk.sent if s.outgoing.kind is OutgoingKind.RELAY)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["answer to the relay", "answer to the ack", "rewritten", "subject"])
@pytest.mark.parametrize("seed", range(3))
def test_answers_to_our_own_letters_find_the_ticket_in_any_order(desk, style, seed):
    ack, relay = relayed(desk)
    last = {"answer to the ack": ack}.get(style, relay).message_id
    answers = []
    for n in range(3):
        own, before = f"e{n + 2}@harbour.example", f"e{n + 1}@harbour.example"
        headers = {"In_Reply_To": f"<{last}>", "References": f"<{before}> <{last}>"}
        subject = "Re: Export"
        if (
            style == "rewritten"
        ):  # their server gave every mail of theirs another id, and cut all but the last reference
            own, headers = f"server-{n}@exchange.example", {"References": f"<{last}>"}
        elif style == "subject":
            headers, subject = {}, f"Re: Export [#{1}]"
        answers.append(mail(PEOPLE[0], f"Answer {n}.", at=MONDAY, subject=subject, message_id=own, **headers))
    random.Random(seed).shuffle(answers)
    for raw in answers:
        (decision,) = desk.receive(raw)
        assert decision.messages[0].ticket == 1, decision.reason


# --- what the customer's mail client can hang together ------------------------------------------------------------


def linked(letters):
    """Whether every letter shares a reference with the first one: then clients show them as one conversation."""
    first, *others = [set(letter.header("References").split()) for letter in letters]
    return bool(first) and all(first & other for other in others)


@pytest.mark.parametrize("with_id", [True, False], ids=["with a Message-ID", "without"])
def test_all_letters_of_a_ticket_hang_together(desk, with_id):
    raw = mail(PEOPLE[0], "The whole site is down!", at=MONDAY, subject="Down", message_id="root@harbour.example")
    desk.receive(raw if with_id else b"".join(x for x in raw.splitlines(True) if not x.startswith(b"Message-ID")))
    desk.pass_time(MONDAY + minutes(50))
    notice = desk.last("new", "mara")
    desk.receive(mail(f"{MARA.name} <{MARA.addresses[0]}>", "/resolve\nIt is up again.", at=MONDAY, to=notice.reply_to))
    letters = [s for s in desk.sent if s.outgoing.kind is not OutgoingKind.NOTICE]
    assert len(letters) >= 3
    assert linked(letters), [s.header("References") for s in letters]
    assert ("<root@harbour.example>" in letters[-1].header("References")) is with_id


def test_the_first_mail_stays_among_the_references_of_a_long_ticket(desk):
    desk.receive(mail(PEOPLE[0], "The export fails.", at=MONDAY, subject="Export", message_id="m0@harbour.example"))
    for n in range(1, 26):
        desk.clock.at += minutes(1)
        parent = f"<m{n - 1}@harbour.example>"
        raw = mail(
            PEOPLE[0], f"Line {n} of the log.", at=MONDAY, message_id=f"m{n}@harbour.example", In_Reply_To=parent
        )
        desk.receive(raw)
    notice = desk.last("followup", "mara")
    desk.receive(mail(f"{MARA.name} <{MARA.addresses[0]}>", "Thank you.", at=MONDAY, to=notice.reply_to))
    references = next(s for s in desk.sent if s.outgoing.kind is OutgoingKind.RELAY).header("References").split()
    assert references[0] == "<m0@harbour.example>"
    assert references[-1] == "<m25@harbour.example>"
    assert len(references) <= 20
