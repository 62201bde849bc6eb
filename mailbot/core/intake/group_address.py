"""Takes mail that a group address of ours passed on (a Google Group, a list of our own) as the customer's own."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from mailbot.core.intake.authresults import passes
from mailbot.core.intake.mime import headers
from mailbot.core.model.addresses import address_key
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.policy import Policy

_ID = re.compile(r"<([^<>\s]{1,255})>\s*\Z")
_OF_LISTS = frozenset(
    {"mailing-list", "x-beenthere", "x-mailman-version"}
    | {f"list-{name}" for name in ("id", "post", "help", "archive", "owner", "subscribe", "unsubscribe")}
)


def as_sent_to_us(mail: Mail, policy: Policy, inbox: str) -> Mail:
    """The mail as it was before our own list passed it on: without the list's headers, and from whoever wrote it.

    If their domain forbids others to send in its name (DMARC), a list writes its own address into From and keeps
    theirs in X-Original-From, or in Reply-To and X-Original-Sender. That is believed only in a mail that is proven to
    come from our own domain, if the desk knows who could prove it (`authserv_id`), and never about our own people.
    """
    here = policy.inboxes.get(inbox)
    if here is None or not here.lists or not _is_of(mail, here.lists):
        return mail
    plain = replace(mail, headers=_without_ours(mail.headers))
    writer = _writer(mail, policy)
    return plain if writer is None else replace(plain, from_=(writer,))


def _is_of(mail: Mail, lists: Collection[str]) -> bool:
    """Whether the mail has a List-Id (RFC 2919), and each is that of a list of ours."""
    found = [_ID.search(value) for value in mail.header_all("list-id")]
    return bool(found) and all(one is not None and one[1].casefold() in lists for one in found)


def _without_ours(found: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers without those that a list adds, each once and from the top: what the sender had set there stays."""
    ours: set[str] = set()
    kept: list[tuple[str, str]] = []
    for name, value in found:
        of_a_list = name in _OF_LISTS or (name == "precedence" and value.strip().casefold() == "list")
        if of_a_list and (name == "list-id" or name not in ours):
            ours.add(name)
        else:
            kept.append((name, value))
    return tuple(kept)


def _writer(mail: Mail, policy: Policy) -> Address | None:
    """Who wrote a mail if the list put an address of ours into its From; None for any other mail."""
    if len(mail.from_) != 1 or mail.from_[0].key not in policy.own_addresses:
        return None
    server = policy.authserv_id
    if server is not None and not passes(mail, server, mail.from_[0].domain):
        return None
    kept, senders = mail.header_all("x-original-from"), mail.header_all("x-original-sender")
    if len(kept) > 1 or len(senders) > 1:
        return None  # one of them is the sender's own
    boxes = headers.addresses(kept[0])[0] if kept else mail.reply_to
    if len(boxes) != 1 or "@" not in boxes[0].address:
        return None
    if not kept and (not senders or address_key(senders[0].strip(" <>")) != boxes[0].key):
        return None  # a Reply-To alone proves only what the sender claims
    ours = boxes[0].key in policy.own_addresses or policy.agent_of(boxes[0].address) is not None
    return None if ours else boxes[0]
