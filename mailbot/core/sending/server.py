"""The state of the submission server: what it refuses, to whom, since when, and when it is tried again.

A single refusal about us closes nothing: its mail waits, and the next one shows whether it is the server or only that
sender and that mail. The second in a row closes its side, or both sides if each was refused once. A closed side has one
probe at a time. Mail to customers and mail to our own people are two sides, since many servers that let nothing out
still deliver locally: so the admins hear of it by whatever still works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.sending.retry import back_off

OUTSIDE, INSIDE = "outside", "inside"
FORGOTTEN_AFTER = timedelta(days=1)
"""A refusal this long after the last one is a new matter, of which the admins hear again."""
IN_A_ROW = 2
_LOGIN_LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusing:
    """One side: refused in a row and nothing taken since (`in_a_row`), closed until `next_try` (None: open)."""

    side: str
    since: datetime
    last: datetime
    reply: str
    in_a_row: int = 0
    next_try: datetime | None = None


State = Mapping[str, Refusing]


def side_of(outgoing: Outgoing) -> str:
    """Whom a mail goes to: customers, or our own people."""
    return INSIDE if outgoing.kind is OutgoingKind.NOTICE else OUTSIDE


def refused(
    state: State, side: str, reply: str, *, begun: datetime, now: datetime, certain: bool = False
) -> tuple[Refusing, ...]:
    """The sides about which a refusal about us says something new, of a mail whose submission began then.

    `certain`: several mails have shown it already.
    """
    one = state.get(side)
    if one is not None and one.next_try is not None and begun < one.last:
        return ()  # on its way before the side was closed: nothing new
    if one is None or now - one.last >= FORGOTTEN_AFTER:
        one = Refusing(side=side, since=min([now, *(o.since for o in _fresh(state, now))]), last=now, reply=reply)
    in_a_row = max(one.in_a_row + 1, IN_A_ROW if certain else 0)
    one = replace(one, last=now, reply=reply, in_a_row=in_a_row)
    others = [other for name, other in state.items() if name != side and other.in_a_row]
    if in_a_row < IN_A_ROW and not others:
        return (one,)
    next_try = now + back_off(in_a_row - 1)
    closing = [one, *(other for other in others if other.next_try is None and in_a_row < IN_A_ROW)]
    return tuple(replace(each, next_try=next_try) for each in closing)


def login_refused(state: State, reply: str, now: datetime) -> tuple[Refusing, ...]:
    """The server rejects our login: both sides wait, and it is tried ever less often, so as not to lock the account."""
    tries = max((one.in_a_row for one in state.values()), default=0) + 1
    next_try = now + min(timedelta(seconds=5 * 2 ** min(tries - 1, 10)), _LOGIN_LONGEST)
    since = min((one.since for one in _fresh(state, now)), default=now)
    return tuple(
        Refusing(side=side, since=since, last=now, reply=reply, in_a_row=tries, next_try=next_try)
        for side in (OUTSIDE, INSIDE)
    )


def taken(state: State, side: str) -> tuple[Refusing, ...]:
    """What is known after a mail was taken: its side is open. A server that lets mail out delivers locally as well."""
    sides = (side,) if side == INSIDE else (OUTSIDE, INSIDE)
    known = (state.get(each) for each in sides)
    return tuple(replace(one, in_a_row=0, next_try=None) for one in known if one is not None and one.in_a_row)


def closed(state: State, side: str) -> bool:
    """Whether mail of that side waits."""
    one = state.get(side)
    return one is not None and one.next_try is not None


def told_of(state: State, now: datetime) -> bool:
    """Whether the admins were told about the current trouble."""
    return bool(_fresh(state, now))


def _fresh(state: State, now: datetime) -> list[Refusing]:
    return [one for one in state.values() if now - one.last < FORGOTTEN_AFTER]


def by_side(refusing: Iterable[Refusing]) -> dict[str, Refusing]:
    """As a table for look-ups."""
    return {one.side: one for one in refusing}
