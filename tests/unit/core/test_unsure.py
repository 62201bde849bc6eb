"""What no rule knows: no letter names a kind, the pace is a first look's, and a tap, or further words, make it sure."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, with_unsure

NORA = "Nora Feld <nora@harbour.example>"
VAGUE = "It is about what we talked over on Thursday. Ines says the second half is still open."
LOUD = "Call me back at once, this is extremely urgent!!!"
NIGHT = MONDAY + timedelta(days=5, hours=-6)  # Saturday, 03:00
MARAS = "Mara Lind <mara@lumen.example>"


@pytest.fixture
def desk_with():
    made = []

    def make(start=MONDAY, **changes):
        made.append(SimulatedDesk(start=start, change_policy=lambda policy: with_unsure(replace(policy, **changes))))
        return made[-1]

    yield make
    for one in made:
        one.close()


def tapped(desk, line):
    """The mail that a notice's button for this line opens."""
    link = next(
        found for found in re.findall(r"<mailto:([^>]+)>", desk.last("new", "mara").text) if found.endswith(line)
    )
    address = link.partition("?")[0].replace("%2B", "+")
    desk.receive(mail(MARAS, line.replace("%2F", "/").replace("%20", " "), at=desk.clock.now(), to=address))


def state(desk, number=1):
    return desk.ticket(number)


def due(desk, number=1):
    return desk.promise(number).due


def test_it_stays_3_is_not_sure_and_hears_within_an_hour_of_business_time(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, VAGUE, at=MONDAY))
    assert (state(desk).priority, state(desk).sure, state(desk).alarming) == (3, False, False)
    assert due(desk) - desk.clock.now() == timedelta(hours=1)
    said = desk.last("ack", "nora").text
    assert "and a person will read it." in said
    assert not re.search("broken|working as it should|mend|money|outage|how something is done", said)


def test_at_night_it_waits_for_the_morning_unless_it_may_be_an_outage(desk_with):
    desk = desk_with(NIGHT)
    desk.receive(mail(NORA, VAGUE, at=NIGHT))
    desk.receive(mail("Omar Haddad <omar@mill.example>", LOUD, at=NIGHT))
    assert due(desk, 1) - NIGHT > timedelta(days=2)
    assert state(desk, 2).alarming
    assert due(desk, 2) - NIGHT == timedelta(minutes=30)
    assert "not sure yet" in desk.last("new", "mara").text


def test_without_a_lead_nobody_is_called_at_night(desk_with):
    policy = SimulatedDesk().setting.policy
    desk = desk_with(NIGHT, agents={who: replace(agent, lead=False) for who, agent in policy.agents.items()})
    desk.receive(mail(NORA, LOUD, at=NIGHT))
    assert due(desk) - NIGHT > timedelta(days=2)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_one_tap_says_what_it_is_and_teaches(desk_with, level):
    desk = desk_with()
    desk.receive(mail(NORA, VAGUE, at=MONDAY))
    tapped(desk, f"%2Fp%20{level}")
    assert (state(desk).priority, state(desk).sure) == (level, True)
    assert "set-by-agent" in state(desk).tags  # what `rules learn` goes by
    hears_sooner = level == 1
    assert (due(desk) - desk.clock.now() == timedelta(minutes=15)) is hears_sooner


def test_covers_come_at_the_pace_of_the_first_look_until_a_person_has_answered(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, VAGUE, at=MONDAY))
    first = due(desk)
    desk.pass_time(first)
    assert desk.last("cover", "nora")
    assert due(desk) - first == timedelta(hours=1)
    desk.receive(
        mail(MARAS, "Hello Nora,\n\nI look into it.", at=desk.clock.now(), to=desk.last("new", "mara").reply_to)
    )
    assert due(desk) - desk.clock.now() >= timedelta(hours=20)


def test_further_words_that_a_rule_knows_make_it_sure(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, VAGUE, at=MONDAY))
    again = mail(NORA, "I was charged twice.", at=MONDAY, to=desk.last("ack", "nora").reply_to)
    desk.receive(again)
    assert (state(desk).priority, state(desk).sure) == (2, True)


def test_further_words_that_may_be_an_outage_call_whoever_leads(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, VAGUE, at=MONDAY))
    desk.receive(mail(NORA, LOUD, at=MONDAY, to=desk.last("ack", "nora").reply_to))
    assert state(desk).alarming
    assert due(desk) - desk.clock.now() == timedelta(minutes=30)


def test_what_a_rule_carried_is_sure(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, "I was charged twice for March.", at=MONDAY))
    assert state(desk).sure
    assert "/p 2" not in desk.last("new", "mara").text.replace("/p 2, /promise", "")
    assert state(desk).state is TicketState.OPEN
