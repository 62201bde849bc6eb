"""Signed addresses: who may act on which ticket, proven by an HMAC in a plus address or in a Message-ID."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.model.mail import Mail

SIGNATURE_LENGTH = 24  # base32 characters: the 120 bits that the design asks for
_SIGNATURE_BYTES = SIGNATURE_LENGTH * 5 // 8
# Tried at every position (the match is empty), so that an address that begins like a token (`care-c1-…`) hides none.
# A field is shorter than a signature, so that neither is taken for the other.
_TOKEN = re.compile(
    r"(?<![a-z0-9])(?=([acbdkthno])([0-9a-z]{1,16})((?:-[0-9a-z]{1,16}){0,3})-([a-z2-7]{24})(?![a-z0-9]))"
)
# What comes before a signature, which needs no borders: words may have run into it where line ends were lost.
_SIGNED = re.compile(r"-([a-z2-7]{24})")
_BEFORE = re.compile(r"[a-z][0-9a-z]{1,16}(?:-[0-9a-z]{1,16}){0,3}\Z")
_REACH = 4 * 17 + 1
_TRIED = 2_000  # a text with more apparent signatures than this counts as holding one
_NONCE = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

_SHOWN = re.compile(r"-[a-z2-7]{24}(?=@|%40|\)|\.[a-z2-7]{16}@)", re.IGNORECASE)
_SECRET = re.compile(r"((?:-…|\bm|\bticket-[0-9]+)\.)[a-z2-7]{16}(?![a-z0-9])", re.IGNORECASE)


class TokenKind(StrEnum):
    """What a signature lets its bearer do."""

    AGENT = "a"  # answer and command a ticket, if the From is that agent's
    TEAM = (
        "n"  # note and command on a ticket; nothing of it is for the customer, unless its first lines say so (/reply)
    )
    CUSTOMER = "c"  # reach the ticket
    BOUNCE = "b"  # report that a letter of the ticket failed
    HELD = "k"  # release one held text of an agent
    PAGE = "d"  # ask for a page of their day afresh


# The same with the flag of a link that was made to be tapped: one letter, to keep the address short.
_TAPPED = {TokenKind.AGENT: "t", TokenKind.HELD: "h"}
_KINDS = {**{kind.value: (kind, False) for kind in TokenKind}, **{mark: (kind, True) for kind, mark in _TAPPED.items()}}
# An AGENT's of a mail that offers them the ticket, besides that of a notice.
_OFFERED = "o"
_KINDS[_OFFERED] = (TokenKind.AGENT, False)
_OF_CUSTOMERS = (TokenKind.CUSTOMER, TokenKind.BOUNCE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """What was signed. `answers` is the number of human answers that the bearer had seen; `ref` a held message's id, or
    which page it is.

    TEAM has what AGENT has, without `tap`.

    `tap` (of AGENT and HELD only): the address is in a link that opens a mail with lines for the desk. Anything else in
    such a mail was put there by the client. `nonce` (of an AGENT's tap): four characters [0-9a-z] that tell the links
    of one notice from those of the next, since each counts once; empty in what older versions signed.

    `offered` (of an AGENT, without `tap`): the mail said that a colleague is away, so that words alone may be for the team.
    """

    kind: TokenKind
    ticket: int = 0
    agent: str | None = None
    epoch: int = 1
    answers: int = 0
    ref: str | None = None
    tap: bool = False
    nonce: str = ""
    offered: bool = False


class Signer:
    """Makes and reads tokens with one secret (at least 16 bytes). Lower case only: mail servers fold local parts."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret must have at least 16 bytes")
        self._secret = secret

    def sign(self, token: Token) -> str:
        """The token as text: `KIND TICKET - fields - SIGNATURE`, or KIND and the held message's id; lower case.

        ValueError for what could not be read back: a negative number, an agent or a `ref` that is not [0-9a-z]{1,16}.
        """
        body = _body(token)
        signed = f"{body}-{self._signature(body)}"
        if self.read(signed) is None:
            raise ValueError(f"a token cannot carry this: {token}")
        return signed

    def read(self, text: str) -> Token | None:
        """The first validly signed token in an address or a Message-ID; None if there is none or it is forged."""
        for found in _TOKEN.finditer(text.lower()):
            body = found.group(1) + found.group(2) + found.group(3)
            if hmac.compare_digest(self._signature(body).encode(), found.group(4).encode()):
                return _parse(body)
        return None

    def empowers(self, text: str) -> bool:
        """Whether the text holds anywhere a token of ours that lets its bearer do more than reach a ticket: linear."""
        folded = text.lower()
        for tried, found in enumerate(_SIGNED.finditer(folded)):
            if tried >= _TRIED:
                return True
            before = folded[max(0, found.start() - _REACH) : found.start()]
            for at in range(len(before) - 1):
                if not before[at].isalpha() or before[at] in _OF_CUSTOMERS or not _BEFORE.match(before, at):
                    continue
                if hmac.compare_digest(self._signature(before[at:]).encode(), found.group(1).encode()):
                    return True
        return False

    def secret_word(self, key: str) -> str:
        """An unguessable word that is always the same for `key`: the middle of a deterministic Message-ID."""
        return self._signature("id:" + key)

    def _signature(self, body: str) -> str:
        digest = hmac.digest(self._secret, body.encode(), "sha256")
        return b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()


