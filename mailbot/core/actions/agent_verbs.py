"""What the verbs and words of an agent's reply do to a ticket, once it is known that all of it can be done."""

from __future__ import annotations

from datetime import datetime

from mailbot.core.actions import absence, human_word
from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.agent_times import agent_zone, is_told, mend_promise, state_time, when_said
from mailbot.core.actions.carried_files import cannot_leave
from mailbot.core.actions.change import Change
from mailbot.core.actions.goodwill import approve, cannot_approve, cannot_give, give
from mailbot.core.actions.hand_files import hand
from mailbot.core.actions.join_ticket import NO_STAND
from mailbot.core.actions.named_customer import greet, name_customer, nobody_to_write_to
from mailbot.core.actions.quiet_end import still_owed
from mailbot.core.actions.spam_heap import bring_back, cannot_bring_back
from mailbot.core.actions.status import status_lines
from mailbot.core.actions.team import note_of, tell_team
from mailbot.core.actions.waiting_customer import check_in_look
from mailbot.core.actions.writing_permission import may_promise, release, reopen, silent, withdraw
from mailbot.core.language.apology import says_sorry
from mailbot.core.language.dates import is_like_time
from mailbot.core.language.promised_time import Caught, catch_promise
from mailbot.core.letters.build import iso
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.letters.so_far import history_lines
from mailbot.core.letters.team_notes import on_one_line
from mailbot.core.letters.timeline import promised_to, steps_of
from mailbot.core.model.letter_fields import NO_STEPS, RelayLetter, ResolutionLetter, ResolvedLetter, UpdateLetter
from mailbot.core.model.message import Message
from mailbot.core.model.notice_fields import AnswerNotice, CaughtNotice
from mailbot.core.model.office import office_of
from mailbot.core.model.policy import Agent
from mailbot.core.model.promise import Ended, Promise, PromiseState
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Silence, closed_by, is_kind
from mailbot.core.model.ticket import TicketState
from mailbot.core.promises import schedule
from mailbot.core.verbs.parse import HELP, Verb

_SHOWN = 300  # characters of words that went to nobody
_SORRY = "apologized"  # once for a matter, however often it is reopened


def act(change: Change, reply: Reply) -> tuple[str, Reason]:
    """Do everything that a possible reply asks for, and tell the colleagues; the outcome and its reason."""
    was = change.ticket
    done = _do(change, reply)
    tell_team(change, reply, was, told=done[0] in ("relayed", "told"))
    return done


def _do(change: Change, reply: Reply) -> tuple[str, Reason]:
    asked, agent = reply.asked, reply.agent
    before = change.ticket.priority
    lines: list[Reason | str] = []
    due: datetime | None = None
    if "reopen" in reply.names:
        change.set(**NO_STAND)
    if "ham" in reply.names or (change.ticket.state is TicketState.SPAM and reply.speaks):
        bring_back(change, reply.opening, by=agent.id, speaks=reply.speaks)
    for verb in asked.verbs:
        due = _obey(change, verb, agent, lines) or due
        if verb.name in ("goodwill", "approve"):
            release(change)
        if verb.name in absence.VERBS:
            inbox, key, known = change.ticket.inbox, reply.message.id, reply.known
            gone, answers = absence.obey(verb, agent, known, change.setting, inbox=inbox, key=key, now=change.now)
            change.absent(gone)
            lines += answers
        if verb.name in ("files", "original"):
            hand(change, agent, verb.name, verb.argument, reply.mails, f"{verb.name}:{reply.message.id}")
        if verb.name == "status":
            lines += status_lines(change, reply.agent, reply.newest, reply.answer)
        if verb.name == "history":
            lines += history_lines(reply.history, change.setting.policy)
        if verb.name == "why":
            lines += reply.why or status_lines(change, reply.agent, reply.newest, reply.answer)
    if asked.unsent:
        lines.append(why("verbs.unsent", words=" ".join(asked.unsent.split())[:_SHOWN]))
    told = reply.speaks or (reply.tells and not silent(change))
    if told:
        _speak(change, reply, due)
    elif "customer" in reply.names:
        greet(change)
    _goodwill(change, reply, lines)
    if told:
        _report(change, reply, lines)
        return "relayed" if reply.speaks else "told", why("outcome.to-customer")
    if reply.is_note:
        change.event(why("event.note.said", words=on_one_line(note_of(reply))), by=agent.id)
        mend_promise(change, reply, before, lines)
    elif due is not None and change.promise is not None and is_told(change, change.promise, due):
        # The same line sent again, for instance by a second tap on its link.
        lines.append(why("verbs.same-time", due=iso(change.promise.due)))
    elif due is not None:
        release(change)
        reason = "moved" if change.promise is not None else "word"
        state_time(
            change,
            due,
            UpdateLetter(matter=matter_of_ticket(change.ticket), reason=reason, agent=agent.name),
            reply,
            own=True,
        )
    else:
        if reply.tells:
            assert change.ticket.mute is not None
            lines.append(why("verbs.not_by_itself", reason=change.ticket.mute.reason))
        mend_promise(change, reply, before, lines)
    if owed := still_owed(change):
        lines.append(owed)
    _report(change, reply, lines)
    return "noted" if reply.is_note else "done", why("outcome.verbs", verbs=[f"/{v.name}" for v in asked.verbs])


