"""Finds whose mail a marketplace passes on: that of the buyer's own address there, which stands in Reply-To or in From.

Where our server proves that the marketplace sent it, that address is the writer's in every mail, since the marketplace
gives it out and no buyer can choose it. Where nothing proves it, it is taken like a contact form's: for a first letter
in neutral terms, and never for a ticket that is there already.
"""

from __future__ import annotations

from mailbot.core.intake.authresults import passes
from mailbot.core.intake.contact_form import Form, unfit
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.marketplace import Marketplace
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason, why


def passed_on_by_market(mail: Mail, policy: Policy) -> Form | None:
    """Whose mail it is; None if no marketplace sent it, or if it may as well be its writer's own.

    The address that works is the Reply-To if it is one of the marketplace's own that somebody reads, else the From.
    """
    sender = mail.sender
    market = policy.marketplace_of(sender) if sender is not None else None
    if sender is None or market is None:
        return None
    proven = policy.authserv_id is not None and passes(mail, policy.authserv_id, sender.domain)
    refused: list[Reason] = []
    for box in (*(mail.reply_to if len(mail.reply_to) == 1 else ()), sender):
        because = unfit(box, policy) if market.has(box) else why("form.elsewhere", address=box.address)
        if because is None:
            if box.key == sender.key and not proven:
                return None  # a person like any other
            return Form(mailer=sender, visitor=_named(box, sender, market), market=market, trusted=proven)
        refused.append(because)
    return Form(mailer=sender, market=market, trusted=proven, refused=tuple(dict.fromkeys(refused)))


def _named(box: Address, sender: Address, market: Marketplace) -> Address:
    """The buyer as they are called there."""
    name = box.name or (sender.name if sender.name != market.name else None)
    return Address(name=name, address=box.address)
