"""Whoever writes with Thunderbird or on a Samsung phone: their words arrive whole, and nothing of what they quote."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest

from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk
from tests.simulation.simulated_desk import mail as plain_mail
from tests.thorough import THOROUGH
from tests.unit.core.thunderbird_samsung import CLIENTS, PEOPLE, SAMSUNG, WROTE, Reply, body_of, mail

NORA, MARA = "Nora Feld <nora@feld.example>", "Mara Lind <mara@lumen.example>"
ASKED = "Pump 7 leaks since Monday.\n\nWho can come, and when?"
WORDS = (
    "Hello Nora,\n\nour fitter has a new seal for pump 7 with him, and he rings you half an hour before he is at your gate.\n\n"
    "Please close valve 3 until then:\n- turn it to the right\n- wait for the click"
)
THEIRS = (
    "He came, thank you, but pump 7 leaks again: this time it is below the flange, where the new seal meets the old pipe.\n\n"
    "May I go on using it?"
)
PHONES = [phone for _, _, phone in SAMSUNG.values()]
NEVER = [
    "##^^##",
    "Original message",
    "/note",
    "/p 2",
    "wrote:",
    "schrieb",
    "P3",
    "nobody has it",
    "mailto:",
    *PEOPLE[1:],
    *PHONES,
]

pytestmark = pytest.mark.slow


@pytest.fixture
def desk():
    made = SimulatedDesk()
    made.receive(plain_mail(NORA, ASKED, at=MONDAY, subject="Pump 7"))
    yield made
    made.close()


def answers(desk, client, words, *, of="new", key="a"):
    notice = desk.last(of, "mara")
    raw = mail(
        CLIENTS[client](words, notice),
        sender=MARA,
        to=notice.reply_to,
        subject=f"Re: {notice.header('Subject')}",
        of=notice,
        key=key,
    )
    return desk.receive(raw)[-1]


def told(desk, since):
    """What went to the customer."""
    return [sent for sent in desk.sent[since:] if sent.outgoing.kind is not OutgoingKind.NOTICE]


def words_in(text):
    return text.split()


def own_words(letter):
    """What the agent says in a relay: above the desk's rule and foot."""
    return re.split(r"\n+(?:· · ·|-- )\n", letter.text.replace("\r\n", "\n"))[0]


@pytest.mark.parametrize("client", CLIENTS)
def test_an_agents_words_go_out_whole_and_nothing_that_they_quote(desk, client):
    notice, since = desk.last("new", "mara"), len(desk.sent)
    decision = answers(desk, client, WORDS)
    assert decision.outcome == "relayed", decision
    (relay,) = told(desk, since)
    assert words_in(own_words(relay)) in (words_in(WORDS), words_in(f"{WORDS} Mara Lind"))
    for never in (*NEVER, notice.reply_to, "Who can come"):
        assert never not in relay.whole, never


@pytest.mark.parametrize("client", CLIENTS)
def test_a_note_stays_inside(desk, client):
    joosts = desk.last("new", "joost")
    desk.receive(plain_mail("Joost Baker <joost@lumen.example>", "/take", at=MONDAY, to=joosts.reply_to))
    since = len(desk.sent)
    decision = answers(desk, client, "/note she rang as well,\nand was in a hurry")
    assert decision.outcome == "noted", decision
    assert told(desk, since) == []
    told_joost = desk.last("note", "joost").text
    said = told_joost.replace("\r\n", "\n").partition("Note by Mara Lind: ")[2].partition("\n\nWrite to")[0]
    assert said == "she rang as well,\nand was in a hurry", told_joost


@pytest.mark.parametrize("client", CLIENTS)
def test_a_line_above_the_words_is_done_and_does_not_go_out(desk, client):
    since = len(desk.sent)
    assert answers(desk, client, f"/resolve\n\n{WORDS}").outcome == "relayed"
    assert desk.ticket().state is TicketState.RESOLVED
    relay = told(desk, since)[0]
    assert "/resolve" not in relay.whole
    assert words_in(own_words(relay))[: len(WORDS.split())] == words_in(WORDS)


def opened(link):
    parts = urlsplit(link)
    fields = dict(one.split("=", 1) for one in parts.query.split("&"))
    return unquote(parts.path), {name: unquote(value) for name, value in fields.items()}


def tap(desk, client, line, *, of="new", words=None):
    """Follow the link whose mail says the line, in the mail that the client opens for it (with words), and send that."""
    links = [opened(link) for link in re.findall(r"<(mailto:[^>]+)>", desk.last(of, "mara").text)]
    to, fields = next((to, fields) for to, fields in links if fields["body"] == line)
    raw = mail(
        CLIENTS[client](words or fields["body"], None), sender=MARA, to=to, subject=fields["subject"], key=f"tap{line}"
    )
    return desk.receive(raw)[-1]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_tap_does_what_it_says_with_the_signature_that_the_client_adds(desk, client):
    since = len(desk.sent)
    assert tap(desk, client, "/take").outcome == "done"
    assert desk.ticket().assignee == "mara"
    assert told(desk, since) == []
    assert tap(desk, client, "", words=WORDS).outcome == "noted"
    assert told(desk, since) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_held_answer_goes_out_by_its_tap_as_it_was(desk, client):
    notice = desk.last("new", "joost")
    joosts = "Joost Baker <joost@lumen.example>"
    desk.receive(plain_mail(joosts, "Hello Nora,\n\nis it the blue pump?\n\nJoost", at=MONDAY, to=notice.reply_to))
    since = len(desk.sent)
    assert answers(desk, client, WORDS).outcome == "held"
    assert told(desk, since) == []
    assert "is it the blue pump?" in desk.last("crossed", "mara").text
    assert tap(desk, client, "/send", of="crossed").outcome == "relayed"
    (relay,) = told(desk, since)
    assert words_in(own_words(relay)) in (words_in(WORDS), words_in(f"{WORDS} Mara Lind"))
    for never in (*NEVER, "/send", "blue pump"):
        assert never not in relay.whole, never


