"""Splits a mail off into a ticket of its own, as if it had come as one: what `mailbot ticket split` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.core.actions.case import Case
from mailbot.core.actions.open_ticket import open_ticket
from mailbot.core.intake.find_ticket import Place, split_tag
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.message import Author, Message
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket


def found_in(messages: Sequence[Message], given: str) -> Message | Reason:
    """The mail of a ticket that an id refers to: its own id, the beginning of it, or its Message-ID."""
    wanted = given.strip().strip("<>")
    exact = [m for m in messages if wanted in (m.id, m.message_id)]
    found = exact or [m for m in messages if wanted and m.id.startswith(wanted)]
    if not found:
        return why("split.no-message", given=given)
    if len(found) > 1:
        return why("split.several", given=given, count=len(found))
    return found[0]


def cannot_split(message: Message, messages: Sequence[Message]) -> Reason | None:
    """Why this mail stays where it is; None if it can be split off. `messages` are all of its ticket, oldest first."""
    if message.author is Author.AGENT or message.agent is not None or message.internal:
        if message.author is Author.MACHINE:
            return why("split.machine", message=message.id)
        return why("split.agent", message=message.id)
    first = next(m for m in messages if not m.internal)
    if first.id == message.id:
        outside = [m for m in messages if not m.internal and m.author is not Author.AGENT]
        return why("split.only", message=message.id) if len(outside) == 1 else why("split.opening", message=message.id)
    if message.inbound is None:
        return why("split.gone", message=message.id)
    return None


def split_off(case: Case, message: Message, source: Ticket) -> Decision | Reason:
    """The mail as a new matter: its sender's ticket, acknowledged and promised to; the rest of `source` stays.

    `case` holds the mail, read once more. The message keeps its id, so that a notice about it can be told from others.
    """
    place = Place(ticket=None, why=why("place.split", number=source.number))
    opened = open_ticket(replace(case, incoming=replace(case.incoming, new_text=message.new_text)), place)
    if opened.outcome != "opened":
        return why("split.ignored", message=message.id)
    ticket, made = opened.tickets[0], opened.messages[0]
    moved = replace(made, id=message.id, content_key=message.content_key, note=place.why)
    thread = tuple(each for each in source.thread if each != message.message_id)
    told = why("event.split.off", address=message.from_.address, number=ticket.number)
    return replace(
        opened,
        outcome="split",
        reason=why("outcome.split", number=source.number),
        tickets=(
            replace(ticket, tags=(*ticket.tags, split_tag(source))),
            *opened.tickets[1:],
            replace(source, thread=thread),
        ),
        messages=opened.messages[1:],
        splits=((source.number, moved),),
        refs=tuple(ref if ref.mentioned else replace(ref, message=message.id) for ref in opened.refs),
        outgoing=tuple(
            # The notices about it in the other ticket have the shorter key.
            replace(o, key=o.key.replace(f"notice:{made.id}", f"notice:{message.id}:{ticket.number}"))
            if o.kind is OutgoingKind.NOTICE
            else o
            for o in opened.outgoing
        ),
        events=(
            *opened.events,
            Event(ticket=ticket.number, at=case.now, what=why("event.split.from", number=source.number), by="admin"),
            Event(ticket=source.number, at=case.now, what=told, by="admin"),
        ),
    )
