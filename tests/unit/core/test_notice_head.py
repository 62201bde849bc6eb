"""What a mail client shows of a notice before it is opened, whatever customers call themselves and their matter."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.letters.notice_head import numbered, writer_of
from mailbot.core.model.mail import Address
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy, mail, minutes

NORA = "Nora Feld <nora@harbour.example>"
OUTAGE = "Our whole shop is down for everybody since nine, nobody can pay. It is urgent!"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def notices(desk):
    return [sent for sent in desk.sent if sent.outgoing.agent]


def test_all_notices_of_a_ticket_are_one_conversation(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    desk.pass_time(MONDAY + minutes(20))
    mara = "Mara Lind <mara@lumen.example>"
    to = desk.last("new", "mara").reply_to
    for text in ("/frobnicate 3", "/status", "/note Ask Ben.", "We are at it. /promise 1h", "/p 3"):
        desk.clock.at += minutes(2)
        desk.receive(mail(mara, text, at=desk.clock.at, to=to, subject="a subject of her own"))
    desk.receive(mail(NORA, "Is it up again?", at=desk.clock.at, to=desk.last("relay").reply_to))
    found = [one for one in notices(desk) if one.outgoing.to.address == "mara@lumen.example"]
    assert {"new", "reminder", "covered", "refused", "answer", "followup"} <= {one.outgoing.name for one in found}
    assert {one.header("Subject") for one in found} == {"Our shop is down [1]"}
    assert len({one.header("References") for one in found}) == 1
    assert {one.header("X-Mailbot-Ticket") for one in found} == {"1"}
    outside = [one for one in notices(desk) if one.outgoing.name != "note"]
    assert {one.header("From") for one in outside} == {'"Nora Feld (Lumen Support)" <help@lumen.example>'}


def test_what_clients_sort_by(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    new = desk.last("new", "mara")
    told = {name: new.header(name) for name in ("X-Mailbot-Priority", "X-Mailbot-State", "Importance", "List-Id")}
    assert told == {
        "X-Mailbot-Priority": "1",
        "X-Mailbot-State": "open",
        "Importance": "high",
        "List-Id": "Lumen Support <help.lumen.example>",
    }
    desk.receive(mail("Omar <omar@mill.example>", "How do I export a list?", at=MONDAY, subject="Export"))
    other = desk.last("new", "mara")
    assert other.header("X-Mailbot-Ticket") == "2"
    assert other.header("Importance") == ""
    for sent in desk.sent:
        if not sent.outgoing.agent:
            assert not {name for name in sent.parsed if name.startswith("X-Mailbot-") and "Loop" not in name}
            assert "List-Id" not in sent.parsed
            assert "Importance" not in sent.parsed


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nora Feld", "Nora Feld"),
        ("  Nora\r\n Feld ", "Nora Feld"),
        ("\u202eNora\u200b Feld", "Nora Feld"),
        (None, "nora at harbour.example"),
        ("mara lind", "nora at harbour.example"),
        ("Lumen  Support", "nora at harbour.example"),
        ("boss@lumen.example", "boss at lumen.example"),
        ("mara@lumen.example", "nora at harbour.example"),
        ("N" * 300, "N" * 59 + "…"),
    ],
)
def test_whom_from_names(name, shown):
    assert writer_of(Address(name=name, address="nora@harbour.example"), desk_policy()) == shown


def test_nobody_outside_is_shown_as_a_note_of_the_team(desk):
    desk.receive(mail("Team note <nora@harbour.example>", OUTAGE, at=MONDAY, subject="Lamp"))
    assert desk.last("new", "mara").header("From") == "Lumen Support <help@lumen.example>"


def test_a_subject_keeps_its_number():
    assert numbered("Lamp", 7) == "Lamp [7]"
    assert numbered("Re: Lamp [7]", 7) == "Re: Lamp [7]"
    assert numbered("Lamp [7]", 70) == "Lamp [7] [70]"
    assert numbered("x" * 500, 7) == "x" * 199 + "… [7]"


@given(name=st.text(max_size=200), subject=st.text(max_size=400))
def test_no_words_of_a_customer_become_a_header_of_a_notice(name, subject):
    writer = writer_of(Address(name=name, address="nora@harbour.example"), desk_policy())
    assert writer
    for told in (writer, numbered(subject, 7)):
        assert told.isprintable() or not set(told) & set("\r\n\0\u2028\u2029\u202e")
    assert numbered(subject, 7).endswith("[7]")
    assert len(numbered(subject, 7)) <= 205


@pytest.mark.parametrize("subject", ["Re: Our shop is down [1]", "AW: something else", "", "Re: it [99]", "[2] P1"])
@pytest.mark.parametrize(
    "intro",
    [
        "On Mon, 2 Mar 2026 at 09:00, Nora Feld (Lumen Support) <{to}> wrote:",
        "Am 02.03.26 um 09:00 schrieb Nora Feld (Lumen Support):",
        "From: Nora Feld (Lumen Support) <{to}>\nSent: Monday, 2 March 2026 09:00\nTo: Mara Lind\nSubject: it",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_an_answer_to_a_notice_is_known_by_no_subject(desk, subject, intro, mark):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    new = desk.last("new", "mara")
    quoted = "\n".join(f"{mark}{line}".rstrip() for line in new.text.replace("\r\n", "\n").split("\n"))
    text = f"We found the cause.\n\n{intro.format(to=new.reply_to)}\n{quoted}"
    desk.clock.at += minutes(3)
    desk.receive(mail("Mara Lind <mara@lumen.example>", text, at=desk.clock.at, to=new.reply_to, subject=subject))
    relay = desk.last("relay")
    assert relay.outgoing.fields["words"] == "We found the cause."
    assert relay.header("Subject") == "Re: Our shop is down"


def test_a_pasted_header_with_a_number_in_its_subject_is_no_quote_of_ours(desk):
    desk.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    text = (
        "The carrier told us this:\n\nFrom: Ole Holm <ole@carrier.example>\nDate: Mon, 2 Mar 2026 08:00\n"
        "Subject: Your parcels [12]\n\nThey leave at noon."
    )
    to = desk.last("new", "mara").reply_to
    desk.receive(mail("Mara Lind <mara@lumen.example>", text, at=MONDAY, to=to, subject="Re: Our shop is down [1]"))
    assert "They leave at noon." in desk.last("relay").text


def test_names_in_other_scripts_survive():
    policy = replace(desk_policy())
    desk = SimulatedDesk(change_policy=lambda _: policy)
    try:
        desk.receive(mail("Зоя Ким <zoya@harbour.example>", OUTAGE, at=MONDAY, subject="Магазин (всё) лежит"))
        raw = desk.last("new", "mara").raw
        parsed = message_from_bytes(raw, policy=default)
        assert raw.isascii()
        assert parsed["From"].addresses[0].display_name == "Зоя Ким (Lumen Support)"
        assert parsed["Subject"] == "Магазин (всё) лежит [1]"
    finally:
        desk.close()
