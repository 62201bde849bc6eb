"""The mails that begin and end an agent's day: what is theirs, due, nobody's, and waiting; for leads, what slips tomorrow.

Each is told once a day at most, and not at all where there is nothing to tell; `/status` in answer to one gives it afresh.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from mailbot.core.actions.case import Case
from mailbot.core.actions.spam_heap import leads_of
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.letters.build import at_large, readers
from mailbot.core.letters.reply_links import one_tap, to_write
from mailbot.core.letters.who_has_it import holder
from mailbot.core.model.decision import Decision
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import AnswerNotice
from mailbot.core.model.page import EveningNotice, MorningNotice, OpenTickets, Page, PageKind, PageLine, PagePart
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises.business_hours import day_of_work, next_start
from mailbot.core.promises.schedule import owes_nothing
from mailbot.core.rules.setting import Setting
from mailbot.core.verbs.parse import Asked, parse_reply

SHOWN: Final = 12
"""How many tickets of each sort have a line of their own."""
LATE: Final = timedelta(hours=3)
"""So long after its beginning a day is still told of: the desk may have been down."""
BEFORE_CLOSING: Final = timedelta(minutes=30)
"""When leads are told of tomorrow."""
_SUBJECT: Final = 80  # characters
_NAME: Final = 60
_WORDS: Final = 300


def pages_due(policy: Policy, now: datetime) -> tuple[Page, ...]:
    """The pages whose time it is, told or not: by the desk's hours, on the clock of each agent. None on a day without hours."""
    found: list[Page] = []
    for agent in policy.agents.values():
        if (found_day := day_of_work(now, policy.hours_of(agent))) is None:
            continue
        today, day = found_day
        if not day[0] <= now < day[1]:
            continue
        if policy.morning_page and now < day[0] + LATE:
            found.append(Page(agent=agent.id, kind=PageKind.MORNING, day=today))
        if policy.evening_page and agent.lead and now >= day[1] - BEFORE_CLOSING:
            found.append(Page(agent=agent.id, kind=PageKind.EVENING, day=today))
    return tuple(found)


def tell(page: Page, tickets: OpenTickets, setting: Setting, *, now: datetime) -> Decision:
    """The mail of a page, if there is anything to tell. That it was looked at is stored with it."""
    agent = setting.policy.agents[page.agent]
    key = f"{page.name}:{page.day.isoformat()}"
    notice = _notice(page.kind, agent, tickets, setting, key=key, now=now)
    if notice is None:
        return Decision(outcome="nothing", reason=why("outcome.page", name=agent.name), pages=(page,))
    made = at_large(
        setting, agent, notice, inbox=_inbox(agent, setting.policy), key=key, now=now, page=page.kind.letter
    )
    return Decision(outcome="told", reason=why("outcome.page", name=agent.name), outgoing=(made,), pages=(page,))


def answer(case: Case) -> Decision:
    """What an agent wrote in answer to a page: `/status` gives it afresh; anything else is for no ticket, and goes nowhere."""
    incoming, setting = case.incoming, case.setting
    agent, token = incoming.who.agent, incoming.who.token
    assert agent is not None
    assert token is not None
    asked = parse_reply(incoming.new_text)
    proven = incoming.who.standing is Standing.AGENT
    author = Author.AGENT if proven else Author.STRANGER
    message = case.message(ticket=None, author=author, agent=agent.id, internal=True)
    words = " ".join((asked.unsent if isinstance(asked, Asked) else incoming.new_text).split())[:_WORDS]
    unsent = why("verbs.unsent", words=words) if words else None
    if proven and isinstance(asked, Asked) and {verb.name for verb in asked.verbs} == {"status"} and not asked.prose:
        kind = next((one for one in PageKind if one.letter == token.ref), PageKind.MORNING)
        key = f"page:{message.id}:{agent.id}"
        notice = _notice(kind, agent, case.known.open_of_all, setting, key=key, now=case.now, asked=True)
        assert notice is not None
        notice = replace(notice, unsent=unsent)
        made = at_large(setting, agent, notice, inbox=incoming.inbox, key=key, now=case.now, page=kind.letter)
        return Decision(
            outcome="done", reason=why("outcome.page", name=agent.name), messages=(message,), outgoing=(made,)
        )
    reason = why("page.only-status") if proven or incoming.who.reason is None else incoming.who.reason
    said = " ".join(incoming.new_text.split())[:_WORDS]
    lines = [reason, *([why("verbs.unsent", words=said)] if said else [])]
    refused = AnswerNotice(title=why("page.nothing-done"), lines=lines)
    key = f"refused:{message.id}:{agent.id}"
    told = at_large(setting, agent, refused, inbox=incoming.inbox, key=key, now=case.now)
    note = replace(message, note=why("note.refused", because=reason))
    return Decision(outcome="refused", reason=reason, messages=(note,), outgoing=(told,))


def _notice(
    kind: PageKind,
    agent: Agent,
    tickets: OpenTickets,
    setting: Setting,
    *,
    key: str,
    now: datetime,
    asked: bool = False,
) -> MorningNotice | EveningNotice | None:
    """What a page says; None if that is nothing, unless somebody `asked`."""
    if kind is PageKind.MORNING:
        return _morning(agent, tickets, setting, key=key, now=now, asked=asked)
    return _evening(agent, tickets, setting, key=key, now=now, asked=asked)


