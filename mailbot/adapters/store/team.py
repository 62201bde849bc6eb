"""What was said, done and promised on a ticket, colleagues' notes among it, and which of them have a part in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, literal, or_, select

from mailbot.adapters.store.rows import event_from, promise_from
from mailbot.adapters.store.schema import event, message, promise, ticket
from mailbot.core.letters.so_far import MOST, OURS, SHOWN, THEIRS, TOLD
from mailbot.core.model.event import Event
from mailbot.core.model.message import Author
from mailbot.core.model.promise import Ended, PromiseState
from mailbot.core.model.reason import Reason
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket

_LATEST = 3
_READ = 2_000  # characters of a mail of which a line shows the beginning
_NOTED = (event.c.ticket == bindparam("number"), event.c.code == "event.note.said")
_NOTES = select(event).where(*_NOTED).order_by(event.c.id.desc()).limit(_LATEST)
_DONE = (
    select(event)
    .where(event.c.ticket == bindparam("number"), event.c.code.in_(TOLD), event.c.by != "desk")
    .order_by(event.c.id.desc())
    .limit(bindparam("most"))
)
_WORDS = (
    select(
        message.c.author,
        message.c.agent,
        message.c.from_name,
        message.c.from_address,
        message.c.received_at,
        func.substr(message.c.new_text, 1, _READ).label("words"),
    )
    .where(
        message.c.ticket == bindparam("number"),
        message.c.author != Author.MACHINE.value,
        message.c.internal.is_(False),
        message.c.held.is_(None),
        func.coalesce(message.c.standing, literal("")) != literal(SenderProof.FORGED.value),
    )
    .order_by(message.c.received_at.desc(), message.c.id.desc())
    .limit(bindparam("most"))
)
_ENDED = (
    select(promise, message.c.agent.label("writer"))
    .outerjoin(message, message.c.id == promise.c.kept_by)
    .where(
        promise.c.ticket.in_(
            select(ticket.c.number).where(
                or_(ticket.c.number == bindparam("number"), ticket.c.merged_into == bindparam("number"))
            )
        ),
        promise.c.state.in_([PromiseState.KEPT.value, PromiseState.COVERED.value, PromiseState.LATE.value]),
    )
    .order_by(promise.c.made_at, promise.c.id)
    .limit(MOST)
)
_NOTERS = select(event.c.by).where(*_NOTED).distinct()
_ANSWERED = (
    select(message.c.agent)
    .where(
        message.c.ticket == bindparam("number"),
        message.c.author == Author.AGENT.value,
        message.c.internal.is_(False),
        message.c.agent.is_not(None),
    )
    .distinct()
)


def past_of(
    connection: Connection, tickets: Mapping[int, Ticket], *, all_of_it: bool = False
) -> dict[int, tuple[Event, ...]]:
    """Per ticket its latest notes and lines of what was said and done (see `core.letters.so_far`), oldest first."""
    found: dict[int, tuple[Event, ...]] = {}
    for number, one in tickets.items():
        asked = {"number": one.number, "most": (MOST if all_of_it else SHOWN) + 1}
        done = connection.execute(_DONE, asked).mappings().all()
        rows = {row["id"]: row for row in done}
        if not all_of_it and len(done) > SHOWN:  # else all notes are among these
            rows |= {row["id"]: row for row in connection.execute(_NOTES, asked).mappings()}
        past = [event_from(rows[each]) for each in sorted(rows)]
        said = connection.execute(_WORDS, asked).mappings().all()
        past += [_word(row, number) for row in reversed(said)]
        if past:
            found[number] = tuple(sorted(past, key=_when))
    return found


def ended_of(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[int, tuple[Ended, ...]]:
    """Per ticket its promises that were kept, covered or late, oldest first."""
    return {
        number: tuple(
            Ended(promise_from(row), row["writer"])
            for row in connection.execute(_ENDED, {"number": one.number}).mappings()
        )
        for number, one in tickets.items()
    }


def _when(event: Event) -> datetime:
    return event.at


def _word(row: RowMapping, number: int) -> Event:
    """A mail as a line of what was said."""
    ours = row["author"] == Author.AGENT.value
    who = row["from_name"] or row["from_address"]
    # Read by `so_far`, never said itself: it needs no words in the catalogues.
    what = Reason(OURS if ours else THEIRS, (("who", who), ("words", row["words"])))
    return Event(ticket=number, at=row["received_at"], what=what, by=(row["agent"] or "") if ours else "")


def teams_of(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[int, frozenset[str]]:
    """Per ticket the ids of those who have answered or noted on it."""
    return {
        number: frozenset(
            agent for who in (_ANSWERED, _NOTERS) for agent in connection.execute(who, {"number": one.number}).scalars()
        )
        for number, one in tickets.items()
    }
