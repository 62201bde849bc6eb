"""Which notices wait for a digest, and when it comes."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.sending.crowds import ALONE, MOST_OF_ONE, Crowd, Sort, admitted, digest_at
from tests.simulation.simulated_desk import MONDAY, minutes

MINUTE = minutes(1)
HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("sort", "crowd", "goes"),
    [
        (Sort.BROUGHT, Crowd(sender=4, ticket=4), Sort.BROUGHT),
        (Sort.BROUGHT, Crowd(sender=5), None),
        (Sort.BROUGHT, Crowd(ticket=5), None),
        (Sort.BROUGHT, Crowd(domain=20), None),
        (Sort.FIRST, Crowd(domain=20), Sort.PASSED),
        (Sort.FIRST, Crowd(sender=4, passed=10), Sort.FIRST),
        (Sort.FIRST, Crowd(sender=5, firsts_of_sender=4, passed=9), Sort.PASSED),
        (Sort.FIRST, Crowd(sender=5, firsts_of_sender=5), None),
        (Sort.FIRST, Crowd(sender=5, passed=10), None),
        (Sort.LOOK, Crowd(looks=4), Sort.LOOK),
        (Sort.LOOK, Crowd(looks=5), None),
        (Sort.LOOK_OF_AN_OUTAGE, Crowd(sender=5), None),
        (Sort.DIGEST, Crowd(sender=5, ticket=5, looks=5), Sort.DIGEST),
    ],
)
def test_what_goes_by_itself(sort, crowd, goes):
    assert admitted(sort, crowd) == goes


def flood(length, *, one_sender, step=timedelta(seconds=5)):
    """When the digests come while something new waits every few seconds, for so long."""
    digests, alone, first, at = [], [MONDAY] * ALONE if one_sender else [], None, MONDAY
    while at < MONDAY + length:
        at += step
        first = first or at
        recent = [d for d in reversed(digests) if d > at - HOUR]
        if digest_at(first, recent, [a for a in alone if a > at - HOUR], at, MINUTE) <= at:
            digests.append(at)
            first = None
    return digests


def test_digests_come_every_minute_for_ten_minutes_and_then_every_five():
    told = [at - MONDAY for at in flood(HOUR, one_sender=False)]
    quick, slow = told[:10], told[10:]
    assert quick[-1] <= minutes(12)
    assert all(minutes(1) <= later - earlier <= minutes(1.2) for earlier, later in pairwise(quick))
    assert all(minutes(5) <= later - earlier <= minutes(5.2) for earlier, later in pairwise([quick[-1], *slow]))


@pytest.mark.parametrize("hours", [1, 3])
def test_about_one_sender_an_agent_gets_twenty_an_hour_at_most(hours):
    told = sorted([MONDAY] * ALONE + flood(hours * HOUR, one_sender=True))
    for at in told:
        assert len([one for one in told if at - HOUR < one <= at]) <= MOST_OF_ONE
    assert told[-1] > MONDAY + hours * HOUR - minutes(35), "and it goes on"


@given(
    st.lists(st.integers(0, 3700), max_size=30),
    st.lists(st.integers(0, 3700), max_size=30),
    st.integers(0, 3600),
)
def test_whoever_waits_is_told_within_an_hour_and_not_before_a_minute(digests, alone, waits):
    now = MONDAY + HOUR
    first = now - timedelta(seconds=waits)
    before = sorted((now - timedelta(seconds=s) for s in digests), reverse=True)
    due = digest_at(first, before, [now - timedelta(seconds=s) for s in alone], now, MINUTE)
    assert first + MINUTE <= due <= max(now, first) + HOUR


def test_a_clock_that_was_set_back_keeps_nobody_waiting():
    """What was written at times that are yet to come counts as nothing, and nothing waits for it."""
    now, later = MONDAY, MONDAY + timedelta(hours=25)
    assert digest_at(now - MINUTE, [later], [later] * MOST_OF_ONE, now, MINUTE) <= now
    assert digest_at(later, [], [], now, MINUTE) <= now
