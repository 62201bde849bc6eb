"""A decision in the making: what has been changed so far for one ticket, turned into a frozen Decision at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from mailbot.core.intake.contact_form import is_ours
from mailbot.core.letters import build
from mailbot.core.letters.acquainted import acquainted
from mailbot.core.letters.reply_links import Choice
from mailbot.core.letters.so_far import past_of
from mailbot.core.letters.team_notes import on_one_line, shown_notes
from mailbot.core.model.absence import Absence
from mailbot.core.model.acquaintance import Acquaintance
from mailbot.core.model.alert import Alert
from mailbot.core.model.confirmed_address import Confirmed, ConfirmedBy
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import AdminNotice
from mailbot.core.model.event import Event
from mailbot.core.model.goodwill import Goodwill
from mailbot.core.model.letter_fields import CustomerLetter
from mailbot.core.model.message import Message
from mailbot.core.model.notice_fields import TicketNotice
from mailbot.core.model.notice_parts import Past, Said
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.policy import Agent
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.refs import Ref
from mailbot.core.model.ticket import Customer, Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.rules.setting import FreshIds, Setting

_SAID = 120  # characters of a subject, and of a name, that a call says


def _words_of_both(one: Ticket, other: Ticket) -> dict[str, Any]:
    """What two merging tickets have told the customer, so that a reply to an older notice of either counts as crossed."""
    written_to = [t for t in (one, other) if t.last_word_at is not None]
    newest = max(written_to, key=lambda t: t.last_word_at or t.opened_at, default=one)
    return {
        "answers": max(one.answers, other.answers),
        "last_answer_by": newest.last_answer_by,
        "first_word_at": min((t.first_word_at for t in (one, other) if t.first_word_at), default=None),
        "last_word_at": newest.last_word_at,
    }


def _end_of(promise: Promise) -> Reason:
    """What the diary says of a promise that ended."""
    match promise.state:
        case PromiseState.KEPT:
            return why("event.kept.due", due=promise.due)
        case PromiseState.COVERED:
            return why("event.covered.due", due=promise.due)
        case PromiseState.LATE:
            return why("event.late.due", due=promise.due)
        case _:
            return why("event.replaced.due", due=promise.due)


class Change:
    """Collects the changes to one ticket. The ticket's version stays what was read; the store checks it.

    `notes` are the latest that agents left on it: each notice shows them. `met`: who its customer is. `inside` (to be set): what causes it was
    written to colleagues, so that a reply to any of its notices stays inside too.
    """

    inside: bool = False

    def __init__(
        self,
        setting: Setting,
        ticket: Ticket,
        promise: Promise | None,
        now: datetime,
        fresh: FreshIds,
        notes: Sequence[Event] = (),
        met: Acquaintance | None = None,
    ) -> None:
        self.setting = setting
        self.ticket = ticket
        self.promise = promise
        self.now = now
        self.fresh = fresh
        self.notes = notes
        self.met = met
        self._messages: list[Message] = []
        self._refs: list[Ref] = []
        self._promises: dict[str, Promise] = {}
        self._customers: list[Customer] = []
        self._events: list[Event] = []
        self._outgoing: list[Outgoing] = []
        self._release: list[str] = []
        self._put: list[tuple[str, int, bool]] = []
        self._others: list[Ticket] = []
        self._moves: list[tuple[int, int]] = []
        self._goodwill: list[Goodwill] = []
        self._confirmed: list[Confirmed] = []
        self._doubted: list[str] = []
        self._absences: list[Absence] = []
        self._back: list[str] = []
        self._alerts: list[Alert] = []

    @cached_property
    def _shown_notes(self) -> Sequence[Said]:
        """The same in the notice of each agent, like `_before`."""
        return shown_notes(self.notes, self.setting.policy)

    @cached_property
    def _before(self) -> Past:
        return past_of(self.notes, self.setting.policy)

    def set(self, **fields: Any) -> None:
        """Change fields of the ticket."""
        if fields.get("assignee", self.ticket.assignee) != self.ticket.assignee:
            fields = {"taken_at": self.now if fields["assignee"] is not None else None, **fields}
        self.ticket = replace(self.ticket, **fields)

    def message(self, message: Message, refs: tuple[Ref, ...] = ()) -> None:
        """Add a message to the ticket."""
        self._messages.append(message)
        self._refs += [ref if ref.mentioned else replace(ref, message=message.id) for ref in refs]

    def event(self, what: Reason, by: str = "desk", ticket: int | None = None) -> None:
        """Write a line of the diary, this ticket's or that of the given `ticket`."""
        self._events.append(Event(ticket=ticket or self.ticket.number, at=self.now, what=what, by=by))

    def customer(self, customer: Customer) -> None:
        """Remember something about a customer."""
        self._customers.append(customer)

    def confirm(self, address: str, how: ConfirmedBy) -> None:
        """An address (as compared) is its owner's."""
        self._confirmed.append(Confirmed(address=address, how=how, at=self.now))

    def doubt(self, address: str) -> None:
        """A letter to an address (as compared) came back: our own answer to it no longer confirms it."""
        self._doubted.append(address)

    def goodwill(self, line: Goodwill) -> None:
        """Write a line of the ledger, or replace it."""
        self._goodwill.append(line)

    def absent(self, gone: Decision) -> None:
        """What follows from an agent's going away or coming back, which is about more than this ticket."""
        said = {*(one.agent for one in gone.absences), *gone.back}  # of one agent, what comes last
        self._absences = [*(one for one in self._absences if one.agent not in said), *gone.absences]
        self._back = [*(one for one in self._back if one not in said), *gone.back]
        self._events += gone.events
        self._outgoing += gone.outgoing

    def release(self, held: str) -> None:
        """A held message is no longer held."""
        self._release.append(held)

    def put(self, held: Message, *, internal: bool) -> None:
        """A held message is no longer held, and becomes one of this ticket's."""
        self._put.append((held.id, self.ticket.number, internal))

    def merge(self, other: Ticket, promise: Promise | None) -> None:
        """Merge another ticket of the same people: its messages move here, and the earlier promise stands."""
        self._moves.append((other.number, self.ticket.number))
        self._others.append(
            replace(other, state=TicketState.RESOLVED, resolved_at=self.now, look=None, tags=(*other.tags, "merged"))
        )
        self.set(
            participants=tuple(dict.fromkeys((*self.ticket.participants, *other.participants))),
            priority=(weight := min(self.ticket.priority, other.priority)),
            sure=any(one.sure for one in (self.ticket, other) if one.priority == weight),
            promised=self.ticket.promised + other.promised,
            kept=self.ticket.kept + other.kept,
            assignee=self.ticket.assignee or other.assignee,
            taken_at=(self.ticket if self.ticket.assignee else other).taken_at,
            zone_name=self.ticket.zone_name or other.zone_name,
            **_words_of_both(self.ticket, other),
        )
        self.event(why("event.merged.same", number=other.number))
        if promise is None:
            return
        if other.mute is None and self.ticket.mute is not None:
            # The desk could write to them there, and told them a time.
            self.set(mute=None, covers=other.covers, reminders=other.reminders, look=None)
        theirs = replace(promise, ticket=self.ticket.number)
        if self.promise is None or theirs.due < self.promise.due:
            self.end_promise(PromiseState.REPLACED)
            self._keep(theirs)
            self.event(why("event.taken-over.due", due=theirs.due, number=other.number))
        else:
            self._ended(schedule.end(theirs, PromiseState.REPLACED, self.now), "desk")

    # --- promises ------------------------------------------------------------------------------------------------

    def promise_by(
        self,
        due: datetime,
        *,
        made_by: str,
        stated_by: str,
        said: datetime | None = None,
        agent: str | None = None,
        by: str | None = None,
    ) -> Promise:
        """Make a new promise, which the mail with the key `stated_by` states. An open one is replaced.

        `made_by` and `agent` as in `Promise`; `by` is whoever of us caused it, for the diary.

        A promise whose time has passed is not replaced: a later word then ends it as late.
        """
        passed = self.promise is not None and self.now > self.promise.due
        by = by or agent or made_by
        self.end_promise(PromiseState.LATE if passed else PromiseState.REPLACED, by="desk" if passed else by)
        promise = schedule.make(
            self.ticket,
            self.setting.policy,
            promise_id=self.fresh.id(),
            due=due,
            made_by=made_by,
            stated_by=stated_by,
            now=self.now,
            said=said,
            agent=agent,
        )
        self._keep(promise)
        self.event(why("event.promised.by", due=promise.due), by=by)
        return promise

    def end_promise(self, state: PromiseState, kept_by: str | None = None, by: str = "desk") -> PromiseState | None:
        """End the open promise, if there is one; what it ended as (a human word after its time makes it late).

        `kept_by` is the message that is the human word, `by` who caused the end, for the diary.
        """
        if self.promise is None:
            return None
        ended = schedule.end(self.promise, state, self.now, kept_by)
        self.promise = None
        self._ended(ended, by)
        if ended.state is not PromiseState.REPLACED:
            self.set(promised=self.ticket.promised + 1, kept=self.ticket.kept + (ended.state is PromiseState.KEPT))
        return ended.state

    def _ended(self, promise: Promise, by: str) -> None:
        self._promises[promise.id] = promise
        self.event(_end_of(promise), by=by)
        if self.met is not None and promise.state is not PromiseState.REPLACED:
            self.met = replace(self.met, last=promise.state)

    def look_again(self, promise: Promise) -> None:
        """Store an open promise with a new time to wake."""
        self._keep(promise)

    def _keep(self, promise: Promise) -> None:
        self.promise = promise
        self._promises[promise.id] = promise

    # --- mails ---------------------------------------------------------------------------------------------------

    def letter(
        self,
        letter: CustomerLetter,
        *,
        key: str,
        states: Promise | None = None,
        attach: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """A mail to the customer; `states` is the promise whose time it tells. The desk never writes to itself."""
        if is_ours(self.ticket.requester, self.setting.policy):
            self.event(why("event.refused.ours", letter=letter.letter, address=self.ticket.requester.address))
            return
        self._outgoing.append(
            build.to_customer(self.setting, self.ticket, letter, key=key, now=self.now, promise=states, attach=attach)
        )

    def notice(
        self,
        agent: Agent,
        notice: TicketNotice,
        *,
        key: str,
        held: Message | None = None,
        attach: tuple[tuple[int, int], ...] = (),
        tap: str = "",
        choices: Sequence[Choice] = (),
    ) -> None:
        """A mail to one agent; the agent's id completes `key`; `tap` is a line that one tap in it sends.

        `choices` are several of those, for a question (the letter `ask`).
        """
        self._outgoing.append(
            build.to_agent(
                self.setting,
                self.ticket,
                agent,
                notice,
                key=f"{key}:{agent.id}",
                now=self.now,
                promise=self.promise,
                held=held,
                attach=attach,
                tap=tap,
                choices=choices,
                notes=self._shown_notes,
                before=self._before,
                known=acquainted(self.met, self.ticket, agent, self.setting.policy),
                inside=self.inside,
            )
        )

    def call(self, agent: Agent) -> None:
        """Call an agent on the second road, if the desk has one; once for each promise."""
        ticket, promise, policy = self.ticket, self.promise, self.setting.policy
        if policy.oncall is None or not policy.oncall.calls or promise is None:
            return
        words = why(
            "alert.words",
            desk=policy.inboxes[ticket.inbox].display_name,
            number=ticket.number,
            who=on_one_line(ticket.requester.name or ticket.requester.address)[:_SAID],
            subject=on_one_line(ticket.subject)[:_SAID],
            due=f"{promise.due.astimezone(agent.zone or policy.zone):%H:%M %Z}",
        )
        key = f"alert:{promise.id}:{agent.id}"
        self._alerts.append(Alert(key=key, ticket=ticket.number, agent=agent.id, words=words))

    def to_admins(self, notice: AdminNotice, *, key: str) -> None:
        """A mail to every admin."""
        self._outgoing += build.to_admins(self.setting, self.ticket.inbox, notice, key=key, now=self.now)

    def enclose(self, outgoing: Outgoing) -> None:
        """A mail that was made elsewhere."""
        self._outgoing.append(outgoing)

    def decision(self, outcome: str, reason: Reason | None = None) -> Decision:
        """All of it, frozen."""
        return Decision(
            outcome=outcome,
            reason=reason,
            tickets=(self.ticket, *self._others),
            messages=tuple(self._messages),
            refs=tuple(self._refs),
            promises=tuple(self._promises.values()),
            customers=tuple(self._customers),
            events=tuple(self._events),
            outgoing=tuple(self._outgoing),
            release=tuple(self._release),
            put=tuple(self._put),
            moves=tuple(self._moves),
            goodwill=tuple(self._goodwill),
            confirmed=tuple(self._confirmed),
            doubted=tuple(self._doubted),
            absences=tuple(self._absences),
            back=tuple(self._back),
            alerts=tuple(self._alerts),
        )
