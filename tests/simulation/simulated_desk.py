"""A whole desk without the world: the real core, loops and SQLite store, a clock set by hand, and no servers."""

from __future__ import annotations

import asyncio
import atexit
import functools
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import event

from mailbot.adapters.language import detect_language
from mailbot.adapters.live import Live, load_live
from mailbot.adapters.site import data_dir
from mailbot.adapters.store.migrations import migrate
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.app.live import plain_policy
from mailbot.config import Priorities, unsure_of
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.policy import Agent, Hours, Inbox, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.crowds import digest_at
from mailbot.loops.receive import Decider
from mailbot.loops.remind import Reminder
from mailbot.loops.send import Sender
from mailbot.ports import OutboxRow, RawMail, Submission
from tests.simulation.stamped import SERVER, stamped
from tests.statements import sharing_statements

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BERLIN)
SIGNER = Signer(b"a secret for tests, thirty-two by")
MARA = Agent(id="mara", name="Mara Lind", addresses=("mara@lumen.example",), lead=True, zone=BERLIN)
TAKEN = Submission(accepted=True, code=250, reply="ok")
REFUSED = Submission(accepted=False, code=550, reply="no such user", permanent=True)
JOOST = Agent(id="joost", name="Joost Baker", addresses=("joost@lumen.example",), zone=BERLIN)


def desk_policy(languages: frozenset[str] = frozenset({"en", "de"})) -> Policy:
    """Two inboxes, two agents of whom one is a lead, the default cadences, and business from 9 to 17 in Berlin.

    What no rule knows is paced like a real problem, as most tests expect; `with_unsure` gives it the default pace.
    """
    plain = plain_policy(languages)
    business = Hours(zone=BERLIN, spans={day: ((time(9), time(17)),) for day in range(5)})
    cadences = {
        level: replace(pace, hours=Hours(zone=BERLIN, always=True) if pace.hours.always else business)
        for level, pace in plain.cadences.items()
    }
    return replace(
        plain,
        desk_name="Lumen",
        zone=BERLIN,
        inboxes={
            "support": Inbox(name="support", address="help@lumen.example", display_name="Lumen Support"),
            "billing": Inbox(name="billing", address="billing@lumen.example", display_name="Lumen Billing"),
        },
        agents={agent.id: agent for agent in (MARA, JOOST)},
        cadences=cadences,
        unsure=None,
        admins=("admin@lumen.example",),
    )


def with_unsure(policy: Policy) -> Policy:
    """The policy with the default pace for tickets whose kind no rule told."""
    led = any(agent.lead for agent in policy.agents.values())
    return replace(policy, unsure=unsure_of(Priorities.model_validate({}), policy.business, led=led))


@functools.cache
def shipped() -> Live:
    """The shipped rules and templates, read once."""
    return load_live(
        rules=data_dir("rules"),
        templates=[data_dir("templates")],
        signer=SIGNER,
        detect=detect_language,
        policy=desk_policy,
    )


def _scratch() -> str | None:
    """The folder for databases that nobody keeps: in memory if the machine has such a place."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None


@functools.cache
def empty_database() -> Path:
    """A database with its tables and nothing in them, to be copied: to make one takes all migrations."""
    folder = tempfile.mkdtemp(prefix="mailbot-empty-", dir=_scratch())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "desk.db"
    migrate(f"sqlite:///{path}")
    return path


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.at = now.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, when: datetime) -> float:
        return max(0.0, (when - self.at).total_seconds())


class CountedIds:
    """The same ids in every run: `id00000000001`, and tickets from 1."""

    def __init__(self) -> None:
        self._ids = self._numbers = 0

    def id(self) -> str:
        self._ids += 1
        return f"id{self._ids:012d}"

    def number(self) -> int:
        self._numbers += 1
        return self._numbers


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A mail that left: what was decided, the bytes, and the envelope."""

    outgoing: Outgoing
    raw: bytes
    message_id: str
    envelope_sender: str
    at: datetime

    def header(self, name: str) -> str:
        """The first value of a header, decoded; empty if there is none."""
        return str(self.parsed[name] or "")

    @functools.cached_property
    def parsed(self) -> EmailMessage:
        """The mail as an object. Parsing it takes longer than the desk takes to write it, so it is done once."""
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @functools.cached_property
    def whole(self) -> str:
        """All that it says, each header and each part, decoded."""
        words = [f"{name}: {value}" for part in self.parsed.walk() for name, value in part.items()]
        words += [part.get_content() for part in self.parsed.walk() if part.get_content_maintype() == "text"]
        return "\n".join(words)

    @property
    def reply_to(self) -> str:
        """The bare address that a mail client answers to."""
        return (self.header("Reply-To") or self.header("From")).rpartition("<")[2].rstrip(">")

    @functools.cached_property
    def text(self) -> str:
        """The plain text, decoded."""
        part = self.parsed.get_body(preferencelist=("plain",))
        assert part is not None
        return str(part.get_content())


