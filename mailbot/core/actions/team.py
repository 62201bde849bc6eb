"""What colleagues hear of an agent's mail: whoever is given a ticket gets all of it at once, and a note reaches those on it."""

from __future__ import annotations

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.actions.status import words_for_customer
from mailbot.core.letters.build import readers, shown
from mailbot.core.model.message import Message
from mailbot.core.model.notice_parts import Said
from mailbot.core.model.policy import Agent
from mailbot.core.model.team_notices import AssignedNotice, NoteNotice

_NOTE = 2000  # characters of a note that a notice shows


def tell_team(change: Change, reply: Reply) -> None:
    """Tell the colleagues what this mail is to them, once all of it is done."""
    assignee = change.setting.policy.agents.get(change.ticket.assignee or "")
    handed = "assign" in reply.names and assignee is not None and assignee.id != reply.agent.id
    if handed and assignee is not None:
        _hand(change, reply, assignee)
    if note := note_of(reply):
        notice = NoteNotice(by=reply.agent.name, note=note)
        for agent in _colleagues(change, reply):
            if not (handed and agent is assignee):
                change.notice(agent, notice, key=f"note:{reply.message.id}")


def _colleagues(change: Change, reply: Reply) -> list[Agent]:
    """Those who are on the ticket besides the writer; where nobody has it or wrote, those who get its notices."""
    policy, ticket = change.setting.policy, change.ticket
    on_it = {*reply.team, ticket.assignee} - {None, reply.agent.id}
    told = [agent for agent in policy.agents.values() if agent.id in on_it] or list(readers(policy, ticket))
    return [agent for agent in told if agent.id != reply.agent.id]


def _hand(change: Change, reply: Reply, assignee: Agent) -> None:
    """All of the ticket to whoever was given it."""
    ours, newest = reply.message if reply.speaks else reply.answer, reply.newest
    notice = AssignedNotice(
        by=reply.agent.name,
        note=note_of(reply),
        theirs=None if newest is None else _said(change, newest, shown(newest.new_text)),
        ours=None if ours is None else _said(change, ours, shown(words_for_customer(ours))),
    )
    change.notice(assignee, notice, key=f"assigned:{reply.message.id}")


def note_of(reply: Reply) -> str:
    """The words that stay inside, without blank lines, bounded; empty if none do."""
    if not reply.is_note:
        return ""
    told = next((verb.argument for verb in reply.asked.verbs if verb.name == "note"), "")
    lines = [line.strip() for line in f"{told}\n{reply.asked.prose}".split("\n")]
    words = "\n".join(line for line in lines if line)
    return words if len(words) <= _NOTE else words[: _NOTE - 1] + "…"


def _said(change: Change, message: Message, words: str) -> Said:
    agent = change.setting.policy.agents.get(message.agent or "")
    who = agent.name if agent is not None else message.from_.name or message.from_.address
    return Said(who=who, at=message.received_at, words=words)