def tokens_of(mail: Mail, signer: Signer) -> tuple[Token, ...]:
    """Every validly signed token that a mail carries: first of where it was sent, then of what it answers.

    One in the subject counts only if it was made for a link to be tapped.
    """
    found = [token for token in map(signer.read, _places(mail)) if token is not None]
    subject = signer.read(mail.subject)
    return tuple(found) if subject is None or not subject.tap else (*found, subject)


def nonce_of(key: str) -> str:
    """The `Token.nonce` of the links of the outgoing mail with this key."""
    number = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return _base36(number % 36**_NONCE).rjust(_NONCE, "0")


def masked(text: str) -> str:
    """The text without the signatures in our addresses and Message-IDs, for people and programs to look at.

    Whoever has a whole one can write as an agent, or into a ticket.
    """
    return _SECRET.sub(r"\1…", _SHOWN.sub("-…", text))


def _places(mail: Mail) -> Iterable[str]:
    for address in (*mail.to, *mail.cc):
        yield address.address
    for name in ("delivered-to", "x-original-to", "envelope-to"):
        yield from mail.header_all(name)
    yield from mail.in_reply_to
    yield from reversed(mail.references)


def _body(token: Token) -> str:
    letter = _TAPPED.get(token.kind, "-") if token.tap else token.kind.value
    if token.offered and token.kind is TokenKind.AGENT and not token.tap:
        letter = _OFFERED
    head = f"{letter}{_base36(token.ticket)}"
    match token.kind:
        case TokenKind.AGENT:
            return f"{head}-{token.agent}-{_base36(token.epoch)}-{_base36(token.answers)}{token.nonce if token.tap else ''}"
        case TokenKind.TEAM:
            return f"{token.kind.value}{_base36(token.ticket)}-{token.agent}-{_base36(token.epoch)}-{_base36(token.answers)}"
        case TokenKind.HELD | TokenKind.PAGE:
            return f"{letter}{token.ref}-{token.agent}-{_base36(token.epoch)}"
        case _:
            return head


def _parse(body: str) -> Token | None:
    head, *rest = body.split("-")
    (kind, tap), ticket = _KINDS[head[0]], int(head[1:], 36)
    if kind is TokenKind.AGENT and len(rest) == 3:
        counted = rest[2][:-_NONCE] if tap and len(rest[2]) > _NONCE else rest[2]
        return Token(
            kind=kind,
            ticket=ticket,
            agent=rest[0],
            epoch=int(rest[1], 36),
            answers=int(counted, 36),
            tap=tap,
            nonce=rest[2][len(counted) :],
            offered=head[0] == _OFFERED,
        )
    if kind is TokenKind.TEAM and len(rest) == 3:
        return Token(kind=kind, ticket=ticket, agent=rest[0], epoch=int(rest[1], 36), answers=int(rest[2], 36))
    if kind is TokenKind.HELD and len(rest) == 2:
        return Token(kind=kind, ref=head[1:], agent=rest[0], epoch=int(rest[1], 36), tap=tap)
    if kind is TokenKind.PAGE and len(rest) == 2:
        return Token(kind=kind, ref=head[1:], agent=rest[0], epoch=int(rest[1], 36))
    if kind in (TokenKind.CUSTOMER, TokenKind.BOUNCE) and not rest:
        return Token(kind=kind, ticket=ticket)
    return None


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("a token carries no negative number")
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
