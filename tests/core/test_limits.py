"""How many automatic letters may go out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.desk import Counts
from mailbot.core.outgoing.limits import breaker_open, over
from mailbot.core.policy import Limits


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        (Counts(hour=3, day=3, domain_hour=3), "within the hour"),
        (Counts(hour=0, day=10, domain_hour=0), "within the day"),
        (Counts(hour=0, day=0, domain_hour=100), "this domain"),
    ],
)
def test_each_limit_stops_one_more_and_says_which(counts, word):
    assert word in (over(counts, Limits()) or "")


def test_below_every_limit_a_letter_may_go():
    assert over(Counts(hour=2, day=9, domain_hour=99), Limits()) is None


@given(st.builds(Counts, hour=st.integers(0, 5), day=st.integers(0, 20), domain_hour=st.integers(0, 200)))
def test_more_letters_never_open_what_fewer_closed(counts):
    more = Counts(hour=counts.hour + 1, day=counts.day + 1, domain_hour=counts.domain_hour + 1)
    assert over(counts, Limits()) is None or over(more, Limits()) is not None


@pytest.mark.parametrize(
    ("last_hour", "usual", "is_open"),
    [(499, 1.0, False), (500, 1.0, True), (999, 200.0, False), (1000, 200.0, True), (0, 0.0, False)],
)
def test_the_breaker_opens_at_five_times_the_usual_rate(last_hour, usual, is_open):
    assert breaker_open(last_hour, usual, Limits()) is is_open
