"""What a notice shows, and in which order: when an answer is due, who writes and what, what one tap does, and then the rest."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from mailbot.core.intake.quotes.notice_preheader import preheader_in
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

NORA = "Nora Feld <nora@harbour.example>"
MARA, JOOST = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
OUTAGE = "Our whole shop is down for everybody since nine, nobody can pay. It is urgent!"
SAYS = "We found the cause, and it will take an hour."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def plain(sent):
    return sent.text.replace("\r\n", "\n")


def html_of(sent):
    return sent.parsed.get_body(("html",)).get_content()


def in_order(text, *pieces):
    at = [text.index(piece) for piece in pieces]
    assert at == sorted(at), list(zip(at, pieces, strict=True))


def test_a_new_ticket(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    in_order(
        plain(desk.last("new", "mara")),
        "##^^##",
        "\n\nAnswer by 09:07 CET · 7 min left\n\n",
        "Nora Feld (first mail) · P1, everything's down · nobody has it\n\n",
        "> Our whole shop is down",
        "I take it: <mailto:",
        "Note to the team: <mailto:",
        "Reply, and your words go to Nora Feld under your name. Lines for the desk",
        "Customer: Nora Feld <nora@harbour.example>",
        "Why: ",
    )


def test_a_further_mail_shows_what_it_answers(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    desk.clock.at += minutes(3)
    for who, name in ((MARA, "mara"), (JOOST, "joost")):
        desk.receive(mail(who, "/take", at=desk.clock.at, to=desk.last("new", name).reply_to))
    words = "/assign mara\n\nI have restarted it.\nDoes it work now?"
    desk.receive(mail(MARA, words, at=desk.clock.at, to=desk.last("new", "mara").reply_to))
    desk.clock.at += minutes(3)
    answered = mail(NORA, "No.", at=desk.clock.at, to=desk.last("relay").reply_to, Cc="joost@lumen.example")
    desk.receive(answered)
    told = desk.last("followup", "mara")
    assert preheader_in(html_of(told)).startswith("Nora Feld: “No” You asked: “Does it work now?” · P1, answer by")
    in_order(
        plain(told),
        "Nora Feld wrote. Answer by 09:33 CET · 27 min left\n\n",
        "P1, everything's down · you have it\n\n",
        "> No.",
        "You had asked: “Does it work now?”",
        "Promise 1 h: <mailto:",
        "Hand to Joost: <mailto:",
        "Note to the team: <mailto:",
        "So far:",
    )
    desk.clock.at += minutes(1)
    desk.receive(mail(NORA, "Not at all.", at=desk.clock.at, to=desk.last("relay").reply_to))
    again = desk.last("followup", "mara")
    assert "Does it work now" not in preheader_in(html_of(again)), "it is answered"


def test_a_colleague_reads_who_asked(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    joost = desk.last("new", "joost").reply_to
    desk.receive(mail(MARA, "/release\n\nDoes it work now?", at=MONDAY, to=desk.last("new", "mara").reply_to))
    desk.receive(mail(JOOST, "/take", at=MONDAY, to=joost))
    desk.receive(mail(NORA, "No.", at=MONDAY + minutes(3), to=desk.last("relay").reply_to))
    told = desk.last("followup", "joost")
    assert "Mara Lind had asked: “Does it work now?”" in plain(told)
    assert "Mara Lind asked: “Does it work now?”" in preheader_in(html_of(told))


def test_a_reminder(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    desk.pass_time(MONDAY + minutes(8))
    in_order(
        plain(desk.last("reminder", "mara")),
        "min left: Nora Feld, Our shop is down\n\n",
        "P1, everything's down · nobody has it\n\n",
        "Otherwise the desk tells them at 09:05 CET that there's no news.",
        "I take it: <mailto:",
        "> Our whole shop is down",
        "Reply, and your words go to Nora Feld under your name.",
    )


def test_whom_else_it_reached_and_where_it_wants_the_answer(desk):
    copies = ", ".join(f"p{number}@harbour.example" for number in range(1, 31))
    raw = mail(NORA, OUTAGE, at=MONDAY, Cc=copies, Reply_To="Books <books@harbour.example>, nora@harbour.example")
    desk.receive(raw)
    text = " ".join(plain(desk.last("new", "mara")).split())
    assert f"Also to: {copies}. Your reply goes to Nora Feld alone." in text
    assert "Reply-To: Books <books@harbour.example>, but your reply goes to nora@harbour.example." in text
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Another", Reply_To="nora@harbour.example"))
    assert "Reply-To:" not in plain(desk.last("new", "mara"))


LONG = "\n".join(f"{number}. what we tried in the shop on that day" for number in range(1, 61))
INTROS = {
    "gmail": "On Mon, Mar 2, 2026 at 9:00 AM Nora Feld (Lumen Support) <{to}> wrote:",
    "apple": "On 2. Mar 2026, at 09:00, Nora Feld (Lumen Support) <{to}> wrote:",
    "outlook": "From: Nora Feld (Lumen Support) <{to}>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Mara Lind <mara@lumen.example>\nSubject: Our shop is down [1]",
}


def test_of_a_long_mail_the_rest_stands_at_the_end(desk):
    desk.receive(mail(NORA, f"{OUTAGE}\n{LONG}", at=MONDAY, subject="Our shop is down"))
    text = plain(desk.last("new", "mara"))
    in_order(
        text, "> 14. what", "46 more lines below", "I take it", "Customer:", "The rest of their mail:", "> 15. what"
    )
    found = [line[2:] for line in text.split("\n") if line.startswith("> ")]
    assert found == [OUTAGE, *LONG.split("\n")]


@pytest.mark.parametrize("marks", ["> ", ""], ids=["quoted", "bare"])
@pytest.mark.parametrize("intro", INTROS)
@pytest.mark.parametrize("known", [True, False], ids=["answers it", "its id is lost"])
def test_nothing_of_it_is_the_agents_when_their_client_quotes_it(desk, marks, intro, known):
    desk.receive(mail(NORA, f"{OUTAGE}\n{LONG}", at=MONDAY, subject="Our shop is down"))
    new = desk.last("new", "mara")
    quoted = "\n".join(f"{marks}{line}".rstrip() for line in plain(new).strip().split("\n"))
    answered = {"In_Reply_To": f"<{new.message_id}>"} if known else {}
    text = f"{SAYS}\n\n{INTROS[intro].format(to=new.reply_to)}\n\n{quoted}\n"
    desk.receive(mail(MARA, text, at=MONDAY + minutes(3), to=new.reply_to, subject="Re: it", **answered))
    assert desk.last("relay").outgoing.fields["words"] == SAYS


@pytest.mark.parametrize("marks", ["> ", ""], ids=["quoted", "bare"])
@pytest.mark.parametrize("below", ["> 3. what", "> 40. what"], ids=["at the top", "in the rest"])
def test_an_answer_within_either_part_is_asked_about(desk, marks, below):
    desk.receive(mail(NORA, f"{OUTAGE}\n{LONG}", at=MONDAY, subject="Our shop is down"))
    new = desk.last("new", "mara")
    lines = []
    for line in plain(new).strip().split("\n"):
        lines.append(f"{marks}{line}".rstrip())
        if line.startswith(below):
            lines += ["", "Please leave that as it was.", ""]
    text = f"{SAYS}\n\n{INTROS['gmail'].format(to=new.reply_to)}\n\n" + "\n".join(lines)
    desk.receive(
        mail(MARA, text, at=MONDAY + minutes(3), to=new.reply_to, subject="Re: it", In_Reply_To=f"<{new.message_id}>")
    )
    held = [sent for sent in desk.sent if sent.outgoing.name in ("ask", "relay")]
    assert any("Please leave that as it was." in " ".join(plain(sent).split()) for sent in held)


def test_a_note_is_one_tap_away_and_stays_inside(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    text = plain(desk.last("new", "mara"))
    to = re.search(r"Note to the team: <mailto:([^?]+)\?", text)[1].replace("%2B", "+")
    since = len(desk.sent)
    desk.receive(mail(MARA, "Ask Ines about the contract.", at=MONDAY + minutes(2), to=to))
    assert desk.decisions[-1].outcome == "noted"
    assert {sent.outgoing.to.address for sent in desk.sent[since:]} <= {"mara@lumen.example", "joost@lumen.example"}


def test_whoever_has_it_gives_it_by_one_tap_and_nobody_else_does(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    desk.receive(mail(NORA, "Nobody can pay at all.", at=MONDAY, to=desk.last("ack").reply_to))
    assert "Hand to" not in plain(desk.last("followup", "mara")), "nobody has it yet"
    desk.receive(mail(MARA, "/take", at=MONDAY, to=desk.last("new", "mara").reply_to))
    desk.receive(mail(NORA, "Are you there?", at=MONDAY + minutes(2), to=desk.last("ack").reply_to))
    told = plain(desk.last("followup", "mara"))
    to, line = re.search(r"Hand to Joost: <mailto:([^?]+)[?][^>]*body=([^>]+)>", told).groups()
    desk.receive(mail(MARA, unquote(line), at=MONDAY + minutes(3), to=unquote(to)))
    assert desk.ticket().assignee == "joost"
    assert desk.last("assigned", "joost")