def _morning(
    agent: Agent, tickets: OpenTickets, setting: Setting, *, key: str, now: datetime, asked: bool
) -> MorningNotice | None:
    sorts: dict[str, list[PageLine]] = {name: [] for name in ("today", "yours", "nobodys", "away", "waiting")}
    tonight = _end_of_day(agent, setting.policy, now)
    for ticket, promise in tickets:
        mine = ticket.assignee == agent.id
        if not mine and not _hears(agent, ticket, setting.policy):
            continue
        due_today = promise is not None and promise.due <= tonight
        line = _line(ticket, promise, agent, setting, key, now)
        sort = "yours" if mine else "nobodys" if line.away is None else "away"
        sorts["waiting" if _waits(ticket, promise, setting.policy) else "today" if due_today else sort].append(line)
    if not any(sorts.values()) and not asked:
        return None
    return MorningNotice(
        parts=[
            PagePart(name=name, count=len(lines), lines=_weightiest(lines)[:SHOWN])
            for name, lines in sorts.items()
            if lines
        ],
        today=len(sorts["today"]),
        nobodys=sum(1 for lines in sorts.values() for one in lines if one.assignee is None and one.away is None),
    )


def _evening(
    agent: Agent, tickets: OpenTickets, setting: Setting, *, key: str, now: datetime, asked: bool
) -> EveningNotice | None:
    policy = setting.policy
    until = _end_of_day(agent, policy, next_start(now, policy.hours_of(agent)))
    due = [
        (ticket, promise)
        for ticket, promise in tickets
        if promise is not None
        and promise.due <= until
        and not _waits(ticket, promise, policy)
        and agent in leads_of(policy, ticket.inbox)
    ]
    slips = [
        _line(ticket, promise, agent, setting, key, now)
        for ticket, promise in due
        if policy.has_it(ticket) is None or ticket.covers
    ]
    if not slips and not asked:
        return None
    return EveningNotice(lines=_weightiest(slips)[:SHOWN], count=len(slips), due=len(due), until=until)


def _hears(agent: Agent, ticket: Ticket, policy: Policy) -> bool:
    """Whether a ticket that nobody has who is there is one that this agent is told of; leads, of an inbox that is gone."""
    if policy.has_it(ticket) is not None:
        return False
    return agent in (readers(policy, ticket) if ticket.inbox in policy.inboxes else leads_of(policy, ticket.inbox))


def _waits(ticket: Ticket, promise: Promise | None, policy: Policy) -> bool:
    """Whether we wait for the customer, and owe them nothing meanwhile."""
    return ticket.waits_for_them and (promise is None or owes_nothing(ticket, promise, policy))


def _weightiest(lines: list[PageLine]) -> list[PageLine]:
    """What is due first comes first, then what weighs most; what is promised nothing comes last."""
    return sorted(lines, key=lambda one: (one.due is None, one.due or 0, one.priority, one.ticket))


def _line(ticket: Ticket, promise: Promise | None, agent: Agent, setting: Setting, key: str, now: datetime) -> PageLine:
    policy = setting.policy
    mine, inbox = ticket.assignee == agent.id, policy.inboxes.get(ticket.inbox)
    has_it, told = agent if mine else policy.has_it(ticket), holder(policy, ticket, agent.id, now)
    owed = promise is not None and not _waits(ticket, promise, policy)  # a nudge's time is no answer's
    token = Token(kind=TokenKind.AGENT, ticket=ticket.number, agent=agent.id, epoch=agent.epoch, answers=ticket.answers)

    def tap(line: str) -> str | None:
        if inbox is None:
            return None
        return one_tap(policy, inbox, token, setting.signer, key=key, ticket=ticket.number, line=line)

    reach = inbox is not None and policy.subaddress
    return PageLine(
        ticket=ticket.number,
        priority=ticket.priority,
        sure=ticket.sure,
        customer=" ".join((ticket.requester.name or ticket.requester.address).split())[:_NAME],
        subject=" ".join(ticket.subject.split())[:_SUBJECT],
        due=promise.due if promise is not None and owed else None,
        mine=mine,
        assignee=has_it.name if has_it is not None else None,
        taken=told.since if has_it is not None else None,
        away=told.away if has_it is None else None,
        until=ticket.waiting_until,
        covered=ticket.covers,
        answer=to_write(policy, inbox, token, setting.signer, subject=ticket.subject, ticket=ticket.number)
        if reach and inbox is not None and has_it is not None
        else None,
        take=tap("/take") if has_it is None else None,
        ask=tap("/status") if has_it is not None and not reach else None,
    )


def _end_of_day(agent: Agent, policy: Policy, moment: datetime) -> datetime:
    """When the working day of `moment` ends for that agent; on a day without hours, `moment`."""
    found = day_of_work(moment, policy.hours_of(agent))
    return moment if found is None else max(found[1][1], moment)


def _inbox(agent: Agent, policy: Policy) -> str:
    """The inbox in whose name an agent is written to: one of their groups', else the first."""
    return next(
        (name for name, inbox in policy.inboxes.items() if inbox.group in agent.groups), next(iter(policy.inboxes))
    )
