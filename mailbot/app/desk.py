"""Puts the daemon together: one process of one site, which runs until it is stopped, or once."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from mailbot.adapters.calendar_files import CalendarFile
from mailbot.adapters.clock import WallClock
from mailbot.adapters.ids import StoreIds
from mailbot.adapters.live import Faults, Live
from mailbot.adapters.logs import set_up_logs
from mailbot.adapters.process.apart import apart
from mailbot.adapters.process.process_lock import FileProcessLock
from mailbot.adapters.store.sql_store import SqlStore
from mailbot.app.live import open_live
from mailbot.app.servers import mailbox_of, second_road_of, submitter_of
from mailbot.app.stores import store_of
from mailbot.app.tokens import endings_of
from mailbot.app.worker import running_dir, workers_of
from mailbot.config import Config
from mailbot.config.reload import ConfigFile
from mailbot.core.actions.trouble import not_reloaded
from mailbot.core.model.decision import Decision
from mailbot.core.sending.pace import Pace
from mailbot.errors import MailbotError
from mailbot.loops.alerts import Alerting
from mailbot.loops.calendars import Calendars
from mailbot.loops.daemon import Daemon
from mailbot.loops.dry_run import explain
from mailbot.loops.endings import Endings
from mailbot.loops.first_login import first_login
from mailbot.loops.inbox_trouble import InboxTrouble
from mailbot.loops.liveness import TTL, Liveness
from mailbot.loops.old_words import OldWords
from mailbot.loops.poll import Poller
from mailbot.loops.receive import Decider
from mailbot.loops.remind import Reminder
from mailbot.loops.send import Sender
from mailbot.loops.wakeable import StoreState
from mailbot.loops.worker_processes import DECIDED, Workforce
from mailbot.ports import Clock, OutboxRow, Settled
from mailbot.workers import Workers

log = structlog.get_logger("mailbot")

PASS_TTL = timedelta(minutes=10)  # of `mailbot once`, which does not prolong its lease

WARM_UP = b"""From: Ada <ada@customer.example>
Subject: It does not start

