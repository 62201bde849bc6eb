"""What becomes of a mail after a try, and what limits say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.refusals import About
from mailbot.core.sending.retry import GIVE_UP_AFTER, TELL_AFTER, back_off, verdict

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(
    age=timedelta(),
    *,
    accepted=False,
    permanent=False,
    ambiguous=False,
    down=False,
    about=About.RECIPIENT,
    attempts=1,
    told=False,
):
    return verdict(
        about=about,
        accepted=accepted,
        permanent=permanent,
        ambiguous=ambiguous,
        down=down,
        attempts=attempts,
        first_tried_at=NOW - age,
        told=told,
        now=NOW,
    )


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (7, 60), (1000, 60)])
def test_the_wait_doubles_up_to_an_hour(attempts, minutes):
    assert back_off(attempts) == timedelta(minutes=minutes)


def test_a_refusal_for_good_is_told_at_once():
    assert after(permanent=True) == after(permanent=True, told=True)
    assert (after(permanent=True).state, after(permanent=True).tell) == (OutboxState.FAILED, True)


def test_what_was_cut_after_the_dot_is_unknown_and_what_was_cut_before_is_ready():
    assert after(ambiguous=True).state is OutboxState.UNKNOWN
    assert after(ambiguous=True, down=True).state is OutboxState.UNKNOWN
    assert after(down=True).state is OutboxState.READY


def test_a_person_hears_of_it_once_after_four_hours_and_again_at_the_end():
    assert not after(TELL_AFTER - timedelta(seconds=1)).tell
    assert after(TELL_AFTER).tell
    assert not after(TELL_AFTER, told=True).tell
    end = after(GIVE_UP_AFTER, told=True)
    assert (end.state, end.tell, end.next_try) == (OutboxState.FAILED, True, None)


@given(
    st.timedeltas(timedelta(), timedelta(days=9)),
    st.sampled_from(list(product((False, True), repeat=5))),
    st.integers(1, 200),
    st.sampled_from(list(About)),
)
def test_a_mail_is_sent_or_given_up_or_tried_again(age, flags, attempts, about):
    accepted, permanent, ambiguous, down, told = flags
    end = after(
        age,
        accepted=accepted,
        permanent=permanent,
        ambiguous=ambiguous,
        down=down,
        about=about,
        attempts=attempts,
        told=told,
    )
    if end.state in (OutboxState.SENT, OutboxState.FAILED):
        assert end.next_try is None
        assert (end.state is OutboxState.SENT) == accepted
    else:
        # If the fault is the server's, the mail's age does not count.
        assert age < GIVE_UP_AFTER or down or about is About.SERVER
        unwanted = permanent and about is About.MAIL
        assert NOW < end.next_try <= NOW + (timedelta(hours=12) if unwanted else timedelta(hours=1))


def test_what_is_not_wanted_is_tried_after_5_30_and_120_minutes_and_then_twice_a_day_for_five_days():
    age, waits, told = timedelta(), [], []
    while (end := after(age, permanent=True, about=About.MAIL, told=bool(told))).state is OutboxState.READY:
        waits.append(end.next_try - NOW)
        told += [age] if end.tell else []
        age += waits[-1]
    assert waits[:5] == [timedelta(minutes=m) for m in (5, 30, 120, 720, 720)]
    assert set(waits[3:]) == {timedelta(hours=12)}
    assert age >= GIVE_UP_AFTER
    assert age < GIVE_UP_AFTER + timedelta(hours=12)
    assert told == [timedelta()], "its agent is told at once, and once"
    assert (end.state, end.tell) == (OutboxState.FAILED, True)


def test_what_the_server_has_against_us_is_tried_for_as_long_as_it_takes():
    end = after(timedelta(days=30), permanent=True, about=About.SERVER, attempts=200, told=True)
    assert (end.state, end.next_try, end.tell) == (OutboxState.READY, NOW + timedelta(hours=1), False)
    assert after(timedelta(days=30), down=True).state is OutboxState.READY
