"""The road to Dovecot, Postfix and PostgreSQL cuts, stalls, splits and garbles: hazards 9 and 19."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import mailstack, postgres
from tests.torture.arena import Arena, Feeder, workplace
from tests.torture.ledger import Left, Result
from tests.torture.mails import SERVER, endless
from tests.torture.weather import EVERY, weather
from tests.wire.daemon import DESK, new_site, wait_until

ROADS = ("IMAP", "SMTP", "PostgreSQL")
HURT = ("cut", "stall", "split", "garble")
FEED_RATE = 3.0
STRIKES, SECONDS = 40, 600.0  # the weather stays bad until so many struck each road, or so long
_TRACE = re.compile(rb"(?:(?:Return-Path|Delivered-To|Received|X-Original-To):[^\n]*\n(?:[ \t][^\n]*\n)*)*")


@dataclass(frozen=True)
class RealServers:
    """Dovecot and Postfix as an arena sees them."""

    stack: mailstack.MailStack

    def deliver_now(self, recipient: str, raw: bytes) -> None:
        """By LMTP, as the last hop does."""
        self.stack.deliver_lmtp(recipient, raw)

    def messages(self, user: str) -> Sequence[bytes]:
        """As a mail client sees them."""
        return self.stack.mailbox(user)

    def left(self) -> list[Left]:
        """What Postfix took from the desk: everything in mailboxes other than the desk's own."""
        folders = [folder for folder in (self.stack.folder / "mail").iterdir() if folder.name != DESK]
        files = [f for folder in folders for part in ("new", "cur") for f in (folder / "Maildir" / part).glob("*")]
        # What each hop wrote on top differs from one copy to the next (RFC 5321 section 4.4).
        return [Left(to=f.parents[2].name, data=_TRACE.sub(b"", f.read_bytes(), count=1)) for f in files]


@contextmanager
def real_servers() -> Iterator[mailstack.MailStack]:
    """A Dovecot and a Postfix of their own. Raises CannotRun."""
    mailstack.check()
    folder = Path(tempfile.mkdtemp(prefix="stack-", dir="/tmp"))
    try:
        yield mailstack.start(folder)
    finally:
        mailstack.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def hurt(store: str, *, seed: int, quick: bool, say: Callable[[str], None]) -> Result:
    """Every connection of the daemon is disturbed every few kilobytes while mails come in; then the weather clears."""
    wanted, seconds = (STRIKES // 10, SECONDS / 6) if quick else (STRIKES, SECONDS)
    with ExitStack() as held:
        stack = held.enter_context(real_servers())
        host = stack.host
        roads = [
            held.enter_context(weather((host, stack.imaps), HURT, seed)),
            held.enter_context(weather((host, stack.submission), HURT, seed + 1, EVERY // 4)),
        ]
        url = ""
        if store == "postgresql":
            database = held.enter_context(postgres.running())
            url = database.database()
            # No TLS on this road: nobody could notice garbling there, so nothing is garbled.
            roads.append(held.enter_context(weather(("127.0.0.1", database.port), HURT[:3], seed + 2)))
        folder = held.enter_context(workplace())
        site = held.enter_context(new_site(folder / "site", url))

        def configure(imap: int, submission: int) -> None:
            site.configure(
                host="localhost",
                imap=imap,
                imap_security="tls",
                smtp=submission,
                smtp_security="starttls",
                ca_file=stack.ca_file,
                desk=f'authserv_id = "{SERVER}"',
            )

        configure(stack.imaps, stack.submission)
        site.start().terminate()  # the tables and the baseline, in fair weather
        if url:
            site.store_url = url.replace(f":{database.port}/", f":{roads[2].port}/")
        configure(roads[0].port, roads[1].port)
        servers = RealServers(stack)
        desk = Arena(site=site, servers=servers, left=servers.left, domain="customer.example")
        if url:
            site.store_url = url  # this process reads the store by a road of its own
        site.start(watching=False)
        wait_until(lambda: desk.kept_running().lines("inbox"), "the daemon does not begin", seconds=120)
        desk.answering(each=5)
        feeder = Feeder(desk.deliver, endless(desk.customer), FEED_RATE, seed)
        feeder.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(sum(road.struck.values()) < wanted for road in roads):
            desk.kept_running()
            time.sleep(0.2)
            say(", ".join(f"{n} × {kind}" for road in roads for kind, n in road.struck.items()))
        feeder.stop()
        for road in roads:
            road.clear_up()
        say("it clears up")
        daemon = desk.kept_running()
        desk.settle()
        code, _ = daemon.terminate()
        tally = desk.count()
        tally.lost += tally.say("no clean end", [code] if code else [])
        each = [sum(road.struck.values()) for road in roads]
        little = [f"{name}: {n}" for name, n in zip(ROADS, each, strict=False) if n < wanted // 4]
        tally.lost += tally.say("roads on which too little happened", little)
    return Result.of("roads: cut, stalled, split, garbled", store, sum(each), "strikes", tally)
