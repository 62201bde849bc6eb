"""An address that nothing has confirmed gets few letters: whether one more may go, and what holds after the last."""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.model.confirmed_address import Addressee, Room, room
from mailbot.core.promises import schedule
from mailbot.core.promises.nothing_due import UNTIL_REPLY


def room_for(change: Change, addressee: Addressee, *, ack: bool = False) -> Room:
    """Whether the ticket's customer may get one more automatic letter, `addressee` being what is known of their address."""
    results = change.setting.policy.authserv_id is not None
    return room(addressee, change.ticket.priority, results=results, ack=ack)


def until_reply(change: Change) -> None:
    """No letter goes there by itself until one is answered from there; the ticket stands first on the agents' page."""
    change.set(mute=UNTIL_REPLY)
    if change.ticket.unresolved:
        change.set(check_in_at=schedule.watch_at(change.ticket, change.setting.policy, change.now))
    change.event("silent", UNTIL_REPLY)
