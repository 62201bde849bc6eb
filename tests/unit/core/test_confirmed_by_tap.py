"""Where nothing but an address says who an agent is: what they send without a signed one waits for their one tap."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.policy import AgentProof
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import Silence, is_kind
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes

MARA, NORA = "Mara Lind <mara@lumen.example>", "Nora Feld <nora@customer.example>"
FORWARD = (
    "Please look.\n\n---------- Forwarded message ---------\nFrom: Nora Feld <nora@customer.example>\n"
    "Date: Mon, 2 Mar 2026 at 08:10\nSubject: My lamp\nTo: <mara@lumen.example>\n\n"
    "My lamp stays dark since yesterday. What can I do?"
)
LOGIN = "from phone ([198.51.100.7]) by mail.lumen.example with ESMTPSA id A1; Mon, 2 Mar 2026 09:00:00 +0100"
RESULTS = {"Authentication_Results": "mx.lumen.example; dmarc=pass header.from=lumen.example"}
ADDRESS = {"agents_proven_by": AgentProof.ADDRESS}
HOP = {"agents_proven_by": AgentProof.INTERNAL_HOP, "own_hosts": frozenset({"mail.lumen.example"})}


@pytest.fixture
def desk(request):
    changes = getattr(request, "param", ADDRESS)
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, **changes))
    yield one
    one.close()


def outside(desk):
    return [each for each in desk.sent if each.outgoing.kind is not OutgoingKind.NOTICE]


def tap(desk, sent, sender=MARA):
    """The mail that the first button of a notice opens, sent as it is."""
    to, subject, body = re.search(r"mailto:([^?>]+)\?subject=([^&>]*)&body=([^>\s]*)", sent.text).groups()
    desk.clock.at += minutes(1)
    return desk.receive(mail(sender, unquote(body), at=desk.clock.now(), to=unquote(to), subject=unquote(subject)))


def forwards(desk, **more):
    return desk.receive(mail(MARA, FORWARD, at=desk.clock.now(), subject="Fwd: My lamp", **more))


def writes(desk, text="Hello Nora, your lamp is ready.", **more):
    lines = {"to": NORA, "Cc": "help@lumen.example", "subject": "Your lamp", "message_id": "own@lumen.example"}
    return desk.receive(mail(MARA, text, at=desk.clock.now(), **lines | more))


def test_a_forward_sends_nothing_before_an_agent_taps(desk):
    forwards(desk)
    assert outside(desk) == []
    assert desk.ticket().requester.address == "nora@customer.example"
    notice = desk.last("new", "mara")
    assert "one of us passed it on" in notice.text
    tap(desk, notice)
    [letter] = outside(desk)
    assert (letter.outgoing.name, letter.outgoing.to.address) == ("ack", "nora@customer.example")
    assert desk.ticket().requester.name == "Nora Feld"
    assert desk.promise() is not None
    tap(desk, notice)
    assert len(outside(desk)) == 1


def test_a_forger_of_a_forward_gets_nothing_out(desk):
    """Whoever writes in an agent's name has no signed address, and so no tap."""
    forwards(desk)
    desk.receive(mail(MARA, "/customer nora@customer.example", at=desk.clock.now(), subject="Re: [1] My lamp"))
    assert outside(desk) == []


@pytest.mark.parametrize("known", [True, False], ids=["a known customer", "a first mail"])
def test_what_an_agent_wrote_from_their_own_mail_counts_once_they_say_so(desk, known):
    if known:
        desk.receive(
            mail(NORA, "My lamp stays dark since yesterday.", at=desk.clock.now(), message_id="n@customer.example")
        )
    before = len(outside(desk))
    writes(desk, **({"In_Reply_To": "<n@customer.example>"} if known else {}))
    assert desk.ticket().answers == 0
    assert (desk.promise() is not None) is known
    [decision] = tap(desk, desk.last("kept", "mara"))
    assert decision.outcome == "kept"
    assert (desk.ticket().answers, desk.ticket().last_answer_by, desk.ticket().assignee) == (1, "mara", "mara")
    assert desk.promise() is None
    if known:
        assert [p.state for d in desk.decisions for p in d.promises][-1] is PromiseState.KEPT
    assert len(outside(desk)) == before
    [again] = tap(desk, desk.last("kept", "mara"))
    assert again.outcome == "refused"
    assert desk.ticket().answers == 1


def test_what_was_not_theirs_is_put_away_or_left(desk):
    writes(desk)
    notice = desk.last("kept", "mara")
    desk.receive(mail(MARA, "/spam", at=desk.clock.now(), to=notice.reply_to, subject="Re: Your lamp"))
    assert is_kind(desk.ticket().mute, Silence.SPAM)
    assert outside(desk) == []


@pytest.mark.parametrize(
    ("desk", "more"),
    [
        ({"authserv_id": "mx.lumen.example"}, RESULTS),
        (HOP, {"Received": LOGIN}),
        ({**HOP, "authserv_id": "mx.lumen.example"}, {"Received": LOGIN}),
        (
            {**HOP, "authserv_id": "mx.lumen.example"},
            {"Received": LOGIN, "Authentication_Results": "mx.lumen.example; dmarc=fail (p=reject)"},
        ),
    ],
    indirect=["desk"],
)
def test_where_a_server_vouches_for_them_they_are_obeyed_at_once(desk, more):
    forwards(desk, **more)
    [letter] = outside(desk)
    assert (letter.outgoing.name, letter.outgoing.to.address) == ("ack", "nora@customer.example")
    writes(desk, **more)
    assert "not confirmed" not in desk.last("kept", "mara").text


@pytest.mark.parametrize(
    ("desk", "more"),
    [
        ({"authserv_id": "mx.lumen.example"}, {}),
        ({"authserv_id": "mx.lumen.example"}, {"Received": LOGIN}),
        (HOP, RESULTS),
        (HOP, {"Received": LOGIN.replace("ESMTPSA", "ESMTPS")}),
    ],
    indirect=["desk"],
)
def test_where_none_does_nothing_leaves(desk, more):
    forwards(desk, **more)
    writes(desk, **more)
    assert [each for each in outside(desk) if "customer" in each.outgoing.to.address] == []
    assert "not confirmed" in desk.last("kept", "mara").text
