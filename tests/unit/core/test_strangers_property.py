"""Random people, lists, forwards and newsletters: no letter ever carries a word of one requester to another.

Every mail has a word of its own in its subject, its text and its Message-ID. What a letter holds of them, in any header or
part, must be of the person whom it goes to. What an agent writes goes to the customer of the mail that they answer, or is
asked about. `STRANGER_WORLDS=2000` plays more.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.app.split import split_in
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MARA, MONDAY, SimulatedDesk, mail, minutes

pytestmark = pytest.mark.slow

PEOPLE = [f"Person {name} <{name.lower()}@{name.lower()}.example>" for name in ("Ana", "Bob", "Cem", "Dia")]
NEWS = "spring.news@shop.example"
LIST = "sailors@lists.example"
WORD = re.compile(r"zq[0-9]+zq")
MATTERS = ("The export is empty since today.", "You charged my card twice!", "All is down, total outage!", "Thank you!")
STEPS = st.tuples(st.sampled_from(
    ("new", "claim", "owns", "news", "answer", "answer", "forward", "forward", "all", "list", "number", "agent", "agent", "split", "wait")
), st.integers(0, 3), st.integers(0, 10**6))  # fmt: skip


def roomy(policy):
    return replace(
        policy, limits=replace(policy.limits, per_address_hour=900, per_address_day=900, per_domain_hour=900)
    )


@dataclass
class World:
    """What the people have of each other's mails and of ours; `writer` says who used a word first."""

    desk: SimulatedDesk
    writer: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    copied: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def write(self, who, n, *, to="help@lumen.example", own=None, **more):
        self.count += 1
        word, key = f"zq{self.count}zq", parseaddr(PEOPLE[who])[1]
        own = own or f"{word}@mail.example"
        if own in self.ids:
            return
        # An id that somebody claimed before is its owner's all the same.
        self.writer |= {word: key} | (dict.fromkeys(WORD.findall(own), key) if own not in self.claimed else {})
        self.ids.append(own)
        if copied := more.get("Cc"):
            self.copied.append((copied, own))
        text = f"{MATTERS[n % len(MATTERS)]} {word}"
        self.desk.clock.at += minutes(3)
        more = {"subject": f"Matter {word}", **more}
        self.desk.receive(mail(PEOPLE[who], text, at=self.desk.clock.at, to=to, message_id=own, **more))

    def step(self, what, who, n):
        desk, other = self.desk, (who + 1 + n % 3) % 4
        letters = [s for s in desk.sent if s.outgoing.kind is not OutgoingKind.NOTICE]
        mine = [s for s in letters if s.outgoing.to.address == parseaddr(PEOPLE[who])[1]]
        if what == "new":
            self.write(who, n, **({"Cc": PEOPLE[other]} if n % 2 else {}))
        elif what == "claim":
            self.claimed.append(f"claimed{self.count}@shop.example")
            self.write(who, n, References=f"<{self.claimed[-1]}>")
        elif what == "owns" and self.claimed:
            self.write(who, n, own=self.claimed[n % len(self.claimed)])
        elif what == "news":
            self.write(who, n, In_Reply_To=f"<{NEWS}>", References=f"<{NEWS}>")
        elif what == "answer" and mine:
            self.reply(who, n, mine[n % len(mine)])
        elif what == "forward" and mine:
            self.reply(other, n, mine[n % len(mine)])
        elif what == "all" and self.copied:
            copied, own = self.copied[n % len(self.copied)]
            self.write(PEOPLE.index(copied), n, In_Reply_To=f"<{own}>")
        elif what == "list":
            ids = {"In_Reply_To": f"<{self.ids[n % len(self.ids)]}>"} if self.ids else {}
            self.write(who, n, to=f"{LIST}, help@lumen.example", List_Id="<sailors.lists.example>", **ids)
        elif what == "number":
            self.write(who, n, subject=f"Again [#{1 + n % 5}]")
        elif what == "agent":
            self.agent(n)
        elif what == "split":
            self.split(n)
        elif what == "wait":
            desk.pass_time(desk.clock.at + timedelta(hours=1 + n % 5))

    def reply(self, who, n, letter):
        """To the signed address, or to the plain one with our Message-ID alone; with the thread that the letter had."""
        references = f"{letter.header('References')} <{letter.message_id}>"
        to = letter.reply_to if n % 3 else "help@lumen.example"
        self.write(who, n, to=to, In_Reply_To=f"<{letter.message_id}>", References=references)

    def agent(self, n):
        """Answers a notice with words for whoever wrote the mail in it, and quotes the notice whole."""
        notices = [s for s in self.desk.sent if s.outgoing.name in ("new", "followup") and s.outgoing.agent == MARA.id]
        if not notices:
            return
        notice = notices[n % len(notices)]
        writer = self.writer.get(next(iter(WORD.findall(str(notice.outgoing.fields["text"]))), ""))
        if writer is None:
            return
        self.count += 1
        word = f"zq{self.count}zq"
        self.writer[word] = writer
        self.desk.clock.at += minutes(3)
        quoted = "".join(f"> {line}\n" for line in notice.text.splitlines())
        text = f"It is mended, {word}.\n\nOn Monday Support wrote:\n{quoted}"
        sender = f"{MARA.name} <{MARA.addresses[0]}>"
        ids = {"In_Reply_To": f"<{notice.message_id}>"}
        self.desk.receive(mail(sender, text, at=self.desk.clock.at, to=notice.reply_to, subject="Re: it", **ids))

    def split(self, n):
        tickets = self.desk.store.lists.tickets(None)
        pages = [self.desk.store.lists.ticket(t.number) for t in tickets]
        strangers = [(p.ticket.number, m.id) for p in pages for m in p.messages if m.author is Author.STRANGER]
        if strangers:
            number, message = strangers[n % len(strangers)]
            desk = self.desk
            split_in(desk.store, desk.setting, number, message, now=desk.clock.now(), fresh=desk.fresh)
            desk.send()


@settings(max_examples=int(os.environ.get("STRANGER_WORLDS", "10")), deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=16))
def test_no_letter_carries_a_word_of_one_requester_to_another(steps):
    desk = SimulatedDesk(start=MONDAY, change_policy=roomy)
    world = World(desk)
    try:
        for what, who, n in steps:
            world.step(what, who, n)
        desk.pass_time(desk.clock.at + timedelta(hours=5))
        for sent in desk.sent:
            if sent.outgoing.kind is OutgoingKind.NOTICE:
                assert sent.outgoing.to.address.endswith("@lumen.example")
                continue
            to = sent.outgoing.to.address
            theirs = {word: world.writer[word] for word in WORD.findall(sent.whole) if word in world.writer}
            assert set(theirs.values()) <= {to}, (sent.outgoing.name, to, theirs)
        for ticket in desk.store.lists.tickets(None):
            for message in desk.store.lists.ticket(ticket.number).messages:
                if message.author is Author.CUSTOMER:
                    assert message.from_.key == desk.ticket(message.ticket).requester.key
    finally:
        desk.close()
