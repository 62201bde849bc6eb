"""The life of a desk: what people and the world may do to it. After each step everything in `life_holds` must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.policy import Policy
from mailbot.errors import StoreDown
from mailbot.ports import RawMail
from tests.simulation.life_desk import Fuse, Killed, Posted, SwiftDesk
from tests.simulation.life_holds import INSIDE, Holds, micros, moment
from tests.simulation.simulated_desk import BERLIN, JOOST, MONDAY, SIGNER, mail, with_unsure

__all__ = ["INSIDE", "Life", "SwiftDesk"]

ZONES = {"anna@atelier.example": 60, "ben@harbour.example": -300, "jana@vogt.example": 330}
"""The offset east of UTC, in minutes, of each customer's clock; everybody else's is Berlin's."""
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
_MOST_ROUNDS = 50
_EARLIER = timedelta(days=3)


def _two_zones(policy: Policy) -> Policy:
    """The desk closes at Easter; one agent works by New York time, and may give a little goodwill."""
    joost = replace(JOOST, zone=ZoneInfo("America/New_York"), goodwill=2000)
    cadences = {
        level: replace(pace, hours=replace(pace.hours, holidays=EASTER)) for level, pace in policy.cadences.items()
    }
    paged = replace(policy, morning_page=True, evening_page=True)
    return with_unsure(replace(paged, agents={**policy.agents, joost.id: joost}, cadences=cadences))


