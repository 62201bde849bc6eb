"""In which zone a customer reads times: by their own clock as far as a mail told it, else by the desk's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.core.language.terms import term
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

MARA = "Mara Lind <mara@lumen.example>"

NORA = "Nora Feld <nora@customer.example>"
BROKEN = "Hello,\n\nthe export fails with an error since this morning.\n\nNora"
DELHI = timezone(timedelta(hours=5, minutes=30))


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


def writes(desk, zone=UTC, **headers):
    return desk.receive(mail(NORA, BROKEN, at=desk.clock.now().astimezone(zone), **headers))[-1]


def test_a_date_of_plus_nothing_says_nothing(desk):
    writes(desk)
    assert "by 13:00 CET today, in about 4 hours" in desk.last("ack").text
    assert desk.ticket().utc_offset is None


def test_their_own_clock_is_read_from_their_date(desk):
    writes(desk, DELHI)
    assert "by 17:30 UTC+5:30 today, in about 4 hours" in desk.last("ack").text


def test_what_an_earlier_mail_told_counts_for_one_that_tells_nothing(desk):
    writes(desk, DELHI)
    writes(desk)
    assert desk.ticket(2).utc_offset == 330
    writes(desk)
    assert "UTC+5:30" in [sent for sent in desk.sent if sent.outgoing.name == "ack"][-1].text


def test_a_later_mail_tells_where_they_are_now(desk):
    writes(desk)
    answered = f"<{desk.last('ack').message_id}>"
    writes(desk, DELHI, In_Reply_To=answered)
    assert desk.ticket().utc_offset == 330
    desk.pass_time(MONDAY + timedelta(hours=4))
    assert "UTC+5:30" in desk.last("cover").text
    writes(desk, UTC, In_Reply_To=answered)
    assert desk.ticket().utc_offset == 330, "what tells nothing takes nothing back"


def test_who_is_where_the_desk_is_stays_there_when_summer_time_begins(desk):
    berlin = timezone(timedelta(hours=1))
    writes(desk, berlin)
    assert desk.ticket().utc_offset is None
    desk.clock.at = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    writes(desk)
    assert "CEST" in desk.last("ack").text


def says(desk, text):
    return desk.receive(mail(MARA, text, at=desk.clock.now(), to=desk.last("new", "mara").reply_to))[-1]


def test_an_agent_says_by_which_clock_they_read_times(desk):
    writes(desk)
    says(desk, "/zone Lisbon\n/promise tomorrow 15:00\n\nHello Nora,\n\nwe are looking into it.\n\nMara")
    assert desk.ticket().zone_name == "Europe/Lisbon"
    assert "by 14:00 WET tomorrow" in desk.last("relay").text
    writes(desk, DELHI)
    assert "WET" in desk.last("ack").text, "what an agent says goes before a clock, in later tickets too"
    desk.clock.at = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    writes(desk)
    assert "WEST" in desk.last("ack").text, "a place keeps its summer time"


def test_an_agent_takes_the_zone_back(desk):
    writes(desk, DELHI)
    says(desk, "/zone -03:00")
    assert desk.ticket().zone_name == "-03:00"
    says(desk, "/zone off")
    says(desk, "Hello Nora,\n\nwe are looking into it.\n\nMara")
    assert "UTC+5:30" in desk.last("relay").text
    writes(desk)
    assert "UTC+5:30" in desk.last("ack").text


def test_a_rule_says_by_which_clock_they_read_times_until_an_agent_does(desk):
    when = (TextCondition(field="text", terms=(term("export"),)),)
    rule = Rule(id="from-goa", when=when, then=Then(zone="Asia/Kolkata"))
    desk.setting = replace(desk.setting, rules=RuleSet.of([rule]))
    writes(desk)
    assert "IST" in desk.last("ack").text
    says(desk, "/zone Lisbon")
    writes(desk)
    assert "WET" in desk.last("ack").text
    says(desk, "/zone off")
    writes(desk)
    assert desk.ticket(3).zone_name is None, "an agent's word goes before a rule's, also that there is none"
