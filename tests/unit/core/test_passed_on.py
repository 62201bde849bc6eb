"""A forward by a proven agent opens the ticket of whoever wrote first; by anybody else it is their own mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.silence import UNCONFIRMED, WHOSE
from mailbot.core.model.ticket import LookFor
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

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
    assert "error 403" not in ack.text, "nothing proves that they wrote it"
    assert "quick" not in ack.text, "the agent's own words stay inside"
    assert not [sent for sent in desk.sent if sent.outgoing.name == "ack" and "mara" in sent.outgoing.to.address]


def test_the_agents_are_told_who_passed_it_on_and_with_which_words(desk):
    desk.receive(forward())
    notice = desk.last("new", "mara")
    assert "Mara Lind passed this on, with these words for us alone" in notice.text
    assert "> He called as well, please be quick." in notice.text
    assert "> Since this morning the export fails" in notice.text
    assert any(event.heading.code == "event.passed-on" and event.by == "mara" for event in desk.decisions[-1].events)


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


NOBODYS = [
    forward(text=TEXT.replace(OLE, "joost@lumen.example")),
    forward(text=TEXT.replace(OLE, "help@lumen.example")),
    forward(text="See my other mail.\n"),
]


@pytest.mark.parametrize(
    "raw",
    [
        forward(results=FORGED),
        forward(results="mx.elsewhere.example; dmarc=pass header.from=lumen.example"),
        forward(sender="Kim Case <kim@customer.example>", results=f"{SERVER}; dmarc=pass header.from=customer.example"),
        *NOBODYS,
    ],
    ids=[
        "forged",
        "another server's word",
        "a customer",
        "of an agent",
        "of the desk",
        "nothing forwarded",
    ],
)
def test_otherwise_nobody_else_is_written_to(desk, raw):
    desk.receive(raw)
    assert desk.ticket().requester.address != OLE
    if raw in NOBODYS:
        assert (desk.ticket().mute, quiet(desk)) == (WHOSE, True)
    assert not [sent for sent in desk.sent if sent.outgoing.to.address == OLE]


def quiet(desk):
    """Nobody outside was written to, and the agent was not taken for a customer."""
    return not [sent for sent in desk.sent if sent.outgoing.name == "ack" or "lumen" not in sent.outgoing.to.address]


def test_without_a_server_that_vouches_it_is_the_writers_and_waits_for_an_agent():
    desk = SimulatedDesk()
    try:
        desk.receive(forward())
        ticket = desk.ticket()
        assert (ticket.requester.address, ticket.mute) == (OLE, UNCONFIRMED)
        assert quiet(desk)
        assert ticket.look.kind is LookFor.REMIND_AGENTS
        notice = desk.last("new", "mara")
        assert "no server vouches" in notice.text
        desk.receive(mail("Mara Lind <mara@lumen.example>", "I look at it.", at=MONDAY, to=notice.reply_to))
        assert "I look at it." in desk.last("relay", OLE).text
    finally:
        desk.close()


HEAD = """Please see to it.

---------- Forwarded message ---------
From: Head of Sales <sales-head@lumen.example>
Date: Mon, Mar 2, 2026 at 8:30 AM
Subject: Fwd: The export fails
To: Mara Lind <mara@lumen.example>

This is an important one.

"""


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (TEXT, "One for you"),
        (TEXT, "The export fails"),
        (HEAD + TEXT.partition("\n\n")[2], "Fwd: Fwd: The export fails"),
        (HEAD.replace("sales-head@", "joost@") + TEXT.partition("\n\n")[2], "a mail of Ole's"),
        (
            (
                "For you.\n\nFrom: Ole Berg <ole@home.example>\nSent: Monday, 2 March 2026 08:05\nTo: Mara Lind"
                "\nSubject: The export fails\n\nSince this morning the export fails with error 403.\n\nOle\n"
            ),
            "New matter",
        ),
        (
            (
                "*Von:* Ole Berg <ole@home.example>\n*Gesendet:* Montag, 2. März 2026 08:05\n*An:* Mara Lind\n"
                "*Betreff:* The export fails\n\nSince this morning the export fails with error 403.\n\nOle\n"
            ),
            "WG: The export fails",
        ),
        (
            (
                "-------- Пересылаемое сообщение --------\nОт кого: Ole Berg <ole@home.example>\nКому: mara@lumen.example\n"
                "Дата: Понедельник, 2 марта 2026, 8:05 +03:00\nТема: The export fails\n\n"
                "Since this morning the export fails with error 403.\n\nOle\n"
            ),
            "Fwd: The export fails",
        ),
    ],
    ids=["other subject", "no prefix", "through a colleague", "through an agent", "Outlook", "bold, German", "Russian"],
)
def test_whatever_the_client_and_the_way(desk, text, subject):
    (decision,) = desk.receive(forward(text=text, subject=subject))
    ticket = desk.ticket()
    assert decision.outcome == "opened"
    assert (ticket.requester.address, ticket.subject) == (OLE, "The export fails")
    assert desk.last("ack", OLE).header("Subject") == "Re: The export fails"
    assert "export fails with error 403" in desk.last("new", "mara").text


def test_what_a_colleague_wrote_between_is_shown_to_us_alone(desk):
    desk.receive(forward(text=HEAD + TEXT.partition("\n\n")[2], subject="Fwd: Fwd: The export fails"))
    notice, ack = desk.last("new", "mara").text, desk.last("ack", OLE).text
    for words in ("see to it", "an important one"):
        assert words in notice
        assert words not in ack


def test_a_customer_who_forwarded_somebody_elses_mail_stays_the_customer(desk):
    theirs = (
        TEXT.rstrip()
        + """

