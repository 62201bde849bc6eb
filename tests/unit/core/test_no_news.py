"""`/nonews`: a person chose to say that there is no news yet, so it keeps what was promised, and says when they hear next."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest

from mailbot.core.actions.one_tap import no_news
from mailbot.core.model.promise import PromiseState
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy, mail, minutes

NORA = "Nora Feld <nora@harbour.example>"
MARA = "Mara Lind <mara@lumen.example>"
OUTAGE = "Our whole shop is down for everybody since nine, nobody can pay. It is urgent!"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    yield one
    one.close()


def says(desk, text):
    since = len(desk.sent)
    desk.receive(mail(MARA, text, at=desk.clock.at, to=desk.last("new", "mara").reply_to))
    return [sent for sent in desk.sent[since:] if not sent.outgoing.agent]


def plain(sent):
    return " ".join(sent.text.split())


def test_one_tap_in_a_reminder_keeps_the_promise_and_tells_the_next_time(desk):
    desk.pass_time(MONDAY + minutes(4))
    reminder = desk.last("reminder", "mara")
    label, to, body = re.search(r"(No news[^\n]*): <mailto:([^?]+)\?[^>]*body=([^>]+)>", reminder.text).groups()
    assert (label, unquote(body)) == ("No news, next in 30 min", "/nonews 30m")
    before, since = desk.promise(), len(desk.sent)
    desk.receive(mail(MARA, unquote(body), at=desk.clock.at, to=unquote(to)))
    (told,) = [sent for sent in desk.sent[since:] if sent.outgoing.to.address == "nora@harbour.example"]
    assert "A quick word from Mara Lind: there's no news yet. You'll hear from us by 09:34 CET" in plain(told)
    assert "plan to share" not in plain(told)
    (ended,) = [one for one in desk.decisions[-1].promises if one.id == before.id]
    assert ended.state is PromiseState.KEPT
    assert desk.promise().due == (MONDAY + minutes(34)).astimezone(desk.promise().due.tzinfo)
    assert desk.ticket().assignee == "mara", "who answers what nobody has, has it"
    desk.receive(mail(MARA, unquote(body), at=desk.clock.at, to=unquote(to)))
    assert desk.decisions[-1].outcome == "refused", "each tap counts once"


def test_without_a_time_the_pace_says_it(desk):
    (told,) = says(desk, "/nonews")
    assert "there's no news yet. You'll hear from us by 09:30 CET" in plain(told)


def test_words_of_their_own_say_it_instead(desk):
    (told,) = says(desk, "/nonews 20m\n\nHello Nora,\n\nthe server still restarts.\n\nMara")
    assert told.outgoing.name == "relay"
    assert "no news yet" not in plain(told)
    assert "09:20 CET" in plain(told)


@pytest.mark.parametrize(
    "text", ["/nonews soon", "/nonews 30m\n/resolve", "/note we look\n/nonews 30m", "/spam\n/nonews 30m"]
)
def test_what_contradicts_it_is_refused(desk, text):
    assert says(desk, text) == []
    assert desk.decisions[-1].outcome == "refused"


def test_it_reaches_nobody_who_may_not_be_written_to():
    desk = SimulatedDesk()
    desk.receive(mail(NORA, OUTAGE, at=MONDAY - timedelta(days=3), subject="Our shop is down", Precedence="bulk"))
    desk.clock.at += minutes(1)
    assert says(desk, "/nonews 30m") == []
    assert desk.decisions[-1].outcome == "refused"
    desk.close()


def test_no_reminder_offers_it_where_only_a_person_may_write():
    desk = SimulatedDesk()
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down", Precedence="bulk"))
    desk.pass_time(MONDAY + minutes(40))
    assert not [sent for sent in desk.sent if "No news, next" in sent.text]
    desk.close()


@pytest.mark.parametrize(("priority", "line"), [(1, "/nonews 30m"), (2, "/nonews 4bh"), (3, "/nonews"), (5, "/nonews")])
def test_the_tap_has_the_time_of_the_pace(desk, priority, line):
    assert no_news(replace(desk.ticket(), priority=priority), desk_policy(), desk.clock.now()).line == line
