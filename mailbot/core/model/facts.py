"""What the rules may ask about a mail, gathered before they are read, and what of it is stored with the mail."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What was known besides the words of a mail when the rules weighed it, and what they decided then.

    Stored with the message, so that the same question can be asked again later. `headers` are only those that a rule
    asked about, `form` and `fields` as in `Facts`. `priority` 1..5, `urgency` 0..3, `why` the account of them.
    """

    language: str | None = None
    first_contact: bool = False
    tickets_30d: int = 0
    last_promise_broken: bool = False
    in_hours: bool = True
    similar: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    customer_tags: tuple[str, ...] = ()
    priority: int = 3
    urgency: int = 0
    why: Reason | None = None
    form: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """One mail as the rules see it.

    `text` is subject and new text together, `body` the new text alone. `headers` are (lower-case name, value) pairs,
    `attachments` (name, media type) pairs with an empty name if there is none. `language` is None if it is not
    sure. `tickets_30d` counts the customer's earlier tickets within 30 days, `similar` the mails alike within the
    rules' window (this one included, one for each sender), and `in_hours` says whether the desk is open. `form` is the name
    of the form that the config trusts and the mail came through, "" for none; `fields` are what is kept of it, by name.
    """

    text: str
    subject: str = ""
    body: str = ""
    from_address: str = ""
    to: tuple[str, ...] = ()
    inbox: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    first_contact: bool = False
    tickets_30d: int = 0
    last_promise_broken: bool = False
    customer_tags: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    in_hours: bool = True
    similar: int = 0
    form: str = ""
    fields: tuple[tuple[str, str], ...] = ()
