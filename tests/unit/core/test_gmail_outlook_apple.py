"""Whoever writes with Gmail, Outlook or Apple's Mail, in whatever language: their words arrive whole, and nothing of what they quote."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from urllib.parse import unquote, urlsplit

import pytest

from mailbot.core.intake.quotes.lines import is_sent_from
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk
from tests.simulation.simulated_desk import mail as plain_mail
from tests.unit.core.gmail_outlook_apple import CLIENTS, PHONES
from tests.unit.core.thunderbird_samsung import PEOPLE, Reply, mail

#: What the phones' Outlook and Apple's Mail write below a mail in other versions of theirs.
ALSO = (
    "Get Outlook for Mac", "Outlook für Android beziehen", "Holen Sie sich Outlook für iOS", "Obtenez Outlook pour iOS",
    "Obtenga Outlook para iOS", "Ottieni Outlook per iOS", "Download Outlook voor iOS", "Uzyskaj aplikację Outlook dla systemu iOS",
    "Obtenha o Outlook para iOS", "Baixe o Outlook para iOS", "Outlook for iOS を入手する", "احصل على Outlook for iOS",
    "Envoyé de mon iPad", "Inviato dal mio iPhone", "Enviado do meu iPad", "Wysłane z iPada", "Von meinem iPad gesendet", "iPadから送信",
)  # fmt: skip
NORA, MARA = "Nora Feld <nora@feld.example>", "Mara Lind <mara@lumen.example>"
ASKED = "Pump 7 leaks since Monday.\n\nWho can come, and when?"
WORDS = (
    "Hello Nora,\n\nour fitter has a new seal for pump 7 with him, and he rings you half an hour before he is at your gate.\n\n"
    "Please close valve 3 until then:\n- turn it to the right\n- wait for the click"
)
THEIRS = "He came, thank you, but pump 7 leaks again below the flange.\n\nMay I go on using it?"
NEVER = ["##^^##", "/note", "/p 2", "P3", "nobody has it", "mailto:", "Who can come", "wrote:", *PEOPLE[1:], *PHONES]

pytestmark = pytest.mark.slow


@pytest.fixture
def desk():
    made = SimulatedDesk()
    made.receive(plain_mail(NORA, ASKED, at=MONDAY, subject="Pump 7"))
    yield made
    made.close()


def answers(desk, client, words, *, of="new", key="a"):
    notice = desk.last(of, "mara")
    subject = f"Re: {notice.header('Subject')}"
    reply = CLIENTS[client](words, notice)
    return desk.receive(mail(reply, sender=MARA, to=notice.reply_to, subject=subject, of=notice, key=key))[-1]


def told(desk, since):
    """What went to the customer."""
    return [sent for sent in desk.sent[since:] if sent.outgoing.kind is not OutgoingKind.NOTICE]


def own_words(letter):
    """What the agent says in a relay: above the desk's rule and foot."""
    return re.split(r"\n+(?:· · ·|-- )\n", letter.text.replace("\r\n", "\n"))[0].split()


@pytest.mark.parametrize("client", CLIENTS)
def test_an_agents_words_go_out_whole_and_nothing_that_they_quote(desk, client):
    notice, since = desk.last("new", "mara"), len(desk.sent)
    decision = answers(desk, client, WORDS)
    assert decision.outcome == "relayed", decision
    (relay,) = told(desk, since)
    assert own_words(relay) in (WORDS.split(), f"{WORDS} Mara Lind".split())
    for never in (*NEVER, notice.reply_to):
        assert never not in relay.whole, never


@pytest.mark.parametrize("client", CLIENTS)
def test_a_note_stays_inside_and_a_line_is_done(desk, client):
    joosts = desk.last("new", "joost")
    desk.receive(plain_mail("Joost Baker <joost@lumen.example>", "/take", at=MONDAY, to=joosts.reply_to))
    since = len(desk.sent)
    decision = answers(desk, client, "/note she rang as well,\nand was in a hurry")
    assert decision.outcome == "noted", decision
    assert told(desk, since) == []
    said = desk.last("note", "joost").text.replace("\r\n", "\n")
    assert (
        said.partition("Note by Mara Lind: ")[2].partition("\n\nWrite to")[0] == "she rang as well,\nand was in a hurry"
    )
    since = len(desk.sent)
    assert answers(desk, client, f"/resolve\n\n{WORDS}", key="b").outcome == "relayed"
    assert desk.ticket().state is TicketState.RESOLVED
    relay = told(desk, since)[0]
    assert "/resolve" not in relay.whole
    assert "in a hurry" not in relay.whole
    assert own_words(relay)[: len(WORDS.split())] == WORDS.split()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_tap_does_what_it_says_with_the_signature_that_the_client_adds(desk, client):
    since = len(desk.sent)
    for link in re.findall(r"<(mailto:[^>]+)>", desk.last("new", "mara").text):
        parts = urlsplit(link)
        fields = {name: unquote(value) for name, value in (one.split("=", 1) for one in parts.query.split("&"))}
        if fields["body"] == "/take":
            raw = mail(
                CLIENTS[client]("/take", None), sender=MARA, to=unquote(parts.path), subject=fields["subject"], key="t"
            )
            assert desk.receive(raw)[-1].outcome == "done"
    assert desk.ticket().assignee == "mara"
    assert told(desk, since) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_quote_and_a_signature_alone_tell_the_customer_nothing(desk, client):
    since = len(desk.sent)
    answers(desk, client, "")
    assert told(desk, since) == []


