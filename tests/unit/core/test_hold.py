"""Until when a notice is held: an agent's own hours, their digest, and what is never held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.letter_kinds import KINDS, Gathered
from mailbot.core.model.policy import DigestTimes, Hours
from mailbot.core.promises import schedule
from mailbot.core.promises.business_hours import is_open
from mailbot.core.sending.crowds import BUSY
from mailbot.core.sending.hold import digest_after, held_until, joins_by
from tests.contract.made import promise, ticket
from tests.simulation.simulated_desk import BERLIN, JOOST, MONDAY, SimulatedDesk, desk_policy, mail, minutes

POLICY = desk_policy()
NOW = MONDAY.astimezone(UTC)
HOUR = timedelta(hours=1)
MORNINGS = Hours(zone=BERLIN, spans={day: ((time(8), time(12)),) for day in range(5)})
ON_BUSY_DAYS = DigestTimes(busy=True)
EVERY = DigestTimes(every=2 * HOUR)
TWICE = DigestTimes(at=(time(9, 30), time(14)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
AGENTS = st.builds(
    lambda hours, digest: replace(JOOST, hours=hours, digest=digest),
    st.sampled_from([None, MORNINGS, replace(MORNINGS, zone=ZoneInfo("Asia/Tokyo"))]),
    st.sampled_from([None, EVERY, TWICE, DigestTimes(every=timedelta(minutes=35))]),
)
ABOUT_TICKETS = sorted(name for name, kind in KINDS.items() if kind.gathered is not None or name == "assigned")


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("digest", "at", "then"),
    [
        (EVERY, (2, 9), (2, 10)),
        (EVERY, (2, 10), (2, 12)),
        (EVERY, (2, 23, 10), (3, 0)),
        (DigestTimes(every=5 * HOUR), (2, 21), (3, 0)),
        (TWICE, (2, 9), (2, 9, 30)),
        (TWICE, (2, 9, 30), (2, 14)),
        (TWICE, (2, 15), (3, 9, 30)),
        (EVERY, (29, 1, 30), (29, 3)),
    ],
)
def test_the_next_time_is_by_their_clock(digest, at, then):
    assert digest_after(digest, POLICY, JOOST, berlin(*at).astimezone(UTC)) == berlin(*then)


@given(AGENTS, st.sampled_from(sorted(KINDS)), st.integers(1, 2), MOMENTS, st.booleans())
def test_what_is_urgent_is_never_held(agent, name, priority, now, mine):
    one = ticket(priority=priority, assignee=agent.id if mine else None)
    assert held_until(agent, KINDS[name], one, POLICY, now, promise(made_at=now, due=now + HOUR)) is None


@given(AGENTS, st.sampled_from(sorted(KINDS)), st.integers(3, 5), MOMENTS, st.timedeltas(minutes(1), timedelta(days=9)))
def test_no_digest_is_later_than_a_promise_or_its_next_reminder_and_none_comes_outside_their_hours(
    agent, name, priority, now, length
):
    kind, cadence = KINDS[name], POLICY.cadences[priority]
    owed = promise(made_at=now, due=schedule.as_told(now + length, now, minutes(1)))
    at = held_until(agent, kind, ticket(priority=priority), POLICY, now, owed)
    assert at is None or at > now
    leaves = at or now
    if agent.hours is None:
        ahead = [moment for moment in schedule.moments(owed, cadence, POLICY) if moment > now]
        assert leaves <= max(now, ahead[0] if ahead else now)
        assert leaves < owed.due
    elif kind.gathered is not None and name != "reminder":
        assert is_open(leaves, agent.hours), "whatever else holds, they are at work"
        assert leaves == now or leaves < owed.due or not is_open(now, agent.hours), (
            "held into the night it would be late"
        )


@given(AGENTS, st.sampled_from(ABOUT_TICKETS), MOMENTS)
def test_what_they_have_themselves_waits_for_no_digest(agent, name, now):
    agent = replace(agent, hours=None)
    one = ticket(priority=4, assignee=agent.id)
    assert held_until(agent, KINDS[name], one, POLICY, now, None) is None


@given(MOMENTS)
def test_what_they_asked_for_is_not_held(now):
    agent = replace(JOOST, hours=MORNINGS, digest=EVERY)
    asked = [kind for name, kind in KINDS.items() if kind.gathered is None and name != "assigned"]
    assert [kind.name for kind in asked if held_until(agent, kind, ticket(), POLICY, now, None) is not None] == []


@given(AGENTS, st.sampled_from(sorted(KINDS)), st.integers(1, 5), MOMENTS, st.booleans())
def test_what_is_urgent_or_their_own_joins_no_others(agent, name, priority, now, mine):
    agent, one = replace(agent, hours=None), ticket(priority=priority, assignee=agent.id if mine else None)
    owed = promise(made_at=now, due=now + HOUR)
    if priority <= 2 or mine or KINDS[name].gathered in (None, Gathered.LINE, Gathered.LINES, Gathered.DIGEST):
        assert joins_by(agent, KINDS[name], one, POLICY, now, owed) is None


@given(AGENTS, st.sampled_from(ABOUT_TICKETS), st.integers(3, 5), MOMENTS, st.timedeltas(minutes(0), timedelta(days=2)))
def test_what_joins_others_is_told_by_the_quarter_of_an_hour_in_hours_and_well_before_the_desk_covers(
    agent, name, priority, now, length
):
    owed = promise(made_at=now - minutes(30), due=schedule.as_told(now + length, now, minutes(1)))
    at = joins_by(agent, KINDS[name], ticket(priority=priority), POLICY, now, owed)
    if at is not None:
        assert now < at <= now + minutes(15)
        assert at <= schedule.cover_at(owed, POLICY) - minutes(6)
        if agent.hours is not None or name == "reminder":
            hours = POLICY.hours_of(agent)
            assert is_open(at, hours) or not is_open(now, hours), "not into the evening"


def test_reminders_and_covers_come_at_their_time_unless_the_agent_is_not_there():
    agent = replace(JOOST, digest=EVERY)
    due = [kind for kind in KINDS.values() if kind.gathered in (Gathered.DUE, Gathered.WATCH)]
    assert [k.name for k in due if held_until(agent, k, ticket(), POLICY, NOW, None) is not None] == []
    night = berlin(2, 20).astimezone(UTC)
    away = replace(agent, hours=MORNINGS)
    held = {k.name: held_until(away, k, ticket(), POLICY, night, None) for k in due}
    assert held == {"reminder": None, "covered": berlin(3, 8), "unanswered": berlin(3, 8)}


# --- played ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk_of():
    made = []

    def make(**own):
        def change(policy):
            return replace(policy, agents={**policy.agents, "joost": replace(JOOST, **own)})

        made.append(SimulatedDesk(vouches=True, change_policy=change))
        return made[-1]

    yield make
    for one in made:
        one.close()


def writes(desk, who, text="The export fails with an error since this morning.", subject="Export"):
    return desk.receive(mail(f"{who} <{who.lower()}@pine.example>", text, at=desk.clock.now(), subject=subject))


def to(desk, who, since=0):
    return [(s.outgoing.name, s.at.astimezone(BERLIN)) for s in desk.sent[since:] if who in s.outgoing.to.address]


def test_three_tickets_are_one_mail_and_an_outage_comes_at_once(desk_of):
    desk = desk_of(digest=EVERY)
    for who in ("Nora", "Omar", "Pia"):
        writes(desk, who)
    writes(desk, "Quin", "Our whole shop is down, nobody can order, error 503 everywhere!")
    assert to(desk, "joost") == [("new", berlin(2, 9))], "of the outage"
    assert len(to(desk, "mara")) == 4
    desk.pass_time(berlin(2, 10, 30))
    assert [one for one in to(desk, "joost") if one[0] == "digest"] == [("digest", berlin(2, 10))]
    digest = desk.last("digest", "joost")
    assert [one["ticket"] for one in digest.outgoing.fields["tickets"]] == [1, 2, 3]
    assert "since 09:00 CET" in digest.header("Subject")


def test_a_digest_tells_how_it_stands_now(desk_of):
    desk = desk_of(digest=EVERY)
    writes(desk, "Nora")
    writes(desk, "Omar")
    desk.clock.at += minutes(5)
    new = desk.last("new", "mara")
    desk.receive(mail("Mara Lind <mara@lumen.example>", "/resolve\n\nMended.", at=desk.clock.now(), to=new.reply_to))
    desk.pass_time(berlin(2, 10))
    told = {one["ticket"]: (one["assignee"], one["over"]) for one in desk.last("digest").outgoing.fields["tickets"]}
    assert told == {1: (None, False), 2: ("Mara Lind", True)}


def test_a_short_promise_brings_the_digest_forward(desk_of):
    desk = desk_of(digest=DigestTimes(at=(time(16),)))
    writes(desk, "Nora")  # due at 13:00: the first reminder is at 11:00
    desk.pass_time(berlin(2, 10, 59))
    assert to(desk, "joost") == []
    desk.pass_time(berlin(2, 11, 1))
    assert {name for name, _ in to(desk, "joost")} == {"new", "reminder"}


def test_a_single_notice_comes_as_it_is_with_what_holds_by_then(desk_of):
    desk = desk_of(digest=EVERY)
    writes(desk, "Nora")
    desk.clock.at += minutes(5)
    new = desk.last("new", "mara")
    desk.receive(mail("Mara Lind <mara@lumen.example>", "/take", at=desk.clock.now(), to=new.reply_to))
    desk.pass_time(berlin(2, 10))
    assert to(desk, "joost") == [("new", berlin(2, 10))]
    assert "Mara Lind has it" in desk.last("new", "joost").text
    desk.receive(
        mail(
            "Joost Baker <joost@lumen.example>",
            "/note\nSeen.",
            at=desk.clock.now(),
            to=desk.last("new", "joost").reply_to,
        )
    )
    assert "noted" in [decision.outcome for decision in desk.decisions]


def test_at_night_it_waits_for_the_morning_and_comes_as_one(desk_of):
    desk = desk_of(hours=MORNINGS)
    desk.pass_time(berlin(2, 18))
    writes(desk, "Nora")
    writes(desk, "Omar", "How can I add a second address?", "Address")
    desk.pass_time(berlin(3, 7, 59))
    assert to(desk, "joost") == []
    desk.pass_time(berlin(3, 8, 1))
    assert to(desk, "joost") == [("digest", berlin(3, 8))]
    assert desk.last("digest").outgoing.fields["count"] == 2


@pytest.mark.parametrize("chosen", [{"hours": MORNINGS}, {"digest": EVERY}])
def test_what_waits_for_somebody_who_goes_away_comes_when_they_are_back(desk_of, chosen):
    desk = desk_of(**chosen)
    desk.pass_time(berlin(2, 13))
    writes(desk, "Nora")
    assert "new" in [name for name, _ in to(desk, "mara")]
    desk.receive(mail("Joost Baker <joost@lumen.example>", "/away wed 9:00", at=desk.clock.now()))
    since = len(desk.sent)
    desk.pass_time(berlin(4, 8, 59))
    assert to(desk, "joost", since) == []
    desk.pass_time(berlin(4, 12))
    assert "new" in [name for name, _ in to(desk, "joost", since)]


def test_who_is_back_early_has_it_within_the_hour(desk_of):
    desk = desk_of(digest=EVERY)
    writes(desk, "Nora")
    desk.receive(mail("Joost Baker <joost@lumen.example>", "/away wed 9:00", at=desk.clock.now()))
    desk.pass_time(berlin(2, 10, 30))
    desk.receive(mail("Joost Baker <joost@lumen.example>", "/back", at=desk.clock.now()))
    since = len(desk.sent)
    desk.pass_time(berlin(2, 11, 2))
    assert ("new", berlin(2, 11)) in to(desk, "joost", since)


def test_where_all_are_away_it_is_told_all_the_same(desk_of):
    desk = desk_of(digest=EVERY)
    writes(desk, "Nora")
    for who in ("Joost Baker <joost@lumen.example>", "Mara Lind <mara@lumen.example>"):
        desk.receive(mail(who, "/away wed 9:00", at=desk.clock.now()))
    since = len(desk.sent)
    desk.pass_time(berlin(2, 10, 1))
    assert [name for name, _ in to(desk, "joost", since)] == ["new"]


def test_a_flood_of_outages_at_night_takes_nothing_along_that_can_wait(desk_of):
    desk = desk_of(hours=MORNINGS)
    desk.pass_time(berlin(2, 18))
    writes(desk, "Nora")
    for nth in range(8):
        writes(desk, "Omar", f"Our whole shop is down, nobody can order, error 50{nth} everywhere!", f"Down {nth}")
    desk.pass_time(berlin(2, 18, 5))
    digest = desk.last("digest", "joost")
    assert {one["priority"] for one in digest.outgoing.fields["tickets"]} == {1}


def test_a_ticket_that_they_are_given_at_night_waits_for_the_morning_whole(desk_of):
    desk = desk_of(hours=MORNINGS)
    writes(desk, "Nora")
    new = desk.last("new", "mara")
    desk.clock.at = berlin(2, 13).astimezone(UTC)
    since = len(desk.sent)
    desk.receive(mail("Mara Lind <mara@lumen.example>", "/assign joost", at=desk.clock.now(), to=new.reply_to))
    assert to(desk, "joost", since) == []
    desk.pass_time(berlin(3, 8))
    desk.send()
    assert ("assigned", berlin(3, 8)) in to(desk, "joost", since)


# --- on a busy day ---------------------------------------------------------------------------------------------------------


def busy(desk, first=0, many=BUSY):
    for nth in range(first, first + many):
        desk.clock.at += minutes(0.5)
        desk.receive(
            mail(
                f"Customer {nth} <c{nth}@shop{nth}.example>",
                "How can I add a second address?",
                at=desk.clock.now(),
                subject=f"Address {nth}",
            )
        )


def test_a_quiet_desk_tells_each_at_once(desk_of):
    desk = desk_of(digest=ON_BUSY_DAYS)
    for nth in range(12):
        busy(desk, nth, 1)
        desk.pass_time(desk.clock.now() + minutes(6))
    assert {name for name, _ in to(desk, "joost")} == {"new"}
    assert len(to(desk, "joost")) == 12


def test_who_gets_many_gets_the_rest_in_one_mail_at_the_full_quarter_and_what_is_urgent_at_once(desk_of):
    desk = desk_of(digest=ON_BUSY_DAYS)
    busy(desk, many=BUSY + 6)
    since = len(desk.sent)
    assert [name for name, _ in to(desk, "joost")] == ["new"] * BUSY
    writes(desk, "Quin", "Our whole shop is down, nobody can order, error 503 everywhere!")
    writes(desk, "Rosa", "You charged me twice for invoice 88, please refund the second payment.", "Charged twice")
    assert [name for name, _ in to(desk, "joost", since)] == ["new", "new"]
    desk.pass_time(berlin(2, 9, 14))
    desk.pass_time(berlin(2, 9, 16))
    told = [one for one in to(desk, "joost", since) if one[0] == "digest"]
    assert told == [("digest", berlin(2, 9, 15))]
    assert desk.last("digest", "joost").outgoing.fields["count"] == 6


def test_their_own_ticket_waits_for_no_others(desk_of):
    desk = desk_of(digest=ON_BUSY_DAYS)
    busy(desk)
    new = desk.last("new", "joost")
    number = new.outgoing.ticket
    desk.receive(mail("Joost Baker <joost@lumen.example>", "/take", at=desk.clock.now(), to=new.reply_to))
    letter = next(s for s in desk.sent if s.outgoing.ticket == number and not s.outgoing.agent)
    since = len(desk.sent)
    busy(desk, 30, 1)
    who = f"{letter.outgoing.to.name} <{letter.outgoing.to.address}>"
    desk.receive(mail(who, "It fails again, the same error.", at=desk.clock.now(), to=letter.reply_to))
    assert [name for name, _ in to(desk, "joost", since)] == ["followup"]


def test_reminders_of_what_nobody_has_come_in_one_mail_before_the_desk_covers(desk_of):
    desk = desk_of(digest=ON_BUSY_DAYS)
    for nth in range(BUSY + 10):
        desk.clock.at += minutes(0.5)
        desk.receive(
            mail(
                f"Customer {nth} <c{nth}@shop{nth}.example>",
                "The export fails with an error since this morning.",
                at=desk.clock.now(),
                subject=f"Export {nth}",
            )
        )
    since = len(desk.sent)
    desk.pass_time(berlin(2, 13, 20))
    covers = {s.outgoing.ticket: s.at for s in desk.sent if s.outgoing.name == "cover"}
    assert len(covers) == BUSY + 10
    for who in ("mara", "joost"):
        mine = [s for s in desk.sent[since:] if who in s.outgoing.to.address]
        assert len(mine) <= 4 * BUSY + 10, "three reminders and a cover of each would be eighty"
        for number, covered in covers.items():
            heard = [
                s.at
                for s in mine
                if covered - minutes(30) <= s.at <= covered - minutes(5)
                and (
                    (s.outgoing.name == "reminder" and s.outgoing.ticket == number)
                    or number in [one["ticket"] for one in s.outgoing.fields.get("tickets") or ()]
                )
            ]
            assert heard, f"nobody told {who} of {number} before {covered}"
