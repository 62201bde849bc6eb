"""Who hears of a mail: the agents of its ticket, those whom the rules name, and the triage group if no rule fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.core.actions.change import Change
from mailbot.core.intake.contact_form import is_ours
from mailbot.core.intake.find_ticket import Place
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.build import readers, to_agent
from mailbot.core.model.addresses import address_key
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Address
from mailbot.core.model.notice_fields import FollowupNotice, TicketNotice
from mailbot.core.model.notice_parts import AlsoTo
from mailbot.core.model.office import office_of
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.promises import ladder
from mailbot.core.rules.triage import Triage

_NAMED, _NAME = 50, 60  # of those who were written to: how many are named, and characters of a name
TRIAGE = "triage"  # the group that is told if no rule fitted, if it has members


def hearers(change: Change, result: Triage) -> tuple[Agent, ...]:
    """The agents who get a notice, each once: the group that the rules assign replaces the inbox's own."""
    policy, ticket = change.setting.policy, change.ticket
    told = list(readers(policy, ticket))
    if ticket.assignee is None and result.assign is not None and (given := policy.given(result.assign)):
        told = list(given)
    for name in result.notify:
        told += policy.named(name)
    if not result.matched:
        told += policy.named(TRIAGE)
    if policy.is_alarmed(ticket):
        told += policy.leads()
    told += on_call(change)
    return tuple({agent.id: agent for agent in told}.values())


def on_call(change: Change) -> Sequence[Agent]:
    """Who is called for an outage at this hour, whether or not it is their group's; nobody if no rota decides that."""
    if change.promise is None or not ladder.decides(change.ticket, change.setting.policy, change.now):
        return ()
    return ladder.told(change.ticket, change.setting.policy, change.promise, change.now)


def outsiders(change: Change, result: Triage) -> tuple[str, ...]:
    """The addresses that the rules, or the config for an office matter, name and that are no agent's: they are told, and cannot answer for the desk."""
    policy = change.setting.policy
    names = (*result.notify, *policy.office.get(office_of(change.ticket) or "", ()))
    return tuple(dict.fromkeys(name for name in names if "@" in name and policy.agent_of(name) is None))


def tell_outsider(change: Change, address: str, notice: TicketNotice, *, key: str) -> None:
    """The notice of a new ticket to somebody who is no agent: without an address that could be used to answer it."""
    policy = change.setting.policy
    nobody = Agent(id="notify", name=address.partition("@")[0], addresses=(address,), language=policy.language)
    made = to_agent(change.setting, change.ticket, nobody, notice, key=f"{key}:{address}", now=change.now)
    to = Address(name=None, address=address)
    change.enclose(replace(made, to=to, reply_token=None, message_token=None, agent=None))


def who_hears(incoming: Incoming, before: Ticket, agents: Sequence[Agent], policy: Policy) -> Sequence[Agent]:
    """Those who are told of a mail: an agent who passed it on sees what became of it, and one who solved the ticket
    that it is open again. `before` is the ticket as it was when the mail came.
    """
    more = [incoming.passed_on_by]
    if before.state is TicketState.RESOLVED:
        more.append(policy.agents.get(before.last_answer_by or ""))
    return tuple({agent.id: agent for agent in (*agents, *more) if agent is not None}.values())


def to_whom(incoming: Incoming, ticket: Ticket, policy: Policy) -> Sequence[Agent]:
    """The agents who hear of it: the ticket's, and the whole group if the sender addressed all of those anyway."""
    people = readers(policy, ticket)
    have_it = {a.key for a in (*incoming.mail.to, *incoming.mail.cc)}
    if all(have_it & set(map(address_key, agent.addresses)) for agent in people):
        people = (*people, *policy.group(policy.inboxes[ticket.inbox].group))
    return tuple({agent.id: agent for agent in people}.values())


def also_to(incoming: Incoming, policy: Policy) -> AlsoTo:
    """Whom the mail names in To, Cc and Reply-To besides us and its sender: it says who knows, and who must be answered."""
    others = {
        box.key: box
        for box in (*incoming.mail.to, *incoming.mail.cc)
        if box.key not in (incoming.keys.sender, incoming.sender.key) and not is_ours(box, policy)
    }
    named = [_named(box) for box in others.values()]
    elsewhere = [
        _named(box)
        for box in incoming.mail.reply_to
        if box.key not in (incoming.keys.sender, incoming.sender.key) and not is_ours(box, policy)
    ]
    more = max(len(named) - _NAMED, 0)
    return AlsoTo(also_to=named[:_NAMED], also_more=more, answers_to=elsewhere[:_NAMED])


def _named(box: Address) -> str:
    return f"{box.name[:_NAME]} <{box.address}>" if box.name else box.address


def note_passed_on(change: Change, incoming: Incoming) -> None:
    """A line of the diary about who forwarded a mail, and with which words."""
    by = incoming.passed_on_by
    if by is not None:
        address, words = incoming.sender.address, incoming.passed_on_with[:500].strip()
        with_words = why("event.passed-on.with-words", name=by.name, address=address, words=words)
        change.event(with_words if words else why("event.passed-on.alone", name=by.name, address=address), by=by.id)


def tell_linked(
    change: Change, place: Place, known: Known, message_id: str, notice: FollowupNotice, told: Sequence[Agent]
) -> None:
    """Agents with a ticket of other people that this mail refers to hear of it, unless they have just got it."""
    here = change.ticket.number
    there = replace(notice, stranger=True, reopened=False, merged=(), linked=(here,), lies_in=here, split=None)
    for number in place.linked:
        other = known.tickets[number]
        for agent in readers(change.setting.policy, other):
            if agent in told:
                continue
            key = f"linked:{message_id}:{number}:{agent.id}"
            change.enclose(to_agent(change.setting, other, agent, there, key=key, now=change.now))
