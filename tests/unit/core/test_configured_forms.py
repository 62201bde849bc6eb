"""Forms that the config names: whose a mail is, what is kept, when it is trusted, and that the form is never answered."""

import base64
import quopri
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.intake.configured_form import filled_in, vouched_for, which_form
from mailbot.core.intake.contact_form import BY_FORM, UNCONFIRMED
from mailbot.core.intake.form_fields import FormText, folded
from mailbot.core.intake.read import read
from mailbot.core.model.form_source import FormProof, FormSource
from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.rules.weighing import facts_again
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy

WEBSITE = FormSource(
    name="website",
    senders=frozenset({"shop@site.example"}),
    customer=("line:E-Mail", "reply-to"),
    called="Name",
    message="Message",
    keep={"order": "Order number"},
)
SERVER = "mx.lumen.example"
PASSES = f"Authentication-Results: {SERVER}; dkim=pass header.d=site.example; dmarc=pass header.from=site.example"
FAILS = f"Authentication-Results: {SERVER}; dmarc=fail (p=reject) header.from=site.example"
BODY = "Name: Ada Byrne\nE-Mail: ada@mail.example\nOrder number: A-4711\n\nMessage:\nMy export stops.\nWhat can I do?"
POLICY = desk_policy()


def policy_with(*forms, **more):
    return replace(POLICY, forms=forms or (WEBSITE,), authserv_id=SERVER, **more)


def raw_of(
    *more, sender="Ada <shop@site.example>", body=BODY, number=1, reply_to=None, kind="plain", subject="From the site"
):
    answer = [f"Reply-To: {reply_to}"] if reply_to else []
    head = [
        f"From: {sender}", "To: help@lumen.example", f"Subject: {subject}", f"Date: {MONDAY:%a, %d %b %Y %H:%M:%S %z}",
        f"Message-ID: <{number}@site.example>", *answer, *more, f"Content-Type: text/{kind}; charset=utf-8",
    ]  # fmt: skip
    return ("\r\n".join([*head, "", body])).encode()


@pytest.fixture
def desk():
    made = SimulatedDesk(start=MONDAY, change_policy=lambda p: replace(p, forms=(WEBSITE,), authserv_id=SERVER))
    yield made
    made.close()


def read_as(body, *, kind="plain", form=WEBSITE, reply_to=()):
    mail = read(raw_of(body=body, kind=kind))
    return filled_in(form, Address(address="shop@site.example"), mail.text, reply_to, policy_with(), trusted=False)


# --- where it stands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "E-Mail: ada@mail.example", "E-Mail : ada@mail.example", "e-mail： ada@mail.example", "*E-Mail:* ada@mail.example",
        "E-Mail *: ada@mail.example", "E-Mail (required): ada@mail.example", "E\u2011Mail: Ada <ada@mail.example>",
        "E-Mail:\tada@mail.example", "E-Mail    ada@mail.example", "| E-Mail | ada@mail.example |", "> E-Mail: ada@mail.example",
        "E-Mail:\nada@mail.example", "E-Mail\n\nada@mail.example", "  • E-Mail = ada@mail.example", "Ｅ-Mail: ada@mail.example",
        "E-Mail: mailto:ada@mail.example", "\u200bE-Mail:\u00a0ada@mail.example", "E-MAIL: ADA@mail.example",
    ],
)  # fmt: skip
def test_the_address_behind_a_label_however_the_form_writes_it(line):
    found = read_as(f"Name: Ada\n{line}\nPhone: 1234")
    assert found.visitor is not None, found.refused
    assert (found.visitor.key, found.refused) == ("ada@mail.example", ())


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>Name</td><td>Ada</td></tr><tr><td>E-Mail:</td><td><a href='mailto:ada@mail.example'>ada@mail.example</a></td></tr></table>",
        "<table><tr><th>Name</th></tr><tr><td>Ada</td></tr><tr><th>E-Mail</th></tr><tr><td>ada@mail.example</td></tr></table>",
        "<p><strong>Name</strong><br>Ada</p><p><strong>E-Mail</strong><br>ada@mail.example</p>",
        "<ul><li><b>E-Mail:</b> ada@mail.example</li><li><b>Name:</b> Ada</li></ul>",
    ],
)
def test_so_do_fields_in_html(html):
    found = read_as(html, kind="html")
    assert found.visitor == Address(name="Ada", address="ada@mail.example")


def test_a_message_in_a_table_is_read_whole_though_its_label_stands_beside_its_middle():
    rows = "<tr><td>E-Mail</td><td>ada@mail.example</td></tr><tr><td>Message</td><td>One<br>two<br><br>four</td></tr><tr><td>Order number</td><td>A-1</td></tr>"
    found = read_as(f"<table>{rows}</table>", kind="html")
    assert (found.words.split(), found.fields) == (["One", "two", "four"], (("order", "A-1"),))


