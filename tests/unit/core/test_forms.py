"""Contact forms: which mail is one, whose it is, and that nobody is written to, read or joined by a Reply-To alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.decide import take_in
from mailbot.core.intake.contact_form import form_of, given_name, only_address
from mailbot.core.intake.read import read
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Kind
from mailbot.core.model.policy import Limits
from mailbot.core.model.silence import Silence, is_kind
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy

WORDS = "Name: Tess\nMessage:\nMy export stops with error E-1207. What can I do?"
POLICY = desk_policy()


def raw_of(
    sender="Shop <forms@site.example>",
    *more,
    to="help@lumen.example",
    number=1,
    reply_to="tess@mail.example",
    body=WORDS,
):
    answer = [f"Reply-To: {reply_to}"] if reply_to else []
    head = [
        f"From: {sender}", f"To: {to}", "Subject: Message from the site", f"Date: {MONDAY:%a, %d %b %Y %H:%M:%S %z}",
        f"Message-ID: <{number}@site.example>", *answer, *more, "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    return ("\r\n".join([*head, "", body])).encode()


def heard_of(*args, **more):
    desk = SimulatedDesk(start=MONDAY)
    try:
        return take_in(raw_of(*args, **more), desk.setting, inbox="support", received_at=MONDAY + timedelta(minutes=1))
    finally:
        desk.close()


@pytest.mark.parametrize(
    "local",
    [
        "wordpress", "website", "webform", "form", "forms", "contactform", "contact-form", "contact_form", "Kontaktformular", "mailer", "noreply",
        "no-reply", "no_reply", "do-not-reply", "shop-noreply", "noreply+42", "www-data", "web", "order.form", "formulaire-contact",
    ],
)  # fmt: skip
def test_a_mailers_first_mail_is_of_who_stands_in_reply_to(local):
    incoming = heard_of(f"Shop <{local}@site.example>")
    assert (incoming.screening.kind, incoming.screening.may_answer) == (Kind.PERSON, True)
    assert (incoming.sender.address, incoming.keys.sender) == ("tess@mail.example", "tess@mail.example")
    assert incoming.form is not None


@pytest.mark.parametrize(
    "sender", ["help@lumen.example", "billing@lumen.example", "help+x@lumen.example", "shop@lumen.example"]
)
def test_so_is_a_mail_from_our_own_address_or_domain(sender):
    assert heard_of(sender).sender.address == "tess@mail.example"


@pytest.mark.parametrize(
    ("sender", "reply_to"),
    [
        ("ben@customer.example", "tess@mail.example"),
        ("perform@customer.example", "tess@mail.example"),
        ("platform@customer.example", "tess@mail.example"),
        ("shop@lumen.example", "sam@lumen.example"),
        ("mara@lumen.example", "tess@mail.example"),
    ],
)
def test_an_ordinary_persons_reply_to_means_nothing(sender, reply_to):
    incoming = heard_of(sender, reply_to=reply_to)
    assert (incoming.form, incoming.sender.address) == (None, sender)


@pytest.mark.parametrize(
    "reply_to",
    ["", "help@lumen.example", "help+a1@lumen.example", "mara@lumen.example", "forms@site.example", "noreply@site.example",
     "mailer-daemon@site.example", "tess@mail.example, rob@post.example", "nobody in particular"],
)  # fmt: skip
def test_without_a_usable_reply_to_nobody_is_written_to(reply_to):
    incoming = heard_of(reply_to=reply_to)
    assert incoming.form is not None
    assert incoming.form.visitor is None
    assert (incoming.screening.opens_ticket, incoming.screening.may_answer) == (True, False)


@pytest.mark.parametrize("header", ["In-Reply-To: <x@y.example>", "References: <x@y.example>"])
def test_only_a_first_mail_is_a_forms(header):
    assert heard_of("Shop <forms@site.example>", header).form is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "Return-Path: <>",
        "Auto-Submitted: auto-generated (a form)",
        "X-Auto-Response-Suppress: DR, RN",
    ],
)
def test_what_a_program_writes_of_itself_does_not_hinder(header):
    assert heard_of("Shop <noreply@site.example>", header).screening.may_answer


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-notified", "List-Id: <x.site.example>", "List-Unsubscribe: <https://x.example>",
     "Precedence: bulk", "Precedence: list", "X-Autoreply: yes"],
)  # fmt: skip
def test_what_two_desks_would_talk_through_hinders(header):
    incoming = heard_of("Shop <forms@site.example>", header)
    assert not incoming.screening.may_answer
    assert incoming.sender.address == "forms@site.example"


@pytest.mark.parametrize(
    "body",
    [
        "Thank you for contacting us. Your request has been received and ticket 4711 was opened. Our team will get back to you shortly.",
        "I am out of the office until Monday. In urgent cases please contact my colleague.",
    ],
)
def test_so_do_the_words_of_another_desk_or_of_somebody_away(body):
    incoming = heard_of(body=body)
    assert (incoming.screening.kind, incoming.form) == (Kind.AUTO_REPLY, None)


@pytest.mark.parametrize(
    ("name", "given"),
    [("Tess Quill", "Tess"), ("Zoë", "Zoë"), ("O'Neil, Jo", "Jo"), ("Byrne, Ada", "Ada"), ("Zoe\u0308 Lind", "Zoë"), ("Buy now https://x.example", ""), ("Ilse Brandt, claim at x.example", ""), ("Ilse Brandt, claim", ""), ("J. R. Moss", ""), ("Jo van den Berg", "Jo"),
     ("O'Neil", ""), ("Anne-Marie", ""), ("7days free", ""), ("Buy\u200bx", ""), ('"Tess" Quill', "Tess"), ("J", ""), ("https://x.example", ""),
     ("x.example", ""), ("0900-555-0199", ""), ("$$$", ""), ("", ""), ("A" * 40, "")],
)  # fmt: skip
def test_of_a_name_nothing_but_one_given_name_is_said(name, given):
    assert given_name(name) == given


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Email: tess@mail.example\nagain <TESS@mail.example>", "tess@mail.example"),
        ("From: forms@site.example\nMail: tess@mail.example to help@lumen.example", "tess@mail.example"),
        ("tess@mail.example or rob@post.example", None),
        ("call me", None),
    ],
)
def test_the_one_address_in_a_forms_text(text, found):
    assert only_address(text, POLICY) == found


def test_form_of_needs_one_sender():
    assert form_of(read(raw_of("a@x.example, forms@site.example")), (), POLICY) is None


@pytest.fixture
def desk():
    made = SimulatedDesk(
        start=MONDAY, change_policy=lambda p: replace(p, limits=Limits(forms_hour=2, per_address_hour=2))
    )
    yield made
    made.close()


def known(desk):
    return desk.store.lookup(Keys(content_key="", sender="tess@mail.example"), desk.clock.now())


def acks(desk):
    return [sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "ack"]


def test_all_forms_together_have_a_limit_of_their_own(desk):
    for number in range(4):
        desk.receive(raw_of(number=number, reply_to=f"c{number}@shop{number}.example"))
    assert acks(desk) == ["c0@shop0.example", "c1@shop1.example"]
    assert is_kind(desk.ticket(3).mute, Silence.LIMIT)
    desk.pass_time(MONDAY + timedelta(hours=2))
    desk.receive(raw_of(number=9, reply_to="c9@shop9.example"))
    assert acks(desk)[-1] == "c9@shop9.example"


def test_a_reply_to_neither_joins_nor_reads_nor_changes_a_ticket(desk):
    desk.receive(raw_of("Tess <tess@mail.example>", number="own", reply_to=""))
    before = desk.ticket(1)
    for subject in ("[#1] and again", "Message from the site"):
        raw = raw_of(number="own").replace(b"Message from the site", subject.encode()).replace(b"E-1207", b"E-9")
        desk.receive(raw)
    assert desk.ticket(1) == before
    assert {desk.ticket(2).requester.key, desk.ticket(3).requester.key} == {"tess@mail.example"}


def test_the_letters_to_an_unconfirmed_address_repeat_no_word(desk):
    desk.receive(raw_of(reply_to='"Tess Quill, buy at cheap.example" <tess@mail.example>'))
    desk.pass_time(MONDAY + timedelta(days=2))
    letters = [sent for sent in desk.sent if sent.outgoing.to.address == "tess@mail.example"]
    assert {sent.outgoing.name for sent in letters} >= {"ack", "cover"}
    for sent in letters:
        assert not any(
            word in sent.text + sent.header("Subject")
            for word in ("E-1207", "export", "cheap", "Quill", "from the site")
        )


def test_a_customers_answer_confirms_the_address(desk):
    desk.receive(raw_of())
    assert "unconfirmed" in desk.ticket(1).tags
    assert not known(desk).confirmed
    to = desk.last("ack").reply_to
    desk.receive(raw_of("Tess <tess@mail.example>", number=7, to=to, reply_to="", body="It still stops."))
    assert known(desk).confirmed
    assert "unconfirmed" in desk.ticket(1).tags, "what the form says is no more theirs by that"


def test_the_desk_writes_no_letter_to_itself(desk):
    desk.receive(raw_of("Desk <help@lumen.example>", reply_to=""))
    desk.pass_time(MONDAY + timedelta(days=3))
    assert not [sent for sent in desk.sent if sent.outgoing.to.address == "help@lumen.example"]
