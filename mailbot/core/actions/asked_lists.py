"""What an agent asks of all tickets: `/find`, `/mine`, `/open`, and `/show`, all that was said on one.

The answer is one mail, to that agent alone. A mail that asks so asks for nothing else, whether it is about a ticket or not:
in a mail of its own it counts as `/away` does there. Nothing is changed, and nobody else hears of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from mailbot.core.actions.absence import from_theirs
from mailbot.core.actions.case import Case
from mailbot.core.actions.status import STANDS
from mailbot.core.intake.agent_proof import unvouched, vouched
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.letters.build import at_large
from mailbot.core.letters.reply_links import one_tap, to_write
from mailbot.core.model.decision import Decision
from mailbot.core.model.found import SHOWN, Found, Search
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.notice_fields import AnswerNotice
from mailbot.core.model.page import FoundLine, FoundNotice, SaidPart
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.rules.setting import Setting
from mailbot.core.verbs.arguments import LISTS
from mailbot.core.verbs.lines import LineKind, is_blank, read_line
from mailbot.core.verbs.parse import Asked, Refusal, Verb, parse_reply

_SUBJECT: Final = 80  # characters
_NAME: Final = 60
_WORDS: Final = 300
_MOST_SAID: Final = 60  # mails of a ticket that are shown
_SAID: Final = 6_000  # characters of one of them
_OPEN: Final = (TicketState.OPEN, TicketState.WAITING)


def asks(incoming: Incoming, policy: Policy) -> Asked | Refusal | None:
    """What a mail of an agent asks of all tickets; None for any other mail."""
    if writer(incoming, policy) is None or incoming.written_to is not None or incoming.passed_on_by is not None:
        return None
    if incoming.screening.kind is not Kind.PERSON:
        return None
    first = next((line for line in incoming.new_text.split("\n") if not is_blank(line)), "")
    line = read_line(first)
    if line.kind is not LineKind.VERB or line.name not in LISTS:
        return None
    return parse_reply(incoming.new_text)


def writer(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent who wrote it: shown by a signed address, or by their own."""
    who = incoming.who
    if who.standing is Standing.AGENT:
        return who.agent
    return from_theirs(incoming, policy) if who.token is None else None


def with_keys(incoming: Incoming, policy: Policy) -> Incoming:
    """The mail with what to ask the store, if it asks for that."""
    asked, agent = asks(incoming, policy), writer(incoming, policy)
    if not isinstance(asked, Asked) or agent is None:
        return incoming
    verb = asked.verbs[0]
    return replace(incoming, keys=_keys(incoming.keys, verb, incoming, agent, policy))


def _keys(keys: Keys, verb: Verb, incoming: Incoming, agent: Agent, policy: Policy) -> Keys:
    if verb.name == "find":
        return replace(keys, find=Search(words=verb.argument, inboxes=theirs(agent, policy)))
    if verb.name == "show":
        return replace(keys, show=int(verb.argument) if verb.argument else _its_ticket(incoming))
    return replace(keys, open_of_all=True)


def _its_ticket(incoming: Incoming) -> int | None:
    token = incoming.who.token
    return token.ticket if token is not None else None


def theirs(agent: Agent, policy: Policy) -> frozenset[str]:
    """The inboxes whose tickets an agent may read: those of their groups."""
    return frozenset(name for name, inbox in policy.inboxes.items() if inbox.group in agent.groups)


def answer(case: Case, asked: Asked | Refusal) -> Decision:
    """One mail to the agent with what was asked for, or why it is not understood, with what is right."""
    incoming, policy = case.incoming, case.setting.policy
    agent = writer(incoming, policy)
    assert agent is not None
    if incoming.who.standing is not Standing.AGENT and vouched(incoming.mail, policy) is False:
        return _refused(case, agent, why("refused.asks-unproven", because=unvouched(incoming.mail, policy)))
    if isinstance(asked, Refusal):
        return _refused(case, agent, asked.reason, asked.draft)
    verb = asked.verbs[0]
    message = case.message(ticket=None, author=Author.AGENT, agent=agent.id, internal=True)
    key = f"answer:{message.id}:{agent.id}"
    inbox = incoming.inbox
    if verb.name == "show":
        number = int(verb.argument) if verb.argument else _its_ticket(incoming)
        if number is None:
            return _refused(case, agent, why("verbs.show"), "/show 7")
        if (shown := case.known.shown) is None or shown[0].inbox not in theirs(agent, policy):
            return _refused(case, agent, why("refused.show-none", number=number))
        notice = _shown(*shown, agent, case.setting, key)
    elif verb.name == "find":
        found = case.known.found
        assert found is not None
        notice = _found(verb.argument, found, agent, case.setting, key)
    else:
        notice = _open(verb, agent, case, key)
    if asked.unsent:
        notice = replace(
            notice, more=[*notice.more, why("verbs.unsent", words=" ".join(asked.unsent.split())[:_WORDS])]
        )
    told = at_large(case.setting, agent, notice, inbox=inbox, key=key, now=case.now)
    reason = why("outcome.verbs", verbs=[f"/{verb.name}"])
    return Decision(outcome="done", reason=reason, messages=(message,), outgoing=(told,))


def _refused(case: Case, agent: Agent, reason: Reason, draft: str = "") -> Decision:
    message = case.message(
        ticket=None, author=Author.AGENT, agent=agent.id, internal=True, note=why("note.refused", because=reason)
    )
    lines = [why("find.draft", line=draft)] if draft else []
    notice = AnswerNotice(title=reason, lines=lines)
    key = f"refused:{message.id}:{agent.id}"
    told = at_large(case.setting, agent, notice, inbox=case.incoming.inbox, key=key, now=case.now)
    return Decision(outcome="refused", reason=reason, messages=(message,), outgoing=(told,))


