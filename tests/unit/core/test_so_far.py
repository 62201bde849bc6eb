"""What was said and done on a ticket before, a line each: in notices, and all of it on /history; never to customers."""

from __future__ import annotations

import pytest

from mailbot.core.letters.so_far import MOST, history_lines
from mailbot.core.model.event import Event
from mailbot.core.model.reason import why
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes, shipped

NORA = "Nora Feld <nora@harbour.example>"
MARA = "Mara Lind <mara@lumen.example>"
CANARY = "Canary-7 has the special contract."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(NORA, "The lamp stays dark. What can we do?", at=MONDAY, subject="Lamp stays off"))
    yield one
    one.close()


def says(desk, text, who=MARA):
    desk.clock.at += minutes(5)
    to = desk.last("new", "mara").reply_to if who == MARA else desk.last("relay").reply_to
    desk.receive(mail(who, text, at=desk.clock.at, to=to, subject="Re: it"))


def lines(text):
    return [line[2:] for line in text.replace("\r\n", "\n").split("\n") if line.startswith("- ")]


def worked_on(desk):
    says(desk, f"/note {CANARY}")
    says(desk, "/plan we ask the maker\n/eta friday\n/promise 3h\n\nHello Nora, does the red light blink?")
    says(desk, "/release")
    says(desk, "It blinks.", who=NORA)


def test_the_newest_five_stand_in_a_notice(desk):
    worked_on(desk)
    text = desk.last("followup", "mara").text
    assert "So far:" in text
    assert "/history shows all of it." in text
    found = lines(text)
    assert len(found) == 5
    assert found[0] == "09:15 CET · Mara Lind let go of it"
    assert "09:10 CET · Mara Lind: “does the red light blink?”" in " ".join(found).replace("Hello Nora, ", "")
    assert "It blinks" not in " ".join(found), "it stands above"
    assert text.count(CANARY) == 1, "the note is told once, here or there"


def test_a_first_mail_has_no_past(desk):
    assert "So far" not in desk.last("new", "mara").text


def test_history_tells_all_of_it_to_whoever_asks(desk):
    worked_on(desk)
    since = len(desk.sent)
    says(desk, "/history")
    (answer,) = desk.sent[since:]
    assert (answer.outgoing.name, answer.outgoing.to.address) == ("answer", "mara@lumen.example")
    text = answer.text.replace("\r\n", "\n")
    for told in (
        "Nora Feld: “It blinks.”",
        "Mara Lind let go of it",
        "Mara Lind, the plan: we ask the maker",
        "Mara Lind expects it fixed by 17:00 CET on Friday, 6 March",
        "Mara Lind promised an answer by 12:10 CET",
        f"Note by Mara Lind: {CANARY}",
        "Nora Feld: “The lamp stays dark. What can we do?”",
    ):
        assert told in text
    assert text.index("It blinks") < text.index(CANARY) < text.index("The lamp stays dark"), "the newest first"


def test_of_a_longer_history_the_newest_lines_are_told_and_that_there_are_more():
    policy = shipped().current().policy
    notes = [
        Event(ticket=1, at=MONDAY + minutes(n), what=why("event.note.said", words=f"note {n}"), by="mara")
        for n in range(MOST + 1)
    ]
    found = history_lines(notes, policy)
    assert len(found) == MOST + 1
    assert f"note {MOST}" in str(found[0])
    assert found[-1].code == "past.older"
    assert all(line.code == "past.at" for line in history_lines(notes[1:], policy))


def test_of_a_customer_it_is_text_and_nothing_of_it_leaves(desk):
    worked_on(desk)
    says(desk, "/history", who=NORA)
    assert desk.decisions[-1].outcome != "done"
    for sent in desk.sent:
        if not sent.outgoing.agent:
            assert "Canary-7" not in sent.text
            assert "So far" not in sent.text


def test_whoever_only_claims_to_be_an_agent_gets_no_history(desk):
    worked_on(desk)
    since = len(desk.sent)
    to = desk.last("new", "mara").reply_to
    for who in ("Eve <eve@else.example>", "Mara Lind <mara@else.example>", "Joost Baker <joost@lumen.example>"):
        desk.receive(mail(who, "/history", at=desk.clock.at, to=to))
    for sent in desk.sent[since:]:
        assert "lumen.example" in sent.outgoing.to.address or "Canary-7" not in sent.text
