"""What a crafted mail repeats, where in a mail it may be, and the desk that gets it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from mailbot.core.model.decision import Decision
from mailbot.core.model.policy import Agent, Policy
from tests.simulation.simulated_desk import BERLIN, SimulatedDesk, mail

UNITS = (
    " ", "\t", "\u00a0", ",", "\n", "\r\n", "\r", ">", "> ", ">\n", "a:", "a:\n", "a: b\n", "<", "[", "(", ")", "]", "=?", "--",
    "-", "-- \n", "_", "*", "7", "@", ".", "\u200b", "e\u0301", "\u0301", "👍", "\u200f", "QUJD", "http://", "http://a ",
    "On Tue, Mar 3, 2026 at 2:14 PM Ana <a@b.example> wrote:\n", "On ", " wrote:", "From: ", "From: a@b.example\n", "Sent: x\n",
    "a", "A", "Ab ", "a, ", "x. ", "a@b.example ", "thanks ", "Thanks,\nAna\n", "Hi ", "? ", "!", "&amp;", "2026-03-02 ", "10:00 ",
    "/p 1\n", "/note a\n", "1. ", "- ", "## ", "##^^##", "[picture 1]", "漢", "Привет ", "ß", "İ", "/", "\\", "=", "#", "|", '"', "'a",
    ";", ":", "+49 30 ", "%41", "~", "^", "{", "$", "+", "\u2028", "\x0b", "\x0c", "\x85", "\x1c", "\u3000", "-----Original Message-----\n",
    "I am out of the office until ", "the lamp works again now ", "confidential ", "=\r\n", "Betreff: x\n", "a\n\n", "550 5.1.1 ",
)  # fmt: skip

ANA = "Ana Soto <ana@customer.example>"
NAMES = ("Mara", "Joost", "Ana", "Bea", "Cem", "Dan", "Eva", "Fay", "Gus", "Hal")
AGENTS = {
    name.lower(): Agent(
        id=name.lower(),
        name=f"{name} Lind",
        addresses=(f"{name.lower()}@lumen.example",),
        lead=name == "Mara",
        zone=BERLIN,
    )
    for name in NAMES
}


def pairs(seed: int, count: int | None = None) -> Iterator[str]:
    """Two units, one after the other: that many pairs, drawn by the seed; or all."""
    every = [one + two for one, two in itertools.permutations(UNITS, 2)]
    random.Random(seed).shuffle(every)
    yield from every[:count]


def of_length(unit: str, length: int) -> str:
    """The unit again and again."""
    return (unit * (length // len(unit) + 1))[:length]


class CraftedDesk:
    """A desk with ten agents and one ticket of Ana's, which gets a crafted mail an hour."""

    def __init__(self) -> None:
        self.desk = SimulatedDesk(change_policy=_ten_agents)
        self.desk.receive(mail(ANA, "The export is broken since today, the column is empty.", at=self.desk.clock.at))
        self.theirs = self.desk.last("ack").reply_to
        self.ours = self.desk.last("new", "mara@").reply_to
        self._strangers = 0

    def close(self) -> None:
        """Close the desk's database."""
        self.desk.close()

    def receive(self, place: str, text: str) -> list[Decision]:
        """The text comes in at that place of a mail, is decided, and what follows is rendered and sent."""
        self.desk.clock.at += timedelta(hours=1)
        raw = PLACES[place](self, text)
        return self.desk.receive(raw)

    def further(self, text: str, **headers: str) -> bytes:
        """Another mail in Ana's ticket."""
        return mail(ANA, text, at=self.desk.clock.at, to=self.theirs, subject="Re: Question", **headers)

    def first(self, text: str = "My export is broken.", *, name: str = "Bo", **headers: str) -> bytes:
        """The first mail of somebody new."""
        self._strangers += 1
        sender = f"{name} <bo@c{self._strangers}.example>"
        return mail(sender, text, at=self.desk.clock.at, **headers)

    def agent(self, text: str, *, to: str | None = None, subject: str = "Re: Question") -> bytes:
        """A mail of an agent's, to the signed address of their notice."""
        return mail("Mara <mara@lumen.example>", text, at=self.desk.clock.at, to=to or self.ours, subject=subject)


def _ten_agents(policy: Policy) -> Policy:
    return replace(policy, agents=AGENTS)


def _folded(text: str) -> str:
    """The text as the value of one header."""
    return " ".join(text.split("\n")).replace("\r", " ")


_HEADERS = (
    "References", "In_Reply_To", "Authentication_Results", "Received", "List_Id", "Auto_Submitted", "X_Autoreply", "Return_Path",
    "Precedence", "X_Failed_Recipients", "Cc", "Reply_To", "Content_Disposition", "X_Mailer", "X_Spam_Status", "Resent_To",
)  # fmt: skip
_FORWARD = "FYI\n\n---------- Forwarded message ---------\nFrom: Eve <eve@c.example>\nDate: Mon, 2 Mar 2026 10:00\nSubject: x\nTo: Mara\n\n"
_HTML = {"Content_Type": "text/html; charset=utf-8"}

PLACES: dict[str, Callable[[CraftedDesk, str], bytes]] = {
    "a further mail": lambda d, s: d.further(s),
    "behind words of a further mail": lambda d, s: d.further("It is still broken.\n" + s + "x"),
    "within thanks": lambda d, s: d.further("Thank you so much" + s + "!"),
    "a further mail in HTML": lambda d, s: d.further("x<p>" + s + "</p>x", **_HTML),
    "an attribute": lambda d, s: d.further(f'x<p style="{s}" class="{s}">hi</p>x'.replace('""', '"'), **_HTML),
    "a style sheet": lambda d, s: d.further("<style>p {color: white} " + s + "</style><p>hi</p>", **_HTML),
    "base64": lambda d, s: d.further("QUJD=" + s + " x", Content_Transfer_Encoding="base64"),
    "a calendar": lambda d, s: d.further("BEGIN:VCALENDAR\n" + s, Content_Type="text/calendar; method=REQUEST"),
    "a first mail": lambda d, s: d.first("x" + s + "x"),
    "a subject": lambda d, s: d.first(subject=_folded("Re: x" + s)),
    "a name": lambda d, s: d.first(name='"Bo' + _folded(s).replace('"', "").replace("\\", "") + '"'),
    "a name without quotes": lambda d, s: d.first(name=_folded(s)),
    "To": lambda d, s: d.first(to=_folded(s) + ", help@lumen.example"),
    "a charset": lambda d, s: d.first(Content_Type="text/plain; charset=" + _folded(s)),
    "every other header": lambda d, s: d.first(**dict.fromkeys(_HEADERS, _folded(s))),
    "an agent's answer": lambda d, s: d.agent(s + "x"),
    "behind an agent's words": lambda d, s: d.agent("Hello,\nplease try again.\n" + s),
    "a verb": lambda d, s: d.agent("/promise " + s + "\n\nHello"),
    "an agent's quote": lambda d, s: d.agent("Hello\n\nOn Mon, Mara wrote:\n> " + s.replace("\n", "\n> ")),
    "a forward": lambda d, s: d.agent(_FORWARD + s, to="help@lumen.example", subject="Fwd: x"),
    "a bounce": lambda d, s: mail(
        "MAILER-DAEMON@mx.example",
        "Undelivered\n" + s,
        at=d.desk.clock.at,
        subject="Undelivered Mail Returned to Sender",
    ),
    "an absence note": lambda d, s: d.further(s, Auto_Submitted="auto-replied"),
}
