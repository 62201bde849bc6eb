"""Mail goes out: a row is composed, claimed, submitted once, and settled by what the server said (TX4, TX5)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailbot.core.acts.kept_in import kept_in
from mailbot.core.acts.undelivered import breaker_notice, held_back, undelivered
from mailbot.core.compose import Composed, compose, sealed
from mailbot.core.desk import Counts, Decision, Keys, Known, OutboxState, Outgoing, OutgoingKind
from mailbot.core.outgoing.door import Unfit
from mailbot.core.outgoing.limits import breaker_open, over
from mailbot.core.outgoing.retry import Verdict, verdict
from mailbot.core.reasons import Reason
from mailbot.core.setting import Setting
from mailbot.errors import Conflict, StoreDown, TemplateError
from mailbot.loops.enclosures import enclosed
from mailbot.ports import (
    Clock,
    DeskStore,
    Fresh,
    InboundStore,
    OutboxRow,
    OutboxStore,
    Renderer,
    Settled,
    Submission,
    Submitter,
)

log = structlog.get_logger("mailbot.send")

LEASE = timedelta(minutes=45)  # longer than the most patient submission of the largest mail, and `TAKEN_FOR` before it
TAKEN_FOR = timedelta(seconds=30)  # one that slept until others took over what it has must not send it as well
BATCH = 20
TAKEN_TOGETHER = 5
FRESH = timedelta(minutes=1)  # a letter this young cannot have been overtaken unnoticed
PACE_EVERY = timedelta(minutes=1)
LOOKS = 10  # at the pace while as many letters leave as the breaker's floor: a flood may be over within the minute
FIRST_WORDS = frozenset({"ack", "thanks-feedback", "thanks-welcome", "thanks-resolution", "too-large"})


class Sender:
    """Works through the outbox, one mail at a time, so that a kill leaves at most one mail in doubt."""

    def __init__(
        self,
        *,
        outbox: OutboxStore,
        inbound: InboundStore,
        desk: DeskStore,
        clock: Clock,
        fresh: Fresh,
        setting: Callable[[], Setting],
        renderer: Renderer,
        submitter: Submitter,
        holder: str,
        on_settled: Callable[[OutboxRow, Settled], None] = lambda *_: None,
    ) -> None:
        self._outbox = outbox
        self._inbound = inbound
        self._desk = desk
        self._clock = clock
        self._fresh = fresh
        self._setting = setting
        self._renderer = renderer
        self._submitter = submitter
        self._holder = holder
        self._on_settled = on_settled
        self._state = "up"
        self._breaker = False
        self._look_at_pace = clock.now()
        self._since_look = 0
        self._counts: dict[str, Counts] = {}
        self._ended: deque[tuple[OutboxRow, Submission]] = deque()
        self._returned: list[OutboxRow] = []
        self.stopping = False
        self.in_hand: OutboxRow | None = None  # the last one that was handed over

    async def send_some(self) -> int:
        """Try the oldest mails that are ready; how many were tried or put off. Raises StoreDown only.

        -1 where the server is down, which ends it early. It asks the store in its own thread: run it in a loop that
        nobody else needs. A few mails are claimed by one commit (TX4); then they leave one by one, each settled before
        the next one, so that a kill leaves one mail in doubt, and a loss of power those few.
        """
        handled = 0
        self._make_good()
        rows = deque(self._ready())
        taken: deque[tuple[OutboxRow, Composed]] = deque()
        written: list[tuple[OutboxRow, Composed]] = []
        since = self._clock.now()
        try:
            while (taken or rows or written) and not self.stopping:
                if not taken:
                    while rows and len(written) < TAKEN_TOGETHER:
                        handled += self._write_next(rows, written)
                    taken, written = self._take(written), []
                    since = self._clock.now()
                    continue
                if self._clock.now() - since > TAKEN_FOR:
                    break  # the server is slow: what would wait for long is given back
                row, letter = taken.popleft()  # from here on it may be handed over, so it is not given back
                self.in_hand = row
                submit = self._submitter.submit(letter.envelope_sender, letter.envelope_to, letter.raw)
                on_its_way = asyncio.ensure_future(submit)
                await asyncio.sleep(0)  # so that it leaves before the next one is written
                try:
                    if rows and len(written) < TAKEN_TOGETHER:
                        handled += self._write_next(rows, written)
                finally:
                    sent = await on_its_way
                    self._say(sent)
                    self._ended.append((row, sent))
                    self._make_good()
                if sent.down:
                    return -1
        finally:
            self._returned += [row for row, _ in taken]
            self._make_good()
        return handled

    def _make_good(self) -> None:
        """Store what is known of letters that were taken: a store that was away must neither double nor delay them."""
        while self._ended:
            row, sent = self._ended.popleft()
            try:
                self._settle(row, sent)
            except (StoreDown, Conflict):
                self._ended.appendleft((row, sent))
                raise
        if self._returned:
            self._outbox.give_back(self._returned, self._clock.now())
            self._returned = []

    async def close(self) -> None:
        """Leave the server."""
        await self._submitter.close()

    def _ready(self) -> list[OutboxRow]:
        """The next mails, and how many others the receivers of first words were sent: asked for all of them at once."""
        now = self._clock.now()
        rows = self._outbox.ready(now, BATCH)
        firsts = {row.outgoing.to.key for row in rows if row.raw is None and row.outgoing.name in FIRST_WORDS}
        self._counts = self._outbox.counts(firsts, now) if firsts else {}
        return rows

    def _write_next(self, rows: deque[OutboxRow], written: list[tuple[OutboxRow, Composed]]) -> int:
        """Write the next mail; 1 always. Put off or dropped, those behind it must not wait for the next look."""
        row = rows.popleft()
        composed = self._written(row)
        if composed is not None:
            written.append((row, composed))
        return 1

    def _take(self, written: list[tuple[OutboxRow, Composed]]) -> deque[tuple[OutboxRow, Composed]]:
        """Claim the rows of mails that are written (TX4): those that are ours now, with the bytes that are stored."""
        if not written:
            return deque()
        letters = [(row, composed.raw, composed.message_id) for row, composed in written]
        stored = self._outbox.take(letters, self._holder, self._clock.now(), LEASE)
        return deque(
            (row, replace(composed, raw=raw))
            for (row, composed), raw in zip(written, stored, strict=True)
            if raw is not None
        )

    def _written(self, row: OutboxRow) -> Composed | None:
        """Check policy once more and write the mail if it is not written yet; None where it is not to go now."""
        outgoing, setting, now = row.outgoing, self._setting(), self._clock.now()
        if outgoing.kind is OutgoingKind.LETTER and row.raw is None:
            if self._paused(row, now):
                return None
            reason = self._stopped(outgoing, setting) or self._overtaken(row, now)
            if reason:
                self._drop(row, reason)
                return None
        # Tried before, and surely not taken: after a day without a server its time may be long past.
        elif (
            outgoing.kind is OutgoingKind.LETTER
            and row.state is OutboxState.READY
            and (reason := self._overtaken(row, now))
        ):
            self._drop(row, reason)
            return None
        try:
            return self._compose(row, setting)
        except Unfit as error:
            self._keep_in(row, error.reason)
            return None
        except TemplateError as error:
            self._not_written(row, str(error))
            return None
        except StoreDown:
            raise
        except Exception as error:
            # A letter that cannot be written, whyever, must not hold up those behind it.
            log.exception("letter failed", key=outgoing.key, error=repr(error))
            self._not_written(row, repr(error))
            return None

    def _keep_in(self, row: OutboxRow, reason: Reason) -> None:
        """Stopped at the door: it will not get better by trying again, and somebody has to know."""
        now = self._clock.now()
        log.error("kept in", key=row.outgoing.key, letter=row.outgoing.name, reason=str(reason))
        self._change(
            row, lambda known, setting: kept_in(row.outgoing, reason, known, setting, now=now, fresh=self._fresh)
        )
        settled = Settled(state=OutboxState.FAILED, reply=str(reason), told=True)
        self._outbox.settle(row, settled, now)
        self._on_settled(row, settled)

    def _not_written(self, row: OutboxRow, reason: str) -> None:
        """A template or an address that fails: tried again as if a server had said 4xx, and told to a person in time."""
        log.error("letter not written", key=row.outgoing.key, letter=row.outgoing.name, error=reason)
        now = self._clock.now()
        result = verdict(
            accepted=False,
            permanent=False,
            ambiguous=False,
            down=False,
            attempts=3,
            first_tried_at=row.created_at,
            told=row.told,
            now=now,
        )
        told = row.told or result.tell
        if result.tell:
            self._tell(row, reason, result)
        self._outbox.settle(row, Settled(state=result.state, reply=reason, next_try=result.next_try, told=told), now)

    def _stopped(self, outgoing: Outgoing, setting: Setting) -> str | None:
        """Which limit a first word breaks; its own row is among those counted. Later words were promised."""
        if outgoing.name not in FIRST_WORDS:
            return None
        limits = setting.policy.limits
        to = outgoing.to.key
        counts = self._counts.get(to) or self._outbox.counts([to], self._clock.now())[to]
        others = type(counts)(hour=counts.hour - 1, day=counts.day - 1, domain_hour=counts.domain_hour - 1)
        return over(others, limits)

    def _overtaken(self, row: OutboxRow, now: datetime) -> str | None:
        """Whether the time that a letter states is no longer the one that holds: after an outage one letter is enough."""
        outgoing = row.outgoing
        if outgoing.promise is None or outgoing.ticket is None or now - row.created_at < FRESH:
            return None
        known = self._desk.lookup(Keys(content_key="", sender=None, numbers=outgoing.numbers), now)
        if any(p.id == outgoing.promise or p.stated_by == outgoing.key for p in known.promises.values()):
            return None  # of several times that one letter tells, one that holds is enough
        return "a later word has taken its place"

    def _paused(self, row: OutboxRow, now: datetime) -> bool:
        """The breaker: at five times the usual rate automatic letters wait, and an admin is told once."""
        limits = self._setting().policy.limits
        self._since_look += 1
        if now >= self._look_at_pace or self._since_look * LOOKS > limits.breaker_floor:
            self._look_at_pace, self._since_look = now + PACE_EVERY, 0
            last_hour, usual = self._outbox.pace(now)
            was_open, self._breaker = self._breaker, breaker_open(last_hour, usual, limits)
            if self._breaker and not was_open:
                log.error("breaker", state="open", last_hour=last_hour, usual=round(usual, 1))
                self._change(
                    row,
                    lambda _, setting: breaker_notice(
                        row.outgoing.inbox, last_hour, usual, setting, now=self._clock.now()
                    ),
                )
            elif was_open and not self._breaker:
                log.warning("breaker", state="closed", last_hour=last_hour)
        if self._breaker:
            waits = Settled(state=row.state, reply="the breaker is open", next_try=now + PACE_EVERY, told=row.told)
            self._outbox.settle(row, waits, now)
        return self._breaker

    def _compose(self, row: OutboxRow, setting: Setting) -> Composed:
        outgoing = row.outgoing
        inbox = setting.policy.inboxes.get(outgoing.inbox) or next(iter(setting.policy.inboxes.values()))
        if row.raw is not None and row.message_id is not None:
            # Tried before: identical bytes, so that a receiver can tell a copy.
            return sealed(row.raw, row.message_id, outgoing, inbox=inbox, policy=setting.policy, signer=setting.signer)
        domain = inbox.address.rpartition("@")[2]
        found = enclosed(outgoing, self._inbound.raw, setting.signer, domain)
        own = sorted(setting.policy.own_addresses)
        rendered = self._renderer.render(
            outgoing.name,
            language=outgoing.language,
            inbox=outgoing.inbox,
            zone=outgoing.zone,
            fields={**outgoing.fields, "pictures": found.pictures, "own_addresses": own},
        )
        return compose(
            outgoing,
            rendered,
            inbox=inbox,
            policy=setting.policy,
            signer=setting.signer,
            now=self._clock.now(),
            files=found.files,
        )

    def _outcome(self, row: OutboxRow, sent: Submission, now: datetime) -> tuple[Settled, Verdict]:
        result = verdict(
            accepted=sent.accepted,
            permanent=sent.permanent,
            ambiguous=sent.ambiguous,
            down=sent.down,
            attempts=row.attempts + 1,
            first_tried_at=row.first_tried_at or now,
            told=row.told,
            now=now,
        )
        reply = f"{sent.code} {sent.reply}".strip() if sent.code else sent.reply
        told = row.told or result.tell
        return Settled(state=result.state, reply=reply, next_try=result.next_try, told=told), result

    def _settle(self, row: OutboxRow, sent: Submission) -> None:
        now = self._clock.now()
        settled, result = self._outcome(row, sent, now)
        if not sent.accepted and not sent.down:
            to, state = row.outgoing.to.address, settled.state
            log.warning("not sent", key=row.outgoing.key, to=to, state=state, reply=settled.reply)
        if result.tell:
            # Before the row is settled: whoever kills us in between has it tried, and told of, again under the same key.
            self._tell(row, settled.reply, result)
        self._outbox.settle(row, settled, now)
        self._on_settled(row, settled)

    def _tell(self, row: OutboxRow, reply: str, result: Verdict) -> None:
        final = result.state is OutboxState.FAILED
        try:
            self._change(
                row,
                lambda known, setting: undelivered(
                    row.outgoing, reply, known, setting, final=final, now=self._clock.now(), fresh=self._fresh
                ),
            )
        except (StoreDown, Conflict):
            raise
        except Exception as error:
            # What cannot be told must not keep the row from being settled: it would be tried again and again.
            log.exception("not told", key=row.outgoing.key, error=repr(error))

    def _drop(self, row: OutboxRow, reason: str) -> None:
        now = self._clock.now()
        log.warning("letter dropped", key=row.outgoing.key, to=row.outgoing.to.address, reason=reason)
        self._counts.clear()  # those behind it have room again
        self._change(
            row, lambda known, setting: held_back(row.outgoing, reason, known, setting, now=now, fresh=self._fresh)
        )
        settled = Settled(state=OutboxState.DROPPED, reply=reason)
        self._outbox.settle(row, settled, now)
        self._on_settled(row, settled)

    def _change(self, row: OutboxRow, decide: Callable[[Known, Setting], Decision]) -> None:
        """Decide and commit something about the row's ticket; again if somebody else changed it meanwhile."""
        for _ in range(5):
            now = self._clock.now()
            known = self._desk.lookup(Keys(content_key="", sender=None, numbers=row.outgoing.numbers), now)
            try:
                self._desk.commit(decide(known, self._setting()), now)
            except Conflict:
                continue
            return
        raise Conflict(f"the ticket of {row.outgoing.key} was changed again and again")

    def _say(self, sent: Submission) -> None:
        """One line per change of state of the submission server."""
        state = "down" if sent.down else "up"
        if state != self._state:
            self._state = state
            (log.info if state == "up" else log.warning)("submission", state=state, reply=sent.reply)
