"""A mail of ours that could not be delivered: who must hear of it, and what it means for the ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core.actions.change import Change
from mailbot.core.actions.writing_permission import withdraw
from mailbot.core.letters.build import readers, to_admins
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import TroubleNotice
from mailbot.core.model.event import Event
from mailbot.core.model.known import Known
from mailbot.core.model.letter_kinds import Audience, kind_of
from mailbot.core.model.notice_fields import UndeliverableNotice
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Mute, Silence, undeliverable
from mailbot.core.model.ticket import Customer
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.core.sending.refusals import About


def undelivered(
    outgoing: Outgoing,
    reply: str,
    known: Known,
    setting: Setting,
    *,
    final: bool,
    about: About = About.RECIPIENT,
    now: datetime,
    fresh: FreshIds,
) -> Decision:
    """After a refusal (`final`: it is not tried again): an agent is told about a customer's mail, an admin about a notice.

    Only a final refusal of the customer's address stops automatic mail to it, and takes back what was promised,
    including what the same letter told about other tickets.
    """
    unwanted = about is About.MAIL and not final
    refused = final or unwanted
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    key = f"undelivered:{outgoing.key}:{'final' if final else 'late'}"
    if outgoing.kind is OutgoingKind.NOTICE or ticket is None:
        return _notice_undelivered(outgoing, reply, setting, refused=refused, key=key, about=about, now=now)
    change = Change(setting, ticket, known.promises.get(ticket.number), now, fresh, known.notes.get(ticket.number, ()))
    name, address = outgoing.name, outgoing.to.address
    change.event(
        why("event.undelivered.refused", letter=name, address=address, reply=reply)
        if refused
        else why("event.undelivered.delayed", letter=name, address=address, reply=reply)
    )
    blamed = final and about is About.RECIPIENT
    if blamed and outgoing.to.key == ticket.requester.key:
        change.customer(
            Customer(
                address=ticket.requester.key,
                name=ticket.requester.name,
                first_seen=ticket.opened_at,
                undeliverable=reply,
            )
        )
        change.doubt(ticket.requester.key)
        withdraw(change, undeliverable(reply))
    called = kind_of(outgoing).called
    said = why("undelivered.refused", letter=called) if final else why("undelivered.delayed", letter=called)
    if unwanted:
        said = why("undelivered.unwanted", letter=called)
    elif final and about is About.SIZE:
        said = why("undelivered.too_large", letter=called)
    elif final and not blamed:
        said = why("undelivered.given_up", letter=called)
    notice = UndeliverableNotice(address=outgoing.to.address, status=reply, reason=said, given_up=final and not blamed)
    for agent in readers(setting.policy, change.ticket):
        change.notice(agent, notice, key=key)
    decision = change.decision("undelivered", why("outcome.reply", reply=reply))
    if not blamed:
        return decision
    return _with_others(decision, outgoing, reply, known, setting, notice, now=now, fresh=fresh)


def _notice_undelivered(
    outgoing: Outgoing, reply: str, setting: Setting, *, refused: bool, key: str, about: About, now: datetime
) -> Decision:
    name, address = outgoing.name, outgoing.to.address
    said = (
        why("trouble.notice-refused", name=name, address=address, reply=reply)
        if refused
        else why("trouble.notice-delayed", name=name, address=address, reply=reply)
    )
    what = why("event.undelivered.notice", because=said)
    if kind_of(outgoing).audience is Audience.ADMIN:
        return Decision(outcome="undelivered", events=(Event(ticket=None, at=now, what=what),))
    advice = why("trouble.check-address") if about is About.RECIPIENT else ""
    trouble = TroubleNotice(reason=said, where=outgoing.to.address, advice=advice)
    return Decision(
        outcome="undelivered",
        reason=said,
        events=(Event(ticket=outgoing.ticket, at=now, what=what),),
        outgoing=to_admins(setting, outgoing.inbox, trouble, key=key, now=now),
    )


def without_files(
    outgoing: Outgoing,
    size: int,
    reply: str,
    known: Known,
    setting: Setting,
    *,
    now: datetime,
    fresh: FreshIds,
) -> Decision:
    """A mail that is too large with its files (`size` in bytes) goes again without them and says so; its agent is told."""
    megabytes = f"{max(size / 1e6, 0.1):.1f} MB"
    ours = outgoing.kind is OutgoingKind.NOTICE
    left = (
        why("files.too_large_for_us", size=megabytes, ticket=outgoing.ticket)
        if ours
        else why("files.too_large", size=megabytes)
    )
    # Nothing is said to be attached, nor that only some of it is not.
    lists: dict[str, object] = {name: [] for name in ("attachments", "left_out") if name in outgoing.fields}
    again = replace(
        outgoing,
        key=f"{outgoing.key}:without-files",
        attach=(),
        fields={**outgoing.fields, **lists, "without_files": left.field},
        not_before=now,
    )
    name, address = outgoing.name, outgoing.to.address
    what = why("event.without-files.again", letter=name, address=address, size=megabytes, reply=reply)
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    if ours or ticket is None:
        event = Event(ticket=outgoing.ticket, at=now, what=what)
        return Decision(
            outcome="without files", reason=why("outcome.reply", reply=reply), events=(event,), outgoing=(again,)
        )
    change = Change(setting, ticket, known.promises.get(ticket.number), now, fresh, known.notes.get(ticket.number, ()))
    change.event(what)
    change.enclose(again)
    called = kind_of(outgoing).called
    said = why("undelivered.without_files", letter=called, size=megabytes)
    notice = UndeliverableNotice(address=outgoing.to.address, status=reply, reason=said)
    for agent in readers(setting.policy, change.ticket):
        change.notice(agent, notice, key=f"undelivered:{outgoing.key}:files")
    return change.decision("without files", why("outcome.reply", reply=reply))


def breaker_notice(inbox: str, last_hour: int, usual: float, setting: Setting, *, now: datetime) -> Decision:
    """Far more automatic letters than usual: the admins are told once an hour that they wait."""
    trouble = TroubleNotice(
        reason=why("trouble.many-letters", count=last_hour, usual=f"{usual:.1f}"),
        where=inbox,
        advice=why("trouble.many-letters-advice"),
    )
    key = f"breaker:{now:%Y-%m-%dT%H}"
    notices = to_admins(setting, inbox, trouble, key=key, now=now)
    event = Event(ticket=None, at=now, what=why("event.breaker.paused", count=last_hour, usual=f"{usual:.1f}"))
    return Decision(outcome="paused", reason=event.what, events=(event,), outgoing=notices)


def _with_others(
    decision: Decision,
    outgoing: Outgoing,
    reply: str,
    known: Known,
    setting: Setting,
    notice: UndeliverableNotice,
    *,
    now: datetime,
    fresh: FreshIds,
) -> Decision:
    """One letter may tell the next time of several tickets: with it, all that it told is taken back."""
    tickets = {ticket.number: ticket for ticket in map(known.tickets.get, outgoing.numbers) if ticket is not None}
    for number, ticket in tickets.items():
        promise = known.promises.get(number)
        if number == decision.tickets[0].number or promise is None or promise.stated_by != outgoing.key:
            continue
        change = Change(setting, ticket, promise, now, fresh)
        name, address = outgoing.name, outgoing.to.address
        change.event(
            why("event.undelivered.of-another", letter=name, number=outgoing.ticket, address=address, reply=reply)
        )
        withdraw(change, undeliverable(reply))
        for agent in readers(setting.policy, change.ticket):
            change.notice(agent, notice, key=f"undelivered:{outgoing.key}:{number}")
        decision = decision.along_with(change.decision(decision.outcome))
    return decision


def held_back(
    outgoing: Outgoing, reason: Reason, known: Known, setting: Setting, *, now: datetime, fresh: FreshIds
) -> Decision:
    """An automatic letter that a limit stopped at the last moment: the time that it would have told is taken back."""
    ticket = known.tickets.get(outgoing.ticket) if outgoing.ticket is not None else None
    if ticket is None:
        return Decision(outcome="dropped", reason=reason)
    promise = known.promises.get(ticket.number)
    change = Change(setting, ticket, promise, now, fresh)
    change.event(why("event.dropped.because", letter=outgoing.name, address=outgoing.to.address, because=reason))
    if promise is not None and promise.id == outgoing.promise:
        withdraw(change, Mute(Silence.LIMIT, reason))
        notice = UndeliverableNotice(
            address=outgoing.to.address, status="", reason=why("undelivered.held_back", reason=reason)
        )
        for agent in readers(setting.policy, change.ticket):
            change.notice(agent, notice, key=f"undelivered:{outgoing.key}:limit")
    return change.decision("dropped", reason)
