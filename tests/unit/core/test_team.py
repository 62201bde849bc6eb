"""Who hears of what one of us does on a ticket: those on it, once, and never whoever did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.model.policy import Agent
from tests.golden.letterbox import tapped
from tests.simulation.simulated_desk import BERLIN, MONDAY, SimulatedDesk, mail, minutes

PEOPLE = {
    "mara": "Mara Lind <mara@lumen.example>",
    "joost": "Joost Baker <joost@lumen.example>",
    "ines": "Ines Roth <ines@lumen.example>",
}
NORA = "Nora Feld <nora@harbour.example>"
INES = Agent(id="ines", name="Ines Roth", addresses=("ines@lumen.example",), language="de", zone=BERLIN)


@pytest.fixture
def desk():
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, agents=policy.agents | {"ines": INES}))
    one.receive(mail(NORA, "The lamp stays dark. What can we do?", at=MONDAY, subject="Lamp stays off"))
    yield one
    one.close()


def says(desk, who, text, *, to="new", after=5, **headers):
    """An agent replies to the last notice of that name; what leaves then, by name and agent."""
    desk.clock.at += minutes(after)
    since = len(desk.sent)
    raw = mail(PEOPLE[who], text, at=desk.clock.at, to=desk.last(to, who).reply_to, subject="Re: it", **headers)
    desk.receive(raw)
    return [(s.outgoing.name, s.outgoing.agent or s.outgoing.to.address) for s in desk.sent[since:]]


def said(desk, who, name="note"):
    """The lines of the last such notice between the one about replies and the foot."""
    text = desk.last(name, who).text.replace("\r\n", "\n")
    return text.partition("/help\n\n")[2].partition("\n\nWrite to ")[0].partition("\n\n-- ")[0]


@pytest.mark.parametrize("text", ["/take", "/p 2", "/release", "/take\n/p 1", "/resolve", "Hold it for ten seconds."])
def test_alone_on_a_ticket_nobody_else_hears_of_it(desk, text):
    says(desk, "mara", "/take")
    assert [name for name, _ in says(desk, "mara", text) if name == "note"] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/take", "Mara Lind has it now."),
        ("/p 2", "Mara Lind made it priority 2, money; it was 4."),
        ("/resolve quietly", "Mara Lind resolved it without a letter."),
        ("/resolve", "Mara Lind has it now.\nMara Lind resolved it."),
        ("/spam", "Mara Lind put it away as spam."),
        ("/plan we ask the maker", "Mara Lind has it now.\nMara Lind wrote to Nora Feld."),
        ("/take\n/plan we ask the maker", "Mara Lind has it now.\nMara Lind wrote to Nora Feld."),
        ("Hold it.", "Mara Lind has it now.\nMara Lind answered Nora Feld: “Hold it.”"),
        ("/take\n/note Ask Ben.", "Mara Lind has it now.\nNote by Mara Lind: Ask Ben."),
    ],
)
def test_whoever_wrote_on_it_hears_what_was_done(desk, text, line):
    says(desk, "joost", "/note Ask her about the licence.")
    told = says(desk, "mara", text)
    assert [one for one in told if one[0] == "note"] == [("note", "joost")]
    assert said(desk, "joost") == line


def test_taking_over_letting_go_and_handing_on(desk):
    says(desk, "joost", "/take")
    assert says(desk, "mara", "/take") == [("note", "joost")]
    assert said(desk, "joost") == "Mara Lind has taken it over from you."
    assert says(desk, "joost", "/release") == [("note", "mara")]
    assert said(desk, "mara") == "Joost Baker let go of it: nobody has it now."
    says(desk, "joost", "/note Ask her.")
    told = says(desk, "mara", "/assign ines\n/note You know the maker.")
    assert sorted(told) == [("assigned", "ines"), ("note", "joost")], "and Ines has one mail, not two"
    assert said(desk, "joost") == "Mara Lind handed it to Ines Roth.\nNote by Mara Lind: You know the maker."


def test_a_german_colleague_reads_it_in_german(desk):
    says(desk, "ines", "/note Bitte zuerst nach der Lizenz fragen.")
    says(desk, "joost", "/take\n/p 2")
    sent = desk.last("note", "ines")
    assert sent.header("From").startswith('"Teamnotiz (Lumen Support)" <help@')
    assert "Joost Baker kümmert sich jetzt darum." in sent.text
    assert "Ihre Antwort bleibt als Notiz im Team." in sent.text


def test_lines_are_one_conversation_and_what_follows_within_a_minute_comes_in_one(desk):
    says(desk, "joost", "/note Ask her about the licence.")
    assert says(desk, "mara", "/take") == [("note", "joost")]
    assert says(desk, "mara", "/wait third-party the maker\n/p 5", after=0.3) == []
    assert says(desk, "mara", "/note She has a spare one.", after=0.3) == []
    since = len(desk.sent)
    desk.pass_time(desk.clock.at + minutes(3))
    assert [(s.outgoing.name, s.outgoing.agent) for s in desk.sent[since:]] == [("notes", "joost")]
    first, both = desk.last("note", "joost"), desk.last("notes", "joost")
    assert first.header("Subject") == both.header("Subject") == "Lamp stays off [1]"
    assert first.header("References") == both.header("References")
    assert both.header("From") == first.header("From")
    assert "Mara Lind made it priority 5" in both.text
    assert "Note by Mara Lind, 09:10 CET: She has a spare one." in both.text
    says(desk, "joost", "Then we wait.", to="notes")
    assert "relay" not in desk.names(since)


def test_lines_that_wait_with_other_notices_stand_in_the_digest(desk):
    says(desk, "joost", "/take")
    says(desk, "mara", "/note Ask her.")
    for nth in range(9):
        desk.receive(mail(NORA, f"One more thing, {nth}.", at=desk.clock.at, subject="Re: Lamp stays off [#1]"))
    says(desk, "mara", "/note She has a spare one.", after=0.1)
    desk.pass_time(desk.clock.at + minutes(5))
    digest = desk.last("digest", "joost").text
    assert "note by Mara Lind: “She has a spare one.”" in digest
    assert digest.count("Ask her.") == 1, "the earlier note, once"


def test_a_note_brings_its_files(desk):
    boundary = "xyz"
    body = (
        f"--{boundary}\nContent-Type: text/plain\n\n/note The maker's drawing.\n--{boundary}\n"
        'Content-Type: application/pdf; name="plan.pdf"\nContent-Disposition: attachment; filename="plan.pdf"\n'
        f"Content-Transfer-Encoding: base64\n\nJVBERi0=\n--{boundary}--"
    )
    says(desk, "joost", body, MIME_Version="1.0", Content_Type=f"multipart/mixed; boundary={boundary}")
    sent = desk.last("note", "mara")
    assert [part.get_filename() for part in sent.parsed.iter_attachments()] == ["plan.pdf"]
    assert "Attached: plan.pdf" in sent.text


def test_files_alone_in_answer_to_a_note_stay_inside(desk):
    says(desk, "joost", "/note What does it look like?")
    body = (
        "--xyz\nContent-Type: text/plain\n\n\n--xyz\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="plan.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--xyz--'
    )
    more = {"MIME_Version": "1.0", "Content_Type": "multipart/mixed; boundary=xyz"}
    assert sorted(says(desk, "mara", body, to="note", **more)) == [("inside", "mara"), ("note", "joost")]
    assert "Note by Mara Lind: [plan.pdf]" in said(desk, "joost")


def test_a_line_that_tells_the_customer_something_is_asked_about(desk):
    says(desk, "joost", "/note It works again.")
    assert says(desk, "mara", "/resolve", to="note") == [("ask", "mara")]
    address, subject, text = tapped(desk.last("ask", "mara").text)
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert desk.last("resolved").outgoing.to.address == "nora@harbour.example"


def test_a_refused_answer_to_a_note_is_answered_inside_too(desk):
    says(desk, "joost", "/note What does it look like?")
    assert says(desk, "mara", "/notiz It is green.", to="note") == [("refused", "mara")]
    assert sorted(says(desk, "mara", "It is green.", to="refused")) == [("inside", "mara"), ("note", "joost")]


def test_an_unproven_answer_to_a_note_stays_inside_when_it_is_confirmed(desk):
    says(desk, "joost", "/note What does it look like?")
    desk.receive(
        mail("Mara <mara@private.example>", "It is green.", at=desk.clock.at, to=desk.last("note", "mara").reply_to)
    )
    since = len(desk.sent)
    address, subject, text = tapped(desk.last("confirm", "mara").text)
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert sorted(desk.names(since)) == ["inside", "note"]


def test_an_answer_to_a_note_that_lost_its_address_stays_inside(desk):
    says(desk, "joost", "/note What does it look like?")
    quoted = "".join(f"> {line}\n" for line in desk.last("note", "mara").text.splitlines())
    text = f"It is green.\n\nOn Monday Team note (Lumen Support) wrote:\n{quoted}"
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, subject="Re: Lamp stays off [1]"))
    since = len(desk.sent)
    address, subject, text = tapped(desk.last("ask", "mara").text)
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert sorted(desk.names(since)) == ["inside", "note"]


def test_an_answer_to_another_notice_that_lost_its_address_is_for_the_customer(desk):
    quoted = "".join(f"> {line}\n" for line in desk.last("new", "mara").text.splitlines())
    text = f"Hold it.\n\nOn Monday Lumen Support wrote:\n{quoted}"
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, subject="Re: Lamp stays off [1]"))
    address, subject, text = tapped(desk.last("ask", "mara").text)
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert "Hold it." in desk.last("relay").text


def test_an_answer_to_a_note_at_another_address_of_ones_own_stays_inside(desk):
    """A client may take the address of an earlier notice from its memory: what it answers is still a note."""
    says(desk, "joost", "/note What does it look like?")
    ids = {"In_Reply_To": f"<{desk.last('note', 'mara').message_id}>"}
    assert sorted(says(desk, "mara", "It is green.", **ids)) == [("inside", "mara"), ("note", "joost")]
    assert ("relay", "nora@harbour.example") in says(desk, "mara", "/reply\n\nHold it.", to="note", **ids)


def test_without_plus_addresses_a_notes_message_id_keeps_its_answer_inside():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, subaddress=False))
    try:
        desk.receive(mail(NORA, "The lamp stays dark.", at=MONDAY, subject="Lamp stays off"))
        ids = {"In_Reply_To": f"<{desk.last('new', 'joost').message_id}>"}
        says(desk, "joost", "/note What does it look like?", **ids)
        ids = {"In_Reply_To": f"<{desk.last('note', 'mara').message_id}>"}
        assert sorted(says(desk, "mara", "It is green.", to="note", **ids)) == [("inside", "mara"), ("note", "joost")]
        address, subject, text = tapped(desk.last("inside", "mara").text)
        desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
        assert "It is green." in desk.last("relay").text
    finally:
        desk.close()


def test_an_answer_to_an_older_note_is_not_held_as_if_it_crossed_with_an_answer(desk):
    says(desk, "joost", "/note What does it look like?")
    says(desk, "joost", "Hold it for ten seconds.")
    says(desk, "mara", "/p 2\n\nIt is green.", to="note")
    assert "crossed" not in desk.names()
    assert desk.last("inside", "mara")
    assert says(desk, "mara", "/reply\n\nPlease send it back.", to="note")[0][0] == "crossed"


def test_the_note_counts_once_and_goes_out_once(desk):
    says(desk, "joost", "/note What does it look like?")
    says(desk, "mara", "/take\n\nIt is green.", to="note")
    address, subject, text = tapped(desk.last("inside", "mara").text)
    for _ in range(2):
        desk.clock.at += timedelta(minutes=2)
        desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert desk.names().count("relay") == 1
    assert "/take" not in desk.last("relay").text


def test_status_names_who_has_it(desk):
    says(desk, "joost", "/take")
    says(desk, "mara", "/status")
    assert "with Joost Baker;" in desk.last("answer", "mara").text


def test_an_answer_to_a_note_at_the_address_of_a_question_stays_inside_and_the_question_stays_open(desk):
    says(desk, "joost", "/note What does it look like?")
    says(desk, "joost", "Hold it for ten seconds.")
    says(desk, "mara", "Have you tried another lamp?")  # crossed: kept back, and asked about
    ids = {"In_Reply_To": f"<{desk.last('note', 'mara').message_id}>"}
    told = says(desk, "mara", "It is green.", to="crossed", **ids)
    assert ("inside", "mara") in told
    assert "relay" not in dict(told)
    address, subject, text = tapped(desk.last("crossed", "mara").text)
    desk.receive(mail(PEOPLE["mara"], text, at=desk.clock.at, to=address, subject=subject))
    assert "Have you tried another lamp?" in desk.last("relay").text
