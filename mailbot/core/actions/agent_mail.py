"""An agent's mail: obeyed whole or refused whole, and kept back if it is not proven or was overtaken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.core.actions import own_mail
from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.agent_verbs import act, impossible
from mailbot.core.actions.answer_to_stranger import answers_a_stranger, ask_for_whom
from mailbot.core.actions.ask_agent import Chosen, about_both, about_times, ask, chosen, drop_held, refuse_at_large
from mailbot.core.actions.asked_already import GIVEN_CHOICES, asked_already
from mailbot.core.actions.carried_files import places, take_along
from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.crossed import crossed, hold_crossed
from mailbot.core.actions.forbidden_words import CHOICES as FORBIDDEN_CHOICES
from mailbot.core.actions.forbidden_words import forbidden_words
from mailbot.core.actions.sent_twice import came_before, says_again
from mailbot.core.actions.stale_take import taken_meanwhile
from mailbot.core.actions.stays_inside import UNPROVEN, as_note, ask_to_tell, came_inside, stays_inside, tell_kept
from mailbot.core.actions.team import note_of
from mailbot.core.actions.two_times import two_times
from mailbot.core.intake.agent_words import own_cards
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.intake.quoted_notice import notice_texts
from mailbot.core.intake.quotes.lines import clean
from mailbot.core.intake.quotes.signature import is_signature
from mailbot.core.intake.quotes.signoff import is_closing
from mailbot.core.intake.tokens import TokenKind
from mailbot.core.letters.build import shown
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import KEPT, Author, Message
from mailbot.core.model.notice_fields import ConfirmNotice, RefusedNotice, SignatureNotice
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.account import why_lines
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.internal_addresses import without_signed
from mailbot.core.sending.notice_lines import holds_notice, without_notice
from mailbot.core.verbs.openings import bare_opening, only_verbs
from mailbot.core.verbs.parse import Asked, Refusal, parse_reply

_ANSWERS = frozenset({"send", "confirm", "do", "reply"})
_SENTENCE = 6  # words
_OF_THE_TEAM = frozenset({"take", "assign", "release", "p"})  # below these, words may be for a colleague


def hold(case: Case) -> Decision:
    """A mail to an agent's address that is not proven to be theirs: kept back, and the agent is asked."""
    incoming = case.incoming
    who = incoming.who
    assert who.agent is not None
    assert who.token is not None
    assert who.reason is not None
    ticket = _ticket_of(incoming, case.known)
    if ticket is None:
        return _log_only(case, why("outcome.ticket-gone"))
    change = case.change(ticket)
    message = case.message(
        ticket=ticket.number,
        author=Author.STRANGER,
        agent=who.agent.id,
        internal=True,
        held=UNPROVEN if who.token.kind is TokenKind.TEAM else "confirm",
        note=who.reason,
    )
    message = replace(message, new_text=incoming.whole)  # shown whole, and sent as shown
    change.message(message)
    change.event(why("event.held.unproven", address=incoming.sender.address, because=who.reason))
    notice = ConfirmNotice(reason=who.reason, from_=incoming.sender.address, yours=shown(incoming.whole))
    change.notice(who.agent, notice, key=f"confirm:{message.id}", held=message, tap="/confirm")
    return change.decision("held", who.reason)