def _goodwill(change: Change, reply: Reply, lines: list[Reason | str]) -> None:
    """Goodwill that is given or approved; after the words that came with it, so that the lead sees how things stand."""
    for verb in reply.asked.verbs:
        if verb.name == "goodwill":
            give(change, verb.argument, reply.agent, reply.ledger, lines)
        if verb.name == "approve":
            approve(change, reply.agent, reply.ledger, lines)


def _report(change: Change, reply: Reply, lines: list[Reason | str]) -> None:
    """What the verbs report to the agent, if anything."""
    if lines:
        title = ", ".join(f"/{v.name}" for v in reply.asked.verbs)
        change.notice(reply.agent, AnswerNotice(title=title, lines=lines), key=f"answer:{reply.message.id}")


def impossible(change: Change, reply: Reply) -> Reason | None:
    """Why a reply as a whole cannot be obeyed; None if it can. Nothing is changed here."""
    ticket, asked = change.ticket, reply.asked
    names = reply.names
    if (
        is_kind(ticket.mute, Silence.WHOSE)
        and "customer" not in names
        and (reply.speaks or reply.tells or names & {"promise", "thanks", "goodwill", "approve"})
    ):
        return why("refused.whose")
    if not asked.verbs and not asked.prose and not reply.attach:
        return why("refused.nothing-above")
    if not reply.is_note:
        passages = (asked.prose, *(verb.argument for verb in asked.verbs))
        if stays := cannot_leave(reply.message, reply.attach, passages, change.setting.signer, reply.notices):
            return stays
    for verb in asked.verbs:
        timed = verb.name == "promise" or (verb.name == "eta" and is_like_time(verb.argument))
        timed = timed or (verb.name == "nonews" and bool(verb.argument))
        if timed and when_said(change, verb.argument, reply.agent) is None:
            return why("refused.time", given=verb.argument)
        if (stays := absence.cannot_go(verb, reply.agent, change.setting.policy, change.now)) is not None:
            return stays
        if verb.name == "assign" and change.setting.policy.agent_named(verb.argument) is None:
            known = ", ".join(sorted(change.setting.policy.agents))
            return why("refused.no-such-agent", given=verb.argument, known=known)
        if verb.name == "goodwill" and (problem := cannot_give(verb.argument, change.setting.policy)):
            return problem
        if verb.name == "approve" and (problem := cannot_approve(change, reply.agent, reply.ledger)):
            return problem
        if verb.name == "ham" and (elsewhere := cannot_bring_back(ticket)):
            return elsewhere
        if verb.name == "wait" and not verb.argument.lower().startswith(("customer", "third-party")):
            return why("refused.wait")
        if (
            verb.name == "wait"
            and verb.argument.lower().startswith("customer")
            and not (reply.speaks or ticket.answers)
        ):
            return why("refused.wait-unasked")
        if (
            verb.name == "wait"
            and (length := _their_time(verb.argument))
            and not when_said(change, length, reply.agent)
        ):
            return why("refused.wait-time", given=length)
    if nobody := nobody_to_write_to(change, asked.verbs, speaks=reply.speaks or reply.tells):
        return nobody
    them = ticket.requester.address
    if change.promise is not None and not reply.speaks:
        due = iso(change.promise.due)
        if "resolve" in names and silent(change):
            return why("refused.promised-silent", address=them, due=due)
        if "ignore" in names:
            return why("refused.promised", address=them, due=due)
    if "timeline" in names and change.promise is None and not promised_to(ticket, reply.ended or ()):
        return why("refused.timeline", address=them)
    asks_to_write = names & {"promise", "nonews", "thanks", "timeline", "goodwill", "approve"}
    if ticket.mute is not None and silent(change) and not reply.speaks and asks_to_write:
        return why("refused.not_by_itself", address=them, reason=ticket.mute.reason)
    if names & {"promise", "nonews"} and (
        "resolve" in names or (ticket.state is TicketState.RESOLVED and "reopen" not in names)
    ):
        return why("refused.resolved")
    return None