UNTIL = ("Write above this line", "nobody has it", "Who can come, and when?")


@pytest.mark.parametrize(
    ("client", "until"),
    [(one, end) for nth, one in enumerate(CLIENTS) for end in (UNTIL if THOROUGH else (UNTIL[nth % len(UNTIL)],))],
)
def test_a_notice_whose_beginning_they_deleted_does_not_leave(desk, client, until):
    notice, since = desk.last("new", "mara"), len(desk.sent)

    def cut(body):
        """Without the lines of the quote from the mark on, as somebody deletes them before they write."""
        return body and re.sub(rf"##\^\^##.{{0,3000}}?{re.escape(until)}", "", body, count=1, flags=re.DOTALL)

    made = CLIENTS[client](WORDS, notice)
    reply = replace(made, text=cut(made.text), html=cut(made.html))
    raw = mail(reply, sender=MARA, to=notice.reply_to, subject="Re: Pump 7 [1]", of=notice)
    assert desk.receive(raw)[-1].outcome in ("relayed", "refused", "held")
    for letter in told(desk, since):
        for never in (*NEVER, notice.reply_to, "Who can come", "Lines for the desk"):
            assert never not in letter.whole, never


ANSWERED = {"Pump 7 leaks since Monday.": "Close valve 3, please.", "Who can come, and when?": "Our fitter, at noon."}


@pytest.mark.parametrize("composed", ["text", "flowed", "HTML"])
@pytest.mark.parametrize("language", WROTE)
def test_answers_between_their_lines_go_out_each_below_its_line(desk, composed, language):
    notice, since = desk.last("new", "mara"), len(desk.sent)
    if composed == "HTML":
        body = body_of(notice)
        for line, answer in ANSWERED.items():
            # Return in a quote: the quotes end, what is typed stands between, and they begin again as they were.
            again = (
                '</blockquote></blockquote><p>{}</p><blockquote type="cite" cite="mid:1"><blockquote style="margin: 0 0 16px;'
                'border-left: 3px solid #9aa3ad;">'
            )
            before, _, behind = body.rpartition(line)  # the first is the hidden line at the top
            body = before + line + again.format(answer) + behind
        wrote = WROTE[language].format("Nora Feld (Lumen Support)")
        reply = Reply(
            html=f'<html><body><div class="moz-cite-prefix">{wrote}<br></div><blockquote type="cite" cite="mid:1">{body}'
            '</blockquote><div class="moz-signature">-- <br>Mara Lind</div></body></html>'
        )
    else:
        made = CLIENTS[f"thunderbird, {language}"]("", notice)
        text = made.text
        for line, answer in ANSWERED.items():
            text = text.replace(f">> {line}\n", f">> {line}\n\n{answer}\n\n", 1)
        reply = Reply(text=text, flowed=composed == "flowed")
    raw = mail(reply, sender=MARA, to=notice.reply_to, subject="Re: Pump 7 [1]", of=notice)
    assert desk.receive(raw)[-1].outcome == "relayed"
    (letter,) = told(desk, since)
    said = [line for line in own_words(letter).split("\n") if line]
    assert said[:4] == [piece for line, answer in ANSWERED.items() for piece in (f"> {line}", answer)]
    for never in NEVER:
        assert never not in letter.whole, never


@pytest.mark.parametrize("client", CLIENTS)
def test_a_quote_and_a_signature_alone_tell_the_customer_nothing(desk, client):
    since = len(desk.sent)
    answers(desk, client, "")
    assert told(desk, since) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_customers_words_reach_the_agents_without_the_letter_they_answer(desk, client):
    letter, since = desk.last("ack", "nora"), len(desk.sent)
    raw = mail(
        CLIENTS[client](THEIRS, letter),
        sender=NORA,
        to=letter.reply_to,
        subject=f"Re: {letter.header('Subject')}",
        of=letter,
    )
    decision = desk.receive(raw)[-1]
    assert decision.outcome in ("joined", "reopened"), decision
    notice = next(sent for sent in desk.sent[since:] if "mara@" in sent.outgoing.to.address)
    quoted = " ".join(line[2:] for line in notice.text.splitlines() if line.startswith("> "))
    assert words_in(quoted)[: len(THEIRS.split())] == words_in(THEIRS)
    for never in ("Thanks for writing", "Sent from", "Original message", "wrote:", *PHONES):
        assert never not in quoted, never


@pytest.mark.parametrize("client", CLIENTS)
def test_a_first_mail_says_what_it_says(client):
    desk = SimulatedDesk()
    try:
        raw = mail(CLIENTS[client](THEIRS, None), sender=NORA, to="help@lumen.example", subject="Pump 7")
        desk.receive(raw)
        notice = desk.last("new", "mara")
        quoted = " ".join(line[2:] for line in notice.text.splitlines() if line.startswith("> "))
        assert words_in(quoted)[: len(THEIRS.split())] == words_in(THEIRS)
        assert not any(phone in quoted for phone in PHONES)
    finally:
        desk.close()