def answer(case: Case) -> Decision:
    """A proven agent's mail: the verbs at its top are obeyed, its words go to the customer."""
    incoming, known = case.incoming, case.known
    agent, token = incoming.who.agent, incoming.who.token
    assert agent is not None
    assert token is not None
    held = known.held if token.kind is TokenKind.HELD else None
    text = only_verbs(incoming.new_text) if token.tap else _without_card(incoming.new_text, agent)
    if held is not None and held.held is not None and (choice := chosen(held, text)) is not None:
        return _let_go(case, held, choice)
    ticket = _ticket_of(incoming, known)
    if ticket is None and held is not None and held.ticket is None:
        again = why("ask.answered") if held.held is None else why("ask.which")
        return refuse_at_large(case, agent, again)
    if ticket is None:
        return _log_only(case, why("outcome.ticket-gone"))
    change = case.change(ticket)
    if held is not None and held.held is None:
        return _refuse(case, change, agent, why("held.dealt-with"), "")
    asked = parse_reply(text)
    inside = came_inside(token, held) and not (isinstance(asked, Asked) and asked.for_customer)
    change.inside = inside
    if (
        isinstance(asked, Asked)
        and incoming.whole != incoming.new_text
        and (inside or any(v.name == "note" for v in asked.verbs))
    ):
        asked = parse_reply(incoming.whole)  # all of it stays inside
    if isinstance(asked, Refusal):
        return _refuse(case, change, agent, asked.reason, asked.draft)
    if any(v.name in _ANSWERS for v in asked.verbs) and not asked.for_customer:
        reason = why("held.none")
        if held is not None:
            reason = why("ask.with-words") if asked.prose else why("ask.no-answer")
        return _refuse(case, change, agent, reason, "")
    if token.tap:
        asked = replace(asked, unsent=asked.unsent or _words_below_a_tap(incoming.new_text, text, agent))
        if (taken := taken_meanwhile(ticket, asked, agent, case.setting.policy)) is not None:
            return _refuse(case, change, agent, taken, "")
    message = case.message(ticket=ticket.number, author=Author.AGENT, agent=agent.id)
    asks_why = any(v.name == "why" for v in asked.verbs)
    reasons = tuple(why_lines(ticket, known, case.setting)) if asks_why else ()
    attach = () if token.tap else _files(incoming, agent, alone=not asked.prose)
    if incoming.mail.unread is not None and (attach or asked.prose or not text) and not token.tap:
        # What the desk cannot read it passes on as nobody's answer, and does not take for a promise kept.
        return _refuse(case, change, agent, incoming.mail.unread, "")
    if not text and not attach:
        return _refuse(
            case,
            change,
            agent,
            why("agent.only-signature") if incoming.signature else why("agent.no-words"),
            "",
        )
    notices = notice_texts(known)
    if inside and asked.tells:
        if held is not None:
            change.release(held.id)
        return ask_to_tell(change, replace(message, new_text=incoming.whole), agent)
    stays = inside and bool(asked.prose or attach) and not any(v.name == "note" for v in asked.verbs)
    if stays:
        asked = as_note(asked, incoming.mail.attachments)
        message = replace(message, new_text=incoming.whole, held=KEPT)
    notes = inside or any(v.name == "note" for v in asked.verbs)
    reply = Reply(
        agent=agent,
        asked=asked,
        message=message,
        attach=() if notes else attach,
        inside=inside,
        enclosed=attach if notes else (),
        why=reasons,
        ledger=known.goodwill,
        mails=known.mails.get(ticket.number, ()),
        history=known.history.get(ticket.number, ()),
        ended=known.ended.get(ticket.number),
        opening=known.openings.get(ticket.number),
        answer=known.answers.get(ticket.number),
        newest=known.newest.get(ticket.number),
        team=known.teams.get(ticket.number, frozenset()),
        notices=notices,
        known=known,
    )
    if asked.prose and (question := _question(text, case.setting)) is not None:
        if held is not None:
            change.release(held.id)  # this one is asked about instead
        kept = replace(message, new_text=incoming.whole)
        return ask(change, kept, agent, about="verb", question=question[0], choices=question[1])
    if token.offered and asked.prose and all(verb.name in _OF_THE_TEAM for verb in asked.verbs):
        them = ticket.requester.name or ticket.requester.address
        choices = (Choice(line="/send", label=why("ask.send")), Choice(line="/note", label=why("ask.note")))
        kept = replace(message, new_text=incoming.whole)
        return ask(change, kept, agent, about="verb", question=why("ask.offered", who=them), choices=choices)
    if held is None and (reply.speaks or reply.tells) and says_again(message, known):
        if token.tap or came_before(message, known):
            return _log_only(case, why("again.done"), ticket=ticket.number)
        choices = (Choice(line="/send", label=why("ask.send")), Choice(line="/ignore", label=why("ask.leave")))
        return ask(change, message, agent, about="again", question=why("ask.again"), choices=choices)
    if held is None and not inside and crossed(token.answers, ticket, reply):
        return hold_crossed(change, known, replace(reply, message=replace(message, new_text=incoming.whole)))
    if held is None and not token.tap and (reply.speaks or reply.tells):
        stranger = answers_a_stranger(change, known)
        if stranger is not None:
            return ask_for_whom(change, replace(message, new_text=incoming.whole), agent, stranger)
    if incoming.whole != incoming.new_text and not (token.tap or reply.is_note or inside):
        if held is not None:
            change.release(held.id)
        return about_both(change, message, agent, incoming.whole)
    if (problem := impossible(change, reply)) is not None:
        return _refuse(case, change, agent, problem, _mended(change, text, problem, notices))
    if (two := two_times(change, reply)) is not None:
        if held is not None:
            change.release(held.id)
        return about_times(change, message, agent, two)
    if held is None and not token.tap and (given := asked_already(change, reply)) is not None:
        return ask(change, message, agent, about="given", question=given, choices=GIVEN_CHOICES)
    if held is None and not token.tap and (found := forbidden_words(change, reply)) is not None:
        return ask(change, message, agent, about="forbidden", question=found, choices=FORBIDDEN_CHOICES)
    internal = not (reply.speaks or reply.tells)
    change.message(replace(message, internal=internal), () if internal else refs_of(incoming, ticket.number))
    if held is not None:
        change.release(held.id)  # a fresh text instead of the one that was kept back
    for verb in asked.verbs:
        if verb.name == "signature":
            asks, _, mark = verb.argument.partition(" ")
            change.event(why("event.signature.asked", asked=asks, mark=mark), by=agent.id)
    done = act(change, reply)
    if stays:
        tell_kept(change, message, agent, note_of(reply), offered=True)
    if incoming.tails and reply.speaks:
        _show_tail(change, agent, incoming)
    return change.decision(*done)


