"""`mailbot demo`: the real daemon, its own mail servers, and people who write to it; shown live, then summed up."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from mailbot.adapters.clock import FastClock, WallClock
from mailbot.adapters.logs import set_up_logs
from mailbot.adapters.site import init_site
from mailbot.app.desk import Desk
from mailbot.config import load_config
from mailbot.core.model.decision import Decision
from mailbot.core.model.outgoing import OutboxState
from mailbot.demo.clock import DayClock
from mailbot.demo.people import Hands
from mailbot.demo.script import CAST, DESK, GHOST, PASSWORD, START, ZONE, play
from mailbot.demo.servers import EmbeddedServers
from mailbot.demo.show import Show, mail_name
from mailbot.loops.daemon import Daemon
from mailbot.ports import Clock, OutboxRow, Settled

SPEED = 960.0  # a business day of eight hours in half a minute
PATIENCE = 300.0  # real seconds; a story that takes longer has lost something
SETTLE = 20.0

CONFIG = """\
# The desk of the demo. Written anew at each start.
[desk]
name = "Shop Support"
timezone = "Europe/Berlin"
language = "en"
authserv_id = "mx.desk.example"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
username = "help@shop.example"
password_env = "MAILBOT_DEMO_PASSWORD"

[[inbox]]
name = "help"
address = "help@shop.example"
display_name = "Shop Support"
host = "127.0.0.1"
port = {imap}
security = "none"
password_env = "MAILBOT_DEMO_PASSWORD"

[[agent]]
id = "ben"
name = "Ben Ortiz"
addresses = ["ben@shop.example"]
lead = true

[[agent]]
id = "mia"
name = "Mia Sand"
addresses = ["mia@shop.example"]
"""


def run_demo(out: Path | None, serve: bool, speed: float | None) -> int:
    """Play the story, or serve until interrupted. 0 if nothing was lost and every promise is accounted for."""
    import os

    os.environ["MAILBOT_DEMO_PASSWORD"] = PASSWORD
    set_up_logs("error", "text")
    folder = out or Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("[0-9][0-9][0-9]-*.eml"):
        old.unlink()
    users = {p.address: PASSWORD for p in CAST if p is not GHOST} | {DESK: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as servers, tempfile.TemporaryDirectory() as site:
        desk = _desk(Path(site), servers, serve=serve, speed=speed, folder=folder)
        try:
            return asyncio.run(_serve(desk, servers) if serve else _play(desk, servers))
        except KeyboardInterrupt:
            return 0
        finally:
            desk.close()


class _DemoDesk(Desk):
    """The desk, with the show that watches it."""

    show: Show


def _desk(site: Path, servers: EmbeddedServers, *, serve: bool, speed: float | None, folder: Path) -> _DemoDesk:
    init_site(site)
    (site / "config.toml").write_text(CONFIG.format(smtp=servers.smtp_port, imap=servers.imap_port), encoding="utf-8")
    clock: Clock
    if serve:
        clock = FastClock(datetime.now(UTC), speed) if speed else WallClock()
    else:
        clock = DayClock(START, ZONE, speed or SPEED)
    show = Show(folder, ZONE, clock, names={p.address: p.name for p in CAST})
    servers.on_transaction = show.submitted

    def decided(decision: Decision) -> None:
        show.decided(decision)

    def settled(row: OutboxRow, how: Settled) -> None:
        show.settled(row, how)

    desk = _DemoDesk(load_config(site), clock=clock, on_decided=decided, on_settled=settled)
    desk.show = show
    return desk


async def _play(desk: _DemoDesk, servers: EmbeddedServers) -> int:
    show = desk.show
    hands = {p.address: Hands(servers, desk.clock, p, None if p is GHOST else PASSWORD) for p in CAST}
    started: asyncio.Future[Daemon] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(desk.run(started.set_result))
    daemon = await started
    problem = ""
    try:
        await _watching(desk)
        if isinstance(desk.clock, DayClock):
            desk.clock.begin()
        async with asyncio.timeout(PATIENCE):
            await play(hands)
        await _settled(desk, servers)
    except TimeoutError:
        problem = "somebody waited for a mail that did not come"
    finally:
        daemon.stop()
        await running
    return show.summary(desk.store.lists, sent_in=_sent_to_desk(servers), now=desk.clock.now(), problem=problem)


async def _watching(desk: Desk) -> None:
    """Wait until every inbox has its baseline: what is delivered before that is old mail, and never answered."""
    while len(await asyncio.to_thread(desk.store.lists.mailboxes)) < len(desk.config.inboxes):  # noqa: ASYNC110 - asks a database
        await asyncio.sleep(0.01)


async def _settled(desk: Desk, servers: EmbeddedServers) -> None:
    """Wait until every mail that came in is decided, and every mail that was decided has gone out."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE):
            while True:
                totals = await asyncio.to_thread(desk.store.lists.totals)
                waiting = {OutboxState.READY, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.GATHERING}
                still = sum(n for (_, state), n in totals.outbox.items() if state in waiting)
                if totals.inbound.get("done", 0) >= _sent_to_desk(servers) and not still:
                    return
                await asyncio.sleep(0.05)


def _sent_to_desk(servers: EmbeddedServers) -> int:
    return sum(1 for t in servers.transactions for r in t.recipients if servers.account(r) == DESK)


async def _serve(desk: _DemoDesk, servers: EmbeddedServers) -> int:
    lines = [
        f"IMAP   {servers.host}:{servers.imap_port}   (no TLS)",
        f"SMTP   {servers.host}:{servers.smtp_port}   (no TLS)",
        f"desk   {DESK}: write to it from one of the accounts below",
        *(f"login  {p.address:<22} password {PASSWORD}   {p.name}" for p in CAST if p is not GHOST),
        f"mails  {desk.show.folder}",
        "Ctrl-C ends it.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    import signal

    def ready(daemon: Daemon) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, daemon.stop)

    await desk.run(ready)
    return 0


__all__ = ["mail_name", "run_demo"]
