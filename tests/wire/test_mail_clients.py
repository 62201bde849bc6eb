"""A whole ticket from real mail programs on real servers: swaks writes, two agents answer in NeoMutt and collide."""

from __future__ import annotations

import re
from email.utils import parseaddr

import pytest

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState
from tests.servers.mailclients import NeoMutt, swaks
from tests.wire.daemon import BEN, DESK, MIA, ids, new_site, parsed, text_of, wait_until

pytestmark = pytest.mark.slow

ANA = ("Ana Soto", "ana@customer.example")
FIRST = "<export-broken@customer.example>"
PROBLEM = "Hello,\n\nthe CSV export is broken since today: the column with the tax is empty.\n\nAna Soto"
BENS = "Hello Ana,\n\nI can see the empty column as well, and have found the change that did it.\n\nBen"
MIAS = "Hello Ana,\n\nyou can take the file of the accounting page meanwhile, it has the column.\n\nMia"
SOLVED = "/resolve\n\nHello Ana,\n\nthe column is back. Sorry for the trouble.\n\nBen"
SECOND_AGENT = '\n[[agent]]\nid = "mia"\nname = "Mia Sand"\naddresses = ["mia@desk.example"]\ngroups = ["support"]\n'


@pytest.fixture
def site(mailstack, tmp_path):
    for _, address in (("", DESK), BEN, MIA, ANA):
        mailstack.empty(address)
    with new_site(tmp_path / "site", few_rules=True) as made:
        made.configure(
            host="localhost",
            smtp=mailstack.submission,
            smtp_security="starttls",
            imap=mailstack.imaps,
            imap_security="tls",
            ca_file=mailstack.ca_file,
        )
        with (made.folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write(SECOND_AGENT)
        yield made


@pytest.fixture
def agents(mailclients, mailstack, tmp_path):
    both = NeoMutt(tmp_path / "ben", mailstack, BEN), NeoMutt(tmp_path / "mia", mailstack, MIA)
    yield both
    for one in both:
        one.end()


def numbered(mailstack, who, words):
    """The number in their mailbox of the newest mail with these words in it, and that mail, once it is there."""

    def found():
        mails = [parsed(raw) for raw in mailstack.mailbox(who[1])]
        return next(((n, mail) for n, mail in reversed([*enumerate(mails, 1)]) if words in text_of(mail)), None)

    return wait_until(found, f"no mail to {who[0]} with {words!r}")


def test_two_agents_collide_in_a_ticket_of_real_mail_programs(agents, site, mailstack):
    ben, mia = agents
    daemon = site.start()

    # The customer writes, and hears from the desk; both agents have the notice.
    swaks(mailstack, ANA, DESK, "CSV export is broken", PROBLEM, Message_Id=FIRST)
    (ack,) = [parsed(raw) for raw in mailstack.wait_for(ANA[1], 1)]
    assert ids(ack["In-Reply-To"]) == [FIRST]
    of_ben, notice = numbered(mailstack, BEN, "the column with the tax is empty")
    of_mia, _ = numbered(mailstack, MIA, "the column with the tax is empty")

    # Mia begins to answer it; while she writes, Ben answers it, and the customer has his words and nothing else of his.
    mia.begin_reply(of_mia, MIAS, wait=True)
    wait_until(mia.is_writing, "Mia's editor does not open")
    ben.reply(of_ben, BENS)
    relay_raw = mailstack.wait_for(ANA[1], 2)[1]
    relay = parsed(relay_raw)
    assert text_of(relay).startswith(BENS.partition("\n\nBen")[0])
    assert parseaddr(str(relay["From"])) == ("Ben Ortiz, Desk Support", DESK)
    for hidden in (b"NeoMutt", b"##^^##", b"wrote:", BEN[1].encode(), parseaddr(str(notice["Reply-To"]))[1].encode()):
        assert hidden not in relay_raw, hidden

    # What NeoMutt sent is the answer that a person sends: in the thread of the notice, which it quotes with its mark.
    (sent,) = [parsed(raw) for raw in mailstack.mailbox(BEN[1], "Sent")]
    assert ids(sent["In-Reply-To"]) == [str(notice["Message-ID"])]
    assert str(notice["Message-ID"]) in ids(sent["References"])
    assert parseaddr(str(sent["To"]))[1] == parseaddr(str(notice["Reply-To"]))[1]
    assert re.search(r"^> ##\^\^##", text_of(sent), re.MULTILINE)
    assert "NeoMutt" in str(sent["User-Agent"])

    # Mia sends hers, which is held: she sees Ben's words, and hers still go to nobody.
    mia.finish()
    _, held = numbered(mailstack, MIA, "accounting page meanwhile")
    assert "have found the change that did it" in text_of(held)
    wait_until(site.quiet, "something is left to be sent")
    assert len(mailstack.mailbox(ANA[1])) == 2

    # One tap sends them as they were.
    link = re.search(r"<(mailto:[^>]*body=%2Fsend[^>]*)>", text_of(held))
    assert link is not None, text_of(held)
    mia.tap(link[1])
    second_raw = mailstack.wait_for(ANA[1], 3)[2]
    second = parsed(second_raw)
    assert text_of(second).startswith(MIAS.partition("\n\nMia")[0])
    assert parseaddr(str(second["From"])) == ("Mia Sand, Desk Support", DESK)
    for hidden in (b"NeoMutt", b"##^^##", b"/send", b"wrote:", MIA[1].encode(), b"have found the change"):
        assert hidden not in second_raw, hidden

    _, heard = numbered(mailstack, BEN, "Mia Sand answered Ana Soto")
    assert parseaddr(str(heard["From"]))[0] == "Team note (Desk Support)"

    # The customer answers with the quote that their program makes, and Ben, who has the ticket, reads the new words alone.
    quote = "\n".join(f"> {line}".rstrip() for line in text_of(second).splitlines())
    answer = f"Thank you both, the file helps. Is the export mended as well?\n\nOn Monday, Mia Sand wrote:\n{quote}"
    references = f"{second['References']} {second['Message-ID']}"
    again = {"In_Reply_To": str(second["Message-ID"]), "References": references, "Message_Id": "<q@customer.example>"}
    to = parseaddr(str(second["Reply-To"]))[1]
    swaks(mailstack, ANA, to, f"Re: {second['Subject']}", answer, **again)
    nth, followup = numbered(mailstack, BEN, "Is the export mended as well?")
    theirs = [line for line in text_of(followup).splitlines() if line.startswith("> ")]
    assert theirs == ["> Thank you both, the file helps. Is the export mended as well?"]

    # `/resolve` ends it.
    ben.reply(nth, SOLVED)
    last = parsed(mailstack.wait_for(ANA[1], 4)[3])
    assert "the column is back" in text_of(last)
    assert "/resolve" not in text_of(last)
    wait_until(site.quiet, "something is left to be sent")
    [ticket] = site.tickets()
    page = site.page(ticket.number)
    assert page.ticket.state is TicketState.RESOLVED
    assert [p for p in page.promises if p.state is PromiseState.OPEN] == []
    authors = [m.author for m in page.messages if not m.internal]
    assert authors == [Author.CUSTOMER, Author.AGENT, Author.AGENT, Author.CUSTOMER, Author.AGENT]
    assert {row.state for row in site.outbox()} == {OutboxState.SENT}

    # The customer has one thread: each mail of the desk answers one of theirs or of ours, and leads back to the first.
    mails = [parsed(raw) for raw in mailstack.mailbox(ANA[1])]
    known = {FIRST, "<q@customer.example>", *(str(mail["Message-ID"]) for mail in mails)}
    assert len(mails) == 4
    for mail in mails:
        assert ids(mail["References"])[0] == FIRST
        assert set(ids(mail["References"])) | set(ids(mail["In-Reply-To"])) <= known
        assert str(mail["Subject"]).removeprefix("Re: ").startswith("CSV export is broken")
    assert daemon.terminate()[0] == 0
