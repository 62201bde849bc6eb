"""Who is called for an outage at night: the rota, the ladder, and that nothing changes where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.oncall import OnCall
from mailbot.core.model.policy import Agent
from mailbot.core.model.ticket import TicketState
from mailbot.core.promises import ladder
from tests.contract.made import promise, ticket
from tests.simulation.simulated_desk import BERLIN, SimulatedDesk, desk_policy, mail, minutes

ANN, BEN, CAY, LEA = (
    Agent(
        id=name.lower(),
        name=f"{name} Moe",
        addresses=(f"{name.lower()}@lumen.example",),
        zone=BERLIN,
        lead=name == "Lea",
    )
    for name in ("Ann", "Ben", "Cay", "Lea")
)
ROTA = OnCall(rota=("ann", "ben", "cay"), weekday=0, at=time(9), zone=BERLIN, since=date(2026, 3, 4))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
DOWN = "Our whole shop is down, nobody can order, error 503 everywhere!"


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


# --- the rota ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "first"),
    [((2, 9), "ann"), ((2, 8, 59), "cay"), ((9, 8, 59), "ann"), ((9, 9), "ben"), ((16, 12), "cay"), ((23, 9), "ann")],
)
def test_whose_turn_it_is(at, first):
    assert ROTA.turn(berlin(*at))[0] == first


def test_some_weeks_are_somebody_elses():
    swapped = replace(ROTA, weeks={date(2026, 3, 9): "cay"})
    assert swapped.turn(berlin(10, 0)) == ("cay", "ben", "ann")
    assert swapped.turn(berlin(16, 9))[0] == "cay"
    assert swapped.turn(berlin(2, 9))[0] == "ann"


@pytest.mark.parametrize("rota", [("ann", "ann", "ben"), ("ann", "ben", "ann", "cay")])
def test_whoever_has_more_weeks_than_one_is_told_once(rota):
    turn = replace(ROTA, rota=rota).turn(berlin(3, 2))
    assert turn == tuple(dict.fromkeys(rota))


@given(MOMENTS, st.integers(0, 6), st.times(), st.integers(1, 5), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_weeks_follow_one_another_without_a_gap_and_each_has_its_turn(now, weekday, at, count, since):
    at = at.replace(microsecond=0)
    rota = tuple(f"a{nth}" for nth in range(count))
    oncall = OnCall(rota=rota, weekday=weekday, at=at, zone=BERLIN, since=since)
    week, ends = oncall.week_of(now), oncall.changes_after(now)
    assert week.weekday() == weekday
    assert now < ends <= now + timedelta(days=7, hours=2)
    assert oncall.week_of(ends) == week + timedelta(days=7)
    this, following = oncall.turn(now), oncall.turn(ends)
    assert set(this) == set(rota)
    assert following[0] == rota[(rota.index(this[0]) + 1) % count]


# --- the ladder -----------------------------------------------------------------------------------------------------------


def policy_of(**changes):
    people = {agent.id: agent for agent in (ANN, BEN, CAY, LEA)}
    return replace(desk_policy(), agents=people, oncall=ROTA, **changes)


def names(steps):
    return [[agent.id for agent in step] for step in steps]


def test_first_whose_turn_it_is_then_the_next_then_the_leads():
    assert names(ladder.steps(policy_of(), berlin(3, 2))) == [["ann"], ["ben"], ["lea"]]


@given(st.sets(st.sampled_from(["ann", "ben", "cay", "lea"])))
def test_nobody_who_is_away_is_called_unless_all_are(away):
    gone = [Absence(agent=one, since=berlin(1, 0), until=None, by=ToldBy.THEMSELVES) for one in away]
    steps = ladder.steps(policy_of().with_absences(gone, berlin(3, 2)), berlin(3, 2))
    called = [agent.id for step in steps for agent in step]
    assert called
    assert len(called) == len(set(called))
    if len(away) < 4:
        assert not away & set(called)


@pytest.mark.parametrize(
    ("changes", "at", "decides"),
    [
        ({}, (3, 2), True),
        ({}, (3, 10), False),
        ({}, (7, 12), True),
        ({"priority": 2}, (3, 2), False),
        ({"assignee": "ben"}, (3, 2), False),
    ],
)
def test_it_decides_of_an_outage_that_nobody_has_outside_of_hours(changes, at, decides):
    one = ticket(**{"priority": 1, **changes})
    assert ladder.decides(one, policy_of(), berlin(*at)) is decides
    assert ladder.decides(one, replace(policy_of(), oncall=None), berlin(*at)) is False


@pytest.mark.parametrize(
    ("fields", "made_by", "since"),
    [
        ({}, "ack", (2, 1)),
        ({}, "cover", (2, 1)),  # nobody has said a word: our own do not count
        ({"first_word_at": berlin(2, 9), "last_word_at": berlin(2, 15)}, "update", (3, 2)),  # opened again at two
        ({"first_word_at": berlin(3, 2), "last_word_at": berlin(3, 2)}, "relay", (3, 2)),  # the word itself
        ({"first_word_at": berlin(2, 9), "last_word_at": berlin(2, 15)}, "cover", (2, 15)),
        ({"first_word_at": berlin(2, 9)}, "late", (2, 9)),
    ],
)
def test_since_when_it_is_silent(fields, made_by, since):
    one = ticket(priority=1, opened_at=berlin(2, 1), **fields)
    made = promise("p1", ticket=1, made_by=made_by, made_at=berlin(3, 2), due=berlin(3, 3))
    assert ladder.silent_since(one, made) == berlin(*since)


# --- played ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk_of():
    made = []

    def make(oncall=ROTA, people=(ANN, BEN, CAY, LEA), start=None):
        def change(policy):
            return replace(policy, agents={agent.id: agent for agent in people}, oncall=oncall)

        made.append(SimulatedDesk(vouches=True, change_policy=change, start=start or berlin(3, 2)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def outage(desk, text=DOWN, subject="Down"):
    return desk.receive(mail("Nora Feld <nora@pine.example>", text, at=desk.clock.now(), subject=subject))[-1]


def write(desk, agent, text, notice):
    return desk.receive(
        mail(f"{agent.name} <{agent.addresses[0]}>", text, at=desk.clock.now(), to=notice.reply_to, subject="Re: Down")
    )


def heard(desk, since=0):
    """Who got what, and how many minutes after two."""
    return [
        (s.outgoing.agent, s.outgoing.name, int((s.at - berlin(3, 2)).total_seconds() // 60))
        for s in desk.sent[since:]
        if s.outgoing.agent
    ]


def test_one_after_the_other_is_told_and_the_others_sleep(desk_of):
    desk = desk_of()
    outage(desk)
    desk.pass_time(berlin(3, 2, 12))
    assert heard(desk) == [
        ("ann", "new", 0),
        ("ann", "reminder", 5),
        ("ben", "reminder", 5),
        ("lea", "reminder", 10),
    ]
    assert "cay" not in {agent for agent, _, _ in heard(desk)}
    desk.pass_time(berlin(3, 9, 1))
    morning = [s for s in desk.sent if s.outgoing.to.address == "cay@lumen.example"]
    assert {s.at.astimezone(BERLIN).hour for s in morning} == {9}


def test_nobody_more_is_told_once_somebody_has_it(desk_of):
    desk = desk_of()
    outage(desk)
    desk.clock.at += minutes(3)
    write(desk, ANN, "/take", desk.last("new", "ann"))
    since = len(desk.sent)
    desk.pass_time(berlin(3, 2, 12))
    assert {agent for agent, _, _ in heard(desk, since)} == {"ann"}


def test_an_answer_ends_it_as_well(desk_of):
    desk = desk_of()
    outage(desk)
    desk.pass_time(berlin(3, 2, 6))
    write(desk, BEN, "We see it, and are on it.\n\nBen", desk.last("reminder", "ben"))
    since = len(desk.sent)
    desk.pass_time(berlin(3, 2, 34))
    assert {agent for agent, _, _ in heard(desk, since)} <= {"ben", "ann"}
    assert "lea" not in {agent for agent, _, _ in heard(desk)}


def test_an_outage_that_was_solved_and_comes_back_climbs_from_then(desk_of):
    desk = desk_of(oncall=replace(ROTA, calls=True), start=berlin(2, 14))
    outage(desk)
    desk.clock.at += minutes(3)
    write(desk, CAY, "/resolve\n\nAll is well again.\n\nCay", desk.last("new", "cay"))
    write(desk, CAY, "/release", desk.last("new", "cay"))
    assert desk.ticket().state is TicketState.RESOLVED
    assert desk.ticket().first_word_at is not None
    desk.pass_time(berlin(3, 2))
    since = len(desk.sent)
    desk.receive(mail("Nora Feld <nora@pine.example>", DOWN, at=desk.clock.now(), to=desk.last("ack").reply_to))
    assert desk.ticket().assignee is None
    desk.pass_time(berlin(3, 2, 12))
    assert [one for one in heard(desk, since) if one[1] == "reminder"] == [
        ("ann", "reminder", 5),
        ("ben", "reminder", 5),
        ("lea", "reminder", 10),
    ]
    stored = desk.store.take_alerts(desk.clock.now(), minutes(5), 20)
    assert [row.alert.agent for row in stored] == ["ann", "ben", "lea"]


def test_who_answered_and_gave_it_back_is_counted_from_their_word(desk_of):
    desk = desk_of()
    outage(desk)
    desk.clock.at += minutes(3)
    write(desk, ANN, "We see it, and look for the cause.\n\nAnn", desk.last("new", "ann"))
    write(desk, ANN, "/release", desk.last("new", "ann"))
    since = len(desk.sent)
    desk.pass_time(berlin(3, 2, 20))
    first = {}
    for agent, _, minute in heard(desk, since):
        first.setdefault(agent, minute)
    assert (first["ben"], first["lea"]) == (8, 13)


def test_a_call_is_not_dropped_by_the_desks_own_cover(desk_of):
    desk = desk_of(oncall=replace(ROTA, calls=True))
    outage(desk)
    desk.pass_time(berlin(3, 2, 14))
    assert "covered" in {name for _, name, _ in heard(desk)}
    assert [row.alert.agent for row in desk.store.take_alerts(desk.clock.now(), minutes(5), 20)] == [
        "ann",
        "ben",
        "lea",
    ]


def test_a_name_as_long_as_a_letter_is_cut_in_a_call(desk_of):
    desk = desk_of(oncall=replace(ROTA, calls=True))
    desk.receive(mail(f"{'Nora ' * 200}<nora@pine.example>", DOWN, at=desk.clock.now(), subject="Down"))
    (row,) = desk.store.take_alerts(desk.clock.now(), minutes(5), 20)
    assert len(dict(row.alert.words.args)["who"]) <= 120


def test_in_hours_and_without_a_rota_everybody_hears_at_once(desk_of):
    for desk in (desk_of(start=berlin(3, 10)), desk_of(oncall=None), desk_of(oncall=None, start=berlin(3, 10))):
        outage(desk)
        assert {s.outgoing.agent for s in desk.sent if s.outgoing.name == "new"} == {"ann", "ben", "cay", "lea"}


def test_what_is_no_outage_is_as_ever(desk_of):
    desk = desk_of()
    outage(desk, "You charged me twice for invoice 88, please refund one of the two.", "Invoice")
    assert desk.ticket().priority == 2
    assert {s.outgoing.agent for s in desk.sent if s.outgoing.name == "new"} == {"ann", "ben", "cay", "lea"}


def test_who_is_on_call_and_in_another_group_is_told_all_the_same(desk_of):
    desk = desk_of(people=(replace(ANN, groups=("night",)), BEN, CAY, LEA))
    outage(desk)
    assert heard(desk) == [("ann", "new", 0)]


def test_the_lead_hears_of_the_cover_at_night_even_before_it_is_their_turn(desk_of):
    desk = desk_of(oncall=replace(ROTA, next_after=minutes(60)))
    outage(desk)
    desk.pass_time(berlin(3, 2, 14))
    assert ("lea", "covered", 13) in heard(desk), "as without a rota"
    assert "ben" not in {agent for agent, _, _ in heard(desk)}


def test_another_mail_of_theirs_reaches_those_who_know_by_then(desk_of):
    desk = desk_of()
    outage(desk)
    desk.pass_time(berlin(3, 2, 6))
    since = len(desk.sent)
    desk.receive(
        mail("Nora Feld <nora@pine.example>", "Still down!", at=desk.clock.now(), to=desk.last("ack").reply_to)
    )
    assert {agent for agent, name, _ in heard(desk, since) if name == "followup"} == {"ann", "ben"}


# --- calls ------------------------------------------------------------------------------------------------------------------


def test_each_who_is_told_is_called_once_for_a_promise(desk_of):
    desk = desk_of(oncall=replace(ROTA, calls=True))
    outage(desk)
    desk.pass_time(berlin(3, 2, 12))
    calls = [alert for decision in desk.decisions for alert in decision.alerts]
    assert [one.agent for one in calls] == ["ann", "ann", "ben", "ann", "ben", "lea"]
    stored = desk.store.take_alerts(desk.clock.now(), minutes(5), 20)
    assert [row.alert.agent for row in stored] == ["ann", "ben", "lea"]
    assert dict(stored[0].alert.words.args)["due"] == "02:15 CET"


def test_what_was_not_yet_called_is_not_called_once_somebody_has_it(desk_of):
    desk = desk_of(oncall=replace(ROTA, calls=True))
    outage(desk)
    write(desk, ANN, "/take", desk.last("new", "ann"))
    assert desk.store.take_alerts(desk.clock.now(), minutes(5), 20) == []


def test_without_a_second_road_nobody_is_called(desk_of):
    desk = desk_of()
    outage(desk)
    assert [alert for decision in desk.decisions for alert in decision.alerts] == []
