"""A morning at a desk, so short that what it leaves in a database can be kept as text with each released version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.simulation.simulated_desk import SimulatedDesk

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=BERLIN)
DESK = "help@lumen.example"
GONE = "gone@quay.example"
MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Date: {date}
Message-ID: <{id}>
{more}Content-Type: text/plain; charset=utf-8

{text}
"""


def mail(desk: SimulatedDesk, id_: str, sender: str, to: str, subject: str, text: str, more: str = "") -> bytes:
    """A mail that is written now."""
    date = f"{desk.clock.now():%a, %d %b %Y %H:%M:%S +0000}"
    return MAIL.format(
        sender=sender, to=to, subject=subject, date=date, id=f"{id_}@{sender.rpartition('@')[2].strip('>')}", text=text,
        more=more,
    ).replace("\n", "\r\n").encode()  # fmt: skip


def play(desk: SimulatedDesk) -> None:
    """What happens from nine to one. It ends with promises that are open, and with a letter that has not left yet."""

    def at(hour: int, minute: int) -> None:
        when = datetime(2026, 3, 2, hour, minute, tzinfo=BERLIN)
        desk.pass_time(when)

    def comes(id_: str, sender: str, subject: str, text: str, to: str = DESK, more: str = "") -> None:
        desk.receive(mail(desk, id_, sender, to, subject, text, more))

    def answers(id_: str, sender: str, name: str, to: str, text: str) -> None:
        comes(id_, sender, "Re: notice", text, to=desk.last(name, to).reply_to)

    ana, jo = "Ana Soto <Ana@shop.example>", "=?utf-8?q?J=C3=B6?= Blum <jo@xn--bcher-kva.example>"
    comes(
        "a1",
        ana,
        "Our shop is down",
        "Hello,\n\nour whole shop is down since half past eight, nobody can order.\n\nAna",
    )
    at(9, 5)
    answers(
        "m1", "Mara Lind <mara@lumen.example>", "new", "mara", "/promise 14:00\n\nHello Ana,\n\nwe are on it.\n\nMara"
    )
    at(9, 10)
    comes("j1", jo, "Zweimal abgebucht", "Guten Tag,\n\nSie haben die Rechnung 4711 zweimal abgebucht.\n\nJö Blum")
    at(9, 20)
    comes(
        "b1",
        "Ben Okoro <ben@harbour.example>",
        "Export stops",
        "Hi,\n\nthe export stops at 80 % with error E-1207.\n\nBen",
    )
    at(9, 30)
    answers("o1", "Joost Baker <joost@lumen.example>", "new", "joost", "/note The log says: disk full.")
    at(9, 40)
    answers(
        "o2", "Joost Baker <joost@lumen.example>", "new", "joost", "/resolve\n\nHello Ben,\n\nit runs again.\n\nJoost"
    )
    comes(
        "c1",
        "Cem Aydin <cem@mill.example>",
        "Thank you",
        "I just want to say that the new search is a joy. Thank you!\n\nCem",
    )
    comes("l1", "Weekly <weekly@press.example>", "News of the week", "Ten things to read.", more="Precedence: bulk\n")
    comes(
        "r1",
        "Dee <dee@mill.example>",
        "Out of office",
        "I am away until Friday.",
        more="Auto-Submitted: auto-replied\n",
    )
    comes("g1", f"Gil Moor <{GONE}>", "Question", "How do I change my password?\n\nGil")
    at(13, 0)
    desk.send = lambda: None  # the process ends before the next letter has left
    comes("e1", "Eve Hart <eve@hill.example>", "How to export", "How do I export my invoices as CSV?\n\nEve")


def later(hour: int, minute: int) -> datetime:
    """A time on the next day, by when the desk that plays on has opened again."""
    return datetime(2026, 3, 3, hour, minute, tzinfo=BERLIN)


AFTER = BEGIN + timedelta(hours=4, minutes=5)
