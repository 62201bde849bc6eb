"""Times in letters: none without a promise or an estimate, none by another clock than the reader's, no two that disagree.

Each is read back from the finished text, in every language in which customers are written to. What histories hold of it:
`tests/simulation/life_letters`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.language.told_time import zone_of
from mailbot.core.model.letter_kinds import KINDS, Audience
from tests.simulation.told_times import LANGUAGES, Truth, baseless, clocks_in, disagreeing, strange_zone
from tests.unit.adapters.golden_letters import ROOT

SHIPPED = Templates([ROOT / "templates"])
LETTERS = [name for name in NAMES if KINDS[name].audience is Audience.CUSTOMER]
ZONES = ("Europe/Berlin", "+05:30", "America/New_York", "-03:00", "America/Sao_Paulo")
CLAUSES = (baseless, strange_zone, disagreeing)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


def moments(*facts):
    return frozenset(datetime.fromisoformat(each) for each in facts if each)


def truth_of(fields, zone):
    """What an invented letter may speak of."""
    steps = fields.get("steps", ())
    due = moments(fields.get("due"))
    return Truth(
        now=datetime.fromisoformat(fields["now"]),
        clock=lambda at: at.astimezone(zone_of(zone)).utcoffset(),
        promised=due | moments(fields.get("promised"), *(step["due"] for step in steps)),
        estimated=moments(fields.get("eta_at"), fields.get("eta_missed")),
        past=moments(*(step[each] for step in steps for each in ("made_at", "ended_at"))),
        next=next(iter(due), None),
        open=due,
    )


def text_of(name, fields, language, zone):
    return SHIPPED.render(name, language=language, inbox="support", zone=zone, fields=fields).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_each_time_is_promised_or_estimated_as_the_reader_sees_it_and_they_agree(name, language):
    for fields in SAMPLES[name]:
        for zone in ZONES:
            text, truth = text_of(name, fields, language, zone), truth_of(fields, zone)
            assert [list(wrong(text, language, truth)) for wrong in CLAUSES] == [[], [], []], text
            told = len(list(clocks_in(text, language)))
            account = sum(2 + bool(step["ended_at"]) for step in fields.get("steps", ()))
            assert told >= account, f"the account has {account} times, and {told} were found"
            if fields.get("steps") and name != "resolved":
                assert told > account or not truth.next, text


@given(
    name=st.sampled_from(["ack", "cover", "late", "nudge", "too-large"]),
    language=st.sampled_from(LANGUAGES),
    zone=st.sampled_from(ZONES),
    now=STARTS,
    minutes=st.integers(1, 20_000),
)
def test_whenever_it_is_due_the_clock_and_how_long_it_is_agree(name, language, zone, now, minutes):
    due, before = now + timedelta(minutes=minutes), now - timedelta(minutes=minutes)
    times = {"now": now.isoformat(), "due": due.isoformat(), "answer": None}
    fields = {**SAMPLES[name][0], **times, **({"promised": before.isoformat()} if name in ("cover", "late") else {})}
    text, truth = text_of(name, fields, language, zone), truth_of(fields, zone)
    assert [list(wrong(text, language, truth)) for wrong in CLAUSES] == [[], [], []], text
    assert sum(one.left is not None for one in clocks_in(text, language)) == 1, text


# --- each clause can be broken, in each language -----------------------------------------------------------------------


@pytest.fixture(params=LANGUAGES)
def told(request):
    """A letter that states one time, and may."""
    fields = SAMPLES["ack"][0]
    zone = "Europe/Berlin"
    return request.param, text_of("ack", fields, request.param, zone), truth_of(fields, zone)


def test_a_time_that_nobody_promised_is_found(told):
    language, text, truth = told
    assert list(baseless(text, language, replace(truth, promised=frozenset())))
    later = frozenset(at + timedelta(minutes=1) for at in truth.promised)
    assert list(baseless(text, language, replace(truth, promised=later)))


def test_a_past_that_stands_outside_the_account_is_found(told):
    language, text, truth = told
    assert list(baseless(text, language, replace(truth, promised=frozenset(), past=truth.promised)))


@pytest.mark.parametrize("theirs", ["Asia/Tokyo", "+02:00"])
def test_a_time_by_another_clock_is_found(told, theirs):
    language, text, truth = told
    tokyo = replace(truth, clock=lambda at: at.astimezone(zone_of(theirs)).utcoffset())
    assert list(strange_zone(text, language, tokyo))


def test_a_time_without_a_zone_is_found(told):
    language, text, truth = told
    zone = next(one.zone for one in clocks_in(text, language))
    assert list(strange_zone(text.replace(f" {zone}", ""), language, truth))


def test_a_length_that_is_not_so_long_is_found(told):
    language, text, truth = told
    assert list(disagreeing(text, language, replace(truth, now=truth.now + timedelta(hours=2))))


def test_two_times_of_our_next_word_are_found(told):
    language, text, truth = told
    other = truth.next + timedelta(hours=1)
    two = replace(truth, next=other, open=truth.open | {other}, promised=truth.promised | {other})
    assert list(disagreeing(text, language, two))