def _speak(change: Change, reply: Reply, due: datetime | None) -> None:
    """A human word to the customer: it keeps the open promise, and says when the next word comes."""
    agent, message, ticket = reply.agent, reply.message, change.ticket
    waited = ticket.covers > 0 or ticket.reminders > 0
    release(change)
    open_ = change.promise
    human_word.counts(change, agent, message.id)
    resolved = change.ticket.state is TicketState.RESOLVED
    key = f"relay:{message.id}"
    promise = None
    if not resolved:
        hours = change.setting.policy.pace_of(ticket).hours
        caught = catch_promise(reply.asked.prose, now=change.now, zone=agent_zone(change, agent), hours=hours)
        stated = due is not None
        if not stated and may_promise(change):
            # What their own words say counts, so that the line of the desk below says no other time.
            due = caught.moment if caught else schedule.next_due(change.ticket, change.setting.policy, change.now)
        if due is not None:
            said, own = caught.moment if caught else None, stated or caught is not None
            made = "relay" if reply.speaks else "update"
            promise = change.promise_by(
                due, made_by=made, stated_by=key, said=said, agent=agent.id if own else None, by=agent.id
            )
        if caught is not None and not stated:
            _show_caught(change, agent, caught, promise, message)
    words = reply.asked.prose
    # What nobody is sure was trouble, and what was none of our making, gets no apology; nor is one said twice.
    trouble = resolved and ticket.priority <= 3 and ticket.sure and office_of(ticket) is None
    sorry = trouble and _SORRY not in ticket.tags
    if sorry:
        change.set(tags=(*change.ticket.tags, _SORRY))
        sorry = not says_sorry(words)
    matter, now = matter_of_ticket(ticket), change.ticket
    told = NO_STEPS
    asked = "timeline" in reply.names
    if (resolved or asked) and reply.ended is not None:
        # This word ends the open one.
        last = (
            () if open_ is None else (Ended(schedule.end(open_, PromiseState.KEPT, change.now, message.id), agent.id),)
        )
        told = steps_of([*reply.ended, *last], now, change.setting.policy, asked=asked)
    if reply.speaks:
        relay = RelayLetter(
            matter=matter,
            words=words,
            obeyed=sorted(reply.names),
            agent_name=agent.name,
            resolved=resolved,
            waited=waited,
            updates_promised=now.promised,
            updates_on_time=now.kept,
            sorry=sorry,
            told=told,
            # what was entered with these words goes along; what they were told before is not repeated
            plan=now.plan if "plan" in reply.names else None,
            workaround=now.workaround if "workaround" in reply.names else None,
            eta=now.eta if "eta" in reply.names else None,
            eta_at=now.eta_at if "eta" in reply.names else None,
        )
        change.letter(relay, key=key, states=promise, attach=reply.attach)
    elif resolved and "resolve" in reply.names:
        receipt = ResolvedLetter(
            matter=matter,
            words=words,
            agent=agent.name,
            waited=waited,
            updates_promised=now.promised,
            updates_on_time=now.kept,
            sorry=sorry,
            told=told,
        )
        change.letter(receipt, key=key)
    else:
        stands = not reply.names.isdisjoint(("plan", "workaround", "eta"))
        reason = "plan" if stands else "nonews" if "nonews" in reply.names else "timeline"
        update = UpdateLetter(matter=matter, reason=reason, words=words, agent=agent.name, told=told)
        change.letter(update, key=key, states=promise)


