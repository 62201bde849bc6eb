"""Hazard 33: a further mail that our server does not vouch for, over what it says and what it said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.intake.quotes.notice_preheader import preheader_in
from mailbot.core.model.known import Keys
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes
from tests.simulation.stamped import SERVER

ANA = "Ana Soto <ana@customer.example>"
BOB = "Bob Vance <bob@customer.example>"
PROBLEM = "The export is broken since today, the column with the tax is empty."
OUTAGE = "Now the whole site is down, nobody can log in, everything fails. Canary-7 must be paid at once."
PASS = "dmarc=pass header.from=customer.example"
FORGED = "dmarc=fail (p=reject) header.from=customer.example"
P_NONE = "dmarc=fail (p=none dis=none) header.from=customer.example"
ARC = "arc=pass (i=1); dmarc=fail (p=reject) header.from=customer.example"
MISSING = None
UNSURE = {
    "temperror": "dmarc=temperror header.from=customer.example",
    "permerror": "dmarc=permerror header.from=customer.example",
    "none": "dmarc=none header.from=customer.example",
    "nothing found": "none",
    "no header": MISSING,
    "another server's word": "",
    "cut short": 'dmarc=pass header.from="customer.example',
}
WARNING = {"forged": "FORGED", "unconfirmed": "Not confirmed"}


@pytest.fixture
def desk():
    made = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER))
    yield made
    made.close()


def write(desk, results, text, *, sender=ANA, **more):
    lines = {}
    if results == "":
        lines["Authentication_Results"] = f"mx.evil.example; {PASS}"
    elif results is not None:
        lines["Authentication_Results"] = f"{SERVER}; {results}"
    return desk.receive(mail(sender, text, at=desk.clock.now(), **lines, **more))


def follow_up(desk, results, text=OUTAGE, *, after=20, **more):
    """A further mail to the ticket's signed address, and what left because of it."""
    desk.clock.at += minutes(after)
    before = len(desk.sent)
    write(desk, results, text, to=desk.last("ack").reply_to, subject="Re: Question", **more)
    return desk.sent[before:]


def outside(sent):
    return [each for each in sent if each.outgoing.kind is not OutgoingKind.NOTICE]


def first_line(notice):
    """What an agent reads first, below the line above which they answer."""
    return [line for line in notice.text.splitlines() if line.strip()][1]


def all_but_version(ticket):
    return replace(ticket, version=0)


@pytest.mark.slow
@pytest.mark.parametrize("results", [FORGED, f"dkim=pass header.d=evil.example; {FORGED}", "dmarc=fail"])
@pytest.mark.parametrize("first", [PASS, P_NONE, MISSING])
def test_hazard_33_a_forged_follow_up_is_shown_as_such_and_changes_nothing(desk, first, results):
    write(desk, first, PROBLEM)
    before, promise = desk.ticket(), desk.promise()
    sent = follow_up(desk, results)
    assert all_but_version(desk.ticket()) == all_but_version(before)
    assert desk.promise() == promise
    assert outside(sent) == []
    assert [each.outgoing.name for each in sent] == ["followup", "followup"]
    for notice in sent:
        assert first_line(notice).startswith(WARNING["forged"])
        assert notice.header("From") == "Lumen Support <help@lumen.example>"
        assert preheader_in(str(notice.parsed.get_body(("html",)).get_content())).startswith("FORGED")
        assert "Canary-7" in notice.text
    assert desk.decisions[-1].messages[0].author is Author.STRANGER


@pytest.mark.parametrize("lifted", [P_NONE, ARC])
def test_hazard_33_a_lifted_failure_is_forged_where_this_customer_was_proven_before(desk, lifted):
    write(desk, PASS, PROBLEM)
    before = desk.ticket()
    sent = follow_up(desk, lifted)
    assert all_but_version(desk.ticket()) == all_but_version(before)
    assert outside(sent) == []
    assert all(first_line(notice).startswith(WARNING["forged"]) for notice in sent)
    assert desk.decisions[-1].messages[0].standing is SenderProof.FORGED


@pytest.mark.parametrize("lifted", [P_NONE, ARC])
@pytest.mark.parametrize("first", [P_NONE, ARC, MISSING])
def test_hazard_33_a_customer_who_never_proved_anything_is_heard_as_any_other(desk, first, lifted):
    write(desk, first, PROBLEM)
    assert "ack" in desk.names()
    sent = follow_up(desk, lifted)
    assert desk.ticket().priority == 1
    assert outside(sent) != []
    assert not any(word in notice.text for notice in sent for word in WARNING.values())