Since this morning the program does not start any more. What can I do?
"""

OnDecided = Callable[[Decision], None]
OnSettled = Callable[[OutboxRow, Settled], None]


class Desk:
    """One process of one site, put together and ready to run. `close` it in the end."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        on_decided: OnDecided | None = None,
        on_settled: OnSettled | None = None,
        live: Live | None = None,
        workers: Workers | None = None,
    ) -> None:
        """`workers` decide instead of this process, while it runs."""
        self.config = config
        self.clock: Clock = clock or WallClock()
        self.store: SqlStore = store_of(config)
        self.live: Live = live or open_live(config)
        self._workers = workers
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
        self.process_lock = FileProcessLock(running_dir(config), self.holder)
        self.fresh = StoreIds(self.store.numbers)
        told = on_decided or (lambda _: None)
        self.submitter = submitter_of(config)
        self._daemon: Daemon | None = None

        def decided(decision: Decision) -> None:
            told(decision)
            if self._daemon is not None:
                self._daemon.decided()

        self.decider = Decider(
            inbound=self.store,
            desk=self.store,
            clock=self.clock,
            fresh=self.fresh,
            setting=self.live.current,
            holder=self.holder,
            on_decided=decided,
        )
        self.reminder = Reminder(
            desk=self.store,
            clock=self.clock,
            fresh=self.fresh,
            setting=self.live.current,
            on_decided=decided,
            outbox=self.store,
        )
        self.sender = Sender(
            outbox=self.store,
            inbound=self.store,
            desk=self.store,
            clock=self.clock,
            fresh=self.fresh,
            setting=self.live.current,
            renderer=self.live.templates,
            submitter=self.submitter,
            holder=self.holder,
            on_settled=on_settled or (lambda *_: None),
            connections=config.smtp.connections,
            pace=Pace(per_minute=config.smtp.per_minute, per_day=config.smtp.per_day),
        )

    def calendars(self, on_decided: OnDecided) -> Calendars | None:
        """What looks into the agents' calendars; None where the config names none."""
        files = {agent.id: CalendarFile(agent.calendar) for agent in self.config.agents if agent.calendar is not None}
        if not files:
            return None
        setting = self.live.current
        return Calendars(files=files, desk=self.store, clock=self.clock, setting=setting, on_decided=on_decided)

    def alerting(self) -> Alerting | None:
        """What calls agents beside their mail; None where the config names no way to."""
        road = second_road_of(self.config)
        if road is None:
            return None
        return Alerting(store=self.store, desk=self.store, clock=self.clock, setting=self.live.current, road=road)

    def endings(self) -> Endings | None:
        """What tells of a secret or a certificate in time; None where the config names none that ends."""
        servers = [self.config.smtp, *self.config.inboxes]
        if not any(each.client_secret_expires or each.certificate_file for each in servers):
            return None
        return Endings(
            found=lambda: endings_of(self.config),
            desk=self.store,
            clock=self.clock,
            setting=self.live.current,
            on_decided=self._decided,
        )

    def pollers(self, on_new: Callable[[], None], state: StoreState | None = None) -> list[Poller]:
        """One for each inbox of the config. `state` is told whether the store is up."""
        instance = f"mailbot-{self.live.current().signer.secret_word('instance')[:10]}"
        return [
            Poller(
                name=inbox.name,
                mailbox=mailbox_of(inbox, keyword=instance),
                inbound=self.store,
                leases=self.store,
                clock=self.clock,
                holder=self.holder,
                on_new=on_new,
                wait_seconds=min(inbox.poll.total_seconds(), 240.0),
                instance=instance,
                state=state,
                trouble=InboxTrouble(
                    inbox.name,
                    desk=self.store,
                    clock=self.clock,
                    setting=self.live.current,
                    on_decided=self._decided,
                ),
            )
            for inbox in self.config.inboxes
        ]

    async def run(self, ready: Callable[[Daemon], None] | None = None) -> None:
        """Run until the daemon is stopped; `ready` is called with it in the event loop before it begins."""
        state = StoreState()
        self.live.follow(ConfigFile(self.config))
        workforce = self._workforce()
        if workforce is not None:
            self.live.on_change = workforce.setting_changed
        daemon = Daemon(
            pollers=self.pollers(self._mail_is_in, state),
            store=state,
            decider=self.decider,
            sender=self.sender,
            reminder=self.reminder,
            desk=self.store,
            outbox=self.store,
            liveness=self.liveness(TTL),
            clock=self.clock,
            watch=lambda stop: self.live.watch(stop, self._tell_admins),
            workforce=workforce,
            beside=[
                OldWords(self.store),
                *(one for one in (self.alerting(), self.calendars(self._decided), self.endings()) if one is not None),
            ],
            at_first=lambda: first_login(self.submitter),
        )
        self._daemon = daemon
        if ready is not None:
            ready(daemon)
        try:
            await daemon.run()
        finally:
            self._daemon = None

    async def once(self) -> dict[str, int]:
        """One pass: what is new in every inbox, decided; what is due; and what can be sent, sent."""
        fetched = decided = sent = 0
        liveness = self.liveness(PASS_TTL)
        await asyncio.to_thread(liveness.beat)
        for poller in self.pollers(lambda: None):
            await asyncio.to_thread(poller.poll_once)
        while some := await asyncio.to_thread(self.decider.decide_some):
            decided += some
        await asyncio.to_thread(self.store.sweep, self.clock.now())
        if (calendars := self.calendars(self._decided)) is not None:
            await asyncio.to_thread(calendars.tick)
        fetched = await asyncio.to_thread(self.reminder.tick)
        if (alerting := self.alerting()) is not None:
            await asyncio.to_thread(alerting.tick)
        if (endings := self.endings()) is not None:
            await asyncio.to_thread(endings.tick)
        while (tried := await self.sender.send_some()) > 0:
            sent += tried
        await self.sender.close()
        await asyncio.to_thread(liveness.leave)
        return {"mails": decided, "promises": fetched, "sent": sent}

    def _workforce(self) -> Workforce | None:
        desk = self.config.desk
        if self._workers is None:
            return None
        return Workforce(
            self._workers,
            inbound=self.store,
            clock=self.clock,
            setting=self.live.current,
            seconds=desk.mail_time.total_seconds(),
            megabytes=desk.mail_memory // 1_000_000,
        )

    def worker_said(self, words: bytes) -> None:
        """One of the workers said something; from any thread."""
        if DECIDED in words and self._daemon is not None:
            self._daemon.workers_decided()

    def worker_ended(self) -> None:
        """One of the workers has ended; from any thread."""
        if self._daemon is not None:
            self._daemon.worker_ended()

    def _tell_admins(self, faults: Faults) -> None:
        now = self.clock.now()
        self.store.commit(not_reloaded(faults.files, faults.problems, self.live.current(), now=now), now)
        if self._daemon is not None:
            self._daemon.decided()

    def liveness(self, ttl: timedelta) -> Liveness:
        """What shows that this process is alive, and takes over from those that are not."""
        return Liveness(
            leases=self.store, process_lock=self.process_lock, clock=self.clock, holder=self.holder, ttl=ttl
        )

    def _decided(self, _: Decision) -> None:
        if self._daemon is not None:
            self._daemon.decided()

    def _mail_is_in(self) -> None:
        if self._daemon is not None:
            self._daemon.mail_is_in()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()
        self.process_lock.close()


def warm_up(live: Live, config: Config) -> None:
    """Load what the first mail would wait for.

    But for the model of languages, and what reads HTML: each takes 7 MB of an idle desk, and 20 to 30 ms to load.
    """
    setting = replace(live.current(), detect=lambda _: None)
    explain(WARM_UP, setting, inbox=config.inboxes[0].name, now=datetime.now(UTC))


def run_daemon(config: Config, site: Path) -> int:
    """`mailbot run`: until SIGTERM or SIGINT; 0 after a clean end."""
    set_up_logs(config.log.level, config.log.format)
    live = apart(lambda: open_live(config))
    warm_up(live, config)
    desk: Desk | None = None
    # Before anything is open, and before there is a second thread.
    workers = workers_of(
        config,
        live.current(),
        on_word=lambda words: desk.worker_said(words) if desk is not None else None,
        on_end=lambda: desk.worker_ended() if desk is not None else None,
    )
    desk = Desk(config, live=live, workers=workers)

    def ready(daemon: Daemon) -> None:
        def stop(name: str) -> None:
            log.info("stopping", signal=name)
            daemon.stop()

        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop, name.name)
        log.info("started", site=str(site), inboxes=[i.name for i in config.inboxes])

    try:
        asyncio.run(desk.run(ready))
    finally:
        desk.close()
    log.info("stopped")
    return 0


def run_once(config: Config, site: Path) -> int:
    """`mailbot once`: one pass, then 0; 1 where an inbox or the store could not be reached."""
    set_up_logs(config.log.level, config.log.format)
    desk = Desk(config)
    try:
        did = asyncio.run(desk.once())
        log.info("once", site=str(site), **did)
    except MailbotError as error:
        log.error("once", error=str(error))
        return 1
    finally:
        desk.close()
    return 0
