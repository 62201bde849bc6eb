"""Random mails of agents about one ticket: what was noted reaches agents, and never anybody else.

Each note has a word of its own. Agents note, answer colleagues' lines in every way that their clients and fingers know
(with `/reply`, with other lines for the desk, to all, forwarded, from a private address, to an address of a colleague's,
with the signed address lost, or another one from memory), answer what they are asked with other words, and quote what
they answer. Only a word that somebody sends on purpose, by a tap on what shows it, is free. `NOTE_WORLDS=2000` plays more.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

pytestmark = pytest.mark.slow

RECENT = 7
SHOWS = ("inside", "beside", "ask")
AGENTS = {"mara": "Mara Lind <mara@lumen.example>", "joost": "Joost Baker <joost@lumen.example>"}
NORA = "Nora Feld <nora@harbour.example>"
DESK = "help@lumen.example"
WORD = re.compile(r"zq[0-9]+zq")
LINK = re.compile(r"<mailto:([^?>]+)\?([^>]+)>")
ABOVE = ("", "/take\n", "/p 2\n", "/promise 2h\n", "/resolve\n", "/resolve quietly\n", "/assign joost\n", "/plan we mend it\n",
         "/note\n", "/notiz\n", "/reply\n", "/wait customer 3d\n", "/status\n")  # fmt: skip
STEPS = st.tuples(st.sampled_from(
    ("note", "answer", "team", "team", "team", "reply", "all", "forward", "private", "colleague", "lost", "memory", "asked", "tap", "tap",
     "customer", "wait")
), st.integers(0, 10**6))  # fmt: skip


@dataclass
class World:
    """A ticket, and the words on it that are secret."""

    desk: SimulatedDesk
    secret: set[str] = field(default_factory=set)
    count: int = 0

    def word(self):
        self.count += 1
        return f"zq{self.count}zq"

    def noted(self):
        self.secret.add(word := self.word())
        return f"Ask her about the licence first, {word}."

    def send(self, sender, to, text, **more):
        self.desk.clock.at += minutes(1)
        more.setdefault("subject", "Re: Lamp stays off [1]")
        return self.desk.receive(mail(sender, text, at=self.desk.clock.at, to=to, **more))

    def ours(self, n, *, inside=None):
        """A notice that somebody has, of those whose replies stay inside or of the others."""
        found = [
            sent
            for sent in self.desk.sent
            if sent.outgoing.agent in AGENTS
            and sent.outgoing.ticket
            and (inside is None or bool(sent.outgoing.fields.get("inside")) is inside)
        ]
        return found[-1 - n % min(len(found), RECENT)] if found else None

    def quoted(self, sent, n):
        lines = sent.text.splitlines()
        if n % 3 == 0:
            return f"On Monday {sent.header('From')} wrote:\n" + "".join(f"> {line}\n" for line in lines)
        head = f"From: {sent.header('From')}\nSent: Monday, 2 March 2026 09:00\nTo: {sent.header('To')}\n"
        whole = f"{head}Subject: {sent.header('Subject')}\n\n" + "\n".join(lines)
        return f"-----Original Message-----\n{whole}" if n % 3 == 1 else whole

    def say(self, sent, text, n, *, sender=None, to=None, **more):
        ids = {"In_Reply_To": f"<{sent.message_id}>", "References": f"{sent.header('References')} <{sent.message_id}>"}
        more = ids | more
        words = f"{text}\n\n{self.quoted(sent, n)}" if n % 5 else text
        self.send(sender or AGENTS[sent.outgoing.agent], to or sent.reply_to, words, **more)

    def step(self, what, n):
        team, other = self.ours(n, inside=True), self.ours(n, inside=False)
        if what == "note" and other:
            self.say(other, f"/note {self.noted()}", n)
        elif what == "answer" and other:
            self.say(other, f"It is on its way, {self.word()}.", n)
        elif what == "team" and team:
            above = ABOVE[n % len(ABOVE)]
            self.say(team, above + ("\nIt is on its way." if above == "/reply\n" else self.noted()), n // len(ABOVE))
        elif what == "reply" and team:
            self.say(team, f"/reply\n\nWe have found it, {self.word()}.", n)
        elif what == "all" and team:
            self.say(team, self.noted(), n, Cc=NORA)
        elif what == "forward" and team:
            to = (DESK, other.reply_to if other else DESK, f"{NORA}, {DESK}", team.reply_to)[n % 4]
            text = f"For you, {self.word()}.\n\n---------- Forwarded message ---------\n{self.quoted(team, 2)}"
            self.send(AGENTS[team.outgoing.agent], to, text, subject=f"Fwd: {team.header('Subject')}")
        elif what == "private" and team:
            self.say(team, self.noted(), n, sender="Mara L <mara@private.example>")
            self.tap(n % 2)
        elif what == "colleague" and team:
            self.say(team, self.noted(), n, sender=AGENTS["joost" if team.outgoing.agent == "mara" else "mara"])
        elif what == "lost" and team:
            text = f"{self.noted()}\n\n{self.quoted(team, 0)}"
            self.send(AGENTS[team.outgoing.agent], DESK, text)
            self.tap(n % 3)
        elif what == "memory" and team and other and other.outgoing.agent == team.outgoing.agent:
            self.say(team, self.noted(), n, to=other.reply_to)
        elif what == "asked":
            self.asked(n)
        elif what == "tap":
            self.tap(n)
        elif what == "customer":
            self.send(NORA, DESK, f"Any news? {self.word()}", subject="Re: Lamp stays off [#1]")
        elif what == "wait":
            self.desk.pass_time(self.desk.clock.at + timedelta(minutes=1 + n % 200))

    def asked(self, n):
        """A line for the desk that would tell the customer something, and other words where it is asked about."""
        if (team := self.ours(n, inside=True)) is None:
            return
        self.say(team, f"/plan {self.noted()}", n)
        asked = self.desk.sent[-1]
        if asked.outgoing.name == "ask":
            self.say(asked, self.noted(), n)

    def tap(self, n):
        links = [(sent, *found) for sent in self.desk.sent if sent.outgoing.agent for found in LINK.findall(sent.text)]
        if not links:
            return
        sent, address, query = links[-1 - n % min(len(links), RECENT)]
        fields = parse_qs(query, keep_blank_values=True)
        text = fields["body"][0]
        if text == "/send" and sent.outgoing.name in SHOWS:
            self.secret -= set(WORD.findall(f"{sent.outgoing.fields.get('text')} {sent.outgoing.fields.get('yours')}"))
        if not text:
            text = f"It is on its way, {self.word()}."
        who = AGENTS[sent.outgoing.agent]
        self.send(who, unquote(address), text, subject=fields["subject"][0])


@settings(max_examples=int(os.environ.get("NOTE_WORLDS", "12")), deadline=None)
@given(steps=st.lists(STEPS, min_size=6, max_size=24))
def test_what_is_noted_reaches_nobody_but_agents(steps):
    desk = SimulatedDesk(start=MONDAY)
    world = World(desk)
    try:
        text = "Hello,\n\nthe green lamp stays off since Tuesday. What can we do?\n\nNora"
        world.send(NORA, DESK, text, subject="Lamp stays off")
        world.step("note", 1)
        for what, n in steps:
            world.step(what, n)
            for sent in desk.sent:
                if not sent.outgoing.to.address.endswith("@lumen.example"):
                    assert not world.secret & set(WORD.findall(sent.whole)), (what, n)
        assert any(word in sent.whole for word in world.secret for sent in desk.sent) or not world.secret
    finally:
        desk.close()
