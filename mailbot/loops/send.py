"""Mail goes out: a row is composed, claimed, submitted once, and settled by what the server said (TX4, TX5)."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailbot.core.actions.undelivered import held_back
from mailbot.core.letters.compose import Composed, compose, sealed
from mailbot.core.model.known import Keys
from mailbot.core.model.outgoing import OutboxState, Outgoing, OutgoingKind
from mailbot.core.model.policy import Inbox
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.door import Unfit
from mailbot.core.sending.pace import Pace
from mailbot.core.sending.refusals import About, about
from mailbot.core.sending.retry import Verdict, verdict
from mailbot.errors import Conflict, NoAddress, StoreDown, TemplateError
from mailbot.loops.brakes import Breaker, Tally
from mailbot.loops.enclosures import Enclosed, enclosed, logo_for
from mailbot.loops.flights import HEAVY, Flights
from mailbot.loops.gate import Gate
from mailbot.loops.pacer import Pacer
from mailbot.loops.tell import Teller
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
TAKEN_FOR = timedelta(seconds=30)  # a process that was suspended for longer must not send what others have taken over
BATCH = 20
TAKEN_TOGETHER = 5
FRESH = timedelta(minutes=1)  # a letter this young cannot have been overtaken unnoticed
WIDE_BATCH = 100  # looked at while some wait for the server, so that those do not hide the others
HEAVY_WAITS = timedelta(seconds=3)
HEAVY_AT_HAND = 2  # large mails that are written and not yet on their way, at most
GLANCE = 0.2  # seconds between looks at the outbox while something slow is on its way
SLOW_TO_SAY = 20.0  # seconds on its way after which a mail gets a line in the log


class Sender:
    """Works through the outbox: one mail after the other, and while one is slow, the next on another connection.

    So a kill leaves at most as many mails in doubt as there are connections, and usually one.
    """

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
        connections: int = 1,
        pace: Pace = Pace(),  # noqa: B008 - frozen
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
        self._teller = Teller(desk=desk, clock=clock, fresh=fresh, setting=setting)
        self._breaker = Breaker(outbox, self._teller.change, clock.now())
        self._gate = Gate(outbox, self._teller.change)
        self._flights = Flights(connections)
        self._pacer = Pacer(pace, outbox)
        self._tally = Tally(outbox)
        self._ended: deque[tuple[OutboxRow, Submission, datetime]] = deque()
        self._returned: list[OutboxRow] = []
        self._down = False
        self.stopping = False
        self.in_hand: OutboxRow | None = None  # the last one that was handed over

    async def send_some(self) -> int:
        """Try the oldest mails that are ready; returns how many were tried or put off. Raises StoreDown only.

        Returns -1 if the server is down, which ends it early. It calls the store in its own thread: run it in an event
        loop that nobody else needs. A few mails are claimed by one commit (TX4); then they leave, each settled as it
        ends, so that a kill leaves in doubt only those on their way, and a loss of power only those few. Slow ones go on
        after the return, which then is above 0; whoever stops waits for them.
        """
        handled = 0
        self._flights.land()
        self._make_good()
        self._down = False
        rows = deque(self._ready())
        taken: deque[tuple[OutboxRow, Composed]] = deque()
        written: list[tuple[OutboxRow, Composed]] = []
        heavy: deque[tuple[OutboxRow, Composed]] = deque()
        since = self._clock.now()
        try:
            while (taken or rows or written or heavy) and not self.stopping and not self._down:
                if not taken:
                    while rows and len(written) < TAKEN_TOGETHER and len(heavy) < HEAVY_AT_HAND:
                        handled += self._write_next(rows, written, heavy)
                    if not written and heavy:
                        if not await self._flights.turn():
                            break
                        written = self._next_heavy(heavy)
                    taken, written = self._take(written), []
                    since = self._clock.now()
                    continue
                if not await self._flights.turn():
                    if self._clock.now() - since > TAKEN_FOR:
                        break
                    continue
                if self._clock.now() - since > TAKEN_FOR or self._down:
                    break  # the server is slow: what would have to wait long is given back
                row, letter = taken.popleft()  # from here on it may be handed over, so it is not given back
                if not self._gate.lets(row):
                    self._returned.append(row)
                    continue
                self.in_hand = row
                self._flights.begin(self._hand_over(row, letter), row=row.id, size=len(letter.raw))
                await asyncio.sleep(0)  # so that it leaves before the next one is written
                if rows and len(written) < TAKEN_TOGETHER and len(heavy) < HEAVY_AT_HAND:
                    handled += self._write_next(rows, written, heavy)
            await self._flights.turn()
            await self._flights.rest(None if self.stopping else GLANCE)
        finally:
            self._returned += [row for row, _ in taken]
            self._make_good()
        return -1 if self._down else handled or len(self._flights)

    async def _hand_over(self, row: OutboxRow, letter: Composed) -> None:
        """One mail on its way, and what becomes of it."""
        begun, started = self._clock.now(), time.monotonic()
        self._pacer.began(row.id, begun)
        sent = await self._submitter.submit(letter.envelope_sender, letter.envelope_to, letter.raw)
        seconds = time.monotonic() - started
        if seconds > SLOW_TO_SAY:
            log.warning(
                "slow", key=row.outgoing.key, seconds=round(seconds, 1), bytes=len(letter.raw), reply=sent.reply
            )
        self._say(sent)
        self._down = self._down or sent.down
        self._ended.append((row, sent, begun))
        self._make_good()

    def _make_good(self) -> None:
        """Store how each submission ended. What a store that is down cannot take is kept for later, so no letter is doubled."""
        while self._ended:
            row, sent, begun = self._ended.popleft()
            try:
                self._settle(row, sent, begun)
            except (StoreDown, Conflict):
                self._ended.appendleft((row, sent, begun))
                raise
        if self._returned:
            self._outbox.give_back(self._returned, self._clock.now())
            self._returned = []

    async def close(self) -> None:
        """Leave the server."""
        await self._flights.cut_off()
        await self._submitter.close()

    def _ready(self) -> list[OutboxRow]:
        """The next mails, and how many letters the recipients of first words already had, in one query for all."""
        now = self._clock.now()
        self._gate.look(now)
        rows = self._pacer.ready(now, WIDE_BATCH if self._gate.narrow else BATCH)
        rows = self._gate.choose(rows, self._flights.rows, now)
        self._tally.look(rows, now)
        return rows

    def _write_next(
        self,
        rows: deque[OutboxRow],
        written: list[tuple[OutboxRow, Composed]],
        heavy: deque[tuple[OutboxRow, Composed]],
    ) -> int:
        """Write the next mail; 1 always. Put off or dropped, those behind it must not wait for the next look."""
        row = rows.popleft()
        composed = self._written(row) if self._gate.lets(row) else None
        if composed is not None:
            # Small ones go first: a large one is taken when none of them is left, and alone.
            (written if len(composed.raw) <= HEAVY else heavy).append((row, composed))
        return 1

    def _next_heavy(self, heavy: deque[tuple[OutboxRow, Composed]]) -> list[tuple[OutboxRow, Composed]]:
        """The next large mail; it is put off, and there is none, if large ones have all the connections that they may have."""
        row, composed = heavy.popleft()
        if self._flights.room_for_heavy:
            return [(row, composed)]
        now = self._clock.now()
        waits = "large mails before it are on their way"
        self._outbox.settle(row, Settled(state=row.state, reply=waits, next_try=now + HEAVY_WAITS, told=row.told), now)
        return []

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
        """Check policy once more, and write the mail if it is not written yet; None if it must not go now."""
        outgoing, setting, now = row.outgoing, self._setting(), self._clock.now()
        if outgoing.kind is OutgoingKind.LETTER and row.raw is None:
            first = self._tally.comes_first(outgoing, now)
            if not first and self._breaker.holds(row, setting.policy.limits, now):
                return None
            reason = self._tally.stopped(outgoing, setting.policy.limits, now) or self._overtaken(row, now)
            if reason:
                self._drop(row, reason)
                return None
        # Tried before, and certainly not taken: after a day without a server, its time may be long past.
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
            self._not_written(row, str(error), for_good=isinstance(error, NoAddress))
            return None
        except StoreDown:
            raise
        except Exception as error:
            # A letter that cannot be written, for whatever reason, must not hold up those behind it.
            log.exception("letter failed", key=outgoing.key, error=repr(error))
            self._not_written(row, repr(error))
            return None

    def _keep_in(self, row: OutboxRow, reason: Reason) -> None:
        """Stopped at the door: trying again will not help, and somebody has to know."""
        log.error("kept in", key=row.outgoing.key, letter=row.outgoing.name, reason=reason)
        self._teller.kept_in(row, reason)
        settled = Settled(state=OutboxState.FAILED, reply=str(reason), told=True)
        self._outbox.settle(row, settled, self._clock.now())
        self._on_settled(row, settled)

    def _not_written(self, row: OutboxRow, reason: str, *, for_good: bool = False) -> None:
        """A template or an address failed: tried again as if a server had said 4xx, and a person is told in time."""
        log.error("letter not written", key=row.outgoing.key, letter=row.outgoing.name, error=reason)
        now = self._clock.now()
        result = verdict(
            accepted=False,
            permanent=for_good,
            ambiguous=False,
            down=False,
            about=About.RECIPIENT if for_good else About.MAIL,
            attempts=3,
            first_tried_at=row.created_at,
            told=row.told,
            now=now,
        )
        told = row.told or result.tell
        if result.tell:
            self._teller.undelivered(row, reason, About.RECIPIENT, final=result.state is OutboxState.FAILED)
        self._outbox.settle(row, Settled(state=result.state, reply=reason, next_try=result.next_try, told=told), now)

    def _overtaken(self, row: OutboxRow, now: datetime) -> Reason | None:
        """Whether a later word has replaced the time that a letter states: after an outage one letter is enough."""
        outgoing = row.outgoing
        if outgoing.promise is None or outgoing.ticket is None or now - row.created_at < FRESH:
            return None
        known = self._desk.lookup(Keys(content_key="", sender=None, numbers=outgoing.numbers), now)
        if any(p.id == outgoing.promise or p.stated_by == outgoing.key for p in known.promises.values()):
            return None  # of several times that one letter states, one that still holds is enough
        return why("send.overtaken")

    def _compose(self, row: OutboxRow, setting: Setting) -> Composed:
        outgoing = row.outgoing
        inbox = _inbox(outgoing, setting)
        if row.raw is not None and row.message_id is not None:
            # Tried before: identical bytes, so that a receiver can tell a copy.
            return sealed(row.raw, row.message_id, outgoing, inbox=inbox, policy=setting.policy, signer=setting.signer)
        found, now = self._enclosed(outgoing, inbox, setting), self._clock.now()
        logo = logo_for(outgoing, setting.policy, setting.signer, inbox.address.rpartition("@")[2])
        rendered = self._renderer.render(
            outgoing.name,
            language=outgoing.language,
            inbox=outgoing.inbox,
            zone=outgoing.zone,
            fields={
                **outgoing.fields,
                **found.fields(setting.policy),
                "now": now.isoformat(),
                "look": setting.policy.brand_for(outgoing.to).look(f"cid:{logo.cid}" if logo is not None else ""),
            },
        )
        return compose(
            outgoing,
            rendered,
            inbox=inbox,
            policy=setting.policy,
            signer=setting.signer,
            now=now,
            files=found.files,
            logo=logo,
        )

    def _enclosed(self, outgoing: Outgoing, inbox: Inbox, setting: Setting) -> Enclosed:
        return enclosed(outgoing, self._inbound.raw, setting.signer, inbox.address.rpartition("@")[2])

    def _outcome(self, row: OutboxRow, sent: Submission, whose: About, now: datetime) -> tuple[Settled, Verdict]:
        result = verdict(
            accepted=sent.accepted,
            permanent=sent.permanent,
            ambiguous=sent.ambiguous,
            down=sent.down,
            about=whose,
            attempts=row.attempts + 1,
            first_tried_at=row.first_tried_at or now,
            told=row.told,
            now=now,
        )
        reply = f"{sent.code} {sent.reply}".strip() if sent.code else sent.reply
        told = row.told or result.tell
        return Settled(state=result.state, reply=reply, next_try=result.next_try, told=told), result

    def _settle(self, row: OutboxRow, sent: Submission, begun: datetime | None = None) -> None:
        now = self._clock.now()
        whose = about(sent.code, sent.reply, sent.at) if not sent.accepted else About.MAIL
        whose = self._gate.learn(row, sent, whose, begun=begun or now, now=now)
        settled, result = self._outcome(row, sent, whose, now)
        if not sent.accepted and not sent.down:
            to, state = row.outgoing.to.address, settled.state
            log.warning("not sent", key=row.outgoing.key, to=to, state=state, reply=settled.reply, about=whose)
        if sent.permanent and whose is About.SIZE and row.outgoing.attach:
            settled = self._leave_files_out(row, settled, now)
        elif result.tell:
            # Before the row is settled: if we are killed in between, it is tried and reported again, under the same key.
            self._teller.undelivered(row, settled.reply, whose, final=result.state is OutboxState.FAILED)
        self._outbox.settle(row, settled, now)
        self._on_settled(row, settled)

    def _leave_files_out(self, row: OutboxRow, settled: Settled, now: datetime) -> Settled:
        """Too large with its files: another mail without them takes its place, under a key of its own."""
        setting = self._setting()
        found = self._enclosed(row.outgoing, _inbox(row.outgoing, setting), setting)
        size = sum(len(file.data) for file in found.files)
        self._teller.without_files(row, size, settled.reply, now)
        return Settled(state=OutboxState.DROPPED, reply=f"{settled.reply}: sent again without its files", told=True)

    def _drop(self, row: OutboxRow, reason: Reason) -> None:
        now = self._clock.now()
        log.warning("letter dropped", key=row.outgoing.key, to=row.outgoing.to.address, reason=reason)
        self._tally.forget()  # it no longer counts against those after it
        self._teller.change(
            row, lambda known, setting: held_back(row.outgoing, reason, known, setting, now=now, fresh=self._fresh)
        )
        settled = Settled(state=OutboxState.DROPPED, reply=str(reason))
        self._outbox.settle(row, settled, now)
        self._on_settled(row, settled)

    def _say(self, sent: Submission) -> None:
        """One line per change of state of the submission server."""
        state = "down" if sent.down else "up"
        if state != self._state:
            self._state = state
            (log.info if state == "up" else log.warning)("submission", state=state, reply=sent.reply)


def _inbox(outgoing: Outgoing, setting: Setting) -> Inbox:
    return setting.policy.inboxes.get(outgoing.inbox) or next(iter(setting.policy.inboxes.values()))
