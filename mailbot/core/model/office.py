"""Office matters: what reaches a support address and is no question about the product; each has a letter of its own.

The name is the `category` that a rule gives. Letters and notices name a matter only where its rule decided alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket

OFFICE: Final[Mapping[str, Reason]] = {
    "bereavement": why("office.bereavement"),
    "complaint": why("office.complaint"),
    "legal": why("office.legal"),
    "personal_data": why("office.personal_data"),
    "cancellation": why("office.cancellation"),
    "press": why("office.press"),
    "address_change": why("office.address_change"),
    "wrong_recipient": why("office.wrong_recipient"),
    "invoice_received": why("office.invoice_received"),
    "application": why("office.application"),
    "offer": why("office.offer"),
    "pitch": why("office.pitch"),
}
"""Each by its name, with how agents are told of it."""


_BRAZIL: Final = why("office.personal_data.brazil")
"""Their letter names the shorter time of Brazil's law (LGPD, art. 19), so agents are told of it."""


def told_of(ticket: Ticket) -> Reason | None:
    """How agents are told of the office matter that a ticket is; None for any other, and where it is not sure."""
    matter = office_of(ticket)
    if matter == "personal_data" and ticket.language.startswith("pt"):
        return _BRAZIL
    return OFFICE[matter] if matter is not None else None


def office_of(ticket: Ticket) -> str | None:
    """The office matter that a ticket is, by the name that letters use; None for any other, and where it is not sure."""
    return ticket.category if ticket.sure and ticket.category in OFFICE else None


UNASKED: Final = frozenset({"offer", "pitch"})
"""Those whose questions ("Are you interested?") nobody is promised an answer to."""
