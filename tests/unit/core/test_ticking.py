"""What looks every so often goes on looking, whatever one look meets, and ends when it is stopped."""

from __future__ import annotations

import threading

import pytest
import structlog

from mailbot.errors import Conflict, StoreDown
from mailbot.loops import ticking

DEADLINE = 20.0


class Looks(ticking.Ticking):
    name = "looks"
    every = 0.001

    def __init__(self, *outcomes: Exception | None) -> None:
        super().__init__()
        self._outcomes = list(outcomes)
        self.looked = 0
        self.all_met = threading.Event()

    def tick(self) -> int:
        if not self._outcomes:
            self.all_met.set()
            return 0
        self.looked += 1
        outcome = self._outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return 1


def test_a_look_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "_FIRST", 0.0)
    looks = Looks(StoreDown("gone"), None, Conflict("changed"), ValueError("a mistake of ours"), None)
    with structlog.testing.capture_logs() as logs:
        thread = threading.Thread(target=looks.run, daemon=True)
        thread.start()
        assert looks.all_met.wait(DEADLINE)
        looks.stop()
        thread.join(DEADLINE)
    assert not thread.is_alive()
    assert looks.looked == 5
    assert [(line["what"], line["error"]) for line in logs] == [("looks", "ValueError('a mistake of ours')")]
