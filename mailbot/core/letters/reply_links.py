"""Makes the links that answer a notice with one tap: the mail client opens a mail that is ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from mailbot.core.intake.tokens import Signer, Token, TokenKind, nonce_of
from mailbot.core.letters.compose import signed_address
from mailbot.core.model.policy import Inbox, Policy
from mailbot.core.model.reason import Reason
from mailbot.errors import TemplateError


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of several answers to a question: the line for the desk that gives it, and the label of its button."""

    line: str
    label: Reason


def mailto(address: str, *, subject: str, body: str) -> str:
    """The link to a mail with that text (RFC 6068 section 2): everything but the @ that could be misread is encoded.

    A plus sign is allowed as it is (section 2), but clients that read the address like a web form would turn it into a
    blank. Line ends are CR LF (section 5).
    """
    text = body.replace("\r\n", "\n").replace("\n", "\r\n")
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}&body={quote(text, safe='')}"


def to_write(policy: Policy, inbox: Inbox, token: Token, signer: Signer, *, subject: str, ticket: int) -> str | None:
    """The link that opens an empty mail to what the token reaches; None where no signed address reaches us."""
    if not policy.subaddress:
        return None
    try:
        address = signed_address(inbox.address, signer.sign(token))
    except TemplateError:
        return None
    return mailto(address, subject=f"Re: {' '.join(subject.split())} [{ticket}]", body="") if address else None


def one_tap(
    policy: Policy, inbox: Inbox, token: Token, signer: Signer, *, key: str, ticket: int | None, line: str
) -> str | None:
    """The link that sends `line` to the desk as whoever the token is for (its `tap` and `nonce` are set here).

    `key` is that of the notice that holds the link. It counts for its agent alone, and once (`actions.link_misuse`).

    If the desk signs no addresses the signature is in the subject: most clients drop an In-Reply-To that a link asks
    for (RFC 6068 section 2), and without a signature the line would open a ticket.
    """
    nonce = nonce_of(key) if token.kind is TokenKind.AGENT else ""
    signed = signer.sign(replace(token, tap=True, nonce=nonce))
    subject = line if ticket is None else f"[{ticket}] {line}"
    if not policy.subaddress:
        return mailto(inbox.address, subject=f"{subject} ({signed})", body=line)
    try:
        address = signed_address(inbox.address, signed)
    except TemplateError:
        return None
    return mailto(address, subject=subject, body=line) if address else None
