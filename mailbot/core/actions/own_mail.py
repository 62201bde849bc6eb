"""An agent writes to a customer from their own mail client, the desk in Cc or Bcc: the ticket is the customer's.

Nothing goes out and nothing is promised: the customer has the words already. The agent reads what was made of it, the
ticket waits on the agents' page, and what either side writes next lands there. If no server vouches for the agent,
the words are kept outside the ticket, in the agent's name and unconfirmed, and do not change an existing one.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions import human_word
from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.join_ticket import thread_with
from mailbot.core.actions.new_ticket import new_ticket
from mailbot.core.actions.writing_permission import silent, watch
from mailbot.core.intake.agent_proof import vouched
from mailbot.core.intake.agent_words import agent_words
from mailbot.core.intake.find_ticket import is_party, match
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.letters.build import matter_of, readers, shown
from mailbot.core.model.decision import Decision
from mailbot.core.model.mail import Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import why
from mailbot.core.model.silence import WRITTEN_TO
from mailbot.core.model.team_notices import KeptNotice
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.rules.triage import triage
from mailbot.core.rules.weighing import facts_of

WROTE = "wrote"  # held with this until its agent says that it is theirs (see `actions.ask_agent.QUESTIONS`)


def as_own(incoming: Incoming, policy: Policy) -> Incoming:
    """A mail that comes from an agent's address, not to a signed one, with what follows from that.

    `written_by` is that agent, `written_to` the outsider who was written to, `unconfirmed` whether nobody vouches for
    the agent. Any other mail, and what was passed on, is unchanged.
    """
    agent = _writer(incoming, policy)
    if agent is None:
        return incoming
    assert incoming.mail.sender is not None
    theirs = agent_words(incoming.mail, agent, policy)
    own = replace(incoming, written_by=agent)
    to = next(
        (box for boxes in (incoming.mail.to, incoming.mail.cc) for box in boxes if policy.is_outside(box.address)), None
    )
    if to is None:
        return own
    return replace(
        own,
        written_to=to,
        unconfirmed=not vouched(incoming.mail, policy),
        new_text=theirs.whole,
        keys=replace(incoming.keys, sender=to.key),
    )


def keep(case: Case) -> Decision:
    """The words are kept as the agent's answer to the person they wrote to, in that person's ticket."""
    incoming = case.incoming
    agent, to = incoming.written_by, incoming.written_to
    assert agent is not None
    assert to is not None
    place = match(incoming, case.known)
    opens = place.ticket is None
    ticket = place.ticket or _opened(case, case.fresh.number())
    theirs = is_party(ticket, to.key)
    counts = theirs and not incoming.unconfirmed
    asks = theirs and incoming.unconfirmed
    change = case.change(ticket)
    message = case.message(
        ticket=ticket.number,
        author=Author.STRANGER if incoming.unconfirmed else Author.AGENT,
        agent=agent.id,
        internal=not counts,
        held=WROTE if asks else None,
        note=None
        if counts
        else why("note.not-confirmed")
        if incoming.unconfirmed
        else why("note.to", address=to.address),
    )
    change.message(message, refs_of(incoming, ticket.number))
    if opens:
        change.event(why("event.opened.by-agent", name=agent.name, address=to.address), by=agent.id)
    words = matter_of(incoming.new_text, incoming.mail.subject)
    change.event(why("event.wrote.to-them", address=to.address, words=words), by=agent.id)
    if counts:
        human_word.counts(change, agent, message.id)
    if counts or opens:
        change.set(thread=thread_with(change.ticket, incoming.mail.message_id))
        _wait(change)
    notice = KeptNotice(
        text=shown(incoming.new_text),
        to=to,
        by=agent.name,
        confirmed=not incoming.unconfirmed,
        opens=opens,
        theirs=theirs,
        counted=counts or opens,
        yours=True,
        asks=asks,
    )
    change.notice(
        agent,
        notice,
        key=f"answer:{message.id}",
        held=message if asks else None,
        tap="/confirm" if asks else "/spam" if opens else "",
    )
    attach, files = for_notice(incoming)
    for_others = replace(notice, yours=False, asks=False, files=files)
    for other in readers(case.setting.policy, ticket) if not opens else ():
        if other.id != agent.id:
            change.notice(other, for_others, key=f"notice:{message.id}", attach=attach)
    return change.decision("kept", why("outcome.wrote", name=agent.name, address=to.address))


def confirm(change: Change, held: Message, agent: Agent) -> Decision:
    """The agent says that an unvouched mail was theirs: from now on it counts like any other of these."""
    change.put(held, internal=True)
    change.event(why("event.confirmed.by-agent", name=agent.name), by=agent.id)
    human_word.counts(change, agent, held.id)
    change.set(thread=thread_with(change.ticket, held.message_id))
    _wait(change)
    return change.decision("kept", why("own.confirmed", name=agent.name))


def _writer(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent from whose address this comes; None if it was taken for something else, or a machine wrote it."""
    sender = incoming.mail.sender
    taken = incoming.passed_on_by is not None or incoming.who.standing is not Standing.CUSTOMER
    if sender is None or taken or incoming.screening.kind is not Kind.PERSON:
        return None
    return policy.agent_of(sender.address)


def _opened(case: Case, number: int) -> Ticket:
    """A ticket of the person whom the agent wrote to, weighed as that person's own first words would be."""
    incoming = case.incoming
    agent, to = incoming.written_by, incoming.written_to
    assert agent is not None
    assert to is not None
    result = triage(facts_of(incoming, case.known, case.setting, case.now), case.setting.rules)
    made = new_ticket(case, result, number)
    return replace(
        made,
        requester=to,
        utc_offset=None,  # the Date is by the agent's clock
        mute=WRITTEN_TO,
        assignee=None if incoming.unconfirmed else agent.id,
        taken_at=None if incoming.unconfirmed else case.now,
    )


def _wait(change: Change) -> None:
    """Such a mail tells no time, so none is promised: the agents are reminded of it."""
    if change.ticket.state is TicketState.RESOLVED or silent(change):
        return
    change.set(mute=WRITTEN_TO)
    watch(change)
