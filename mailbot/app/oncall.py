"""Who is on call, now and next, and whether they can be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from mailbot.adapters.store.migrations import open_database
from mailbot.adapters.store.sql_store import SqlStore
from mailbot.app.servers import second_road_of
from mailbot.config import Config, policy_of
from mailbot.core.model.alert import Called
from mailbot.core.model.known import Keys
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import why
from mailbot.core.promises import ladder


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A week of the rota: from when, until when (both in `zone`), and who is told in it, step by step."""

    begins: datetime
    ends: datetime
    steps: tuple[tuple[Agent, ...], ...]
    zone: tzinfo


def turns(config: Config, now: datetime | None = None, count: int = 2) -> tuple[Turn, ...]:
    """This week and the next ones, by who is away now; empty where there is no rota. Raises ConfigError or StoreDown."""
    now = now or datetime.now(UTC)
    policy = policy_of(config, frozenset())
    if policy.oncall is None:
        return ()
    store = SqlStore(open_database(config.database_url))
    try:
        absences = store.lookup(Keys(content_key="", sender=None), now).absences
    finally:
        store.close()
    found, at = list[Turn](), now
    for _ in range(count):
        found.append(_turn(policy.with_absences(absences, at), at))
        at = found[-1].ends
    return tuple(found)


def _turn(policy: Policy, at: datetime) -> Turn:
    oncall = policy.oncall
    assert oncall is not None
    ends = oncall.changes_after(at)
    begins = datetime.combine(oncall.week_of(at), oncall.at, oncall.zone)
    return Turn(begins=begins, ends=ends, steps=ladder.steps(policy, at), zone=oncall.zone)


def try_call(config: Config, agent: Agent) -> Called | None:
    """Call the agent now, to try it; None where the config names no way to. Raises ConfigError."""
    road = second_road_of(config)
    if road is None:
        return None
    return road.call(agent, why("alert.test", desk=config.desk.name), ticket=None)
