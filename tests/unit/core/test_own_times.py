"""What is said of promises: an agent's own time outlives what the desk would set, and receipts tell what was kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.simulation.simulated_desk import BERLIN, MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
MARAS = "Mara Lind <mara@lumen.example>"


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    yield one
    one.close()


def writes(desk, text=BROKEN, sender=ANNA, **headers):
    return desk.receive(mail(sender, text, at=desk.clock.now(), **headers))[-1]


def answers(desk, text, *, of="new", to="mara", sender=MARAS):
    notice = desk.last(of, to)
    return desk.receive(mail(sender, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: notice"))[-1]


def replies(desk, text, *, of):
    letter = desk.last(of)
    return desk.receive(
        mail(ANNA, text, at=desk.clock.now(), to=letter.reply_to, In_Reply_To=f"<{letter.message_id}>")
    )[-1]


# --- receipts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (BROKEN, "I'm sorry about that, it is mended."),
        ("My father has died. Please close his account, how do I do that?", "His account is closed."),
        ("It is about what we talked over on Thursday: the second half is open.", "It goes out today."),
    ],
)
def test_the_desk_adds_no_apology_to_theirs_nor_where_nothing_is_known_of_trouble(desk, first, answer):
    writes(desk, first)
    answers(desk, f"/resolve\n\nHello Anna,\n\n{answer}\n\nMara")
    text = " ".join(desk.last("relay").text.split())
    assert "We think this is solved" in text
    assert "trouble" not in text


def test_the_receipt_and_one_apology(desk):
    writes(desk)
    desk.pass_time(berlin(2, 12))
    answers(desk, "/resolve\n\nIt is mended.\n\nMara")
    text = desk.last("relay").text
    assert "Sorry for the trouble this caused you." in " ".join(text.split())
    assert "We'd promised you" not in text, "one promise, kept in time, is not worth a word"
    replies(desk, "It fails again.", of="relay")
    answers(desk, "/resolve\n\nNow it is mended.\n\nMara", of="followup")
    again = " ".join(desk.last("relay").text.split())
    assert "promised you" not in again, "no receipt below priority 2 if nothing slipped"
    assert "orry" not in again


def test_a_receipt_comes_after_the_name_and_only_if_it_weighed_much_or_slipped(desk):
    writes(desk, OUTAGE)
    answers(desk, "Hello Anna,\n\nwe are on it.\n\nMara")
    desk.pass_time(MONDAY + minutes(20))
    answers(desk, "/resolve\n\nIt is up again.\n\nMara")
    text = " ".join(desk.last("relay").text.split())
    name, _, below = text.partition("It is up again. Mara · · · ")
    assert not name
    assert "We'd promised you two updates, and both came on time." in below


def test_a_receipt_owns_up_to_what_slipped(desk):
    writes(desk)
    desk.pass_time(berlin(2, 14))
    answers(desk, "/resolve\n\nIt is mended.\n\nMara")
    text = " ".join(desk.last("relay").text.split())
    assert (
        "Thanks for your patience. We'd promised you two updates, and a person wrote in time for only one of them."
        in text
    )
    assert "We're sorry about the other one." in text


# --- times in prose ----------------------------------------------------------------------------------------------------


def test_a_time_in_their_prose_is_what_is_promised(desk):
    writes(desk)
    answers(desk, "Hello Anna,\n\nwe look into it. I'll write this afternoon.\n\nMara")
    assert (desk.promise().due, desk.promise().agent) == (berlin(2, 17), "mara")
    assert "Next update: by 17:00 CET today" in desk.last("relay").text
    assert "That's what they've been promised now" in " ".join(desk.last("caught", "mara").text.split())
    assert desk.last("caught", "mara").text.count("mailto:") == 0


def test_the_pace_is_nobodys_own_promise(desk):
    writes(desk)
    answers(desk, "Hello Anna,\n\nwe look into it.\n\nMara")
    assert (desk.promise().made_by, desk.promise().agent) == ("relay", None)


def test_an_own_promise_outlives_a_new_priority(desk):
    writes(desk)
    answers(desk, "/promise tomorrow 10:00")
    since = len(desk.sent)
    answers(desk, "/p 1")
    assert desk.promise().due == berlin(3, 10)
    assert desk.names(since) == ["answer"], "the customer is told nothing"
    assert "that stays" in " ".join(desk.last("answer").text.split())


def test_a_new_priority_alone_tells_nothing_as_the_agents_own_word(desk):
    writes(desk)
    answers(desk, "/p 1")
    text = " ".join(desk.last("update").text.split())
    assert "You'll hear from us sooner than we said: by " in text
    assert "Mara" not in text
    assert desk.promise().agent is None


def test_an_own_promise_outlives_waiting(desk):
    writes(desk)
    answers(desk, "/wait customer 1d\n/promise 2026-03-05 10:00\n\nWhich version is it?\n\nMara")
    desk.pass_time(berlin(5, 10))
    assert "nudge" not in desk.names()
    assert desk.last("cover").at < berlin(5, 10)


def test_a_time_in_prose_beside_another_promise_is_asked_about_and_moves_the_reminders_where_the_line_counts(desk):
    writes(desk)
    before = desk.promise()
    answers(desk, "/promise tomorrow 9:00\n\nHello Anna,\n\nwe look into it. I'll write this afternoon.\n\nMara")
    assert ("relay" in desk.names(), desk.promise()) == (False, before)
    assert "17:00 CET today" in desk.last("ask", "mara").text
    answers(desk, "/send", of="ask")
    told = desk.promise()
    assert told.due == berlin(3, 9)
    assert told.said == berlin(2, 17)
    assert "caught" not in desk.names(), "asked once, it is not asked again"
    desk.pass_time(berlin(2, 16, 55))
    assert desk.last("reminder", "mara").at == berlin(2, 16, 45)


def test_a_question_about_two_times_means_the_times_as_they_were_written(desk):
    writes(desk)
    answers(desk, "/promise 10:00\n\nHello Anna,\n\nI'll write by 11:00.\n\nMara")
    desk.pass_time(berlin(2, 10, 30))
    assert answers(desk, "/send", of="ask").outcome == "refused", "10:00 was today's"
    assert "relay" not in desk.names()
    assert answers(desk, "/do", of="ask").outcome == "relayed"
    assert desk.promise().due == berlin(2, 11)
    assert "by 11:00 CET" in desk.last("relay").text


def test_a_mail_that_was_held_for_another_reason_does_not_leave_with_two_times_either(desk):
    writes(desk)
    answers(desk, "Hello Anna,\n\nwe are on it.\n\nMara")
    answers(
        desk,
        "/promise 14:00\n\nHello Anna,\n\nI'll write by 16:00.\n\nJoost",
        to="joost",
        sender="Joost Baker <joost@lumen.example>",
    )
    since = len(desk.sent)
    done = answers(desk, "/send", of="crossed", to="joost", sender="Joost Baker <joost@lumen.example>")
    assert (done.outcome, desk.names(since)) == ("refused", ["refused"])
    assert "    /promise 2026-03-02 16:00" in desk.last("refused", "joost").text


def test_a_plan_is_words_as_well(desk):
    writes(desk)
    assert answers(desk, "/plan it should be fixed by 16:00\n/eta 15:00").outcome == "held"
    assert answers(desk, "/plan it should be fixed by 15:00\n/eta 15:00").outcome == "told"


@pytest.mark.parametrize("choice", ["/do", "/send"])
def test_two_times_that_are_asked_about_need_no_second_question(desk, choice):
    writes(desk)
    answers(
        desk, "/eta 15:00\n/promise 12:00\n\nHello Anna,\n\nit should be fixed by 16:00. I'll write by 13:00.\n\nMara"
    )
    assert answers(desk, choice, of="ask").outcome == "relayed"
    hours = (13, 16) if choice == "/do" else (12, 15)
    assert (desk.promise().due, desk.ticket().eta_at) == (berlin(2, hours[0]), berlin(2, hours[1]))


def test_a_promise_that_is_stated_is_not_offered_again(desk):
    writes(desk)
    answers(desk, "/promise tomorrow 10:00\n\nI'll write tomorrow at 10:00.\n\nMara")
    assert "caught" not in desk.names()
