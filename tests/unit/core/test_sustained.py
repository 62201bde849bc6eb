"""New mail is told together only while much of it has come for hours, and what is urgent never comes later for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.letter_kinds import KINDS, Gathered
from mailbot.core.model.policy import Agent, DigestTimes
from mailbot.core.promises.business_hours import between
from mailbot.core.sending.hold import held_until, joins_by
from mailbot.core.sending.sustained import HOURS, MANY, sustained, together
from tests.contract.made import promise, ticket
from tests.simulation.simulated_desk import BERLIN, JOOST, MONDAY, SimulatedDesk, desk_policy, mail, minutes

POLICY = desk_policy()
HOUR = timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 12), timezones=st.just(UTC))
DIGESTS = st.sampled_from([None, DigestTimes(busy=True), DigestTimes(single=True), DigestTimes(every=2 * HOUR)])


@given(
    st.sampled_from(sorted(KINDS)),
    st.integers(1, 5),
    MOMENTS,
    st.timedeltas(minutes(1), timedelta(days=2)),
    DIGESTS,
    st.booleans(),
)
def test_what_is_urgent_due_within_an_hour_or_their_own_comes_no_later_than_if_each_came_by_itself(
    name, priority, now, left, digest, mine
):
    agent, kind = replace(JOOST, digest=digest), KINDS[name]
    one = ticket(priority=priority, assignee=agent.id if mine else None)
    owed = promise(made_at=now - minutes(30), due=now + left)
    waits = joins_by(agent, kind, one, POLICY, now, owed)
    far = together(agent, kind, one, POLICY, now, owed)
    held = held_until(agent, kind, one, POLICY, now, owed)
    assert held is None or (priority > 2 and not mine and left > HOUR)
    if priority <= 2 or mine or (digest is not None and digest.single):
        assert waits is None
        assert far is None
    elif left <= HOUR:
        assert far is None
        assert waits is None or (kind.gathered in (Gathered.DUE, Gathered.WATCH) and waits - now <= minutes(1))


@given(st.sampled_from(["new", "followup"]), st.integers(3, 5), MOMENTS, st.timedeltas(HOUR, timedelta(days=3)))
def test_what_is_new_waits_an_hour_at_most_and_no_more_than_half_of_its_time(name, priority, now, left):
    owed = promise(made_at=now, due=now + left)
    waits = together(JOOST, KINDS[name], ticket(priority=priority), POLICY, now, owed)
    if waits is not None:
        assert now < waits.by <= now + min(HOUR, left / 2)
        assert len(waits.hours) == HOURS + 1
        for later, earlier in zip(waits.hours, waits.hours[1:], strict=False):
            assert between(earlier, later, POLICY.business) == HOUR, "hours in which they work"


def test_who_is_promised_nothing_but_feedback_comes_at_once():
    now = MONDAY + minutes(90)
    for priority, waits in ((3, False), (4, False), (5, True)):
        found = together(JOOST, KINDS["new"], ticket(priority=priority), POLICY, now, None)
        assert (found is not None) is waits
    nobody = Agent(id="notify", name="x", addresses=("x@else.example",))
    assert together(nobody, KINDS["new"], ticket(priority=5), POLICY, now, None) is None


def test_each_of_the_hours_counts():
    many = (MANY + 1,) * HOURS
    assert sustained(many)
    assert not sustained(many[1:])
    assert not any(sustained((*many[:nth], MANY, *many[nth + 1 :])) for nth in range(HOURS))


# --- on a whole desk --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def writes(desk, nth, words="I just wanted to say that I like the new look of your page."):
    desk.receive(
        mail(f"Customer {nth} <c{nth}@shop{nth}.example>", words, at=desk.clock.now(), subject=f"Matter {nth}")
    )


def told(desk, since=0, to="joost"):
    return [s.outgoing.name for s in desk.sent[since:] if s.outgoing.agent == to]


@pytest.mark.slow
def test_hours_of_much_mail_and_a_calm_one(desk):
    for nth in range(44):  # 15 an hour, from nine on
        desk.pass_time(MONDAY + minutes(1 + 4 * nth))
        writes(desk, nth)
    assert told(desk).count("new") < 44
    desk.pass_time(MONDAY + minutes(181))
    since = len(desk.sent)
    writes(desk, 50)
    assert told(desk, since) == []
    writes(desk, 51, "Our whole shop is down, nobody can order, error 503 everywhere!")
    assert told(desk, since) == ["new"], "an outage comes at once"
    desk.pass_time(MONDAY + minutes(181 + 60))
    first = desk.last("digest", "joost")
    assert 'digest = "single"' in first.text
    assert first.at <= MONDAY + minutes(181 + 60)
    assert "digest" in told(desk, since)
    since = len(desk.sent)
    for nth in range(60, 64):
        writes(desk, nth)
    assert told(desk, since).count("new") == 4, "an hour was calm"


@pytest.mark.slow
def test_a_burst_is_no_such_load(desk):
    desk.pass_time(datetime(2026, 3, 2, 12, 0, tzinfo=BERLIN))
    for nth in range(60):
        desk.clock.at += minutes(0.5)
        writes(desk, nth)
    assert told(desk).count("new") == 60
