"""An agent goes away or comes back: by a line in any mail of theirs, or by the automatic reply of their mailbox.

Their open tickets are offered to those who would hear of them, in one mail each, and promises stay as they are. While it
lasts, `letters.build.readers` is who hears instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.core.actions.ask_agent import refuse_at_large
from mailbot.core.actions.case import Case
from mailbot.core.intake.agent_proof import unvouched, vouched
from mailbot.core.intake.automatic.auto_text import acknowledges, says_absent
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.screen import arrived
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.language.absence_time import away_until, named_return
from mailbot.core.language.calendar import Away
from mailbot.core.letters.build import at_large, readers
from mailbot.core.letters.reply_links import one_tap
from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.notice_fields import AnswerNotice
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.page import PageKind
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.team_notices import OfferedNotice, OfferLine
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises.business_hours import is_open, next_open
from mailbot.core.rules.setting import Setting
from mailbot.core.verbs.lines import LineKind, is_blank, read_line
from mailbot.core.verbs.parse import Asked, Refusal, Verb, parse_reply

VERBS = frozenset({"away", "back"})
_SHOWN = 50  # tickets that are offered with a line of their own
_SUBJECT = 120
_BACK = "/back"
_NO_ABSENCE = frozenset(
    {"screen.full_mailbox", "screen.null_return_path", "screen.mail_system"}
    | {"screen.inbox_rule", "screen.loop_header_back", "screen.other_desk"}
)
_OF_AGENTS = (TokenKind.AGENT, TokenKind.TEAM, TokenKind.HELD, TokenKind.PAGE)

Assigned = Sequence[tuple[Ticket, datetime | None]]


def until_said(argument: str, agent: Agent, policy: Policy, now: datetime) -> datetime | None:
    """When the agent says that they are back; None if that is no clear time ahead."""
    return away_until(argument, now=now, hours=policy.hours_of(agent))


def cannot_go(verb: Verb, agent: Agent, policy: Policy, now: datetime) -> Reason | None:
    """Why a line about an absence cannot be obeyed; None if it can, and for any other line."""
    if verb.name != "away" or verb.argument == "off" or until_said(verb.argument, agent, policy, now) is not None:
        return None
    return why("refused.away", given=verb.argument)


def _stored(agent: Agent, known: Known) -> Absence | None:
    """What is stored of that agent, also if it is over."""
    return next((one for one in known.absences if one.agent == agent.id), None)


def obey(
    verb: Verb, agent: Agent, known: Known, setting: Setting, *, inbox: str, key: str, now: datetime
) -> tuple[Decision, list[Reason]]:
    """Do what such a line says; what it changes, and what the agent is told of that. `key` is the mail's."""
    stored = _stored(agent, known)
    was = stored if stored is not None and stored.lasts(now) else None
    if verb.name == "back" or verb.argument == "off":
        if was is None:
            return Decision(outcome="done"), [why("away.were-here")]
        back = [why("away.back")]
        if was.by is ToldBy.CALENDAR:  # which goes on saying otherwise: that they said this is kept
            return Decision(
                outcome="done", absences=(replace(was, until=now, by=ToldBy.THEMSELVES, instead_of=was),)
            ), back
        return Decision(outcome="done", back=(agent.id,)), back
    until = until_said(verb.argument, agent, setting.policy, now)
    assert until is not None
    absence = Absence(agent=agent.id, since=now, until=until, by=ToldBy.THEMSELVES, instead_of=stored)
    told = [why("away.noted", until=until), why("away.noted-how")]
    if was is not None:  # their tickets have been offered
        return Decision(outcome="done", absences=(absence,)), told
    offered = _offer(absence, agent, known.assigned, setting, inbox=inbox, key=key, now=now)
    if known.assigned:
        to = [one.to for one in offered.outgoing if not _is_away(one.to.address, setting.policy)]
        names = ", ".join(dict.fromkeys(one.name or one.address for one in to))
        count = len(known.assigned)
        told.append(why("away.offered", count=count, names=names) if names else why("away.nobody", count=count))
    return offered, told


