"""Calls the agents on the second road, in a thread of its own: whatever becomes of a call, no mail waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from mailbot.core.actions.trouble import cannot_call
from mailbot.core.model.alert import AlertRow, AlertState, Called
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason
from mailbot.core.rules.setting import Setting
from mailbot.loops.ticking import Ticking
from mailbot.ports import Clock, DeskStore

log = structlog.get_logger("mailbot.alerts")

AT_ONCE = 10
LEASE = timedelta(minutes=5)  # longer than any call may take (`oncall.timeout` has a limit)
MOST_TRIES = 6
TELL_AFTER = 2  # failed tries, after which the admins are told
PAUSE = timedelta(seconds=15)  # before the second try, then twice as long each time


class AlertStore(Protocol):
    """Calls on the second road."""

    def take_alerts(self, now: datetime, lease: timedelta, limit: int) -> list[AlertRow]:
        """Claim calls that are due, the longest due first; one that is not settled within the lease is due again.

        Each agent gets three within ten minutes. The last of them says how many more there are, which are settled with
        it if it is done; what comes after it waits.
        """

    def settle_alert(
        self, row: AlertRow, state: AlertState, said: str, now: datetime, next_try: datetime | None = None
    ) -> None:
        """Store what came of a call, and when it is tried next; nothing if it was claimed again meanwhile."""


class SecondRoad(Protocol):
    """A way to an agent beside mail."""

    def call(self, agent: Agent, words: Reason, *, ticket: int | None) -> Called:
        """Say the words, in the agent's language, within a time that is bounded. Never raises for what the world does."""


class Alerting(Ticking):
    """Makes the calls that are due. Two processes do no harm: each is claimed. One cut off is made again after its lease."""

    name = "alerts"
    every = 1.0

    def __init__(
        self, *, store: AlertStore, desk: DeskStore, clock: Clock, setting: Callable[[], Setting], road: SecondRoad
    ) -> None:
        super().__init__()
        self._store = store
        self._desk = desk
        self._clock = clock
        self._setting = setting
        self._road = road

    def tick(self) -> int:
        """Make the calls that are due now; how many. Raises StoreDown."""
        called = 0
        # One by one, so that none is claimed while others take their time.
        while called < AT_ONCE and (rows := self._store.take_alerts(self._clock.now(), LEASE, 1)):
            self._call(rows[0])
            called += 1
        return called

    def _call(self, row: AlertRow) -> None:
        agent = self._setting().policy.agents.get(row.alert.agent)
        if agent is None:  # no longer one of us
            self._store.settle_alert(row, AlertState.DROPPED, "", self._clock.now())
            return
        try:
            called = self._road.call(agent, row.words, ticket=row.alert.ticket)
        except Exception as error:  # a mistake of ours about one agent keeps nobody else from being called
            log.exception("alert failed", ticket=row.alert.ticket, agent=agent.id)
            called = Called(reached=False, said=type(error).__name__)
        now = self._clock.now()
        if called.reached:
            self._store.settle_alert(row, AlertState.DONE, called.said, now)
        else:
            self._failed(row, called, now)
        say = log.info if called.reached else log.warning
        say("alert", ticket=row.alert.ticket, agent=agent.id, reached=called.reached, said=called.said)

    def _failed(self, row: AlertRow, called: Called, now: datetime) -> None:
        last = row.attempts >= MOST_TRIES
        next_try = None if last else now + PAUSE * 2 ** (row.attempts - 1)
        state = AlertState.FAILED if last else AlertState.READY
        self._store.settle_alert(row, state, called.said, now, next_try)
        if row.attempts >= TELL_AFTER:  # the mail is one a day all the same
            self._desk.commit(cannot_call(row.alert, called.said, self._setting(), now=now), now)
