"""What a machine's mail or a gesture does: a bounce marks an address, all else is added to its ticket or logged."""

from __future__ import annotations

from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.gratitude import be_thanked
from mailbot.core.actions.unproven_followup import Doubt, doubt_of, warning_of
from mailbot.core.actions.writing_permission import withdraw
from mailbot.core.intake.automatic.reaction import is_glad
from mailbot.core.intake.find_ticket import is_party, match
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.tokens import TokenKind
from mailbot.core.letters.build import at_large, readers, shown
from mailbot.core.model.addresses import address_key
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import TroubleNotice, UnmatchedNotice
from mailbot.core.model.event import Event
from mailbot.core.model.mail import Address, Bounce, FailedRecipient, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.notice_fields import FollowupNotice, UndeliverableNotice
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import undeliverable
from mailbot.core.model.ticket import Customer

_QUOTED = 2_000  # characters of a report that names none of our letters


def set_aside(case: Case) -> Decision:
    """Add a machine's mail to the ticket that it is about, or log it; never answer it. Bounces: `_undelivered`."""
    incoming, known = case.incoming, case.known
    if incoming.screening.kind is Kind.BOUNCE and incoming.bounce is not None and not incoming.tokens:
        return _show_unmatched(case, incoming.bounce)
    place = match(incoming, known)
    ticket = place.ticket if incoming.screening.kind is not Kind.OWN else None
    message = case.message(
        ticket=ticket.number if ticket else None,
        author=Author.MACHINE,
        internal=True,
        note=incoming.screening.reason,
    )
    if ticket is None:
        return Decision(outcome="logged", reason=incoming.screening.reason, messages=(message,))
    change = case.change(ticket)
    change.message(message)
    doubt = doubt_of(incoming, (ticket,), known)
    theirs = is_party(ticket, incoming.keys.sender) and doubt is not Doubt.FORGED
    if incoming.screening.kind is Kind.REACTION and theirs:
        _react(change, incoming, message.id, known.answers.get(ticket.number), doubt)
    else:
        kind = incoming.screening.kind.value
        change.event(why("event.automatic.because", kind=kind, because=incoming.screening.reason))
    if incoming.bounce is not None and not incoming.bounce.delayed:
        _undelivered(change, incoming.bounce, message.id, of_theirs=_of_a_letter(incoming, ticket.number))
    return change.decision("joined", incoming.screening.reason)


def _of_a_letter(incoming: Incoming, number: int) -> bool:
    """Whether the signature in a report is that of a letter to the customer: its envelope's, or its Message-ID's.

    Somebody who has only a notice to an agent, or the customer's own Message-IDs, cannot claim that their address
    fails.
    """
    letters = (TokenKind.BOUNCE, TokenKind.CUSTOMER)
    return any(token.kind in letters and token.ticket == number for token in incoming.tokens)


def _show_unmatched(case: Case, bounce: Bounce) -> Decision:
    """A report without a signature of ours: it marks nothing and takes nothing back, whatever it answers or names.

    It may be honest all the same (only words, without the mail that came back), so the agents read it if it is about
    somebody whom the desk knows; reports about others are what forged mail in our name causes.
    """
    incoming = case.incoming
    message = case.message(
        ticket=None,
        author=Author.MACHINE,
        internal=True,
        note=incoming.screening.reason,
    )
    failed = next((one for one in bounce.recipients if one.permanent), None)
    told = failed is not None and case.known.customer is not None and not bounce.delayed
    address = incoming.keys.sender or ""
    inbox = case.setting.policy.inboxes.get(incoming.inbox)
    readers_ = case.setting.policy.group(inbox.group) if told and inbox is not None else ()
    notice = UnmatchedNotice(address=address, text=shown(incoming.mail.text[:_QUOTED]))
    return Decision(
        outcome="logged",
        reason=incoming.screening.reason,
        messages=(message,),
        events=(Event(ticket=None, at=case.now, what=why("event.report.unmatched", address=address)),) if told else (),
        outgoing=tuple(
            at_large(
                case.setting,
                agent,
                notice,
                inbox=incoming.inbox,
                key=f"unmatched:{address}:{case.now:%Y-%m-%d}:{agent.id}",  # once a day, however many there are
                now=case.now,
            )
            for agent in readers_
        ),
    )


