"""The submission server of a golden case, which says what the case tells it to, and what waits meanwhile, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mailbot.core.model.outgoing import OutboxState, Outgoing
from mailbot.core.sending.refusals import Stage
from mailbot.ports import Submission
from tests.simulation.simulated_desk import SimulatedDesk


class Server:
    """Asked for each mail; False where it is taken. `rules` are the tables `[[step.server]]` of a story."""

    def __init__(self, desk: SimulatedDesk, rules: Sequence[dict[str, Any]]) -> None:
        self._desk = desk
        self._rules = rules
        self._said: list[str] = []

    def __call__(self, outgoing: Outgoing) -> Submission | bool:
        size = self._desk.in_flight
        for rule in self._rules:
            if rule.get("open") or rule.get("to", "") not in outgoing.to.address or size <= rule.get("above", 0):
                continue
            code, _, reply = rule["says"].partition(" ")
            at = Stage(rule.get("at", "dot"))
            self._said.append(
                f"the server refuses {outgoing.name} to {outgoing.to.address} (at {at.value}): {rule['says']}"
            )
            down = at in (Stage.CONNECT, Stage.LOGIN)
            return Submission(
                accepted=False, code=int(code), reply=reply, permanent=code.startswith("5"), at=at, down=down
            )
        return False

    def told(self) -> list[str]:
        """What it has refused since it was asked last."""
        said, self._said = self._said, []
        return said


def filled(length: int) -> str:
    """So many characters of base64, in lines."""
    return "\n".join(["QUJD" * 19] * (length // 76))


def waiting(desk: SimulatedDesk) -> Iterator[str]:
    """What lies in the outbox and is not sent, the oldest first."""
    for row in reversed(desk.store.lists.outbox(limit=100)):
        if row.state in (OutboxState.READY, OutboxState.UNKNOWN, OutboxState.FAILED):
            is_ = "waits" if row.state is OutboxState.READY else row.state.value
            yield f"{is_}: {row.outgoing.name} to {row.outgoing.to.address}, tried {row.attempts} times"
