"""A forward by a proven agent opens the ticket of whoever wrote first; by anybody else it is their own mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.simulated_desk import MONDAY, SimulatedDesk, mail

SERVER = "mx.lumen.example"
PROVEN = f"{SERVER}; spf=pass smtp.mailfrom=lumen.example; dkim=pass header.d=lumen.example; dmarc=pass header.from=lumen.example"
FORGED = f"{SERVER}; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=lumen.example"
TEXT = """He called as well, please be quick.

---------- Forwarded message ---------
From: Ole Berg <ole@home.example>
Date: Mon, Mar 2, 2026 at 8:05 AM
Subject: The export fails
To: Mara Lind <mara@lumen.example>

Since this morning the export fails with error 403.

Ole
"""
OLE = "ole@home.example"


@pytest.fixture
def desk():
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER))
    yield one
    one.close()


def forward(sender="Mara Lind <mara@lumen.example>", *, text=TEXT, subject="Fwd: The export fails", results=PROVEN):
    return mail(sender, text, at=MONDAY, subject=subject, Authentication_Results=results)


def test_the_ticket_is_of_the_first_writer(desk):
    (decision,) = desk.receive(forward())
    ticket = desk.ticket()
    assert decision.outcome == "opened"
    assert (ticket.requester.name, ticket.requester.address) == ("Ole Berg", OLE)
    assert ticket.subject == "The export fails"
    ack = desk.last("ack", OLE)
    assert "export fails with error 403" in ack.text
    assert "quick" not in ack.text, "the agent's own words stay inside"
    assert not [sent for sent in desk.sent if sent.outgoing.name == "ack" and "mara" in sent.outgoing.to.address]


def test_the_agents_are_told_who_passed_it_on_and_with_which_words(desk):
    desk.receive(forward())
    notice = desk.last("new", "mara")
    assert "Mara Lind passed this on, with these words for us alone" in notice.text
    assert "> He called as well, please be quick." in notice.text
    assert "> Since this morning the export fails" in notice.text
    assert any(event.what == "passed on" and event.by == "mara" for event in desk.decisions[-1].events)


def test_an_agent_who_gets_no_notices_of_the_inbox_is_told_all_the_same(desk):
    def only_joost(policy):
        agents = {
            name: replace(agent, groups=("support",) if name == "joost" else ())
            for name, agent in policy.agents.items()
        }
        return replace(policy, agents=agents)

    desk.setting = replace(desk.setting, policy=only_joost(desk.setting.policy))
    desk.receive(forward())
    assert {sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "new"} == {
        "joost@lumen.example",
        "mara@lumen.example",
    }


def test_their_answer_joins_the_ticket(desk):
    desk.receive(forward())
    (decision,) = desk.receive(
        mail(f"Ole Berg <{OLE}>", "It is worse now.", at=MONDAY, to=desk.last("ack", OLE).reply_to)
    )
    assert (decision.outcome, len(desk.store.lists.ticket(1).messages)) == ("joined", 2)


@pytest.mark.parametrize(
    "raw",
    [
        forward(results=FORGED),
        forward(results="mx.elsewhere.example; dmarc=pass header.from=lumen.example"),
        forward(sender="Kim Case <kim@customer.example>", results=f"{SERVER}; dmarc=pass header.from=customer.example"),
        forward(subject="The export fails"),
        forward(text=TEXT.replace(OLE, "joost@lumen.example")),
        forward(text=TEXT.replace(OLE, "help@lumen.example")),
        forward(text="See my other mail.\n"),
    ],
    ids=[
        "forged",
        "another server's word",
        "a customer",
        "no forward",
        "of an agent",
        "of the desk",
        "nothing forwarded",
    ],
)
def test_otherwise_nobody_else_is_written_to(desk, raw):
    desk.receive(raw)
    assert desk.ticket().requester.address != OLE
    assert not [sent for sent in desk.sent if sent.outgoing.to.address == OLE]


def test_without_a_server_that_vouches_no_forward_counts():
    desk = SimulatedDesk()
    try:
        desk.receive(forward())
        assert desk.ticket().requester.address == "mara@lumen.example"
    finally:
        desk.close()
