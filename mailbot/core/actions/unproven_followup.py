"""A later mail of a ticket that our server does not vouch for: forged ones change nothing, the others raise nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.case import Case
from mailbot.core.actions.recipients import also_to, to_whom
from mailbot.core.intake.find_ticket import is_party
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.build import shown
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import FollowupNotice
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket


class Doubt(StrEnum):
    """`forged`: DMARC failed and nothing lifts that here. `unconfirmed`: nothing is proven, where it used to be."""

    FORGED = "forged"
    UNCONFIRMED = "unconfirmed"


def doubt_of(incoming: Incoming, tickets: Iterable[Ticket], known: Known) -> Doubt | None:
    """What speaks against a later mail of these tickets; None if nothing does, or no configured server could tell.

    A failure that the domain's owner (p=none) or our server (arc=pass) softens still counts as forged if mail from the
    same address was proven in the ticket before: they can prove it, and here they did not. The agent vouches for what
    they forwarded.
    """
    if incoming.standing is None or incoming.passed_on_by is not None or incoming.standing is SenderProof.PROVEN:
        return None
    before = any(incoming.sender.key in known.proven.get(ticket.number, ()) for ticket in tickets)
    if incoming.standing is SenderProof.FORGED or (incoming.standing is SenderProof.LIFTED and before):
        return Doubt.FORGED
    return Doubt.UNCONFIRMED if before else None


def warning_of(doubt: Doubt | None, incoming: Incoming) -> Reason | None:
    """The first line of the notice about such a mail."""
    if doubt is None:
        return None
    address, domain = incoming.sender.address, incoming.sender.domain
    if doubt is Doubt.UNCONFIRMED:
        return why("doubt.unconfirmed", address=address)
    if incoming.standing is SenderProof.LIFTED:
        return why("doubt.forged-after-proven", address=address, domain=domain)
    return why("doubt.forged", address=address)


def show_forged(case: Case, ticket: Ticket) -> Decision:
    """A forged mail is added to its ticket and shown to the agents as such; it changes nothing, and nobody else hears.

    Its Message-ID leads nowhere: the forger may have used that of a mail that is yet to come.
    """
    incoming = case.incoming
    change = case.change(ticket)
    warning = warning_of(Doubt.FORGED, incoming)
    assert warning is not None
    message = case.message(ticket=ticket.number, author=Author.STRANGER, note=warning)
    change.message(replace(message, standing=SenderProof.FORGED))
    change.event(why("event.forged.named", address=incoming.sender.address))
    attach, files = for_notice(incoming)
    notice = FollowupNotice(
        text=shown(incoming.new_text),
        from_=incoming.sender.address,
        stranger=not is_party(ticket, incoming.keys.sender),
        files=files,
        also=also_to(incoming, case.setting.policy),
        unread=incoming.mail.unread,
        warning=warning,
        forged=True,
    )
    for agent in to_whom(incoming, ticket, case.setting.policy):
        change.notice(agent, notice, key=f"notice:{message.id}", attach=attach)
    return change.decision("forged", warning)
