"""The cast of the demo: people who write and answer by mail alone, as their mail clients would."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime, formataddr, parseaddr
from zoneinfo import ZoneInfo

from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.demo.servers import EmbeddedServers
from mailbot.demo.stamping import bounce
from mailbot.ports import Clock

Wanted = Callable[[Message], bool]
PATIENCE = 0.02  # real seconds between two checks of a mailbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody with a mailbox on the demo's servers."""

    name: str
    address: str
    zone: str = "Europe/Berlin"

    @property
    def header(self) -> str:
        """How they appear in From."""
        return formataddr((self.name, self.address))


class Hands:
    """What a person can do: write, wait for a mail, answer it. Everything goes over SMTP, and is read as delivered."""

    def __init__(self, servers: EmbeddedServers, clock: Clock, person: Person, password: str | None) -> None:
        self._servers = servers
        self._clock = clock
        self.person = person
        self._password = password
        self._count = 0

    async def until(self, moment: datetime) -> None:
        """Wait until the story reaches that moment."""
        await asyncio.sleep(self._clock.seconds_until(moment))

    async def write(self, to: str, subject: str, text: str) -> None:
        """A new mail."""
        await self._send(to, self._mail(to, subject, text))

    async def receive(self, wanted: Wanted) -> Message:
        """The first wanted mail in the mailbox, as soon as it is there."""
        seen = 0
        while True:
            box = self._servers.messages(self.person.address)
            for raw in box[seen:]:
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                if wanted(mail):
                    return mail
            seen = len(box)
            await asyncio.sleep(PATIENCE)

    async def answer(self, mail: Message, text: str) -> None:
        """A reply as a mail client writes it: to Reply-To, in the thread, the mail quoted below."""
        to = parseaddr(str(mail["Reply-To"] or mail["From"]))[1]
        subject = str(mail["Subject"])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        quoted = "\n".join(f"> {line}".rstrip() for line in text_of(mail).splitlines())
        name = parseaddr(str(mail["From"]))[0] or "somebody"
        body = f"{text}\n\nOn {mail['Date']}, {name} wrote:\n{quoted}\n"
        reply = self._mail(to, subject, body)
        reply["In-Reply-To"] = str(mail["Message-ID"])
        reply["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
        await self._send(to, reply)

    async def automatic(self, mail: Message, subject: str, text: str) -> None:
        """What a mail system answers while somebody is away."""
        to = parseaddr(str(mail["Return-Path"]))[1] or parseaddr(str(mail["From"]))[1]
        reply = self._mail(to, subject, text)
        reply["Auto-Submitted"] = "auto-replied"
        reply["In-Reply-To"] = str(mail["Message-ID"])
        await self._send(to, reply, sender="")

    async def bounce_first(self) -> None:
        """The first mail to this address comes back: what a mail system elsewhere does that has no such mailbox."""
        mine = self.person.address
        while not (sent := [t for t in self._servers.transactions if mine in t.recipients]):  # noqa: ASYNC110 - the servers live in another thread
            await asyncio.sleep(PATIENCE)
        domain = mine.partition("@")[2]
        report = bounce(
            sent[0].data,
            sender=sent[0].sender,
            recipient=mine,
            reply=f"550 5.1.1 <{mine}>: no such user here",
            authserv_id=f"mx.{domain}",
            message_id=f"1.{int(self._clock.now().timestamp())}@mx.{domain}",
            now=self._clock.now(),
        )
        await self._submit(sent[0].sender, report, sender="")

    def _mail(self, to: str, subject: str, text: str) -> EmailMessage:
        self._count += 1
        mail = EmailMessage(policy=email.policy.SMTP)
        local, _, domain = self.person.address.partition("@")
        mail["From"], mail["To"], mail["Subject"] = self.person.header, to, subject
        mail["Date"] = format_datetime(self._clock.now().astimezone(ZoneInfo(self.person.zone)))
        mail["Message-ID"] = f"<{local}.{self._count}.{int(self._clock.now().timestamp())}@{domain}>"
        mail.set_content(text, charset="utf-8")
        return mail

    async def _send(self, to: str, mail: EmailMessage, sender: str | None = None) -> None:
        await self._submit(to, bytes(mail), sender=self.person.address if sender is None else sender)

    async def _submit(self, to: str, raw: bytes, sender: str) -> None:
        submitter = SmtpSubmitter(
            host=self._servers.host,
            port=self._servers.smtp_port,
            security="none",
            username=self.person.address if self._password else None,
            password=(lambda: self._password or "") if self._password else None,
        )
        try:
            sent = await submitter.submit(sender, to, raw)
        finally:
            await submitter.close()
        if not sent.accepted:
            raise RuntimeError(f"{self.person.name} could not write to {to}: {sent.code} {sent.reply}")


def text_of(mail: Message) -> str:
    """The plain text of a mail, as a client shows it."""
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    return "" if body is None else str(body.get_content())


def about(words: str, *, saying: str = "", or_else: str = "") -> Wanted:
    """A mail from the desk whose subject has the words, and whose text has `saying` (or what it says `or_else`)."""

    def wanted(mail: Message) -> bool:
        text = " ".join(text_of(mail).casefold().split())
        said = saying.casefold() in text or (or_else != "" and or_else.casefold() in text)
        return words.casefold() in str(mail["Subject"]).casefold() and said

    return wanted
