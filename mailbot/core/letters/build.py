"""Decides which facts go into which mail: makes every letter, relay and notice, as an `Outgoing` without words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.core.intake.contact_form import BY_FORM, UNCONFIRMED, UNTITLED, given_name
from mailbot.core.intake.mime.links import unwrapped_text, without_spelled
from mailbot.core.intake.mime.pictures import without_marks
from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.letters.for_market import fit_for_market
from mailbot.core.letters.lures import holds_lure
from mailbot.core.letters.notice_head import writer_of
from mailbot.core.letters.reader_zone import zone_for_customer
from mailbot.core.letters.reply_links import Choice, one_tap, to_write
from mailbot.core.letters.sentences import whole_sentences
from mailbot.core.letters.who_has_it import holder
from mailbot.core.model.desk_notices import AdminNotice
from mailbot.core.model.fields import OfDesk
from mailbot.core.model.letter_fields import CustomerLetter, CustomersTicket
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.mail import Address
from mailbot.core.model.message import Message
from mailbot.core.model.notice_fields import AgentsTicket, AtLarge, Notice, Origin, Tap, TicketNotice
from mailbot.core.model.notice_parts import NO_PAST, NOBODY_KNOWN, Acquainted, Past, Said
from mailbot.core.model.office import office_of, told_of
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Agent, Inbox, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.account import grounds
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.hold import held_until, joins_by
from mailbot.core.sending.internal_addresses import holds_signed, without_signed
from mailbot.core.sending.sustained import together

_MATTER = 160
_GREETING = 40
_CALL = 3  # words: "Good morning everyone!" greets, "Thank you so much, Mara!" says something
_FAREWELL = 60
_NOTICE_TEXT = 20_000


def iso(moment: datetime | None) -> str | None:
    """A moment in the form that templates take."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def matter_of(text: str, subject: str) -> str:
    """The customer's matter in their own words, on one line: the first sentence or so of their mail, else the subject."""
    words = " ".join(_without_courtesies(without_spelled(without_marks(text))).split())
    if not words:
        return " ".join(subject.split())[:_MATTER]
    if len(words) <= _MATTER:
        return words
    cut = words[: _MATTER - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def quotation_of(text: str, subject: str) -> str:
    """The customer's matter as a letter quotes it: the first whole sentences of their mail, else its subject."""
    said = _without_courtesies(without_spelled(without_marks(text)))
    title = " ".join(subject.split())
    return whole_sentences(said, _MATTER) or (title if len(title) <= _MATTER else "")


def _without_courtesies(text: str) -> str:
    """The text without the greeting above and the name below, as far as their form shows them."""
    blocks = [b.strip() for b in text.split("\n\n") if b.strip()]
    if len(blocks) > 1 and len(blocks[0]) <= _GREETING and _greets(blocks[0]):
        del blocks[0]
    while len(blocks) > 1 and len(blocks[-1]) <= _FAREWELL and not blocks[-1].endswith((".", "?", "…", "。", "？")):
        blocks.pop()
    return "\n\n".join(blocks)


def _greets(block: str) -> bool:
    return block.endswith((",", ":", "，", "、")) or (block.endswith("!") and len(block.split()) <= _CALL)


def to_customer(
    setting: Setting,
    ticket: Ticket,
    letter: CustomerLetter,
    *,
    key: str,
    now: datetime,
    promise: Promise | None = None,
    attach: tuple[tuple[int, int], ...] = (),
) -> Outgoing:
    """A letter or relay to the requester, in their language and zone, in the thread of the ticket."""
    inbox = setting.policy.inboxes[ticket.inbox]
    token = setting.signer.sign(Token(kind=TokenKind.CUSTOMER, ticket=ticket.number))
    kind = KINDS[letter.letter].kind
    letter = fit_for_market(letter, ticket, setting.policy)
    missed = ticket.eta_at is not None and ticket.eta_at < now  # an estimate that has passed is no longer expected
    about = CustomersTicket(
        desk=setting.policy.desk_name,
        brand=inbox.display_name,
        customer=ticket.requester.name or "",
        ticket=ticket.number,
        priority=ticket.priority,
        sure=ticket.sure,
        office=office_of(ticket),
        urgency=ticket.urgency,
        owner=_agent_name(setting.policy, None if ticket.assignee in setting.policy.away else ticket.assignee),
        plan=ticket.plan,
        workaround=ticket.workaround,
        eta=None if missed else ticket.eta,
        eta_at=None if missed else ticket.eta_at,
        eta_missed=ticket.eta_at if missed else None,
        due=promise.due if promise else None,
        their_turn=ticket.waits_for_them,
        to_the_second=_to_the_second(setting.policy),
    )
    to, subject = ticket.requester, ticket.subject
    if kind is OutgoingKind.LETTER and UNCONFIRMED in ticket.tags:
        # Anybody may have given this address, and these words for its owner to read.
        trusted = BY_FORM in ticket.tags and not holds_lure(to.name or "")
        given = to.name or "" if trusted else given_name(to.name or "")
        about, to = replace(about, customer=given), replace(to, name=given or None)
        if not ticket.answers and (UNTITLED in ticket.tags or holds_lure(subject)):
            subject, about = "", replace(about, withheld=why("subject.withheld", number=ticket.number))
    told = {**about.as_fields(), **letter.as_fields()}
    return Outgoing(
        key=key,
        kind=kind,
        name=letter.letter,
        ticket=ticket.number,
        inbox=ticket.inbox,
        to=to,
        language=ticket.language,
        zone=zone_for_customer(ticket, setting.policy, promise.due if promise else now),
        automatic=kind is OutgoingKind.LETTER,
        subject=str(_for_outside(subject, OutgoingKind.LETTER, inbox, setting.signer)),
        in_reply_to=ticket.thread[-1] if ticket.thread else None,
        references=ticket.thread or (_root(setting, ticket),),
        reply_token=token,
        message_token=token,
        promise=promise.id if promise else None,
        attach=attach,
        not_before=now,
        fields={name: _for_outside(value, kind, inbox, setting.signer) for name, value in told.items()},
    )


def to_agent(
    setting: Setting,
    ticket: Ticket,
    agent: Agent,
    notice: TicketNotice,
    *,
    key: str,
    now: datetime,
    promise: Promise | None = None,
    held: Message | None = None,
    attach: tuple[tuple[int, int], ...] = (),
    tap: str = "",
    choices: Sequence[Choice] = (),
    notes: Sequence[Said] = (),
    before: Past = NO_PAST,
    known: Acquainted = NOBODY_KNOWN,
    inside: bool = False,
) -> Outgoing:
    """A notice to one agent. Its reply address lets that agent, and nobody else, answer the ticket (or release `held`).

    `tap` is a line for the desk that one tap sends; `choices` are several, for a question. `inside`: it answers a mail
    that was for colleagues, so that a reply to it is a note, as is one to any notice of what colleagues did.
    """
    inbox = setting.policy.inboxes[ticket.inbox]
    answering = Token(
        kind=TokenKind.AGENT, ticket=ticket.number, agent=agent.id, epoch=agent.epoch, answers=ticket.answers
    )
    token = answering if held is None else _for_held(agent, held)
    inside = notice.of_colleagues or (inside and held is None)
    reply = replace(answering, kind=TokenKind.TEAM) if inside else token
    signed = setting.signer.sign(reply)
    # To the customer from what stays inside, and to colleagues from what does not.
    other = answering if inside else replace(answering, kind=TokenKind.TEAM)
    link = to_write(setting.policy, inbox, other, setting.signer, subject=ticket.subject, ticket=ticket.number)
    has_it = holder(setting.policy, ticket, agent.id, now)
    about = AgentsTicket(
        desk=setting.policy.desk_name,
        brand=inbox.display_name,
        agent=_called(agent),
        to_the_second=_to_the_second(setting.policy),
        ticket=ticket.number,
        subject=ticket.subject,
        customer=ticket.requester,
        writer="" if notice.unknown_writer else writer_of(ticket.requester, setting.policy),
        priority=ticket.priority,
        sure=ticket.sure,
        office=told_of(ticket),
        urgency=ticket.urgency,
        why=None if ticket.why is None else grounds(ticket.why),
        assignee=has_it.name,
        mine=has_it.mine,
        taken=has_it.since,
        away=has_it.away,
        due=promise.due if promise else None,
        language=ticket.language,
        state=ticket.state.value,
        mute=ticket.mute.reason if ticket.mute is not None else None,
        origin=_origin(ticket, setting.policy),
        tap=one_tap(setting.policy, inbox, token, setting.signer, key=key, ticket=ticket.number, line=tap)
        if tap
        else None,
        answers=_taps(setting, inbox, token, key, ticket.number, choices),
        notes=notes,
        before=before,
        known=known,
        inside=inside,
        write=link if inside else None,
        team=link if not inside and held is None and agent.id in setting.policy.agents else None,
    )
    return Outgoing(
        key=key,
        kind=OutgoingKind.NOTICE,
        name=notice.letter,
        ticket=ticket.number,
        inbox=ticket.inbox,
        to=Address(name=agent.name, address=agent.addresses[0]),
        language=agent.language,
        zone=(agent.zone or setting.policy.zone).key,
        subject=ticket.subject,
        references=(f"ticket-{ticket.number}.{setting.signer.secret_word(f'thread:{ticket.number}:{agent.id}')[:16]}",),
        reply_token=signed,
        message_token=signed,
        agent=agent.id,
        attach=attach,
        not_before=now,
        held_until=held_until(agent, KINDS[notice.letter], ticket, setting.policy, now, promise),
        joins_by=None
        if held is not None
        else joins_by(agent, KINDS[notice.letter], ticket, setting.policy, now, promise),
        together=together(agent, KINDS[notice.letter], ticket, setting.policy, now, promise),
        fields={**about.as_fields(), **notice.as_fields()},
    )


def to_admins(setting: Setting, inbox: str, notice: AdminNotice, *, key: str, now: datetime) -> tuple[Outgoing, ...]:
    """A notice to every admin, or to the leads if the config names no admin."""
    policy = setting.policy
    people = [(a, "", policy.language, policy.zone.key) for a in policy.admins] or [
        (a.addresses[0], a.name, a.language, (a.zone or policy.zone).key) for a in policy.leads()
    ]
    where = inbox if inbox in policy.inboxes else next(iter(policy.inboxes))
    about = OfDesk(desk=policy.desk_name, brand=policy.inboxes[where].display_name)
    return tuple(
        Outgoing(
            key=f"{key}:{address}",
            kind=OutgoingKind.NOTICE,
            name=notice.letter,
            ticket=None,
            inbox=where,
            to=Address(name=person or None, address=address),
            language=language,
            zone=zone,
            not_before=now,
            fields={**replace(about, agent=person).as_fields(), **notice.as_fields()},
        )
        for address, person, language, zone in people
    )


def at_large(
    setting: Setting,
    agent: Agent,
    notice: Notice,
    *,
    inbox: str,
    key: str,
    now: datetime,
    subject: str = "",
    held: Message | None = None,
    choices: Sequence[Choice] = (),
    page: str = "",
    offered: Ticket | None = None,
) -> Outgoing:
    """A notice to one agent about no single ticket, which therefore cannot be answered, unless it asks about `held`, or
    is a `page` of their day, or the one ticket that it offers is `offered`.
    """
    policy = setting.policy
    token = _for_held(agent, held) if held is not None else None
    if page:
        token = Token(kind=TokenKind.PAGE, agent=agent.id, epoch=agent.epoch, ref=page)
    if offered is not None:
        token = Token(
            kind=TokenKind.AGENT,
            ticket=offered.number,
            agent=agent.id,
            epoch=agent.epoch,
            answers=offered.answers,
            offered=True,
        )
    signed = setting.signer.sign(token) if token is not None else None
    about = AtLarge(
        desk=policy.desk_name,
        brand=policy.inboxes[inbox].display_name,
        agent=_called(agent),
        to_the_second=_to_the_second(policy),
        subject=subject,
        answers=_taps(setting, policy.inboxes[inbox], token, key, None, choices) if token is not None else (),
    )
    return Outgoing(
        key=key,
        kind=OutgoingKind.NOTICE,
        name=notice.letter,
        ticket=None,
        inbox=inbox,
        to=Address(name=agent.name, address=agent.addresses[0]),
        language=agent.language,
        zone=(agent.zone or policy.zone).key,
        reply_token=signed,
        message_token=signed,
        agent=agent.id if token is not None else None,
        not_before=now,
        fields={**about.as_fields(), **notice.as_fields()},
    )


def _for_held(agent: Agent, held: Message) -> Token:
    return Token(kind=TokenKind.HELD, agent=agent.id, epoch=agent.epoch, ref=held.id)


def _taps(
    setting: Setting, inbox: Inbox, token: Token, key: str, ticket: int | None, choices: Sequence[Choice]
) -> tuple[Tap, ...]:
    """The buttons for the answers to a question."""
    links = [
        one_tap(setting.policy, inbox, token, setting.signer, key=key, ticket=ticket, line=one.line) for one in choices
    ]
    return tuple(Tap(label=one.label, line=one.line, link=link) for one, link in zip(choices, links, strict=True))


def shown(text: str) -> str:
    """A customer's words as a notice shows them: whole, unless they are very long."""
    return text if len(text) <= _NOTICE_TEXT else text[:_NOTICE_TEXT] + "\n[…]"


def readers(policy: Policy, ticket: Ticket) -> Sequence[Agent]:
    """Who is told about a ticket: its agent who is not away, else whom the config names for its matter, else the group of its inbox."""
    if (has_it := policy.has_it(ticket)) is not None:
        return (has_it,)
    named = [agent for name in policy.office.get(office_of(ticket) or "", ()) for agent in policy.named(name)]
    if named:
        return policy.present(tuple({agent.id: agent for agent in named}.values()))
    return policy.group(policy.inboxes[ticket.inbox].group)


def _to_the_second(policy: Policy) -> bool:
    """Whether the desk is being tried out in seconds; otherwise minutes are exact enough."""
    return policy.grain < timedelta(minutes=1)


def _called(agent: Agent) -> str:
    return agent.name.split()[0] if agent.name.split() else agent.id


def _for_outside(value: object, kind: OutgoingKind, inbox: Inbox, signer: Signer) -> object:
    """A fact as a letter may tell it: links lead straight to their targets, not through a gateway that names its user.

    What the desk itself quotes loses any address that was signed for an agent; about an agent's own words the agent is
    asked instead (`actions.carried_files.cannot_leave`).
    """
    if not isinstance(value, str):
        return value
    text = unwrapped_text(value) if "://" in value else value
    if kind is OutgoingKind.LETTER and holds_signed(text, signer):
        return without_signed(text, signer, inbox.address)
    return text


def _root(setting: Setting, ticket: Ticket) -> str:
    """The Message-ID that a ticket's letters refer to if no mail of the customer's has one, to form a thread."""
    return f"ticket-{ticket.number}.{setting.signer.secret_word(f'thread:{ticket.number}')[:16]}"


def _origin(ticket: Ticket, policy: Policy) -> Origin:
    """The ticket's domain, unless a public provider's, and how its sender was proven."""
    domain = ticket.requester.key.rpartition("@")[2]
    return Origin(
        proven=UNCONFIRMED not in ticket.tags, domain=None if domain in policy.limits.public_domains else domain
    )


def _agent_name(policy: Policy, agent: str | None) -> str | None:
    return policy.agents[agent].name if agent is not None and agent in policy.agents else None
