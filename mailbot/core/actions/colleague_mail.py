"""Somebody other than the agent answers the agent's signed address: what they say stays inside, as their own.

A colleague, or a person whom the agent copied on a reply to the desk. Nothing that they say goes to the customer,
commands a ticket or keeps a promise, and nobody is asked to vouch for them as an agent.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.case import Case
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.letters.build import readers, shown
from mailbot.core.letters.team_notes import on_one_line
from mailbot.core.model.addresses import address_key
from mailbot.core.model.decision import Decision
from mailbot.core.model.message import KEPT, Author
from mailbot.core.model.reason import why
from mailbot.core.model.team_notices import BesideNotice


def answers_beside(case: Case) -> bool:
    """Whether a mail to an agent's address is from somebody to whom they wrote, not from one who claims to be them.

    They answer a mail of the agent's, not our notice, which only the agent has; or the agent's own address is among the
    recipients beside the signed one.
    """
    incoming = case.incoming
    token, agent, sender = incoming.who.token, incoming.who.agent, incoming.mail.sender
    if token is None or agent is None or not token.ticket or sender is None or incoming.screening.flagged:
        return False
    if (sender.name or "").casefold() == agent.name.casefold():
        return False  # more likely the agent themselves, from another address
    answered = incoming.mail.in_reply_to
    if any(case.setting.signer.read(message_id) is not None for message_id in answered):
        return False
    known_mail = any(r.message_id in answered and r.ticket == token.ticket and not r.mentioned for r in case.known.refs)
    own = set(map(address_key, agent.addresses))
    return known_mail or any(address.key in own for address in (*incoming.mail.to, *incoming.mail.cc))


def as_theirs(incoming: Incoming) -> Incoming:
    """The mail with all that they wrote, including inside what they quote."""
    return replace(incoming, new_text=incoming.whole or incoming.new_text)


def note(case: Case) -> Decision:
    """A colleague's words to an address that was signed for another agent: a note of theirs, shown to the others."""
    incoming = as_theirs(case.incoming)
    case = replace(case, incoming=incoming)
    colleague, token = incoming.who.agent, incoming.who.token
    assert colleague is not None
    assert token is not None
    ticket = case.known.tickets.get(token.ticket)
    if ticket is None:
        message = case.message(ticket=None, author=Author.STRANGER, internal=True)
        return Decision(outcome="logged", reason=why("outcome.ticket-gone"), messages=(message,))
    change = case.change(ticket)
    doubt = incoming.who.reason
    message = case.message(
        ticket=ticket.number,
        author=Author.STRANGER if doubt else Author.AGENT,
        agent=colleague.id,
        internal=True,
        held=KEPT,
        note=doubt,
    )
    change.message(message, refs_of(incoming, ticket.number))
    words = on_one_line(incoming.new_text)
    # What only claims to be a colleague's stands in no later notice as a note of theirs.
    change.event(why("event.note.said", words=words), by="stranger" if doubt else colleague.id)
    whose = case.setting.policy.agents.get(token.agent or "")
    policy, team = case.setting.policy, case.known.teams.get(ticket.number, frozenset())
    told = [
        agent
        for agent in (*readers(policy, ticket), whose, *map(policy.agents.get, sorted(team)))
        if agent is not None and agent is not colleague
    ]
    attach, files = for_notice(incoming)
    notice = BesideNotice(
        text=shown(incoming.new_text),
        by=colleague.name,
        theirs=whose.name if whose is not None else "",
        doubt=doubt,
        yours=False,
        files=files,
    )
    for agent in {agent.id: agent for agent in told}.values():
        change.notice(agent, notice, key=f"notice:{message.id}", attach=attach)
    # To an address that is certainly theirs: whoever meant to answer the customer learns that nothing went out.
    change.notice(colleague, replace(notice, yours=True), key=f"answer:{message.id}", held=message, tap="/send")
    return change.decision("noted", doubt)
