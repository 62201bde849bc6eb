"""What confirms an address, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.confirmed_address import ConfirmedBy
from mailbot.core.model.known import Keys
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes
from tests.simulation.stamped import FAILS, NONE, SERVER, stamped

ANA = "Ana Duarte <ana@orchard.example>"
EVE = "Eve Holt <eve@elsewhere.example>"


@pytest.fixture(params=[SERVER, None], ids=["results", "no-results"])
def desk(request):
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=request.param))
    yield one
    one.close()


def how(desk, sender=ANA):
    key = sender.rpartition("<")[2].rstrip(">")
    return desk.store.lookup(Keys(content_key="", sender=key), desk.clock.now()).addressee.how


def writes(desk, sender, *, to="help@lumen.example", results=NONE, **more):
    desk.clock.at += minutes(1)
    text = more.pop("text", "The export stops with an error since this morning.")
    desk.receive(stamped(mail(sender, text, at=desk.clock.at, to=to, **more), results))


def test_a_proven_mail_confirms_where_results_are_believed(desk):
    writes(desk, ANA, results="dmarc=pass header.from={domain}")
    assert how(desk) is (ConfirmedBy.RESULTS if desk.setting.policy.authserv_id else None)


@pytest.mark.parametrize("results", [NONE, FAILS, "dmarc=none header.from={domain}; spf=fail", "dmarc=temperror", ""])
def test_another_result_confirms_nothing(desk, results):
    writes(desk, ANA, results=results)
    assert how(desk) is None


def test_an_answer_to_a_letter_of_ours_confirms(desk):
    writes(desk, ANA)
    ack = desk.last("ack")
    writes(desk, ANA, to=ack.reply_to, text="It happens with small files as well.")
    assert how(desk) is ConfirmedBy.ANSWER


def test_the_message_id_of_a_letter_is_as_good_as_its_address(desk):
    writes(desk, ANA)
    writes(desk, ANA, In_Reply_To=f"<{desk.last('ack').message_id}>", text="And with small files.")
    assert how(desk) is ConfirmedBy.ANSWER


def test_a_further_mail_that_answers_only_their_own_confirms_nothing(desk):
    writes(desk, ANA, message_id="first@orchard.example")
    writes(desk, ANA, In_Reply_To="<first@orchard.example>", text="And with small files.")
    assert len(desk.store.lookup(Keys(content_key="", sender=None, numbers=(1, 2)), desk.clock.now()).tickets) == 1
    assert how(desk) is None


def test_a_letter_of_ones_own_confirms_nobody_else(desk):
    writes(desk, EVE)
    writes(desk, ANA, to=desk.last("ack").reply_to, text="And with small files.")
    assert (how(desk), how(desk, EVE)) == (None, None)


def test_a_machine_that_answers_confirms_nothing(desk):
    writes(desk, ANA)
    absent = {"Auto_Submitted": "auto-replied", "text": "I am away until Monday."}
    writes(desk, ANA, to=desk.last("ack").reply_to, **absent)
    assert how(desk) is None


def test_one_whom_our_server_calls_forged_confirms_nothing():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER))
    writes(desk, ANA)
    writes(desk, ANA, to=desk.last("ack").reply_to, results=FAILS, text="And with small files.")
    assert how(desk) is None
    desk.close()


def test_an_answer_of_ours_confirms_until_a_letter_comes_back(desk):
    writes(desk, ANA)
    writes(
        desk,
        "Mara Lind <mara@lumen.example>",
        to=desk.last("new", "mara").reply_to,
        results="dmarc=pass header.from={domain}",
        text="Hello Ana,\n\nit works again. Please try.\n\nMara",
    )
    assert desk.last("relay")
    assert how(desk) is ConfirmedBy.PERSON
    relay = desk.last("relay")
    report = (
        "From: MAILER-DAEMON@mx.orchard.example\r\n"
        f"To: {relay.envelope_sender}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <b1@mx.orchard.example>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.orchard.example\r\n\r\n"
        "Final-Recipient: rfc822; ana@orchard.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: help@lumen.example\r\nTo: ana@orchard.example\r\nMessage-ID: <{relay.message_id}>\r\n--b--\r\n"
    )
    desk.receive(report.encode())
    assert how(desk) is None