def _found(words: str, found: Found, agent: Agent, setting: Setting, key: str) -> FoundNotice:
    lines = [
        _line(
            hit.ticket,
            agent,
            setting,
            key,
            said=why("find.said", who=_who(hit.who, setting.policy), at=hit.at, words=hit.line),
        )
        if hit.line
        else _line(hit.ticket, agent, setting, key)
        for hit in found.hits
    ]
    more: list[Reason] = []
    if found.least:
        more.append(why("find.least"))
    elif found.count > len(lines):
        more.append(why("find.more", count=found.count - len(lines)))
    if found.elsewhere:
        more.append(why("find.elsewhere", count=found.elsewhere))
    if found.unread:
        more.append(why("find.unread", count=found.unread))
    title = why("find.title", words=words, count=found.count) if lines else why("find.nothing", words=words)
    return FoundNotice(title=title, lines=lines, more=more)


def _open(verb: Verb, agent: Agent, case: Case, key: str) -> FoundNotice:
    policy = case.setting.policy
    mine, may = verb.name == "mine", theirs(agent, policy)
    asked = verb.argument.split()
    levels = {int(word[1]) for word in asked if word != "unassigned"}
    open_ = [(ticket, promise) for ticket, promise in case.known.open_of_all if ticket.state in _OPEN]
    if mine:
        chosen = [(t, p) for t, p in open_ if t.assignee == agent.id]
        title = why("mine.title", count=len(chosen)) if chosen else why("mine.nothing")
    else:
        meant = [(t, p) for t, p in open_ if not levels or t.priority in levels]
        meant = [(t, p) for t, p in meant if "unassigned" not in asked or policy.has_it(t) is None]
        chosen = [(t, p) for t, p in meant if t.inbox in may]
        title = why("open.title", count=len(chosen)) if chosen else why("open.nothing")
        elsewhere = len(meant) - len(chosen)
    more = [why("find.more", count=len(chosen) - SHOWN)] if len(chosen) > SHOWN else []
    if not mine and elsewhere:
        more.append(why("find.elsewhere", count=elsewhere))
    lines = [_line(t, agent, case.setting, key, promise=p) for t, p in _weightiest(chosen)[:SHOWN]]
    return FoundNotice(title=title, lines=lines, more=more)


def _weightiest(chosen: Iterable[tuple[Ticket, Promise | None]]) -> list[tuple[Ticket, Promise | None]]:
    """What weighs most first, then what is due first."""
    return sorted(
        chosen,
        key=lambda one: (one[0].priority, one[1] is None, one[1].due if one[1] else one[0].opened_at, one[0].number),
    )


def _who(who: str, policy: Policy) -> str:
    return policy.agents[who].name if who in policy.agents else who


def _line(
    ticket: Ticket,
    agent: Agent,
    setting: Setting,
    key: str,
    *,
    said: Reason | None = None,
    promise: Promise | None = None,
    shows: bool = True,
) -> FoundLine:
    policy, inbox = setting.policy, setting.policy.inboxes.get(ticket.inbox)
    token = Token(kind=TokenKind.AGENT, ticket=ticket.number, agent=agent.id, epoch=agent.epoch, answers=ticket.answers)
    has_it = policy.has_it(ticket)
    write, take, show = None, None, None
    if inbox is not None:
        write = to_write(policy, inbox, token, setting.signer, subject=ticket.subject, ticket=ticket.number)
        if shows:
            show = one_tap(policy, inbox, token, setting.signer, key=f"{key}:show", ticket=ticket.number, line="/show")
        if has_it is None and ticket.state in _OPEN:
            take = one_tap(policy, inbox, token, setting.signer, key=key, ticket=ticket.number, line="/take")
    holder = why("find.yours") if ticket.assignee == agent.id else why("find.nobody") if has_it is None else has_it.name
    stands = STANDS[ticket.state]
    due = None if promise is None or ticket.waits_for_them else promise.due
    return FoundLine(
        ticket=ticket.number,
        priority=ticket.priority,
        sure=ticket.sure,
        customer=" ".join((ticket.requester.name or ticket.requester.address).split())[:_NAME],
        subject=" ".join(ticket.subject.split())[:_SUBJECT],
        what=why("find.ticket", state=stands, who=holder)
        if due is None
        else why("find.ticket-due", state=stands, who=holder, due=due),
        said=said,
        answer=write,
        answer_label=why("find.answer", number=ticket.number),
        take=take,
        take_label=why("find.take", number=ticket.number),
        show=show,
        show_label=why("find.show", number=ticket.number),
    )


def _shown(ticket: Ticket, said: Sequence[Message], agent: Agent, setting: Setting, key: str) -> FoundNotice:
    """All that people said, oldest first; of many mails the newest."""
    kept = said[-_MOST_SAID:]
    line = _line(ticket, agent, setting, key, shows=False)
    return FoundNotice(
        title=why("show.title", number=ticket.number, subject=line.subject),
        lines=[line],
        parts=[_part(one, setting.policy) for one in kept],
        more=[why("show.left-out", count=len(said) - len(kept))] if len(said) > len(kept) else [],
    )


def _part(one: Message, policy: Policy) -> SaidPart:
    who = _who(one.agent, policy) if one.agent else one.from_.name or one.from_.address
    words = one.new_text.strip() or one.subject
    head = why("show.said", who=who, at=one.received_at)
    if one.waits:
        head = why("show.held", who=who, at=one.received_at)
    elif one.internal:
        head = why("show.inside", who=who, at=one.received_at)
    return SaidPart(head=head, words=words if len(words) <= _SAID else f"{words[:_SAID]} …")