@pytest.mark.parametrize("results", UNSURE.values(), ids=UNSURE.keys())
def test_hazard_33_what_is_not_confirmed_joins_and_raises_nothing(desk, results):
    write(desk, PASS, PROBLEM)
    before, promise = desk.ticket(), desk.promise()
    sent = follow_up(desk, results)
    after = desk.ticket()
    assert (after.priority, after.urgency, after.state) == (before.priority, before.urgency, before.state)
    assert desk.promise() == promise
    assert outside(sent) == []
    assert [each.outgoing.name for each in sent] == ["followup", "followup"]
    assert all(first_line(notice).startswith(WARNING["unconfirmed"]) for notice in sent)
    assert all("Canary-7" in notice.text for notice in sent)


@pytest.mark.slow
@pytest.mark.parametrize("results", UNSURE.values(), ids=UNSURE.keys())
def test_hazard_33_what_is_not_confirmed_reopens_and_is_quoted_in_no_letter(desk, results):
    solved(desk)
    sent = follow_up(desk, results)
    assert desk.ticket().state is TicketState.OPEN
    assert desk.promise() is not None
    assert len(outside(sent)) == 1
    assert not any("Canary-7" in each.text or "Canary-7" in each.header("Subject") for each in outside(sent))
    notices = [each for each in sent if each.outgoing.kind is OutgoingKind.NOTICE]
    assert notices
    assert all(first_line(notice).startswith(WARNING["unconfirmed"]) for notice in notices)
    later = len(desk.sent)
    desk.pass_time(desk.clock.now() + timedelta(days=9))
    assert len(outside(desk.sent[later:])) > 0
    assert not any("Canary-7" in each.text for each in outside(desk.sent[later:]))


@pytest.mark.parametrize("results", [FORGED, P_NONE])
def test_hazard_33_what_is_forged_reopens_nothing(desk, results):
    solved(desk)
    before = desk.ticket()
    sent = follow_up(desk, results)
    assert all_but_version(desk.ticket()) == all_but_version(before)
    assert outside(sent) == []
    later = len(desk.sent)
    desk.pass_time(desk.clock.now() + timedelta(days=9))
    assert not any("Canary-7" in each.text for each in desk.sent[later:])


def solved(desk):
    """Ana's proven mail was answered and taken as solved by Mara."""
    write(desk, PASS, PROBLEM)
    desk.clock.at += minutes(10)
    told = desk.last("new", "mara")
    answer = mail(
        "Mara Lind <mara@lumen.example>",
        "/resolve\n\nIt is mended.",
        at=desk.clock.now(),
        to=told.reply_to,
        Authentication_Results=f"{SERVER}; dmarc=pass header.from=lumen.example",
    )
    desk.receive(answer)
    assert desk.ticket().state is TicketState.RESOLVED


@pytest.mark.parametrize("text", ["Thank you so much!", "Thanks, it works again."])
@pytest.mark.parametrize("results", [FORGED, P_NONE, MISSING])
def test_hazard_33_thanks_that_are_not_theirs_end_no_promise(desk, results, text):
    write(desk, PASS, PROBLEM)
    before = desk.ticket()
    sent = follow_up(desk, results, text)
    assert desk.ticket().tags == before.tags
    assert not any(each.outgoing.name == "thanked" for each in sent)
    assert all(first_line(notice).startswith(tuple(WARNING.values())) for notice in sent)


def test_hazard_33_the_message_id_of_a_forged_mail_leads_nowhere(desk):
    write(desk, PASS, PROBLEM)
    follow_up(desk, FORGED, message_id="yet-to-come@customer.example", References="<other-matter@customer.example>")
    ids = ("yet-to-come@customer.example", "other-matter@customer.example")
    assert desk.store.lookup(Keys(content_key="", sender=None, message_ids=ids), desk.clock.now()).refs == ()
    assert "yet-to-come@customer.example" not in desk.ticket().thread


