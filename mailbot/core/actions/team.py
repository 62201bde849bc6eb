"""What colleagues hear of an agent's mail: whoever is given a ticket gets all of it, those on it one line of what was done."""

from __future__ import annotations

from mailbot.core.actions.agent_reply import Reply, quiet
from mailbot.core.actions.carried_files import for_colleagues
from mailbot.core.actions.change import Change
from mailbot.core.actions.status import words_for_customer
from mailbot.core.letters.build import matter_of, readers, shown
from mailbot.core.model.message import Message
from mailbot.core.model.notice_parts import Said
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.team_notices import AssignedNotice, NoteNotice
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.rules.triage import LEVELS

_NOTE = 2000  # characters of a note that a notice shows


def tell_team(change: Change, reply: Reply, was: Ticket, *, told: bool) -> None:
    """Tell the colleagues what this mail is to them, once all of it is done.

    `was` is the ticket before; `told`: its customer was written to.
    """
    assignee = change.setting.policy.agents.get(change.ticket.assignee or "")
    handed = "assign" in reply.names and assignee is not None and assignee.id != reply.agent.id
    if handed and assignee is not None:
        _hand(change, reply, assignee)
    note, done = note_of(reply), _done(change, reply, was, told=told)
    if not (note or done or change.ticket.assignee != was.assignee):
        return
    attach, files = for_colleagues(reply.message, reply.enclosed)
    for agent in _colleagues(change, reply, was):
        if not (handed and agent is assignee):
            said = [*_whose(change, reply.agent, was, agent), *done]
            notice = NoteNotice(by=reply.agent.name, note=note, done=said, files=files)
            change.notice(agent, notice, key=f"note:{reply.message.id}", attach=attach)


def _colleagues(change: Change, reply: Reply, was: Ticket) -> list[Agent]:
    """Those who have or had the ticket or wrote on it, besides whoever did this. A note on one that nobody has and
    nobody wrote on goes to those who get its notices.
    """
    policy, ticket = change.setting.policy, change.ticket
    on_it = {*reply.team, was.assignee, ticket.assignee} - {None, reply.agent.id}
    told = [agent for agent in policy.agents.values() if agent.id in on_it]
    if not told and reply.is_note:
        told = [agent for agent in readers(policy, ticket) if agent.id != reply.agent.id]
    return told


def _done(change: Change, reply: Reply, was: Ticket, *, told: bool) -> list[Reason]:
    """What else was done to the ticket, one sentence each, in the order in which a colleague wants to know it."""
    by, now, done = reply.agent.name, change.ticket, list[Reason]()
    if now.priority != was.priority:
        level = LEVELS[now.priority]
        done.append(why("team.priority", by=by, old=was.priority, new=now.priority, level=level))
    them = now.requester.name or now.requester.address
    if told and reply.asked.prose:
        done.append(why("team.answered", by=by, who=them, words=matter_of(reply.asked.prose, "")))
    elif told and "resolve" not in reply.names:
        done.append(why("team.told", by=by, who=them))
    return done + _state(reply, was, now)


def _whose(change: Change, agent: Agent, was: Ticket, reader: Agent) -> list[Reason]:
    """Who has it now, if that is somebody else than before, as it is told to `reader`."""
    now, agents = change.ticket, change.setting.policy.agents
    if now.assignee == was.assignee:
        return []
    had, has = agents.get(was.assignee or ""), agents.get(now.assignee or "")
    if has is None:
        return [why("team.released", by=agent.name)]
    if has.id != agent.id:
        return [why("team.handed", by=agent.name, other=has.name)]
    if had is reader:
        return [why("team.took-over-from-you", by=agent.name)]
    return [why("team.took", by=agent.name) if had is None else why("team.took-over", by=agent.name, other=had.name)]


def _state(reply: Reply, was: Ticket, now: Ticket) -> list[Reason]:
    """Whether it is over now, or no longer."""
    by, over = reply.agent.name, TicketState.RESOLVED
    if was.state is over and now.state is not over:
        return [why("team.reopened", by=by)]
    if was.state is over or now.state is not over:
        return []
    if "spam" in reply.names:
        return [why("team.spam", by=by)]
    if "ignore" in reply.names:
        return [why("team.closed", by=by)]
    return [why("team.resolved-quietly", by=by) if quiet(reply.asked) else why("team.resolved", by=by)]


def _hand(change: Change, reply: Reply, assignee: Agent) -> None:
    """All of the ticket to whoever was given it."""
    attach, files = for_colleagues(reply.message, reply.enclosed)
    ours, newest = reply.message if reply.speaks else reply.answer, reply.newest
    notice = AssignedNotice(
        by=reply.agent.name,
        note=note_of(reply),
        theirs=None if newest is None else _said(change, newest, shown(newest.new_text)),
        ours=None if ours is None else _said(change, ours, shown(words_for_customer(ours))),
        files=files,
    )
    change.notice(assignee, notice, key=f"assigned:{reply.message.id}", attach=attach)


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
