"""A mail of ours that could not be delivered: who must hear of it, and what it means for the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.core.acts.customer import withdraw
from mailbot.core.change import Change
from mailbot.core.desk import Customer, Decision, Event, Known, Outgoing, OutgoingKind
from mailbot.core.letters import readers, to_admins
from mailbot.core.setting import FreshIds, Setting

_CALLED = {
    "ack": "the acknowledgment",
    "too-large": "the word that a mail was too large",
    "thanks-feedback": "the thanks",
    "thanks-welcome": "the thanks",
    "thanks-resolution": "the thanks",
    "update": "the update",
    "cover": "the word that nothing is new",
    "late": "the letter about a word that did not come",
    "resolved": "the letter that it is solved",
    "relay": "the agent's answer",
    "nudge": "the nudge",
    "closed": "the letter that it is closed",
    "check-in": "the look back",
    "goodwill": "the goodwill",
}


def undelivered(
    outgoing: Outgoing, reply: str, known: Known, setting: Setting, *, final: bool, now: datetime, fresh: FreshIds
) -> Decision:
    """After a refusal (`final`) or hours of delay: an agent is told about a customer's mail, an admin about a notice.

    A final refusal of the customer's address stops automatic mail to it, and takes back what was promised, also what
    the same letter told of other tickets.
    """
    word = "was refused" if final else "is delayed"
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    key = f"undelivered:{outgoing.key}:{'final' if final else 'late'}"
    if outgoing.kind is OutgoingKind.NOTICE or ticket is None:
        about = f"the notice {outgoing.name} to {outgoing.to.address} {word}: {reply}"
        if outgoing.name in ("trouble", "quarantine"):
            return Decision(
                outcome="undelivered", events=(Event(ticket=None, at=now, what="undelivered", detail=about),)
            )
        fields = {"reason": about, "where": outgoing.to.address, "advice": "Check the address in config.toml."}
        return Decision(
            outcome="undelivered",
            reason=about,
            events=(Event(ticket=outgoing.ticket, at=now, what="undelivered", detail=about),),
            outgoing=to_admins(setting, outgoing.inbox, name="trouble", key=key, now=now, fields=fields),
        )
    change = Change(setting, ticket, known.promises.get(ticket.number), now, fresh)
    change.event("undelivered", f"{outgoing.name} to {outgoing.to.address} {word}: {reply}")
    if final and outgoing.to.key == ticket.requester.key:
        change.customer(
            Customer(
                address=ticket.requester.key,
                name=ticket.requester.name,
                first_seen=ticket.opened_at,
                undeliverable=reply,
            )
        )
        withdraw(change, f"undeliverable: {reply}")
    called = _CALLED.get(outgoing.name, outgoing.name)
    said = f"{called} was refused" if final else f"{called} is delayed"
    fields = {"address": outgoing.to.address, "status": reply, "reason": said, "text": ""}
    for agent in readers(setting.policy, change.ticket):
        change.notice(agent, "undeliverable", key=key, fields=fields)
    decision = change.decision("undelivered", reply)
    if not final:
        return decision
    return _with_others(decision, outgoing, f"undeliverable: {reply}", known, setting, fields, now=now, fresh=fresh)


def breaker_notice(inbox: str, last_hour: int, usual: float, setting: Setting, *, now: datetime) -> Decision:
    """Far more automatic letters than usual: the admins are told once an hour that they wait."""
    fields = {
        "reason": f"{last_hour} automatic letters within the hour, where {usual:.1f} are usual: they wait now",
        "where": inbox,
        "advice": "Mail still comes in and agents can answer. Letters go on by themselves when the hour is calmer; "
        "limits.breaker_floor in config.toml says from where on this is looked at.",
    }
    key = f"breaker:{now:%Y-%m-%dT%H}"
    notices = to_admins(setting, inbox, name="trouble", key=key, now=now, fields=fields)
    event = Event(ticket=None, at=now, what="breaker", detail=f"{last_hour} letters within the hour, usual {usual:.1f}")
    return Decision(outcome="paused", reason=event.detail, events=(event,), outgoing=notices)


def _with_others(
    decision: Decision,
    outgoing: Outgoing,
    why: str,
    known: Known,
    setting: Setting,
    fields: Mapping[str, object],
    *,
    now: datetime,
    fresh: FreshIds,
) -> Decision:
    """One letter may tell the next time of several tickets: with it, all of what it told is taken back."""
    tickets = {ticket.number: ticket for ticket in map(known.tickets.get, outgoing.numbers) if ticket is not None}
    for number, ticket in tickets.items():
        promise = known.promises.get(number)
        if number == decision.tickets[0].number or promise is None or promise.stated_by != outgoing.key:
            continue
        change = Change(setting, ticket, promise, now, fresh)
        change.event("undelivered", f"{outgoing.name} of #{outgoing.ticket} to {outgoing.to.address}: {why}")
        withdraw(change, why)
        for agent in readers(setting.policy, change.ticket):
            change.notice(agent, "undeliverable", key=f"undelivered:{outgoing.key}:{number}", fields=fields)
        decision = decision.along_with(change.decision(decision.outcome))
    return decision


def held_back(
    outgoing: Outgoing, reason: str, known: Known, setting: Setting, *, now: datetime, fresh: FreshIds
) -> Decision:
    """An automatic letter that a limit stopped at the last moment: the time that it would have told is taken back."""
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    if ticket is None:
        return Decision(outcome="dropped", reason=reason)
    promise = known.promises.get(ticket.number)
    change = Change(setting, ticket, promise, now, fresh)
    change.event("dropped", f"{outgoing.name} to {outgoing.to.address}: {reason}")
    if promise is not None and promise.id == outgoing.promise:
        withdraw(change, f"limit: {reason}")
        about = {"address": outgoing.to.address, "status": "", "reason": f"held back, {reason}", "text": ""}
        for agent in readers(setting.policy, change.ticket):
            change.notice(agent, "undeliverable", key=f"undelivered:{outgoing.key}:limit", fields=about)
    return change.decision("dropped", reason)