def test_hazard_33_a_forged_mail_ties_no_two_tickets(desk):
    write(desk, PASS, PROBLEM, message_id="one@customer.example")
    write(desk, PASS, "How do I print an invoice for last year?", message_id="two@customer.example")
    both = "<one@customer.example> <two@customer.example>"
    for results in (FORGED, P_NONE, MISSING):
        follow_up(desk, results, References=both)
        assert {desk.ticket(number).number for number in (1, 2)} == {1, 2}
    follow_up(desk, PASS, References=both)
    assert {desk.ticket(number).number for number in (1, 2)} == {1}


def test_hazard_33_a_forged_mail_is_not_what_a_reminder_shows_as_their_last_word(desk):
    write(desk, PASS, PROBLEM)
    follow_up(desk, FORGED)
    later = len(desk.sent)
    desk.pass_time(desk.clock.now() + timedelta(days=2))
    reminders = [each for each in desk.sent[later:] if each.outgoing.name == "reminder"]
    assert reminders
    assert all("Canary-7" not in each.text and "tax is empty" in each.text for each in reminders)


def test_hazard_33_somebody_else_in_the_ticket_is_measured_by_their_own_mails(desk):
    """Bob never proved anything, whatever Ana did: he is no forger where his domain asks for nothing."""
    write(desk, PASS, PROBLEM, Cc=BOB)
    sent = follow_up(desk, P_NONE, sender=BOB)
    assert not any(word in notice.text for notice in sent for word in WARNING.values())
    sent = follow_up(desk, FORGED, sender=BOB)
    assert all(first_line(notice).startswith(WARNING["forged"]) for notice in sent)


def test_hazard_33_who_moves_to_a_server_without_signatures_is_heard_under_the_new_address(desk):
    write(desk, PASS, PROBLEM)
    sent = follow_up(desk, MISSING, sender="Ana Soto <ana@own-server.example>")
    assert not any(word in notice.text for notice in sent for word in WARNING.values())


def test_hazard_33_where_no_server_is_named_nothing_is_doubted():
    desk = SimulatedDesk()
    try:
        write(desk, PASS, PROBLEM)
        sent = follow_up(desk, FORGED)
        assert desk.ticket().priority == 1
        assert not any(word in notice.text for notice in sent for word in WARNING.values())
    finally:
        desk.close()


def test_hazard_33_an_agent_who_forwards_a_further_mail_vouches_for_it(desk):
    write(desk, PASS, PROBLEM, message_id="first@customer.example")
    desk.clock.at += minutes(20)
    before = len(desk.sent)
    text = (
        "---------- Forwarded message ---------\nFrom: Ana Soto <ana@customer.example>\n"
        "Date: Mon, 2 Mar 2026 at 09:10\nSubject: Re: [#1] Question\nTo: <mara@lumen.example>\n\n" + OUTAGE
    )
    raw = mail(
        "Mara Lind <mara@lumen.example>",
        text,
        at=desk.clock.now(),
        subject="Fwd: Re: [#1] Question",
        In_Reply_To="<first@customer.example>",
        Authentication_Results=f"{SERVER}; dmarc=pass header.from=lumen.example",
    )
    desk.receive(raw)
    assert not any(word in each.text for each in desk.sent[before:] for word in WARNING.values())


def test_hazard_33_a_reaction_that_is_not_confirmed_is_shown_and_thanks_nobody(desk):
    solved(desk)
    reaction = {"Content_Disposition": "reaction"}
    sent = follow_up(desk, FORGED, "\N{THUMBS UP SIGN}", **reaction)
    assert sent == []
    sent = follow_up(desk, MISSING, "\N{THUMBS UP SIGN}", **reaction)
    assert [each.outgoing.name for each in sent] == ["followup"] * len(sent)
    assert sent
    assert all(first_line(notice).startswith(WARNING["unconfirmed"]) for notice in sent)


@pytest.mark.parametrize(
    ("results", "said"), [(FORGED, "FORGED, not by ana@customer.example"), (MISSING, "wrote again (not confirmed)")]
)
def test_hazard_33_where_many_come_the_digest_says_it_of_each(desk, results, said):
    write(desk, PASS, PROBLEM)
    for number in range(9):
        follow_up(desk, results, f"{OUTAGE} {number}", after=0.1)
    desk.pass_time(desk.clock.now() + timedelta(minutes=15))
    digest = desk.last("digest")
    assert digest.text.count(said) == digest.text.count("Canary-7") > 0