def _show_caught(change: Change, agent: Agent, caught: Caught, promise: Promise | None, message: Message) -> None:
    """Show how a time in their prose was read: what is promised by it, or, if nothing is, the line that promises it."""
    zone = agent.zone or change.setting.policy.zone
    draft = f"/promise {caught.moment.astimezone(zone):%Y-%m-%d %H:%M}"
    told = promise.due if promise is not None else None
    promised = promise is not None and is_told(change, promise, caught.moment)
    notice = CaughtNotice(phrase=caught.phrase, moment=caught.moment, told=told, promised=promised, draft=draft)
    change.notice(agent, notice, key=f"caught:{message.id}", tap="" if promised else draft)
    change.event(why("event.named-a-time.said", phrase=caught.phrase, moment=caught.moment), by=agent.id)


def _obey(change: Change, verb: Verb, agent: Agent, lines: list[Reason | str]) -> datetime | None:
    """Obey one verb that was found possible. Returns the time that it tells the customer, if it tells one."""
    ticket, name = change.ticket, verb.name
    match name:
        case "take":
            change.set(assignee=agent.id)
            change.event(why("event.taken"), by=agent.id)
        case "release":
            change.set(assignee=None)
            change.event(why("event.released"), by=agent.id)
        case "assign":
            other = change.setting.policy.agent_named(verb.argument)
            assert other is not None
            change.set(assignee=other.id)
            change.event(why("event.assigned.to", name=other.name), by=agent.id)
        case "customer":
            name_customer(change, verb.argument, agent)
        case "p":
            change.set(
                priority=int(verb.argument),
                sure=True,
                why=why("account.set-by", name=agent.name),
                tags=tuple(dict.fromkeys((*ticket.tags, "set-by-agent"))),
            )
            change.event(why("event.priority.set", old=ticket.priority, new=verb.argument), by=agent.id)
        case "promise" | "nonews" if verb.argument:
            return when_said(change, verb.argument, agent)
        case "plan":
            change.set(plan=verb.argument)
            change.event(why("event.plan.said", words=verb.argument), by=agent.id)
        case "workaround":
            change.set(workaround=verb.argument)
            change.event(why("event.workaround.said", words=verb.argument), by=agent.id)
        case "eta":
            moment = when_said(change, verb.argument, agent)
            change.set(eta=iso(moment) or verb.argument, eta_at=moment)
            clear = why("event.eta.at", words=verb.argument, at=iso(moment))
            change.event(clear if moment else why("event.eta.said", words=verb.argument), by=agent.id)
        case "wait":
            _wait(change, verb.argument, agent)
        case "resolve":
            change.set(state=TicketState.RESOLVED, resolved_at=change.now, waiting_for=None, waiting_until=None)
            change.set(look=None if verb.argument else check_in_look(ticket, change.setting.policy, change.now))
            change.event(why("event.resolved"), by=agent.id)
        case "reopen":
            reopen(change)
            change.set(state=TicketState.OPEN, resolved_at=None, look=None)
            change.event(why("event.reopened"), by=agent.id)
        case "spam" | "ignore":
            withdraw(change, closed_by(name, agent.name))
            change.set(state=TicketState.RESOLVED, resolved_at=change.now, look=None)
        case "zone":
            off = verb.argument == "off"
            change.set(zone_name="" if off else verb.argument)
            said = why("event.zone.off") if off else why("event.zone.set", zone=verb.argument)
            change.event(said, by=agent.id)
        case "timeline":
            change.event(why("event.timeline"), by=agent.id)
        case "thanks":
            release(change)
            thanks = ResolutionLetter(matter="", words=verb.argument, agent=agent.name)
            change.letter(thanks, key=f"thanks:{ticket.number}:{change.fresh.id()}")
            change.event(why("event.thanked"), by=agent.id)
        case "help":
            lines += [why("help.line", usage=usage, does=does) if usage else does for usage, does in HELP]
        case _:
            pass
    return None


def _wait(change: Change, argument: str, agent: Agent) -> None:
    if theirs := _their_time(argument):
        change.set(waiting_for="customer", waiting_until=when_said(change, theirs, agent))
        what = why("event.waiting.for-customer")
    else:
        other = argument.partition(" ")[2].strip() or "somebody else"
        change.set(waiting_for=other, waiting_until=None)
        what = why("event.waiting.for-other", name=other)
    change.set(state=TicketState.WAITING, resolved_at=None, look=None)  # what waits is no longer solved
    change.event(what, by=agent.id)


def _their_time(argument: str) -> str:
    """How long the customer has, in `customer 3d`; empty if we wait for somebody else."""
    kind, _, rest = argument.partition(" ")
    return rest.strip() if kind.lower() == "customer" else ""
