"""Writes the bytes of one outgoing mail from its words: the same for the same arguments, and no injected headers.

Built by hand on purpose: the headers of `email.policy.SMTP` cost several times the rest of sending an ack. The result
is parsed again, and a mail whose headers are not exactly the intended ones never leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.letters import mimeparts
from mailbot.core.letters.for_market import marked_subject
from mailbot.core.letters.notice_head import sorted_by
from mailbot.core.model.letter_kinds import kind_of
from mailbot.core.model.marketplace import Forbidden
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Inbox, Policy
from mailbot.core.sending import header_values
from mailbot.core.sending.door import check_at_the_door
from mailbot.core.sending.files import File
from mailbot.errors import TemplateError

_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
_REFERENCES = 20
_PREFIXES = re.compile(
    r"(?:(?:re|aw|antw|antwort|sv|vs|odp|res|rif|ref|r)\s*+(?:\[\d{1,4}\]|\^\d{1,4})?+\s*+[:：]\s*+)++", re.IGNORECASE
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"([!-9;-~]+):")
_FOLDS = (b" ", b"\t")
_NOT_A_TOKEN = re.compile(r"[^A-Za-z0-9._-]")


class Words(Protocol):
    """A letter's words, as the renderer gives them; `subject` None leaves the subject to the thread, `sender` the name
    in From to the desk.
    """

    @property
    def subject(self) -> str | None:
        """One line, or None."""

    @property
    def sender(self) -> str | None:
        """The name in From, or None."""

    @property
    def text(self) -> str:
        """The plain text, LF line ends."""

    @property
    def html(self) -> str | None:
        """The same words as a whole HTML document, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A mail ready for the submission server. `message_id` has no angle brackets.

    `raw` has CRLF line ends, lines of at most 998 bytes and only ASCII, unless an address itself needs more:
    then its headers are UTF-8 (RFC 6532) and the server must offer SMTPUTF8.
    """

    raw: bytes
    message_id: str
    envelope_sender: str
    envelope_to: str


def compose(
    outgoing: Outgoing,
    rendered: Words,
    *,
    inbox: Inbox,
    policy: Policy,
    signer: Signer,
    now: datetime,
    files: Sequence[File] = (),
    logo: File | None = None,
) -> Composed:
    """The mail as bytes, for one recipient. Files that the HTML shows are embedded, the others attached; so is the `logo`.

    Deterministic: the same arguments give the same bytes. Raises TemplateError if the recipient or the inbox has
    no address that can be written, or if the built headers are not the intended ones; Unfit if the mail holds what
    must not go out, or lacks what it is for.
    """
    own = header_values.address(inbox.address)
    to = header_values.address(outgoing.to.address)
    local, _, domain = own.rpartition("@")
    key = outgoing.key.encode("utf-8", "backslashreplace").decode()
    secret = signer.secret_word(key)[:16]
    message_id = f"{_NOT_A_TOKEN.sub('', outgoing.message_token or '')[:120] or 'm'}.{secret}@{domain}"
    subject = marked_subject(_subject(outgoing, rendered, inbox), outgoing, policy)
    check_at_the_door(outgoing, (subject, rendered.text, rendered.html or ""), files, signer)
    outside = outgoing.kind is not OutgoingKind.NOTICE
    top = [
        ("From", header_values.mailbox(rendered.sender or _from_name(outgoing, inbox), own)),
        ("To", header_values.mailbox(outgoing.to.name or "", to)),
        ("Subject", header_values.unstructured("Subject", subject)),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<{message_id}>"),
    ]
    market = policy.marketplace_of(outgoing.to)
    silent = outside and market is not None and Forbidden.ADDRESSES in market.forbids
    if (
        policy.subaddress
        and not silent
        and outgoing.reply_token
        and (reply := _subaddress(local, outgoing.reply_token, domain))
    ):
        top.append(("Reply-To", header_values.mailbox(inbox.display_name, reply)))
    # Somebody may have answered a notice that was passed on to them: its Message-ID is as good as its address.
    known = [i for i in _references(outgoing) if not (outside and signer.empowers(i))]
    if outgoing.in_reply_to in known and (answered := header_values.ids((outgoing.in_reply_to or "",), domain)):
        top.append(("In-Reply-To", answered))
    if references := header_values.ids(known, domain):
        top.append(("References", references))
    if not outside:
        top += sorted_by(outgoing, inbox, own)
    if outgoing.automatic and (by_itself := kind_of(outgoing).auto_submitted):
        top += [("Auto-Submitted", by_itself), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
    top += [("X-Mailbot-Loop", signer.secret_word(f"loop:{message_id}")), ("MIME-Version", "1.0")]

    mark = mimeparts.mark_of(key)
    within = [file for file in (*files, *((logo,) if logo else ())) if _stands_within(file, rendered.html)]
    part = _words(rendered, within, mark)
    beside = [mimeparts.file_part(file, mark) for file in files if not _stands_within(file, rendered.html)]
    if beside:
        part = mimeparts.multipart("mixed", [part, *beside], mark)
    raw = mimeparts.head(top) + part
    _check(raw, [name for name, _ in top], part)
    return sealed(raw, message_id, outgoing, inbox=inbox, policy=policy, signer=signer)


def sealed(
    raw: bytes, message_id: str, outgoing: Outgoing, *, inbox: Inbox, policy: Policy, signer: Signer
) -> Composed:
    """Bytes that were composed before, with their envelope: for a mail that is tried again."""
    own = header_values.address(inbox.address)
    local, _, domain = own.rpartition("@")
    return Composed(
        raw=raw,
        message_id=message_id,
        envelope_sender=_bounce_address(outgoing, policy, signer, local, domain) or own,
        envelope_to=header_values.address(outgoing.to.address),
    )


def signed_address(address: str, token: str) -> str | None:
    """The address of an inbox with a token after a plus sign (RFC 5233); None if that is too long for the wire.

    Raises TemplateError if the inbox has no address that can be written.
    """
    local, _, domain = header_values.address(address).rpartition("@")
    return _subaddress(local, token, domain)


def answer_subject(theirs: str) -> str:
    """`Re: <theirs>`, without any Re:, AW: and the like already in front of it; theirs may be empty."""
    bare = header_values.one_line(theirs)
    if prefix := _PREFIXES.match(bare):
        bare = bare[prefix.end() :]
    return f"Re: {bare}" if bare else ""


def _subject(outgoing: Outgoing, rendered: Words, inbox: Inbox) -> str:
    given = header_values.one_line(rendered.subject or "")
    if given:
        return given
    if outgoing.kind is OutgoingKind.NOTICE:
        return header_values.one_line(outgoing.subject) or inbox.display_name
    return answer_subject(outgoing.subject) or f"Re: {inbox.display_name}"


def _from_name(outgoing: Outgoing, inbox: Inbox) -> str:
    agent = header_values.one_line(str(outgoing.fields.get("agent_name") or ""))
    if outgoing.kind is OutgoingKind.RELAY and agent:
        return f"{agent}, {inbox.display_name}"
    return inbox.display_name


def _references(outgoing: Outgoing) -> Sequence[str]:
    known = [reference for reference in outgoing.references if reference != outgoing.in_reply_to]
    if outgoing.in_reply_to:
        known.append(outgoing.in_reply_to)
    # RFC 5322 section 3.6.4 wants the thread; the first id finds it and the last ones place the mail in it.
    return known if len(known) <= _REFERENCES else [known[0], *known[1 - _REFERENCES :]]


def _subaddress(local: str, token: str, domain: str) -> str | None:
    name = f"{local}+{_NOT_A_TOKEN.sub('', token)}"
    return f"{name}@{domain}" if len(name.encode()) <= _LOCAL_PART else None


def _bounce_address(outgoing: Outgoing, policy: Policy, signer: Signer, local: str, domain: str) -> str | None:
    if not (policy.verp and policy.subaddress) or outgoing.ticket is None:
        return None
    return _subaddress(local, signer.sign(Token(kind=TokenKind.BOUNCE, ticket=outgoing.ticket)), domain)


def _words(rendered: Words, pictures: Sequence[File], mark: str) -> bytes:
    text = mimeparts.text_part("plain", rendered.text)
    if rendered.html is None:
        return text
    html = mimeparts.text_part("html", rendered.html)
    if pictures:
        shown = [mimeparts.file_part(picture, mark, within=True) for picture in pictures]
        html = mimeparts.multipart("related", [html, *shown], mark)
    return mimeparts.multipart("alternative", [text, html], mark)


def _stands_within(file: File, html: str | None) -> bool:
    return file.cid is not None and html is not None and f"cid:{file.cid}" in html


def _check(raw: bytes, meant: Sequence[str], part: bytes) -> None:
    """Parse the header again, as a receiver would, and raise if it says anything that was not meant."""
    head = raw.partition(b"\r\n\r\n")[0]
    wanted = [*meant, *_names(part.partition(b"\r\n\r\n")[0])]
    found = _names(head)
    if found != wanted:
        raise TemplateError(f"the headers would be {found} instead of {wanted}")
    whole = len(head) - 2 * head.count(b"\r\n")
    if len(head.translate(None, b"\r\n\0")) != whole or max(map(len, head.split(b"\r\n"))) > 998:
        raise TemplateError("a header has a line that no mail may have (RFC 5322 section 2.1.1)")


def _names(head: bytes) -> list[str | None]:
    """The field names of a header, one a field; None is a line that belongs to no field (RFC 5322 section 2.2).

    A receiver may end a line at a CR or an LF alone: both count as line ends here.
    """
    names: list[str | None] = []
    for line in _LINE_END.split(head):
        if line[:1] in _FOLDS and line.strip() and names:
            continue
        field = _FIELD.match(line)
        names.append(field.group(1).decode() if field else None)
    return names