def _offer(
    absence: Absence, agent: Agent, assigned: Assigned, setting: Setting, *, inbox: str, key: str, now: datetime
) -> Decision:
    """The absence, and one mail to each of those who hear of the agent's tickets from now on, about all of these."""
    there = setting.with_absences((*setting.policy.away.values(), absence), now)
    to: dict[str, list[tuple[Ticket, datetime | None]]] = {}
    for ticket, due in assigned:
        for reader in readers(there.policy, ticket):
            if reader.id != agent.id:
                to.setdefault(reader.id, []).append((ticket, due))
    mails = tuple(
        _offered(there, there.policy.agents[reader], agent, absence, tickets, inbox=inbox, key=key, now=now)
        for reader, tickets in to.items()
    )
    away = _said(absence)
    events = tuple(Event(ticket=ticket.number, at=now, what=away, by=agent.id) for ticket, _ in assigned)
    return Decision(outcome="away", reason=away, absences=(absence,), events=events, outgoing=mails)


def _is_away(address: str, policy: Policy) -> bool:
    agent = policy.agent_of(address)
    return agent is not None and agent.id in policy.away


def _said(absence: Absence) -> Reason:
    if absence.until is None:
        return why("event.away.open")
    return why("event.away.until", until=absence.until)


def _offered(
    setting: Setting,
    reader: Agent,
    agent: Agent,
    absence: Absence,
    tickets: Assigned,
    *,
    inbox: str,
    key: str,
    now: datetime,
) -> Outgoing:
    key = f"offered:{key}:{reader.id}"
    notice = OfferedNotice(
        who=agent.name,
        until=absence.until,
        by_mailbox=absence.by is ToldBy.MAILBOX,
        lines=[_line(ticket, due, reader, inbox, setting, key) for ticket, due in tickets[:_SHOWN]],
        count=len(tickets),
    )
    only = tickets[0][0] if len(tickets) == 1 else None  # of several, an answer does not say which it is about
    mail = at_large(setting, reader, notice, inbox=inbox, key=key, now=now, offered=only)
    hurried = any(ticket.priority <= 2 or setting.policy.is_alarmed(ticket) for ticket, _ in tickets)
    if hurried or reader.hours is None or is_open(now, reader.hours):
        return mail
    return replace(mail, not_before=next_open(now, reader.hours))


def _line(ticket: Ticket, due: datetime | None, reader: Agent, inbox: str, setting: Setting, key: str) -> OfferLine:
    policy = setting.policy
    token = Token(
        kind=TokenKind.AGENT, ticket=ticket.number, agent=reader.id, epoch=reader.epoch, answers=ticket.answers
    )
    return OfferLine(
        number=ticket.number,
        priority=ticket.priority,
        who=ticket.requester.name or ticket.requester.address,
        subject=" ".join(ticket.subject.split())[:_SUBJECT],
        due=due,
        tap=one_tap(policy, policy.inboxes[inbox], token, setting.signer, key=key, ticket=ticket.number, line="/take"),
    )


# --- in a mail that is about no ticket -----------------------------------------------------------------------------------


def asks_at_large(incoming: Incoming, policy: Policy) -> Asked | Refusal | None:
    """What a mail of an agent that is about no ticket asks for, if that is about their absence and nothing else."""
    if (
        _writer(incoming, policy) is None
        or incoming.written_to is not None
        or incoming.screening.kind is not Kind.PERSON
    ):
        return None
    first = next((line for line in incoming.new_text.split("\n") if not is_blank(line)), "")
    line = read_line(first)
    if line.kind is not LineKind.VERB or line.name not in VERBS:
        return None
    asked = parse_reply(incoming.new_text)
    if isinstance(asked, Asked) and any(verb.name not in VERBS for verb in asked.verbs):
        return None
    return asked


