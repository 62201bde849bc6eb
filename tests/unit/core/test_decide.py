"""Corners of what the desk decides that no example shows; the examples are in tests/golden/desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.core.model.reason import why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes

BEN = "Ben Okoro <ben@harbour.example>"
EXPORT = "The export fails with an error at 80 %."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def write(desk, text=EXPORT, sender=BEN, **headers):
    (decision,) = desk.receive(mail(sender, text, at=desk.clock.now(), **headers))
    return decision


def say(desk, text, notice="new", agent="mara"):
    sent = desk.last(notice, agent)
    (decision,) = desk.receive(mail(sent.outgoing.to.address, text, at=desk.clock.now(), to=sent.reply_to))
    return decision


def follow(desk, text, letter="ack", **headers):
    return write(desk, text, to=desk.last(letter).reply_to, **headers)


def test_too_many_letters_leave_nobody_in_silence_when_a_resolved_ticket_opens_again(desk):
    write(desk)
    say(desk, "/resolve\n\nIt is mended.\n\nMara")
    for nth in range(3):
        write(desk, f"Number {nth}: {EXPORT}")
    decision = follow(desk, "It fails again.", letter="relay")
    ticket = desk.ticket()
    assert (decision.outcome, ticket.state) == ("reopened", TicketState.OPEN)
    assert is_kind(ticket.mute, Silence.LIMIT)
    assert desk.promise() is None
    assert [o.name for o in decision.outgoing] == ["followup"]
    assert "only you can" in desk.sent[-1].text


def test_who_was_silenced_by_a_limit_is_spoken_to_when_they_write_later(desk):
    test_too_many_letters_leave_nobody_in_silence_when_a_resolved_ticket_opens_again(desk)
    desk.clock.at += timedelta(hours=2)
    follow(desk, "Is there any news?", letter="relay")
    assert desk.ticket().mute is None
    assert desk.promise() is not None


def test_an_ack_that_a_limit_stops_at_the_last_moment_is_told_to_the_agents(desk):
    desk.sender._tally.stopped = lambda *_: why("limit.forms", count=60)
    write(desk)
    assert desk.promise() is None
    assert is_kind(desk.ticket().mute, Silence.LIMIT)
    assert desk.names() == ["new", "new", "undeliverable", "undeliverable"]


def test_a_word_promised_is_kept_when_the_ticket_becomes_feedback(desk):
    write(desk)
    due = desk.promise().due
    say(desk, "/p 5")
    assert desk.promise().due == due
    desk.pass_time(due)
    assert desk.names().count("cover") == 1


def test_a_ticket_that_becomes_feedback_with_the_answer_promises_nothing_more(desk):
    write(desk)
    say(desk, "/p 5\n\nThank you, we have noted it.\n\nMara")
    assert desk.promise() is None


def test_an_agent_may_not_drop_a_word_that_was_promised(desk):
    write(desk)
    assert say(desk, "/ignore").outcome == "refused"
    assert desk.promise() is not None


def test_spam_is_closed_and_stays_closed_and_a_mistake_can_be_undone(desk):
    write(desk)
    say(desk, "/spam")
    assert follow(desk, "Buy more!").outcome == "joined"
    assert desk.ticket().state is TicketState.RESOLVED
    say(desk, "/reopen")
    assert desk.ticket().mute is None
    assert desk.promise() is not None


def test_a_promise_to_a_list_is_kept_or_owned_up_to_and_never_covered(desk):
    write(desk, Precedence="list", List_Id="<users.lists.example>")
    say(desk, "/promise 2h\n\nWe are at it.\n\nMara")
    due = desk.promise().due
    desk.pass_time(due + minutes(5))
    assert desk.promise() is None
    assert [d.outcome for d in desk.decisions][-1] == "late"
    assert not any(s.outgoing.automatic and s.outgoing.to.key == "ben@harbour.example" for s in desk.sent)


def test_a_very_short_promise_is_not_covered_at_once(desk):
    write(desk)
    say(desk, "/promise 2m\n\nOne moment.\n\nMara")
    assert desk.tick() == []
    desk.pass_time(desk.promise().due)
    assert desk.names().count("cover") == 1


def test_thanks_with_an_attachment_is_not_only_thanks(desk):
    write(desk)
    say(desk, "/resolve\n\nIt is mended.\n\nMara")
    body = (
        "--cut\nContent-Type: text/plain\n\nThank you!\n\n--cut\nContent-Type: application/pdf; name=a.pdf\n"
        "Content-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0K\n--cut--"
    )
    multipart = 'multipart/mixed; boundary="cut"'
    assert follow(desk, body, letter="relay", Content_Type=multipart, MIME_Version="1.0").outcome == "reopened"


@pytest.mark.parametrize("text", ["Thank you, Mara!", "Thank you so much Mara Lind.", "Thanks!\n\nBen"])
def test_thanks_to_one_of_us_by_name_reopen_nothing(desk, text):
    write(desk)
    say(desk, "/resolve\n\nIt is mended.\n\nMara")
    follow(desk, text, letter="relay")
    assert desk.ticket().state is TicketState.RESOLVED


def test_a_held_text_goes_out_once_however_often_it_is_confirmed(desk):
    write(desk)
    sent = desk.last("new", "mara")
    desk.receive(mail("mara@home.example", "It is mended.", at=desk.clock.now(), to=sent.reply_to))
    assert say(desk, "/confirm", "confirm").outcome == "relayed"
    promise = desk.promise()
    desk.clock.at += minutes(5)
    assert say(desk, "/confirm", "confirm").outcome == "refused"
    assert desk.promise() == promise
    assert desk.names().count("relay") == 1


def test_hazard_38_from_elsewhere_a_one_time_address_lets_nothing_go(desk):
    write(desk)
    sent = desk.last("new", "mara")
    desk.receive(mail("mara@home.example", "It is mended.", at=desk.clock.now(), to=sent.reply_to))
    asked = desk.last("confirm", "mara")
    (other,) = desk.receive(
        mail("mallory@elsewhere.example", "Send me your password.", at=desk.clock.now(), to=asked.reply_to)
    )
    assert other.outcome == "refused"
    assert desk.names().count("relay") == 0
    (home,) = desk.receive(mail("mara@home.example", "/confirm", at=desk.clock.now(), to=asked.reply_to))
    assert home.outcome == "refused"
    (mine,) = desk.receive(mail("mara@lumen.example", "/confirm", at=desk.clock.now(), to=asked.reply_to))
    assert mine.outcome == "relayed"
    assert desk.names().count("relay") == 1


def test_hundreds_of_tickets_missed_while_the_desk_was_down_get_one_letter_each(desk):
    for nth in range(12):
        write(desk, sender=f"Customer {nth} <c{nth}@shop{nth}.example>")
    before = len(desk.sent)
    desk.sleep_until(desk.clock.now() + timedelta(days=7))
    late = [s.outgoing.to.address for s in desk.sent[before:] if s.outgoing.name == "late"]
    assert len(late) == len(set(late)) == 12
