"""A letter that comes back, the whole way: what marks an address, what is only told, and what nobody hears of."""

from __future__ import annotations

import pytest

from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import undeliverable
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

BEN = "Ben Okoro <ben@harbour.example>"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(BEN, "The export fails with error 403.", at=MONDAY, subject="Export"))
    yield one
    one.close()


def report(desk, *, action, status, address="ben@harbour.example", to=None, returned=True):
    ack = desk.last("ack", "ben")
    blocks = f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    part = (
        f"--cut\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{ack.message_id.strip('<>')}>\n\n"
        if returned
        else ""
    )
    text = (
        "--cut\n\nThis is the mail system.\n\n--cut\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.harbour.example\n\n{blocks}\n{part}--cut--\n"
    )
    desk.clock.at += minutes(1)
    return desk.receive(
        mail(
            "MAILER-DAEMON@mx.harbour.example",
            text,
            at=MONDAY,
            to=to or ack.envelope_sender,
            subject="Undelivered Mail Returned to Sender",
            Return_Path="<>",
            Content_Type='multipart/report; report-type=delivery-status; boundary="cut"',
        )
    )


def told(desk, since):
    return [sent for sent in desk.sent[since:] if sent.outgoing.name == "undeliverable"]


def test_a_permanent_failure_marks_the_address_and_tells_the_agents(desk):
    since = len(desk.sent)
    report(desk, action="failed", status="5.1.1")
    assert desk.ticket().mute == undeliverable("5.1.1")
    assert desk.promise() is None
    assert {sent.outgoing.to.address for sent in told(desk, since)} == {"mara@lumen.example", "joost@lumen.example"}
    assert all("there's no such mailbox (5.1.1)" in sent.text for sent in told(desk, since)), "a code is no reason"
    assert all(sent.outgoing.agent for sent in desk.sent[since:]), "nothing more goes to them"


def test_a_delay_is_told_to_nobody(desk):
    since, before = len(desk.sent), desk.ticket()
    (decision,) = report(desk, action="delayed", status="4.4.1")
    assert decision.outcome == "joined"
    assert len(desk.sent) == since
    assert (desk.ticket().mute, desk.promise().state) == (before.mute, PromiseState.OPEN)


@pytest.mark.parametrize("status", ["4.4.1", "4.4.7", "4.2.2", "5.2.2", "5.2.3"])
def test_what_was_given_up_but_may_work_again_is_told_and_marks_nothing(desk, status):
    since = len(desk.sent)
    report(desk, action="failed", status=status)
    assert desk.ticket().mute is None
    assert desk.promise().state is PromiseState.OPEN
    assert len(told(desk, since)) == 2
    assert status in told(desk, since)[0].text
    assert "address may still be good" in told(desk, since)[0].text


def test_a_failure_behind_the_customers_address_is_told_and_marks_nothing(desk):
    since = len(desk.sent)
    report(desk, action="failed", status="5.1.1", address="ben.private@elsewhere.example")
    assert desk.ticket().mute is None
    assert "ben.private@elsewhere.example" in told(desk, since)[0].text


def test_the_returned_message_id_finds_the_letter_where_the_address_does_not(desk):
    report(desk, action="failed", status="5.1.1", to="help@lumen.example")
    assert desk.ticket().mute == undeliverable("5.1.1")


def test_a_report_of_nothing_we_sent_changes_nothing(desk):
    (decision,) = report(desk, action="failed", status="5.1.1", to="help@lumen.example", returned=False)
    assert decision.outcome == "logged"
    assert desk.ticket().mute is None


def test_the_same_report_twice_is_told_once(desk):
    since = len(desk.sent)
    report(desk, action="failed", status="5.1.1")
    report(desk, action="failed", status="5.1.1")
    assert len({sent.outgoing.key for sent in told(desk, since)}) == len(told(desk, since))
    assert desk.ticket().mute == undeliverable("5.1.1")


def test_who_writes_again_can_be_written_to_again(desk):
    report(desk, action="failed", status="5.1.1")
    desk.receive(mail(BEN, "Any news about the export?", at=MONDAY, to=desk.last("ack", "ben").reply_to))
    assert desk.ticket().mute is None
    assert desk.promise().state is PromiseState.OPEN
