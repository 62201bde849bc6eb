"""Holds an agent's reply to a customer whom somebody else has answered meanwhile, and shows both texts."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.letters.build import shown
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.notice_fields import CrossedNotice, Newer
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket

_ALWAYS_FINE = frozenset(
    {"note", "status", "history", "why", "help", "take", "approve", "files", "original", "signature", "zone"}
)


def crossed(answers_seen: int, ticket: Ticket, reply: Reply) -> bool:
    """Whether somebody else answered the customer after this reply's notice was written."""
    inside = reply.names and reply.names <= _ALWAYS_FINE and not reply.speaks
    return answers_seen < ticket.answers and ticket.last_answer_by != reply.agent.id and not inside


def hold_crossed(change: Change, known: Known, reply: Reply) -> Decision:
    """It is kept back; one tap sends it all the same."""
    message = replace(reply.message, internal=True, held="crossed")
    change.message(message)
    change.event(why("event.held.crossed", name=reply.agent.name), by=reply.agent.id)
    newest = known.answers.get(change.ticket.number)
    by = change.setting.policy.agents.get(change.ticket.last_answer_by or "")
    newer = Newer(by=by.name if by else "", text=shown(newest.new_text) if newest else "")
    notice = CrossedNotice(newer=newer, yours=shown(message.new_text))
    change.notice(reply.agent, notice, key=f"crossed:{message.id}", held=message, tap="/send")
    return change.decision("held", why("outcome.crossed"))
