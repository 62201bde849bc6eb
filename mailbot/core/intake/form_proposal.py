"""Finds a contact form, or a marketplace, among recent mail, and where in it the customer stands: for `mailbot check`.

Three mails of one mailer from at least two people, of like shape, are a form's. Nothing that anybody wrote is told, only
the labels that all of the mails have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mailbot.core.intake.configured_form import source_of, vouched_for
from mailbot.core.intake.contact_form import form_of, unfit
from mailbot.core.intake.form_fields import FormText, folded
from mailbot.core.model.form_source import LINE, REPLY_TO, FormProof, FormSource
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.policy import Policy

ENOUGH: Final = 3
_LOOKED_AT: Final = 5  # mails of one mailer
_LINES: Final = 120
_LABEL: Final = 40
_MOST_KEPT: Final = 6
_LONG: Final = 15  # characters of somebody's own words, on average
_NAMED = re.compile(
    r"\s{0,8}[*_>|• -]{0,4}([^\W\d_][^:：=|\n]{0,38}?)[*_ ]{0,4}(?:\([^()]{0,30}\))?[* ]{0,4}(?:[:：=|]|\t| {2,}|$)"
)
_NAMES: Final = frozenset(
    {
        *("name", "your name", "full name", "first name", "ihr name", "vor- und nachname", "nom", "votre nom", "nombre", "nome", "naam", "uw naam"),
        *("imię", "imię i nazwisko", "namn", "お名前", "氏名", "名前", "الاسم", "customer name", "kunde", "from", "von"),
    }
)  # fmt: skip
_WORDS: Final = frozenset(
    {
        *("message", "your message", "comment", "comments", "question", "body", "nachricht", "ihre nachricht", "anliegen", "frage", "mitteilung"),
        *("votre message", "mensaje", "messaggio", "bericht", "uw bericht", "wiadomość", "mensagem", "meddelande", "お問い合わせ内容", "内容", "الرسالة"),
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A form's mailer and what its mails have in common; for a marketplace `market` is the domain of its addresses.

    `proven_by` None: nothing shows yet that the mailer sent them.
    """

    mailer: str
    mails: int
    proven_by: FormProof | None = None
    customer: tuple[str, ...] = ()
    called: str = ""
    message: str = ""
    keep: Mapping[str, str] = field(default_factory=dict)
    market: str = ""


def mailer_of(mail: Mail, policy: Policy) -> Address | None:
    """Who may have mailed a form, or passed on a buyer's mail, by a mail's header; None if the config knows, or nobody has."""
    sender = mail.sender
    if sender is None or mail.in_reply_to or mail.references or policy.agent_of(sender.address) is not None:
        return None
    known = source_of(sender, mail.subject, policy, "") is not None or policy.marketplace_of(sender) is not None
    if known or any(header.startswith("list-id") for header, _ in mail.headers):
        return None
    if form_of(mail, (), policy) is not None:
        return sender
    elsewhere = len(mail.reply_to) == 1 and mail.reply_to[0].key != sender.key
    return sender if elsewhere and unfit(mail.reply_to[0], policy) is None else None


def found_in(mailer: Address, mails: Sequence[Mail], policy: Policy) -> Found | None:
    """What these mails of one mailer, newest first, have in common; None if they are no form's."""
    looked_at = mails[:_LOOKED_AT]
    if len(looked_at) < ENOUGH:
        return None
    answers = [each.reply_to[0] if len(each.reply_to) == 1 else None for each in looked_at]
    usable = [box for box in answers if box is not None and unfit(box, policy) is None]
    by_reply = len(usable) == len(looked_at) and len({box.key for box in usable}) > 1
    if by_reply and all(_shares(box.domain, mailer.domain) for box in usable):
        return Found(mailer=mailer.key, mails=len(mails), market=mailer.domain)
    labels = _labels(looked_at)
    texts = [FormText(each.text, labels) for each in looked_at]
    lines = [label for label in labels if _names_people(label, texts, policy)]
    if not by_reply and not lines:
        return None
    if len(labels) < 2 and form_of(looked_at[0], (), policy) is None:
        return None  # people who have their answers sent elsewhere
    called = next((label for label in labels if folded(label) in _NAMES), "")
    message = _message(looked_at, [label for label in labels if label not in (called, *lines)])
    rest = [label for label in labels if label not in (called, message, *lines)]
    kept = [label for label in rest if any(value for text in texts for value in text.values(label))]
    return Found(
        mailer=mailer.key,
        mails=len(mails),
        proven_by=_proof(looked_at, policy),
        customer=(*([REPLY_TO] if by_reply else []), *(LINE + label for label in lines[:1])),
        called=called,
        message=message,
        keep=_named(kept[:_MOST_KEPT]),
    )


def _shares(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _labels(mails: Sequence[Mail]) -> list[str]:
    """The labels that all of the mails have, as the first has them; a line that is the same in all is no label alone."""
    read = [_lines_of(mail) for mail in mails]
    common = set(read[0]).intersection(*read[1:])
    return [label for key, label in read[0].items() if key in common]


def _lines_of(mail: Mail) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in mail.text.split("\n")[:_LINES]:
        plain = unicodedata.normalize("NFKC", line[:200])
        if plain.strip() in ("--", "-- "):
            break
        named = _NAMED.match(plain)
        label = named[1].strip(" *_") if named is not None else ""
        if label and len(label) <= _LABEL and label.isprintable() and "@" not in label and folded(label):
            found.setdefault(folded(label), label)
    return found


def _names_people(label: str, texts: Sequence[FormText], policy: Policy) -> bool:
    """Whether somebody who can be written to stands behind a label in each mail, and not always the same person."""
    people = []
    for text in texts:
        boxes = [box for value in text.values(label) for box in plain_boxes(value)]
        if len(boxes) != 1 or unfit(boxes[0], policy) is not None:
            return False
        people.append(boxes[0].key)
    return len(set(people)) > 1


def _message(mails: Sequence[Mail], labels: Sequence[str]) -> str:
    """The label of what people wrote themselves: by its name, else by how much stands behind it; "" if that is not clear."""
    by_name = next((label for label in labels if folded(label) in _WORDS), "")
    if by_name or not labels:
        return by_name
    mean = {label: sum(len(FormText(m.text, labels, label).words) for m in mails) / len(mails) for label in labels}
    longest = max(labels, key=lambda label: mean[label])
    return longest if mean[longest] >= _LONG else ""


def _proof(mails: Iterable[Mail], policy: Policy) -> FormProof | None:
    for proof in FormProof:
        source = FormSource(name="", senders=frozenset(), proven_by=proof)
        if all(vouched_for(each, source, policy) for each in mails):
            return proof
    return None


def _named(labels: Sequence[str]) -> dict[str, str]:
    """A name for each label, of the characters that rules can ask for."""
    names: dict[str, str] = {}
    for number, label in enumerate(labels, 1):
        ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:24].strip("-")
        names[name if name and name not in names else f"field-{number}"] = label
    return names
