"""The way of a mail, in order: what it is, whose it is, what it changes. Reads like the list in docs/flow.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.core.actions import (
    absence,
    ask_agent,
    asked_lists,
    automatic_mail,
    autoresponder,
    colleague_mail,
    daily_pages,
    link_misuse,
    own_mail,
    promise_due,
    spam_heap,
    unproven_followup,
    waiting_customer,
    without_ticket,
)
from mailbot.core.actions import agent_mail as agent
from mailbot.core.actions.case import Case
from mailbot.core.actions.given_facts import asks_for_some
from mailbot.core.actions.join_ticket import join_ticket
from mailbot.core.actions.open_ticket import open_ticket
from mailbot.core.actions.own_mail import as_own
from mailbot.core.intake import authresults
from mailbot.core.intake.agent_forward import as_first_written
from mailbot.core.intake.agent_proof import logged_in
from mailbot.core.intake.agent_words import AgentWords, agent_words
from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.configured_form import as_filled_in, which_form
from mailbot.core.intake.find_ticket import company_domain, match
from mailbot.core.intake.group_address import as_sent_to_us
from mailbot.core.intake.identity import Standing, Who, identify, of_the_sender
from mailbot.core.intake.incoming import Incoming, keys_of
from mailbot.core.intake.learned_signature import tail_off
from mailbot.core.intake.newtext import TEXT_CAP, new_text
from mailbot.core.intake.own_logo import without_own_logo
from mailbot.core.intake.quoted_notice import quoting
from mailbot.core.intake.quotes.banners import without_banner
from mailbot.core.intake.quotes.foreign import foreign_to
from mailbot.core.intake.quotes.forward import is_reply_subject
from mailbot.core.intake.read import ReadLimits, read
from mailbot.core.intake.screen import Own, arrived, screen
from mailbot.core.intake.tokens import Token, TokenKind, tokens_of
from mailbot.core.intake.too_large import too_large
from mailbot.core.letters.build import to_admins
from mailbot.core.model.acquaintance import Acquaintance
from mailbot.core.model.confirmed_address import Addressee
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import QuarantineNotice
from mailbot.core.model.event import Event
from mailbot.core.model.mail import Address, Kind, Mail, Screening, Unreadable
from mailbot.core.model.message import Message
from mailbot.core.model.page import OpenTickets, Page
from mailbot.core.model.policy import Inbox, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.core.sending.internal_files import with_files_marked
from mailbot.core.verbs.lines import verbs_in

_MOST_ANSWERED = 10  # ids in one In-Reply-To


def take_in(
    raw: bytes,
    setting: Setting,
    *,
    inbox: str,
    received_at: datetime,
    inbound: int | None = None,
    limits: ReadLimits | None = None,
    desk_since: datetime | None = None,
    whole_size: int | None = None,
) -> Incoming | Unreadable:
    """All that a mail says by itself, before the store is asked. `received_at` is when the desk stored it, aware.

    `desk_since` as in `ports.Claim`: what is older than that was never the desk's to answer.
    `whole_size`: `raw` is only the header of a mail of that many bytes.
    """
    mail = read(raw, limits or ReadLimits())
    if isinstance(mail, Unreadable):
        return mail
    came, mail = mail, as_sent_to_us(mail, setting.policy, inbox)
    added = new_text(mail)
    bounce = find_bounce(mail, raw)
    tokens = tokens_of(mail, setting.signer)
    if bounce is None:
        tokens = of_the_sender(tokens, mail, setting.policy)
    form = (
        which_form(mail, tokens, setting.policy, inbox) if mail is came else None
    )  # what a list passed on is not a form's
    screening = screen(mail, added, own=_own(setting, inbox, mail), now=received_at, bounce=bounce, form=form)
    if bounce is not None and (returned := setting.signer.read(bounce.original_message_id or "")) is not None:
        tokens = (*tokens, returned)  # the letter that came back gives its ticket, whatever address the report went to
    if screening.kind not in (Kind.PERSON, Kind.LIST):
        form = None
    elif form is not None and form.visitor is not None and screening.kind is Kind.PERSON:
        mail = replace(mail, from_=(form.visitor,))
    relayed = form is not None and form.market is not None and form.trusted and mail.from_ == (form.visitor,)
    form = None if relayed else form  # its writer, by an address that the marketplace gave them
    mail = without_own_logo(mail, setting.policy.brand)
    who = identify(mail, screening, tokens, setting.policy)
    whole_form = added
    if form is not None and form.words:
        added = form.words
    theirs = agent_words(mail, who.agent, setting.policy) if who.agent is not None else None
    if theirs is not None:
        added = without_banner(theirs.words)
    keys = keys_of(mail, raw, tokens)
    asks = verbs_in(added) if who.standing is Standing.AGENT else frozenset[str]()
    if (
        bounce is not None
        and not tokens
        and (failed := next((one for one in bounce.recipients if one.permanent), None))
    ):
        keys = replace(keys, sender=Address(address=failed.address).key)  # all that tells whether it may be about ours
    answered = ask_agent.named_ticket(added) if who.token is not None and who.token.kind is TokenKind.HELD else None
    incoming = Incoming(
        mail=mail,
        inbound=inbound,
        inbox=inbox,
        received_at=received_at,
        new_text=added,
        screening=screening,
        bounce=bounce,
        tokens=tokens,
        who=who,
        keys=replace(
            keys,
            numbers=keys.numbers if answered is None else (answered, *keys.numbers),
            alike_within=setting.rules.similar_within if setting.rules.counts_similar else None,
            opening=not asks.isdisjoint(("why", "ham")),
            ledger=_ledger(who, asks),
            mails=not asks.isdisjoint(("files", "original"))
            or (who.standing is Standing.AGENT and asks_for_some(added)),
            said=who.agent.id if who.agent is not None else None,
            history="history" in asks,
            open_of_all=who.token is not None and who.token.kind is TokenKind.PAGE,
            ended=not asks.isdisjoint(("resolve", "timeline"))
            or (who.token is not None and who.token.kind is TokenKind.HELD),
            form=form is not None and form.visitor is not None,
            notices_to=_notices_to(who, theirs),
            answered=mail.in_reply_to[:_MOST_ANSWERED] if who.standing is Standing.AGENT else (),
            by_list=screening.kind is Kind.LIST,
            acquainted=_is_told_of(screening, who, asks),
            company=company_domain(mail, setting.policy) if screening.kind is Kind.PERSON else None,
        ),
        whole=without_banner(theirs.whole) if theirs is not None else added,
        signature=theirs.signature if theirs is not None else "",
        unmarked=theirs is not None and theirs.unmarked,
        form=form,
        before_desk=desk_since is not None and _older(mail, desk_since),
        too_large=too_large(whole_size, setting.policy.inboxes.get(inbox)),
        standing=SenderProof.PROVEN if relayed else _standing(came, mail, setting.policy),
    )
    if incoming.too_large is not None:
        return incoming  # who wrote what it may pass on cannot be seen
    if who.standing is Standing.CUSTOMER:
        incoming = replace(incoming, with_pasted=_with_pasted(mail, added, tokens, setting))
    if added != whole_form and not incoming.with_pasted:
        incoming = replace(incoming, with_pasted=whole_form)  # the agents read the other fields as well
    incoming = as_own(as_first_written(incoming, setting.policy, raw, limits), setting.policy)
    incoming = as_filled_in(incoming, setting.policy)
    if incoming.passed_on_by is not None:
        if incoming.standing is not None:  # the agent may be proven, the writer is not
            incoming = replace(incoming, standing=SenderProof.UNPROVEN)
    elif setting.policy.agent_of(incoming.sender.address) is not None or who.agent is not None:
        incoming = replace(incoming, mail=with_files_marked(incoming.mail, raw, setting.signer, limits))
    if (used := link_misuse.use_of(incoming, setting.signer)) is not None:
        incoming = replace(incoming, keys=replace(incoming.keys, content_key=used))
    incoming = without_ticket.as_astray(incoming, setting.policy)
    if (goes := absence.who_may_go(incoming, setting.policy, asks)) is not None:
        incoming = replace(incoming, keys=replace(incoming.keys, assigned_to=goes.id))
    return asked_lists.with_keys(incoming, setting.policy)


def decide(case: Case) -> Decision:
    """What a mail changes, on a desk some of whose agents may be away."""
    case = replace(case, setting=case.setting.with_absences(case.known.absences, case.now))
    return absence.back_again(case, _decide(case))


def _decide(case: Case) -> Decision:
    """The first line that fits decides."""
    incoming, known, policy = case.incoming, case.known, case.setting.policy
    if known.seen:
        used = link_misuse.again(case)
        return used if used is not None else already_seen(case)
    if incoming.screening.kind not in (Kind.PERSON, Kind.LIST):
        return absence.noticed(case, automatic_mail.set_aside(case))
    if incoming.before_desk and match(incoming, known).ticket is None:
        # RFC 3501 section 2.3.1.1: with a new UIDVALIDITY everything that ever lay in the mailbox looks new.
        return Decision(outcome="logged", reason=why("outcome.before-desk"))
    if incoming.too_large is not None and (writer := agent.writer_of(incoming, case.setting)) is not None:
        return agent.refuse_too_large(case, writer)
    if (owner := link_misuse.owner_of(incoming, policy)) is not None:
        return link_misuse.by_another(case, owner)
    incoming = tail_off(quoting(incoming, known, policy), known, policy)
    case = replace(case, incoming=incoming)
    if (asked := absence.asks_at_large(incoming, policy)) is not None:
        return absence.at_no_ticket(case, asked)
    if (asked := asked_lists.asks(incoming, policy)) is not None:
        return asked_lists.answer(case, asked)
    if incoming.who.token is not None and incoming.who.token.kind is TokenKind.PAGE and incoming.who.agent is not None:
        return daily_pages.answer(case)
    if incoming.who.standing is Standing.COLLEAGUE:
        return colleague_mail.note(case)
    if incoming.who.standing is Standing.UNPROVEN:
        if not colleague_mail.answers_beside(case):
            return agent.hold(case)
        incoming = colleague_mail.as_theirs(incoming)
        case = replace(case, incoming=incoming)
    if incoming.who.standing is Standing.AGENT:
        return agent.answer(case)
    if incoming.written_to is not None:
        return own_mail.keep(case)
    place = match(incoming, known)
    if without_ticket.is_lost(incoming, place):
        return without_ticket.ask_which(case, place)
    if spam_heap.belongs_there(incoming, place):
        return spam_heap.lay(case, place)
    if place.ticket is not None:
        if unproven_followup.doubt_of(incoming, (place.ticket, *place.same), known) is unproven_followup.Doubt.FORGED:
            return unproven_followup.show_forged(case, place.ticket)
        if autoresponder.repeats(incoming, place.ticket, known):
            if autoresponder.third_time(place.ticket, known):
                return autoresponder.fall_silent(case, place.ticket)
            place = replace(place, why=autoresponder.AGAIN)
        return join_ticket(case, place)
    return open_ticket(case, place)


def decide_promise(
    ticket: Ticket,
    promise: Promise,
    newest: Message | None,
    setting: Setting,
    *,
    now: datetime,
    fresh: FreshIds,
    answer: Message | None = None,
    missed: promise_due.Missed = (),
    addressee: Addressee = promise_due.KNOWN,
    notes: Sequence[Event] = (),
    met: Acquaintance | None = None,
) -> Decision:
    """What an open promise needs now: a reminder, a cover, or owning up, also to what else its customer missed."""
    return promise_due.wake(
        ticket,
        promise,
        newest,
        setting,
        now=now,
        fresh=fresh,
        answer=answer,
        missed=missed,
        addressee=addressee,
        notes=notes,
        met=met,
    )


def decide_check_in(ticket: Ticket, setting: Setting, *, now: datetime, fresh: FreshIds) -> Decision:
    """A ticket that was resolved some days ago, and is to be checked in on."""
    return waiting_customer.check_in(ticket, setting, now=now, fresh=fresh)


def decide_reminder(
    ticket: Ticket,
    setting: Setting,
    *,
    now: datetime,
    fresh: FreshIds,
    notes: Sequence[Event] = (),
    met: Acquaintance | None = None,
) -> Decision:
    """A ticket whose agents are to be reminded: the desk may not write to its customer by itself."""
    return waiting_customer.remind_agents(ticket, setting, now=now, fresh=fresh, notes=notes, met=met)


def decide_heap(tickets: Sequence[Ticket], setting: Setting, *, now: datetime, fresh: FreshIds) -> Decision:
    """Tickets of one inbox in the spam heap about which its leads have not been told."""
    return spam_heap.tell(tickets, setting, now=now, fresh=fresh)


def decide_page(page: Page, tickets: OpenTickets, setting: Setting, *, now: datetime) -> Decision:
    """A page of an agent's day whose time it is."""
    return daily_pages.tell(page, tickets, setting, now=now)


