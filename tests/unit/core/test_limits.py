"""How many automatic letters may go out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config.providers import public_domains
from mailbot.core.model.counts import Counts
from mailbot.core.model.policy import Limits
from mailbot.core.sending.limits import breaker_open, over


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (Counts(hour=3, day=3, domain_hour=3), "limit.address_hour"),
        (Counts(hour=0, day=10, domain_hour=0), "limit.address_day"),
        (Counts(hour=0, day=0, domain_hour=100), "limit.domain_hour"),
    ],
)
def test_each_limit_stops_one_more_and_says_which(counts, code):
    assert over(counts, Limits()).code == code


OWN = Counts(hour=9, day=40, domain_hour=900, domain_confirmed=900, urgent=9, urgent_proven=2)


@pytest.mark.parametrize("priority", [1, 2])
def test_an_outage_of_a_confirmed_customer_has_a_limit_of_its_own(priority):
    assert over(OWN, Limits(), priority=priority, confirmed=True) is None
    ten = replace(OWN, urgent=10)
    assert over(ten, Limits(), priority=priority, confirmed=True).code == "limit.urgent"
    assert over(ten, Limits(), priority=priority, confirmed=True, proven=True) is None, "forged ones do not use it up"
    proven = replace(OWN, urgent_proven=10)
    assert over(proven, Limits(), priority=priority, confirmed=True, proven=True) is not None


def test_only_an_outage_comes_before_the_other_limits():
    assert over(OWN, Limits(), priority=3, confirmed=True) is not None
    assert over(OWN, Limits(), priority=1) is not None, "of somebody whom nothing has confirmed"


def test_one_letter_is_kept_for_a_first_outage_of_an_address_that_nothing_has_confirmed():
    assert over(Counts(hour=3, day=10), Limits(), priority=1, kept=True) is None
    assert over(Counts(hour=3, day=10), Limits(), priority=3, kept=True) is not None
    assert over(Counts(domain_hour=100), Limits(), priority=1, kept=True) is not None


def test_letters_to_confirmed_addresses_of_a_domain_count_apart():
    assert over(Counts(domain_hour=100), Limits(), confirmed=True) is None
    assert over(Counts(domain_confirmed=100), Limits(), confirmed=True) is not None
    assert over(Counts(domain_confirmed=100), Limits()) is None


def test_a_public_provider_has_no_limit_as_a_domain():
    limits = Limits(public_domains=public_domains())
    for confirmed in (False, True):
        many = Counts(domain_hour=5000, domain_confirmed=5000)
        assert over(many, limits, domain="gmail.com", confirmed=confirmed) is None
        assert over(many, limits, domain="mill.example", confirmed=confirmed) is not None


def test_the_list_of_public_providers_is_of_domains_and_of_all_parts_of_the_world():
    known = public_domains()
    assert len(known) > 200
    assert all(one == one.lower() and one.isascii() and "." in one and " " not in one for one in known)
    assert {one.rpartition(".")[2] for one in known} >= {
        "com",
        "de",
        "fr",
        "br",
        "jp",
        "in",
        "za",
        "ru",
        "pl",
        "au",
        "kr",
        "mx",
    }
    assert not {one for one in known if one.endswith(".example")}


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