class Life:
    """One desk and the world around it. Every step ends like the daemon's, with everything due done, and checked."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self.desk = SwiftDesk(start=start, change_policy=_two_zones)
        self._outside: list[RawMail] = []  # on the mail server, not stored
        self._down_until: datetime | None = None
        self._server_until: datetime | None = None
        self._holds = Holds(self.desk)

    def close(self) -> None:
        self.desk.close()

    @property
    def now(self) -> datetime:
        return self.desk.clock.now()

    # --- mail from outside ----------------------------------------------------------------------------------------

    def write(
        self, sender: str, text: str, *, to: str = "help@lumen.example", old: bool = False, **headers: str
    ) -> None:
        """A mail to the desk, or to nobody in particular that came in all the same."""
        self._arrives(self._mail(sender, text, to=to, old=old, **headers))

    def write_to_both(self, sender: str, text: str) -> None:
        """One mail to two addresses of the desk: it is in two inboxes."""
        raw = self._mail(sender, text, to="help@lumen.example, billing@lumen.example")
        self._arrives(raw)
        self._arrives(raw, "billing")

    def follow(self, nth: int, text: str, *, sender: str | None = None, **headers: str) -> None:
        """Somebody answers one of the mails that customers got."""
        one = self._letter(nth)
        if one is not None:
            self._arrives(self._reply(one, text, sender, **headers), one.outgoing.inbox)

    def bounce(self, nth: int) -> None:
        """A letter comes back for good."""
        one = self._letter(nth)
        if one is not None and one.outgoing.ticket is not None:
            self._arrives(_report(one, self.now))

    def tie(self, sender: str, nth: int, other: int) -> None:
        """A mail that answers two at once."""
        one, two = self._letter(nth), self._letter(other)
        if one is not None and two is not None:
            ids = f"<{one.message_id}> <{two.message_id}>"
            self.write(sender, "It is all the same matter, is it not?", References=ids)

    # --- mail of agents -------------------------------------------------------------------------------------------

    def answer(
        self, nth: int, text: str, *, sender: str | None = None, names: tuple[str, ...] = (), **headers: str
    ) -> None:
        """Somebody answers one of the latest notices (of these `names`), most likely its agent."""
        one = self._notice(nth, names)
        if one is not None:
            self._arrives(self._reply(one, text, sender, **headers), one.outgoing.inbox)

    def at_once(self, nth: int, text: str, other: int, words: str) -> None:
        """An agent and a customer write at one moment, and two workers decide: each has asked before the other's commit."""
        notice, letter = self._notice(nth), self._letter(other)
        if notice is None or letter is None:
            return
        for one, said in ((letter, words), (notice, text)):
            self._outside.append(self.desk.arrive(self._reply(one, said, None), one.outgoing.inbox))
        self.desk.meanwhile(lambda: self.desk.decider.decide_some(1))
        self._guarded(lambda: (self._store(), self.desk.decider.decide_some(1)))
        self._settle()

    def at_the_last_moment(self, nth: int, text: str) -> None:
        """An agent's words are being decided just when the desk is due to cover for them."""
        one = self._notice(nth)
        wake = self.desk.store.next_wake() if not self.desk.store_is_down else None
        if one is None or wake is None or wake - self.now > timedelta(hours=30):
            return
        self.pass_time(until=wake - timedelta(seconds=1))
        raw = self._reply(one, text, None)
        self.desk.clock.at = max(self.now, wake)
        self._outside.append(self.desk.arrive(raw, one.outgoing.inbox))
        self.desk.meanwhile(self.desk.reminder.tick)
        self._settle()

    # --- time -----------------------------------------------------------------------------------------------------

    def pass_time(self, span: timedelta | None = None, *, until: datetime | None = None) -> None:
        """The clock moves on, and the desk wakes whenever it needs to."""
        end = until or self.now + (span or timedelta())
        while self.now < end:
            self.desk.clock.at = min(end, max(self._next_moment(end), self.now))
            self._work()
        self._settle()

    def until_next(self, off: timedelta) -> None:
        """Until this long before or after something is due."""
        wake = None if self.desk.store_is_down else self.desk.store.next_wake()
        if wake is not None and timedelta() < wake + off - self.now < timedelta(hours=80):
            self.pass_time(until=wake + off)

    def sleep(self, span: timedelta, *, restart: bool = False, said: tuple[int, str] | None = None) -> None:
        """Nothing runs for that long: a laptop suspended, or (`restart`) a daemon that was stopped.

        `said`: at the beginning an agent answers one of the latest notices, in time.
        """
        notice = self._notice(said[0]) if said else None
        if said and notice is not None:
            raw = self._reply(notice, said[1], None)
            self._outside.append(self.desk.arrive(raw, notice.outgoing.inbox))
        self._stop(self.now + span, restart=restart)

    def set_clock(self, by: timedelta) -> None:
        """Somebody corrects the clock."""
        self._holds.set_back |= by < timedelta()
        self._stop(self.now + by, restart=False)

    def _stop(self, until: datetime, *, restart: bool) -> None:
        self.desk.clock.at = until
        if restart:
            self.desk.restart()
            self._down_until = None
        self._holds.stopped = True
        self._settle()

    # --- what breaks ----------------------------------------------------------------------------------------------

    def kill_after(self, commits: int, *, after_it: bool) -> None:
        """That many commits from now the process is killed, and started again."""
        if not self.desk.store_is_down:
            self.desk.light(Fuse(commits, after_it))

    def store_fails_after(self, commits: int, span: timedelta, *, after_it: bool) -> None:
        """That many commits from now the store is gone, until that long from now."""
        if not self.desk.store_is_down:
            self._down_until = self.now + span
            self.desk.light(Fuse(commits, after_it, until=self._down_until))

    def server_is_down(self, span: timedelta) -> None:
        """Nobody takes our mail for that long."""
        self.desk.server_is_down, self._server_until = True, self.now + span

    # --- what the desk does about it ------------------------------------------------------------------------------

    def heal(self) -> None:
        """The world is kind from now on."""
        self._down_until = self._server_until = self.now
        self.desk.answers.clear()
        self._settle()

    def _arrives(self, raw: bytes, inbox: str = "support") -> None:
        self._outside.append(self.desk.arrive(raw, inbox))
        self._settle()

    def _settle(self) -> None:
        self._work()
        self._holds.check()

    def _work(self) -> None:
        """One round of everything that the daemon does, and another one as long as somebody has to start it again."""
        if self._down_until is not None and self.now >= self._down_until:
            self._holds.stopped |= self.desk.store_is_down
            self._down_until = None
            self.desk.mend()
        if self._server_until is not None and self.now >= self._server_until:
            self.desk.server_is_down, self._server_until = False, None
        rounds = 0
        while self._guarded(self._round):
            rounds += 1
            assert rounds < _MOST_ROUNDS, "the desk does not come to rest"

    def _round(self) -> bool:
        """Whether another look is worth it: somebody else was quicker with a ticket."""
        self._store()
        now = micros(self.now)
        if self.desk.sees("SELECT 1 FROM inbound WHERE open_at <= :now LIMIT 1", now=now):
            while self.desk.decider.decide_some():
                pass
        seen = self.desk.reminder.tick()
        if self.desk.sees("SELECT 1 FROM outbox WHERE state = 'sending' LIMIT 1"):
            self.desk.store.sweep(self.now)
        self.desk.send()
        late = (
            "SELECT 1 FROM promise WHERE state = 'open' AND wake_at <= :now "
            "UNION SELECT 1 FROM ticket WHERE look_at <= :now LIMIT 1"
        )
        return seen > 0 and bool(self.desk.sees(late, now=now))

    def _store(self) -> None:
        """What is on the mail server is stored, as by a poll."""
        while self._outside:
            self.desk.store.put(self._outside[:1], self.now)
            del self._outside[0]

    def _guarded(self, work: Callable[[], object]) -> bool:
        """The work's result; after a kill it is started again, and has to look again. A store that is down is not."""
        try:
            return bool(work())
        except Killed:
            self.desk.restart()
            self._holds.died = True
            return True
        except StoreDown:
            assert self.desk.store_is_down, "the store is up, and yet it says that it is down"
            return False

    def _next_moment(self, end: datetime) -> datetime:
        """When something next happens by itself; `end` if nothing does before."""
        moments = [end]
        if self.desk.store_is_down:
            return min(end, self._down_until or end)
        moments += [m for m in (self._down_until, self._server_until, self.desk.store.next_wake()) if m is not None]
        waiting = "SELECT min(open_at) FROM inbound"
        if not self.desk.server_is_down:
            waiting += " UNION ALL SELECT min(due_at) FROM outbox WHERE due_at IS NOT NULL"
        moments += [moment(at) for (at,) in self.desk.sees(waiting) if at is not None]
        return min(m for m in moments if m > self.now)

    # --- mails ----------------------------------------------------------------------------------------------------

    def _mail(self, sender: str, text: str, *, to: str, old: bool = False, **headers: str) -> bytes:
        address = sender.rpartition("<")[2].rstrip(">")
        zone = timezone(timedelta(minutes=ZONES[address])) if address in ZONES else BERLIN
        at = (self.now - _EARLIER if old else self.now).astimezone(zone)
        return mail(sender, text, at=at, to=to, subject=headers.pop("Subject", "A matter"), **headers)

    def _reply(self, to: Posted, text: str, sender: str | None, **headers: str) -> bytes:
        return self._mail(
            sender or to.outgoing.to.address, text, to=to.reply_to, In_Reply_To=f"<{to.message_id}>", **headers
        )

    def _letter(self, nth: int) -> Posted | None:
        letters = [p for p in self.desk.posted if p.outgoing.kind is not OutgoingKind.NOTICE]
        return letters[nth % len(letters)] if letters else None

    def _notice(self, nth: int, names: tuple[str, ...] = ()) -> Posted | None:
        notices = [p for p in self.desk.posted if p.outgoing.agent and (not names or p.outgoing.name in names)][-12:]
        return notices[nth % len(notices)] if notices else None


def _report(letter: Posted, now: datetime) -> bytes:
    assert letter.outgoing.ticket is not None
    token = SIGNER.sign(Token(kind=TokenKind.BOUNCE, ticket=letter.outgoing.ticket))
    body = (
        "--cut\nContent-Type: text/plain\n\nIt could not be delivered.\n\n--cut\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.lumen.example\n\n"
        f"Final-Recipient: rfc822; {letter.outgoing.to.address}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--cut\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter.message_id}>\n\n--cut--\n"
    )
    return mail(
        "MAILER-DAEMON@mx.lumen.example",
        body,
        at=now,
        to=f"help+{token}@lumen.example",
        subject="Undelivered Mail Returned to Sender",
        Return_Path="<>",
        Auto_Submitted="auto-replied",
        MIME_Version="1.0",
        Content_Type='multipart/report; report-type=delivery-status; boundary="cut"',
    )
