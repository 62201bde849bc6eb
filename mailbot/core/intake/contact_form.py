"""Finds whose mail a contact form's is: its visitor's, named in Reply-To, while From is a program or the desk itself.

Only a first mail can be one (no In-Reply-To, no References, no signed address of ours). Its Reply-To is believed only
so far that one letter goes there, with none of the mail's words: it joins, reads and changes no ticket. In any other
mail a Reply-To means nothing. What the config says of a form is read by `core.intake.configured_form`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from mailbot.core.intake.automatic.senders import is_whole_company
from mailbot.core.intake.tokens import Token
from mailbot.core.model.form_source import FormSource
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.marketplace import Marketplace
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason, why

UNCONFIRMED: Final = "unconfirmed"
"""The tag of a ticket opened by a mail that nothing proves to be its customer's. Its subject and the writer's name may
be somebody else's words, so no letter of the desk's own repeats them (see `core.letters.quotable`)."""
UNTITLED: Final = "untitled"
"""The tag of such a ticket if even its subject was not written by the customer: it was taken from the text, or from a
form into which anybody may have typed their address."""
BY_FORM: Final = "by-form"
"""The tag of such a ticket if it came through a form that the config names and our server vouches for. Letters address
its customer and repeat its subject as they do for anybody, but for what could lead a third person somewhere; how many may
go there before they answer stays what it is for an unconfirmed address, since anybody may type anybody's into a form."""
_LOOKED_AT: Final = 20_000  # characters of the text that are searched for an address
_MAILERS: Final = frozenset(
    {
        *("wordpress", "drupal", "joomla", "typo3", "website", "webform", "webforms", "form", "forms", "formmail", "formmailer", "mailform"),
        *("contactform", "contactforms", "contactus", "kontaktformular", "formular", "formulare", "webformular", "formulaire", "formulario"),
        *("formularz", "formulier", "contactformulier", "formulir", "mailer", "webmailer", "phpmailer", "sitemailer", "web", "www", "wwwrun"),
        *("wwwdata", "apache", "httpd", "nginx", "webserver", "cgi", "nobody", "wpforms", "cf7", "jotform", "typeform", "formspree", "elementor"),
        *("gravityforms", "ninjaforms", "notification", "notifications", "notify", "submission", "submissions", "webanfrage", "onlineform"),
    }
)  # fmt: skip
_PARTS: Final = frozenset(
    {
        "form",
        "forms",
        "webform",
        "website",
        "contactform",
        "formular",
        "kontaktformular",
        "formulaire",
        "formulario",
        "mailer",
        "wordpress",
    }
)
_SEPARATED = re.compile(r"[-_.]")
_NO_REPLY = re.compile(
    r"(?:\w{0,40}[-_.])?(?:no|not|do[-_.]?not|dont|never)[-_.]?(?:reply|response|respond|answer)(?:[-_.]\w{0,40}|\d{0,6})"
)
_MACHINES = re.compile(r"mailer-?daemon|post-?master|daemon|bounces?(?:[-_.].*)?|root|cron")
_LONGEST_ADDRESS: Final = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
_SENDABLE = re.compile(r"[^\s@<>()\[\],;:\\]{1,64}@[^\s@<>()\[\],;:\\]{1,253}")
_LONGEST_NAME: Final = 20
_MOST_NAMES: Final = 5
_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+){0,3}[.,]?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What sent a form's mail, and who filled it in; `visitor` None if nobody who can be written to is named.

    `source` is what the config says of it, None if nothing; `market`: it is no form, but a marketplace that passes it on. `trusted`: the config says that it is our form, and our
    server that it sent this. `fields` are what is kept, by name; `words` are the visitor's own, "" if the mail does not
    tell them apart; `refused` is why each place where the customer should stand names none.
    """

    mailer: Address
    visitor: Address | None = None
    source: FormSource | None = None
    market: Marketplace | None = None
    trusted: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    words: str = ""
    refused: tuple[Reason, ...] = ()


def form_of(mail: Mail, tokens: Collection[Token], policy: Policy) -> Form | None:
    """The form that a mail comes from, by its addresses; None for any other. Its content may still contradict that."""
    sender = mail.sender
    if sender is None or mail.in_reply_to or mail.references or tokens:
        return None
    ours = _own_domains(policy)
    if policy.agent_of(sender.address) is not None:
        return None
    visitor = mail.reply_to[0] if len(mail.reply_to) == 1 and unfit(mail.reply_to[0], policy) is None else None
    if _is_own(sender, policy) or _is_mailer(sender):
        return Form(mailer=sender, visitor=visitor)
    if sender.domain in ours and visitor is not None and visitor.domain not in ours:
        return Form(mailer=sender, visitor=visitor)
    return None


def nobody_named(form: Form) -> Reason:
    """Why nobody is written to when the mail names no customer."""
    if form.refused and form.market is not None:
        return why("screen.market_refused", market=form.market.name, because=form.refused)
    if form.refused and form.source is not None:
        return why("screen.form_refused", form=form.source.name, because=form.refused)
    return why("screen.nobody_named", address=form.mailer.address)


def only_address(text: str, policy: Policy) -> str | None:
    """The outside address that a form's text names, if it names exactly one."""
    found: dict[str, str] = {}
    for line in text[:_LOOKED_AT].split("\n"):
        for box in plain_boxes(line) if "@" in line else ():
            if unfit(box, policy) is None:
                found.setdefault(box.key, box.address)
    return next(iter(found.values())) if len(found) == 1 else None


