"""Writes the bytes of one outgoing mail from its words: the same bytes for the same arguments, and no header by a stranger.

Built by hand on purpose: the headers of `email.policy.SMTP` cost several times the rest of sending an ack. What was
built is read again, and a mail whose headers are not exactly those that were meant never leaves.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Protocol

from mailbot.core.desk import Outgoing, OutgoingKind
from mailbot.core.outgoing import header_values
from mailbot.core.policy import Inbox, Policy
from mailbot.core.tokens import Signer, Token, TokenKind
from mailbot.errors import TemplateError

_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
_REFERENCES = 20
_ANSWERS_AT_ONCE = frozenset({"ack", "thanks-feedback", "thanks-welcome", "thanks-resolution"})
_PREFIXES = re.compile(
    r"(?:(?:re|aw|antw|antwort|sv|vs|odp|res|rif|ref|r)\s*(?:\[\d{1,4}\]|\^\d{1,4})?\s*[:：]\s*)+", re.IGNORECASE
)
_ASCII = bytes(range(128))
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,100}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,100}")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"([!-9;-~]+):")
_FOLDS = (b" ", b"\t")
_NOT_A_TOKEN = re.compile(r"[^A-Za-z0-9._-]")


class Words(Protocol):
    """A letter's words, as the renderer gives them; `subject` None leaves the subject to the thread."""

    @property
    def subject(self) -> str | None:
        """One line, or None."""

    @property
    def text(self) -> str:
        """The plain text, LF ends."""

    @property
    def html(self) -> str | None:
        """The same words as a whole HTML document, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A mail ready for the submission server. `message_id` has no angle brackets.

    `raw` has CRLF ends, lines of at most 998 bytes and only ASCII, except where an address itself needs more:
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
    attachments: Sequence[tuple[str | None, str, bytes]] = (),
) -> Composed:
    """The mail as bytes, for one recipient. `attachments` are (shown name, media type, decoded bytes).

    Deterministic: the same arguments give the same bytes. Raises TemplateError where the recipient or the inbox has
    no address that can be written, or where the built headers are not those that were meant.
    """
    own = header_values.address(inbox.address)
    to = header_values.address(outgoing.to.address)
    local, _, domain = own.rpartition("@")
    key = outgoing.key.encode("utf-8", "backslashreplace").decode()
    secret = signer.secret_word(key)[:16]
    message_id = f"{_NOT_A_TOKEN.sub('', outgoing.message_token or '')[:120] or 'm'}.{secret}@{domain}"
    top = [
        ("From", header_values.mailbox(_from_name(outgoing, inbox), own)),
        ("To", header_values.mailbox(outgoing.to.name or "", to)),
        ("Subject", header_values.unstructured("Subject", _subject(outgoing, rendered, inbox))),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<{message_id}>"),
    ]
    if policy.subaddress and outgoing.reply_token and (reply := _subaddress(local, outgoing.reply_token, domain)):
        top.append(("Reply-To", header_values.mailbox(inbox.display_name, reply)))
    if outgoing.in_reply_to and (answered := header_values.ids((outgoing.in_reply_to,), domain)):
        top.append(("In-Reply-To", answered))
    if references := header_values.ids(_references(outgoing), domain):
        top.append(("References", references))
    if outgoing.kind is OutgoingKind.NOTICE or (outgoing.kind is OutgoingKind.LETTER and outgoing.automatic):
        # RFC 3834 section 5: a reply to one mail says so; what a time or an event brought about is generated.
        reply_or_not = "auto-replied" if outgoing.name in _ANSWERS_AT_ONCE else "auto-generated"
        top += [("Auto-Submitted", reply_or_not), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
    top += [("X-Mailbot-Loop", signer.secret_word(f"loop:{message_id}")), ("MIME-Version", "1.0")]

    part = _words(rendered, key)
    if attachments:
        files = [_file(*attachment) for attachment in attachments]
        part = _multipart("mixed", [part, *files], key)
    raw = _head(top) + part
    _check(raw, [name for name, _ in top], part)
    return sealed(raw, message_id, outgoing, inbox=inbox, policy=policy, signer=signer)


def sealed(
    raw: bytes, message_id: str, outgoing: Outgoing, *, inbox: Inbox, policy: Policy, signer: Signer
) -> Composed:
    """Bytes that were composed before, with the envelope they travel in: for a mail that is tried again."""
    own = header_values.address(inbox.address)
    local, _, domain = own.rpartition("@")
    return Composed(
        raw=raw,
        message_id=message_id,
        envelope_sender=_bounce_address(outgoing, policy, signer, local, domain) or own,
        envelope_to=header_values.address(outgoing.to.address),
    )


def signed_address(address: str, token: str) -> str | None:
    """The address of an inbox with a token behind a plus sign (RFC 5233); None where that is too long to travel.

    Raises TemplateError where the inbox has no address that can be written.
    """
    local, _, domain = header_values.address(address).rpartition("@")
    return _subaddress(local, token, domain)


def answer_subject(theirs: str) -> str:
    """`Re: <theirs>` with every Re:, AW: and the like that stood before it taken off; theirs may be empty."""
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


def _words(rendered: Words, key: str) -> bytes:
    text = _text_part("plain", rendered.text)
    if rendered.html is None:
        return text
    return _multipart("alternative", [text, _text_part("html", rendered.html)], key)


def _text_part(subtype: str, words: str) -> bytes:
    data = header_values.clean_text(words).encode().replace(b"\n", b"\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    # Mostly ASCII stays readable on the wire; other scripts would triple in quoted-printable.
    if len(data.translate(None, _ASCII)) * 4 <= len(data):
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
    else:
        encoding, body = "base64", _base64(data)
    head = [("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding)]
    return _head(head) + b"\r\n" + body


def _file(name: str | None, type_: str, data: bytes) -> bytes:
    shown = header_values.file_name(name or "")
    # RFC 2046 sections 5.1 and 5.2: multipart and message may not be base64, so they travel as opaque bytes.
    opaque = not _TYPE.fullmatch(type_) or type_.lower().startswith(("multipart/", "message/"))
    head = [
        ("Content-Type", "application/octet-stream" if opaque else type_),
        ("Content-Disposition", "attachment" + header_values.parameter("filename", shown)),
        ("Content-Transfer-Encoding", "base64"),
    ]
    return _head(head) + b"\r\n" + _base64(data)


def _base64(data: bytes) -> bytes:
    lines = (binascii.b2a_base64(data[at : at + 57], newline=False) for at in range(0, len(data), 57))
    return b"".join(line + b"\r\n" for line in lines)


def _multipart(subtype: str, parts: Sequence[bytes], key: str) -> bytes:
    # "=_" occurs in no quoted-printable and no base64 (RFC 2045 section 6.7), so no content can close a part early.
    boundary = f"=_{subtype[:3]}_{sha256(key.encode()).hexdigest()[:24]}"
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    head = _head([("Content-Type", f'multipart/{subtype};\r\n boundary="{boundary}"')])
    return head + b"\r\n" + body + mark + b"--\r\n"


def _head(fields: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()


def _check(raw: bytes, meant: Sequence[str], part: bytes) -> None:
    """Read the head again, as a receiver would, and refuse to go on where it says anything that was not meant."""
    head = raw.partition(b"\r\n\r\n")[0]
    wanted = [*meant, *_names(part.partition(b"\r\n\r\n")[0])]
    found = _names(head)
    if found != wanted:
        raise TemplateError(f"the headers would be {found} instead of {wanted}")
    whole = len(head) - 2 * head.count(b"\r\n")
    if len(head.translate(None, b"\r\n\0")) != whole or max(map(len, head.split(b"\r\n"))) > 998:
        raise TemplateError("a header has a line that no mail may have (RFC 5322 section 2.1.1)")


def _names(head: bytes) -> list[str | None]:
    """The field names of a head, one a field; None stands for a line that belongs to no field (RFC 5322 section 2.2).

    A receiver may end a line at a CR or an LF alone: both count as an end here.
    """
    names: list[str | None] = []
    for line in _LINE_END.split(head):
        if line[:1] in _FOLDS and line.strip() and names:
            continue
        field = _FIELD.match(line)
        names.append(field.group(1).decode() if field else None)
    return names
