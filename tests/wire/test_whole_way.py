"""The whole way of a mail with real servers: Postfix, Dovecot, the daemon as a process, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
import smtplib
from email.utils import parseaddr

import pytest

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import TicketState
from tests.wire.daemon import BEN, BILLING, DESK, MIA, ids, letter, new_site, parsed, reply, text_of, wait_until

ANA = ("Ana Soto", "ana@customer.example")
JOE = ("Joe Park", "joe@customer.example")
GONE = ("Pat O'Neil", "pat.o'neil@customer.example")  # Postfix takes it, and Dovecot then refuses the apostrophe
REFUSED = ("Kit Lund", "refused@customer.example")
PROBLEM = "Hello,\n\nthe CSV export is broken since today: the column with the tax is empty.\n\nAna Soto\n"
ANSWER = "Hello Ana,\n\nI can see the empty column as well, and have found the change that did it.\n\nBen"


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request):
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.drop(url)


@pytest.fixture
def site(mailstack, store_url, tmp_path):
    for _, address in (("", DESK), ("", BILLING), BEN, MIA, ANA, JOE):
        mailstack.empty(address)
    with new_site(tmp_path / "site", store_url) as made:
        made.configure(
            host="localhost",
            smtp=mailstack.submission,
            smtp_security="starttls",
            imap=mailstack.imaps,
            imap_security="tls",
            ca_file=mailstack.ca_file,
        )
        yield made


@pytest.fixture
def submit(mailstack):
    def submit(sender, to, raw):
        with smtplib.SMTP(mailstack.host, mailstack.smtp, timeout=60) as smtp:
            smtp.sendmail(sender[1], [to], raw)

    return submit


def test_from_the_customers_first_mail_to_the_last(site, mailstack, submit):
    daemon = site.start()

    # The customer writes, and hears from the desk.
    written = letter(ANA, DESK, "CSV export is broken", PROBLEM)
    first = str(parsed(written)["Message-ID"])
    submit(ANA, DESK, written)
    (raw,) = mailstack.wait_for(ANA[1], 1)
    ack = parsed(raw)
    assert ids(ack["In-Reply-To"]) == [first]
    assert first in ids(ack["References"])
    assert ack["Auto-Submitted"] == "auto-replied"
    assert str(ack["From"]) == f"Desk Support <{DESK}>"
    assert re.fullmatch(r"<support\+b[0-9a-z-]+@desk\.example>", ack["Return-Path"])
    [ticket] = site.tickets()
    assert (ticket.requester.address, ticket.state, ticket.priority) == (ANA[1], TicketState.OPEN, 3)
    [promise] = site.page(ticket.number).promises
    assert f"{promise.due:%H:%M}" in text_of(ack)

    # The agent has a notice, and answers it as a mail client does.
    (notice,) = mailstack.wait_for(BEN[1], 1)
    assert "the column with the tax is empty" in text_of(parsed(notice))
    to, answer = reply(
        BEN, notice, ANSWER, User_Agent="BenClient/9", X_Originating_IP="[10.1.2.3]", Organization="Hidden House"
    )
    assert re.fullmatch(r"support\+a[0-9a-z-]+@desk\.example", to)
    submit(BEN, to, answer)

    # The customer gets the agent's words, in the thread, and nothing else of the agent's.
    relay_raw = mailstack.wait_for(ANA[1], 2)[1]
    relay = parsed(relay_raw)
    words = text_of(relay)
    assert words.startswith(ANSWER.partition("\n\nBen")[0])
    assert first in ids(relay["References"])
    assert ids(relay["In-Reply-To"])[0] in [first, str(ack["Message-ID"])]
    assert "Auto-Submitted" not in relay
    assert parseaddr(str(relay["From"])) == ("Ben Ortiz, Desk Support", DESK)
    page = site.page(ticket.number)
    [kept] = [p for p in page.promises if p.state is PromiseState.KEPT]
    [following] = [p for p in page.promises if p.state is PromiseState.OPEN]
    assert kept.id == promise.id
    own = words.partition("\n-- ")[0].strip().splitlines()
    assert f"{following.due:%H:%M}" in own[-1], words
    for hidden in (b"BenClient", b"10.1.2.3", b"Hidden House", BEN[1].encode(), b"wrote:", to.encode(), b"/promise"):
        assert hidden not in relay_raw, hidden
    assert not re.search(r"^>", words, re.MULTILINE)

    # The customer answers to the desk's plus address, which Postfix and Dovecot bring to the inbox.
    to, question = reply(ANA, relay_raw, "When will the column be back?")
    assert re.fullmatch(r"support\+c[0-9a-z-]+@desk\.example", to)
    submit(ANA, to, question)
    followup = mailstack.wait_for(BEN[1], 2)[1]
    assert "When will the column be back?" in text_of(parsed(followup))
    assert len(site.tickets()) == 1

    # The agent resolves.
    to, answer = reply(BEN, followup, "/resolve\n\nHello Ana,\n\nthe column is back. Sorry for the trouble.\n\nBen")
    submit(BEN, to, answer)
    last = parsed(mailstack.wait_for(ANA[1], 3)[2])
    assert "the column is back" in text_of(last)
    assert "/resolve" not in text_of(last)
    assert ids(last["In-Reply-To"]) == [str(parsed(question)["Message-ID"])]
    assert ids(last["References"])[0] == first
    page = site.page(ticket.number)
    assert page.ticket.state is TicketState.RESOLVED
    assert [p for p in page.promises if p.state is PromiseState.OPEN] == []
    authors = [m.author for m in page.messages if not m.internal]
    assert authors == [Author.CUSTOMER, Author.AGENT, Author.CUSTOMER, Author.AGENT]
    wait_until(site.quiet, "something is left to be sent")
    assert {row.state for row in site.outbox()} == {OutboxState.SENT}
    assert daemon.terminate()[0] == 0
    assert len(mailstack.mailbox(ANA[1])) == 3


def test_what_comes_back_and_what_is_refused_is_told_to_the_agent(site, mailstack, submit):
    daemon = site.start()
    submit(JOE, DESK, letter(GONE, DESK, "My invoice is wrong", "Hi, the invoice shows a wrong address.\n\nPat\n"))
    submit(JOE, DESK, letter(REFUSED, DESK, "Another invoice is wrong", "Hi, mine shows a wrong sum.\n\nKit\n"))
    mails = [parsed(raw) for raw in mailstack.wait_for(BEN[1], 4)]
    pages = [m.get_body(("html",)).get_content() for m in mails]
    told = [page for page in pages if "Not delivered to" in page]
    assert len(told) == 2
    pat, kit = (next(t for t in site.tickets() if t.requester.address == who[1]) for who in (GONE, REFUSED))

    # Postfix took the ack for one, and sent it back to the signed address on its envelope.
    page = site.page(pat.number)
    [report] = [m for m in page.messages if m.author is Author.MACHINE]
    assert re.fullmatch(r"support\+b[0-9a-z-]+@desk\.example", report.to[0])
    assert is_kind(page.ticket.mute, Silence.UNDELIVERABLE)
    assert [p.state for p in page.promises] == [PromiseState.REPLACED]
    assert any(GONE[1] in page for page in told)

    # It refused the ack for the other at once.
    [refused] = [row for row in site.outbox() if row.state is OutboxState.FAILED]
    assert (refused.outgoing.ticket, refused.outgoing.key) == (kit.number, f"ack:{kit.number}")
    assert "550 5.1.1" in refused.last_reply
    assert any(REFUSED[1] in page for page in told)
    wait_until(site.quiet, "something is left to be sent")
    assert daemon.terminate()[0] == 0
    # The desk answered nothing to the delivery report, and asks each agent once.
    assert len(mailstack.mailbox(BEN[1])) == 4


def test_a_server_with_another_certificate_is_not_talked_to(site, mailstack, submit):
    site.configure(
        host="localhost", smtp=mailstack.submission, smtp_security="starttls", imap=mailstack.imaps, imap_security="tls"
    )
    daemon = site.start(watching=False)
    [line] = daemon.wait_for("inbox", state="refused")
    assert "certificate is not trusted" in line["reason"]
    assert daemon.terminate()[0] == 0
