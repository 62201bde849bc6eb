"""One parsed mail: what it says, who wrote it, and the keys under which the store may know it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.intake.contact_form import Form
from mailbot.core.intake.identity import Who
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.intake.too_large import TooLarge
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address, Bounce, Mail, Screening
from mailbot.core.model.message import Author, Message
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason
from mailbot.core.model.refs import Ref
from mailbot.core.model.sender_proof import SenderProof

_SUBJECT_TOKEN = re.compile(r"\[#(\d{1,9})\]")
_MOST_IDS = 60
_TRACE = frozenset(
    {"received", "return-path", "delivered-to", "x-original-to", "envelope-to", "authentication-results"}
)
NOBODY = Address(name=None, address="unknown@invalid")  # RFC 2606: a mail whose From names nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Tail:
    """Lines, or a picture (then `text` is its name), that an agent's mails have in common; `mark` is its short name."""

    text: str
    mark: str
    picture: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A mail with everything that was found out about it before the store was asked.

    `passed_on_by`: the agent who forwarded it, if `mail` names who wrote it first; `passed_on_with`: their own words.
    `whole` and `signature` of an agent's mail are those of `agent_words`; `tails` is what was learned to be
    their signature (`core.intake.learned_signature`) and was left out.
    `written_by`: an agent from whose address it comes without a signed one, `written_to` the outsider it was sent to;
    `astray`: it answers something, but has no signature that says what.
    `unmarked`: it quotes a notice without marks.
    `with_pasted` of a customer's mail: its words together with the mails of others that it holds, if any.
    `whose`: if it is a forward without an address, the name of whoever wrote it ("" if not even that is there).
    `unconfirmed`: no server vouches that this agent sent it.
    `too_large`: only its header is known, so `new_text` and the rest of its body are empty.
    `form`: it comes from a contact form; `mail` is from whoever filled it in, if it names them.
    `standing`: what our server says of its From, None if no such server is configured; never more than unproven if
    `mail` is from somebody else than who sent it (a form, a list of ours, a forward).
    `before_desk`: it was in the mailbox before the desk came, and is seen only because its server gave it a new UID.
    """

    mail: Mail
    inbound: int | None
    inbox: str
    received_at: datetime
    new_text: str
    screening: Screening
    bounce: Bounce | None
    tokens: tuple[Token, ...]
    who: Who
    keys: Keys
    passed_on_by: Agent | None = None
    passed_on_with: str = ""
    whole: str = ""
    signature: str = ""
    tails: tuple[Tail, ...] = ()
    with_pasted: str = ""
    unmarked: bool = False
    whose: str | None = None
    too_large: TooLarge | None = None
    unconfirmed: bool = False
    written_by: Agent | None = None
    astray: bool = False
    written_to: Address | None = None
    before_desk: bool = False
    form: Form | None = None
    standing: SenderProof | None = None

    @property
    def sender(self) -> Address:
        """Whom the mail says it is from."""
        return self.mail.from_[0] if self.mail.from_ else NOBODY

    @property
    def told(self) -> str:
        """What the mail says to a reader: its words, and what it passes on of somebody else's."""
        return self.with_pasted or self.new_text


def content_key(mail: Mail, raw: bytes) -> str:
    """A hash that is the same for two copies of a mail, however they came in.

    It covers Message-ID, From, Date and text; without a Message-ID, everything but the trace headers.
    """
    if mail.message_id:
        seen = (
            mail.message_id,
            ",".join(a.key for a in mail.from_),
            mail.header("date") or "",
            mail.subject,
            mail.text,
        )
        return hashlib.sha256("\x00".join(seen).encode("utf-8", "surrogatepass")).hexdigest()
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept: list[bytes] = []
    keep = True
    for line in head.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            keep = line.partition(b":")[0].strip().lower().decode("ascii", "replace") not in _TRACE
        if keep:
            kept.append(line)
    return hashlib.sha256(b"\n".join(kept) + gap + body.rstrip()).hexdigest()


def keys_of(mail: Mail, raw: bytes, tokens: tuple[Token, ...], bounce: Bounce | None = None) -> Keys:
    """What to ask the store about this mail. A bounce is about the letter that it returns, whatever it answers."""
    own = (mail.message_id,) if mail.message_id else ()
    returned = (bounce.original_message_id,) if bounce is not None and bounce.original_message_id else ()
    ids = (*own, *returned, *mail.in_reply_to, *reversed(mail.references))
    claimed = [t.ticket for t in tokens if t.ticket] + [int(n) for n in _SUBJECT_TOKEN.findall(mail.subject)]
    return Keys(
        content_key=content_key(mail, raw),
        sender=mail.sender.key if mail.sender else None,
        message_ids=tuple(dict.fromkeys(ids))[:_MOST_IDS],
        numbers=tuple(dict.fromkeys(claimed))[:_MOST_IDS],
        held=next((t.ref for t in tokens if t.kind is TokenKind.HELD), None),
    )


def subject_number(mail: Mail) -> int | None:
    """The ticket number that a subject claims, as in `[#1042]`."""
    found = _SUBJECT_TOKEN.search(mail.subject)
    return int(found.group(1)) if found else None


def refs_of(incoming: Incoming, ticket: int) -> tuple[Ref, ...]:
    """The Message-IDs that lead to the ticket from now on: its own and, for its sender, those that it refers to.

    For a mailing list, that is everybody who writes to it: each of them was sent that mail.
    """
    own, keys = incoming.mail.message_id, incoming.keys
    its_own = tuple(Ref(message_id=i, ticket=ticket) for i in keys.message_ids if i == own)
    leads = keys.message_ids if keys.by_list else [i for i in keys.message_ids if i != own]
    return (*its_own, *(Ref(message_id=i, ticket=ticket, by=keys.led_as) for i in leads if keys.led_as is not None))


def message_of(
    incoming: Incoming,
    *,
    message: str,
    ticket: int | None,
    author: Author,
    agent: str | None = None,
    internal: bool = False,
    held: str | None = None,
    note: Reason | None = None,
) -> Message:
    """The mail as the ticket keeps it."""
    mail = incoming.mail
    return Message(
        id=message,
        ticket=ticket,
        inbound=incoming.inbound,
        content_key=incoming.keys.content_key,
        message_id=mail.message_id,
        kind=incoming.screening.kind,
        author=author,
        agent=agent,
        from_=incoming.sender,
        to=tuple(a.key for a in (*mail.to, *mail.cc)),
        subject=mail.subject,
        date=mail.date,
        received_at=incoming.received_at,
        new_text=incoming.new_text,
        text=mail.text,
        attachments=mail.attachments,
        internal=internal,
        held=held,
        note=note,
        standing=incoming.standing,
    )