def already_seen(case: Case) -> Decision:
    """The same mail in a second inbox, or fetched again: one ticket, one ack, and a line in the diary."""
    what = why("event.again.elsewhere", inbox=case.incoming.inbox)
    event = Event(ticket=case.known.seen_ticket, at=case.now, what=what)
    return Decision(outcome="logged", reason=why("outcome.known"), events=(event,))


def quarantine(reason: Reason, setting: Setting, *, inbox: str, inbound: int | None, now: datetime) -> Decision:
    """A mail that cannot be read: quarantined whole, one notice to the admins, and the next mail goes on."""
    notice = QuarantineNotice(reason=reason, where=f"inbox {inbox}, stored mail {inbound}", number=inbound, advice="")
    notices = to_admins(setting, inbox, notice, key=f"quarantine:{inbound}", now=now)
    what = why("event.quarantined.because", inbox=inbox, number=inbound, because=reason)
    event = Event(ticket=None, at=now, what=what)
    return Decision(outcome="quarantined", reason=reason, events=(event,), outgoing=notices)


def _standing(came: Mail, taken: Mail, policy: Policy) -> SenderProof | None:
    """What our server says about the From of a mail, `taken` for what it is; None if no server is configured."""
    if policy.authserv_id is None:
        return None
    said = authresults.standing_of(came, policy.authserv_id, came.sender.domain if came.sender is not None else "")
    another = came.from_ != taken.from_ and said is SenderProof.PROVEN
    to_be_signed = said is SenderProof.FORGED and logged_in(came, policy)
    return SenderProof.UNPROVEN if another or to_be_signed else said