def given_name(name: str) -> str:
    """One word of a name, letters only and at most 20: the first, or after a comma as in "Byrne, Ada"; else empty.

    It is all that a letter says of somebody who may be a third person, whose name somebody else gave. If the name holds
    anything that names do not have, it is empty too.
    """
    words = unicodedata.normalize("NFC", name[:200]).replace('"', " ").split()
    if len(words) > _MOST_NAMES or not all(map(_NAME.fullmatch, words)):
        return ""
    commas = [at for at, word in enumerate(words) if word.endswith(",")]
    if commas and (commas != [0] or len(words) == 1):
        return ""
    first = words[1] if commas else words[0] if words else ""
    return first if first.isalpha() and 1 < len(first) <= _LONGEST_NAME else ""


def is_ours(address: Address, policy: Policy) -> bool:
    """Whether an address is one of the desk's own, also with something after a plus sign (RFC 5233)."""
    return _is_own(address, policy)


def unfit(box: Address, policy: Policy) -> Reason | None:
    """Why somebody whom a form names cannot be its customer; None if they can."""
    local, at, domain = box.key.rpartition("@")
    if not (at and local and "." in domain) or not _SENDABLE.fullmatch(box.address):
        return why("form.malformed", given=box.address[:_LONGEST_ADDRESS])
    if _is_own(box, policy):
        return why("form.ours", address=box.address)
    if policy.agent_of(box.address) is not None:
        return why("form.agent", address=box.address)
    if any(source.is_sent_by(box) for source in policy.forms):
        return why("form.itself", address=box.address)
    if _is_mailer(box) or _MACHINES.fullmatch(local[:100]) or is_whole_company(box, _own_domains(policy)):
        return why("form.machine", address=box.address)
    return None


def _is_own(box: Address, policy: Policy) -> bool:
    local, _, domain = box.key.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in policy.own_addresses


def _is_mailer(box: Address) -> bool:
    local = box.key.rpartition("@")[0].partition("+")[0].strip("\"'")[:100]
    parts = _SEPARATED.split(local)
    return "".join(parts) in _MAILERS or not _PARTS.isdisjoint(parts) or _NO_REPLY.fullmatch(local) is not None


def _own_domains(policy: Policy) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2] for address in policy.own_addresses)
