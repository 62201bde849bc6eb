"""Who is reminded of a promise, when, and how often: played on a whole desk, with people in two groups and two zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.policy import Agent
from mailbot.ports import Submission
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
MONEY = "You charged me twice for invoice 88, please refund one of the two."
HOW = "How can I add a second delivery address to my account?"
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
JOOSTS = "Joost Baker <joost@lumen.example>"
IDA = Agent(id="ida", name="Ida Moe", addresses=("ida@lumen.example",), groups=("billing",), zone=BERLIN)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NEAR = replace(JOOST, groups=("support",))
FAR = replace(JOOST, zone=LOS_ANGELES, groups=("support",))
LATER = Submission(accepted=False, code=451, reply="try later")
LEAD = replace(MARA, groups=("leads",))


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def desk_of():
    """A desk of these people; whoever is in the group support hears of its tickets."""
    made = []

    def make(*people, start=MONDAY, always=()):
        def change(policy):
            paces = {
                level: replace(pace, hours=replace(pace.hours, always=pace.hours.always or level in always))
                for level, pace in policy.cadences.items()
            }
            return replace(policy, agents={agent.id: agent for agent in people}, cadences=paces)

        made.append(SimulatedDesk(vouches=True, start=start, change_policy=change))
        return made[-1]

    yield make
    for one in made:
        one.close()


def writes(desk, text=BROKEN, **headers):
    return desk.receive(mail(ANNA, text, at=desk.clock.now(), **headers))[-1].tickets[0]


def answers(desk, text, *, to="joost", sender=JOOSTS):
    notice = desk.last("new", to)
    desk.receive(mail(sender, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: notice"))


def told(desk, name, since=0):
    """Who got notices of that name."""
    return {s.outgoing.agent for s in desk.sent[since:] if s.outgoing.name == name}


def moments(desk, agent, name="reminder"):
    return [s.at for s in desk.sent if s.outgoing.name == name and s.outgoing.agent == agent]


# --- who ---------------------------------------------------------------------------------------------------------------


def test_the_group_of_the_inbox_is_reminded_until_somebody_takes_it(desk_of):
    desk = desk_of(NEAR, replace(MARA, groups=("support",)), IDA)
    writes(desk)
    desk.pass_time(berlin(2, 11, 30))
    assert told(desk, "reminder") == {"joost", "mara"}, "nobody took it; billing has nothing to do with it"
    answers(desk, "/take")
    since = len(desk.sent)
    desk.pass_time(berlin(2, 12, 55))
    assert told(desk, "reminder", since) == {"joost"}
    answers(desk, "/release")
    since = len(desk.sent)
    desk.pass_time(berlin(2, 16, 0))
    assert told(desk, "covered", since) == {"joost", "mara"}


@pytest.mark.parametrize("text", [BROKEN, MONEY, HOW])
def test_the_lead_hears_of_the_second_cover_in_a_row_and_not_of_the_first(desk_of, text):
    desk = desk_of(NEAR, LEAD)
    ticket = writes(desk, text)
    assert ticket.priority > 1
    desk.pass_time(desk.promise().due)
    assert told(desk, "covered") == {"joost"}
    desk.pass_time(desk.promise().due)
    assert told(desk, "covered") == {"joost", "mara"}
    assert moments(desk, "mara", "covered") == moments(desk, "joost", "covered")[1:]
    answers(desk, "It is mended.\n\nJoost")
    since = len(desk.sent)
    if desk.promise() is not None:
        desk.pass_time(desk.promise().due)
        assert told(desk, "covered", since) == {"joost"}, "a human word begins the count anew"


def test_the_lead_hears_at_once_of_an_outage_without_a_human_word_in_its_time(desk_of):
    desk = desk_of(NEAR, LEAD)
    assert writes(desk, OUTAGE).priority == 1
    due = desk.promise().due
    desk.pass_time(due - minutes(2) - timedelta(seconds=1))
    assert told(desk, "covered") == set()
    desk.pass_time(due)
    assert told(desk, "covered") == {"joost", "mara"}
    assert moments(desk, "mara", "covered") == [due - minutes(2)]


def test_the_lead_hears_nothing_of_an_outage_where_somebody_wrote_in_time(desk_of):
    desk = desk_of(NEAR, LEAD)
    writes(desk, OUTAGE)
    answers(desk, "We see it and are on it.\n\nJoost")
    desk.pass_time(desk.promise().due)
    assert told(desk, "covered") == {"joost"}, (
        "the word after the first is covered, and that is not yet a second in a row"
    )


def test_the_lead_hears_after_a_stop_of_an_outage_that_nobody_answered(desk_of):
    desk = desk_of(NEAR, LEAD)
    writes(desk, OUTAGE)
    desk.sleep_until(berlin(2, 15))
    assert "late" in desk.names()
    assert told(desk, "covered") == {"joost", "mara"}


# --- when --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("priority", [2, 3, 4])
@pytest.mark.parametrize("always", [False, True])
def test_nobody_is_reminded_outside_their_hours_whatever_the_clock_of_the_priority(desk_of, priority, always):
    desk = desk_of(FAR, LEAD, always=(priority,) if always else ())
    ticket = writes(desk, {2: MONEY, 3: BROKEN, 4: HOW}[priority])
    assert ticket.priority == priority
    for _ in range(4):
        desk.pass_time(desk.promise().due + timedelta(seconds=1))
    local = [at.astimezone(LOS_ANGELES) for at in moments(desk, "joost")]
    assert all(at.weekday() < 5 and 9 <= at.hour < 17 for at in local), local
    assert "cover" in desk.names(), "the customer hears all the same"


def test_an_outage_reminds_at_night(desk_of):
    desk = desk_of(FAR, LEAD)
    writes(desk, OUTAGE)
    desk.pass_time(berlin(2, 9, 14))
    assert [at.astimezone(LOS_ANGELES).hour for at in moments(desk, "joost")][:1] == [0]


def test_whoever_is_at_work_is_reminded_and_the_others_of_the_group_sleep_on(desk_of):
    desk = desk_of(replace(FAR, id="far", addresses=("far@lumen.example",)), NEAR, LEAD)
    writes(desk)
    desk.pass_time(berlin(2, 12, 55))
    assert told(desk, "reminder") == {"joost"}
    assert len(moments(desk, "joost")) == 3


def test_a_reminder_that_falls_into_the_night_comes_when_work_begins(desk_of):
    desk = desk_of(replace(NEAR, zone=ZoneInfo("Europe/London")), LEAD)
    writes(desk, MONEY)  # due at 10:00 in Berlin, and 9:00 in London
    desk.pass_time(berlin(2, 10))
    assert moments(desk, "joost") == [], "until the cover nobody was at work"
    other = desk_of(replace(NEAR, zone=ZoneInfo("Europe/London")), LEAD)
    other.pass_time(berlin(2, 9, 15))
    writes(other, MONEY)  # due at 10:15
    other.pass_time(berlin(2, 10, 15))
    assert moments(other, "joost")[0] == berlin(2, 10)


# --- how often ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "most"), [(OUTAGE, 1), (MONEY, 2), (BROKEN, 3), (HOW, 3)])
def test_a_longer_time_is_reminded_of_more_often_and_a_minute_apart(desk_of, text, most):
    desk = desk_of(NEAR, LEAD)
    writes(desk, text)
    desk.pass_time(desk.promise().due - minutes(1))
    times = moments(desk, "joost")
    assert len(times) == most
    assert all(later - earlier >= minutes(1) for earlier, later in pairwise(times))


@pytest.mark.parametrize("what", ["It is mended.", "a cover"])
def test_a_reminder_that_has_not_left_is_withdrawn_once_nobody_needs_it(desk_of, what):
    desk = desk_of(NEAR, replace(MARA, groups=("support",)))
    writes(desk, MONEY)
    desk.refuse = lambda one: one.name == "reminder" and LATER
    desk.pass_time(berlin(2, 9, 50))
    assert told(desk, "reminder") == set()
    if what == "a cover":
        desk.pass_time(berlin(2, 9, 58))
    else:
        answers(desk, what)
    desk.refuse = lambda _: False
    desk.pass_time(berlin(2, 10, 30))
    assert told(desk, "reminder") == set(), "that somebody waits is no longer so"
    rows = [row for row in desk.store.lists.outbox(limit=100) if row.outgoing.name == "reminder"]
    assert {row.state for row in rows} == {OutboxState.DROPPED}


def test_after_a_stop_all_reminders_that_were_missed_are_one(desk_of):
    desk = desk_of(NEAR, LEAD)
    writes(desk)  # due at 13:00: half is at 11:00, a quarter left at 12:00
    desk.sleep_until(berlin(2, 12, 30))
    assert len(moments(desk, "joost")) == 1
    for later in range(1, 15):
        desk.clock.at += minutes(1)
        desk.tick()
        assert len(moments(desk, "joost")) == 1, f"{later} minutes later"
    desk.pass_time(berlin(2, 12, 57))
    assert moments(desk, "joost")[1:] == [berlin(2, 12, 45)]


def test_a_reminder_that_a_stop_delayed_takes_the_place_of_the_next_one_if_that_is_near(desk_of):
    desk = desk_of(NEAR, LEAD)
    writes(desk)  # due at 13:00: the last reminder is due at 12:45
    desk.sleep_until(berlin(2, 12, 44) + timedelta(seconds=30))
    desk.pass_time(berlin(2, 12, 57))
    assert len(moments(desk, "joost")) == 1


def test_a_reminder_is_answered_with_the_update_itself(desk_of):
    desk = desk_of(NEAR, LEAD)
    writes(desk)
    desk.pass_time(berlin(2, 11))
    notice = desk.last("reminder", "joost")
    promised = desk.promise()
    decision = desk.receive(
        mail(JOOSTS, "The export is being mended.\n\nJoost", at=desk.clock.now(), to=notice.reply_to, subject="Re: x")
    )[-1]
    assert decision.outcome == "relayed"
    assert next(p for p in decision.promises if p.id == promised.id).state.value == "kept"


def test_where_no_letter_may_cover_there_is_no_reminder_more_than_for_any_time_of_that_length(desk_of):
    desk = desk_of(NEAR)
    writes(desk)
    desk.refuse = lambda row: row.to.address == "anna@atelier.example"
    answers(desk, "We look at it.\n\nJoost")  # comes back: from now on no letter of the desk's own goes there
    desk.refuse = lambda _: False
    answers(desk, "/promise fri 14:00\n\nWe have it now.\n\nJoost")
    since = len(desk.sent)
    desk.pass_time(berlin(6, 14, 5))
    names = [s.outgoing.name for s in desk.sent[since:]]
    assert names.count("reminder") == 3
    assert "cover" not in names
    assert desk.decisions[-1].outcome == "late"
