"""Which limit prevents a letter that a mail causes, considering whose mail it is and how much it weighs."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.intake.incoming import Incoming
from mailbot.core.model.known import Known
from mailbot.core.model.policy import Limits
from mailbot.core.model.reason import Reason
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.sending.limits import over


def too_many(incoming: Incoming, known: Known, limits: Limits, priority: int) -> Reason | None:
    """The limit, or None if none does.

    A proven mail confirms its sender's address: what others wrote in that name and was answered before does not count
    against it.
    """
    proven = incoming.standing is SenderProof.PROVEN
    counts = known.counts if known.confirmed or not proven else replace(known.counts, hour=0, day=0)
    return over(
        counts,
        limits,
        domain=incoming.sender.domain.lower(),
        priority=priority,
        confirmed=known.confirmed or proven,
        proven=proven,
        kept=not known.addressee.first,
    )