def _show_tail(change: Change, agent: Agent, incoming: Incoming) -> None:
    """Show once what was learned to be their signature: its key allows one notice for each new one."""
    lines = [each for each in incoming.tails if not each.picture]
    pictures = [each for each in incoming.tails if each.picture]
    choices = [Choice(line=f"/signature keep {each.mark}", label=why("signature.keep")) for each in lines]
    choices += [
        Choice(line=f"/signature keep {each.mark}", label=why("signature.keep-picture", name=each.text))
        for each in pictures
    ]
    notice = SignatureNotice(tail="\n".join(each.text for each in lines), logos=[each.text for each in pictures])
    key = ":".join(("signature", *(each.mark for each in incoming.tails)))
    change.notice(agent, notice, key=key, choices=tuple(choices))


def _without_card(text: str, agent: Agent) -> str:
    """The verbs alone, if what is below them says nothing: below `/take` a card is no answer, whosever it is."""
    verbs = only_verbs(text)
    below = text[len(verbs) :] if verbs and text.startswith(verbs) else ""
    said = [clean(line) for line in below.split("\n") if clean(line)]
    if not said or (len(said) == 1 and is_closing(said[0])):
        return text  # "Thank you!" alone is meant
    return verbs if is_signature(said, agent) else text


def _words_below_a_tap(whole: str, verbs: str, agent: Agent) -> str:
    """What was written into a mail opened by a link, if it says more than any signature: nobody would read it."""
    below = whole.partition(verbs)[2].strip()
    lines = [line for line in below.split("\n") if clean(line)]
    says = any(len(line.split()) >= _SENTENCE for line in lines) and not is_signature(lines, agent)
    return below if says else ""


def _files(incoming: Incoming, agent: Agent, *, alone: bool) -> tuple[tuple[int, int], ...]:
    """The attachments that go along: all but the agent's own card."""
    cards = own_cards(incoming.mail.attachments, agent, alone=alone)
    return tuple(each for each in take_along(incoming) if each[1] not in cards)


def writer_of(incoming: Incoming, setting: Setting) -> Agent | None:
    """The agent who wrote a mail, as far as the mail itself says so."""
    return incoming.who.agent or setting.policy.agent_of(incoming.sender.address)


def refuse_too_large(case: Case, agent: Agent) -> Decision:
    """An agent's mail of which only the header is known: nothing goes out, nothing is done, and the agent is told."""
    incoming = case.incoming
    assert incoming.too_large is not None
    token = incoming.who.token
    ticket = None if token is None else _ticket_of(incoming, case.known)
    if ticket is None:
        return refuse_at_large(case, agent, incoming.too_large.reason)
    change = case.change(ticket)
    change.inside = token is not None and token.kind is TokenKind.TEAM
    return _refuse(case, change, agent, incoming.too_large.reason, "")


def _question(text: str, setting: Setting) -> tuple[Reason, tuple[Choice, ...]] | None:
    """What to ask about words that begin like a line for the desk without its slash; None for any other words."""
    colleagues = {agent.name.split()[0].casefold() for agent in setting.policy.agents.values() if agent.name.split()}
    verb = bare_opening(text, frozenset(colleagues))
    if verb is None:
        return None
    note = Choice(line="/note", label=why("ask.note"))
    send = Choice(line="/send", label=why("ask.send"))
    name = verb.split()[0]
    if name == "/note":
        return why("ask.bare-note"), (note, send)
    return why("ask.bare-verb", verb=verb), (Choice(line="/do", label=why("ask.do", verb=verb)), note, send)


