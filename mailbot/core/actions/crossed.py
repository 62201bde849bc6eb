"""Holds an agent's reply to a customer whom somebody else has answered, or who opened the ticket again, meanwhile."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.letters.build import shown
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import CrossedNotice, Newer
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket

_ALWAYS_FINE = frozenset(
    {"note", "status", "history", "why", "help", "take", "approve", "files", "original", "signature", "zone"}
)


def crossed(answers_seen: int, ticket: Ticket, reply: Reply) -> bool:
    """Whether somebody else answered the customer, or they opened the ticket again, after this reply's notice was written."""
    inside = reply.names and reply.names <= _ALWAYS_FINE and not reply.speaks
    return answers_seen < ticket.answers and ticket.last_answer_by != reply.agent.id and not inside


def hold_crossed(change: Change, known: Known, reply: Reply) -> Decision:
    """It is kept back, and they see what was written meanwhile; one tap sends it all the same."""
    message = replace(reply.message, internal=True, held="crossed")
    change.message(message)
    number, agents = change.ticket.number, change.setting.policy.agents
    reopened = change.ticket.last_answer_by is None
    if reopened:
        theirs = known.newest.get(number)
        change.event(why("event.held.reopened", name=reply.agent.name), by=reply.agent.id)
        text = shown(theirs.new_text) if theirs else ""
        if theirs is not None and theirs.author is not Author.CUSTOMER:  # somebody wrote after them
            text = f"{theirs.from_.name or theirs.from_.address}:\n\n{text}"
        newer = Newer(by="", text=text)
    else:
        ours, by = known.answers.get(number), agents.get(change.ticket.last_answer_by or "")
        change.event(why("event.held.crossed", name=reply.agent.name), by=reply.agent.id)
        newer = Newer(by=by.name if by else "", text=shown(ours.new_text) if ours else "")
    notice = CrossedNotice(newer=newer, yours=shown(message.new_text), reopened=reopened)
    change.notice(reply.agent, notice, key=f"crossed:{message.id}", held=message, tap="/send")
    return change.decision("held", why("outcome.crossed-reopened") if reopened else why("outcome.crossed"))
