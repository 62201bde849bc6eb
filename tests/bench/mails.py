"""Invented mails of many kinds, the same for the same seed: what an inbox of a support desk holds on some day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tests.bench.words import CLOSINGS, FIRST, GERMAN, LAST, MATTERS, OPENINGS, SENTENCES, SUBJECTS_DE

SUPPORT = "support@desk.example"
KINDS = {"plain": 40, "html": 18, "quoted": 12, "attached": 8, "german": 10, "away": 4, "list": 4, "feedback": 4}
"""How many of a hundred mails are of each kind."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """One mail: its bytes, its Message-ID without brackets, its kind, and whether the desk owes it an ack."""

    raw: bytes
    message_id: str
    kind: str
    expects_ack: bool


def mixed(count: int, *, seed: int, now: datetime, to: str = SUPPORT) -> Iterator[Made]:
    """That many mails, kinds mixed as `KINDS` says, sent within the last hour before `now`."""
    dice = random.Random(seed)
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    for number in range(count):
        yield one(kinds[number * 37 % len(kinds)], f"{seed}.{number}", dice=dice, now=now, to=to)


def one(kind: str, name: str, *, dice: random.Random, now: datetime, to: str = SUPPORT) -> Made:
    """A mail of that kind; `name` makes its sender and its Message-ID unique."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    domain = f"people{dice.randrange(400)}.example"
    sender = f"{first}.{last}.{name}@{domain}".lower()
    message_id = f"{name}.{dice.getrandbits(64):x}@mail.{domain}"
    sent = (now - timedelta(seconds=dice.randrange(60, 3600))).astimezone(timezone(timedelta(hours=dice.randrange(3))))
    subject, words = _matter(kind, dice)
    mail = EmailMessage(policy=SMTP)
    for hop in range(2, -1, -1):
        mail["Received"] = (
            f"from out{hop}.{domain} (out{hop}.{domain} [192.0.2.{dice.randrange(1, 255)}]) by mx{hop}.desk.example "
            f"with ESMTPS id {dice.getrandbits(48):x} for <{to}>; {format_datetime(sent)}"
        )
    mail["From"] = f"{first} {last} <{sender}>"
    mail["To"] = f"Support <{to}>"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{message_id}>"
    mail["User-Agent"] = "Letterbox 12.4"
    if kind == "quoted":
        mail["In-Reply-To"] = f"<{dice.getrandbits(64):x}@elsewhere.example>"
        words += f"\n\nOn Tuesday, 3 March 2026 at 10:12, Kim Long <kim@elsewhere.example> wrote:\n{_quote(dice)}"
    elif kind == "away":
        mail["Auto-Submitted"] = "auto-replied"
    elif kind == "list":
        mail["List-Id"] = f"News of {domain} <news.{domain}>"
        mail["List-Unsubscribe"] = f"<mailto:leave@{domain}>"
        mail["Precedence"] = "bulk"
    mail.set_content(f"{words}\n\n{dice.choice(CLOSINGS)}\n{first} {last}\n-- \n{first} {last}, {domain}\n")
    if kind in ("html", "list"):
        mail.add_alternative(_page(words, first, dice), subtype="html")
    elif kind == "attached":
        picture = dice.randbytes(dice.randrange(10_000, 120_000))
        mail.add_attachment(picture, maintype="image", subtype="png", filename=f"screen {dice.randrange(99)}.png")
    return Made(raw=mail.as_bytes(), message_id=message_id, kind=kind, expects_ack=kind not in ("away", "list"))


def _matter(kind: str, dice: random.Random) -> tuple[str, str]:
    if kind == "german":
        return dice.choice(SUBJECTS_DE), "\n\n".join(dice.sample(GERMAN, 3))
    if kind == "away":
        return "Out of office: Re: your invoice", "I am out of the office until Monday and read no mail."
    if kind == "feedback":
        return "What I like", "I only want to say that the new overview is lovely. It saves us an hour each week."
    subject, matter = dice.choice(MATTERS)
    more = "\n\n".join(" ".join(dice.sample(SENTENCES, dice.randrange(2, 5))) for _ in range(dice.randrange(1, 4)))
    return f"{subject} ({dice.randrange(10_000)})", f"{dice.choice(OPENINGS)}\n\n{matter}\n\n{more}"


def _quote(dice: random.Random) -> str:
    return "\n".join(f"> {line}" for line in dice.sample(SENTENCES, 6))


def _page(words: str, first: str, dice: random.Random) -> str:
    style = "font-family:Arial,sans-serif;font-size:14px;color:#222;margin:0 0 12px 0"
    paragraphs = "".join(f'<p class="MsoNormal" style="{style}"><span>{p}</span></p>' for p in words.split("\n\n"))
    cells = "".join(
        f'<tr><td style="padding:2px 8px"><b>{sentence}</b></td><td>{dice.randrange(1000)}</td></tr>'
        for sentence in dice.sample(SENTENCES, 5)
    )
    return (
        f"<html><head><style>p{{margin:0}} .MsoNormal{{line-height:1.4}}</style></head><body>{paragraphs}"
        f"<table>{cells}</table><p>{first}</p></body></html>"
    )
