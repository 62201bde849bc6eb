"""Describes the state of a ticket, in lines for an agent who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mailbot.core.actions.change import Change
from mailbot.core.letters.build import iso, matter_of
from mailbot.core.model.message import Author, Message
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import TicketState
from mailbot.core.verbs.parse import Asked, parse_reply

STANDS: Final[Mapping[TicketState, Reason]] = {
    TicketState.OPEN: why("state.open"),
    TicketState.WAITING: why("state.waiting"),
    TicketState.RESOLVED: why("state.resolved"),
    TicketState.SPAM: why("state.spam"),
}


def status_lines(change: Change, reader: Agent, newest: Message | None, answer: Message | None) -> list[Reason]:
    """What `/status` answers to `reader`: how it stands, and the last words of both sides, the earlier ones first.

    `newest` is the last mail from outside, `answer` the last that one of us sent to the customer.
    """
    ticket, promise = change.ticket, change.promise
    due = why("status.no-word") if promise is None else why("status.word-due", due=iso(promise.due))
    said = sorted((each for each in (newest, answer) if each is not None), key=lambda each: each.received_at)
    return [
        why("status.matter", number=ticket.number, subject=ticket.subject),
        why(
            "status.priority",
            state=STANDS[ticket.state],
            priority=ticket.priority,
            urgency=ticket.urgency,
            reason="" if ticket.why is None else ticket.why,
        ),
        why("status.who", agent=_who_has_it(ticket.assignee, reader, change.setting.policy), next=due),
        why("status.kept", kept=ticket.kept, promised=ticket.promised),
        *(_last_words(each, change.setting.policy) for each in said),
        *(() if answer is not None else (why("status.unanswered"),)),
    ]


def _who_has_it(assignee: str | None, reader: Agent, policy: Policy) -> Reason | str:
    if assignee is None:
        return why("status.nobody")
    if assignee == reader.id:
        return why("status.you")
    return policy.agents[assignee].name if assignee in policy.agents else assignee


def _last_words(said: Message, policy: Policy) -> Reason:
    """Who wrote what and when, on one line."""
    if said.author is not Author.AGENT:
        who = said.from_.name or said.from_.address
        return why("status.wrote", who=who, at=said.received_at, words=matter_of(said.new_text, said.subject))
    agent = policy.agents.get(said.agent or "")
    return why(
        "status.answered",
        who=agent.name if agent is not None else said.from_.name or said.from_.address,
        at=said.received_at,
        words=matter_of(words_for_customer(said), said.subject),
    )


def words_for_customer(answer: Message) -> str:
    """The words of an agent's answer without its lines for the desk; the whole of it where it is nothing else."""
    asked = parse_reply(answer.new_text)
    return asked.prose or answer.new_text if isinstance(asked, Asked) else answer.new_text
