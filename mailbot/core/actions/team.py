"""What colleagues hear of an agent's mail: whoever is given a ticket gets all of it at once."""

from __future__ import annotations

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.actions.status import words_for_customer
from mailbot.core.letters.build import shown
from mailbot.core.model.message import Message
from mailbot.core.model.team_notices import AssignedNotice, Said

_NOTE = 2000  # characters of a note that a notice shows


def tell_team(change: Change, reply: Reply) -> None:
    """Tell the colleagues what this mail is to them, once all of it is done."""
    _tell_assignee(change, reply)


def _tell_assignee(change: Change, reply: Reply) -> None:
    """The ticket to whoever was given it, unless they took it themselves."""
    assignee = change.setting.policy.agents.get(change.ticket.assignee or "")
    if "assign" not in reply.names or assignee is None or assignee.id == reply.agent.id:
        return
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
