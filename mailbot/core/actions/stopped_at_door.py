"""A mail that was stopped at the door: its sender hears that it did not leave, why, and what it said."""

from __future__ import annotations

from datetime import datetime

from mailbot.core.actions.change import Change
from mailbot.core.letters.build import readers, shown, to_admins
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import TroubleNotice
from mailbot.core.model.event import Event
from mailbot.core.model.known import Known
from mailbot.core.model.notice_fields import RefusedNotice
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.core.sending.internal_addresses import without_signed


def kept_in(
    outgoing: Outgoing, reason: Reason, known: Known, setting: Setting, *, now: datetime, fresh: FreshIds
) -> Decision:
    """An agent's answer: that agent is told, with a draft; what the desk wrote by itself is for the admins to fix.

    The address is not to blame, and what was promised stands, so that nobody forgets the customer.
    """
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    key = f"kept-in:{outgoing.key}"
    what = why("event.kept-in.because", letter=outgoing.name, address=outgoing.to.address, because=reason)
    if outgoing.kind is not OutgoingKind.RELAY or ticket is None:
        trouble = TroubleNotice(reason=reason, where=outgoing.key, advice="")
        return Decision(
            outcome="kept in",
            reason=reason,
            events=(Event(ticket=outgoing.ticket, at=now, what=what),),
            outgoing=to_admins(setting, outgoing.inbox, trouble, key=key, now=now),
        )
    change = Change(setting, ticket, known.promises.get(ticket.number), now, fresh)
    change.event(what)
    name, words = str(outgoing.fields.get("agent_name") or ""), str(outgoing.fields.get("words") or "")
    inbox = setting.policy.inboxes[ticket.inbox]
    draft = without_signed(words, setting.signer, inbox.address)
    notice = RefusedNotice(reason=reason, draft=draft if draft != words else "", yours=shown(words))
    theirs = [agent for agent in setting.policy.agents.values() if agent.name == name]
    for agent in theirs or readers(setting.policy, ticket):
        change.notice(agent, notice, key=key)
    return change.decision("kept in", reason)