def _let_go(case: Case, held: Message, choice: Chosen) -> Decision:
    """What was held counts after all, as the answer says; under its own key, so that a second answer sends nothing."""
    incoming, known = case.incoming, case.known
    agent = incoming.who.agent
    assert agent is not None
    if choice.text is None:
        return drop_held(case, held, agent)
    number = choice.ticket or held.ticket
    ticket = known.tickets.get(number) if number is not None else None
    if ticket is None and choice.ticket is not None:
        no_such = why("ask.no-ticket", number=choice.ticket)
        return refuse_at_large(case, agent, no_such)
    if ticket is None:
        return _log_only(case, why("outcome.ticket-gone"))
    change = case.change(ticket)
    change.message(
        case.message(
            ticket=ticket.number,
            author=Author.AGENT,
            agent=agent.id,
            internal=True,
        )
    )
    if held.held == own_mail.WROTE:
        return own_mail.confirm(change, held, agent)
    asked = parse_reply(choice.text)
    inside = stays_inside(held) and not (isinstance(asked, Asked) and asked.for_customer)
    change.inside = inside
    if isinstance(asked, Refusal):
        return _refuse(case, change, agent, asked.reason, asked.draft, of=held)
    if inside and asked.tells:
        return _refuse(case, change, agent, why("inside.tells"), f"/reply\n{choice.text}", of=held)
    cards = own_cards(held.attachments, agent, alone=not asked.prose)
    attach = places(held.inbound, [each for each in held.attachments if each.index not in cards])
    kept = inside and not any(v.name == "note" for v in asked.verbs)
    if kept:
        asked = as_note(asked, held.attachments)
    notices = notice_texts(known)
    reply = Reply(
        agent=agent,
        asked=asked,
        message=held,
        attach=() if inside else attach,
        inside=inside,
        enclosed=attach if inside else (),
        ledger=known.goodwill,
        answer=known.answers.get(ticket.number),
        newest=known.newest.get(ticket.number),
        team=known.teams.get(ticket.number, frozenset()),
        ended=known.ended.get(ticket.number),
        notices=notices,
        known=known,
    )
    if (problem := impossible(change, reply)) is not None:
        return _refuse(case, change, agent, problem, _mended(change, choice.text, problem, notices), of=held)
    if held.held != "times" and (two := two_times(change, reply)) is not None:
        # It was kept back for another reason: a mail is asked about once.
        return _refuse(case, change, agent, two.question, two.as_words, of=held)
    if held.held != "forbidden" and (found := forbidden_words(change, reply)) is not None:
        return _refuse(case, change, agent, found, choice.text, of=held)
    change.put(held, internal=held.author is not Author.AGENT or not (reply.speaks or reply.tells))
    done = act(change, reply)
    if kept and reply.is_note:
        tell_kept(change, held, agent, note_of(reply), offered=False)
    return change.decision(*done)


def _mended(change: Change, text: str, problem: Reason, notices: Sequence[str]) -> str:
    """A corrected mail, if the only fault is what is ours in it; empty if nobody can tell."""
    if problem.code not in ("door.signed-address", "door.notice"):
        return ""
    inbox = change.setting.policy.inboxes[change.ticket.inbox]
    clean = without_notice(text, notices) if holds_notice(text, notices) else text
    return without_signed(clean, change.setting.signer, inbox.address) if clean else ""


def _refuse(
    case: Case, change: Change, agent: Agent, reason: Reason, draft: str, of: Message | None = None
) -> Decision:
    """Nothing that was asked for is done; the agent gets the reason, and a corrected draft if one can be made.

    `of` is the held text that was to be released, if that is what cannot be obeyed.
    """
    clean = Change(change.setting, change.ticket, change.promise, change.now, change.fresh, change.notes, change.met)
    clean.inside = change.inside
    message = case.message(
        ticket=change.ticket.number,
        author=Author.AGENT,
        agent=agent.id,
        internal=True,
        note=why("note.refused", because=reason),
    )
    clean.message(message)
    clean.event(why("event.refused.because", because=reason), by=agent.id)
    yours = (of or message).new_text
    clean.notice(agent, RefusedNotice(reason=reason, draft=draft, yours=shown(yours)), key=f"refused:{message.id}")
    return clean.decision("refused", reason)


def _ticket_of(incoming: Incoming, known: Known) -> Ticket | None:
    token = incoming.who.token
    assert token is not None
    if token.kind is TokenKind.HELD:
        held = known.held
        return known.tickets.get(held.ticket) if held is not None and held.ticket is not None else None
    return known.tickets.get(token.ticket)


def _log_only(case: Case, reason: Reason, *, ticket: int | None = None) -> Decision:
    message = case.message(ticket=ticket, author=Author.STRANGER, internal=True, note=reason)
    return Decision(outcome="logged", reason=reason, messages=(message,))
