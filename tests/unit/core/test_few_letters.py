"""Hazards 34 and 35: how many letters an unconfirmed address gets, and what its owner's own outage gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.model.confirmed_address import Addressee, Allowance, ConfirmedBy, allowance, is_second
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.policy import Limits
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import UNTIL_REPLY
from mailbot.core.model.ticket import LookFor
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes
from tests.simulation.stamped import NONE, PASSES, SERVER, stamped

ANA = "ana@orchard.example"
PROBLEM = "The export stops with an error since this morning, in every browser."
OUTAGE = "Our whole shop is down since nine, nobody can order anything."
WIDE = Limits(per_address_hour=1000, per_address_day=1000, per_domain_hour=1000)
WEEK = timedelta(days=6, hours=20)


@pytest.fixture(params=[SERVER, None], ids=["results", "no-results"])
def desk(request):
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=request.param, limits=WIDE))
    yield one
    one.close()


def writes(desk, text=PROBLEM, *, results=NONE, subject="It stops", sender=f"Ana <{ANA}>", **more):
    desk.clock.at += minutes(1)
    desk.receive(stamped(mail(sender, text, at=desk.clock.at, subject=subject, **more), results))


def letters(desk):
    return [s for s in desk.sent if s.outgoing.kind is OutgoingKind.LETTER and s.outgoing.to.address == ANA]


def promises(desk, number=1):
    return [(one.made_by, one.state) for one in desk.store.lists.ticket(number).promises]


@pytest.mark.slow
def test_hazard_34_one_mail_brings_a_few_letters_of_which_the_last_states_no_time(desk):
    results = desk.setting.policy.authserv_id is not None
    for text, most in ((PROBLEM, 2 if results else 3), (OUTAGE, 3 if results else 5)):
        before = len(letters(desk))
        writes(desk, text)
        desk.pass_time(desk.clock.at + WEEK)
        sent = letters(desk)[before:]
        assert len(sent) == most
        assert "our last automatic email for now" in sent[-1].text
        assert " by Mon" not in sent[-1].text.split("our last automatic email")[1]
        assert all("last automatic" not in one.text for one in sent[:-1])
        number = sent[-1].outgoing.ticket
        ticket = desk.ticket(number)
        assert (ticket.mute, desk.promise(number)) == (UNTIL_REPLY, None)
        assert ticket.look.kind is LookFor.REMIND_AGENTS
        assert ticket.reminders >= ticket.covers > 0, "its agents were told of each cover"
        assert promises(desk, number)[-1][1] is PromiseState.COVERED
        desk.clock.at += timedelta(days=8)  # the week is over


@pytest.mark.slow
def test_hazard_34_however_many_mails_come(desk):
    results = desk.setting.policy.authserv_id is not None
    for number in range(12):
        writes(desk, OUTAGE if number % 3 == 2 else PROBLEM, message_id=f"{number}@orchard.example")
    desk.pass_time(desk.clock.at + timedelta(days=5))
    assert len(letters(desk)) <= (3 if results else 5)
    assert "our last automatic email for now" in letters(desk)[-1].text
    assert all(desk.promise(number) is None for number in range(1, 13))
    assert all(desk.ticket(number).mute == UNTIL_REPLY for number in range(1, 13))
    assert all(len(desk.store.lists.ticket(number).messages) == 1 for number in range(1, 13))  # and no mail is dropped


def test_the_second_acknowledgment_says_that_there_will_be_no_third():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, limits=WIDE))
    for number in range(3):
        writes(desk, message_id=f"{number}@orchard.example")
    first, second = letters(desk)
    assert "only confirm it" not in first.text
    assert "but we'll only confirm it if you reply to this email." in second.text
    assert second.outgoing.promise is not None
    assert (desk.ticket(3).mute, desk.promise(3)) == (UNTIL_REPLY, None)
    desk.close()


def test_hazard_35_three_forged_mails_in_anas_name_do_not_silence_her_own_outage(desk):
    """Where results tell, hers is proven; where none are configured, a letter was kept for it."""
    for number in range(3):
        writes(desk, message_id=f"{number}@evil.example", results="dmarc=fail (p=none) header.from={domain}")
    desk.pass_time(MONDAY.replace(day=4))
    had = len(letters(desk))
    writes(desk, OUTAGE, results=PASSES, message_id="own@orchard.example")
    ack = letters(desk)[-1]
    assert len(letters(desk)) == had + 1
    assert (ack.outgoing.name, ack.outgoing.ticket) == ("ack", 4)
    promise = desk.promise(4)
    assert promise is not None
    assert "You'll hear where things stand by" in ack.text
    desk.pass_time(promise.due)
    assert letters(desk)[-1].outgoing.name == "cover"


def test_their_reply_makes_a_new_promise_at_once(desk):
    writes(desk)
    desk.pass_time(desk.clock.at + timedelta(days=5))
    last = letters(desk)[-1]
    assert desk.ticket().mute == UNTIL_REPLY
    writes(desk, "Yes?", to=last.reply_to, subject="Re: It stops")
    assert desk.ticket().mute is None
    assert desk.promise() is not None
    assert letters(desk)[-1].outgoing.name == "update"
    had = len(letters(desk))
    for number in range(4):
        writes(desk, f"{PROBLEM} {number}", message_id=f"more{number}@orchard.example")
    assert len(letters(desk)) == had + 4  # as anybody, from now on


def test_who_only_goes_on_writing_in_that_name_gets_nothing_by_it(desk):
    writes(desk, message_id="first@evil.example")
    desk.pass_time(desk.clock.at + timedelta(days=5))
    had = len(letters(desk))
    for number in range(5):
        again = {"In_Reply_To": "<first@evil.example>", "subject": "Re: It stops"}
        writes(desk, f"Why do you not answer? {number}", message_id=f"again{number}@evil.example", **again)
    desk.pass_time(desk.clock.at + timedelta(days=1))
    assert len(letters(desk)) == had
    assert desk.ticket().mute == UNTIL_REPLY
    assert [s.outgoing.name for s in desk.sent].count("followup") >= 5


def test_what_an_agent_writes_goes_out_all_the_same_and_confirms_the_address(desk):
    for number in range(4):
        writes(desk, message_id=f"{number}@orchard.example")
    assert desk.ticket(4).mute == UNTIL_REPLY
    to = next(s for s in desk.sent if s.outgoing.name == "new" and s.outgoing.ticket == 4).reply_to
    desk.receive(stamped(mail("Mara Lind <mara@lumen.example>", "/promise 2h", at=desk.clock.at, to=to)))
    assert desk.ticket(4).mute is None
    assert letters(desk)[-1].outgoing.name == "update"
    promise = desk.promise(4)
    assert promise is not None
    desk.pass_time(promise.due + minutes(1))
    assert letters(desk)[-1].outgoing.name == "cover"
    assert desk.promise(4) is not None


@pytest.mark.slow
def test_after_a_week_they_are_written_to_again(desk):
    for number in range(4):
        writes(desk, message_id=f"{number}@orchard.example")
    desk.pass_time(desk.clock.at + timedelta(days=20))
    had = len(letters(desk))
    writes(desk, message_id="later@orchard.example")
    assert letters(desk)[had:][0].outgoing.promise is not None


def test_one_who_was_down_for_a_week_owns_up_once_and_states_no_time_where_that_is_the_last():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER, limits=WIDE))
    writes(desk, message_id="a@orchard.example")
    desk.sleep_until(desk.clock.at + timedelta(days=3))
    late = letters(desk)[-1]
    assert late.outgoing.name == "late"
    assert "our last automatic email" in late.text
    assert promises(desk) == [("ack", PromiseState.LATE)]
    assert desk.ticket().mute == UNTIL_REPLY
    desk.close()


@pytest.mark.parametrize(
    ("week", "acks", "first", "priority", "ack", "with_results", "without"),
    [
        (0, 0, 0, 3, True, Allowance.FREE, Allowance.FREE),
        (1, 1, 0, 3, True, Allowance.LAST, Allowance.FREE),
        (2, 2, 0, 3, True, Allowance.NONE, Allowance.NONE),
        (2, 2, 0, 4, False, Allowance.NONE, Allowance.LAST),
        (2, 2, 0, 1, True, Allowance.LAST, Allowance.FREE),
        (3, 2, 0, 1, True, Allowance.NONE, Allowance.FREE),
        (3, 2, 0, 3, False, Allowance.NONE, Allowance.NONE),
        (0, 0, 0, 1, True, Allowance.FREE, Allowance.FREE),
        (1, 0, 1, 1, False, Allowance.FREE, Allowance.FREE),
        (2, 0, 1, 1, False, Allowance.LAST, Allowance.FREE),
        (4, 2, 1, 1, False, Allowance.NONE, Allowance.LAST),
        (5, 2, 1, 1, False, Allowance.NONE, Allowance.NONE),
    ],
)
def test_the_room_that_is_left(week, acks, first, priority, ack, with_results, without):
    one = Addressee(week=week, acks=acks, first=first)
    assert allowance(one, priority, results=True, ack=ack) is with_results
    assert allowance(one, priority, results=False, ack=ack) is without
    for how in ConfirmedBy:
        assert allowance(replace(one, how=how), priority, results=True, ack=ack) is Allowance.FREE


def test_only_the_second_acknowledgment_for_less_than_money_says_so():
    assert [is_second(Addressee(acks=n), 4) for n in range(3)] == [False, True, False]
    assert not is_second(Addressee(acks=1), 2)
    assert not is_second(Addressee(how=ConfirmedBy.ANSWER, acks=1), 4)
