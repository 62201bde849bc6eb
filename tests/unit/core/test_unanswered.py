"""Somebody whom only a person may write to is promised nothing: agents are reminded until one has written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from mailbot.core.model.reason import why
from mailbot.core.model.silence import Mute, Silence
from tests.simulation.simulated_desk import BERLIN, MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
MARA, JOOST = "mara@lumen.example", "joost@lumen.example"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def comes_late(desk, text):
    """A mail that lay on some server for two days: nobody may be answered by a machine after so long."""
    desk.receive(mail(ANNA, text, at=desk.clock.now() - timedelta(days=2)))
    assert desk.ticket().mute == Mute(Silence.PERSON, why("screen.too_old", hours=24))


def told(desk):
    return [(s.at.astimezone(BERLIN).strftime("%a %H:%M"), s.outgoing.to.address) for s in desk.sent if named(s)]


def named(sent):
    return sent.outgoing.name == "unanswered"


def says(desk, text, *, of, sender="Mara Lind <mara@lumen.example>"):
    notice = desk.last(of, "mara")
    return desk.receive(mail(sender, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: notice"))


@pytest.mark.slow
def test_an_outage_is_brought_before_everybody_until_somebody_writes(desk):
    comes_late(desk, OUTAGE)
    first = desk.store.next_wake()
    desk.pass_time(first + minutes(1))
    assert {who for _, who in told(desk)} == {MARA, JOOST}
    assert len(told(desk)) == 2
    notice = desk.last("unanswered", "mara")
    assert "It's priority 1, so the lead gets this mail too." in notice.text
    assert "older than 24 hours" in notice.text
    desk.pass_time(desk.store.next_wake() + minutes(1))
    assert len(told(desk)) == 4, "once more, an hour later or so"
    says(desk, "We are at work on it, and you hear from me within the hour.", of="unanswered")
    assert desk.ticket().mute is None
    assert desk.promise() is not None, "from here on the desk may write, and promises"
    desk.pass_time(desk.clock.now() + timedelta(days=2))
    assert len(told(desk)) == 4


def test_a_smaller_matter_waits_for_the_morning_and_then_for_the_pace_of_its_priority(desk):
    desk.clock.at = MONDAY.replace(hour=17, minute=50)
    comes_late(desk, BROKEN)
    desk.pass_time(desk.clock.now() + timedelta(days=2))
    times = [time for time, _ in told(desk)]
    assert times
    assert all("09:00" <= time.split()[1] <= "17:00" for time in times), times
    assert len(times) == len(set(times)) * 2, "each agent once at a time"
    assert len(set(times)) <= 4


@pytest.mark.parametrize("done", ["/resolve quietly", "/ignore", "/spam"])
def test_what_an_agent_ended_is_not_brought_up_again(desk, done):
    comes_late(desk, BROKEN)
    says(desk, done, of="new")
    desk.pass_time(desk.clock.now() + timedelta(days=5))
    assert told(desk) == []


def test_a_mailing_list_waits_for_nobody(desk):
    desk.receive(mail(ANNA, BROKEN, at=MONDAY, List_Id="<news.else.example>"))
    assert desk.store.next_wake() is None


def test_feedback_waits_for_nobody(desk):
    comes_late(desk, "The new search is wonderful, great work, thank you all!")
    assert desk.store.next_wake() is None


def test_who_writes_again_where_no_letter_may_go_is_brought_up_as_well(desk):
    desk.receive(mail(ANNA, BROKEN, at=MONDAY))
    says(desk, "/resolve\n\nIt is mended.", of="new")
    relay = desk.last("relay")
    desk.clock.at += timedelta(days=1)
    again = mail(
        ANNA,
        "It fails again.",
        at=desk.clock.now(),
        to=relay.reply_to,
        Precedence="bulk",
        In_Reply_To=f"<{relay.message_id}>",
    )
    desk.receive(again)
    assert desk.promise() is None
    desk.pass_time(desk.clock.now() + timedelta(days=1))
    assert {who for _, who in told(desk)} == {MARA}, "who has the ticket"


def test_a_new_weight_moves_the_time(desk):
    comes_late(desk, BROKEN)
    before = desk.store.next_wake()
    says(desk, "/p 1", of="new")
    assert desk.store.next_wake() < before


def test_whoever_cries_loudest_brings_no_storm(desk):
    desk.receive(
        mail("X <x@else.example>", "URGENT!!! EVERYTHING IS DOWN, NOBODY CAN ORDER!!!", at=MONDAY, to="y@z.example")
    )
    assert desk.ticket().priority == 1
    desk.pass_time(desk.clock.now() + timedelta(days=1))
    times = sorted({time for time, _ in told(desk)})
    assert 4 <= len(times) <= 9, "at first soon, then after twice as long each time"
    before = len(told(desk))
    desk.pass_time(desk.clock.now() + timedelta(days=1))
    assert len(told(desk)) - before <= 6, "at last once a day"


def test_who_may_be_somebody_else_is_brought_up_once_a_day():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id="mx.lumen.example"))
    try:
        forged = "mx.lumen.example; dmarc=fail header.from=atelier.example"
        desk.receive(mail(ANNA, OUTAGE, at=MONDAY, Authentication_Results=forged))
        desk.pass_time(desk.clock.now() + timedelta(hours=20))
        assert told(desk) == []
        desk.pass_time(desk.clock.now() + timedelta(hours=20))
        assert len(told(desk)) == 2
    finally:
        desk.close()


@pytest.mark.parametrize("together", [True, False], ids=["in one mail", "in two"])
def test_what_was_resolved_quietly_is_not_asked_after(desk, together):
    comes_late(desk, "How can I add a second delivery address to my account?")
    quietly = "/resolve quietly"
    says(desk, f"{quietly}\n\nIt is in the settings." if together else "It is in the settings.", of="new")
    if not together:
        says(desk, quietly, of="new")
    desk.pass_time(desk.clock.now() + timedelta(days=9))
    assert "check-in" not in desk.names()
    assert told(desk) == []


def test_an_agent_who_waits_for_somebody_is_left_alone_for_a_day(desk):
    comes_late(desk, OUTAGE)
    says(desk, "/wait third-party Postal Ltd", of="new")
    desk.pass_time(desk.clock.now() + timedelta(hours=20))
    assert told(desk) == []
    desk.pass_time(desk.clock.now() + timedelta(hours=20))
    assert told(desk)


@pytest.mark.slow
def test_many_that_came_in_together_are_told_in_one_mail(desk):
    for number in range(30):
        old = desk.clock.now() - timedelta(days=2)
        desk.receive(mail(f"C{number} <c{number}@shop{number}.example>", BROKEN, at=old, subject=f"Matter {number}"))
        desk.clock.at += timedelta(seconds=2)
    since = len(desk.sent)
    desk.pass_time(desk.clock.now() + timedelta(hours=9))
    mails = [s for s in desk.sent[since:] if s.outgoing.to.address == MARA]
    assert len(mails) <= 24, "five and a list of the rest, each time"
    assert "digest" in {s.outgoing.name for s in mails}


def test_a_muted_matter_that_takes_in_an_outage_is_looked_at_in_its_time(desk):
    old = MONDAY - timedelta(days=2)
    praise = "The new search is wonderful, great work, thank you all!"
    desk.receive(mail(ANNA, praise, at=old, message_id="a1@atelier.example"))
    desk.receive(mail(ANNA, OUTAGE, at=old, message_id="b1@atelier.example"))
    both = "<b1@atelier.example> <a1@atelier.example>"
    desk.receive(mail(ANNA, "Thank you so much!", at=old, References=both))
    assert desk.ticket(2).number == 1
    assert desk.store.next_wake() <= desk.clock.now() + minutes(30)


def test_a_clock_that_is_set_back_brings_the_same_time_twice(desk):
    comes_late(desk, OUTAGE)
    says(desk, "/wait third-party Postal Ltd", of="new")
    due = desk.store.next_wake()
    desk.pass_time(due)
    desk.clock.at = MONDAY.astimezone(UTC)
    says(desk, "/wait third-party Postal Ltd again", of="new")
    assert desk.store.next_wake() == due
    desk.pass_time(due)
    assert len(told(desk)) == 4, "and not two that were taken for copies of the first"


def counted(desk, number=1):
    return desk.ticket(number).covers, desk.ticket(number).reminders


def test_reminders_before_a_time_was_told_are_no_covers_of_it(desk):
    comes_late(desk, OUTAGE)
    for _ in range(2):
        desk.pass_time(desk.store.next_wake())
    assert counted(desk) == (0, 2)
    says(desk, "/promise 1h", of="unanswered")
    assert desk.ticket().look is None
    desk.pass_time(desk.promise().due)
    assert counted(desk) == (1, 2)
    assert "in a row" not in desk.last("covered", "mara").text
    says(desk, "We are at work on it.", of="covered")
    assert counted(desk) == (0, 0)


def test_a_muted_matter_that_takes_in_a_promise_takes_over_what_was_counted_there(desk):
    old = MONDAY - timedelta(days=2)
    desk.receive(mail(ANNA, BROKEN, at=old, message_id="a1@atelier.example"))
    desk.pass_time(desk.store.next_wake())
    desk.receive(mail(ANNA, OUTAGE, at=desk.clock.now(), message_id="b1@atelier.example"))
    desk.pass_time(desk.promise(2).due)
    assert (counted(desk, 1), counted(desk, 2)) == ((0, 1), (1, 0))
    both = "<b1@atelier.example> <a1@atelier.example>"
    desk.receive(mail(ANNA, "Thank you so much!", at=desk.clock.now(), References=both))
    assert desk.ticket(2).number == 1
    assert (counted(desk), desk.ticket().mute, desk.ticket().look) == ((1, 0), None, None)