@pytest.mark.parametrize("line", [*PHONES, *ALSO])
def test_the_line_of_a_phone_is_known(line):
    assert is_sent_from(line, after_blank=True)
    assert is_sent_from(f"{line}<https://aka.ms/o0ukef>", after_blank=True)


ANSWERED = {"Pump 7 leaks since Monday.": "Close valve 3, please.", "Who can come, and when?": "Our fitter, at noon."}
#: What each editor makes of an answer typed within the quote: Gmail and Mail end the quotes and begin them again.
BETWEEN = {
    "gmail, en": '</blockquote></blockquote><div><br></div><div>{}</div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
    '0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><blockquote style="margin: 0 0 16px;">',
    "apple on a Mac, HTML alone": '</blockquote></blockquote><div><br></div><div>{}</div><br><blockquote type="cite"><blockquote>',
    "iphone, de, HTML": '</blockquote></blockquote><div>{}</div><br><blockquote type="cite"><div dir="ltr"><blockquote>',
    "outlook on the web, en": '<div class="elementToProof" style="color: rgb(200, 38, 19);">{}</div>',
    "outlook for Windows, en": '<p class="MsoNormal"><span style="color:red">{}<o:p></o:p></span></p>',
}


@pytest.mark.parametrize("client", BETWEEN)
def test_answers_between_their_lines_go_out_or_are_asked_about_and_are_never_dropped(desk, client):
    notice, since = desk.last("new", "mara"), len(desk.sent)
    html = CLIENTS[client]("", notice).html
    for line, answer in ANSWERED.items():
        before, found, behind = html.rpartition(line)  # the first is the hidden line at the top
        assert found
        html = before + line + BETWEEN[client].format(answer) + behind
    raw = mail(Reply(html=html), sender=MARA, to=notice.reply_to, subject="Re: Pump 7 [1]", of=notice)
    decision = desk.receive(raw)[-1]
    if decision.outcome == "held":
        asked = desk.last("ask", "mara").text
        assert all(answer in asked for answer in ANSWERED.values())
        assert tap(desk, "/send").outcome == "relayed"
    else:
        assert decision.outcome == "relayed", decision
    (letter,) = told(desk, since)
    said = " ".join(own_words(letter))
    assert all(answer in said for answer in ANSWERED.values())
    for never in NEVER:
        assert never == "Who can come" or never not in letter.whole, never


def tap(desk, line):
    """Follow the link whose mail says the line, in the question about a held mail."""
    for link in re.findall(r"<(mailto:[^>]+)>", desk.last("ask", "mara").text):
        parts = urlsplit(link)
        fields = {name: unquote(value) for name, value in (one.split("=", 1) for one in parts.query.split("&"))}
        if fields["body"].startswith(line):
            raw = mail(
                Reply(text=fields["body"]), sender=MARA, to=unquote(parts.path), subject=fields["subject"], key="tap"
            )
            return desk.receive(raw)[-1]
    raise AssertionError(desk.last("ask", "mara").text)


@pytest.mark.parametrize("client", ["gmail, en", "outlook on the web, de", "apple on a Mac, fr"])
def test_a_notice_forwarded_as_a_file_does_not_reach_the_customer(desk, client):
    notice, since = desk.last("new", "mara"), len(desk.sent)
    whole = message_from_bytes(
        mail(CLIENTS[client](WORDS, notice), sender=MARA, to=notice.reply_to, subject="Re: Pump 7", of=notice),
        policy=default,
    )
    whole.add_attachment(message_from_bytes(notice.raw, policy=default))
    assert desk.receive(whole.as_bytes())[-1].outcome in ("refused", "held")
    assert told(desk, since) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_customers_words_reach_the_agents_without_the_letter_they_answer(desk, client):
    letter, since = desk.last("ack", "nora"), len(desk.sent)
    subject = f"Re: {letter.header('Subject')}"
    raw = mail(CLIENTS[client](THEIRS, letter), sender=NORA, to=letter.reply_to, subject=subject, of=letter)
    decision = desk.receive(raw)[-1]
    assert decision.outcome in ("joined", "reopened"), decision
    notice = next(sent for sent in desk.sent[since:] if "mara@" in sent.outgoing.to.address)
    quoted = " ".join(line[2:] for line in notice.text.splitlines() if line.startswith("> "))
    assert quoted.split()[: len(THEIRS.split())] == THEIRS.split()
    for never in ("Thanks for writing", "wrote:", *PHONES):
        assert never not in quoted, never