---------- Forwarded message ---------
From: The Bank <alerts@bank.example>
Date: Sun, Mar 1, 2026 at 7:00 PM
Subject: Your transfer
To: Ole Berg <ole@home.example>

A transfer was made.
"""
    )
    desk.receive(forward(text=theirs))
    assert desk.ticket().requester.address == OLE


def attached(inner, *, subject="One for you", results=PROVEN):
    lines = [
        "From: Mara Lind <mara@lumen.example>", "To: help@lumen.example", f"Subject: {subject}",
        "Date: Mon, 02 Mar 2026 09:00:00 +0100", "Message-ID: <outer@lumen.example>", f"Authentication-Results: {results}",
        "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="B"', "",
        "--B", "Content-Type: text/plain; charset=utf-8", "", "please take it", "",
        "--B", 'Content-Type: message/rfc822; name="mail.eml"', "Content-Disposition: attachment", "", *inner, "", "--B--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def inner_mail(sender="Ole Berg <ole@home.example>", text="Since this morning the export fails with error 403.", *more):
    return [
        f"From: {sender}", "To: mara@lumen.example", "Subject: The export fails", "Message-ID: <first@home.example>",
        "Date: Mon, 02 Mar 2026 08:05:00 +0200", *more, "", text,
    ]  # fmt: skip


def test_a_mail_that_is_attached_is_its_writers_under_any_subject(desk):
    desk.receive(attached(inner_mail()))
    ticket = desk.ticket()
    assert (ticket.requester.address, ticket.subject, ticket.utc_offset) == (OLE, "The export fails", 120)
    ack = desk.last("ack", OLE)
    assert "error 403" not in ack.text
    assert ack.header("In-Reply-To") == "<first@home.example>", "it hangs together with what they wrote"
    assert "please take it" in desk.last("new", "mara").text
    desk.receive(mail(f"Ole Berg <{OLE}>", "And now?", at=MONDAY, In_Reply_To="<first@home.example>"))
    assert len(desk.store.lists.ticket(1).messages) == 2


def test_an_attached_mail_of_ours_is_looked_into_for_theirs(desk):
    within = [
        "From: Joost Baker <joost@lumen.example>", "To: mara@lumen.example", "Subject: Fwd: it", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="C"', "", "--C", "Content-Type: message/rfc822", "", *inner_mail(), "", "--C--",
    ]  # fmt: skip
    desk.receive(attached(within))
    assert desk.ticket().requester.address == OLE


NAMELESS = """Whoever that is.

From: Ole Berg
Sent: Monday, 2 March 2026 08:05
To: Mara Lind
Subject: The export fails

Since this morning the export fails.
"""


def test_where_no_address_is_found_the_agent_is_asked_and_nobody_is_answered(desk):
    desk.receive(forward(text=NAMELESS, subject="FW: The export fails"))
    ticket = desk.ticket()
    assert (ticket.requester.name, ticket.mute) == ("Ole Berg", WHOSE)
    assert quiet(desk)
    notice = desk.last("new", "mara")
    assert "/customer" in notice.text
    assert "Since this morning" in notice.text
    desk.receive(
        mail(
            "Mara Lind <mara@lumen.example>",
            "Hello Ole, I look at it.",
            at=MONDAY,
            to=notice.reply_to,
            Authentication_Results=PROVEN,
        )
    )
    assert desk.decisions[-1].outcome == "refused"
    assert quiet(desk)
    desk.receive(
        mail(
            "Mara Lind <mara@lumen.example>",
            f"/customer {OLE}",
            at=MONDAY,
            to=notice.reply_to,
            Authentication_Results=PROVEN,
        )
    )
    assert desk.ticket().requester.name == "Ole Berg"
    assert desk.last("ack", OLE)


def test_a_forward_that_nobody_vouches_for_changes_nothing_of_a_ticket_that_it_refers_to():
    desk = SimulatedDesk()
    try:
        desk.receive(mail(f"Ole Berg <{OLE}>", "The export fails.", at=MONDAY, Message_ID="<first@home.example>"))
        desk.receive(
            mail("Mara Lind <mara@lumen.example>", "/resolve", at=MONDAY, to=desk.last("new", "mara").reply_to)
        )
        before = len(desk.sent)
        desk.receive(attached(inner_mail(text="It fails again."), results="other.example; dmarc=none"))
        assert desk.ticket().state == "resolved"
        assert all("lumen" in sent.outgoing.to.address for sent in desk.sent[before:])
        assert "It fails again." in desk.last("followup", "mara").text
    finally:
        desk.close()