def _writer(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent from whose address it comes, or who answers a page of their day."""
    who = incoming.who
    page = who.standing is Standing.AGENT and who.token is not None and who.token.kind is TokenKind.PAGE
    return who.agent if page else from_theirs(incoming, policy)


def from_theirs(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent from whose address it comes; `written_by` may also be one who is only named beside another address."""
    agent = policy.agent_of(incoming.sender.address)
    wrote = incoming.written_by
    return agent if agent is not None and wrote is not None and agent.id == wrote.id else None


def at_no_ticket(case: Case, asked: Asked | Refusal) -> Decision:
    """Such a mail is answered, and obeyed where it is theirs. It is asked back where nothing can show whose it is."""
    incoming, policy = case.incoming, case.setting.policy
    agent = _writer(incoming, policy)
    assert agent is not None
    if incoming.who.standing is not Standing.AGENT and vouched(incoming.mail, policy) is False:
        return refuse_at_large(case, agent, why("refused.away-unproven", because=unvouched(incoming.mail, policy)))
    if isinstance(asked, Refusal):
        return refuse_at_large(case, agent, asked.reason)
    for verb in asked.verbs:
        if (problem := cannot_go(verb, agent, policy, case.now)) is not None:
            return refuse_at_large(case, agent, problem)
    message = case.message(ticket=None, author=Author.AGENT, agent=agent.id, internal=True)
    inbox = incoming.inbox
    line = _asked_of(asked, agent, policy, case.now)
    changes = line != _BACK or agent.id in policy.away
    if changes and incoming.who.standing is not Standing.AGENT and vouched(incoming.mail, policy) is None:
        return _asked_back(case, agent, message, line)
    decision, lines = Decision(outcome="done", messages=(message,)), list[Reason]()
    for verb in asked.verbs:
        done, told = obey(verb, agent, case.known, case.setting, inbox=inbox, key=message.id, now=case.now)
        decision, lines = joined(decision, done), lines + told
    answer = at_large(
        case.setting,
        agent,
        AnswerNotice(title=lines[0], lines=lines[1:]),
        inbox=inbox,
        key=f"answer:{message.id}:{agent.id}",
        now=case.now,
    )
    return replace(decision, reason=lines[0], outgoing=(*decision.outgoing, answer))


def _asked_of(asked: Asked, agent: Agent, policy: Policy, now: datetime) -> str:
    """The line that says the same at any time: "tomorrow" is another day tomorrow."""
    goes = next((verb for verb in asked.verbs if verb.name == "away" and verb.argument != "off"), None)
    until = until_said(goes.argument, agent, policy, now) if goes is not None else None
    return _BACK if until is None else f"/away until {until.astimezone(policy.hours_of(agent).zone):%Y-%m-%d %H:%M}"


def _asked_back(case: Case, agent: Agent, message: Message, line: str) -> Decision:
    """The question whether that line is theirs, answered by the same line to an address that is signed for them."""
    question = why("away.confirm-back") if line == _BACK else why("away.confirm")
    notice = at_large(
        case.setting,
        agent,
        AnswerNotice(title=question, lines=[why("away.confirm-how", line=line)]),
        inbox=case.incoming.inbox,
        key=f"ask:{message.id}:{agent.id}",
        now=case.now,
        page=PageKind.MORNING.letter,
    )
    return Decision(outcome="held", reason=question, messages=(message,), outgoing=(notice,))


def joined(decision: Decision, other: Decision) -> Decision:
    """A decision with what another one says of absences; of one agent, what comes last."""
    said = {*(one.agent for one in other.absences), *other.back}
    absences = (*(one for one in decision.absences if one.agent not in said), *other.absences)
    back = (*(one for one in decision.back if one not in said), *other.back)
    return replace(decision.along_with(other), absences=absences, back=back)


def who_may_go(incoming: Incoming, policy: Policy, asks: frozenset[str]) -> Agent | None:
    """Whose open tickets bear on the mail, since it may say that they go away; `asks` are the verbs of an agent's."""
    who = incoming.who
    if who.agent is not None and ("away" in asks or (who.token is not None and who.token.kind is TokenKind.HELD)):
        return who.agent
    if asks_at_large(incoming, policy) is not None:
        return _writer(incoming, policy)
    return agent_absent(incoming, policy)


# --- said by their mailbox, and ended by themselves ----------------------------------------------------------------------


def agent_absent(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent whose mailbox says in this mail (RFC 3834) that they are away; None for any other mail."""
    sender = incoming.mail.sender
    if incoming.screening.kind is not Kind.AUTO_REPLY or sender is None:
        return None
    if incoming.screening.reason.code in _NO_ABSENCE:
        return None
    agent = policy.agent_of(sender.address)
    if agent is None:
        return None
    theirs = any(
        token.kind in _OF_AGENTS and token.agent == agent.id and token.epoch == agent.epoch for token in incoming.tokens
    )
    return agent if theirs or vouched(incoming.mail, policy) else None


def noticed(case: Case, decision: Decision) -> Decision:
    """What a machine's mail changes, and that an agent is away if it says so. What they said themselves counts more."""
    incoming, setting, now = case.incoming, case.setting, case.now
    agent = agent_absent(incoming, setting.policy)
    if agent is None:
        return decision
    stored = _stored(agent, case.known)
    was = stored if stored is not None and stored.lasts(now) else None
    if was is not None and was.by is ToldBy.THEMSELVES:
        return decision
    said_at = min(now, arrived(incoming.mail) or incoming.mail.date or incoming.received_at)
    if incoming.before_desk or now - said_at > setting.policy.limits.too_old:
        return decision
    subject, words = incoming.mail.subject[:_SUBJECT], incoming.whole
    until = named_return(f"{subject}\n{words}", now=said_at, hours=setting.policy.hours_of(agent))
    if until is not None and until <= now:
        return decision
    if not says_absent(subject, words) and (until is None or acknowledges(words)):
        return decision
    since = now if was is None else was.since
    absence = Absence(agent=agent.id, since=since, until=until, by=ToldBy.MAILBOX, instead_of=stored)
    if was is not None:  # their tickets have been offered
        return replace(decision, absences=(absence,))
    key = f"mailbox:{now:%Y%m%d}:{agent.id}"  # a mailbox that goes on saying so is heard once a day
    offered = _offer(absence, agent, case.known.assigned, setting, inbox=incoming.inbox, key=key, now=now)
    return joined(decision, offered)


def by_calendar(agent: Agent, away: Away | None, known: Known, setting: Setting, *, now: datetime) -> Decision | None:
    """What follows from an agent's calendar, which says that they are `away` now, or not; None if nothing does.

    What they or their mailbox said counts more, also that they are back before such a time is over.
    """
    was = _stored(agent, known)
    lasts = was is not None and was.lasts(now)
    if away is None:
        if was is not None and lasts and was.by is ToldBy.CALENDAR:
            over = replace(was, until=now, instead_of=was)  # unlike `back`, this ends nothing that was said meanwhile
            return Decision(outcome="back", reason=why("away.back"), absences=(over,))
        return None
    if was is not None and was.by is not ToldBy.CALENDAR and (lasts or (was.until or now) >= away.begins):
        return None
    absence = Absence(agent=agent.id, since=away.begins, until=away.ends, by=ToldBy.CALENDAR, instead_of=was)
    if was == absence:
        return None
    if was is not None and lasts:  # it is longer, or shorter: their tickets have been offered
        return Decision(outcome="away", reason=_said(absence), absences=(absence,))
    inbox = next(iter(setting.policy.inboxes))
    key = f"calendar:{away.begins:%Y%m%d%H%M}:{agent.id}"
    return _offer(absence, agent, known.assigned, setting, inbox=inbox, key=key, now=now)


def back_again(case: Case, decision: Decision) -> Decision:
    """Whoever writes is there: what only their mailbox said ends with the next mail that is shown to be theirs."""
    incoming = case.incoming
    if incoming.screening.kind is not Kind.PERSON:
        return decision
    agent = incoming.who.agent if incoming.who.standing is Standing.AGENT else None
    if agent is None and vouched(incoming.mail, case.setting.policy):
        agent = from_theirs(incoming, case.setting.policy)
    if agent is None or any(one.agent == agent.id for one in decision.absences):
        return decision
    if not any(one.agent == agent.id and one.by is ToldBy.MAILBOX for one in case.known.absences):
        return decision
    return replace(decision, back=(*decision.back, agent.id))
