"""Hazards 32 and 34: our server never brings a third person the words of somebody who writes in their name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.letters.lures import holds_lure
from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes
from tests.simulation.stamped import NONE, SERVER, stamped
from tests.thorough import examples

VICTIM = "ana@orchard.example"
UNPROVEN = (
    "",
    NONE,
    "dmarc=none header.from={domain}; spf=fail smtp.mailfrom={domain}",
    "dmarc=permerror header.from={domain}",
    "dmarc=temperror header.from={domain}",
    "dmarc=fail (p=none) header.from={domain}",
    "dmarc=fail (p=reject) header.from={domain}; arc=pass",
    "dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
    "dkim=pass header.d=sub.{domain}",
)
SUBJECT = "Zephyr bargain"
NAME = "Quagga Xylophone-Merchant"
WORDS = "Brimstone kettles cost nothing: visit https://evil.example/pay or call +49 30 5550199 and send 499.00 EUR."
LURES = ("evil.example", "5550199", "499.00", "bob@evil", "Xylophone", "Merchant", "Brimstone", "kettles")


def desk_of(server: str | None) -> SimulatedDesk:
    return SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=server))


def told(desk, *, but=()):
    """All that letters to the victim say: every header but those that hold the thread, and every part, decoded."""
    said = []
    for sent in desk.sent:
        if sent.outgoing.kind is not OutgoingKind.LETTER or sent.outgoing.to.address != VICTIM:
            continue
        parsed = sent.parsed
        skipped = {"in-reply-to", "references", "message-id", "reply-to", "x-mailbot-loop", *but}
        said += [str(value) for name, value in parsed.items() if name.lower() not in skipped]
        said += [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
    return "\n".join(said)


def forged(desk, *, subject=SUBJECT, name=NAME, text=WORDS, results=NONE, **headers):
    desk.clock.at += minutes(1)
    box = f'"{name}" <{VICTIM}>' if name else VICTIM
    desk.receive(stamped(mail(box, text, at=desk.clock.at, subject=subject, **headers), results))


@pytest.mark.slow
@pytest.mark.parametrize("results", UNPROVEN)
@pytest.mark.parametrize("server", [SERVER, None], ids=["results", "no-results"])
def test_hazard_32_hazard_34_of_a_mail_that_is_not_proven_no_word_stands_in_any_letter(server, results):
    desk = desk_of(server)
    forged(desk, results=results)
    forged(desk, results=results, subject="Our whole shop is down", text=f"{WORDS} Nobody can order anything!")
    forged(desk, results=results, text=f"{WORDS} Wonderful, thank you!", subject="")
    desk.pass_time(MONDAY.replace(day=4))
    said = told(desk, but=("subject",))
    if "reject" not in results or "arc" in results or server is None:
        assert "Hello Quagga," in said
    assert not [word for word in (*LURES, "Zephyr", "bargain") if word in said]
    subjects = {sent.header("Subject") for sent in desk.sent if sent.outgoing.to.address == VICTIM}
    assert subjects <= {"Re: Zephyr bargain", "Re: Our whole shop is down", "Re: your message [3]"}
    desk.close()


@pytest.mark.slow
@pytest.mark.parametrize("server", [SERVER, None], ids=["results", "no-results"])
@pytest.mark.parametrize(
    "subject",
    [
        "Look at https://evil.example/x",
        "evil.example pays you",
        "write to bob@evil.example",
        "call +49 30 5550199",
        "0800 555 0199 is free",
        "your 499.00 EUR",
        "€ 500 are waiting",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "=?utf-8?q?evil=E2=80=8B.exa=C2=ADmple?=",
        "evil[.]example",
        "1000 dollars for you",
        "x" * 400,
    ],
)
def test_hazard_34_a_subject_that_leads_somewhere_is_said_in_our_words(server, subject):
    desk = desk_of(server)
    forged(desk, subject=subject)
    ack = desk.last("ack", VICTIM)
    assert ack.header("Subject") == "Re: your message [1]"
    assert ack.header("In-Reply-To")
    assert ack.header("References")
    desk.close()


def test_hazard_34_in_their_language_and_until_a_person_has_answered():
    desk = desk_of(None)
    text = "Guten Tag, der Export bricht seit heute früh mit einer Fehlermeldung ab. Was soll ich tun?"
    forged(desk, subject="Rabatt auf evil.example", text=text, name="")
    assert desk.last("ack").header("Subject") == "Re: Ihre Nachricht [1]"
    answer = mail("Mara Lind <mara@lumen.example>", "Guten Tag,\n\nes geht wieder.\n\nMara", at=desk.clock.at,
                  to=desk.last("new", "mara").reply_to)  # fmt: skip
    desk.receive(answer)
    assert desk.last("relay").header("Subject") == "Re: Rabatt auf evil.example"
    desk.pass_time(MONDAY.replace(day=4))
    assert desk.last("cover").header("Subject") == "Re: Rabatt auf evil.example"
    assert "Rabatt" not in desk.last("cover").text
    desk.close()


def test_a_proven_mail_is_quoted_and_brings_name_and_subject_of_its_ticket_with_it():
    desk = desk_of(SERVER)
    forged(desk, subject="The export stops", name="Ana Duarte", text="The export stops at 80 % with an error.")
    ack = desk.last("ack")
    assert "80 %" not in ack.text
    assert ack.outgoing.to.name == "Ana"
    forged(desk, subject="Re: The export stops", name="Ana Duarte", text="It is the same with small files.",
           results="dmarc=pass header.from={domain}", In_Reply_To=f"<{ack.message_id}>")  # fmt: skip
    desk.pass_time(MONDAY.replace(day=4))
    cover = desk.last("cover")
    assert cover.header("Subject") == "Re: The export stops"
    assert cover.outgoing.to.name == "Ana Duarte"
    desk.close()


def test_a_proven_mail_under_another_subject_vouches_for_its_own_words_alone():
    desk = desk_of(SERVER)
    forged(desk, subject="Zephyr bargain", text="The export stops at 80 % with an error.")
    forged(desk, subject="Something else", name="Ana Duarte", text="It is the same with small files.",
           results="dmarc=pass header.from={domain}", In_Reply_To=f"<{desk.last('ack').message_id}>")  # fmt: skip
    desk.pass_time(MONDAY.replace(day=4))
    cover = desk.last("cover")
    assert "Zephyr" not in cover.text
    assert "Quagga" not in cover.text
    assert cover.outgoing.to.name == "Ana", (
        "the proven mail says who they are, the ticket stays unconfirmed: one word of it"
    )
    desk.close()


def test_nobody_reads_by_us_what_another_party_wrote():
    desk = desk_of(SERVER)
    passed = "dmarc=pass header.from={domain}"
    forged(desk, subject="The export stops", text="The export stops at 80 % with an error.", results=passed)
    ticket = desk.ticket()
    bob = mail("Bob <bob@orchard.example>", "Brimstone kettles for everybody?", at=desk.clock.at,
               In_Reply_To=f"<{desk.last('ack').message_id}>", subject="Re: The export stops")  # fmt: skip
    desk.receive(stamped(bob))
    desk.pass_time(MONDAY.replace(day=5))
    assert ticket.requester.address == VICTIM
    assert "Brimstone" not in told(desk)
    desk.close()


BAIT = "Brimstone kettles at evil.example, call +49 30 5550199"
FILE = (
    "--b\nContent-Type: text/plain; charset=utf-8\n\nThe export stops with an error.\n"
    f'--b\nContent-Type: application/pdf; name="{BAIT}.pdf"\n'
    f'Content-Disposition: attachment; filename="{BAIT}.pdf"\n\nJVBERi0=\n--b--'
)
SHOP = "Shop <wordpress@shop.example>"
PLACES = {
    "the sender's name": {"sender": f'"{BAIT}" <{VICTIM}>'},
    "a name in two words": {"sender": f'"Brimstone, evil.example" <{VICTIM}>'},
    "a comment": {"sender": f"{VICTIM} ({BAIT})"},
    "the subject": {"subject": BAIT},
    "a folded subject": {"subject": "Hello\r\n Brimstone evil.example\r\n now"},
    "the words": {"text": BAIT},
    "a question": {"text": f"{BAIT}?"},
    "praise": {"text": f"I just wanted to say: {BAIT}, wonderful, great work!"},
    "an outage": {"text": f"Our whole shop is down, nobody can order. {BAIT}"},
    "the name below": {
        "sender": VICTIM,
        "text": "The export stops with an error.\n\nBest regards\nBrimstone Kettles evil.example",
    },
    "no subject": {"subject": "", "text": BAIT},
    "a file's name": {"text": FILE, "Content_Type": 'multipart/mixed; boundary="b"', "MIME_Version": "1.0"},
    "its Message-ID": {"message_id": "Brimstone.kettles@evil.example"},
    "what it answers": {"In_Reply_To": "<Brimstone@evil.example>", "References": "<kettles@evil.example>"},
    "Reply-To": {"Reply_To": f'"{BAIT}" <eve@evil.example>'},
    "Organization": {"Organization": BAIT, "X_Mailer": BAIT, "Comments": BAIT, "Keywords": BAIT},
    "Thread-Topic": {"Thread_Topic": BAIT},
    "a forward": {
        "subject": f"Fwd: {BAIT}",
        "text": f"-----Original Message-----\nFrom: Bob\nSubject: {BAIT}\n\n{BAIT}",
    },
    "a quote": {"subject": "Re: Your offer", "text": f"Yes.\n\nOn Monday you wrote:\n> {BAIT}"},
    "a form's visitor": {"sender": SHOP, "Reply_To": f'"{BAIT}" <{VICTIM}>'},
    "a form's subject": {"sender": SHOP, "Reply_To": VICTIM, "subject": "Brimstone kettles"},
    "a form's field": {"sender": SHOP, "Reply_To": VICTIM, "text": f"Name: {BAIT}\nMessage: {BAIT}"},
    "a claimed number": {"subject": f"[#1] {BAIT}"},
    "a list's words": {"List_Id": f"{BAIT} <x.evil.example>"},
    "an address that looks like a domain": {"sender": f'"evil.example" <{VICTIM}>'},
    "HTML alone": {"text": f"<p>The export stops. <b>{BAIT}</b></p>", "Content_Type": "text/html; charset=utf-8"},
}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("server", [SERVER, None], ids=["results", "no-results"])
def test_hazard_34_wherever_it_stands(server, place):
    made = {"sender": f"Ana <{VICTIM}>", "subject": "Question", "text": "The export stops with an error."} | PLACES[
        place
    ]
    sender, text = made.pop("sender"), made.pop("text")
    desk = desk_of(server)
    desk.receive(stamped(mail(sender, text, at=desk.clock.at, **made), NONE))
    desk.pass_time(MONDAY.replace(day=5))
    said = told(desk).casefold()
    assert not [word for word in ("brimstone", "kettles", "evil", "5550199") if word in said]
    assert said or place == "a list's words"
    desk.close()


HOSTILE = st.one_of(
    st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=80),
    st.sampled_from(
        [
            "https://evil.example/a",
            "evil.example",
            "www.evil.example",
            "bob@evil.example",
            "+49 30 5550199",
            "(0800) 5550-199",
            "5550199",
            "499.00 EUR",
            "$499",
            "4.990,00 €",
            "evil\u200b.example",
            "e\u0301vil.example",
            "ｅｖｉｌ．ｅｘａｍｐｌｅ",
            "٥٥٥٠١٩٩",
            "[x](http://evil.example)",
            "<a href='//evil.example'>x</a>",
            "{{7*7}}",
            "evil。example",
        ]
    ),
)
SPACES = st.sampled_from([" ", "\t", " - ", ", ", ": ", "\u00a0", ""])


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    subject=st.lists(st.tuples(HOSTILE, SPACES), max_size=3),
    name=st.lists(st.tuples(HOSTILE, SPACES), max_size=2),
    text=st.lists(st.tuples(HOSTILE, SPACES), max_size=4),
    server=st.sampled_from([SERVER, None]),
    results=st.sampled_from(UNPROVEN),
)
def test_hazard_34_whatever_an_unproven_mail_says(subject, name, text, server, results):
    def one_line(pieces):
        words = "".join(a + b for a, b in pieces)
        return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", words)

    def word(value):  # as a client writes what is not ASCII (RFC 2047)
        from email.header import Header

        return Header(value, "utf-8").encode() if value.strip() else ""

    desk = desk_of(server)
    try:
        box = f"{word(one_line(name))} <{VICTIM}>"
        raw = mail(box, one_line(text) or "x", at=desk.clock.at, subject=word(one_line(subject)))
        desk.receive(stamped(raw, results))
        desk.pass_time(MONDAY.replace(day=6))
        for sent in desk.sent:
            if sent.outgoing.kind is not OutgoingKind.LETTER:
                continue
            said = sent.header("Subject")
            assert said == "Re: your message [1]" or said == "Re: Ihre Nachricht [1]" or not holds_lure(said)
            ours = sent.text.replace("[1]", "")
            for lure in ("evil", "499.00", "0199", "@", "http", "٥٥٥", "ｅｖｉｌ"):
                assert lure not in ours, (lure, ours)
            called = sent.outgoing.to.name or ""
            assert called == "" or (called.isalpha() and len(called) <= 20)
    finally:
        desk.close()