def test_the_words_are_all_lines_down_to_the_next_label_or_a_signature():
    found = read_as("Message:\n\nOne\n\n- two: three\n\nOrder number: A-1\nE-Mail: ada@mail.example\n-- \nThe site")
    assert (found.words, found.fields) == ("One\n\n- two: three", (("order", "A-1"),))
    assert read_as("E-Mail: ada@mail.example\nMessage: One\ntwo\n-- \nThe site").words == "One\ntwo"


def test_what_is_entered_as_a_message_names_nobody_else():
    found = read_as("E-Mail: ada@mail.example\nMessage:\nHello\nName: Bob\nmore")
    assert found.visitor.address == "ada@mail.example"
    twice = read_as("Message:\nHello\nE-Mail: eve@mail.example\nE-Mail: ada@mail.example")
    assert (twice.visitor, twice.refused[0].code) == (None, "form.several")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("E-Mail:", "form.empty"), ("E-Mail: \nPhone: 12", "form.empty"), ("Mail: ada@mail.example", "form.no-line"),
        ("E-Mail: ada at home", "form.malformed"), ("E-Mail: ada@localhost", "form.malformed"),
        ("E-Mail: help@lumen.example", "form.ours"), ("E-Mail: help+x@lumen.example", "form.ours"),
        ("E-Mail: mara@lumen.example", "form.agent"), ("E-Mail: shop@site.example", "form.itself"),
        ("E-Mail: no-reply@mail.example", "form.machine"), ("E-Mail: mailer-daemon@mail.example", "form.machine"),
        ("E-Mail: ada@mail.example, bob@mail.example", "form.several"), (f"E-Mail: {'a' * 65}@mail.example", "form.malformed"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_customer_is_refused_with_the_reason_and_goes_to_the_agents(desk, line, code):
    found = read_as(line)
    assert (found.visitor, [reason.code for reason in found.refused]) == (None, [code, "form.no-reply-to"])
    ticket = opened(desk, raw_of(PASSES, body=f"{line}\nMessage:\nMy export stops. What can I do?"))
    assert is_kind(ticket.mute, Silence.FORM)
    assert ticket.mute.reason.code == "screen.form_refused"
    assert letters(desk) == []
    assert any("My export stops" in notice.text for notice in notices(desk))


def test_of_several_places_the_first_that_names_somebody_counts():
    reply_to = (Address(address="bob@mail.example"),)
    assert read_as("E-Mail: ada@mail.example", reply_to=reply_to).visitor.address == "ada@mail.example"
    assert read_as("E-Mail:", reply_to=reply_to).visitor.address == "bob@mail.example"


def test_labels_are_compared_without_case_marks_and_brackets():
    assert folded(" *E-Mail (Pflichtfeld)*： ") == folded("e‑mail")
    assert FormText("Bestellnummer*: 7", ("bestellnummer",)).values("Bestellnummer") == ("7",)
    assert FormText("Ihre Bestellnummer: 7", ("bestellnummer",)).values("Bestellnummer") == ()


@pytest.mark.parametrize(
    "unit", [" ", "E-Mail:", "E-Mail: \n", "\n", "Message:\n", "|", ": ", "*", "\t", "Message:  x\n   "]
)
def test_reading_takes_time_in_proportion(unit):
    text = unit * (40_000 // len(unit))
    assert len(FormText(text, WEBSITE.labels, WEBSITE.message).words) <= len(text)


# --- who is believed --------------------------------------------------------------------------------------------------


def opened(desk, raw):
    desk.receive(raw)
    return desk.ticket(1)


def letters(desk):
    return [sent for sent in desk.sent if sent.outgoing.kind is not OutgoingKind.NOTICE]


def notices(desk):
    return [sent for sent in desk.sent if sent.outgoing.kind is OutgoingKind.NOTICE]


def test_whoever_filled_in_a_proven_form_gets_the_full_acknowledgment(desk):
    ticket = opened(desk, raw_of(PASSES))
    ack = desk.last("ack")
    assert (ack.outgoing.to.address, ack.outgoing.to.name) == ("ada@mail.example", "Ada Byrne")
    assert ack.header("Subject") == "Re: From the site"
    assert "Ada Byrne" in ack.text or "Hello Ada" in ack.text
    assert "“My export stops. What can I do?”" in ack.text
    assert "A-4711" not in ack.whole
    assert {UNCONFIRMED, BY_FORM} <= set(ticket.tags)
    assert desk.promise(1) is not None


def test_the_notice_says_which_form_it_was_and_what_is_kept(desk):
    opened(desk, raw_of(PASSES))
    notice = notices(desk)[0].text
    assert "It came through the form website; ada@mail.example is what was entered there" in notice
    assert "- Order number: A-4711" in notice
    assert "Phone" not in notice
    assert "What can I do?" in notice


@pytest.mark.parametrize(
    "results", [(), (FAILS,), ("Authentication-Results: other.example; dmarc=pass header.from=site.example",)]
)
def test_a_mail_that_is_not_proven_gets_no_trust(desk, results):
    ticket = opened(desk, raw_of(*results))
    assert ticket.requester.address == "ada@mail.example"
    assert BY_FORM not in ticket.tags
    for sent in letters(desk):
        assert sent.outgoing.to.address == "ada@mail.example"
        assert not any(word in sent.whole for word in ("export", "Byrne", "From the site", "A-4711"))
    assert bool(letters(desk)) is (FAILS not in results)
    assert any("our mail server doesn't confirm that" in notice.text for notice in notices(desk))


def test_neither_priority_nor_fields_of_a_forged_mail_count():
    form = replace(WEBSITE, priority=1)
    for results, counts in ((PASSES, True), (FAILS, False)):
        desk = SimulatedDesk(start=MONDAY, change_policy=lambda p: replace(p, forms=(form,), authserv_id=SERVER))
        ticket = opened(desk, raw_of(results, body=BODY.replace("My export stops.", "Hm.")))
        assert (ticket.priority == 1) is counts
        desk.close()


HANDED_IN = (
    "Received: from web (web.lumen.example [10.0.0.9]) by mx.lumen.example with ESMTPSA; Mon, 2 Mar 2026 09:00:00 +0100"
)


@pytest.mark.parametrize(
    ("proven_by", "header", "trusted"),
    [
        (None, PASSES, True), (None, HANDED_IN, True), (None, FAILS, False),
        (FormProof.RESULTS, PASSES, True), (FormProof.RESULTS, HANDED_IN, False),
        (FormProof.INTERNAL_HOP, HANDED_IN, True), (FormProof.INTERNAL_HOP, PASSES, False),
    ],
)  # fmt: skip
def test_what_proves_a_form(proven_by, header, trusted):
    policy = policy_with(own_hosts=frozenset({"mx.lumen.example"}))
    mail = read(raw_of(header))
    assert vouched_for(mail, replace(WEBSITE, proven_by=proven_by), policy) is trusted
    nothing = replace(policy, authserv_id=None, own_hosts=frozenset())
    assert not vouched_for(mail, replace(WEBSITE, proven_by=proven_by), nothing)


@pytest.mark.parametrize(
    "header",
    ["In-Reply-To: <x@y.example>", "References: <x@y.example>", "Auto-Submitted: auto-notified", "List-Unsubscribe: <https://x.example>",
     "Precedence: bulk", "X-Autoreply: yes", "Return-Path: <>"],
)  # fmt: skip
@pytest.mark.parametrize("results", [PASSES, "X-None: 1"])
def test_the_form_is_never_answered_whatever_its_mail_says_of_itself(desk, header, results):
    desk.receive(raw_of(results, header))
    assert all(sent.outgoing.to.address == "ada@mail.example" for sent in letters(desk))
    assert bool(letters(desk)) or results != PASSES


def test_an_agents_words_do_not_go_to_the_form_and_it_is_nobodys_customer(desk):
    opened(desk, raw_of(PASSES, body="Message:\nHello?"))
    for number, words in enumerate(
        ("Hello", "/customer shop@site.example\nHello", "/customer ada@mail.example\nHello Ada")
    ):
        to = notices(desk)[0].reply_to
        desk.receive(
            raw_of(
                f"Authentication-Results: {SERVER}; dmarc=pass header.from=lumen.example", "In-Reply-To: <n@x.example>",
                sender="mara@lumen.example", body=words, number=f"m{number}",
            ).replace(b"To: help@lumen.example", f"To: {to}".encode())
        )  # fmt: skip
    assert {sent.outgoing.to.address for sent in letters(desk)} == {"ada@mail.example"}
    assert any("doesn't read any" in notice.text for notice in notices(desk))


def test_a_form_never_joins_reads_or_changes_a_ticket(desk):
    desk.receive(
        raw_of(
            "Authentication-Results: mx.lumen.example; dmarc=pass header.from=mail.example", sender="ada@mail.example"
        )
    )
    before = desk.ticket(1)
    desk.receive(raw_of(PASSES, "In-Reply-To: <1@site.example>", number=2, subject="[#1] again"))
    assert (desk.ticket(1), desk.ticket(2).requester.address) == (before, "ada@mail.example")


@pytest.mark.parametrize("words", ["See https://cheap.example", "Call 0900 555 0199 now", "Win 500 EUR"])
def test_hazard_34_what_could_lead_somebody_somewhere_is_not_repeated_even_by_a_trusted_form(desk, words):
    opened(desk, raw_of(PASSES, subject=f"From the site: {words}", body=BODY.replace("My export stops.", words)))
    for sent in letters(desk):
        assert not any(word in sent.whole for word in ("cheap.example", "0900", "500 EUR"))


def test_as_few_letters_as_to_any_unconfirmed_address(desk):
    opened(desk, raw_of(PASSES))
    for day in range(1, 7):
        desk.pass_time(MONDAY + timedelta(days=day))
    assert len(letters(desk)) <= 3


def test_language_and_priority_are_those_of_the_form():
    form = replace(WEBSITE, language="de", priority=2)
    desk = SimulatedDesk(start=MONDAY, change_policy=lambda p: replace(p, forms=(form,), authserv_id=SERVER))
    ticket = opened(desk, raw_of(PASSES, body=BODY.replace("My export stops.\nWhat can I do?", "Hm.")))
    assert (ticket.language, ticket.priority, ticket.sure, ticket.why.code) == ("de", 2, True, "account.form")
    assert "Ihre" in desk.last("ack").text
    desk.receive(
        raw_of(PASSES, number=2, body=BODY.replace("My export stops.", "Our whole shop is down for everybody!"))
    )
    assert desk.ticket(2).priority == 1, "rules may say that it weighs more"
    desk.close()


def test_subject_and_inbox_tell_two_forms_of_one_mailer_apart():
    refund, other = replace(WEBSITE, name="refund", subject="refund"), replace(WEBSITE, name="other", inbox="shop")
    policy = policy_with(refund, other)
    found = [
        which_form(read(raw_of(subject=subject)), (), policy, inbox)
        for subject, inbox in (("A REFUND please", "support"), ("Hello", "shop"), ("Hello", "support"))
    ]
    assert [None if form is None or form.source is None else form.source.name for form in found] == [
        "refund",
        "other",
        None,
    ]


def test_a_form_mail_that_an_agent_passes_on_is_of_who_filled_it_in(desk):
    forwarded = "---------- Forwarded message ---------\nFrom: Site <shop@site.example>\nDate: Mon, 2 Mar 2026 at 09:00\nSubject: Contact\nTo: mara@lumen.example\n\n"
    desk.receive(
        raw_of(
            f"Authentication-Results: {SERVER}; dmarc=pass header.from=lumen.example",
            sender="mara@lumen.example", subject="Fwd: Contact", body=forwarded + BODY,
        )
    )  # fmt: skip
    assert desk.ticket(1).requester == Address(name="Ada Byrne", address="ada@mail.example")
    assert BY_FORM not in desk.ticket(1).tags
    assert {sent.outgoing.to.address for sent in letters(desk)} == {"ada@mail.example"}


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_in_every_encoding(charset, encoding):
    form = replace(WEBSITE, keep={"size": "Größe"}, message="Nachricht")
    body = "E-Mail: ada@mail.example\nGröße: äußerst\nNachricht: Schöne Grüße!\nNoch was?\n".encode(charset)
    told = base64.encodebytes(body) if encoding == "base64" else quopri.encodestring(body)
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    mail = read(b"From: shop@site.example\r\nMIME-Version: 1.0\r\n" + head + told)
    found = filled_in(form, Address(address="shop@site.example"), mail.text, (), policy_with(), trusted=True)
    assert (found.fields, found.words) == ((("size", "äußerst"),), "Schöne Grüße!\nNoch was?")


def test_a_form_that_our_own_address_posts_is_trusted_where_it_is_proven():
    form = replace(WEBSITE, senders=frozenset({"help@lumen.example"}))
    for results, trusted in (("dmarc=pass header.from=lumen.example", True), ("dmarc=none", False)):
        desk = SimulatedDesk(start=MONDAY, change_policy=lambda p: replace(p, forms=(form,), authserv_id=SERVER))
        raw = raw_of(f"Authentication-Results: {SERVER}; {results}", sender="Site <help@lumen.example>")
        assert (BY_FORM in opened(desk, raw).tags) is trusted
        assert {sent.outgoing.to.address for sent in letters(desk)} == {"ada@mail.example"}
        desk.close()


def test_what_the_rules_are_told_of_a_form_is_kept_with_the_mail(desk):
    opened(desk, raw_of(PASSES))
    kept = desk.store.lists.ticket(1).messages[0]
    assert (kept.weighed.form, kept.weighed.fields) == ("website", (("order", "A-4711"),))
    assert kept.new_text == "My export stops.\nWhat can I do?"
    assert "A-4711" in kept.text
    again = facts_again(kept, "support", desk.setting.policy, desk.setting.detect)
    assert (again.form, again.fields) == ("website", (("order", "A-4711"),))