def _react(change: Change, incoming: Incoming, message_id: str, answer: Message | None, doubt: Doubt | None) -> None:
    """A customer's reaction is a thank-you; one that is not glad, or not confirmed, is shown to the agents.

    Nothing is reopened or kept.
    """
    shows = " ".join(incoming.new_text.split())[:80]
    warning = warning_of(doubt, incoming)
    if is_glad(incoming.new_text) and warning is None:
        be_thanked(change, incoming, message_id, answer)
        return
    change.event(why("event.reaction.shown", address=incoming.sender.address, shows=shows), by="customer")
    notice = FollowupNotice(text=shown(incoming.new_text), from_=incoming.sender.address, warning=warning)
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"notice:{message_id}")


def _undelivered(change: Change, bounce: Bounce, message_id: str, *, of_theirs: bool) -> None:
    """A letter that is given up is told to a person; only a fault of the address itself stops automatic mail to it.

    `of_theirs`: the report is about a letter to the customer.
    """
    for failed in bounce.recipients:
        if not failed.permanent:
            continue
        ours = change.setting.policy.agent_of(failed.address) is not None
        if of_theirs and address_key(failed.address) == change.ticket.requester.key and _for_good(failed):
            _mark(change, failed, message_id)
        elif ours:
            trouble = TroubleNotice(
                reason=why(
                    "trouble.notice-back",
                    address=failed.address,
                    status=failed.status or why("trouble.no-status"),
                ),
                where=f"#{change.ticket.number}",
                advice=why("trouble.mend-address"),
            )
            change.to_admins(trouble, key=f"undeliverable:{failed.address}:{message_id}")
        else:
            # Perhaps the address that the customer's mail is forwarded to: theirs may be good.
            _tell(change, failed.address, failed.status, message_id)
    if not bounce.recipients:
        _tell(change, change.ticket.requester.address, None, message_id)


def _for_good(failed: FailedRecipient) -> bool:
    """Whether the next letter would fail as well.

    RFC 3463 section 2: 4.x.x is a persistent transient failure, here one that was tried for too long. A full mailbox
    (x.2.2) is emptied one day, and a mail that is too long (x.2.3, x.3.4) says nothing of a shorter one.
    """
    status = failed.status or ""
    return not status.startswith("4.") and status not in ("5.2.2", "5.2.3", "5.3.4")


def _tell(change: Change, address: str, status: str | None, message_id: str) -> None:
    """The agents hear that a letter did not arrive; nothing else changes."""
    change.event(why("event.undelivered.report", address=address, because=status or why("undelivered.no-reason")))
    reason = _in_words(status) if status else why("undelivered.no-reason")
    notice = UndeliverableNotice(address=address, status="", reason=reason, given_up=True)
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"undeliverable:{message_id}:{address_key(address)}")


def _mark(change: Change, failed: FailedRecipient, message_id: str) -> None:
    status = failed.status or why("undelivered.not-taken")
    requester: Address = change.ticket.requester
    change.customer(
        Customer(
            address=requester.key,
            name=requester.name,
            first_seen=change.ticket.opened_at,
            undeliverable=str(status),
        )
    )
    change.doubt(requester.key)
    withdraw(change, undeliverable(status))
    reason = _in_words(failed.status) if failed.status else status
    notice = UndeliverableNotice(address=failed.address, status="", reason=reason)
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"undeliverable:{message_id}")


def _in_words(status: str) -> Reason:
    """What a code of a delivery report means (RFC 3463 section 3), since an agent need not know it."""
    about = status.partition(".")[2]
    if about in ("1.1", "1.10"):
        return why("undelivered.no-mailbox", status=status)
    if about == "2.2":
        return why("undelivered.mailbox-full", status=status)
    if about.startswith("7."):
        return why("undelivered.their-server", status=status)
    return why("undelivered.code", status=status)
