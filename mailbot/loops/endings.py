"""Tells the admins in time that a secret or a certificate comes to its end: looks once an hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from mailbot.core.actions.trouble import ends_soon
from mailbot.core.model.decision import Decision
from mailbot.core.oauth.expiry import Ending, step_of
from mailbot.core.rules.setting import Setting
from mailbot.loops.ticking import Ticking
from mailbot.ports import Clock, DeskStore

log = structlog.get_logger("mailbot.oauth")


class Endings(Ticking):
    """Two processes do no harm, nor does a restart: each step of each thing is one notice, by its key."""

    name = "endings"
    every = 3600.0

    def __init__(
        self,
        *,
        found: Callable[[], Sequence[Ending]],
        desk: DeskStore,
        clock: Clock,
        setting: Callable[[], Setting],
        on_decided: Callable[[Decision], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._found = found
        self._desk = desk
        self._clock = clock
        self._setting = setting
        self._on_decided = on_decided
        self._told: set[tuple[Ending, int]] = set()

    def tick(self) -> int:
        """Tell what is due; of how many things. May raise StoreDown and Conflict."""
        now, count = self._clock.now(), 0
        for ending in self._found():
            step = step_of(ending, now)
            if step is None or (ending, step) in self._told:
                continue
            decision = ends_soon(ending, step, self._setting(), now=now)
            self._desk.commit(decision, now)
            self._told.add((ending, step))
            log.warning("ends soon", what=ending.what, where=ending.where, at=ending.at.isoformat())
            self._on_decided(decision)
            count += 1
        return count