@dataclass
class SimulatedDesk:
    """One desk. `close` removes its database. Every mail is delivered at once unless `refuse` says otherwise.

    `vouches`: its own server proves each mail that comes in, so that every customer's address is confirmed.
    `url`: a database that is there already and stays.
    """

    start: datetime = MONDAY
    change_policy: Callable[[Policy], Policy] = lambda policy: policy
    refuse: Callable[[Outgoing], bool | Submission] = lambda _: False
    vouches: bool = False
    url: str = ""
    decisions: list[Decision] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    in_flight: int = 0  # bytes of the mail that was last handed over

    def __post_init__(self) -> None:
        live = shipped()
        now = live.current()
        policy = replace(now.policy, authserv_id=SERVER) if self.vouches else now.policy
        self.setting = Setting(policy=self.change_policy(policy), rules=now.rules, signer=now.signer, detect=now.detect)
        self.clock = HandClock(self.start)
        self.fresh = CountedIds()
        self._folder = Path(tempfile.mkdtemp(prefix="mailbot-desk-", dir=_scratch()))
        self.path = self._folder / "desk.db"
        if not self.url:
            shutil.copy(empty_database(), self.path)
        self._uids: dict[str, int] = {}
        self._runs = 0
        self.start_up()
        for inbox in self.setting.policy.inboxes:
            self.store.baseline(inbox, 1, 1, self.clock.now())

    def start_up(self) -> None:
        """A process begins: the store is opened, and the loops know only what is in it."""
        self._runs += 1
        holder = "test" if self._runs == 1 else f"test-{self._runs}"
        url = self.url or f"sqlite:///{self.path}"
        self.store: SqlStore = sharing_statements(open_store(url, migrate=False))
        if url.startswith("sqlite"):
            # What a power failure would lose is not what these tests are about.
            event.listen(self.store._database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous = OFF"))
        shared = {
            "desk": self.store,
            "clock": self.clock,
            "fresh": self.fresh,
            "setting": lambda: self.setting,
        }
        self.decider = Decider(inbound=self.store, holder=holder, on_decided=self.decisions.append, **shared)
        self.reminder = Reminder(on_decided=self.decisions.append, outbox=self.store, **shared)
        self.sender = Handing(
            outbox=self.store,
            inbound=self.store,
            renderer=shipped().templates,
            submitter=_Server(self),
            holder=holder,
            **shared,
        )

    def close(self) -> None:
        """Close the desk's database and remove it."""
        self.store.close()
        shutil.rmtree(self._folder)

    # --- what happens ---------------------------------------------------------------------------------------------

    def receive(self, raw: bytes, inbox: str = "support") -> list[Decision]:
        """A mail comes in now and is decided; the mails that result go out."""
        raw = stamped(raw) if self.vouches else raw
        uid = self._uids[inbox] = self._uids.get(inbox, 0) + 1
        mail = RawMail(mailbox=inbox, uidvalidity=1, uid=uid, raw=raw, size=len(raw))
        before = len(self.decisions)
        self.store.put([mail], self.clock.now())
        while self.decider.decide_some():
            pass
        self.send()
        return self.decisions[before:]

    def tick(self) -> list[Decision]:
        """What is due now is looked at; the mails that result go out."""
        before = len(self.decisions)
        self.reminder.tick()
        self.send()
        return self.decisions[before:]

    def pass_time(self, until: datetime) -> list[Decision]:
        """The clock moves on, and the desk wakes whenever a promise or a digest needs it."""
        before = len(self.decisions)
        while (wake := self._next_look()) is not None and wake <= until:
            self.clock.at = max(self.clock.at, wake)
            if not self.tick() and self._next_look() == wake:
                break  # whatever wants to be looked at is not looked at
        self.clock.at = until.astimezone(UTC)
        self.tick()
        return self.decisions[before:]

    def _next_look(self) -> datetime | None:
        now = self.clock.now()
        crowds = self.store.crowded(now, minutes(1))
        digests = [one.held_until or digest_at(one.first, one.digests, one.alone, now, minutes(1)) for one in crowds]
        return min((at for at in (self.store.next_wake(), *digests) if at is not None), default=None)

    def sleep_until(self, moment: datetime) -> list[Decision]:
        """The daemon is down until then; what it missed it sees at once."""
        self.clock.at = moment.astimezone(UTC)
        return self.tick()

    def send(self) -> None:
        """Everything that is ready leaves the outbox."""
        while _loop().run_until_complete(self.sender.send_some()) > 0:
            pass

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        """The submission server: implements `ports.Submitter`."""
        row = self.sender.in_hand
        self.in_flight = len(data)
        if refused := self.refuse(row.outgoing):
            return refused if isinstance(refused, Submission) else REFUSED
        self.sent.append(
            Sent(
                outgoing=row.outgoing,
                raw=data,
                message_id=message_id_of(data),
                envelope_sender=sender,
                at=self.clock.now(),
            )
        )
        return TAKEN

    # --- what can be seen -----------------------------------------------------------------------------------------

    def ticket(self, number: int = 1) -> Ticket:
        """A ticket as it is stored."""
        known = self.store.lookup(Keys(content_key="", sender=None, numbers=(number,)), self.clock.now())
        return known.tickets[number]

    def promise(self, number: int = 1) -> Promise | None:
        """The open promise of a ticket."""
        known = self.store.lookup(Keys(content_key="", sender=None, numbers=(number,)), self.clock.now())
        return known.promises.get(number)

    def last(self, name: str, to: str = "") -> Sent:
        """The last mail of that name that left to an address with `to` in it."""
        return next(s for s in reversed(self.sent) if s.outgoing.name == name and to in s.outgoing.to.address)

    def names(self, since: int = 0) -> list[str]:
        """What left, in order, from mail number `since` on."""
        return [s.outgoing.name for s in self.sent[since:]]


def message_id_of(raw: bytes) -> str:
    """The Message-ID, without parsing the rest of the mail."""
    found = re.search(rb"(?im)^Message-ID:\s*<([^>]+)>", raw)
    assert found is not None
    return found[1].decode("ascii")


class Handing(Sender):
    """A sender that records what it hands over."""

    in_hand: OutboxRow


class _Server:
    """A submission server that is the desk itself."""

    def __init__(self, desk: SimulatedDesk) -> None:
        self._desk = desk

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        return await self._desk.submit(sender, recipient, data)

    async def close(self) -> None:
        """There is nothing to close."""


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


_count = [0]


def mail(
    sender: str,
    text: str,
    *,
    at: datetime,
    to: str = "help@lumen.example",
    subject: str = "Question",
    message_id: str | None = None,
    **headers: str,
) -> bytes:
    """A plain mail as a client writes it; further headers by name, with underscores for hyphens."""
    _count[0] += 1
    lines = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": at.strftime("%a, %d %b %Y %H:%M:%S %z"),
        "Message-ID": f"<{message_id or f'm{_count[0]}@mail.example'}>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return (head + "\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


def minutes(count: float) -> timedelta:
    """That many minutes."""
    return timedelta(minutes=count)
