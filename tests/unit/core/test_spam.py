"""What our own server marks as spam waits in a heap until a person looks: which marks count, and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.actions import spam_heap
from mailbot.core.decide import take_in
from mailbot.core.intake.spam import untagged
from mailbot.core.model.known import Keys
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Mute, Silence
from mailbot.core.model.spam_marks import SpamMarks
from mailbot.core.model.ticket import LookFor, TicketState
from tests.simulation.simulated_desk import JOOST, MARA, MONDAY, SimulatedDesk

BODY = "Hello,\n\nmy lamp does not come on any more. What can I do?\n\nBea"
OURS = "Received: from mail.post.example (mail.post.example [192.0.2.7]) by mx1.lumen.example (Postfix) with ESMTPS; Mon, 02 Mar 2026 08:59:59 +0000"
STORE = "Received: from mx1.lumen.example by imap.lumen.example (Dovecot) with LMTP; Mon, 02 Mar 2026 08:59:59 +0000"
THEIRS = "Received: from desk7.post.example by mail.post.example (Postfix) with ESMTPA; Mon, 02 Mar 2026 08:59:58 +0000"
WRITTEN = (
    "From: Bea Holt <bea@post.example>",
    "To: help@lumen.example",
    "Message-ID: <{}@post.example>",
    "Date: Mon, 02 Mar 2026 09:00:00 +0100",
)


def raw_of(*above, subject="Lamp", below=(), number=1, body=BODY):
    head = [*above, *(line.format(number) for line in WRITTEN), f"Subject: {subject}", *below]
    return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", body]).encode()


@pytest.fixture
def desk():
    made = SimulatedDesk(start=MONDAY)
    yield made
    made.close()


def mark_of(desk, raw):
    found = take_in(raw, desk.setting, inbox="support", received_at=MONDAY).screening
    assert found.opens_ticket
    assert found.may_answer == (found.marked is None)
    return found.marked


@pytest.mark.slow
@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: YES", "x-spam-flag: yes", "X-Spam-Flag: true", "X-Spam-Status: Yes, score=8.1 required=5.0 tests=BAYES_99", "X-Spam: yes", "X-Spam: Yes",
        "X-MS-Exchange-Organization-SCL: 5", "X-MS-Exchange-Organization-SCL: 9", "X-Rspamd-Action: add header", "X-Rspamd-Action: rewrite subject",
        "X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;LANG:en;SCL:6;SRV:;IPV:NLI;SFV:SPM;", "X-Forefront-Antispam-Report: SCL:5;SFV:SPM",
        "X-Spamd-Result: default: True [17.20 / 15.00];\r\n BAYES_SPAM(5.1)", "X-Bogosity: Spam, tests=bogofilter", "X-DSPAM-Result: Spam",
        "X-MailScanner-SpamCheck: spam, SpamAssassin", "X-VR-SPAMSTATE: SPAM", "X-Barracuda-Spam-Status: Yes, SCORE=9", "X-Barracuda-Spam-Flag: YES", "X-Suspected-Spam: true", "X-SpamExperts-Class: spam",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["on top", "between", "at the end", "alone"])
def test_our_servers_mark_counts_wherever_it_stands(desk, header, place):
    raw = {
        "on top": raw_of(header, OURS, THEIRS),
        "between": raw_of(STORE, header, OURS, THEIRS),
        "at the end": raw_of(STORE, OURS, THEIRS, below=(header,)),
        "alone": raw_of(header),
    }[place]
    assert mark_of(desk, raw).code == "spam.header"


@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: NO", "X-Spam-Status: No, score=-1.2", "X-Spam: no", "X-MS-Exchange-Organization-SCL: -1", "X-MS-Exchange-Organization-SCL: 4",
        "X-MS-Exchange-Organization-SCL: 5 of 9", "X-Forefront-Antispam-Report: SCL:1;SFV:NSPM", "X-Forefront-Antispam-Report: xSCL:9;", "X-Rspamd-Action: no action",
        "X-Rspamd-Action: greylist", "X-Spamd-Result: default: False [1.20 / 15.00]", "X-Spam-Score: 12", "X-Spam-Level: *********", "X-Spam-Report: spam",
        "X-Spam-Status: ", "X-Spam-Flag: yesterday", "X-Bogosity: Ham", "X-Not-Spam-Flag: YES",
    ],
)  # fmt: skip
def test_what_is_no_mark_is_none(desk, header):
    assert mark_of(desk, raw_of(header, OURS, THEIRS)) is None


def test_a_claim_that_it_is_no_spam_changes_nothing(desk):
    assert mark_of(desk, raw_of("X-Spam-Flag: YES", OURS, "X-Spam-Flag: NO", THEIRS, below=("X-Spam-Flag: NO",)))
    assert mark_of(desk, raw_of(OURS, THEIRS, below=("X-Spam-Flag: NO", "X-Spam-Flag: YES")))
    assert mark_of(desk, raw_of("X-Spam: yes", OURS, below=("X-Spam-Status: No",)))


def test_the_mark_of_a_customers_own_server_is_not_ours(desk):
    assert mark_of(desk, raw_of(STORE, OURS, THEIRS, "X-Spam-Flag: YES")) is None
    assert mark_of(desk, raw_of(STORE, "X-Spam-Flag: NO", OURS, THEIRS, below=("X-Spam-Flag: YES",))) is None
    # a server of ours that is called otherwise is one where the admin says so
    other = THEIRS.replace("by mail.post.example", "by filter.host.example")
    assert mark_of(desk, raw_of(OURS, other, "X-Spam-Flag: YES")) is None
    marks = SpamMarks(hosts=frozenset({"host.example"}))
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, spam=marks))
    assert mark_of(desk, raw_of(OURS, other, "X-Spam-Flag: YES")) is not None


@pytest.mark.parametrize(
    "subject",
    [
        "[SPAM] Lamp",
        "[spam] Lamp",
        "***SPAM*** Lamp",
        "*****SPAM***** Lamp",
        "{Spam?} Lamp",
        "[Suspected Spam]Lamp",
        "*** SPAM *** Lamp",
        "[*SPAM*] Lamp",
        "[Spam-Verdacht] Lamp",
        "  [SPAM]  Lamp",
    ],
)
def test_a_tag_before_the_subject_of_a_first_mail_counts(desk, subject):
    assert mark_of(desk, raw_of(OURS, subject=subject)).code == "spam.subject"
    assert untagged(subject, SpamMarks()) == "Lamp"
    assert mark_of(desk, raw_of(OURS, "References: <x@y.example>", subject=subject)) is None


@pytest.mark.parametrize(
    "subject", ["Re: [SPAM] Lamp", "Why is it [SPAM]?", "Spam in my lamp", "spam", "Your mail went to SPAM"]
)
def test_a_word_in_a_subject_is_no_tag(desk, subject):
    assert mark_of(desk, raw_of(OURS, subject=subject)) is None


def test_nobody_is_written_to_and_the_leads_hear_of_all_of_it_in_the_morning(desk):
    for number in range(3):
        (decision,) = desk.receive(raw_of("X-Spam-Flag: YES", number=number, subject=f"Offer {number}"))
        assert decision.outcome == "opened"
    assert desk.sent == []
    assert (desk.ticket().state, desk.promise()) == (TicketState.SPAM, None)
    desk.pass_time(MONDAY + timedelta(hours=22))
    assert desk.sent == []
    desk.pass_time(MONDAY + timedelta(hours=24))
    (digest,) = desk.sent
    assert (digest.outgoing.name, digest.outgoing.to.address) == ("heap", MARA.addresses[0])
    assert [f"[{n + 1}] Bea Holt <bea@post.example>: Offer {n}" in digest.text for n in range(3)] == [True] * 3
    desk.pass_time(MONDAY + timedelta(days=9))
    assert desk.names() == ["heap"]


def test_what_many_spammers_write_is_no_surge_and_no_history(desk):
    desk.receive(raw_of("X-Spam-Flag: YES", body="The shop is down, nobody can order."))
    known = desk.store.lookup(Keys(content_key="x", sender="bea@post.example", alike_within=timedelta(days=1)), MONDAY)
    assert (known.recent_tickets, known.recent_trouble, known.alike, known.customer) == (0, 0, (), None)


def tapped(desk, number, line="/ham", agent=MARA):
    token = spam_heap._lines([desk.ticket(number)], agent, "support", desk.setting, f"heap:{line}")[0].tap
    to = token.partition("?")[0].removeprefix("mailto:").replace("%2B", "+")
    return (
        f"From: {agent.name} <{agent.addresses[0]}>\r\nTo: {to}\r\nSubject: [{number}] {line}\r\nMessage-ID: <tap{number}{line.strip('/')}@lumen.example>\r\n"
        f"Date: Tue, 03 Mar 2026 09:00:00 +0100\r\n\r\n{line}\r\n"
    ).encode()


def test_ham_brings_it_back_and_the_promise_counts_from_then(desk):
    desk.receive(raw_of("X-Spam-Flag: YES", subject="[SPAM] Lamp"))
    desk.pass_time(MONDAY + timedelta(hours=23))
    before = len(desk.sent)
    desk.receive(tapped(desk, 1))
    assert sorted(desk.names(before)) == ["ack", "new", "new"]
    assert desk.last("ack").outgoing.to.address == "bea@post.example"
    ticket, promise = desk.ticket(), desk.promise()
    assert (ticket.state, ticket.mute, ticket.subject) == (TicketState.OPEN, None, "Lamp")
    assert promise.made_at == desk.clock.now()
    assert promise.due > desk.clock.now()


def test_a_mail_that_is_a_day_old_is_not_acknowledged_and_waits_on_the_agents_page(desk):
    desk.receive(raw_of("X-Spam-Flag: YES"))
    desk.pass_time(MONDAY + timedelta(hours=25))
    before = len(desk.sent)
    desk.receive(tapped(desk, 1))
    assert set(desk.names(before)) == {"new"}
    assert desk.ticket().mute == Mute(Silence.PERSON, why("screen.too_old", hours=24))
    assert desk.ticket().look.kind is LookFor.REMIND_AGENTS


def test_words_to_the_customer_are_the_first_word(desk):
    desk.receive(raw_of("X-Spam-Flag: YES"))
    tap = tapped(desk, 1).decode()
    address = tap.partition("To: ")[2].partition("\r\n")[0]
    token = desk.setting.signer.read(address.partition("+")[2].partition("@")[0])
    typed = address.replace(
        address.partition("+")[2].partition("@")[0], desk.setting.signer.sign(replace(token, tap=False, nonce=""))
    )
    desk.receive(
        tap.replace(address, typed).replace("\r\n\r\n/ham", "\r\n\r\n/ham\r\n\r\nPlease send it in, Bea.").encode()
    )
    assert desk.names() == ["relay"]
    assert (desk.ticket().state, desk.ticket().mute, desk.ticket().answers) == (TicketState.OPEN, None, 1)


def test_what_is_no_spam_for_another_reason_unanswered_stays_unanswered(desk):
    desk.receive(raw_of("X-Spam-Flag: YES", "Precedence: bulk"))
    desk.receive(tapped(desk, 1))
    assert "ack" not in desk.names()
    assert (desk.ticket().state, desk.ticket().mute) == (
        TicketState.OPEN,
        Mute(Silence.LIST, why("screen.precedence", word="bulk")),
    )


def test_ham_elsewhere_is_refused_and_after_spam_it_opens_again(desk):
    desk.receive(raw_of(OURS))
    desk.receive(tapped(desk, 1))
    assert desk.names()[-1] == "refused"
    desk.receive(tapped(desk, 1, "/spam"))
    assert desk.ticket().state is TicketState.RESOLVED
    found = spam_heap.ham(desk.ticket(), desk.store.lookup(Keys(content_key="", sender=None, numbers=(1,), opening=True), desk.clock.now()), desk.setting, now=desk.clock.now(), fresh=desk.fresh)  # fmt: skip
    assert not isinstance(found, Reason)
    assert found.tickets[0].state is TicketState.OPEN
    assert [promise.state.value for promise in found.promises] == ["open"]


def follow_up(desk, *above, number=50, to=None, body="Is there any news?"):
    known = desk.last("ack").message_id if to is None else to
    return raw_of(*above, f"In-Reply-To: <{known}>", subject="Re: Lamp", number=number, body=body)


def test_a_marked_follow_up_of_an_open_ticket_is_shown_and_brings_no_letter(desk):
    desk.receive(raw_of(OURS))
    before, promise = len(desk.sent), desk.promise()
    (decision,) = desk.receive(follow_up(desk, "X-Spam-Flag: YES"))
    assert decision.outcome == "joined"
    assert set(desk.names(before)) == {"followup"}
    assert "marked it as spam" in desk.last("followup", JOOST.addresses[0]).text
    assert desk.promise() == promise


def test_a_further_mail_without_a_mark_takes_the_ticket_out_of_the_heap(desk):
    desk.receive(raw_of("X-Spam-Flag: YES"))
    desk.receive(follow_up(desk, "X-Spam-Flag: YES", to="1@post.example"))
    assert (desk.sent, desk.ticket().state) == ([], TicketState.SPAM)
    desk.receive(follow_up(desk, OURS, to="1@post.example", number=51))
    assert (desk.ticket().state, desk.ticket().mute) == (TicketState.OPEN, None)
    assert desk.promise() is not None
    assert {"followup", "update"} <= set(desk.names())


def test_an_agents_marked_answer_goes_out(desk):
    desk.receive(raw_of(OURS))
    reply = desk.last("new", MARA.addresses[0]).reply_to
    desk.receive(
        f"X-Spam-Flag: YES\r\nFrom: Mara Lind <mara@lumen.example>\r\nTo: {reply}\r\nSubject: Re: [1] Lamp\r\nMessage-ID: <a1@lumen.example>\r\n"
        "Date: Mon, 02 Mar 2026 10:00:00 +0100\r\n\r\nPlease turn the switch at the back.\r\n".encode()
    )  # fmt: skip
    assert desk.names()[-1] == "relay"


@pytest.mark.slow
def test_two_hundred_are_one_digest_with_fifty_lines(desk):
    for number in range(120):
        desk.receive(raw_of("X-Spam-Flag: YES", number=number, subject=f"Offer {number}"))
    desk.pass_time(MONDAY + timedelta(days=1, hours=1))
    (digest,) = desk.sent
    assert digest.outgoing.fields["count"] == 120
    assert len(digest.outgoing.fields["lines"]) == spam_heap.SHOWN
    assert "There are 70 more." in digest.text


def test_what_is_brought_back_is_not_proven_by_that(desk):
    desk.receive(raw_of("X-Spam-Flag: YES", subject="[SPAM] Win at https://evil.example"))
    desk.receive(tapped(desk, 1))
    ack = desk.last("ack")
    assert "evil" not in ack.raw.decode() + ack.text
    assert "lamp" not in ack.text
    assert ack.header("Subject") == "Re: your message [1]"