def _with_pasted(mail: Mail, added: str, tokens: tuple[Token, ...], setting: Setting) -> str:
    """A customer's words together with the mails of others that they pasted or passed on; "" if there are none."""
    if len(added) == len(mail.text[:TEXT_CAP].strip()):
        return ""
    policy = setting.policy
    people = policy.agents.values()
    foreign = foreign_to(
        mail,
        own=(*policy.own_addresses, *(address for agent in people for address in agent.addresses)),
        names=(policy.desk_name, *(inbox.display_name for inbox in policy.inboxes.values()), *(a.name for a in people)),
        first=not (tokens or mail.in_reply_to or mail.references or is_reply_subject(mail.subject)),
    )
    found = new_text(mail, foreign)
    return "" if found == added else found


def _ledger(who: Who, asks: frozenset[str]) -> str | None:
    """Whose goodwill bears on the mail: what it asks for, or what a held one that it releases may have asked for."""
    if who.standing is not Standing.AGENT or who.agent is None:
        return None
    held = who.token is not None and who.token.kind is TokenKind.HELD
    return who.agent.id if held or not asks.isdisjoint(("goodwill", "approve")) else None


def _is_told_of(screening: Screening, who: Who, asks: frozenset[str]) -> bool:
    """Whether the mail brings an agent a notice in which the customer is new to them: their own answers do not."""
    if who.standing in (Standing.AGENT, Standing.UNPROVEN):
        return "assign" in asks or (who.token is not None and who.token.kind is TokenKind.HELD)
    return screening.kind in (Kind.PERSON, Kind.LIST) and screening.marked is None


def _notices_to(who: Who, theirs: AgentWords | None) -> tuple[str, ...]:
    """The recipients of the notices that an agent may quote: these tell what is new, and what must not leave."""
    agents = who.standing in (Standing.AGENT, Standing.UNPROVEN)
    if not agents or who.agent is None or theirs is None or not theirs.whole.strip():
        return ()
    return who.agent.addresses


def _older(mail: Mail, than: datetime) -> bool:
    """Whether our server took it before that. Its own date alone says too little: a clock may be years behind."""
    at = arrived(mail)
    return at is not None and at < than


def _own(setting: Setting, inbox: str, mail: Mail) -> Own:
    policy = setting.policy
    here: Inbox | None = policy.inboxes.get(inbox)
    return Own(
        own_addresses=policy.own_addresses,
        signer=setting.signer,
        desk_domains=frozenset(a.rpartition("@")[2] for a in policy.own_addresses),
        limits=policy.limits,
        authserv_id=policy.authserv_id,
        spam=policy.spam,
        answer_when_not_addressed=here.answer_when_not_addressed if here else False,
        handed_in_here=logged_in(mail, policy),
    )
