"""Nudges, closings, check-ins, storms and gestures: what the desk does around a promise, played on a whole desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from mailbot.adapters.store.rows import promise_from
from mailbot.adapters.store.schema import promise, ticket
from mailbot.core.model.policy import Limits
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import LookFor, TicketState
from mailbot.ports import Submission
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
DOWN = Submission(accepted=False, code=0, reply="connection refused", down=True)
MARAS = "Mara Lind <mara@lumen.example>"


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    yield one
    one.close()


@pytest.fixture
def desk_with():
    made = []

    def make(**changes):
        made.append(SimulatedDesk(vouches=True, change_policy=lambda policy: replace(policy, **changes)))
        return made[-1]

    yield make
    for one in made:
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


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_a_silent_customer_is_nudged_once_then_closed_and_a_reply_opens_it_again(desk):
    writes(desk)
    answers(desk, "/wait customer 2d\n\nHello Anna, which version is it?\n\nMara")
    assert desk.promise().due == berlin(4, 9)
    since = len(desk.sent)
    desk.pass_time(berlin(4, 8, 57))
    assert desk.names(since) == [], "nobody of ours owes a word, so nobody is reminded"
    desk.pass_time(berlin(4, 9))
    assert desk.names(since) == ["nudge"]
    assert desk.last("nudge").at <= berlin(4, 9), "it comes by the time that was told"
    desk.pass_time(berlin(9, 12))
    assert desk.names(since) == ["nudge", "closed", "answer"]
    assert desk.ticket().state is TicketState.RESOLVED
    assert replies(desk, "Sorry, I was ill. It is version 7, and it still fails.", of="closed").outcome == "reopened"
    assert desk.ticket().state is TicketState.OPEN


def test_their_answer_brings_the_next_word_forward(desk):
    writes(desk)
    answers(desk, "/wait customer 3d\n\nHello Anna, which version is it?\n\nMara")
    desk.pass_time(MONDAY + minutes(60))
    replies(desk, "It is version 7.", of="relay")
    assert desk.promise().due == berlin(2, 14), "four business hours, and not the end of the three days"
    assert desk.last("update").outgoing.fields["reason"] == "asked"


def test_waiting_that_is_said_by_a_verb_alone_is_told(desk):
    writes(desk, "How can I add a second delivery address to my account?")
    answers(desk, "Under Settings. Does that help?\n\nMara")
    assert desk.promise() is None
    answers(desk, "/wait customer 2d")
    told = " ".join(desk.last("update").text.split())
    assert "We asked you: “Does that help?” As soon as you reply, we'll carry on." in told
    assert "nothing you need to do" not in told
    assert desk.promise().due == berlin(4, 9)
    desk.pass_time(berlin(4, 9))
    assert "“Does that help?”" in desk.last("nudge").text


def test_waiting_for_an_answer_that_nobody_asked_for_is_refused(desk):
    writes(desk)
    assert answers(desk, "/wait customer 3d").outcome == "refused"
    assert "nobody has asked the customer anything yet" in " ".join(desk.last("refused").text.split())
    assert answers(desk, "/wait customer 3d\n\nWhich version is it?\n\nMara").outcome == "relayed"
    text = " ".join(desk.last("relay").text.split())
    assert "Over to you: just reply to this email, and we'll carry on." in text
    assert "nothing you need to do" not in text


def test_a_time_to_wait_that_is_not_clear_is_refused(desk):
    writes(desk)
    assert answers(desk, "/wait customer a while").outcome == "refused"


def test_a_nudge_that_comes_late_says_so(desk):
    writes(desk)
    answers(desk, "/wait customer 2d\n\nHello Anna, which version is it?\n\nMara")
    desk.sleep_until(berlin(5, 12))
    assert desk.names()[-1] == "nudge"
    assert "a little earlier" in desk.last("nudge").text
    assert desk.ticket().promised - desk.ticket().kept == 1


# --- looking back ------------------------------------------------------------------------------------------------------


def test_an_outage_is_asked_after_once(desk):
    writes(desk, OUTAGE)
    answers(desk, "/resolve\n\nIt is up again.\n\nMara")
    desk.pass_time(berlin(5, 8, 59))
    assert "check-in" not in desk.names()
    desk.pass_time(berlin(30, 9))
    assert desk.names().count("check-in") == 1
    assert desk.last("check-in").at == berlin(5, 9)
    assert replies(desk, "No, it fails again with the same error.", of="check-in").outcome == "reopened"
    answers(desk, "/resolve\n\nNow it is.\n\nMara", of="followup")
    desk.pass_time(berlin(30, 9) + timedelta(days=30))
    assert desk.names().count("check-in") == 1, "once for a matter"


@pytest.mark.parametrize(("text", "verb"), [(BROKEN, "/resolve"), (OUTAGE, "/resolve quietly")])
def test_nobody_is_asked_after_lesser_matters_or_a_quiet_end(desk, text, verb):
    writes(desk, text)
    answers(desk, f"{verb}\n\nIt is mended.\n\nMara")
    desk.pass_time(berlin(30, 9))
    assert "check-in" not in desk.names()


@pytest.mark.slow
def test_what_was_opened_again_is_not_asked_after(desk):
    writes(desk, OUTAGE)
    answers(desk, "/resolve\n\nIt is up again.\n\nMara")
    replies(desk, "It is down again, error 503!", of="relay")
    desk.pass_time(berlin(6, 9))
    assert "check-in" not in desk.names()


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["customer 9d", "third-party Postal Ltd"])
def test_what_waits_after_all_is_not_asked_after(desk, whom):
    writes(desk, OUTAGE)
    answers(desk, "/resolve\n\nIt is up again.\n\nMara")
    assert desk.ticket().look.kind is LookFor.CHECK_IN
    answers(desk, f"/wait {whom}\n\nOne thing is left.\n\nMara")
    assert (desk.ticket().look, desk.ticket().resolved_at) == (None, None)
    assert desk.ticket().unresolved
    desk.pass_time(berlin(9, 9))
    assert "check-in" not in desk.names()


# --- a stop ------------------------------------------------------------------------------------------------------------


def test_after_a_stop_a_customer_gets_one_letter_about_all_of_it(desk):
    for subject in ("First", "Second", "Third"):
        writes(desk, f"{BROKEN} {subject}", subject=subject)
    since = len(desk.sent)
    desk.sleep_until(berlin(9, 10))
    letters = [s for s in desk.sent[since:] if not s.outgoing.agent]
    assert [s.outgoing.name for s in letters] == ["late"]
    assert "you should have heard from us three times" in " ".join(letters[0].text.split())
    assert all(word in letters[0].text for word in ("“Second”", "“Third”"))
    promises = [desk.promise(number) for number in (1, 2, 3)]
    assert len({p.due for p in promises}) == 1
    assert {p.stated_by for p in promises} == {letters[0].outgoing.key}
    desk.tick()
    assert len([s for s in desk.sent[since:] if not s.outgoing.agent]) == 1


def test_a_time_that_one_letter_told_for_several_matters_was_told_once(desk):
    for subject in ("First", "Second", "Third"):
        writes(desk, f"{BROKEN} {subject}", subject=subject)
    desk.sleep_until(berlin(3, 10))
    assert desk.last("late").outgoing.fields["missed"] == 3, "three letters had told a time"
    writes(desk, f"{BROKEN} Fourth", subject="Fourth")
    desk.sleep_until(berlin(6, 10))
    again = desk.last("late")
    assert desk.names().count("late") == 2
    assert again.outgoing.fields["missed"] == 2, "one letter for three matters, and one ack"
    assert all(word in again.text for word in ("“Second”", "“Third”", "“Fourth”"))
    desk.sleep_until(berlin(12, 10))
    last = desk.last("late")
    assert last.outgoing.fields["missed"] == 1
    assert (
        " ".join(last.text.split()).count("you should have heard from us by")
        + last.text.count("missed the time we gave you")
        == 1
    )
    assert all(word in last.text for word in ("“Second”", "“Third”", "“Fourth”"))


@pytest.mark.slow
def test_of_very_many_matters_one_letter_names_the_first(desk_with):
    desk = desk_with(limits=Limits(per_address_hour=999, per_address_day=999, per_domain_hour=999))
    for n in range(110):
        writes(desk, f"{BROKEN} Number {n}", subject=f"Matter {n}")
    since = len(desk.sent)
    desk.sleep_until(berlin(9, 10))
    (late,) = (s for s in desk.sent[since:] if s.outgoing.to.address == "anna@atelier.example")
    assert late.text.count("“Matter") == 31
    assert "- and 79 more" in late.text
    assert {desk.promise(n).stated_by for n in range(1, 111)} == {late.outgoing.key}


def test_a_letter_about_several_matters_that_is_refused_takes_back_all_that_it_told(desk):
    for subject in ("First", "Second", "Third"):
        writes(desk, f"{BROKEN} {subject}", subject=subject)
    desk.refuse = lambda outgoing: outgoing.name == "late"
    since = len(desk.sent)
    desk.sleep_until(berlin(9, 10))
    assert [desk.promise(number) for number in (1, 2, 3)] == [None, None, None]
    assert all(is_kind(desk.ticket(number).mute, Silence.UNDELIVERABLE) for number in (1, 2, 3))
    desk.pass_time(desk.clock.now() + minutes(2))
    told = {s.outgoing.ticket for s in desk.sent[since:] if s.outgoing.name == "undeliverable"}
    digests = [s.outgoing.fields["tickets"] for s in desk.sent[since:] if s.outgoing.name == "digest"]
    told |= {one["ticket"] for tickets in digests for one in tickets}
    assert told == {1, 2, 3}, "of each of them an agent hears"
    desk.refuse = lambda _: False
    desk.sleep_until(berlin(11, 10))
    assert not [s for s in desk.sent[since:] if not s.outgoing.agent], "nothing more goes to that address"


def test_a_letter_about_several_matters_goes_while_one_of_its_times_holds(desk):
    for subject in ("First", "Second"):
        writes(desk, f"{BROKEN} {subject}", subject=subject)
    since, submit = len(desk.sent), desk.submit
    desk.submit = AsyncMock(return_value=DOWN)
    desk.sleep_until(berlin(9, 10))
    notice = next(s for s in desk.sent if (s.outgoing.name, s.outgoing.ticket) == ("new", 1))
    desk.receive(
        mail(MARAS, "/resolve\n\nIt runs again.", at=desk.clock.now(), to=notice.reply_to, subject="Re: notice")
    )
    desk.submit = submit
    desk.sleep_until(berlin(9, 11))
    (late,) = (s for s in desk.sent[since:] if s.outgoing.name == "late")
    assert late.outgoing.ticket == 1, "whose own time holds no longer"
    assert desk.promise(1) is None
    assert desk.promise(2).stated_by == late.outgoing.key


def test_a_new_time_told_after_the_old_one_had_passed_does_not_undo_it(desk):
    writes(desk)
    desk.clock.at = berlin(3, 10).astimezone(UTC)  # the desk was down, and the agent's line is read first
    answers(desk, "/promise 2h")
    with desk.store._database.engine.connect() as connection:
        states = [promise_from(row).state for row in connection.execute(select(promise)).mappings()]
    assert sorted(states) == [PromiseState.LATE, PromiseState.OPEN]
    assert (desk.ticket().promised, desk.ticket().kept) == (1, 0)


@pytest.mark.slow
def test_after_a_stop_no_storm_reaches_the_agents(desk):
    for nth in range(30):
        desk.receive(mail(f"c{nth}@shop{nth}.example", f"{BROKEN} {nth}", at=desk.clock.now(), subject=f"Matter {nth}"))
    since = len(desk.sent)
    desk.sleep_until(berlin(9, 10))
    desk.pass_time(desk.clock.now() + minutes(2))
    to_joost = [s for s in desk.sent[since:] if s.outgoing.to.address == "joost@lumen.example"]
    assert [s.outgoing.name for s in to_joost].count("covered") == 5
    assert [s.outgoing.name for s in to_joost].count("digest") == 1
    assert desk.last("digest", "joost").text.count(": Matter") == 25
    assert len([s for s in desk.sent[since:] if s.outgoing.name == "late"]) == 30


# --- who is told -------------------------------------------------------------------------------------------------------


def test_the_lead_hears_of_an_outage_without_a_word(desk_with):
    desk = desk_with(agents={"mara": MARA, "joost": replace(JOOST, lead=False)})
    writes(desk, OUTAGE)
    answers(desk, "/take", to="joost", sender="Joost Baker <joost@lumen.example>")
    desk.pass_time(MONDAY + minutes(15))
    assert "It's priority 1 and no person has written yet" in " ".join(desk.last("covered", "mara").text.split())


def test_nobody_is_reminded_outside_their_own_hours(desk_with):
    far = replace(JOOST, zone=ZoneInfo("America/Los_Angeles"), lead=True)
    desk = desk_with(agents={"joost": far})
    writes(desk)
    since = len(desk.sent)
    decisions = desk.pass_time(berlin(2, 14))
    assert [d.outcome for d in decisions] == ["waited", "covered"], "it is night in Los Angeles"
    assert "reminder" not in desk.names(since)
    outage = writes(desk, OUTAGE, sender="Ben Okoro <ben@harbour.example>")
    assert outage.tickets[0].priority == 1
    desk.pass_time(desk.clock.now() + minutes(10))
    assert "reminder" in desk.names(since), "an outage wakes people"


# --- goodwill ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def generous(desk_with):
    return desk_with(agents={"mara": MARA, "joost": replace(JOOST, goodwill=2000)})


def joost(desk, text, of="new"):
    return answers(desk, text, of=of, to="joost", sender="Joost Baker <joost@lumen.example>")


def test_goodwill_within_the_budget_is_told_at_once(generous):
    writes(generous)
    joost(generous, "/goodwill 15 EUR the export that failed")
    assert "15 EUR for the export that failed." in " ".join(generous.last("goodwill").text.split())
    assert "5 EUR left" in generous.last("answer", "joost").text


def test_goodwill_over_the_budget_waits_for_the_lead(generous):
    writes(generous)
    joost(generous, "/goodwill 15 eur for the first one")
    joost(generous, "/goodwill 15 the second one")
    assert generous.names().count("goodwill") == 1, "only 5 EUR were left"
    assert joost(generous, "/approve", of="answer").outcome == "refused", "only a lead can"
    answers(generous, "/approve", of="gesture", to="mara")
    assert generous.names().count("goodwill") == 2
    assert answers(generous, "/approve", of="gesture", to="mara").outcome == "refused", "nothing is left to approve"


def test_what_is_approved_lets_the_desk_write_to_them_again(generous):
    writes(generous)
    joost(generous, "/goodwill 500 EUR for the whole week")
    with generous.store._database.write() as connection:  # as a mail with Precedence: bulk leaves it
        connection.execute(update(ticket).values(mute="person", mute_reason=str(why("screen.precedence", word="bulk"))))
    answers(generous, "/approve", of="gesture", to="mara")
    assert generous.names().count("goodwill") == 1
    assert generous.ticket().mute is None


@pytest.mark.parametrize("text", ["/goodwill", "/goodwill 15 EUR", "/goodwill 15 USD a reason", "/goodwill much love"])
def test_goodwill_that_is_unclear_is_refused(generous, text):
    writes(generous)
    assert joost(generous, text).outcome == "refused"
    assert "goodwill" not in generous.names()


def test_repeated_trouble_is_said_and_a_gesture_suggested(desk):
    writes(desk)
    assert "/goodwill" not in desk.last("new").text
    desk.pass_time(berlin(12, 9))
    writes(desk, OUTAGE, subject="Down")
    assert "once before within 30 days" in desk.last("new").text
    assert "/goodwill 15 EUR" in desk.last("new").text


def test_promises_that_ended_are_all_accounted_for(desk):
    writes(desk)
    desk.pass_time(berlin(4, 12))
    states = {p.state for d in desk.decisions for p in d.promises}
    assert states <= {PromiseState.OPEN, PromiseState.COVERED}
