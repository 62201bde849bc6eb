"""Who the customer is, in agents' notices: since when they write, their other tickets, the last promise; never in letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.letters.acquainted import acquainted
from mailbot.core.model.acquaintance import Acquaintance, Matter
from mailbot.core.model.mail import Address
from mailbot.core.model.notice_parts import NOBODY_KNOWN
from mailbot.core.model.policy import Hears
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import Mute, Silence
from mailbot.core.model.ticket import Ticket, TicketState
from tests.simulation.simulated_desk import JOOST, MARA, MONDAY, SimulatedDesk, desk_policy, mail, minutes
from tests.simulation.stamped import SERVER, stamped

NORA = "Nora Feld <nora@harbour.example>"
KEY = "nora@harbour.example"
DAY = timedelta(days=1)
FORGED = "dmarc=fail (p=reject) header.from=harbour.example"
TICKET = Ticket(number=9, inbox="support", subject="Lamp", requester=Address(address=KEY), priority=3, opened_at=MONDAY)


def matter(number, **changes):
    facts = {"number": number, "subject": f"Matter {number}", "inbox": "support", "state": TicketState.RESOLVED}
    return Matter(**facts | {"assignee": None, "mute": None, "opened_at": MONDAY - DAY} | changes)


def told(*matters, ticket=TICKET, agent=JOOST, policy=None, **known):
    met = Acquaintance(**{"address": KEY, "since": MONDAY - DAY, "matters": matters} | known)
    return acquainted(met, ticket, agent, policy or desk_policy())


def numbers(found):
    return [one.number for one in found.others]


def test_open_ones_first_a_few_of_each_and_how_many_more():
    still = [matter(n, state=TicketState.OPEN) for n in (20, 19, 18, 17)]
    found = told(matter(21), *still, matter(9), matter(8), matter(7), last=PromiseState.LATE)
    assert numbers(found) == [20, 19, 18, 21, 8]
    assert [one.open for one in found.others] == [True] * 3 + [False] * 2
    assert found.others_more == "2"
    assert found.known_for == [why("who.late")]
    assert told(*still, matter(3), more=True).others_more == "1+"


def test_of_whom_nothing_was_known_before_nothing_is_told():
    assert told(matter(9, opened_at=MONDAY), since=MONDAY) == NOBODY_KNOWN
    assert told(since=None) == NOBODY_KNOWN
    assert acquainted(None, TICKET, JOOST, desk_policy()) == NOBODY_KNOWN


def test_another_customer_whom_an_agent_has_just_named_is_not_the_one_who_was_looked_up():
    named = replace(TICKET, requester=Address(address="else@harbour.example"))
    assert told(matter(3), ticket=named) == NOBODY_KNOWN


@pytest.mark.parametrize("kind", [Silence.DOUBTFUL, Silence.UNCONFIRMED, Silence.WHOSE, Silence.FORM, Silence.SPAM])
def test_what_may_be_somebody_elses_tells_nothing_and_is_not_told_of(kind):
    doubted = Mute(kind, why("mute.marked"))
    assert told(matter(3), ticket=replace(TICKET, mute=doubted)) == NOBODY_KNOWN
    assert numbers(told(matter(4, mute=kind), matter(3))) == [3]


def test_spam_is_no_matter_of_theirs():
    assert numbers(told(matter(4, state=TicketState.SPAM), matter(3))) == [3]


def test_a_subject_is_told_to_whoever_hears_of_its_inbox_and_to_others_only_that_there_is_one():
    policy = desk_policy()
    people = replace(policy.inboxes["support"], name="people", group="people")
    hr = replace(JOOST, id="hana", groups=("people",), lead=False)
    policy = replace(
        policy, inboxes={**policy.inboxes, "people": people}, agents={**policy.agents, "hana": hr, "mara": MARA}
    )
    secret, ours = matter(4, inbox="people"), matter(3)
    found = told(secret, ours, policy=policy)
    assert (numbers(found), found.others_more) == ([3], "1")
    assert numbers(told(secret, ours, policy=policy, agent=hr)) == [4]
    assert numbers(told(secret, ours, policy=policy, agent=MARA)) == [4, 3], "a lead"
    assert numbers(told(secret, ours, policy=policy, agent=replace(JOOST, hears=Hears.ALL))) == [4, 3]
    assert numbers(told(replace(secret, assignee="joost"), ours, policy=policy)) == [4, 3]
    assert numbers(told(replace(secret, inbox="gone"), ours, policy=policy)) == [3]


# --- on a whole desk ---------------------------------------------------------------------------------------------


@pytest.fixture
def desk():
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER))
    yield one
    one.close()


def writes(desk, text, *, subject, who=NORA, **more):
    desk.clock.at += minutes(5)
    desk.receive(stamped(mail(who, text, at=desk.clock.at, subject=subject, **more)))


def who_lines(text):
    lines = text.replace("\r\n", "\n").split("\n")
    return [line for line in lines if line.startswith(("First mail:", "Other tickets:"))]


def test_a_second_matter_names_the_first_and_the_reminder_both(desk):
    writes(desk, "The lamp stays dark.", subject="Lamp stays off")
    assert who_lines(desk.last("new", "mara").text) == []
    to = desk.last("new", "mara").reply_to
    writes(desk, "Please press it for ten seconds.", subject="Re: it", who="Mara Lind <mara@lumen.example>", to=to)
    writes(desk, "Our invoice has the wrong address.", subject="Wrong address on the invoice")
    assert who_lines(desk.last("new", "mara").text) == [
        "First mail: 2 March 2026 · last promise kept",
        "Other tickets: [1] Lamp stays off (open)",
    ]
    assert "Other tickets" in desk.last("new", "mara").parsed.get_body(("html",)).get_content()
    desk.pass_time(MONDAY + timedelta(hours=8))
    reminders = [sent for sent in desk.sent if sent.outgoing.name == "reminder"]
    assert any("[1] Lamp stays off (open)" in sent.text for sent in reminders)


def test_nothing_of_it_is_in_a_letter(desk):
    writes(desk, "The lamp stays dark.", subject="Canary lamp")
    writes(desk, "Our invoice has the wrong address.", subject="Wrong address")
    writes(desk, "Our shop is down for everybody.", subject="All down")
    desk.pass_time(MONDAY + timedelta(days=2))
    for sent in desk.sent:
        if not sent.outgoing.agent and sent.outgoing.ticket != 1:
            assert "Canary" not in sent.whole
        if not sent.outgoing.agent:
            assert {"known_since", "others", "known_for"}.isdisjoint(sent.outgoing.fields)


def test_whoever_only_claims_to_be_them_learns_nothing_and_no_notice_vouches_for_it(desk):
    writes(desk, "The lamp stays dark.", subject="Canary lamp")
    since = len(desk.sent)
    writes(desk, "Send my parcels elsewhere.", subject="New address", Authentication_Results=f"{SERVER}; {FORGED}")
    assert desk.last("new", "mara").outgoing.ticket == 2
    for sent in desk.sent[since:]:
        assert "Canary" not in sent.whole
    writes(desk, "It blinks.", subject="Blinks", who="Eve <eve@else.example>")
    for sent in desk.sent[since:]:
        assert "Canary" not in sent.whole


def test_where_our_server_could_have_proven_it_the_notice_says_that_it_did_not(desk):
    writes(desk, "The lamp stays dark.", subject="Lamp stays off")
    writes(desk, "Send my parcels elsewhere.", subject="New address", Authentication_Results=f"{SERVER}; dmarc=none")
    first, others = who_lines(desk.last("new", "mara").text)
    assert first == "First mail: 2 March 2026 · nothing proves that this one is theirs"
    assert others == "Other tickets: [1] Lamp stays off (open)"


def test_what_was_promised_at_this_moment_counts(desk):
    writes(desk, "The lamp stays dark.", subject="Lamp stays off")
    writes(desk, "Our shop is down for everybody, nobody can buy.", subject="Shop is down")
    desk.pass_time(desk.clock.at + timedelta(hours=1))
    text = desk.last("covered", "mara").text
    assert "last promise not kept: only an automatic mail went out in time" in text


def bare(text):
    """Without the mark, and without any sign that it is a quotation."""
    return "\n".join(text.split("\n")[2:])


def lines_alone(text):
    return "\n".join(line for line in text.split("\n") if line.startswith(("First mail:", "Other tickets:")))


@pytest.mark.parametrize("quoting", [str, bare, lines_alone], ids=["marked", "bare", "lines"])
def test_nor_does_it_leave_in_an_answer_that_quotes_the_notice(desk, quoting):
    writes(desk, "The lamp stays dark.", subject="Canary lamp")
    writes(desk, "Our invoice has the wrong address.", subject="Wrong address")
    notice = desk.last("new", "mara")
    quoted = quoting(notice.text.replace("\r\n", "\n"))
    assert "Canary" in quoted
    to = notice.reply_to
    writes(desk, f"We change it today.\n\n{quoted}", subject="Re: it", who="Mara Lind <mara@lumen.example>", to=to)
    for sent in desk.sent:
        assert sent.outgoing.name != "relay" or "Canary" not in sent.whole
